"""Whether two ways to evaluate a rig agree: rotations as matrices, other values as numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from peers.rig_spec import (
    Attribute,
    Axes,
    Constant,
    Rig,
    Rotation1d,
    Rotation3d,
    Transformation,
    names_of,
)

Values = NDArray[np.float64]

# float32 Gram-Schmidt and arcsine, away from lock and from parallel columns.
MAX_DEGREES = 1e-2
MAX_RELATIVE = 1e-6


def turn(axis: int, angle: float) -> Values:
    """About x, y or z; acts on column vectors."""
    matrix = np.eye(3)
    one, two = (axis + 1) % 3, (axis + 2) % 3
    matrix[one, one] = matrix[two, two] = np.cos(angle)
    matrix[two, one] = np.sin(angle)
    matrix[one, two] = -matrix[two, one]
    return matrix


def matrix_of(rotation: Rotation3d, values: Values) -> Values:
    if rotation.quaternion:
        w, v = values[0], values[1:]
        skew = np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])
        matrix: Values = np.eye(3) + 2 * w * skew + 2 * skew @ skew
        return matrix
    radians = np.radians(values) if rotation.degrees else values
    first, middle, last = (turn(axis, radians[axis]) for axis in rotation.axes)
    return last @ middle @ first


def degrees_between(first: Values, second: Values) -> float:
    chord = np.linalg.norm(first - second) / np.sqrt(8)
    return float(np.degrees(2 * np.arcsin(min(chord, 1.0))))


def angle_between(first: float, second: float, degrees: bool) -> float:
    """In degrees, whole turns aside."""
    full = 360.0 if degrees else 2 * np.pi
    return abs((first - second + full / 2) % full - full / 2) / full * 360


def is_near(first: float, second: float, center: float) -> bool:
    """A product and a sum, each rounded to float32; `center` may cancel most of the product."""
    return abs(first - second) <= MAX_RELATIVE * (abs(first) + abs(center))


def agree(one: Transformation, first: Values, second: Values) -> bool:
    """Whether the values of one transformation do."""
    match one:
        case Rotation3d():
            return degrees_between(matrix_of(one, first), matrix_of(one, second)) <= MAX_DEGREES
        case Rotation1d(_, _, degrees):
            return angle_between(first[0], second[0], degrees) <= MAX_DEGREES
        case Axes(_, _, centers):
            return all(map(is_near, first, second, centers))
        case Attribute(_, _, center):
            return is_near(first[0], second[0], center)
        case Constant():
            return bool(first[0] == second[0])


def difference(rig: Rig, first: Values, second: Values) -> str | None:
    """Where two arrays of all the rig's values disagree, or None."""
    for controller, one, _, place in rig.placed():
        part = slice(place, place + len(names_of(one)))
        if not agree(one, first[part], second[part]):
            kind = type(one).__name__
            return f"{controller.name}, {kind}: {first[part]} and {second[part]}"
    return None
