"""Files of vectors, read by the safetensors package, and what is said of those of other rigs."""

from __future__ import annotations

import json

import numpy as np
import pytest
import safetensors.numpy
from safetensors import safe_open
from small_spec import SPEC

import rigjit


@pytest.fixture
def vecs(rig) -> np.ndarray:
    rng = np.random.default_rng(6)
    vecs = rng.normal(size=(5, rig.vec_size)).astype(np.float32)
    vecs[1, 2] = np.nan
    vecs[2, 3] = -0.0
    return vecs


@pytest.fixture
def path(tmp_path):
    return tmp_path / "poses.safetensors"


def test_vectors_come_back_bit_for_bit(rig, vecs, path):
    rig.save_vectors(path, vecs)
    loaded = rig.load_vectors(path)
    assert loaded.dtype == np.float32
    assert loaded.tobytes() == vecs.tobytes()
    loaded[0, 0] = 1  # an array of one's own


def test_they_are_a_safetensors_file(rig, vecs, path):
    rig.save_vectors(str(path), vecs)
    assert safetensors.numpy.load_file(path)["vectors"].tobytes() == vecs.tobytes()
    with safe_open(path, "np") as file:
        metadata = file.metadata()
    assert (metadata["format"], metadata["format_version"]) == ("rigjit.vectors", "1")
    assert (metadata["rig"], metadata["rig_hash"]) == ("small", rig.hash)
    assert [tuple(row) for row in json.loads(metadata["inputs"])] == rig.inputs
    assert [tuple(row[:2]) for row in json.loads(metadata["channels"])] == rig.channels


def test_no_vectors(rig, path):
    rig.save_vectors(path, np.empty((0, rig.vec_size), np.float32))
    assert rig.load_vectors(path).shape == (0, rig.vec_size)


def test_a_rig_without_inputs(path):
    rig = rigjit.loads(
        "{rigjit: 1, controllers: [{name: c, transformations: [constant: {name: a, value: 1}]}]}"
    )
    rig.save_vectors(path, np.empty((3, 0), np.float32))
    assert rig.load_vectors(path).shape == (3, 0)


@pytest.mark.parametrize(
    ("old", "new", "problems"),
    [
        (
            "name: stretch",
            "name: squash",
            [
                "inputs that the file lacks: x_main_CTRL.attribute.squash",
                "inputs that only the file has: x_main_CTRL.attribute.stretch",
            ],
        ),
        (
            "axes: xz, scale: [0.9, 1.1]",
            "axes: zx, scale: [1.1, 0.9]",
            ["another order: head.scale.z, head.scale.x"],
        ),
        ("scale: 25", "scale: 2", ["its inputs are the same; what differs are scales"]),
        (
            "name: head",
            "name: neck",
            ["lacks: neck.rotation3d.a1x", "file has: head.rotation3d.a1x"],
        ),
        ("{axis: y}", "{axis: y, order: cos_sin}", ["l_elbow_CTRL.rotation1d.cos"]),
    ],
)
def test_another_rig_is_told_from_what_differs(rig, vecs, path, old, new, problems):
    assert old in SPEC
    rig.save_vectors(path, vecs)
    other = rigjit.loads(SPEC.replace(old, new))
    with pytest.raises(rigjit.RigError) as caught:
        other.load_vectors(path)
    error = caught.value.errors[0]
    assert (error.code, error.file) == ("rig-mismatch", str(path))
    assert rig.hash in error.message
    assert other.hash in error.message
    for problem in problems:
        assert problem in error.message


def test_saving_replaces_a_file_whole_and_keeps_its_mode(rig, vecs, path):
    path.write_bytes(b"something else")
    path.chmod(0o640)
    link = path.with_name("link")
    link.symlink_to(path)
    rig.save_vectors(link, vecs)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert rig.load_vectors(path).tobytes() == vecs.tobytes()
    assert sorted(p.name for p in path.parent.iterdir()) == ["link", path.name]


def test_files_that_are_not_there(rig, vecs, tmp_path):
    with pytest.raises(FileNotFoundError):
        rig.load_vectors(tmp_path / "none")
    with pytest.raises(FileNotFoundError):
        rig.save_vectors(tmp_path / "none/none", vecs)
    with pytest.raises(rigjit.RigError, match="it is no safetensors file"):
        rig.load_vectors("/dev/null")


def test_a_clip_is_no_vector_file(rig, path):
    path.write_bytes(rig.clip(rig.rest_vec[None]))
    with pytest.raises(rigjit.RigError, match=r"it is no rigjit\.vectors file"):
        rig.load_vectors(path)
    rig.save_vectors(path, rig.rest_vec[None])
    with pytest.raises(rigjit.RigError, match=r"it is no rigjit\.clip file"):
        rigjit.ClipWriter(path, rig, append=True)


def test_every_truncation_is_refused(rig, vecs, path):
    rig.save_vectors(path, vecs)
    whole = path.read_bytes()
    for size in [*range(0, len(whole), 3), len(whole) - 1]:
        path.write_bytes(whole[:size])
        with pytest.raises(rigjit.RigError) as caught:
            rig.load_vectors(path)
        assert caught.value.errors[0].code == "malformed-file"
    path.write_bytes(whole + b"\0")
    with pytest.raises(rigjit.RigError, match="longer than its header says"):
        rig.load_vectors(path)


def test_random_damage_is_refused_or_harmless(rig, vecs, path):
    rig.save_vectors(path, vecs)
    whole = path.read_bytes()
    rng = np.random.default_rng(12)
    for _ in range(600):
        damaged = bytearray(whole)
        for place in rng.integers(0, len(whole), size=rng.integers(1, 4)):
            damaged[place] = rng.integers(0, 256)
        path.write_bytes(damaged)
        try:
            assert rig.load_vectors(path).shape == vecs.shape
        except rigjit.RigError as error:
            assert error.errors[0].code in ("malformed-file", "rig-mismatch")
