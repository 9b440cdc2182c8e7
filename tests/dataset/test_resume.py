"""Builds that are killed go on, and end with the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from builds import command, contents, run, wait_for_a_shard, write_clip

import rigjit
from rigjit.dataset import DatasetError, StoppedError, build

HERE = Path(__file__).resolve().parent
INTERRUPTED = "interrupted; the same command goes on from here\n"


def test_killed_at_every_change_of_a_file(spec, rig, tmp_path):
    write_clip(tmp_path / "clips/a.safetensors", rig, 20, 1)
    np.save(tmp_path / "clips/b.npy", np.full((9, len(rig.channels)), np.nan, np.float32))
    build(spec, [tmp_path / "clips"], tmp_path / "wanted", workers=1, shard_size=1)
    script = [sys.executable, str(HERE / "kill_everywhere.py"), str(spec), str(tmp_path / "clips")]
    done = subprocess.run([*script, str(tmp_path / "sets")], capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr
    folders = sorted((tmp_path / "sets").iterdir())
    assert len(folders) > 40
    wanted = contents(tmp_path / "wanted")
    for folder in folders:
        assert contents(folder) == wanted, folder.name


def test_killed_with_its_workers(spec, rig, tmp_path):
    """None of them is left behind, and what was made is not made again."""
    for number in range(12):
        write_clip(tmp_path / f"clips/{number:02d}.safetensors", rig, 3000, number)
    words = (spec, tmp_path / "clips", "-o", tmp_path / "set", "--workers", 2, "--shard-size", "1")
    build(spec, [tmp_path / "clips"], tmp_path / "wanted", workers=1, shard_size=1)
    with subprocess.Popen(command(*words), start_new_session=True) as builder:
        while len(list((tmp_path / "set").glob("part-*"))) < 2:
            assert builder.poll() is None, "too fast to be killed"
            time.sleep(0.002)
        builder.kill()
    made = {path: path.stat().st_mtime_ns for path in (tmp_path / "set").glob("part-*")}
    records = {path.name[:-5] for path in (tmp_path / "set/.build").glob("part-*.json")}
    assert records
    for _ in range(100):  # the workers end with their parent
        if not group_lives(builder.pid):
            break
        time.sleep(0.1)
    assert not group_lives(builder.pid)
    done = run(*words)
    assert done.returncode == 0, done.stderr
    kept = [path for path in made if path.name in records]
    assert [path.stat().st_mtime_ns for path in kept] == [made[path] for path in kept]
    assert contents(tmp_path / "set") == contents(tmp_path / "wanted")


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_worker_that_is_killed(spec, rig, tmp_path):
    for number in range(6):
        write_clip(tmp_path / f"clips/{number:02d}.safetensors", rig, 8000, number)
    words = (spec, tmp_path / "clips", "-o", tmp_path / "set", "--workers", 2, "--shard-size", "1")
    with subprocess.Popen(command(*words), stderr=subprocess.PIPE, text=True) as builder:
        while len(workers := workers_of(builder.pid)) < 2:
            time.sleep(0.01)
        os.kill(workers[-1], signal.SIGKILL)
        text = builder.communicate(timeout=60)[1]
    assert builder.returncode == 1
    assert "a worker process was killed" in text
    assert "Traceback" not in text
    assert run(*words).returncode == 0
    assert len(rigjit.Dataset(tmp_path / "set")) == 48000


def workers_of(pid: int) -> list[int]:
    """Those of a process that run its pool's code."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [
        int(child)
        for child in children
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def test_again_does_nothing(spec, clips, tmp_path):
    words = (spec, clips[0], "-o", tmp_path / "set")
    first, again = run(*words), run(*words)
    assert (first.returncode, again.returncode) == (0, 0)
    assert "complete already" in again.stdout
    before = contents(tmp_path / "set")
    assert contents(tmp_path / "set") == before


def test_an_input_that_is_newer_is_read_again(spec, rig, tmp_path):
    """While the data set is not complete; then nothing of it is replaced."""
    for number in range(3):
        write_clip(tmp_path / f"clips/{number}.safetensors", rig, 50, number)
    broken = tmp_path / "clips/2.safetensors"
    good, size = broken.read_bytes(), broken.stat().st_size
    broken.write_bytes(bytes(size))
    with pytest.raises(StoppedError):
        build(
            spec, [tmp_path / "clips"], tmp_path / "set", on_error="stop", shard_size=1, workers=1
        )
    write_clip(tmp_path / "clips/0.safetensors", rig, 50, 9)  # of the same size
    broken.write_bytes(good)
    found = build(spec, [tmp_path / "clips"], tmp_path / "set", shard_size=1)
    assert found.built == 2
    build(spec, [tmp_path / "clips"], tmp_path / "wanted", shard_size=1)
    assert contents(tmp_path / "set") == contents(tmp_path / "wanted")
    later = time.time() + 5
    os.utime(broken, (later, later))
    with pytest.raises(DatasetError, match=r"is newer than part-00002"):
        build(spec, [tmp_path / "clips"], tmp_path / "set", shard_size=1)


def test_interrupt(spec, rig, tmp_path):
    write_clip(tmp_path / "clips/a.safetensors", rig, 100_000, 1)
    for number in range(20):
        os.link(tmp_path / "clips/a.safetensors", tmp_path / f"clips/{number}.safetensors")
    words = (spec, tmp_path / "clips", "-o", tmp_path / "set", "--workers", 2, "--shard-size", 1)
    with subprocess.Popen(
        command(*words), stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as builder:
        wait_for_a_shard(builder, tmp_path / "set")
        os.killpg(builder.pid, signal.SIGINT)
        text = builder.communicate(timeout=60)[1]
    assert builder.returncode == 130, text
    assert "goes on from here" in text
    assert "Traceback" not in text


def test_interrupt_after_the_outcome_was_said(spec, clips, tmp_path):
    """While Python ends: the exit code is that of what was said."""
    code = """
import atexit, signal
from rigjit._command import main
atexit.register(signal.raise_signal, signal.SIGINT)
main()
"""
    words = ["build", spec, clips[0], "-o", tmp_path / "set", "--workers", 1]
    done = subprocess.run(
        [sys.executable, "-c", code, "dataset", *map(str, words)], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def many_clips(folder: Path, rig: rigjit.Rig, count: int) -> Path:
    write_clip(folder / "a.safetensors", rig, 600, 1)
    for number in range(count):
        os.link(folder / "a.safetensors", folder / f"{number}.safetensors")
    return folder


def test_interrupt_while_workers_start(spec, rig, tmp_path):
    """The first one is there, of eight: none of them says a word, and what is there goes on."""
    clips = many_clips(tmp_path / "clips", rig, 40)
    words = (spec, clips, "-o", tmp_path / "set", "--workers", 8, "--shard-size", 1)
    with subprocess.Popen(
        command(*words), stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as builder:
        while not workers_of(builder.pid):
            assert builder.poll() is None
        os.killpg(builder.pid, signal.SIGINT)
        text = builder.communicate(timeout=60)[1]
    assert (builder.returncode, text) == (130, INTERRUPTED)
    assert run(*words).returncode == 0
    assert len(rigjit.Dataset(tmp_path / "set")) == 41 * 600


def test_interrupt_while_a_file_is_begun(spec, rig, tmp_path):
    """In one process, where a writer is made and nobody has it yet."""
    clips = many_clips(tmp_path / "clips", rig, 2)
    code = """
import signal, sys
from pyarrow import parquet as pq
from rigjit._command import main
before = pq.ParquetWriter.__init__
def begin(*arguments, **options):
    before(*arguments, **options)
    signal.raise_signal(signal.SIGINT)
pq.ParquetWriter.__init__ = begin
main()
"""
    words = ["build", spec, clips, "-o", tmp_path / "set", "--workers", 1, "--shard-size", 1]
    done = subprocess.run(
        [sys.executable, "-c", code, "dataset", *map(str, words)], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (130, INTERRUPTED)


@pytest.mark.parametrize("module", ["rigjit.dataset.builder", "pyarrow.lib", "tqdm"])
def test_interrupt_while_modules_are_imported(spec, rig, tmp_path, module):
    """Where CPython itself would end by the signal."""
    clips = many_clips(tmp_path / "clips", rig, 2)
    code = f"""
import signal, sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            exec("signal.raise_signal(signal.SIGINT)", {{"signal": signal}})
sys.meta_path.insert(0, Finder())
from rigjit._command import main
main()
"""
    words = ["build", spec, clips, "-o", tmp_path / "set", "--workers", 1]
    done = subprocess.run(
        [sys.executable, "-c", code, "dataset", *map(str, words)], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (130, INTERRUPTED)


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_bytes_do_not_tell_what_a_worker_wrote_before(tmp_path, form):
    """Shards of ever fewer rows, by one process, and each by a process of its own."""
    rig = rigjit.loads(
        "{rigjit: 1, controllers: [{name: c, transformations: [translation: {}]}]}", cache=False
    )
    for number in range(6):
        np.save(tmp_path / f"{number}.npy", np.full((19 - 2 * number, 3), 1 + number, np.float32))
    clips = sorted(tmp_path.glob("*.npy"))
    options = {"format": form, "shard_size": 1}
    build(rig, clips, tmp_path / "one", workers=1, **options)
    build(rig, clips, tmp_path / "each", workers=6, **options)
    assert contents(tmp_path / "one") == contents(tmp_path / "each")


@pytest.mark.parametrize("split", [(), ("--split", 0.5)])
def test_clips_of_another_length_are_read_again(spec, rig, tmp_path, split):
    clips = tmp_path / "clips"
    for number in range(8):
        write_clip(clips / f"{number}.safetensors", rig, 200, number)
    words = (spec, clips, "-o", tmp_path / "set", "--shard-size", "20K", *split)
    (clips / "7.safetensors").write_bytes(b"no clip")
    assert run(*words, "--on-error", "stop", "--workers", 1).returncode == 1
    parts = sorted(path.name for path in (tmp_path / "set").rglob("part-*"))
    assert len(parts) >= 2
    for number in (0, 2, 3, 6, 7):
        write_clip(clips / f"{number}.safetensors", rig, 5, number)
    done = run(*words)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "set").rglob("part-*"))) < 8
    fresh = run(spec, clips, "-o", tmp_path / "fresh", *words[4:])
    assert fresh.returncode == 0, fresh.stderr
    assert contents(tmp_path / "set") == contents(tmp_path / "fresh")
    write_clip(clips / "0.safetensors", rig, 6, 0)
    assert "its inputs were others: 0" in run(*words).stderr  # it is complete


def test_other_clips_are_another_data_set(spec, rig, tmp_path):
    write_clip(tmp_path / "clips/a.safetensors", rig, 20, 1)
    (tmp_path / "clips/b.safetensors").write_bytes(b"no clip")
    words = (spec, tmp_path / "clips", "-o", tmp_path / "set")
    assert run(*words, "--on-error", "stop").returncode == 1
    write_clip(tmp_path / "clips/c.safetensors", rig, 20, 1)
    assert "holds another data set (its inputs were others: c)" in run(*words).stderr


def test_nothing_is_written_where_all_is_done(spec, clips, tmp_path):
    words = (spec, clips[0], "-o", tmp_path / "set")
    assert run(*words).returncode == 0
    before = os.stat(tmp_path / "set").st_mtime_ns
    assert "complete already" in run(*words).stdout  # as on a disk that is read alone
    assert os.stat(tmp_path / "set").st_mtime_ns == before
