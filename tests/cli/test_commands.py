"""Every command but convert: results, exit codes, where text goes."""

from __future__ import annotations

import json
import os
import platform
import re
import resource
import subprocess
from pathlib import Path

import msgpack
import numpy as np
import pytest
import rigjit_program as program_tools

import rigjit

COMMANDS = [
    "check",
    "convert",
    "plan",
    "ir",
    "asm",
    "resolve",
    "diff",
    "compile",
    "cache",
    "schema",
    "info",
]
BAD = "rigjit: 1\nname: bad\ncontrollers:\n  - name: c\n    transformation: []\n    nam: d\n"


def test_help_and_version(run):
    help_text = run("--help")
    assert help_text.returncode == 0
    assert all(command in help_text.stdout.decode() for command in COMMANDS)
    version = run("--version")
    assert version.returncode == 0
    assert re.fullmatch(rb"rigjit \d+\.\d+\.\d+\n", version.stdout)


@pytest.mark.parametrize(
    ("command", "package"), [("play", "rigjit"), ("serve", "'rigjit[serve]'"), ("stamp", "rigjit")]
)
def test_what_only_python_can(command, package):
    """Asked of the program that the console script hands over to."""
    program = Path(rigjit.__file__).parent / "bin" / "rigjit"
    result = subprocess.run([program, command, "--port", "0", "a"], capture_output=True, text=True)
    wanted = f"rigjit {command} comes with the Python package: pip install {package}"
    assert (result.returncode, result.stderr.splitlines()) == (2, [wanted])


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each(run, command):
    result = run(command, "--help")
    assert result.returncode == 0
    assert result.stdout
    assert not result.stderr


@pytest.mark.parametrize(
    "arguments",
    [[], ["frobnicate"], ["check"], ["plan", "--nope", "a"], ["cache", "tidy"], ["convert", "a"]],
)
def test_wrong_usage(run, arguments):
    result = run(*arguments)
    assert result.returncode == 2
    assert result.stderr
    assert not result.stdout


def test_check(run, spec, tmp_path):
    fine = run("check", spec)
    assert (fine.returncode, fine.stdout.decode()) == (0, f"{spec}: ok\n")
    bad = tmp_path / "bad.yaml"
    bad.write_text(BAD)
    result = run("check", spec, bad, "/nowhere.yaml")
    assert result.returncode == 1
    lines = result.stdout.decode().splitlines()
    assert lines[0] == f"{spec}: ok"
    assert any(re.match(rf"{re.escape(str(bad))}:5:5: error: ", line) for line in lines)
    assert any(line.startswith(f"{bad}:6:5: error: ") for line in lines)
    assert any("/nowhere.yaml" in line and "No such file" in line for line in lines)


def test_check_json(run, spec, tmp_path):
    bad = tmp_path / 'quote"ü\n.yaml'
    bad.write_text(BAD)
    result = run("check", "--json", spec, bad)
    assert result.returncode == 1
    errors = json.loads(result.stdout)
    assert {error["file"] for error in errors} == {str(bad)}
    assert {"code", "message", "line", "column", "path", "suggestion"} < set(errors[0])
    assert json.loads(run("check", "--json", spec).stdout) == []


def test_spec_from_stdin(run, spec):
    with open(spec, "rb") as file:
        text = file.read()
    assert run("check", "-", input=text).returncode == 0
    assert run("plan", "-", input=text).stdout == run("plan", spec).stdout
    bad = run("check", "-", input=BAD.encode())
    assert bad.returncode == 1
    assert bad.stdout.startswith(b"<stdin>:5:5: error: ")


def test_texts(run, spec):
    assert b"main" in run("plan", spec).stdout
    ir = run("ir", spec).stdout
    assert b"main.translateX" in ir
    part = run("ir", spec, "--controller", "head").stdout
    assert b"head" in part
    assert len(part) < len(ir)
    unknown = run("ir", spec, "--controller", "nobody")
    assert unknown.returncode == 1
    assert b"nobody" in unknown.stderr
    assert len(run("asm", spec).stdout.splitlines()) > 20
    assert b"zmm" not in run("asm", spec, "--target", "x86-64-v3").stdout


def test_programs(run, spec):
    texts = {}
    for program in ("message", "values", "vector", "message-continuous", "values-continuous"):
        texts[program] = run("ir", spec, "--program", program).stdout
        assert b"define" in texts[program]
        assert len(run("asm", spec, "--program", program).stdout.splitlines()) > 20
    assert len(set(texts.values())) == 5
    assert texts["message"] == run("ir", spec).stdout
    part = run("ir", spec, "--program", "vector", "--controller", "head").stdout
    assert 0 < len(part) < len(texts["vector"])
    unknown = run("ir", spec, "--program", "dict")
    assert unknown.returncode == 2
    assert b"values-continuous" in unknown.stderr


def test_mistakes_go_to_stderr(run, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text(BAD)
    for command in ("plan", "ir", "asm", "compile"):
        result = run(command, bad)
        assert result.returncode == 1
        assert b"bad.yaml:5:5" in result.stderr
        assert not result.stdout


def test_schema(run):
    assert json.loads(run("schema").stdout)["$schema"].startswith("http://json-schema.org/draft-07")


def test_compile_fills_the_cache(run, spec, tmp_path):
    assert b"0 files" in run("cache", "ls").stdout
    assert run("cache").stdout == run("cache", "ls").stdout
    compiled = run("compile", spec, "--target", "x86-64", "--target", "x86-64-v3")
    assert compiled.returncode == 0, compiled.stderr
    assert len(compiled.stdout.splitlines()) == 2
    listing = run("cache", "ls").stdout.decode()
    for program in ("message", "values", "vector"):
        assert listing.count(f"  {program}  ") == 2
    assert "-continuous" not in listing
    assert "x86-64-v3" in listing
    assert run("cache", "verify").returncode == 0
    directory = run("cache", "dir").stdout.decode().strip()
    assert directory in listing
    assert run("cache", "clear").returncode == 0
    assert b"0 files" in run("cache", "ls").stdout
    elsewhere = tmp_path / "elsewhere"
    run("compile", spec, "--cache-dir", elsewhere)
    assert str(elsewhere) in run("cache", "ls", "--cache-dir", elsewhere).stdout.decode()


def test_compile_for_every_machine(run, spec):
    targets = json.loads(run("info", "--json").stdout)["targets"]
    for each in targets:
        assert run("compile", spec, "--target", each["name"]).returncode == 0
    listing = json.loads(run("cache", "ls", "--json").stdout)[0]["entries"]
    made = {(e["program"], e["target"]) for e in listing if e["kind"] == "code"}
    programs = ("message", "values", "vector")
    assert made == {(program, each["name"]) for program in programs for each in targets}
    # Only what runs here is loaded.
    for each in targets:
        shown = run("plan", spec, "--target", each["name"])
        assert shown.returncode == (0 if each["runs_here"] else 1)
        assert (b"target-not-runnable" in shown.stderr) is not each["runs_here"]


def test_compile_of_chosen_programs(run, spec):
    def made(*arguments: str) -> list[str]:
        assert run("cache", "clear").returncode == 0
        assert run("compile", spec, *arguments).returncode == 0
        listing = json.loads(run("cache", "ls", "--json").stdout)[0]["entries"]
        return sorted(entry["program"] for entry in listing if entry["kind"] == "code")

    assert made("--programs", "values-continuous") == ["message", "values-continuous"]
    assert made("--programs", "values,vector") == ["message", "values", "vector"]
    assert len(made("--programs", "all")) == 5
    assert b", cached" in run("compile", spec, "--programs", "all").stdout
    wrong = run("compile", spec, "--programs", "dict")
    assert wrong.returncode == 2
    assert b"values-continuous" in wrong.stderr


def test_compile_that_cannot_keep(run, spec):
    result = run("compile", spec, "--cache-dir", "/dev/null/cache")
    assert result.returncode == 1
    assert b"not kept" in result.stderr


def test_compile_that_keeps_the_code_of_another_namespace_only(run, spec):
    assert run("compile", spec, "--namespace", "hero").returncode == 0

    def write_nothing() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    # Python ignores SIGXFSZ, and so does the program then: a write is an error.
    arguments = ["compile", spec, "--namespace", "idol"]
    result = run(*arguments, preexec_fn=write_nothing, restore_signals=False)
    assert result.returncode == 1
    assert b"not kept" in result.stderr
    assert run(*arguments).returncode == 0


def test_damage_is_found(run, spec):
    run("compile", spec)
    assert program_tools.damage_code(run("cache", "dir").stdout.decode().strip())
    damaged = run("cache", "verify")
    assert damaged.returncode == 1
    assert b"not used" in damaged.stdout
    assert run("plan", spec).returncode == 0


def test_cache_layers(run, spec, tmp_path):
    farm, own = tmp_path / "farm", tmp_path / "own"
    assert run("compile", spec, "--cache-dir", farm).returncode == 0
    both = f"{farm}:{own}"
    assert run("compile", spec, "--cache-dir", both).returncode == 0
    assert not own.exists()
    why = run("cache", "why", spec, "--cache-dir", both, "--json")
    assert why.returncode == 0, why.stderr
    answers = json.loads(why.stdout)["answers"]
    assert [(answer["program"], answer["found"]) for answer in answers] == [
        ("message", True),
        ("values", True),
        ("vector", True),
    ]
    listings = json.loads(run("cache", "ls", "--cache-dir", both, "--json").stdout)
    assert [(each["directory"], each["read_only"]) for each in listings] == [
        (str(farm), True),
        (str(own), False),
    ]
    assert sorted(entry["kind"] for entry in listings[0]["entries"]) == [*["code"] * 3, "spec"]
    assert run("cache", "dir", "--cache-dir", both).stdout.decode() == f"{farm}\n{own}\n"
    info = json.loads(run("info", "--cache-dir", both, "--json").stdout)
    entries = listings[0]["entries"]
    assert info["cache"] == [
        {
            "directory": str(farm),
            "read_only": True,
            "unusable": None,
            "unusable_specs": None,
            "unwritable": None,
            "size_limit": None,
            "size_limit_problem": None,
            "entries": len(entries),
            "problem_entries": 0,
            "size_bytes": sum(Path(entry["path"]).stat().st_size for entry in entries),
        },
        {
            "directory": str(own),
            "read_only": False,
            "unusable": None,
            "unusable_specs": None,
            "unwritable": None,
            "size_limit": 512 << 20,
            "size_limit_problem": None,
            "entries": 0,
            "problem_entries": 0,
            "size_bytes": 0,
        },
    ]


def test_a_cache_size_that_is_none_is_told(program, tmp_path):
    environment = {"RIGJIT_CACHE_DIR": str(tmp_path), "RIGJIT_CACHE_SIZE": "lots"}
    told = b"RIGJIT_CACHE_SIZE is 'lots', not a size like"
    for command, exit_code in (("info", 0), ("cache ls", 0), ("cache prune", 1)):
        arguments = [program, *command.split()]
        result = subprocess.run(arguments, capture_output=True, env=environment)
        assert result.returncode == exit_code
        assert told in (result.stderr if exit_code else result.stdout)
    arguments = [program, "cache", "prune", "--max-size", "1gb"]
    assert subprocess.run(arguments, env=environment).returncode == 0
    arguments[-1] = "9" * 21
    refused = subprocess.run(arguments, capture_output=True, env=environment)
    assert refused.returncode == 2
    assert b"is too large" in refused.stderr


def test_compile_of_standard_input_for_several_targets(run, spec):
    targets = ("--target", "x86-64", "--target", "x86-64-v3")
    result = run("compile", "-", *targets, input=Path(spec).read_bytes())
    assert result.returncode == 0, result.stderr
    assert result.stdout.count(b"compiled") == 2


def test_cache_why_explains_a_miss(run, spec):
    assert run("compile", spec, "--target", "x86-64").returncode == 0
    missed = run("cache", "why", spec, "--target", "x86-64-v3")
    assert missed.returncode == 1
    assert b"target: x86-64 instead of x86-64-v3" in missed.stdout
    renamed = json.loads(
        run("cache", "why", spec, "--target", "x86-64", "--namespace", "hero", "--json").stdout
    )
    message, values, _ = renamed["answers"]
    assert [each["field"] for each in message["differences"]] == ["bytes", "namespace"]
    assert values["found"]
    directory = run("cache", "dir").stdout.decode().strip()
    os.chmod(directory, 0o777)
    refused = run("cache", "why", spec, "--target", "x86-64")
    os.chmod(directory, 0o700)
    assert b"users other than its owner may write it" in refused.stdout
    assert run("cache", "why", "/nowhere.yaml").returncode == 1


def test_words_that_are_no_command(run):
    for words, problem in (
        (["convrt", "a.yaml"], b"there is no command 'convrt', only check, convert, "),
        ([], b"a command is needed: check, convert, "),
        (["cache", "purge"], b"there is no command 'cache purge', only ls, dir, verify, prune, "),
        (["cache", "--nope"], b"--nope"),
        (["cache", "ls", "purge"], b"purge"),
    ):
        result = run(*words)
        assert (result.returncode, result.stdout) == (2, b"")
        assert problem in result.stderr


def test_cache_prune(run, spec):
    assert run("compile", spec).returncode == 0
    assert b"removed 0 files" in run("cache", "prune").stdout
    pruned = json.loads(run("cache", "prune", "--max-size", "0", "--json").stdout)
    assert len(pruned["removed"]) == 4
    assert b"0 files" in run("cache", "ls").stdout
    assert run("cache", "prune", "--max-size", "much").returncode == 2
    assert b"negative" in run("cache", "prune", "--max-size", "-1").stderr


def test_info(run):
    text = run("info").stdout.decode()
    for word in ("rigjit", "LLVM     19.", "x86-64-v3", "cache"):
        assert word in text
    facts = json.loads(run("info", "--json").stdout)
    assert facts["target"] in [target["name"] for target in facts["targets"] if target["runs_here"]]
    assert re.fullmatch("[0-9a-f]{32}", facts["build"])
    assert facts["build"] in text


def test_info_of_a_cache_that_is_not_used(run, spec, tmp_path):
    def cache_of(directory: object) -> dict[str, object]:
        (layer,) = json.loads(run("info", "--cache-dir", directory, "--json").stdout)["cache"]
        return layer

    assert "/dev/null" in cache_of("/dev/null/cache")["unusable"]
    cache = tmp_path / "cache"
    assert run("compile", spec, "--cache-dir", cache).returncode == 0
    for path in cache.glob("*.code"):
        path.write_bytes(b"")
    assert (cache_of(cache)["entries"], cache_of(cache)["problem_entries"]) == (4, 3)
    assert b"4 files, " in (text := run("info", "--cache-dir", cache).stdout)
    assert b", 3 not used" in text
    cache.chmod(0o777)
    assert "users other than its owner may write it" in cache_of(cache)["unusable"]
    assert cache_of(cache)["entries"] == 0


def test_specs_that_are_refused_leave_the_code(run, spec, tmp_path):
    cache = tmp_path / "cache"
    assert run("compile", spec, "--cache-dir", cache).returncode == 0
    specs = cache / "specs"
    specs.chmod(0o777)
    told = f"cannot trust the cache directory {specs}".encode()
    info = run("info", "--cache-dir", cache)
    assert b" 3 files, " in info.stdout
    assert b"; no specs: " + told in info.stdout
    assert b"cannot be used" not in info.stdout
    for command in ("ls", "verify"):
        listed = run("cache", command, "--cache-dir", cache)
        assert listed.returncode == 1
        assert b": 3 files, " in listed.stdout
        assert told in listed.stderr
        as_json = run("cache", command, "--json", "--cache-dir", cache).stdout
        assert len(json.loads(as_json)[0]["entries"]) == 3
    pruned = run("cache", "prune", "--max-size", "1", "--cache-dir", cache)
    assert pruned.returncode == 1
    assert b"removed 3 files" in pruned.stdout
    assert told in pruned.stderr
    assert run("compile", spec, "--cache-dir", cache).returncode == 0
    cleared = run("cache", "clear", "--cache-dir", cache)
    assert cleared.returncode == 1
    assert b"removed 3 files" in cleared.stdout
    assert told in cleared.stderr
    assert len(list(specs.iterdir())) == 1


def test_files_of_others_neither_count_nor_go(run, spec, tmp_path):
    cache = tmp_path / "cache"
    (cache / "specs").mkdir(parents=True, mode=0o755)
    cache.chmod(0o755)
    others = [cache / "notes.code", cache / ".tmp-notes", cache / "specs" / "hero.spec"]
    for other in others:
        other.write_text("mine")
        os.utime(other, (0, 0))
    assert b": 0 files, 0 bytes" in (listing := run("cache", "ls", "--cache-dir", cache).stdout)
    assert all(f"unknown  {other}".encode() in listing for other in others)
    assert b" 0 files, 0 bytes" in run("info", "--cache-dir", cache).stdout
    assert run("compile", spec, "--cache-dir", cache).returncode == 0
    assert b": 4 files" in run("cache", "ls", "--cache-dir", cache).stdout
    for command in (["verify"], ["prune", "--max-size", "1"], ["prune", "--unusable"], ["clear"]):
        assert run("cache", *command, "--cache-dir", cache).returncode == 0
        assert [other.read_text() for other in others] == ["mine"] * 3
    assert sorted(path for path in cache.rglob("*") if path.is_file()) == sorted(others)


def test_info_of_the_machine(run):
    facts = json.loads(run("info", "--json").stdout)
    system = os.uname()
    assert facts["kernel"] == f"{system.sysname} {system.release} {system.machine}"
    assert facts["libc"] == " ".join(platform.libc_ver())
    flags = re.search(r"(?m)^(?:flags|Features)\s*: (.*)$", Path("/proc/cpuinfo").read_text())
    assert set(facts["cpu_features"].split()) <= set(flags[1].split())
    wanted = {"avx2", "fma", "avx512vbmi", "asimd"} & set(flags[1].split())
    assert wanted <= set(facts["cpu_features"].split())
    assert facts["cpu"] in Path("/proc/cpuinfo").read_text()
    text = run("info").stdout.decode()
    assert f"RIGJIT_CACHE_DIR={facts['environment']['RIGJIT_CACHE_DIR']}\n" in text


def test_info_of_python(run, program):
    if not Path(program).read_bytes().startswith(b"#!"):
        pytest.skip("the program itself knows no Python")
    facts = json.loads(run("info", "--json").stdout)
    assert facts["python"] == f"{platform.python_implementation()} {platform.python_version()}"
    assert Path(facts["python_path"]).parent == Path(program).parent
    assert facts["numpy"] == np.__version__
    text = run("info").stdout.decode()
    assert facts["package"] in text


def test_a_reader_that_leaves_is_no_error(program, spec):
    script = f"set -o pipefail; '{program}' ir '{spec}' --no-cache | head -c 1 >/dev/null"
    result = subprocess.run(["bash", "-c", script], capture_output=True, timeout=60)
    assert result.stderr == b""


def test_full_disk_is_an_error(run, spec):
    with open("/dev/full", "wb") as full:
        result = run("plan", spec, stdout=full, stderr=subprocess.PIPE, capture_output=False)
    assert result.returncode == 1
    assert b"No space left" in result.stderr


def test_namespace(run, spec):
    plan = run("plan", spec, "--namespace", "shot:hero")
    assert plan.stdout.startswith(b"shot:hero:main.translateX = ")
    vec = np.array([0, 0, 0, 1, 0, 0, 0, 1, 0], np.float32).tobytes()
    for name_space in ("hero", "idol"):
        compiled = run("compile", spec, "--namespace", name_space)
        assert compiled.returncode == 0, compiled.stderr
        result = run("convert", spec, "-", "--raw", "--namespace", name_space, input=vec)
        assert list(msgpack.unpackb(result.stdout)) == [f"{name_space}:main", f"{name_space}:head"]
    for command in ("ir", "asm"):
        plain = run(command, spec).stdout
        named = run(command, spec, "--namespace", "shot:hero").stdout
        assert named
        assert named != plain
    assert b"shot:hero:main.translateX" in run("ir", spec, "--namespace", "shot:hero").stdout
    part = run("ir", spec, "--namespace", "hero", "--controller", "hero:head")
    assert b"hero:head" in part.stdout
    wrong = run("plan", spec, "--namespace", "hero:")
    assert wrong.returncode == 1
    assert b"did you mean 'hero'? [invalid-namespace]" in wrong.stderr
