"""Files of vectors, read by the safetensors package, and what is said of those of other rigs."""

from __future__ import annotations

import json

import numpy as np
import pytest
import safetensors.numpy
from safetensors import safe_open
from small_spec import SPEC

import rigjit
from rigjit import clips


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
    clips.save_vectors(path, rig, vecs)
    loaded = clips.load_vectors(path, rig)
    assert loaded.dtype == np.float32
    assert loaded.tobytes() == vecs.tobytes()
    loaded[0, 0] = 1  # an array of one's own


def test_they_are_a_safetensors_file(rig, vecs, path):
    clips.save_vectors(str(path), rig, vecs)
    assert safetensors.numpy.load_file(path)["vectors"].tobytes() == vecs.tobytes()
    with safe_open(path, "np") as file:
        metadata = file.metadata()
    assert (metadata["format"], metadata["format_version"]) == ("rigjit.vectors", "1")
    assert (metadata["rig"], metadata["rig_hash"]) == ("small", rig.hash)
    assert [tuple(row) for row in json.loads(metadata["inputs"])] == rig.inputs
    assert [tuple(row[:2]) for row in json.loads(metadata["channels"])] == rig.channels


def test_no_vectors(rig, path):
    clips.save_vectors(path, rig, np.empty((0, rig.vec_size), np.float32))
    assert clips.load_vectors(path, rig).shape == (0, rig.vec_size)


def test_a_rig_without_inputs(path):
    rig = rigjit.loads(
        "{rigjit: 1, controllers: [{name: c, transformations: [constant: {name: a, value: 1}]}]}"
    )
    clips.save_vectors(path, rig, np.empty((3, 0), np.float32))
    assert clips.load_vectors(path, rig).shape == (3, 0)


@pytest.mark.parametrize(
    ("old", "new", "problems"),
    [
        (
            "name: stretch",
            "name: squash",
            [
                "inputs: 1 removed, 1 added",
                "- vec[3] x_main_CTRL attribute: stretch",
                "+ vec[3] x_main_CTRL attribute: squash",
            ],
        ),
        ("axes: xz, scale: [0.9, 1.1]", "axes: zx, scale: [1.1, 0.9]", ["moved", "head scale: z"]),
        (
            "scale: 25",
            "scale: 2",
            ["x_main_CTRL.translateX: scale 25 -> 2", "x_main_CTRL.translateZ: scale 25 -> 2"],
        ),
        ("name: head", "name: neck", ["+ vec[6..11] neck rotation3d: a1x", "head rotation3d"]),
        (
            "{axis: y}",
            "{axis: y, order: cos_sin}",
            ["l_elbow_CTRL.rotateY: order sin_cos -> cos_sin"],
        ),
        ("value: 1", "value: 2", ["x_main_CTRL.IK_FK: value 1 -> 2"]),
    ],
)
def test_another_rig_is_told_from_what_differs(rig, vecs, path, old, new, problems):
    assert old in SPEC
    clips.save_vectors(path, rig, vecs)
    other = rigjit.loads(SPEC.replace(old, new))
    with pytest.raises(rigjit.RigError) as caught:
        clips.load_vectors(path, other)
    error = caught.value.errors[0]
    assert (error.code, error.file) == ("rig-mismatch", str(path))
    assert rig.hash in error.message
    assert other.hash in error.message
    for problem in problems:
        assert problem in error.message


def damage(path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert len(old) == len(new)
    assert old in data
    path.write_bytes(data.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"spec":', b'"spic":'),  # as in files without one
        (b"rigjit: 1", b"rigjit: 7"),  # no spec
        (b"scale: 25", b"scale: 26"),  # the spec of another rig than the hash
    ],
)
def test_what_differs_is_told_from_names_where_there_is_no_spec(rig, vecs, path, old, new):
    clips.save_vectors(path, rig, vecs)
    damage(path, old, new)
    assert clips.load_vectors(path, rig).tobytes() == vecs.tobytes()
    renamed = rigjit.loads(SPEC.replace("name: stretch", "name: squash"))
    with pytest.raises(rigjit.RigError) as caught:
        clips.load_vectors(path, renamed)
    message = caught.value.errors[0].message
    assert "inputs that the file lacks: x_main_CTRL.attribute.squash" in message
    assert "inputs that only the file has: x_main_CTRL.attribute.stretch" in message
    with pytest.raises(rigjit.RigError, match="its inputs are the same; what differs are scales"):
        clips.load_vectors(path, rigjit.loads(SPEC.replace("scale: 25", "scale: 2")))


def test_a_spec_with_a_base(path, tmp_path):
    (tmp_path / "base.yaml").write_text(SPEC)
    variant = "{rigjit: 1, name: thin, base: base.yaml, drop: [head]}"
    rig = rigjit.loads(variant, base_dir=tmp_path)
    clips.save_vectors(path, rig, rig.rest_vec[None])
    with safe_open(path, "np") as file:
        assert json.loads(file.metadata()["spec"]) == [[variant], [SPEC]]
    with pytest.raises(rigjit.RigError, match=r"\+ vec\[6\.\.11\] head rotation3d: a1x"):
        clips.load_vectors(path, rigjit.loads(SPEC))


def test_vectors_are_of_a_rig_in_any_namespace(rig, vecs, path):
    hero = rigjit.loads(SPEC, namespace="hero")
    clips.save_vectors(path, hero, vecs)
    assert clips.load_vectors(path, rig).tobytes() == vecs.tobytes()
    clips.save_vectors(path, rig, vecs)
    assert clips.load_vectors(path, hero).tobytes() == vecs.tobytes()
    other = rigjit.loads(SPEC.replace("scale: 25", "scale: 2"), namespace="hero")
    with pytest.raises(rigjit.RigError, match=r"hero:x_main_CTRL\.translateX: scale 25 -> 2"):
        clips.load_vectors(path, other)


def test_saving_replaces_a_file_whole_and_keeps_its_mode(rig, vecs, path):
    path.write_bytes(b"something else")
    path.chmod(0o640)
    link = path.with_name("link")
    link.symlink_to(path)
    clips.save_vectors(link, rig, vecs)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert clips.load_vectors(path, rig).tobytes() == vecs.tobytes()
    assert sorted(p.name for p in path.parent.iterdir()) == ["link", path.name]


def test_files_that_are_not_there(rig, vecs, tmp_path):
    with pytest.raises(FileNotFoundError):
        clips.load_vectors(tmp_path / "none", rig)
    with pytest.raises(IsADirectoryError):
        clips.load_vectors(tmp_path, rig)
    with pytest.raises(FileNotFoundError):
        clips.save_vectors(tmp_path / "none/none", rig, vecs)
    with pytest.raises(rigjit.RigError, match="it is no safetensors file"):
        clips.load_vectors("/dev/null", rig)


def test_a_clip_is_no_vector_file(rig, path):
    path.write_bytes(rig.clip(rig.rest_vec[None]))
    with pytest.raises(rigjit.RigError, match=r"it is no rigjit\.vectors file"):
        clips.load_vectors(path, rig)
    clips.save_vectors(path, rig, rig.rest_vec[None])
    with pytest.raises(rigjit.RigError, match=r"it is no rigjit\.clip file"):
        rigjit.ClipWriter(path, rig, append=True)


def test_every_truncation_is_refused(rig, vecs, path):
    clips.save_vectors(path, rig, vecs)
    whole = path.read_bytes()
    for size in [*range(0, len(whole), 3), len(whole) - 1]:
        path.write_bytes(whole[:size])
        with pytest.raises(rigjit.RigError) as caught:
            clips.load_vectors(path, rig)
        assert caught.value.errors[0].code == "malformed-file"
    path.write_bytes(whole + b"\0")
    with pytest.raises(rigjit.RigError, match="longer than its header says"):
        clips.load_vectors(path, rig)


def test_random_damage_is_refused_or_harmless(rig, vecs, path):
    clips.save_vectors(path, rig, vecs)
    whole = path.read_bytes()
    rng = np.random.default_rng(12)
    for _ in range(600):
        damaged = bytearray(whole)
        for place in rng.integers(0, len(whole), size=rng.integers(1, 4)):
            damaged[place] = rng.integers(0, 256)
        path.write_bytes(damaged)
        try:
            assert clips.load_vectors(path, rig).shape == vecs.shape
        except rigjit.RigError as error:
            assert error.errors[0].code in ("malformed-file", "rig-mismatch")
