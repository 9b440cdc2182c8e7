"""The plan as tables: enough to compute what the kernel does, with numpy and scipy alone."""

from __future__ import annotations

import numpy as np
import pytest
from random_spec import random_spec
from scipy.spatial.transform import Rotation

import rigjit

ORDERS = ("xyz", "yzx", "zxy", "xzy", "yxz", "zyx")


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def matrices(row, vecs):
    b1 = unit(vecs[:, row["a1"]])
    a2 = vecs[:, row["a2"]]
    b2 = unit(a2 - (a2 * b1).sum(-1, keepdims=True) * b1)
    matrix = np.stack([b1, b2, np.cross(b1, b2)], axis=1)
    return matrix if row["rows"] else matrix.swapaxes(1, 2)


def matrices_of_values(row, values):
    if row["quaternion"]:
        assert (values[:, row["channels"][0]] >= 0).all()
        return Rotation.from_quat(values[:, row["channels"]], scalar_first=True).as_matrix()
    # Letters in the order of application about fixed axes: scipy's lower case.
    order = ORDERS[row["order"]]
    angles = np.stack([values[:, row["channels"]["xyz".index(axis)]] for axis in order], axis=1)
    return Rotation.from_euler(order, angles, degrees=not row["radians"]).as_matrix()


def affine(row, vecs):
    """In float64, which rounds no product of two float32: cast once, it is the fma."""
    number = (vecs[:, row["input"]] * float(row["scale"]) + float(row["center"])).astype(np.float32)
    if row["type"] == 1:
        return (number >= 0.5).astype(np.float32)
    if row["type"] >= 2:
        number = np.round(number)
    return number if row["refuses"] else np.clip(number, row["min"], row["max"])


@pytest.fixture(params=range(12))
def rig(request):
    return rigjit.loads(random_spec(request.param), cache=False)


def test_every_value_follows_from_them(rig):
    rng = np.random.default_rng(1)
    tables = rig.tables()
    assert tables.version == 1
    vecs = rng.normal(size=(200, rig.vec_size)).astype(np.float32)
    values, good = rig.vec_to_values_batch(vecs, errors="mask")
    exact, values = vecs.astype(np.float64), values.astype(np.float64)
    found = np.zeros(len(rig.channels), bool)
    refused = np.zeros(len(vecs), bool)
    for row in tables.affine:
        expected = affine(row, exact)
        if row["refuses"]:
            refused |= (expected < row["min"]) | (expected > row["max"])
        size = np.maximum(abs(exact[:, row["input"]] * row["scale"]), abs(row["center"]))
        off = abs(values[:, row["channel"]] - expected)[good]
        assert (off <= np.spacing(size.astype(np.float32))[good]).all(), row
        found[row["channel"]] = True
    for row in tables.angles:
        angle = np.arctan2(exact[:, row["sin"]], exact[:, row["cos"]])
        angle = angle if row["radians"] else np.degrees(angle)
        expected = angle if row["refuses"] else np.clip(angle, row["min"], row["max"])
        if row["refuses"]:
            refused |= (angle < row["min"]) | (angle > row["max"])
        assert np.allclose(values[good, row["channel"]], expected[good], rtol=1e-6, atol=1e-4)
        found[row["channel"]] = True
    for row in tables.rotations:
        channels = row["channels"][: 4 if row["quaternion"] else 3]
        found[channels] = True
        refused |= is_refused(row, values, vecs, rig)
        clamps = np.isfinite(row["min"]).any() or np.isfinite(row["max"]).any()
        if not clamps:
            expected = matrices(row, exact)[good]
            assert np.allclose(matrices_of_values(row, values[good]), expected, atol=1e-5)
    for row in tables.one_hots:
        first = exact[:, row["input"] : row["input"] + row["count"]].argmax(1)
        assert (values[good, row["channel"]] == first[good]).all()
        found[row["channel"]] = True
    for row in tables.constants:
        assert (values[good, row["channel"]] == row["value"]).all()
        found[row["channel"]] = True
    assert found.all()
    assert (refused[~good] | (len(tables.rotations) > 0)).all()
    assert not (refused & good).any()


def is_refused(row, values, vecs, rig):
    """By limits of a rotation that refuse; where none do, no frame."""
    if not row["refuses"].any() or row["quaternion"]:
        return np.zeros(len(vecs), bool)
    order = ORDERS[row["order"]]
    angles = Rotation.from_matrix(matrices(row, vecs.astype(np.float64))).as_euler(
        order, degrees=not row["radians"]
    )
    by_axis = np.stack([angles[:, order.index(axis)] for axis in "xyz"], axis=1)
    beyond = (by_axis < row["min"] - 1e-3) | (by_axis > row["max"] + 1e-3)
    return (beyond & row["refuses"]).any(1)


def test_rows_are_in_channel_order_and_read_only(rig):
    for table in rig.tables()[1:]:
        channels = table["channels"][:, 0] if "channels" in table.dtype.names else table["channel"]
        assert (np.diff(channels) > 0).all()
        assert not table.flags.writeable


def test_layouts():
    rig = rigjit.loads(
        """rigjit: 1
controllers:
  - name: c
    transformations:
      - rotation3d: {rot6d: interleaved, rotate_order: zyx, max: [10, 20, 30], limit: error}
  - name: d
    transformations: [rotation1d: {axis: y, order: cos_sin}]
""",
        cache=False,
    )
    angle, row = rig.tables().angles[0], rig.tables().rotations[0]
    assert (angle["sin"], angle["cos"], angle["channel"]) == (7, 6, 3)
    assert (row["a1"] == [0, 2, 4]).all()
    assert (row["a2"] == [1, 3, 5]).all()
    assert (row["channels"] == [0, 1, 2, -1]).all()
    assert ORDERS[row["order"]] == "zyx"
    assert (row["max"] == [10, 20, 30]).all()
    assert row["refuses"].all()
    assert np.isinf(row["min"]).all()


def test_the_tables_of_a_cached_rig_are_the_same(tmp_path):
    text = random_spec(3)
    first, second = (rigjit.loads(text, cache_dir=tmp_path).tables() for _ in range(2))
    for one, other in zip(first[1:], second[1:], strict=True):
        assert one.dtype == other.dtype
        assert (one == other).all()


def test_they_are_named():
    tables = rigjit.loads(random_spec(1), cache=False).tables()
    assert isinstance(tables, rigjit.Tables)
    assert tables._fields == ("version", "affine", "angles", "rotations", "one_hots", "constants")
