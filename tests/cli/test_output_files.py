"""What `rigjit` writes where: standard descriptors, links, two writers, signals, what is left."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import rigjit_clip

import rigjit
from rigjit import clips

FORMS = ["npy", "safetensors", "msgpack", "json", "jsonl"]
COMMANDS = [
    ["check"],
    ["check", "--json"],
    ["plan"],
    ["ir"],
    ["asm"],
    ["resolve"],
    ["compile"],
    ["cache", "why"],
]


@pytest.fixture
def rig(spec):
    return rigjit.load(spec, cache=False)


@pytest.fixture
def vecs(rig, tmp_path):
    vecs = np.tile(rig.rest_vec, (40, 1))
    vecs[:, 0] = np.arange(40)
    np.save(tmp_path / "in.npy", vecs)
    return vecs


def closing(descriptors):
    def close():
        for number in (0, 1, 2):
            if str(number) in descriptors:
                os.close(number)

    return close


def run_closed(program, descriptors, *arguments, cache):
    """Run the program without some of its standard descriptors, and without Python before it."""
    environment = {**os.environ, "RIGJIT_CACHE_DIR": str(cache), "RIGJIT_LOG": "1"}
    streams = {
        name: None if str(number) in descriptors else subprocess.DEVNULL
        for number, name in enumerate(("stdin", "stdout", "stderr"))
    }
    return subprocess.run(
        [program, *map(str, arguments)],
        env=environment,
        preexec_fn=closing(descriptors),
        timeout=60,
        **streams,
    ).returncode


CLOSED = ["0", "1", "2", "01", "02", "12", "012"]


@pytest.mark.parametrize("closed", CLOSED)
def test_closed_descriptors_do_not_become_outputs(program, spec, rig, vecs, closed, tmp_path):
    vecs[3, 1] = np.nan
    np.save(tmp_path / "in.npy", vecs)
    for form in FORMS:
        results = []
        for descriptors in ("", closed):
            out = tmp_path / f"out{descriptors}.{form}"
            arguments = ["convert", spec, tmp_path / "in.npy", "-o", out, "--on-error", "skip"]
            code = run_closed(program, descriptors, *arguments, cache=tmp_path / "cache")
            results.append((code, out.read_bytes()))
        assert results[0][0] == 0
        assert results[0] == results[1], form


@pytest.mark.parametrize("closed", CLOSED)
def test_every_command_ends_as_on_dev_null(program, spec, closed, tmp_path):
    for command in [*([*words, spec] for words in COMMANDS), ["info"], ["cache", "ls"], ["schema"]]:
        expected = run_closed(program, "", *command, cache=tmp_path / "cache")
        found = run_closed(program, closed, *command, cache=tmp_path / f"cache{closed}")
        assert (found == 0) == (expected == 0) or command[:2] == ["cache", "why"], command
    for path in (tmp_path / f"cache{closed}").rglob("*"):
        assert b"rigjit: " not in (path.read_bytes() if path.is_file() else b"")


def test_the_library_does_not_write_to_a_file_that_has_the_number_two(spec, tmp_path):
    code = (
        "import os, sys; os.close(2); file = open(sys.argv[2], 'wb'); assert file.fileno() == 2;"
        "import rigjit; rigjit.load(sys.argv[1]); file.write(b'data'); file.close()"
    )
    environment = {**os.environ, "RIGJIT_LOG": "1", "RIGJIT_CACHE_DIR": str(tmp_path / "cache")}
    subprocess.run(
        [sys.executable, "-c", code, spec, tmp_path / "data"], env=environment, check=True
    )
    assert (tmp_path / "data").read_bytes() == b"data"


def write_clip(rig, vecs, path):
    with rigjit.ClipWriter(path, rig) as clip:
        clip.write_batch(vecs)


@pytest.fixture(params=["convert", "clip", "vectors"])
def write(request, run, spec, rig, vecs, tmp_path):
    """Write one of the files that rigjit makes for users; returns its bytes elsewhere."""
    name = f"{request.param}.safetensors"

    def convert(path):
        result = run("convert", spec, tmp_path / "in.npy", "--to", "clip", "-o", path)
        if result.returncode != 0:
            raise OSError(result.stderr.decode())

    how = {
        "convert": convert,
        "clip": lambda path: write_clip(rig, vecs, path),
        "vectors": lambda path: clips.save_vectors(path, rig, vecs),
    }[request.param]
    how(tmp_path / f"plain-{name}")
    how.bytes = (tmp_path / f"plain-{name}").read_bytes()
    return how


def test_links_stay_links(write, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "second").symlink_to("folder/target")
    (tmp_path / "first").symlink_to(tmp_path / "second")
    for _ in range(2):  # dangling, then not
        write(tmp_path / "first")
        assert (tmp_path / "first").is_symlink()
        assert (tmp_path / "second").is_symlink()
        assert (folder / "target").read_bytes() == write.bytes
    assert os.listdir(folder) == ["target"]


def test_links_that_lead_nowhere_are_errors(write, tmp_path):
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "lost").symlink_to("no/such/folder/file")
    for name in ("circle", "lost"):
        with pytest.raises(OSError, match=r"symbolic links|No such file"):
            write(tmp_path / name)
        assert (tmp_path / name).is_symlink()


def test_one_writer_a_file(write, rig, vecs, tmp_path):
    path = tmp_path / "out.safetensors"
    with rigjit.ClipWriter(path, rig) as clip:
        clip.write(vecs[0])
        with pytest.raises(OSError, match="somebody else is writing"):
            write(path)
        with pytest.raises(OSError, match="somebody else is writing"):
            rigjit.ClipWriter(path, rig, append=True)
        clip.write(vecs[1])
    assert len(rigjit_clip.open(path)) == 2
    write(path)
    assert path.read_bytes() == write.bytes
    assert [name for name in os.listdir(tmp_path) if "part" in name] == []


def test_two_conversions_into_one_file(program, run, spec, rig, vecs, tmp_path):
    out = tmp_path / "new.npy"
    first = subprocess.Popen(
        [program, "convert", spec, "-", "--raw", "--no-cache", "-o", out],
        stdin=subprocess.PIPE,
    )
    part = tmp_path / "new.npy.rigjit-part"
    while not part.exists():
        time.sleep(0.01)
    second = run("convert", spec, tmp_path / "in.npy", "-o", out)
    assert second.returncode == 1
    assert b"somebody else is writing this file" in second.stderr
    assert not out.exists()
    first.communicate(vecs.tobytes())
    assert first.returncode == 0
    np.testing.assert_array_equal(np.load(out), rig.vec_to_values_batch(vecs))
    assert not part.exists()


def test_what_a_kill_leaves_is_no_obstacle(program, run, spec, vecs, tmp_path):
    out = tmp_path / "out.npy"
    killed = subprocess.Popen(
        [program, "convert", spec, "-", "--raw", "--no-cache", "-o", out], stdin=subprocess.PIPE
    )
    part = tmp_path / "out.npy.rigjit-part"
    while not part.exists():
        time.sleep(0.01)
    killed.kill()
    killed.wait()
    killed.stdin.close()
    assert part.exists()
    assert run("convert", spec, tmp_path / "in.npy", "-o", out).returncode == 0
    assert not part.exists()


def test_a_forked_writer_is_its_makers(rig, vecs, tmp_path):
    path = tmp_path / "forked.safetensors"
    clip = rigjit.ClipWriter(path, rig)
    clip.write(vecs[0])
    child = os.fork()
    if child == 0:
        try:
            clip.write(vecs[1])
        except OSError as error:
            clip.close()
            os._exit(0 if "forked from" in str(error) else 1)
        os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    clip.write(vecs[2])
    with pytest.raises(OSError, match="somebody else"):
        rigjit.ClipWriter(path, rig, append=True)
    clip.close()
    with rigjit.ClipWriter(path, rig, append=True) as again:
        assert len(again) == 2


FATAL = (
    "SIGHUP SIGINT SIGQUIT SIGTERM SIGUSR1 SIGUSR2 SIGALRM SIGVTALRM SIGPROF SIGXCPU SIGPOLL "
    "SIGPWR SIGSEGV SIGBUS SIGABRT SIGFPE SIGILL SIGTRAP SIGSYS SIGSTKFLT SIGPIPE SIGRTMIN SIGRTMAX"
)


@pytest.mark.parametrize("name", FATAL.split())
def test_a_signal_leaves_no_file(program, spec, vecs, name, tmp_path):
    out = tmp_path / "folder" / "out.npy"
    out.parent.mkdir()
    process = subprocess.Popen(
        [program, "convert", spec, "-", "--raw", "--no-cache", "-o", out],
        stdin=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
    )
    while not os.listdir(out.parent):
        time.sleep(0.01)
    number = 16 if name == "SIGSTKFLT" else getattr(signal, name)  # which Python 3.10 has not
    process.send_signal(number)
    assert process.wait(30) == -number
    process.stdin.close()
    assert os.listdir(out.parent) == []


def test_a_file_size_limit_is_an_error(program, spec, vecs, tmp_path):
    out = tmp_path / "folder" / "out.npy"
    out.parent.mkdir()
    result = subprocess.run(
        [program, "convert", spec, tmp_path / "in.npy", "--no-cache", "-o", out],
        capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200)),
    )
    assert result.returncode == 1
    assert b"cannot write: File too large" in result.stderr
    assert os.listdir(out.parent) == []


def test_pipes_are_written_directly(write, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    try:
        write(pipe)
    except OSError:  # a clip grows in place, and a pipe has none
        while reader.is_alive():  # it waits for a writer, or has seen one that went
            with contextlib.suppress(OSError):
                os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
            time.sleep(0.01)
    else:
        reader.join(30)
        assert got == [write.bytes]
    reader.join(30)
    assert pipe.is_fifo()


def test_the_bytes_are_on_the_disk_before_the_name(program, spec, vecs, tmp_path):
    strace = subprocess.run(["which", "strace"], capture_output=True, check=False)
    if strace.returncode != 0:
        pytest.skip("strace is not there")
    out = tmp_path / "out.npy"
    trace = ["strace", "-f", "-e", "trace=fsync,rename,renameat", "-o", tmp_path / "trace"]
    command = [program, "convert", spec, tmp_path / "in.npy", "--no-cache", "-o", out]
    subprocess.run([*trace, *command], check=True)
    lines = (tmp_path / "trace").read_text().splitlines()
    calls = [line.split()[1].split("(")[0] for line in lines if "(" in line]
    assert calls[-2:] == ["fsync", "renameat"]


def test_names_are_printable_for_people_and_whole_for_programs(run, tmp_path):
    path = tmp_path / "a\x1b[31m\x9b\u202e.yaml"
    path.write_text("rigjit: 1\n")
    text = run("check", path)
    assert text.returncode == 1
    lines = text.stdout.decode().splitlines()
    assert all(line.isprintable() for line in lines)
    assert "\\x1b[31m" in lines[0]
    assert json.loads(run("check", "--json", path).stdout)[0]["file"] == str(path)


def test_locks_are_advisory_and_end_with_the_writer(rig, vecs, tmp_path):
    path = tmp_path / "clip.safetensors"
    clip = rigjit.ClipWriter(path, rig)
    clip.write_batch(vecs)
    with path.open("rb+") as file:  # anybody else's locks are not in the way
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    del clip
    write_clip(rig, vecs, path)
