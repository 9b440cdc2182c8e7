"""What `rigjit fit`, `stats` and `stamp` write to, and what they refuse to overwrite."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from safetensors.numpy import save_file
from small_spec import SPEC

import rigjit
from rigjit.models import read_stamp

pytest.importorskip("ruamel.yaml")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    rig = rigjit.loads(SPEC)
    (tmp_path / "base.yaml").write_text(SPEC)
    (tmp_path / "rig.yaml").write_text("rigjit: 1\nbase: base.yaml\n")
    values = rig.vec_to_values_batch(np.tile(rig.rest_vec, (20, 1)))
    values[:, 0] = np.linspace(-3, 5, 20)
    (tmp_path / "in").mkdir()
    np.save(tmp_path / "in/a.npy", values)
    (tmp_path / "a.json").write_bytes(rig.vec_to_json(rig.rest_vec))
    save_file({"weight": values}, tmp_path / "model")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def command(*arguments, **options):
    program = [sys.executable, "-m", "rigjit", *map(str, arguments)]
    found = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": 120, **options}
    done = subprocess.run(program, **found)
    return done.returncode, done.stdout, (done.stderr or b"").decode()


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if not path.is_dir()}


FIT = ("fit", "rig.yaml", "in/a.npy")
STATS = ("stats", "rig.yaml", "in/a.npy")


@pytest.mark.parametrize(
    "arguments",
    [
        (*FIT, "-o", "in/a.npy"),
        (*FIT, "-o", "in/../in/a.npy"),
        (*FIT, "-o", "link"),
        (*FIT, "-o", "hard"),
        (*FIT, "-o", "base.yaml"),
        (*FIT, "-o", "new", "--plot", "in/a.npy"),
        (*FIT, "-o", "new", "--plot", "rig.yaml"),
        (*FIT, "-o", "new", "--plot", "base.yaml"),
        (*FIT, "-o", "new", "--plot", "new"),
        (*FIT, "-o", "new", "--plot", "dangling"),
        (*FIT, "-o", "-", "--plot", "-"),
        (*FIT, "-o", "-", "--plot", "/dev/stdout"),
        ("fit", "rig.yaml", "in", "-o", "in/a.npy"),
        ("fit", "rig.yaml", "i*/*.npy", "-o", "in/a.npy"),
        ("fit", "rig.yaml", "file://{0}/in/a.npy", "-o", "in/a.npy"),
        ("fit", "--new", "a.json", "-o", "a.json"),
        (*STATS, "-o", "in/a.npy"),
        (*STATS, "-o", "rig.yaml"),
        (*STATS, "-o", "base.yaml"),
        (*STATS, "--plot", "in/a.npy"),
        (*STATS, "-o", "new", "--plot", "./new"),
        ("stamp", "model", "rig.yaml", "-o", "rig.yaml"),
        ("stamp", "model", "rig.yaml", "-o", "base.yaml"),
        (*FIT, "-o", "http://a/b.yaml"),
        (*FIT, "-o", "new", "--plot", "s3://a/b.svg"),
        (*STATS, "-o", "memory://a.json"),
        ("stamp", "model", "rig.yaml", "-o", "gs://a/model"),
    ],
)
def test_outputs_that_would_destroy_something_are_refused(folder, arguments):
    (folder / "link").symlink_to("in/a.npy")
    (folder / "hard").hardlink_to("in/a.npy")
    if "dangling" in arguments:
        (folder / "dangling").symlink_to("new")
        before = os.listdir(folder)
    else:
        before = contents(folder)
    code, out, error = command(*(each.replace("{0}", str(folder)) for each in arguments))
    assert (code, out, error.count("\n")) == (2, b"", 1)
    is_url = "://" in arguments[-1]
    assert ("only files of this machine can be written" if is_url else "would overwrite") in error
    assert error.startswith(f"rigjit {arguments[0]}: ")
    assert before == (os.listdir(folder) if "dangling" in arguments else contents(folder))


def test_python_refuses_the_same(folder):
    from rigjit import fitting

    before = contents(folder)
    for output in ("in/a.npy", "base.yaml"):
        with pytest.raises(rigjit.RigError, match="would-overwrite"):
            rigjit.fit("rig.yaml", ["in"], output)
    with pytest.raises(rigjit.RigError, match="would-overwrite"):
        fitting.infer(["a.json"], "a.json")
    with pytest.raises(rigjit.RigError, match="unwritable-file"):
        fitting.infer(["a.json"], "http://a/b.yaml")
    assert contents(folder) == before


@pytest.mark.parametrize("spec", ["base.yaml", "rig.yaml"])
def test_a_spec_is_fitted_in_place(folder, spec):
    wanted = rigjit.fit(spec, ["in"]).text
    assert command("fit", spec, "in", "-o", spec)[0] == 0
    assert (folder / spec).read_text() == wanted
    assert command("fit", spec, "in", "-o", spec)[0] == 0
    assert (folder / spec).read_text() == wanted


def test_a_model_is_stamped_in_place(folder):
    assert command("stamp", "model", "rig.yaml", "-o", "model")[0] == 0
    code, out, _ = command("stamp", "model", "rig.yaml", "-o", "-")
    assert (code, out) == (0, (folder / "model").read_bytes())
    assert read_stamp("model").rig_hash == rigjit.load("rig.yaml").hash


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1"])
def test_standard_output_takes_the_output_and_not_the_report(folder, name):
    code, out, error = command(*FIT, "-o", name)
    assert (code, out.decode()) == (0, rigjit.fit("rig.yaml", ["in"], folder / "x").text)
    assert "fitted to 20 frames" in error
    code, out, error = command(*STATS, "-o", name)
    assert (code, json.loads(out)["format"]) == (0, "rigjit.statistics")
    assert "x_main_CTRL.translateX" in error
    code, out, error = command(*STATS, "--plot", name)
    assert (code, out[:5]) == (0, b"<svg ")
    assert "x_main_CTRL.translateX" in error
    code, out, error = command("fit", "--new", "a.json", "-o", name)
    assert code == 0
    assert rigjit.loads(out.decode()).channels
    assert "what was guessed" in error
    assert not (folder / "-").exists()


@pytest.mark.parametrize("mode", ["wb", "ab"])
def test_a_file_that_standard_output_goes_to_is_written_on(folder, mode):
    wanted = b"# before\n" if mode == "ab" else b""
    (folder / "log").write_bytes(b"# before\n")
    for name in ("-", "/dev/stdout", "log"):
        with open(folder / "log", mode) as log:
            code, _, error = command(*FIT, "-o", name, stdout=log)
        assert code == 0
        assert "fitted to" in error
        text = rigjit.fit("rig.yaml", ["in"], folder / "x").text.encode()
        wanted = wanted + text if mode == "ab" else text
        assert (folder / "log").read_bytes() == wanted


def test_pipes_and_descriptors_are_written_to(folder):
    wanted = rigjit.fit("rig.yaml", ["in"], folder / "x").text
    os.mkfifo(folder / "pipe")
    with subprocess.Popen(["cat", folder / "pipe"], stdout=subprocess.PIPE) as reader:
        code, out, error = command(*FIT, "-o", "pipe")
        assert reader.communicate(timeout=60)[0].decode() == wanted
    assert (code, error) == (0, "")
    assert b"fitted to 20 frames" in out
    assert (folder / "pipe").is_fifo()
    with open(folder / "file", "w+b") as file:
        number = file.fileno()
        code, *_ = command("fit", "rig.yaml", "in", "-o", f"/dev/fd/{number}", pass_fds=[number])
        assert code == 0
        assert b"translation" in file.read()  # it is the same file still


def test_a_pipe_that_nobody_reads_on_ends_it_as_any_program(folder):
    read, write = os.pipe()
    os.close(read)
    code, _, error = command(*FIT, "-o", f"/dev/fd/{write}", pass_fds=[write])
    os.close(write)
    assert (code, error) == (-signal.SIGPIPE, "")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((*FIT, "-o", "{0}"), "/dev/full: No space left on device"),
        ((*FIT, "-o", "x", "--plot", "{0}"), "/dev/full: No space left on device"),
        ((*STATS, "-o", "{0}"), "/dev/full: No space left on device"),
        (("fit", "--new", "a.json", "-o", "{0}"), "/dev/full: No space left on device"),
        (("stamp", "model", "rig.yaml", "-o", "{0}"), "/dev/full: No space left on device"),
        ((*FIT, "-o", "none/x"), "none/x: No such file or directory"),
        ((*STATS, "-o", "none/x"), "none/x: No such file or directory"),
        (("stamp", "model", "rig.yaml", "-o", "none/x"), "none/x: No such file or directory"),
        ((*FIT, "-o", "in"), "in: Is a directory"),
    ],
)
def test_what_cannot_be_written_is_named(folder, arguments, text):
    code, _, error = command(*(each.replace("{0}", "/dev/full") for each in arguments))
    prefix = "" if arguments[0] == "stamp" else f"rigjit {arguments[0]}: "
    assert (code, error) == (1, f"{prefix}{text}\n")
