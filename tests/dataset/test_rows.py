"""Windows, mirror images, other rates and splits, against scipy and numpy."""

from __future__ import annotations

import json

import numpy as np
import pytest
from builds import contents, random_vecs, table_of, vectors, write_clip
from pyarrow import parquet as pq
from scipy.spatial.transform import Rotation, Slerp

import rigjit
from rigjit.dataset import build


@pytest.fixture
def walk(tmp_path, rig):
    """One clip of 100 frames, of which two are bad: its path, its vectors, and the bad ones."""
    vecs = random_vecs(rig, 100, 3)
    values = rig.vec_to_values_batch(rig.values_to_vec_batch(rig.vec_to_values_batch(vecs)))
    vecs = rig.values_to_vec_batch(values)
    values[[30, 61], 0] = np.nan
    np.save(tmp_path / "walk.npy", values)
    return tmp_path / "walk.npy", vecs, [30, 61]


@pytest.mark.parametrize(("window", "stride"), [(8, None), (8, 3), (5, 1), (4, 9), (1, 1)])
def test_windows(walk, spec, rig, tmp_path, window, stride):
    path, vecs, bad = walk
    build(spec, [path], tmp_path / "set", windows=window, stride=stride)
    table = table_of(tmp_path / "set")
    begins = [
        begin
        for begin in range(0, 100 - window + 1, stride or window)
        if not set(bad) & set(range(begin, begin + window))
    ]
    assert table["frame"].to_pylist() == begins
    wanted = np.stack([vecs[begin : begin + window] for begin in begins])
    assert np.array_equal(vectors(table["vec"]).reshape(wanted.shape), wanted)
    assert np.array_equal(rigjit.Dataset(tmp_path / "set")[0], wanted[0])


def test_windows_across_blocks(spec, rig, tmp_path):
    """Longer than what is converted at once."""
    vecs = write_clip(tmp_path / "long.safetensors", rig, 9000, 1)
    build(spec, [tmp_path / "long.safetensors"], tmp_path / "set", windows=5000, stride=1500)
    found = vectors(table_of(tmp_path / "set")["vec"]).reshape(-1, 5000, rig.vec_size)
    assert np.array_equal(found, np.stack([vecs[0:5000], vecs[1500:6500], vecs[3000:8000]]))


def test_mirror_follows_each_row(walk, spec, rig, tmp_path):
    path, vecs, bad = walk
    build(spec, [path], tmp_path / "set", mirror=True)
    table = table_of(tmp_path / "set")
    good = [frame for frame in range(100) if frame not in bad]
    assert table["frame"].to_pylist() == [frame for frame in good for _ in range(2)]
    assert table["mirrored"].to_pylist() == [False, True] * len(good)
    found = vectors(table["vec"])
    assert np.array_equal(found[::2], vecs[good])
    assert np.array_equal(found[1::2], rig.mirror(vecs[good]))
    assert rigjit.Dataset(tmp_path / "set").info(1).mirrored


def rotations_of(rig: rigjit.Rig, vecs: np.ndarray) -> dict[str, Rotation]:
    """{controller: rotations}, of what the kernel makes of the vectors."""
    values = rig.vec_to_values_batch(vecs)
    places = {tuple(channel): index for index, channel in enumerate(rig.channels)}
    euler = values[:, [places["root", f"rotate{axis}"] for axis in "ZXY"]]
    found = {"root": Rotation.from_euler("zxy", euler, degrees=True)}
    for name in ("l_hand", "r_hand"):
        quaternion = values[:, [places[name, f"quaternion{axis}"] for axis in "XYZW"]]
        found[name] = Rotation.from_quat(quaternion)
    elbow = values[:, places["elbow", "rotateY"]]
    found["elbow"] = Rotation.from_euler("y", elbow[:, None], degrees=True)
    return found


@pytest.mark.parametrize(("rate", "target"), [("24", "60"), ("24", "10"), ("24000/1001", "30")])
def test_rates_by_slerp(spec, rig, tmp_path, rate, target):
    from fractions import Fraction

    vecs = write_clip(tmp_path / "c.safetensors", rig, 80, 5, fps=rate)
    build(spec, [tmp_path / "c.safetensors"], tmp_path / "set", fps=target)
    table = table_of(tmp_path / "set")
    found = vectors(table["vec"])
    step = Fraction(rate) / Fraction(target)
    assert len(found) == int(79 / step) + 1
    assert np.allclose(table["time"].to_numpy(), np.arange(len(found)) / float(Fraction(target)))
    places = np.array([float(k * step) for k in range(len(found))])
    before = rotations_of(rig, vecs)
    for name, rotations in rotations_of(rig, found).items():
        wanted = Slerp(np.arange(80), before[name])(places)
        assert np.degrees((wanted.inv() * rotations).magnitude()).max() < 1e-3, name
    root = [i for i, each in enumerate(rig.inputs) if each[1] == "translation"]
    for index in root:
        assert np.allclose(found[:, index], np.interp(places, range(80), vecs[:, index]), atol=1e-5)
    steps = [i for i, each in enumerate(rig.inputs) if each[2] == "pinned" or "space" in each[2]]
    assert np.array_equal(found[:, steps], vecs[np.floor(places + 1e-9).astype(int)][:, steps])


def test_a_bad_frame_is_a_hole_at_every_rate(walk, spec, rig, tmp_path):
    path, _, bad = walk
    build(spec, [path], tmp_path / "set", fps=48)
    frames = table_of(tmp_path / "set")["frame"].to_pylist()
    holes = {2 * frame + offset for frame in bad for offset in (-1, 0, 1)}
    assert frames == [frame for frame in range(199) if frame not in holes]


def test_a_rate_that_clips_have_changes_nothing(spec, rig, tmp_path):
    vecs = write_clip(tmp_path / "c.safetensors", rig, 20, 5, fps="24000/1001")
    build(spec, [tmp_path / "c.safetensors"], tmp_path / "set", fps="24000/1001")
    assert np.array_equal(vectors(table_of(tmp_path / "set")["vec"]), vecs)


def test_split_is_by_clip_and_by_seed(spec, clips, tmp_path):
    sides = {}
    for seed in (0, 0, 1):
        folder = tmp_path / f"set{len(sides)}{seed}"
        build(spec, [clips[0]], folder, split=0.7, seed=seed, shard_size=20000)
        train = set(table_of(folder, "train/*.parquet")["clip"].to_pylist())
        validation = set(table_of(folder, "validation/*.parquet")["clip"].to_pylist())
        assert (len(train), len(validation)) == (5, 2)
        assert train | validation == set(clips[1])
        sides[folder] = train
    first, again, other = sides.values()
    assert first == again != other
    dataset = rigjit.Dataset(next(iter(sides)), split="validation")
    assert {dataset.info(i).clip for i in range(len(dataset))} == set(clips[1]) - first
    assert len(dataset) + len(rigjit.Dataset(next(iter(sides)), split="train")) == len(
        rigjit.Dataset(next(iter(sides)))
    )


def test_all_together_have_the_same_bytes_for_any_workers(spec, clips, tmp_path):
    options = {"windows": 8, "stride": 2, "mirror": True, "fps": 30, "split": 0.5}
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        build(spec, [clips[0]], folder, workers=workers, shard_size=20000, **options)
    assert contents(tmp_path / "1") == contents(tmp_path / "2")
    manifest = json.loads((tmp_path / "1/manifest.json").read_bytes())
    rows = [pq.read_metadata(tmp_path / "1" / s["file"]).num_rows for s in manifest["shards"]]
    assert manifest["rows"] == sum(rows) > 0
