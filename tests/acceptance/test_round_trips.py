"""Poses back to vectors: against scipy, and round both ways, for every config and random specs."""

from __future__ import annotations

from pathlib import Path

import msgpack
import numpy as np
import oracle
import pytest
import random_spec
import targets
import vectors
from checks import MAX_DEGREES, degrees_between
from scipy.spatial.transform import Rotation

import rigjit

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
SPECS = {path.name: path.read_text("utf-8") for path in sorted(CONFIGS.glob("*.yaml"))}
SPECS |= {f"random{seed}": random_spec.random_spec(seed) for seed in range(20)}
# Of a sine, a cosine or an element of a rotation's columns.
MAX_ELEMENT_ERROR = 4e-7


def columns(op: oracle.Operation) -> list[int]:
    """The inputs of an operation, in the order a1x a1y a1z a2x a2y a2z, or sine and cosine."""
    if isinstance(op, oracle.Angle):
        return [op.input, op.input + 1] if op.order == "sin_cos" else [op.input + 1, op.input]
    places = oracle.INTERLEAVED if op.layout == "interleaved" else oracle.SIDE_BY_SIDE
    return [op.input + place for place in places]


def drawn_values(spec: oracle.Spec, rng: np.random.Generator, frames: int) -> np.ndarray:
    """Angles of several turns, quaternions of any length, affine values of any size."""
    parts = []
    for op in spec.operations:
        count = len(op.attributes)
        if isinstance(op, oracle.OneHot):
            part = rng.integers(0, len(op.names), (frames, 1))
        elif isinstance(op, oracle.Affine) and op.kind != "float":
            low, high = (0, 1) if op.kind == "bool" else (op.low, op.high)
            part = rng.integers(max(low, -1000), min(high, 1000), (frames, 1), endpoint=True)
        elif isinstance(op, oracle.Affine):
            size = 10 ** rng.uniform(-4, 3, (frames, 1))
            part = op.center + op.scale * rng.normal(size=(frames, 1)) * size
        elif isinstance(op, oracle.Constant):
            part = rng.choice([np.nan, np.inf, 0, 3], (frames, 1))
        elif isinstance(op, oracle.RotationXyz) and op.quaternion:
            part = rng.normal(size=(frames, 4)) * 10 ** rng.uniform(-30, 30, (frames, 1))
        else:
            turn = 2 * np.pi if op.radians else 360
            part = rng.uniform(-4, 4, (frames, count)) * turn
            part[::3] = rng.integers(-8, 9, part[::3].shape) * turn / 4
        parts.append(part)
    return np.concatenate(parts, axis=1).astype(np.float32)


def check_against_scipy(spec: oracle.Spec, values: np.ndarray, vecs: np.ndarray) -> None:
    column = 0
    for op in spec.operations:
        given = values[:, column : column + len(op.attributes)].astype(np.float64)
        column += len(op.attributes)
        if isinstance(op, oracle.OneHot):
            hot = np.eye(len(op.names), dtype=np.float32)[given[:, 0].astype(int)]
            np.testing.assert_array_equal(vecs[:, op.input : op.input + len(op.names)], hot)
        elif isinstance(op, oracle.Affine) and op.kind == "bool":
            np.testing.assert_array_equal(op.values(vecs), given)
        elif isinstance(op, oracle.Affine):
            exact = (given[:, 0] - np.float64(op.center)) / np.float64(op.scale)
            mine = vecs[:, op.input]
            np.testing.assert_array_max_ulp(mine, exact.astype(np.float32), maxulp=1)
            assert (mine == exact.astype(np.float32)).mean() > 0.9
        elif isinstance(op, oracle.Angle):
            angle = given[:, 0] if op.radians else np.radians(np.remainder(given[:, 0], 360))
            expected = np.stack([np.sin(angle), np.cos(angle)], axis=1)
            assert np.abs(vecs[:, columns(op)] - expected).max() <= MAX_ELEMENT_ERROR
        elif isinstance(op, oracle.RotationXyz):
            matrices = op.matrices_of_output(given)
            first, second = (
                (matrices[:, 0], matrices[:, 1])
                if op.layout == "rows"
                else (matrices[:, :, 0], matrices[:, :, 1])
            )
            expected = np.concatenate([first, second], axis=1)
            assert np.abs(vecs[:, columns(op)] - expected).max() <= MAX_ELEMENT_ERROR


def check_same_pose(spec: oracle.Spec, first: np.ndarray, second: np.ndarray) -> None:
    column = 0
    for op in spec.operations:
        a, b = (x[:, column : column + len(op.attributes)].astype(float) for x in (first, second))
        column += len(op.attributes)
        if isinstance(op, oracle.RotationXyz):
            errors = degrees_between(op.matrices_of_output(a), op.matrices_of_output(b))
            assert errors.max() <= MAX_DEGREES
        elif isinstance(op, oracle.Angle):
            full = 2 * np.pi if op.radians else 360.0
            apart = np.abs(a - b - np.round((a - b) / full) * full) * 360 / full
            assert apart.max() <= MAX_DEGREES
        elif isinstance(op, oracle.Affine):
            # Half a unit in the last place of the value, and of the element times scale.
            rounding = np.abs(a) + np.abs(a - np.float64(op.center))
            allowed = 2.0**-23 * rounding + 1e-42
            if op.kind != "float":  # exact, unless float32 has not all of them there
                allowed = np.where(allowed < 0.4, 0, allowed + 1)
            assert (np.abs(a - b) <= allowed).all()
        else:
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", SPECS)
def test_vectors_of_values_against_scipy(name):
    spec = oracle.read(SPECS[name])
    values = drawn_values(spec, np.random.default_rng(6), 30)
    results = {}
    for target in targets.RUNNABLE:
        rig = rigjit.loads(SPECS[name], target=target, cache=False)
        results[target] = rig.values_to_vec_batch(values)
        check_against_scipy(spec, values, results[target])
        assert rig.values_to_vec(values[3]).tobytes() == results[target][3].tobytes()
    assert (
        len(
            {results[target].tobytes() for target in targets.RUNNABLE if target in targets.WITH_FMA}
        )
        <= 1
    )


@pytest.mark.parametrize("name", SPECS)
def test_round_trips(name):
    spec = oracle.read(SPECS[name])
    rig = rigjit.loads(SPECS[name], cache=False)
    for regime in vectors.REGIMES:
        vecs = vectors.make(spec, 11, 6, regime)
        messages = rig.vec_to_rig_batch(vecs)
        values = rig.vec_to_values_batch(vecs)
        back = rig.rig_to_vec_batch(messages)
        assert back.tobytes() == rig.values_to_vec_batch(values).tobytes()
        check_same_pose(spec, values, rig.vec_to_values_batch(back))
        for op in spec.operations:
            if isinstance(op, oracle.Angle | oracle.RotationXyz) and op.limits.clamps:
                continue  # another orientation than the vector's
            if isinstance(op, oracle.RotationXyz):
                check_normalised(op, vecs, back)
            elif isinstance(op, oracle.Angle):
                given = vecs[:, columns(op)].astype(np.float64)
                expected = given / np.linalg.norm(given, axis=1, keepdims=True)
                assert np.abs(back[:, columns(op)] - expected).max() <= 1e-6


def check_normalised(op: oracle.RotationXyz, vecs: np.ndarray, back: np.ndarray) -> None:
    """The columns are those of Gram and Schmidt, of unit length."""
    errors = degrees_between(op.matrices(vecs), op.matrices(back))
    assert errors.max() <= 2 * MAX_DEGREES
    pair = back[:, columns(op)].astype(np.float64)
    lengths = np.linalg.norm(pair.reshape(-1, 2, 3), axis=2)
    assert np.abs(lengths - 1).max() <= 1e-6


@pytest.mark.parametrize("order", random_spec.ORDERS)
def test_exact_quarter_turns_and_several_turns(order):
    rig = rigjit.loads(
        "{rigjit: 1, controllers: [{name: c, transformations: ["
        f"rotation3d: {{rotate_order: {order}}}]}}]}}",
        cache=False,
    )
    quarters = np.array(np.meshgrid(*[[-180, -90, 0, 90, 180, 450, -1080]] * 3)).reshape(3, -1).T
    vecs = rig.values_to_vec_batch(quarters.astype(np.float32))
    applied = quarters[:, ["xyz".index(axis) for axis in order]]
    matrices = np.round(Rotation.from_euler(order, applied, degrees=True).as_matrix())
    np.testing.assert_array_equal(vecs[:, :3], matrices[:, :, 0])
    np.testing.assert_array_equal(vecs[:, 3:], matrices[:, :, 1])


def test_real_frames_both_ways():
    text = SPECS["rigify_human.yaml"]
    rig = rigjit.loads(text, cache=False)
    spec = oracle.read(text)
    with np.load(CONFIGS / "rigify/human_stress.npz") as take:
        recorded = take["values"]
    vecs = rig.values_to_vec_batch(recorded)
    check_same_pose(spec, recorded, rig.vec_to_values_batch(vecs))
    for row, vec in zip(recorded[:5], vecs, strict=False):
        pose: dict[str, dict[str, float]] = {}
        for (controller, attribute), value in zip(spec.channels, row.tolist(), strict=True):
            pose.setdefault(controller, {})[attribute] = value
        assert rig.rig_to_vec(pose).tobytes() == vec.tobytes()
        assert rig.rig_to_vec(msgpack.packb(pose)).tobytes() == vec.tobytes()
