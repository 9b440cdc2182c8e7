"""What cannot be done is said, in one line or one row, and nothing that is there is lost."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time

import numpy as np
import pytest
from builds import SPEC, command, contents, random_vecs, run, write_clip
from pyarrow import parquet as pq

import rigjit
from rigjit.dataset import DatasetError, StoppedError, build


def errors_of(folder) -> list[tuple]:
    rows = pq.read_table(folder / "errors.parquet").to_pylist()
    return [tuple(row.values()) for row in rows]


@pytest.fixture
def mixed(tmp_path, rig):
    """Good clips among what is none: {name: rows that are left}."""
    folder = tmp_path / "clips"
    write_clip(folder / "a/good.safetensors", rig, 40, 1)
    values = rig.vec_to_values_batch(random_vecs(rig, 10, 2))
    place = [tuple(channel) for channel in rig.channels].index(("l_hand", "reach"))
    values[3, 0], values[7, place] = np.nan, np.inf
    values[7, 1] = np.inf
    np.save(folder / "b.npy", values)
    (folder / "cut.parquet").write_bytes(b"PAR1" + bytes(100))
    (folder / "empty.json").write_text("")
    (folder / "noise.npy").write_bytes(b"\x93NUMPYnoise")
    other = rigjit.loads(SPEC.replace("name: l_hand", "name: l_paw"))
    write_clip(folder / "other.safetensors", other, 5, 3)
    return folder


def test_mistakes_are_rows_of_a_table(mixed, spec, tmp_path):
    done = run(spec, mixed, "-o", tmp_path / "set")
    assert done.returncode == 0, done.stderr
    assert "48 rows of 6 clips" in done.stdout
    assert "2 of 50 frames are bad and 4 of 6 clips cannot be read" in done.stderr
    rows = errors_of(tmp_path / "set")
    by_clip = {row[0]: row for row in rows}
    assert set(by_clip) == {"b", "cut", "empty", "noise", "other"}
    assert [row[1] for row in rows if row[0] == "b"] == [3, 7, 7]
    assert [row[4:] for row in rows if row[0] == "b"] == [
        ("root", "translateX"),
        ("root", "translateY"),
        ("l_hand", "reach"),
    ]
    assert all(row[1] is None for row in rows if row[0] != "b")
    assert "channels that only the file has: l_paw" in by_clip["other"][3]
    assert "channels that only the file has: l_paw" in done.stderr  # the first ones are shown, too
    assert all(str(tmp_path) not in row[3] for row in rows)


def test_mistakes_are_the_same_for_any_workers(mixed, spec, tmp_path):
    for workers in (1, 2):
        build(spec, [mixed], tmp_path / str(workers), workers=workers, shard_size=1)
    assert contents(tmp_path / "1") == contents(tmp_path / "2")


@pytest.mark.parametrize("workers", [1, 2])
def test_stop_at_the_first_mistake(mixed, spec, tmp_path, workers):
    done = run(spec, mixed, "-o", tmp_path / "set", "--on-error", "stop", "--workers", workers)
    assert done.returncode == 1
    assert "'b': frame 3: root.translateX" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "set/manifest.json").exists()
    # Whoever then lets mistakes pass has them passed over.
    assert build(spec, [mixed], tmp_path / "set").rows == 48


def test_no_row_is_left(spec, rig, tmp_path):
    np.save(tmp_path / "bad.npy", np.full((7, len(rig.channels)), np.nan, np.float32))
    done = run(spec, tmp_path / "bad.npy", "-o", tmp_path / "set")
    assert done.returncode == 1
    assert "no row is left" in done.stderr
    assert {row[1] for row in errors_of(tmp_path / "set")} == set(range(7))
    assert len(rigjit.Dataset(tmp_path / "set")) == 0
    with pytest.raises(IndexError):
        rigjit.Dataset(tmp_path / "set")[0]


def test_inputs_that_are_none(spec, tmp_path):
    (tmp_path / "empty").mkdir()
    done = run(spec, tmp_path / "empty", tmp_path / "nowhere", "-o", tmp_path / "set")
    assert done.returncode == 1
    assert "empty" in done.stderr
    assert "nowhere" in done.stderr
    assert not (tmp_path / "set").exists()


def test_a_spec_that_is_bad(clips, tmp_path):
    (tmp_path / "bad.yaml").write_text("rigjit: 1\ncontrollers: []\n")
    done = run(tmp_path / "bad.yaml", clips[0], "-o", tmp_path / "set")
    assert done.returncode == 1
    assert "bad.yaml" in done.stderr


def test_mirror_of_a_rig_that_has_none(clips, tmp_path):
    (tmp_path / "plain.yaml").write_text(SPEC.replace("mirror:", "x-mirror:"))
    done = run(tmp_path / "plain.yaml", clips[0], "-o", tmp_path / "set", "--mirror")
    assert done.returncode == 1
    assert "mirror" in done.stderr


def test_two_clips_of_one_name(spec, rig, tmp_path):
    for name in ("a/walk", "b/walk", "a/run", "b/run"):
        write_clip(tmp_path / f"{name}.safetensors", rig, 3, 1)
    done = run(spec, tmp_path / "a", tmp_path / "b", "-o", tmp_path / "set")
    assert done.returncode == 1
    assert done.stderr.count("name their common folder instead") == 2
    assert build(spec, [tmp_path], tmp_path / "set").clips == 4


def test_two_clips_that_differ_in_their_extensions(spec, rig, tmp_path):
    write_clip(tmp_path / "clips/a.safetensors", rig, 3, 1)
    np.save(tmp_path / "clips/a.npy", rig.vec_to_values_batch(rig.rest_vec[None]))
    done = run(spec, tmp_path / "clips", "-o", tmp_path / "set")
    assert done.returncode == 1
    assert "only their extensions differ: rename one, or leave it out" in done.stderr
    assert "common folder" not in done.stderr
    (tmp_path / "clips/a.npy").rename(tmp_path / "clips/b.npy")
    assert build(spec, [tmp_path / "clips"], tmp_path / "set").clips == 2


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"mirror": True}, "mirror: False there, True here"),
        ({"fps": 30}, "fps"),
        ({"windows": 8}, "windows"),
    ],
)
def test_a_directory_of_another_data_set(spec, clips, tmp_path, options, text):
    build(spec, [clips[0]], tmp_path / "set")
    before = contents(tmp_path / "set")
    with pytest.raises(DatasetError, match=text):
        build(spec, [clips[0]], tmp_path / "set", **options)
    assert contents(tmp_path / "set") == before


def test_a_directory_of_another_rig_or_other_clips(spec, rig, clips, tmp_path):
    build(spec, [clips[0]], tmp_path / "set")
    before = contents(tmp_path / "set")
    (tmp_path / "other.yaml").write_text(SPEC.replace("scale: 25", "scale: 30"))
    with pytest.raises(DatasetError, match=r"another data set \(rig hash"):
        build(tmp_path / "other.yaml", [clips[0]], tmp_path / "set")
    write_clip(tmp_path / "more/take1/new.safetensors", rig, 3, 1)
    with pytest.raises(DatasetError, match="its inputs were others: take1/new"):
        build(spec, [clips[0], tmp_path / "more"], tmp_path / "set")
    assert contents(tmp_path / "set") == before


def test_a_directory_with_shards_of_nobody(spec, clips, tmp_path):
    (tmp_path / "part-00000.parquet").write_bytes(b"mine")
    with pytest.raises(DatasetError, match="give an empty directory"):
        build(spec, [clips[0]], tmp_path)
    assert (tmp_path / "part-00000.parquet").read_bytes() == b"mine"


def test_begun_with_other_options(spec, mixed, tmp_path):
    with pytest.raises(StoppedError):
        build(spec, [mixed], tmp_path / "set", on_error="stop")
    with pytest.raises(DatasetError, match="mirror: False there, True here"):
        build(spec, [mixed], tmp_path / "set", mirror=True)


def test_a_second_builder(spec, rig, tmp_path):
    write_clip(tmp_path / "clips/a.safetensors", rig, 100_000, 1)
    for number in range(10):
        os.link(tmp_path / "clips/a.safetensors", tmp_path / f"clips/{number}.safetensors")
    words = (spec, tmp_path / "clips", "-o", tmp_path / "set", "--workers", "1")
    with subprocess.Popen(command(*words)) as first:
        while not (tmp_path / "set/.build/plan.json").exists():
            assert first.poll() is None
            time.sleep(0.002)
        second = run(*words)
        assert first.poll() is None, "the first one was too fast"
        assert second.returncode == 1
        assert "another builder is at work" in second.stderr
        assert first.wait(120) == 0
    assert len(rigjit.Dataset(tmp_path / "set")) == 1_100_000


def test_a_full_disk(spec, clips, tmp_path):
    """What is there stays whole; with room, the same command goes on."""
    words = (spec, clips[0], "-o", tmp_path / "set", "--shard-size", "20000", "--workers", "1")
    wanted = tmp_path / "wanted"
    build(spec, [clips[0]], wanted, shard_size=20000)
    sizes = sorted(path.stat().st_size for path in wanted.glob("part-*"))
    limit = sizes[len(sizes) // 2]

    def few_bytes():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = run(*words, preexec_fn=few_bytes)
    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    made = {path.name: path.read_bytes() for path in (tmp_path / "set").glob("part-*")}
    assert made
    assert all(data == (wanted / name).read_bytes() for name, data in made.items())
    assert not list((tmp_path / "set/.build").glob("*.part"))
    assert run(*words).returncode == 0
    assert contents(tmp_path / "set") == contents(wanted)


def test_names(spec, rig, tmp_path):
    """With slashes, spaces, other scripts, and bytes that are no UTF-8."""
    folder = os.fsencode(tmp_path) + b"/clips"
    names = {
        "deep/er/a b": b"deep/er/a b.safetensors",
        "走る": "走る.safetensors".encode(),
        "caf\\xe9": b"caf\xe9.safetensors",
        "two\nlines": b"two\nlines.safetensors",
    }
    for number, path in enumerate(names.values()):
        whole = os.path.join(folder, path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        write_clip(tmp_path / "one.safetensors", rig, 4, number)
        os.rename(tmp_path / "one.safetensors", whole)
    done = run(spec, os.fsdecode(folder), "-o", tmp_path / "set")
    assert done.returncode == 0, done.stderr
    table = pq.read_table(tmp_path / "set/part-00000.parquet")
    assert sorted(set(table["clip"].to_pylist())) == sorted(names)


def test_several_rates_are_said(spec, rig, tmp_path):
    for rate in (24, 30):
        write_clip(tmp_path / f"clips/{rate}.safetensors", rig, 5, 1, fps=rate)
    done = run(spec, tmp_path / "clips", "-o", tmp_path / "set")
    assert done.returncode == 0
    assert "24 (1 clip), 30 (1 clip); --fps brings them to one" in done.stderr
    table = pq.read_table(tmp_path / "set/part-00000.parquet")
    assert table["time"].to_pylist() == [i / 24 for i in range(5)] + [i / 30 for i in range(5)]


def test_a_clip_that_was_cut(spec, rig, tmp_path):
    """Its whole frames are there, and that some are not is said."""
    vecs = write_clip(tmp_path / "a.safetensors", rig, 40, 1)
    data = (tmp_path / "a.safetensors").read_bytes()
    (tmp_path / "a.safetensors").write_bytes(data[:-500])
    found = build(spec, [tmp_path / "a.safetensors"], tmp_path / "set")
    assert 0 < found.rows < 40
    assert found.unreadable == 1
    assert [row[1:3] for row in errors_of(tmp_path / "set")] == [(None, "cut-short")]
    assert np.array_equal(rigjit.Dataset(tmp_path / "set")[-1], vecs[found.rows - 1])


def test_mistakes_of_an_input_that_was_mended(spec, rig, mixed, tmp_path):
    """They are not those of its next reading."""
    for name in ("cut.parquet", "empty.json", "noise.npy"):
        (mixed / name).unlink()
    vecs = write_clip(mixed / "z.safetensors", rig, 2000, 1)
    words = (spec, mixed, "-o", tmp_path / "set", "--shard-size", 1, "--workers", 1)

    def few_bytes():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    assert run(*words, preexec_fn=few_bytes).returncode == 1
    assert (tmp_path / "set/.build/part-00001.parquet.errors").exists()
    np.save(mixed / "b.npy", rig.vec_to_values_batch(vecs[:10]))  # as many bytes as before
    assert run(*words).returncode == 0
    assert {row[0] for row in errors_of(tmp_path / "set")} == {"other"}


def test_a_pose_of_studio_library(spec, rig, tmp_path):
    """What an animator has saved of some controllers."""
    attributes = {"translateX": 26.0, "translateY": 1.0, "translateZ": 1.0}
    attrs = {name: {"type": "doubleLinear", "value": value} for name, value in attributes.items()}
    pose = {"metadata": {"version": "1.0.0"}, "objects": {"shot:root": {"attrs": attrs}}}
    (tmp_path / "wave.pose").mkdir()
    (tmp_path / "wave.pose/pose.json").write_text(json.dumps(pose))
    words = (spec, tmp_path / "wave.pose/pose.json", "-o")
    assert run(*words, tmp_path / "a").returncode == 1
    assert {row[2] for row in errors_of(tmp_path / "a")} == {"missing-channels"}
    done = run(*words, tmp_path / "b", "--missing", "rest")
    assert done.returncode == 0, done.stderr
    wanted = rig.rig_to_vec({"root": attributes}, missing="rest")
    assert np.array_equal(rigjit.Dataset(tmp_path / "b")[0], wanted)


def test_without_its_packages(spec, clips, tmp_path):
    code = "import sys; sys.modules['pyarrow'] = None\nfrom rigjit._command import main; main()"
    words = [sys.executable, "-c", code, "dataset", "build", spec, clips[0], "-o", tmp_path / "set"]
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "rigjit dataset lacks pyarrow: pip install 'rigjit[dataset]'\n"
