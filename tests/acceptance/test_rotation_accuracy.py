"""All rotation orders, layouts, units and outputs against scipy, where rotations are hard too."""

import itertools

import numpy as np
import oracle
import pytest
import random_spec
import targets
import vectors
from checks import check_values

import rigjit

FRAMES = 4000


def rotation_spec() -> str:
    kinds = itertools.product(random_spec.ORDERS, random_spec.LAYOUTS, random_spec.UNITS)
    options = [
        f"rotation3d: {{rotate_order: {order}, rot6d: {layout}, angle_unit: {unit}}}"
        for order, layout, unit in kinds
    ]
    options += [
        f"rotation3d: {{rot6d: {layout}, output: quaternion}}" for layout in random_spec.LAYOUTS
    ]
    options += [
        f"rotation1d: {{axis: y, order: {order}, angle_unit: {unit}}}"
        for order in ("sin_cos", "cos_sin")
        for unit in random_spec.UNITS
    ]
    lines = ["rigjit: 1", "controllers:"]
    for index, option in enumerate(options):
        lines.append(f"  - {{name: c{index}, transformations: [{option}]}}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def spec():
    return oracle.read(rotation_spec())


@pytest.fixture(scope="module", params=targets.RUNNABLE)
def rig(request):
    return rigjit.loads(rotation_spec(), target=request.param, cache=False)


@pytest.mark.parametrize("regime", vectors.REGIMES)
def test_within_the_bound(spec, rig, regime):
    vecs = vectors.make(spec, 11, FRAMES, regime)
    check_values(spec, vecs, rig.vec_to_values_batch(vecs), fma=rig.target in targets.WITH_FMA)


def test_at_exact_lock_the_last_applied_axis_is_zero(spec, rig):
    vecs = vectors.make(spec, 12, FRAMES, "lock")
    values = rig.vec_to_values_batch(vecs)
    column = 0
    for op in spec.operations:
        if isinstance(op, oracle.RotationXyz) and not op.quaternion:
            first, middle, last = (
                values[:, column + "xyz".index(axis)] for axis in op.rotate_order
            )
            quarter = np.float32(np.pi / 2) if op.radians else np.float32(90)
            np.testing.assert_allclose(np.abs(middle), quarter, rtol=1e-7)
            np.testing.assert_array_equal(last, 0, op.rotate_order)
            assert (first != 0).any()
        column += len(op.attributes)


def test_identity_of_any_length_is_exactly_zero(spec, rig):
    lengths = np.array([1e-42, 1e-30, 0.5, 1, 3, 1e20, 3e38], np.float32)
    vecs = np.zeros((len(lengths), len(spec.inputs)), np.float32)
    for op in spec.operations:
        if isinstance(op, oracle.Angle):
            vecs[:, op.input + (op.order == "sin_cos")] = lengths
        else:
            interleaved = op.layout == "interleaved"
            vecs[:, op.input] = lengths
            vecs[:, op.input + (3 if interleaved else 4)] = lengths[::-1]
    expected = [1.0 if name == "quaternionW" else 0.0 for _, name in spec.channels]
    values = rig.vec_to_values_batch(vecs)
    np.testing.assert_array_equal(values, np.tile(np.float32(expected), (len(lengths), 1)))


@pytest.mark.parametrize("order", random_spec.ORDERS)
@pytest.mark.parametrize("axis", "xyz")
def test_one_turn_about_one_axis(order, axis):
    """A right-handed quarter turn is +90 in its own attribute, whatever the order."""
    text = (
        "rigjit: 1\ncontrollers: [{name: c, transformations: "
        f"[rotation3d: {{rotate_order: {order}}}]}}]\n"
    )
    turns = {"x": [1, 0, 0, 0, 0, 1], "y": [0, 0, -1, 0, 1, 0], "z": [0, 1, 0, -1, 0, 0]}
    values = rigjit.loads(text, cache=False).vec_to_values(np.array(turns[axis], np.float32))
    expected = [90.0 if own == axis else 0.0 for own in "xyz"]
    np.testing.assert_allclose(values, expected, atol=5e-5)
