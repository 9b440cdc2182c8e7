"""Matrices, Euler angles and quaternions of float64, finite in both directions everywhere.

Components come first: a vector is (3, ...), a matrix, for column vectors, (3, 3, ...). Where a
formula has no derivative, its inputs are constants before it is computed, chosen by a mask of 0 and
1: a gradient of 0 times infinity would be NaN.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from rigjit.torch._layout import chosen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

# The kernel's bound on the squared sine between two columns, and the reference's on the cosine of
# the middle angle, below which the first and the last axis count as one.
_PARALLEL = 1e-12
_LOCK = 1e-14  # squared

# Axes in the order of application, and whether they are a cyclic permutation of x, y, z.
AXES = {
    "xyz": (0, 1, 2, 1.0),
    "yzx": (1, 2, 0, 1.0),
    "zxy": (2, 0, 1, 1.0),
    "xzy": (0, 2, 1, -1.0),
    "yxz": (1, 0, 2, -1.0),
    "zyx": (2, 1, 0, -1.0),
}


def cross(a: Sequence[Tensor], b: Sequence[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """The components of a x b."""
    (ax, ay, az), (bx, by, bz) = a, b
    return (
        torch.addcmul(ay * bz, az, by, value=-1),
        torch.addcmul(az * bx, ax, bz, value=-1),
        torch.addcmul(ax * by, ay, bx, value=-1),
    )


def squared(a: Sequence[Tensor]) -> Tensor:
    """The squared length."""
    x, y, z = a
    return torch.addcmul(torch.addcmul(x * x, y, y), z, z)


def orthonormal(a1: Tensor, a2: Tensor, not_finite: Tensor) -> tuple[list[Tensor], Tensor]:
    """Nine components of b1, b2 and b3, and a mask of what the kernel takes as columns.

    The others, which count as x and y, are parallel, zero or, where `not_finite` is NaN and not 0,
    what was not finite. b3 is along a1 x a2 and b2 = b3 x b1: nothing is projected and subtracted.
    """
    a, w = a1.unbind(0), cross(a1.unbind(0), a2.unbind(0))
    length, sine = squared(a), squared(w)
    bound = _PARALLEL * length.detach() * squared(a2.detach().unbind(0)) + not_finite
    good = (sine.detach() > bound).to(a1.dtype)
    bad = 1.0 - good
    one, three = ((each * good + bad).rsqrt() * good for each in (length, sine))
    b1 = [a[0] * one + bad, a[1] * one, a[2] * one]
    b3 = [w[0] * three, w[1] * three, w[2] * three + bad]
    return [*b1, *cross(b3, b1), *b3], good


def atan2(y: Tensor, x: Tensor, dtype: torch.dtype) -> Tensor:
    """The angle of (x, y), not both 0; half a turn is +pi.

    For export neither torch's own, whose ONNX form is wrong on the axes, nor arctangents of
    float64, which onnxruntime lacks: only that of the ratio, at most 1, is of `dtype`.
    """
    if not torch.compiler.is_compiling():
        return torch.atan2(y + 0.0, x)
    is_steep = y.abs() > x.abs()
    ratio = torch.where(is_steep, -x, y) / torch.where(is_steep, y, x)
    angle = torch.atan(ratio.to(dtype)).to(torch.float64)
    sign = torch.where(y < 0, -1.0, 1.0).to(torch.float64)
    beyond = torch.where(x < 0, math.pi, 0.0).to(torch.float64)
    return angle + sign * torch.where(is_steep, math.pi / 2, beyond)


def euler(entries: Tensor, parity: Tensor, dtype: torch.dtype) -> Tensor:
    """(3, ...) radians about the first, middle and last axis.

    entries: (9, ...), row by row, of matrices whose rows and columns are in the axes' order.
    M = R_last(c) R_middle(b) R_first(a). The first axis is moved by R_last R_middle alone, which
    gives c and b; turning M back by c leaves R_middle R_first, whose entries give a also at lock,
    where c is 0.
    """
    m00, m01, m02, m10, m11, m12, m20, _, _ = entries.unbind(0)
    squared_cosine = torch.addcmul(m00 * m00, m10, m10)
    is_free = (squared_cosine.detach() >= _LOCK).to(entries.dtype)
    cosine = chosen(is_free, squared_cosine, 1.0).sqrt()
    # The last angle's sine and cosine, times that cosine: of an angle only the ratio counts.
    sin_c, cos_c = m10 * is_free, chosen(is_free, m00, 1.0)
    y = torch.addcmul(cos_c * m12, sin_c, m02, value=-1)
    x = torch.addcmul(cos_c * m11, sin_c, m01, value=-1)
    first = atan2(-parity * y, x, dtype)
    middle = atan2(-parity * m20, cosine * is_free, dtype)
    return torch.stack([first, middle, atan2(parity * sin_c, cos_c, dtype)])


def quaternion(entries: Tensor) -> Tensor:
    """(4, ...) w, x, y, z of unit length, w >= 0, of matrices, (9, ...) row by row.

    4 q q^T is linear in the matrix, and each row of it a multiple of q: the one with the largest
    diagonal entry is the most exact.
    """
    xx, xy, xz, yx, yy, yz, zx, zy, zz = entries.unbind(0)
    x, y, z = zy - yz, xz - zx, yx - xy
    xy, xz, yz = xy + yx, xz + zx, yz + zy
    diagonal = torch.stack([xx + yy + zz, xx - yy - zz, yy - xx - zz, zz - xx - yy]) + 1
    ww, xx, yy, zz = diagonal.unbind(0)
    rows = [[ww, x, y, z], [x, xx, xy, xz], [y, xy, yy, yz], [z, xz, yz, zz]]
    best = diagonal.detach().argmax(0)
    q = torch.stack(
        [torch.stack(row) * (best == place).to(diagonal.dtype) for place, row in enumerate(rows)]
    ).sum(0)
    sign = 1.0 - 2.0 * (q[0].detach() < 0).to(q.dtype)
    return q * (sign * (q * q).sum(0).rsqrt())


def axis_matrices(axes: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """e e^T and the matrix of e x v, (3, 3, n, 1) each, of n axes 0, 1, 2 for x, y, z."""
    e = np.eye(3)[np.asarray(axes, np.int64)]
    pair = e[:, :, None] * e[:, None, :], np.cross(e[:, None, :], np.eye(3)).swapaxes(1, 2)
    along, skew = (each.transpose(1, 2, 0)[..., None] for each in pair)
    return along, skew


def about_axes(sin: Tensor, cos: Tensor, along: Tensor, skew: Tensor) -> Tensor:
    """(3, 3, n, frames): turns about axes e; along = e e^T, skew crosses with e."""
    eye = torch.eye(3, dtype=sin.dtype, device=sin.device)[..., None, None]
    return cos * (eye - along) + sin * skew + along


def product(a: Tensor, b: Tensor) -> Tensor:
    """Of matrices."""
    return (a[:, :, None] * b[None]).sum(1)


def of_quaternion(q: Tensor) -> Tensor:
    """(3, 3, ...) of (4, ...) w, x, y, z of any length but 0."""
    w, x, y, z = (q * (q * q).sum(0).rsqrt()).unbind(0)
    rows = [
        torch.stack([1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)]),
        torch.stack([2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)]),
        torch.stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]),
    ]
    return torch.stack(rows)
