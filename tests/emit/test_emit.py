"""Code without a JIT: objects and headers in C programs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import foreign
import numpy as np
import pytest
import specs
from test_dump import TARGETS, jit, vectors

import rigjit

PROGRAM = """
#include <stdio.h>
#include "every_thing.h"

int main(void) {
  static float vec[EVERY_THING_VEC_SIZE];
  static float values[EVERY_THING_CHANNEL_COUNT];
  static float back[EVERY_THING_VEC_SIZE];
  static unsigned char message[EVERY_THING_MSGPACK_SIZE];
  while (fread(vec, sizeof(vec), 1, stdin) == 1) {
    int bad = every_thing_vec_to_rig(vec, message);
    bad |= every_thing_vec_to_values(vec, values);
    bad |= every_thing_values_to_vec(values, back);
    if (every_thing_channel_names[every_thing_channel_l_elbow_CTRL_FK_roll][0] != 'l') return 2;
    if (bad) return 1;
    fwrite(message, sizeof(message), 1, stdout);
    fwrite(values, sizeof(values), 1, stdout);
    fwrite(back, sizeof(back), 1, stdout);
  }
  return 0;
}
"""


@pytest.mark.parametrize("target", TARGETS)
def test_a_c_program_gets_what_the_jit_gives(target: str, tmp_path: Path):
    rig = jit(specs.EVERYTHING, target)
    paths = rig.emit(tmp_path, target=target)
    assert [Path(path).name for path in paths] == ["every_thing.o", "every_thing.h"]
    (tmp_path / "main.c").write_text(PROGRAM)
    strict = "-std=c89", "-pedantic", "-Wall", "-Wextra", "-Werror", f"-I{tmp_path}"
    command = foreign.link(
        target, tmp_path / "a.out", *strict, tmp_path / "main.c", tmp_path / "every_thing.o"
    )
    vecs = vectors(rig)
    _, good = rig.vec_to_rig_batch(vecs, errors="mask")
    vecs = vecs[good]
    written = foreign.run(*command, input=vecs.tobytes()).stdout
    values = rig.vec_to_values_batch(vecs)
    rows = [
        message.tobytes() + row.tobytes() + back.tobytes()
        for message, row, back in zip(
            rig.vec_to_rig_batch(vecs), values, rig.values_to_vec_batch(values), strict=True
        )
    ]
    assert written == b"".join(rows)


@pytest.mark.parametrize("target", ["x86-64-v3", "aarch64"])
def test_an_object_needs_nothing(target: str, tmp_path: Path):
    foreign.need("llvm-nm-19")
    rig = rigjit.loads(specs.EVERYTHING)
    programs = ["message", "values", "vector", "message-continuous", "values-continuous"]
    (path,) = rig.emit(tmp_path, kinds=["object"], target=target, prefix="p", programs=programs)
    assert foreign.run("llvm-nm-19", "-u", path).stdout == b""
    shown = foreign.run("llvm-nm-19", "-g", "--format=just-symbols", path).stdout.decode().split()
    assert sorted(shown) == [
        "p_values_to_vec",
        "p_vec_to_rig",
        "p_vec_to_rig_continuous",
        "p_vec_to_rig_continuous_state_map",
        "p_vec_to_values",
        "p_vec_to_values_continuous",
        "p_vec_to_values_continuous_state_map",
    ]


def test_the_header_is_c89_and_cpp98_without_a_warning(tmp_path: Path):
    rig = rigjit.loads(specs.EVERYTHING)
    programs = ["message", "message-continuous"]
    (path,) = rig.emit(tmp_path, kinds="header", programs=programs)
    twice = f'#include "{path}"\n#include "{path}"\n'
    for name, compiler, standard in (("a.c", "cc", "c89"), ("a.cc", "c++", "c++98")):
        (tmp_path / name).write_text(twice)
        foreign.need(compiler)
        flags = f"-std={standard}", "-pedantic", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"
        foreign.run(compiler, *flags, tmp_path / name)


def test_two_rigs_in_one_program(tmp_path: Path):
    first = rigjit.loads(specs.EVERYTHING)
    second = rigjit.loads(specs.TINY)
    first.emit(tmp_path, prefix="one")
    second.emit(tmp_path, prefix="two")
    (tmp_path / "main.c").write_text("""
        #include <stdio.h>
        #include "one.h"
        #include "two.h"
        int main(void) {
          static float vec[ONE_VEC_SIZE + TWO_VEC_SIZE];
          static unsigned char out[ONE_MSGPACK_SIZE + TWO_MSGPACK_SIZE];
          if (fread(vec, sizeof(vec), 1, stdin) != 1) return 1;
          if (one_vec_to_rig(vec, out)) return 2;
          if (two_vec_to_rig(vec + ONE_VEC_SIZE, out + ONE_MSGPACK_SIZE)) return 3;
          fwrite(out, sizeof(out), 1, stdout);
          return 0;
        }""")
    objects = tmp_path / "one.o", tmp_path / "two.o"
    command = foreign.link("", tmp_path / "a.out", f"-I{tmp_path}", tmp_path / "main.c", *objects)
    vec, other = first.rest_vec, np.float32([0.5])
    written = foreign.run(*command, input=vec.tobytes() + other.tobytes()).stdout
    assert written == first.vec_to_rig(vec) + second.vec_to_rig(other)


def test_names_that_c_cannot_tell_apart_are_an_error(tmp_path: Path):
    rig = rigjit.loads("""
        rigjit: 1
        controllers:
          - {name: a, transformations: [attribute: {name: b_c}]}
          - {name: a_b, transformations: [attribute: {name: c}]}""")
    with pytest.raises(rigjit.RigError) as caught:
        rig.emit(tmp_path)
    assert caught.value.errors[0].code == "name-clash"
    assert "a.b_c" in str(caught.value)
    assert rig.emit(tmp_path, kinds="object") == [str(tmp_path / "rig.o")]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"kinds": "obj"}, "unknown-kind"),
        ({"target": "z80"}, "unknown-target"),
        ({"prefix": "9lives"}, "invalid-prefix"),
        ({"programs": "mesage"}, "unknown-program"),
    ],
)
def test_what_is_asked_wrongly_is_an_error(options: dict, code: str, tmp_path: Path):
    with pytest.raises(rigjit.RigError) as caught:
        rigjit.loads(specs.TINY).emit(tmp_path / "none", **options)
    assert caught.value.errors[0].code == code
    assert not (tmp_path / "none").exists()


def test_the_command_line_writes_the_same_files(tmp_path: Path, rigjit_program: Path):
    # A text of its own: rigs of equal texts are one in a process, and say where it was first read.
    (tmp_path / "hero.yaml").write_text(specs.EVERYTHING + "# emitted\n")
    kinds = "object,assembly,ir,header"
    command = [rigjit_program, "compile", tmp_path / "hero.yaml", "--emit", kinds, "-o", tmp_path]
    shown = foreign.run(*command, "--target", "aarch64").stdout.decode().split()
    assert [Path(path).name for path in shown] == [
        f"every_thing.{e}" for e in ("o", "s", "ll", "h")
    ]
    rig = rigjit.load(tmp_path / "hero.yaml")
    rig.emit(tmp_path / "py", kinds=kinds.split(","), target="aarch64")
    for path in shown:
        assert Path(path).read_bytes() == (tmp_path / "py" / Path(path).name).read_bytes()
    for wrong in (["--emit", "object"], ["--emit", "obj", "-o", tmp_path]):
        bad = subprocess.run(
            [rigjit_program, "compile", tmp_path / "hero.yaml", *wrong], check=False
        )
        assert bad.returncode == 2
