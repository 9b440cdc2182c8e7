"""What the command says at its end, wherever it is written to."""

from __future__ import annotations

import os
import signal
import subprocess

import numpy as np
import pytest
from builds import command, contents, run, write_clip
from pyarrow import parquet as pq

import rigjit
from rigjit.dataset import build

ONE_ROW = ": 5 rows of 1 clip in 1 shard"


@pytest.fixture
def clip(tmp_path, rig):
    write_clip(tmp_path / "clips/走る.safetensors", rig, 5, 1)
    return tmp_path / "clips"


def test_an_output_that_takes_no_more(spec, clip, tmp_path):
    words = (spec, clip, "-o", tmp_path / "set")
    with open("/dev/full", "w") as full:
        done = subprocess.run(command(*words), stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr == "rigjit dataset: <stdout>: No space left on device\n"
    with open("/dev/full", "w") as full:
        done = subprocess.run(command(*words), stdout=subprocess.PIPE, stderr=full, text=True)
    assert (done.returncode, ONE_ROW in done.stdout) == (0, True)


@pytest.mark.parametrize("closed", [(1,), (2,), (1, 2)])
def test_an_output_that_is_closed(spec, clip, tmp_path, closed):
    done = run(
        *(spec, clip, "-o", tmp_path / "set", "--workers", 1),
        preexec_fn=lambda: [os.close(number) for number in closed],
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(rigjit.Dataset(tmp_path / "set")) == 5


def test_an_output_that_nobody_reads(spec, clip, tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    words = command(spec, clip, "-o", tmp_path / "set")
    done = subprocess.run(words, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, b"")  # as other programs
    assert len(rigjit.Dataset(tmp_path / "set")) == 5


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_names_that_the_terminal_cannot_show(spec, clip, tmp_path, rig, encoding):
    values = rig.vec_to_values_batch(np.tile(rig.rest_vec, (1, 1)))
    np.save(clip / "走.npy", np.full_like(values, np.nan))
    done = subprocess.run(
        command(spec, clip, "-o", tmp_path / "走"),
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )
    assert done.returncode == 0, done.stderr
    shown = str(tmp_path / "走").encode(encoding, "backslashreplace")
    assert done.stdout.startswith(shown + b": 5 rows of 2 clips")
    assert "'走'".encode(encoding, "backslashreplace") in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("form", ["parquet", "arrow"])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_directory_whose_name_is_no_utf8(spec, clip, rig, tmp_path, form, workers):
    write_clip(clip / "more.safetensors", rig, 3, 2)
    place = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")
    words = ("--format", form, "--workers", workers, "--shard-size", 1)
    done = run(spec, clip, "-o", place, *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{tmp_path}/caf\\xe9: 8 rows of 2 clips in 2 shards\n"
    build(spec, clip, tmp_path / "wanted", format=form, shard_size=1)
    assert contents(place) == contents(tmp_path / "wanted")
    assert len(list(rigjit.Dataset(place).batches(3))) == 3


def test_windows_that_are_longer_than_every_clip(spec, rig, tmp_path):
    for frames in (7, 12):
        write_clip(tmp_path / f"clips/{frames}.safetensors", rig, frames, frames)
    words = (spec, tmp_path / "clips", "-o", tmp_path / "set", "--windows", 13)
    for _ in range(2):  # also of what is complete already
        done = run(*words)
        assert done.returncode == 1
        assert "no row is left in" in done.stderr
        assert ": a window has 13 frames, and the longest clip 12\n" in done.stderr
    done = run(*words[:2], "-o", tmp_path / "fast", "--windows", 24, "--fps", 48)
    assert ": a window has 24 frames, and the longest clip 23\n" in done.stderr
    assert run(*words[:2], "-o", tmp_path / "fits", "--windows", 23, "--fps", 48).returncode == 0


def test_windows_that_all_have_a_bad_frame(spec, rig, tmp_path):
    values = rig.vec_to_values_batch(np.tile(rig.rest_vec, (9, 1)))
    values[4] = np.nan
    np.save(tmp_path / "a.npy", values)
    done = run(spec, tmp_path / "a.npy", "-o", tmp_path / "set", "--windows", 6)
    assert done.returncode == 1
    assert ": every window of 6 frames has a bad one\n" in done.stderr


def test_a_clip_that_a_rate_would_blow_up(spec, rig, tmp_path):
    """Its own rate is next to none, which is a mistake of the clip and not of the others."""
    write_clip(tmp_path / "clips/slow.safetensors", rig, 3, 1, fps="1/100000")
    write_clip(tmp_path / "clips/fine.safetensors", rig, 3, 2)
    done = run(spec, tmp_path / "clips", "-o", tmp_path / "set", "--fps", 24)
    assert done.returncode == 0
    assert ": 3 rows of 2 clips" in done.stdout
    assert "'slow': each of its frames, 1/100000 a second, would be more than 10000 at 24" in (
        done.stderr
    )
    assert run(spec, tmp_path / "clips", "-o", tmp_path / "own").returncode == 0


def test_a_table_of_mistakes_that_is_gone(spec, rig, tmp_path):
    values = rig.vec_to_values_batch(np.tile(rig.rest_vec, (9, 1)))
    values[4] = np.nan
    np.save(tmp_path / "a.npy", values)
    words = (spec, tmp_path / "a.npy", "-o", tmp_path / "set")
    assert run(*words).returncode == 0
    for damage in (lambda path: path.write_bytes(b"PAR1"), lambda path: path.unlink()):
        damage(tmp_path / "set/errors.parquet")
        done = run(*words)
        assert done.returncode == 0
        assert "errors.parquet cannot be read" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_namespace_that_inputs_have(spec, tmp_path):
    """What the advice asks for can be done, and a data set without it is another one."""
    hero = rigjit.load(spec, namespace="hero")
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips/a.msgpack").write_bytes(hero.vec_to_rig(hero.rest_vec))
    words = (spec, tmp_path / "clips", "-o", tmp_path / "set")
    done = run(*words)
    assert done.returncode == 1
    assert "namespace 'hero', the rig's have none: load the rig with that namespace" in done.stderr
    done = run(*words, "--namespace", "hero")
    assert "rig namespace: None there, hero here" in done.stderr
    place = tmp_path / "named"
    assert run(*words[:2], "-o", place, "--namespace", "hero").returncode == 0
    table = pq.read_table(place / "part-00000.parquet")
    wanted = hero.rig_to_vec((tmp_path / "clips/a.msgpack").read_bytes())
    assert np.array_equal(np.frombuffer(table["vec"][0].as_py(), "<f4"), wanted)
    rigjit.Dataset(place, spec)
