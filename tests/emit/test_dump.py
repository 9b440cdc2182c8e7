"""The dump is the program: Debian's LLVM makes of it what the JIT makes of the rig."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import foreign
import numpy as np
import pytest
import specs
from acceptance.targets import RUNNABLE, WITH_FMA
from random_spec import random_spec

import rigjit

ROOT = Path(__file__).parents[2]
PROGRAMS = ["message", "values", "vector", "message-continuous", "values-continuous"]
TARGETS = [target for target in RUNNABLE if target in foreign.X86]

if "aarch64" not in RUNNABLE:
    TARGETS.append("aarch64")


def vectors(rig: rigjit.Rig, seed: int = 0, frames: int = 40) -> np.ndarray:
    rng = np.random.default_rng(seed)
    vecs = rng.uniform(-1, 1, (frames, rig.vec_size)).astype(np.float32)
    vecs[1] = rig.rest_vec
    vecs[2, 0] = np.nan
    return vecs


def jit(text: str, target: str) -> rigjit.Rig:
    """The rig whose bytes the target's must equal: its own, or those of another that has fma."""
    return rigjit.loads(text, target=target if target in RUNNABLE else RUNNABLE[0])


def state_size(dump: str) -> int:
    found = re.search(r"@rigjit_state_map = constant \[\d+ x i32\] \[i32 (\d+)", dump)
    return int(found[1]) if found else 0


def defines(rig: rigjit.Rig, program: str, dump: str) -> list[str]:
    out = {"message": rig.msgpack_size, "values": 4 * len(rig.channels), "vector": 4 * rig.vec_size}
    size = len(rig.channels) if program == "vector" else rig.vec_size
    words = [
        "-DKERNEL=rigjit_kernel",
        f"-DIN={size}",
        f"-DOUT={out[program.removesuffix('-continuous')]}",
    ]
    if program.endswith("-continuous"):
        words.append(f"-DSTATE={state_size(dump)}")
    return words


def compile_dump(tool: str, dump: Path, target: str, output: Path) -> None:
    foreign.need(tool)
    if tool == "llc-19":
        foreign.run(tool, "-filetype=obj", "-relocation-model=pic", dump, "-o", output)
    else:
        triple = "aarch64-linux-gnu" if target == "aarch64" else "x86_64-linux-gnu"
        flags = f"--target={triple}", "-x", "ir", "-O2", "-fPIC", "-c"
        foreign.run(tool, *flags, dump, "-o", output)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("target", TARGETS)
def test_foreign_program_writes_the_bytes_of_the_jit(target: str, program: str, tmp_path: Path):
    if target not in RUNNABLE and RUNNABLE[0] not in WITH_FMA:
        pytest.skip("no target with fma runs here")
    rig = jit(specs.EVERYTHING, target)
    dump = tmp_path / "dump.ll"
    dump.write_text(rig.ir(program=program, target=target))
    for tool in ("llc-19", "clang-19"):
        compile_dump(tool, dump, target, tmp_path / "dump.o")
        words = defines(rig, program, dump.read_text())
        command = foreign.link(
            target, tmp_path / "a.out", *words, foreign.HARNESS, tmp_path / "dump.o"
        )
        foreign.check(command, rig, program, vectors(rig))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("target", [TARGETS[0], TARGETS[-1]])
def test_dumps_of_other_rigs_too(target: str, seed: int, tmp_path: Path):
    text = random_spec(seed + 100) if seed else specs.TINY
    rig = jit(text, target)
    (tmp_path / "dump.ll").write_text(rig.ir(target=target))
    compile_dump("llc-19", tmp_path / "dump.ll", target, tmp_path / "dump.o")
    words = defines(rig, "message", "")
    command = foreign.link(target, tmp_path / "a.out", *words, foreign.HARNESS, tmp_path / "dump.o")
    foreign.check(command, rig, "message", vectors(rig, seed))


def test_every_coefficient_and_name_is_in_the_dump():
    rig = rigjit.loads(specs.EVERYTHING)
    for program in ("message", "values"):
        comments = "\n".join(
            line.split("; ", 1)[1] for line in rig.ir(program=program).splitlines() if "; " in line
        )
        words = set(re.split(r"[\s,:{}]+", comments))
        missing = [number for number in specs.COEFFICIENTS if number not in words]
        assert missing == []
        assert [name for name in specs.NAMES if name not in comments] == []


def test_no_value_is_a_bare_number_and_no_constant_is_silent():
    rig = rigjit.loads(specs.EVERYTHING)
    for target in ["x86-64", "x86-64-v3", "x86-64-v4", "x86-64-v4-vbmi", "aarch64"]:
        for program in PROGRAMS:
            lines = rig.ir(program=program, target=target).splitlines()
            for before, line in itertools.pairwise(lines):
                assert not re.match(r"\s+%\d+ =", line), line
                if "= load" in line and "@constants" in line:
                    assert before.strip().startswith("; "), line


def test_limits_say_whose_they_are():
    rig = rigjit.loads(specs.EVERYTHING)
    for target in ["x86-64", "x86-64-v3", "x86-64-v4", "aarch64"]:
        text = rig.ir(target=target)
        for line in (
            *(r"min: .*\bl_elbow_CTRL\.FK_roll -0\.5", r"max: .*\bl_elbow_CTRL\.FK_roll 1\.75"),
            *(r"min: .*\bl_elbow_CTRL\.rotateY -170", r"max: .*\bhead\.level 300"),
            r"refused_below: .*右手\.translateY -2",
        ):
            assert re.search(r"^\s+; " + line, text, re.M), (target, line)
        assert re.search(r"^\s+; max: .*\bhead\.level 300", rig.ir(program="vector"), re.M)


def test_parts_say_which_lines_of_the_spec_they_come_from(tmp_path: Path):
    path = tmp_path / "hero.yaml"
    # A text of its own: rigs of equal texts are one in a process, and say where it was first read.
    path.write_text(specs.EVERYTHING + "# hero\n")
    text = rigjit.load(path).ir()
    assert f"; x_main_CTRL: {path}:5-9" in text
    assert f"; l_elbow_CTRL: {path}:10-14" in text


def test_stores_say_what_they_write():
    text = rigjit.loads(specs.TINY).ir()
    assert re.search(r'; 0\.\.\d+: \{"c": \{"translateX": <f32>\}\}', text)


def test_one_controller_can_be_followed_from_input_to_byte():
    rig = rigjit.loads(specs.EVERYTHING)
    text = rig.ir(controller="l_elbow_CTRL")
    assert len(text) < len(rig.ir())
    defined = set(re.findall(r'^\s+(%(?:"[^"]*"|[-\w.$]+)) = ', text, re.M))
    used = {
        name
        for line in text.splitlines()
        if not line.strip().startswith((";", "define"))
        for name in re.findall(r'%(?:"[^"]*"|[-\w.$]+)', line.split(" = ", 1)[-1])
    }
    parameters = {"%in", "%out", "%scratch", "%inputs", "%results", "%choices"}
    assert used - defined - parameters == set()
    for wanted in ("0.375", "0.625", "FK_roll", "rotation1d", "store", "<f32>", "ret i32"):
        assert wanted in text
    with pytest.raises(rigjit.RigError) as caught:
        rig.ir(controller="nobody")
    assert caught.value.errors[0].code == "unknown-controller"


def instructions(path: Path) -> list[str]:
    """Without addresses and without what fills gaps between functions."""
    shown = foreign.run("llvm-objdump-19", "-d", "--no-show-raw-insn", "--no-leading-addr", path)
    lines = [line.split("<")[0].strip() for line in shown.stdout.decode().splitlines()]
    filler = ("nop", "data16", "xchg", "udf")
    return [
        line for line in lines if line and "file format" not in line and not line.startswith(filler)
    ]


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(
    "target", ["x86-64", "x86-64-v3", "x86-64-v4", "x86-64-v4-vbmi", "aarch64"]
)
def test_names_and_comments_change_no_instruction(target: str, program: str, tmp_path: Path):
    """The assembly is of the module with names, the object of the one that is compiled."""
    foreign.need("llvm-mc-19", "llvm-objdump-19")
    rig = rigjit.loads(specs.EVERYTHING)
    text = rig.asm(target=target, program=program)
    assert ".loc" not in text
    assert ".cfi" not in text
    (tmp_path / "a.s").write_text(text)
    triple = "aarch64-linux-gnu" if target == "aarch64" else "x86_64-linux-gnu"
    features = "+v8a" if target == "aarch64" else "+avx512vbmi,+avx512bw,+avx512dq,+avx512vl,+fma"
    foreign.run(
        *("llvm-mc-19", f"-triple={triple}", f"-mattr={features}", "-filetype=obj"),
        *(tmp_path / "a.s", "-o", tmp_path / "a.o"),
    )
    rig.emit(tmp_path, kinds="object", target=target, prefix="rigjit", programs=program)
    made, compiled = instructions(tmp_path / "a.o"), instructions(tmp_path / "rigjit.o")
    assert len(made) > 100
    assert [line for line in made if not line.endswith(":")] == [
        line for line in compiled if not line.endswith(":")
    ]


def test_assembly_has_the_names_of_the_ir():
    text = rigjit.loads(specs.EVERYTHING).asm(target="x86-64-v4-vbmi")
    assert "%angle" in text
    assert "scale: x_main_CTRL.translateX 25" in text
    assert '0..63: {"x_main_CTRL"' in text
    assert "FK_roll 0.375" in text
