"""Commands written in Python as processes: Ctrl-C, closed pipes, full disks, odd names."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from small_spec import SPEC

import rigjit

pytest.importorskip("ruamel.yaml")

MAIN = "from rigjit._command import main; main()"
# Ctrl-C at the moment when a module is looked for; some modules make another error of it.
AT_IMPORT = """
import os, signal, sys
moment = sys.argv.pop(1)
class Finder:
    def find_spec(name, path=None, target=None):
        if name == moment:
            sys.meta_path.remove(Finder)
            try:
                os.kill(os.getpid(), signal.SIGINT)
                for _ in range(1000): pass
            except KeyboardInterrupt:
                raise ImportError(f"{name} failed to import") from None
sys.meta_path.insert(0, Finder)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    rig = rigjit.loads(SPEC)
    (tmp_path / "rig.yaml").write_text(SPEC)
    values = rig.vec_to_values_batch(np.tile(rig.rest_vec, (20, 1)))
    np.save(tmp_path / "a.npy", values)
    (tmp_path / "a.json").write_bytes(rig.vec_to_json(rig.rest_vec))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def command(*arguments, code=MAIN, **options):
    program = [sys.executable, "-c", code, *map(str, arguments)]
    found = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": 120, **options}
    done = subprocess.run(program, **found)
    return done.returncode, done.stdout, done.stderr.decode()


STATS = ("stats", "rig.yaml", "a.npy", "-o", "new")
FIT = ("fit", "rig.yaml", "a.npy", "-o", "new")
NEW = ("fit", "--new", "a.json", "-o", "new")


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("rigjit._fit_command", STATS),
        ("numpy", STATS),
        ("numpy.linalg", STATS),
        ("rigjit.stats", STATS),
        ("rigjit.stats", FIT),
        ("rigjit.fitting", FIT),
        ("ruamel.yaml", FIT),
        ("rigjit.fitting", NEW),
        ("pyarrow", ("stats", "rig.yaml", "a.parquet", "-o", "new")),
        ("rigjit.models", ("stamp", "a.npy", "rig.yaml", "-o", "new")),
        ("rigjit.models", ("check", "rig.yaml", "--model", "a.npy")),
        ("rigjit.dataset.command", ("dataset", "build", "rig.yaml", "a.npy", "-o", "new")),
        ("rigjit._play_command", ("play", "rig.yaml", "a.npy")),
    ],
)
def test_interrupted_while_it_imports(folder, module, arguments):
    if module == "pyarrow":
        pytest.importorskip("pyarrow")
        (folder / "a.parquet").write_bytes(b"PAR1")
    code, out, error = command(module, *arguments, code=AT_IMPORT + MAIN)
    assert (code, out, error) == (130, b"", f"rigjit {arguments[0]}: interrupted\n")
    assert not (folder / "new").exists()


GUARDED = """
import os, signal, sys, time
from rigjit import _process
def interrupt():
    os.kill(os.getpid(), signal.SIGINT)
def work(_):
    return _process.guarded({0})
sys.modules["commands"] = sys.modules["__main__"]
sys.exit(_process.run("test", "commands", "work", []))
"""
WORKS = {
    "plainly": "lambda: interrupt() or time.sleep(60)",
    "as another error": "another",
    "as a failure": "failure",
    "where nothing can be raised": "finalizer",
}
ANOTHER = """
def another():
    try:
        interrupt()
        time.sleep(60)
    except KeyboardInterrupt:
        raise OSError("cannot be read") from None
def failure():
    try:
        another()
    except OSError:
        return 1
class Finalized:
    def __del__(self):
        interrupt()
def finalizer():
    Finalized()
    time.sleep(60)
"""


@pytest.mark.parametrize("how", WORKS)
def test_interrupted_while_it_works(how):
    code, out, error = command(code=ANOTHER + GUARDED.replace("{0}", WORKS[how]))
    assert (code, out, error) == (130, b"", "rigjit test: interrupted\n")


def test_who_ignores_ctrl_c_is_not_interrupted(folder):
    def ignore():
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    code, _, error = command("numpy", *STATS, code=AT_IMPORT + MAIN, preexec_fn=ignore)
    assert (code, error) == (0, "")


@pytest.mark.parametrize("arguments", [STATS, FIT, NEW, ("stats", "--help"), ("stamp", "--help")])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_standard_output_is_said(folder, arguments, unbuffered):
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with open("/dev/full", "wb") as full:
        code, _, error = command(*arguments, stdout=full, env=environment)
    assert (code, error) == (1, f"rigjit {arguments[0]}: <stdout>: No space left on device\n")


@pytest.mark.parametrize("arguments", [STATS, FIT, NEW, ("stats", "--help")])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away_ends_it_as_any_program(folder, arguments, unbuffered):
    read, write = os.pipe()
    os.close(read)
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    code, _, error = command(*arguments, stdout=write, env=environment)
    os.close(write)
    assert (code, error) == (-signal.SIGPIPE, "")


@pytest.mark.parametrize("closed", [0, 1, 2])
def test_descriptors_that_are_closed(folder, closed):
    code, out, error = command(*FIT, preexec_fn=lambda: os.close(closed))
    assert (code, error) == (0, "")
    assert (b"fitted to 20 frames" in out) == (closed != 1)
    assert rigjit.load("new").channels == rigjit.loads(SPEC).channels


def test_names_that_a_terminal_cannot_show(folder):
    (folder / "röt.yaml").write_text(SPEC.replace("name: head", "name: höad"))
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    for name in ("stats", "fit"):
        arguments = (name, "röt.yaml", "a.npy", "-o", "nöw")
        code, out, error = command(*arguments, env=environment)
        assert (code, error) == (0, "")
        assert b"h\\xf6ad" in out
        assert "höad" in (folder / "nöw").read_text()
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    assert "höad" in command(*arguments, env=environment)[1].decode()
