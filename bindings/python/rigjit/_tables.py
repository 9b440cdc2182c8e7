"""What a rig's channels are computed from, as arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray


class Tables(NamedTuple):
    """A rig's plan as data: a structured array for each kind of operation, rows in channel order.

    Inputs are indices into the vector, channels into the values. min and max are limits in the
    channel's unit, infinite where there are none; a value beyond them is set to the limit or, where
    `refuses`, the vector is an error. The arrays are read-only. Fields are only ever added at the
    end of a row, and version counts up where a row comes to mean something else.

    affine: input, channel (int32), scale, center, min, max (float32), refuses (bool), type (uint8:
        0 float, 1 bool, 2 int, 3 enum). number = fma(vec[input], scale, center) in float32, rounded
        once; a float is the number, then the limits; a bool is 1 if it is at least 0.5, else 0; an
        int or enum is the number rounded half to even, never -0, then the limits.
    angles: sin, cos (inputs), channel (int32), radians (bool, else degrees), min, max (float32),
        refuses (bool). atan2(vec[sin], vec[cos]); an error where both are 0.
    rotations: a1, a2 (inputs of x, y, z: int32, (3,)), rows, quaternion (bool), order (uint8:
        0 xyz, 1 yzx, 2 zxy, 3 xzy, 4 yxz, 5 zyx, letters in the order of application), channels
        (int32, (4,): rotateX, rotateY, rotateZ and -1, or quaternion W, X, Y, Z), radians (bool),
        min, max (float32, (3,)), refuses (bool, (3,)). By Gram-Schmidt (Zhou et al., "On the
        Continuity of Rotation Representations in Neural Networks", 2019) b1 is a1 of length 1, b2
        what a2 has beside b1, of length 1, b3 their cross product: columns, or rows, of a matrix M
        for column vectors. M = R_last R_middle R_first of the order (xyz: Rz Ry Rx), the last
        angle 0 at lock; or the quaternion of M with w >= 0. An error where a1 or a2 is zero, or
        both are parallel.
    one_hots: input, count, channel (int32). The index of the largest of vec[input : input + count],
        the first of equals; an error where one is NaN.
    constants: channel (int32), value (float32).
    """

    version: int
    affine: NDArray[Any]
    angles: NDArray[Any]
    rotations: NDArray[Any]
    one_hots: NDArray[Any]
    constants: NDArray[Any]


def made(version: int, *tables: NDArray[Any]) -> Tables:
    """Of the extension's arrays."""
    for table in tables:
        table.flags.writeable = False
    return Tables(version, *tables)
