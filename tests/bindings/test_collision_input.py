"""What rigjit.collision takes and refuses: every mistake at once, by name."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest
from dlpack_producer import Versioned

import rigjit

# A build may be without it.
collision = pytest.importorskip("rigjit.collision", exc_type=ImportError)


def codes(raised):
    return [error.code for error in raised.value.errors]


@pytest.fixture
def points():
    rng = np.random.default_rng(5)
    return {name: rng.normal(size=(20, 3)) for name in ("hand_l", "hand_r", "torso")}


@pytest.fixture
def hulls(points):
    return collision.Hulls(points)


@pytest.fixture
def pairs():
    return np.array([[0, 1], [0, 2], [1, 2]], np.int32)


@pytest.fixture
def transforms():
    rng = np.random.default_rng(6)
    transforms = np.tile(np.eye(4), (12, 3, 1, 1))
    transforms[..., :3, 3] = rng.normal(size=(12, 3, 3)) * 3
    return transforms


@pytest.mark.parametrize(
    ("points", "code", "text"),
    [
        ([], "too-few-points", "0 points"),
        ([[0, 0, 0], [1, 0, 0], [0, 1, 0]], "too-few-points", "3 points"),
        ([[0.0, 0, 0]] * 9, "flat-hull", "0 thick"),
        ([[i, 2.0 * i, 0] for i in range(9)], "flat-hull", "thick"),
        ([[i % 3, i // 3, 1e-9 * (i % 2)] for i in range(9)], "flat-hull", "1e-09 thick"),
        ([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, float("nan")]], "not-finite", "point 3"),
        ([[0, 0, 0], [1, 0, 0], [0, float("inf"), 0], [0, 0, 1]], "not-finite", "point 2"),
        ([[0.0, 1], [2, 3]], "wrong-shape", r"\(2, 2\)"),
    ],
)
def test_points(points, code, text):
    with pytest.raises(rigjit.RigError, match=text) as raised:
        collision.Hull(points)
    assert codes(raised) == [code]


def test_every_hull_with_its_name(points):
    points["flat"] = np.c_[np.random.default_rng(1).normal(size=(9, 2)), np.zeros(9)]
    points["few"] = np.zeros((2, 3))
    points["nan"] = np.full((9, 3), np.nan)
    with pytest.raises(rigjit.RigError) as raised:
        collision.Hulls(points)
    assert codes(raised) == ["flat-hull", "too-few-points", "not-finite"]
    for error, name in zip(raised.value.errors, ("flat", "few", "nan"), strict=True):
        assert f"'{name}'" in error.message
    with pytest.raises(rigjit.RigError, match="no hull"):
        collision.Hulls({})
    with pytest.raises(TypeError, match="dict"):
        collision.Hulls([points["hand_l"]])
    with pytest.raises(TypeError, match="floats"):
        collision.Hulls({"a": np.zeros((9, 3), int)})


def test_fine_though_odd(points):
    cloud = points["torso"]
    plain = collision.Hull(cloud)
    doubled = collision.Hull(np.concatenate([cloud, cloud, cloud * 0.1]))
    assert len(doubled.vertices) == len(plain.vertices)
    for scale in (1e30, 1e-30):
        assert collision.Hull(cloud * scale).thickness / scale == pytest.approx(plain.thickness)
    moved = collision.Hull(cloud + 1e8)
    assert collision.signed_distance(moved, moved) == pytest.approx(
        collision.signed_distance(plain, plain), abs=1e-6
    )


def test_every_form_of_transforms(hulls, pairs, transforms):
    expected = hulls.signed_distance(transforms, pairs)
    wide = np.repeat(transforms, 2, axis=0)
    for form in (
        transforms[:, :, :3],
        np.asfortranarray(transforms),
        wide[::2],
        transforms.astype(">f8"),
        transforms.astype(np.longdouble),
        transforms.tolist(),
        Versioned(transforms),
        np.swapaxes(np.swapaxes(transforms, 2, 3).copy(), 2, 3),
    ):
        assert (hulls.signed_distance(form, pairs) == expected).all()
    floats = hulls.signed_distance(transforms.astype(np.float32), pairs)
    assert np.allclose(floats, expected, atol=1e-5)
    for narrow in (np.float16, ml_dtypes.bfloat16):
        rounded = transforms.astype(narrow)
        assert (
            hulls.signed_distance(rounded, pairs)
            == hulls.signed_distance(rounded.astype(np.float32), pairs)
        ).all()


def test_torch(hulls, pairs, transforms):
    torch = pytest.importorskip("torch")
    tensor = torch.from_numpy(transforms)
    expected = hulls.signed_distance(transforms, pairs)
    assert (hulls.signed_distance(tensor, pairs) == expected).all()
    with pytest.raises(rigjit.RigError, match="requires grad"):
        hulls.signed_distance(tensor.clone().requires_grad_(), pairs)


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ((3, 4, 4), r"transforms\[None\]"),
        ((12, 2, 4, 4), "2 transforms a frame, 3 hulls"),
        ((12, 3, 4), "not"),
        ((12, 3, 4, 3), "not"),
    ],
)
def test_shapes_of_transforms(hulls, pairs, shape, text):
    with pytest.raises(rigjit.RigError, match=text) as raised:
        hulls.signed_distance(np.zeros(shape), pairs)
    assert codes(raised) == ["wrong-shape"]


def test_types(hulls, pairs, transforms):
    with pytest.raises(TypeError, match="floats"):
        hulls.signed_distance(transforms.astype(int), pairs)
    with pytest.raises(TypeError, match="integers"):
        hulls.signed_distance(transforms, pairs.astype(float))
    with pytest.raises(TypeError, match="Hull"):
        collision.signed_distance(np.zeros((9, 3)), hulls["torso"])
    with pytest.raises(ValueError, match="'raise' or 'mask'"):
        hulls.signed_distance(transforms, pairs, errors="ignore")
    with pytest.raises(ValueError, match="threads"):
        hulls.contacts(transforms, pairs, threads=-1)


def test_bad_transforms_are_named_together(hulls, pairs, transforms):
    transforms[2, 1, 0, 0] = np.nan
    transforms[4, 0, :3, 2] = 0
    transforms[7, 2] = transforms[7, 2].T
    transforms[9, 0, 2, 3] = np.inf
    with pytest.raises(rigjit.RigError) as raised:
        hulls.signed_distance(transforms, pairs)
    found = [(error.code, error.path) for error in raised.value.errors]
    assert found == [
        ("not-finite", "transforms[2, 1]"),
        ("singular-transform", "transforms[4, 0]"),
        ("row-vectors", "transforms[7, 2]"),
        ("not-finite", "transforms[9, 0]"),
    ]
    messages = [error.message for error in raised.value.errors]
    assert "frame 2, hull 'hand_r'" in messages[0]
    assert "Maya's worldMatrix" in messages[2]
    assert "transpose it" in messages[2]


def test_zero_scale_and_zero_matrices(hulls, pairs, transforms):
    for wrong in (np.zeros((4, 4)), np.diag([1.0, 1, 0, 1]), np.diag([0.0, 0, 0, 1])):
        transforms[3, 1] = wrong
        with pytest.raises(rigjit.RigError) as raised:
            hulls.contacts(transforms, pairs)
        assert codes(raised)[0] in ("singular-transform", "row-vectors")
    transforms[3, 1] = np.diag([1e-3, 1e-3, 1e-3, 1])
    hulls.contacts(transforms, pairs)


def test_mistakes_are_bounded(hulls, pairs, transforms):
    many = np.full((1000, 3, 4, 4), np.nan)
    with pytest.raises(rigjit.RigError) as raised:
        hulls.signed_distance(many, pairs)
    assert len(raised.value.errors) == 101
    assert "2900 more" in raised.value.errors[-1].message


def test_mask(hulls, pairs, transforms):
    expected = hulls.signed_distance(transforms, pairs)
    contacts = hulls.contacts(transforms, pairs, max_distance=9)
    transforms[4, 2, 1, 1] = np.nan
    transforms[11, 0] = 0
    found, good = hulls.signed_distance(transforms, pairs, errors="mask")
    assert good.dtype == np.bool_
    assert good.tolist() == [frame not in (4, 11) for frame in range(12)]
    assert np.isnan(found[~good]).all()
    assert (found[good] == expected[good]).all()
    masked, good_too = hulls.contacts(transforms, pairs, max_distance=9, errors="mask")
    assert (good_too == good).all()
    assert (masked == contacts[good[contacts["frame"]]]).all()


@pytest.mark.parametrize(
    ("pairs", "text"),
    [
        ([[0, 3]], "there are 3 hulls"),
        ([[-1, 1]], "there are 3 hulls"),
        ([[2**40, 1]], "there are 3 hulls"),
        ([[1, 1]], r"'hand_r'\) with itself"),
        ([[0, 1], [0, 1]], "are pair 0 already"),
        ([[0, 1], [1, 0]], "are pair 0 already"),
    ],
)
def test_bad_pairs(hulls, transforms, pairs, text):
    with pytest.raises(rigjit.RigError, match=text) as raised:
        hulls.signed_distance(transforms, pairs)
    assert codes(raised) == ["bad-pair"]
    assert raised.value.errors[0].path == f"pairs[{len(pairs) - 1}]"


def test_shape_of_pairs(hulls, transforms):
    with pytest.raises(rigjit.RigError, match="shape"):
        hulls.signed_distance(transforms, [0, 1])
    assert hulls.signed_distance(transforms, []).shape == (12, 0)
    assert len(hulls.contacts(transforms, np.empty((0, 2), int))) == 0
    assert hulls.signed_distance(transforms[:0], [[0, 1]]).shape == (0, 1)


def test_numbers(hulls, pairs, transforms):
    with pytest.raises(rigjit.RigError) as raised:
        hulls.contacts(transforms, pairs, max_distance=np.nan, depth=[1, -1, np.inf])
    assert codes(raised) == ["bad-max-distance", "bad-depth", "bad-depth"]
    with pytest.raises(rigjit.RigError, match="depth has shape"):
        hulls.contacts(transforms, pairs, depth=[1.0, 2.0])


def test_too_far_for_any_number(hulls, transforms):
    transforms[3, 1, 0, 3] = 1e300
    with pytest.raises(rigjit.RigError, match="'hand_l' and 'hand_r'") as raised:
        hulls.signed_distance(transforms, [[0, 2], [0, 1]])
    assert codes(raised) == ["no-answer"]
    found, good = hulls.signed_distance(transforms, [[0, 2], [0, 1]], errors="mask")
    assert np.isnan(found[3]).all()
    assert good.tolist() == [frame != 3 for frame in range(12)]
    transforms[3, 1, 0, 3] = 1e30
    assert hulls.signed_distance(transforms, [[0, 1]])[3, 0] == pytest.approx(1e30)


def test_rest_pose(hulls, transforms):
    with pytest.raises(rigjit.RigError, match="rest has shape"):
        hulls.pairs(transforms)
    for parents, text in (
        ([0, 0, 0], "itself"),
        ([5, 0, 0], "there are 3 hulls"),
        ([0, 1], "2 parents and 3 hulls"),
        ({"hand_l": "nobody"}, "'nobody'"),
        ({"nobody": "hand_l"}, "'nobody'"),
    ):
        with pytest.raises(rigjit.RigError, match=text) as raised:
            hulls.pairs(transforms[0], parents)
        assert set(codes(raised)) == {"bad-parent"}
    with pytest.raises(rigjit.RigError, match="slack"):
        hulls.pairs(transforms[0], slack=-1)


def test_poses_of_a_single_pair(hulls):
    hull = hulls["torso"]
    with pytest.raises(rigjit.RigError) as raised:
        collision.signed_distance(hull, hull, np.zeros((3, 4)), np.full((4, 4), np.nan))
    assert codes(raised) == ["singular-transform", "not-finite"]
    with pytest.raises(rigjit.RigError, match="a pose is"):
        collision.signed_distance(hull, hull, np.eye(3))
    pose = np.eye(4)
    pose[3, 0] = 4
    with pytest.raises(rigjit.RigError, match="transpose it"):
        collision.signed_distance(hull, hull, pose_b=pose)
