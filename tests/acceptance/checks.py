"""Compares what a rig gives with the oracle."""

from __future__ import annotations

import msgpack
import numpy as np
import oracle

MAX_DEGREES = 5e-5
PYTHON_TYPES = {"float": float, "bool": bool, "int": int, "enum": int}


def check_values(spec: oracle.Spec, vecs: np.ndarray, values: np.ndarray, *, fma: bool) -> None:
    """(frames, channels) float32 of `vecs`: affine values to the bit, rotations as matrices.

    fma: whether the target has that instruction. Without it the sum is rounded to float64 first,
    and then, once in a long while, to the other neighbour.
    """
    assert values.dtype == np.float32
    assert values.shape == (len(vecs), len(spec.channels))
    column = 0
    for op in spec.operations:
        mine = values[:, column : column + len(op.attributes)]
        place = f"{op.controller!r} {op.attributes}"
        if isinstance(op, oracle.RotationXyz):
            check_rotation(op, vecs, mine, place)
        elif isinstance(op, oracle.Angle):
            check_angle(op, vecs, mine, place)
        elif isinstance(op, oracle.Affine):
            check_bits(op.values(vecs) if fma else op.values_without_fma(vecs), mine, place)
        else:
            check_bits(op.values(vecs), mine, place)
        column += len(op.attributes)


def check_bits(expected: np.ndarray, mine: np.ndarray, place: str) -> None:
    """Also the sign of a zero. Rigs may have 70,000 values, and numpy's own check is slow."""
    expected = expected.astype(np.float32)
    if expected.tobytes() != mine.tobytes():
        np.testing.assert_array_equal(mine.view(np.uint32), expected.view(np.uint32), place)
        raise AssertionError(place)


def half_turn(op: oracle.Angle | oracle.RotationXyz) -> np.float32:
    return np.float32(np.pi) if op.radians else np.float32(180)


def check_angle(op: oracle.Angle, vecs: np.ndarray, mine: np.ndarray, place: str) -> None:
    expected = op.values(vecs)
    full = 2 * np.pi if op.radians else 360.0
    difference = mine - expected
    difference -= np.round(difference / full) * full
    assert (np.abs(mine) <= half_turn(op)).all(), place
    worst = np.abs(difference).max() * 360 / full
    assert worst <= MAX_DEGREES, f"{place}: {worst} degrees in frame {np.abs(difference).argmax()}"


def degrees_between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Angle of the rotation from one matrix to the other, exact also where it is tiny."""
    chord = np.linalg.norm(first - second, axis=(1, 2)) / np.sqrt(8)
    return np.degrees(2 * np.arcsin(np.minimum(chord, 1)))


def check_rotation(op: oracle.RotationXyz, vecs: np.ndarray, mine: np.ndarray, place: str) -> None:
    assert np.isfinite(mine).all(), place
    if op.limits.clamps:
        # What a clamp leaves depends on the triple of angles that stands for the rotation.
        np.testing.assert_array_equal(mine, np.clip(mine, op.limits.low, op.limits.high), place)
        return
    errors = degrees_between(op.matrices(vecs), op.matrices_of_output(mine))
    frame = errors.argmax()
    assert errors[frame] <= MAX_DEGREES, f"{place}: {errors[frame]} degrees in frame {frame}"
    if op.quaternion:
        lengths = np.linalg.norm(mine.astype(np.float64), axis=1)
        assert np.abs(lengths - 1).max() < 1e-6, place
        assert (mine[:, 0] >= 0).all(), place
        return
    limits = np.full(3, half_turn(op))
    limits["xyz".index(op.rotate_order[1])] /= 2
    assert (np.abs(mine) <= limits).all(), place


def check_message(spec: oracle.Spec, message: bytes, values: np.ndarray) -> None:
    """Nesting, order and headers of one message, and its floats against `values` to the bit."""
    pose = msgpack.unpackb(message)
    channels = [(name, key) for name, attributes in pose.items() for key in attributes]
    assert channels == spec.channels
    found = [value for attributes in pose.values() for value in attributes.values()]
    assert [type(value) for value in found] == [PYTHON_TYPES[kind] for kind in spec.kinds]
    np.testing.assert_array_equal(
        np.array(found, np.float32).view(np.uint32), values.view(np.uint32)
    )
    assert packed(spec, pose) == message


def packed(spec: oracle.Spec, pose: dict) -> bytes:
    """What msgpack packs; int32 for those whole numbers whose limits leave 0..127."""
    packer = msgpack.Packer(use_single_float=True)
    wide = iter([is_wide(op) for op in spec.operations for _ in op.attributes])
    parts = [packer.pack_map_header(len(pose))]
    for controller, attributes in pose.items():
        parts += [packer.pack(controller), packer.pack_map_header(len(attributes))]
        for attribute, value in attributes.items():
            int32 = next(wide) and b"\xd2" + value.to_bytes(4, "big", signed=True)
            parts += [packer.pack(attribute), int32 or packer.pack(value)]
    return b"".join(parts)


def is_wide(op: oracle.Operation) -> bool:
    if isinstance(op, oracle.OneHot):
        return len(op.names) > 128
    whole = isinstance(op, oracle.Affine) and op.kind in ("int", "enum")
    return whole and not (op.low >= 0 and op.high <= 127)
