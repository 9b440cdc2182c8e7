"""The straightforward way: plain Python goes through the spec and fills nested dicts.

rotation_matrix is Zhou et al., "On the Continuity of Rotation Representations in Neural Networks",
2019; angles are those of M = R_last R_middle R_first.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from math import asin, atan2, degrees, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from peers.rig_spec import Attribute, Axes, Constant, Rig, Rotation1d, Rotation3d

Pose = dict[str, dict[str, float]]

# Above this sine of the middle angle the first and the last turn count as one.
LOCK_SINE = 0.9999999


def rotation_matrix(rotation: Rotation3d, six: list[float]) -> list[list[float]]:
    """Rows; acts on column vectors."""
    x1, y1, z1, x2, y2, z2 = (six[place] for place in rotation.places)
    length = sqrt(x1 * x1 + y1 * y1 + z1 * z1)
    x1, y1, z1 = x1 / length, y1 / length, z1 / length
    along = x1 * x2 + y1 * y2 + z1 * z2
    x2, y2, z2 = x2 - along * x1, y2 - along * y1, z2 - along * z1
    length = sqrt(x2 * x2 + y2 * y2 + z2 * z2)
    x2, y2, z2 = x2 / length, y2 / length, z2 / length
    x3, y3, z3 = y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, x1 * y2 - y1 * x2
    if rotation.layout == "rows":
        return [[x1, y1, z1], [x2, y2, z2], [x3, y3, z3]]
    return [[x1, x2, x3], [y1, y2, y3], [z1, z2, z3]]


def euler_angles(rotation: Rotation3d, m: list[list[float]]) -> tuple[float, float, float]:
    """About x, y and z, in radians."""
    first, middle, last = rotation.axes
    parity = rotation.parity
    sine = -parity * m[last][first]
    angles = [0.0, 0.0, 0.0]
    angles[middle] = asin(max(-1.0, min(1.0, sine)))
    if abs(sine) < LOCK_SINE:
        angles[first] = atan2(parity * m[last][middle], m[last][last])
        angles[last] = atan2(parity * m[middle][first], m[first][first])
    else:
        angles[first] = atan2(-parity * m[middle][last], m[middle][middle])
    return angles[0], angles[1], angles[2]


def quaternion(m: list[list[float]]) -> tuple[float, float, float, float]:
    """W, X, Y, Z with w >= 0: the row of 4 q q^T with the largest diagonal entry, normalised."""
    x, y, z = m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1]
    xy, xz, yz = m[1][0] + m[0][1], m[0][2] + m[2][0], m[2][1] + m[1][2]
    a, b, c = m[0][0], m[1][1], m[2][2]
    diagonal = (1 + a + b + c, 1 + a - b - c, 1 - a + b - c, 1 - a - b + c)
    best = max(range(4), key=diagonal.__getitem__)
    row = [(0.0, x, y, z), (x, 0.0, xy, xz), (y, xy, 0.0, yz), (z, xz, yz, 0.0)][best]
    q = [*row]
    q[best] = diagonal[best]
    factor = (-1 if q[0] < 0 else 1) / sqrt(sum(part * part for part in q))
    return q[0] * factor, q[1] * factor, q[2] * factor, q[3] * factor


def rotation_values(rotation: Rotation3d, six: list[float]) -> tuple[float, ...]:
    m = rotation_matrix(rotation, six)
    if rotation.quaternion:
        return quaternion(m)
    angles = euler_angles(rotation, m)
    return tuple(degrees(angle) for angle in angles) if rotation.degrees else angles


def pose(rig: Rig, vec: NDArray[np.float32]) -> Pose:
    inputs = vec.tolist()
    place = 0
    result: Pose = {}
    for controller in rig.controllers:
        values: dict[str, float] = {}
        for transformation in controller.transformations:
            match transformation:
                case Axes(attributes, scales, centers):
                    for name, scale, center in zip(attributes, scales, centers, strict=True):
                        values[name] = inputs[place] * scale + center
                        place += 1
                case Attribute(name, scale, center, low, high):
                    value = inputs[place] * scale + center
                    if low is not None and value < low:
                        value = low
                    if high is not None and value > high:
                        value = high
                    values[name] = value
                    place += 1
                case Rotation1d(name, cos_first, in_degrees):
                    sine, cosine = inputs[place : place + 2]
                    angle = atan2(cosine, sine) if cos_first else atan2(sine, cosine)
                    values[name] = degrees(angle) if in_degrees else angle
                    place += 2
                case Rotation3d():
                    angles = rotation_values(transformation, inputs[place : place + 6])
                    values.update(zip(transformation.attributes, angles, strict=True))
                    place += 6
                case Constant(name, value):
                    values[name] = value
        result[controller.name] = values
    return result


def to_dict(rig: Rig) -> Callable[[NDArray[np.float32]], Pose]:
    return lambda vec: pose(rig, vec)


def to_json(rig: Rig) -> Callable[[NDArray[np.float32]], bytes]:
    def convert(vec: NDArray[np.float32]) -> bytes:
        text: Any = json.dumps(pose(rig, vec))
        return bytes(text, "utf-8")

    return convert
