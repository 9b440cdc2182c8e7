"""Distances of hulls: values, bits, contacts, pairs, files."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest
import safetensors.numpy
from minkowski import distance
from scipy.spatial import ConvexHull
from scipy.spatial.transform import Rotation

import rigjit

# A build may be without it.
collision = pytest.importorskip("rigjit.collision", exc_type=ImportError)


def cloud(rng, count=30):
    points = rng.normal(size=(count, 3))
    return points / np.linalg.norm(points, axis=1)[:, None] * rng.uniform(0.5, 2, 3)


def rigid(rng, shape, reach=1.5):
    count = int(np.prod(shape))
    transforms = np.zeros((count, 4, 4))
    transforms[:, :3, :3] = Rotation.random(count, rng=rng).as_matrix()
    transforms[:, :3, 3] = rng.normal(size=(count, 3)) * reach
    transforms[:, 3, 3] = 1
    return transforms.reshape(*shape, 4, 4)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def points(rng):
    return {f"limb{i}": cloud(rng, 12 + 8 * i) for i in range(5)}


@pytest.fixture
def hulls(points):
    return collision.Hulls(points)


@pytest.fixture
def pairs():
    return np.array([(i, j) for i in range(5) for j in range(i + 1, 5)], np.int32)


@pytest.fixture
def transforms(rng):
    return rigid(rng, (40, 5))


def placed(points, transform):
    return points @ transform[:3, :3].T + transform[:3, 3]


def test_a_hull_is_scipys(rng):
    for _ in range(20):
        points = rng.normal(size=(50, 3))
        hull = collision.Hull(points)
        expected = ConvexHull(points)
        assert (hull.vertices == points[np.sort(expected.vertices)]).all()
        assert hull.faces.dtype == np.int32
        assert len(hull.faces) == len(expected.simplices)
        a, b, c = np.moveaxis(hull.vertices[hull.faces], 1, 0)
        normals = np.cross(b - a, c - a)
        assert ((normals * (a - points.mean(0))).sum(1) > 0).all()
        volume = (np.cross(a, b) * c).sum() / 6
        assert volume == pytest.approx(expected.volume)
        assert hull.size == pytest.approx(np.linalg.norm(np.ptp(points, axis=0)))
        assert 0 < hull.thickness < hull.size


def test_arrays_of_a_hull_are_read_only_and_outlive_it(rng):
    vertices = collision.Hull(cloud(rng)).vertices
    assert len(vertices) > 4
    with pytest.raises(ValueError, match="read-only"):
        vertices[0] = 0


def test_distances_are_those_of_the_minkowski_difference(hulls, points, pairs, transforms):
    found = hulls.signed_distance(transforms, pairs)
    assert found.dtype == np.float32
    assert found.shape == (40, 10)
    overlapping = 0
    for frame in range(0, 40, 4):
        for at, (i, j) in enumerate(pairs):
            names = list(points)
            a = placed(points[names[i]], transforms[frame, i])
            b = placed(points[names[j]], transforms[frame, j])
            expected = distance(a, b)
            assert found[frame, at] == pytest.approx(expected, abs=4e-5)
            single = collision.signed_distance(
                hulls[names[i]], hulls[names[j]], transforms[frame, i], transforms[frame, j]
            )
            assert single == pytest.approx(expected, abs=1e-9)
            overlapping += expected < 0
    assert overlapping > 10


def test_affine_transforms(points, hulls, pairs, transforms, rng):
    transforms[:, :, :3, :3] *= rng.uniform(0.3, 3, (40, 5, 1, 3)) * rng.choice(
        [-1, 1], (40, 5, 1, 3)
    )
    transforms[:, :, :3, :3] += rng.normal(size=(40, 5, 3, 3)) * 0.1
    found = hulls.signed_distance(transforms, pairs)
    names = list(points)
    for frame in range(0, 40, 8):
        for at, (i, j) in enumerate(pairs):
            a = placed(points[names[i]], transforms[frame, i])
            b = placed(points[names[j]], transforms[frame, j])
            assert found[frame, at] == pytest.approx(distance(a, b), abs=1e-4)


def test_a_single_pair():
    cube = collision.Hull([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
    assert collision.signed_distance(cube, cube) == pytest.approx(-1)
    pose = np.eye(4)
    pose[0, 3] = 3
    assert collision.signed_distance(cube, cube, pose_b=pose) == pytest.approx(2)
    assert collision.signed_distance(cube, cube, pose[:3], np.eye(4)) == pytest.approx(2)
    assert collision.signed_distance(cube, cube, pose.tolist()) == pytest.approx(2)
    assert isinstance(collision.signed_distance(cube, cube), float)


def test_bits_depend_on_neither_split_nor_threads(hulls, pairs, transforms):
    all_frames = hulls.signed_distance(transforms, pairs)
    assert hulls.signed_distance(transforms, pairs, threads=0).tobytes() == all_frames.tobytes()
    for step in (1, 5, 16):
        parts = [hulls.signed_distance(transforms[i : i + step], pairs) for i in range(0, 40, step)]
        assert np.concatenate(parts).tobytes() == all_frames.tobytes()
    swapped = hulls.signed_distance(transforms, pairs[:, ::-1])
    assert swapped.tobytes() == all_frames.tobytes()


TARGET = """
import hashlib, numpy as np
from rigjit import collision
rng = np.random.default_rng(3)
hulls = collision.Hulls({str(i): rng.normal(size=(40, 3)) for i in range(4)})
where = np.zeros((100, 4, 3, 4))
where[..., :3] = np.eye(3) + rng.normal(size=(100, 4, 3, 3)) * 0.3
where[..., 3] = rng.normal(size=(100, 4, 3)) * 4
pairs = [[0, 1], [0, 2], [1, 3], [2, 3]]
found = hulls.contacts(where, pairs, max_distance=np.inf)
assert len(found) == 400 and (found["distance"] < 0).any() and (found["distance"] > 0).any()
print(hashlib.sha256(found.tobytes()).hexdigest())
"""


def test_eight_and_sixteen_lanes_give_the_same_bits():
    digests = {
        subprocess.run(
            [sys.executable, "-c", TARGET],
            env={"RIGJIT_COLLISION_TARGET": target, "PYTHONPATH": ":".join(sys.path)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for target in ("x86-64-v3", "x86-64-v4", "")
    }
    assert len(digests) == 1


def test_max_distance(hulls, pairs, transforms):
    everything = hulls.signed_distance(transforms, pairs)
    for limit in (0.0, 0.5):
        near = hulls.signed_distance(transforms, pairs, max_distance=limit)
        sure = np.abs(everything - limit) > 1e-5
        assert (np.isinf(near) == (everything > limit))[sure].all()
        finite = np.isfinite(near) & sure
        assert np.allclose(near[finite], everything[finite], atol=4e-5)


def test_out(hulls, pairs, transforms):
    out = np.full((40, 10), 7, np.float32)
    assert hulls.signed_distance(transforms, pairs, out=out) is out
    assert (out == hulls.signed_distance(transforms, pairs)).all()
    for wrong, error in (
        (np.empty((40, 9), np.float32), ValueError),
        (np.empty((40, 10)), ValueError),
        (np.empty((40, 20), np.float32)[:, ::2], ValueError),
        ([1.0], TypeError),
    ):
        with pytest.raises(error, match="out"):
            hulls.signed_distance(transforms, pairs, out=wrong)


def test_contacts(hulls, pairs, transforms):
    distances = hulls.signed_distance(transforms, pairs)
    found = hulls.contacts(transforms, pairs, max_distance=np.inf)
    assert found.dtype == collision.contact_dtype
    assert (found["distance"].reshape(distances.shape) == distances).all()
    assert (found["frame"].reshape(40, 10) == np.arange(40)[:, None]).all()
    assert (found["pair"].reshape(40, 10) == np.arange(10)).all()
    assert np.allclose(np.linalg.norm(found["normal"], axis=1), 1, atol=1e-5)
    ahead = found["point_a"] + found["distance"][:, None] * found["normal"]
    assert np.allclose(ahead, found["point_b"], atol=1e-5)
    touching = hulls.contacts(transforms, pairs)
    assert len(touching) == (distances <= 0).sum()
    assert (touching == found[found["distance"] <= 0]).all()
    assert touching.tobytes() == hulls.contacts(transforms, pairs, threads=2).tobytes()


def test_the_normal_is_the_gradient(hulls, pairs, transforms):
    found = hulls.contacts(transforms, pairs, max_distance=np.inf)
    names = hulls.names
    for contact in found[::7]:
        frame, (i, j) = contact["frame"], pairs[contact["pair"]]
        slopes = []
        for axis in range(3):
            here = transforms[frame, j].copy()
            steps = []
            for step in (1e-5, -1e-5):
                here[axis, 3] = transforms[frame, j, axis, 3] + step
                steps.append(
                    collision.signed_distance(
                        hulls[names[i]], hulls[names[j]], transforms[frame, i], here
                    )
                )
            slopes.append((steps[0] - steps[1]) / 2e-5)
        assert np.allclose(slopes, contact["normal"], atol=2e-3)


def test_allowed_depths(hulls, pairs, transforms):
    rest = transforms[:1]
    depth = np.maximum(-hulls.signed_distance(rest, pairs)[0], 0)
    assert (depth > 0).any()
    assert len(hulls.contacts(rest, pairs, depth=depth)) == 0
    deeper = hulls.contacts(transforms, pairs, depth=0.4)
    assert len(deeper) == (hulls.signed_distance(transforms, pairs) < -0.4).sum()
    assert len(hulls.contacts(rest, pairs, depth=depth * 0.5)) == (depth > 0).sum()


def test_far_from_the_origin(hulls, pairs, transforms):
    here = hulls.contacts(transforms, pairs, max_distance=1)
    far = transforms.copy()
    far[..., :3, 3] += [2.0**26, -(2.0**25), 2.0**24]
    there = hulls.contacts(far, pairs, max_distance=1)
    assert (there["pair"] == here["pair"]).all()
    assert np.allclose(there["distance"], here["distance"], atol=1e-6)
    moved = there["point_a"] - [2.0**26, -(2.0**25), 2.0**24]
    close = np.linalg.norm(moved - here["point_a"], axis=1) < 1e-4
    assert close.mean() > 0.95  # parallel faces have many nearest points


def test_pairs_at_rest(hulls):
    rest = np.tile(np.eye(4), (5, 1, 1))
    rest[:, 0, 3] = [0, 6, 12, 18, 18.5]
    pairs = hulls.pairs(rest, parents=[-1, 0, 1, -1, None])
    assert pairs.shape == (7, 2)
    assert pairs.dtype == np.int32
    assert pairs.ignored[:2] == [
        ("limb0", "limb1", "parent and child"),
        ("limb1", "limb2", "parent and child"),
    ]
    (last,) = pairs.ignored[2:]
    assert last[:2] == ("limb3", "limb4")
    assert last[2].endswith("deep in the rest pose")
    assert len(hulls.pairs(rest)) == 9
    assert len(hulls.pairs(rest[None, :, :3], slack=1e3)) == 0
    by_name = hulls.pairs(rest, parents={"limb1": "limb0", "limb2": "limb1"})
    assert (by_name == pairs).all()
    named = hulls.pairs(rest, parents=[None, "limb0", "limb1", None, None])
    assert (named == pairs).all()
    assert len(hulls.signed_distance(rest[None], pairs)) == 1


def test_hulls_are_ordered_and_named(hulls, points):
    assert hulls.names == list(points) == list(hulls)
    assert len(hulls) == 5
    assert "limb2" in hulls
    assert "nobody" not in hulls
    with pytest.raises(KeyError):
        hulls["nobody"]
    again = collision.Hulls({"one": hulls["limb1"], "two": points["limb2"]})
    assert (again["one"].vertices == hulls["limb1"].vertices).all()
    assert again.names == ["one", "two"]


def test_files(hulls, points, tmp_path):
    path = tmp_path / "hulls.safetensors"
    hulls.save(path)
    loaded = collision.Hulls.load(path)
    assert loaded.names == hulls.names
    for name in hulls:
        assert (loaded[name].vertices == hulls[name].vertices).all()
        assert (loaded[name].faces == hulls[name].faces).all()
    tensors = safetensors.numpy.load_file(path)
    assert set(tensors) == set(points)
    assert (tensors["limb3"] == hulls["limb3"].vertices).all()
    other = tmp_path / "points.safetensors"
    safetensors.numpy.save_file({n: p.astype(np.float32) for n, p in points.items()}, other)
    assert sorted(collision.Hulls.load(str(other)).names) == sorted(points)
    with pytest.raises(OSError, match="nowhere"):
        collision.Hulls.load("/nowhere/hulls.safetensors")
    with pytest.raises(OSError, match="nowhere"):
        hulls.save("/nowhere/hulls.safetensors")
    safetensors.numpy.save_file({"a": np.zeros((3, 2), np.float32)}, other)
    with pytest.raises(rigjit.RigError, match=r"'a' is no F32 or F64 of shape"):
        collision.Hulls.load(other)
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(rigjit.RigError) as raised:
        collision.Hulls.load(path)
    assert raised.value.errors[0].code == "malformed-file"
    assert raised.value.errors[0].file == str(path)


def test_names_of_any_kind(points, tmp_path):
    names = ['"quoted"', "back\\slash", "new\nline", "Handgelenk·左", "a/b"]
    hulls = collision.Hulls(dict(zip(names, points.values(), strict=True)))
    path = tmp_path / "names.safetensors"
    hulls.save(path)
    assert collision.Hulls.load(path).names == names
    assert set(safetensors.numpy.load_file(path)) == set(names)


def test_pickle(hulls, pairs, transforms):
    again = pickle.loads(pickle.dumps(hulls))
    expected = hulls.signed_distance(transforms, pairs)
    assert again.names == hulls.names
    assert (again.signed_distance(transforms, pairs) == expected).all()
    hull = pickle.loads(pickle.dumps(hulls["limb0"]))
    assert (hull.vertices == hulls["limb0"].vertices).all()


def test_importing_rigjit_does_not_import_it():
    program = (
        "import sys, rigjit\n"
        "assert 'rigjit.collision' not in sys.modules and 'numpy' not in sys.modules\n"
        "rigjit.collision.Hull\n"
        "from rigjit import collision\n"
        "assert rigjit.collision is collision\n"
    )
    environment = {"PYTHONPATH": ":".join(sys.path)}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
