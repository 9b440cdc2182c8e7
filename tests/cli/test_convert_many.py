"""`rigjit convert` of many files, and what it says on a terminal."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import time

import numpy as np
import pytest

import rigjit


@pytest.fixture
def rig(spec):
    return rigjit.load(spec, cache=False)


@pytest.fixture
def inputs(rig, tmp_path):
    """Three takes, the second of which has a bad frame."""
    rng = np.random.default_rng(3)
    paths = []
    for take in range(3):
        vecs = (rig.rest_vec + rng.normal(size=(20 + take, rig.vec_size)) * 0.2).astype(np.float32)
        if take == 1:
            vecs[4, 0] = np.inf
        paths.append(tmp_path / f"take{take}.npy")
        np.save(paths[-1], vecs)
    return paths


def test_one_bad_file_in_many(run, spec, rig, inputs, tmp_path):
    out = tmp_path / "new" / "out"
    missing = tmp_path / "missing.npy"
    result = run("convert", spec, *inputs, missing, "-o", f"{out}/")
    assert result.returncode == 1
    errors = result.stderr.decode().splitlines()
    assert len(errors) == 2
    assert errors[0].startswith(f"{inputs[1]}: error: frame 4: ")
    assert errors[1].startswith(f"{missing}: error: cannot read the file")
    assert sorted(os.listdir(out)) == ["take0.msgpack", "take2.msgpack"]
    for take in (0, 2):
        expected = rig.vec_to_rig_batch(np.load(inputs[take])).tobytes()
        assert (out / f"take{take}.msgpack").read_bytes() == expected
    skipped = run("convert", spec, *inputs, "-o", out, "--to", "jsonl", "--on-error", "skip")
    assert skipped.returncode == 0
    assert f"{inputs[1]}: skipped 1 of 21 frames" in skipped.stderr.decode()
    assert (out / "take1.jsonl").read_bytes().count(b"\n") == 20


def test_many_files_need_a_directory(run, spec, inputs, tmp_path):
    for arguments in ([], ["-o", tmp_path / "file.msgpack"]):
        result = run("convert", spec, *inputs, *arguments)
        assert result.returncode == 2
        assert b"-o DIRECTORY/" in result.stderr
        assert not result.stdout
    assert run("convert", spec, "-", "-", input=b"").returncode == 2
    assert run("convert", spec, "-", "-o", tmp_path, input=b"").returncode == 2


def test_inputs_are_never_overwritten(run, spec, inputs, tmp_path):
    before = inputs[0].read_bytes()
    for out in (inputs[0], tmp_path):
        result = run("convert", spec, inputs[0], "-o", out, "--to", "values")
        assert result.returncode == 1
        assert b"would overwrite the input" in result.stderr
    link = tmp_path / "link.msgpack"
    link.symlink_to(spec)
    assert b"small.yaml'" in run("convert", spec, inputs[0], "-o", link).stderr
    assert inputs[0].read_bytes() == before


def test_outputs_do_not_overwrite_each_other(run, spec, inputs, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "take0.npy").write_bytes(inputs[2].read_bytes())
    result = run("convert", spec, inputs[0], other / "take0.npy", "-o", f"{tmp_path}/out/")
    assert result.returncode == 1
    assert b"is that of another input already" in result.stderr
    assert os.listdir(tmp_path / "out") == ["take0.msgpack"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_program_leaves_nothing_behind(spec, program, rig, tmp_path, number):
    out = tmp_path / "out.msgpack"
    # What a script starts in its background inherits an ignored SIGINT, and keeps it.
    heard = ["env", f"--default-signal={signal.Signals(number).name.removeprefix('SIG')}"]
    command = [program, "convert", "--no-cache", spec, "-", "--raw", "-o", str(out)]
    process = subprocess.Popen(heard + command, stdin=subprocess.PIPE)
    process.stdin.write(np.tile(rig.rest_vec, (100_000, 1)).tobytes())
    process.stdin.flush()  # it has begun, and waits for more
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob("out.msgpack.*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert list(tmp_path.glob("out.msgpack.*"))
    process.send_signal(number)
    assert process.wait(timeout=60) == -number
    process.stdin.close()
    assert sorted(os.listdir(tmp_path)) == ["small.yaml"]


def on_terminal(program, *arguments, term="xterm"):
    """What it writes to a terminal as standard error."""
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": term}
    process = subprocess.Popen(
        [program, *map(str, arguments)], stdout=subprocess.PIPE, stderr=slave, env=environment
    )
    os.close(slave)
    text = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # Linux's end of a terminal
            break
        if not part:
            break
        text += part
    os.close(master)
    process.communicate(timeout=60)
    return text.decode()


def test_progress_on_a_terminal_only(run, spec, program, inputs, tmp_path):
    good = [inputs[0], inputs[2]]
    arguments = ["convert", "--no-cache", spec, *good, "-o", f"{tmp_path}/out/"]
    text = on_terminal(program, *arguments)
    last = text.split("\r\x1b[K")
    assert re.search(r"2/2 files, 42 frames, [\d.]+( [kM])? frames/s", text)
    assert last[-1] == ""  # the line is removed
    assert on_terminal(program, *arguments, "--quiet") == ""
    assert on_terminal(program, *arguments, term="dumb") == ""
    piped = run(*arguments)
    assert (piped.stdout, piped.stderr) == (b"", b"")


def test_errors_on_a_terminal_have_lines_of_their_own(spec, program, inputs, tmp_path):
    text = on_terminal(program, "convert", "--no-cache", spec, *inputs, "-o", f"{tmp_path}/out/")
    lines = [line.rsplit("\x1b[K", 1)[-1] for line in text.replace("\r\n", "\n").split("\n")]
    assert any(line.startswith(f"{inputs[1]}: error: frame 4: ") for line in lines)


def test_bytes_are_not_written_to_a_terminal(spec, program, inputs):
    master, slave = pty.openpty()
    command = [program, "convert", "--no-cache", spec, str(inputs[0])]
    refused = subprocess.run(command, stdout=slave, stderr=subprocess.PIPE, timeout=60)
    os.close(slave)
    os.close(master)
    assert refused.returncode == 1
    assert b"-o FILE" in refused.stderr
