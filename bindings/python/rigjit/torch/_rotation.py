"""Matrices, Euler angles and quaternions of float64, finite in both directions everywhere.

Matrices act on column vectors. Where a formula has no derivative, torch.where takes a constant
instead, before the formula is computed: a gradient of 0 times infinity would be NaN.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

if TYPE_CHECKING:
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


def cross(a: Tensor, b: Tensor) -> Tensor:
    """(..., 3)."""
    ax, ay, az = a.unbind(-1)
    bx, by, bz = b.unbind(-1)
    return torch.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], -1)


def squared(a: Tensor) -> Tensor:
    """The squared length of (..., 3)."""
    return (a * a).sum(-1)


def is_rotation(a1: Tensor, a2: Tensor) -> Tensor:
    """Whether the kernel takes (..., 3) and (..., 3) as columns: bool (...)."""
    bound = _PARALLEL * squared(a1) * squared(a2)
    w = squared(cross(a1, a2))
    return (w > bound) & torch.isfinite(w)


def orthonormal(a1: Tensor, a2: Tensor) -> Tensor:
    """(..., 3, 3): b1, b2, b3 as rows, of columns for which is_rotation holds.

    b3 is along a1 x a2 and b2 = b3 x b1: nothing is projected and subtracted.
    """
    w = cross(a1, a2)
    b1 = a1 / squared(a1).sqrt()[..., None]
    b3 = w / squared(w).sqrt()[..., None]
    return torch.stack([b1, cross(b3, b1), b3], -2)


def atan2(y: Tensor, x: Tensor, dtype: torch.dtype) -> Tensor:
    """The angle of (x, y), not both 0, of float64; half a turn is +pi.

    Neither torch's own, whose ONNX form is wrong on the axes, nor arctangents of float64, which
    onnxruntime lacks: only the arctangent of the ratio, at most 1, is of `dtype`.
    """
    is_steep = y.abs() > x.abs()
    ratio = torch.where(is_steep, -x, y) / torch.where(is_steep, y, x)
    angle = torch.atan(ratio.to(dtype)).to(torch.float64)
    sign = torch.where(y < 0, -1.0, 1.0).to(torch.float64)
    beyond = torch.where(x < 0, math.pi, 0.0).to(torch.float64)
    return angle + sign * torch.where(is_steep, math.pi / 2, beyond)


def euler(matrix: Tensor, parity: Tensor, dtype: torch.dtype) -> Tensor:
    """(..., 3) radians about the first, middle and last axis, of matrices with the axes so sorted.

    M = R_last(c) R_middle(b) R_first(a). The first axis is moved by R_last R_middle alone, which
    gives c and b; turning M back by c leaves R_middle R_first, whose entries give a also at lock,
    where c is 0.
    """
    m00, m10 = matrix[..., 0, 0], matrix[..., 1, 0]
    cosine_squared = m00 * m00 + m10 * m10
    is_locked = cosine_squared < _LOCK
    cosine = torch.where(is_locked, 1.0, cosine_squared).sqrt()
    sin_c = torch.where(is_locked, 0.0, m10 / cosine)  # times parity
    cos_c = torch.where(is_locked, 1.0, m00 / cosine)
    b = atan2(-parity * matrix[..., 2, 0], torch.where(is_locked, 0.0, cosine), dtype)
    c = atan2(parity * sin_c, cos_c, dtype)
    y = cos_c * matrix[..., 1, 2] - sin_c * matrix[..., 0, 2]
    x = cos_c * matrix[..., 1, 1] - sin_c * matrix[..., 0, 1]
    return torch.stack([atan2(-parity * y, x, dtype), b, c], -1)


def quaternion(m: Tensor) -> Tensor:
    """(..., 4) w, x, y, z of unit length, w >= 0.

    4 q q^T is linear in the matrix, and each row of it a multiple of q: the one with the largest
    diagonal entry is the most exact.
    """
    x, y, z = m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]
    xy, xz, yz = (m[..., i, j] + m[..., j, i] for i, j in ((0, 1), (0, 2), (1, 2)))
    xx, yy, zz = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    diagonal = torch.stack([xx + yy + zz, xx - yy - zz, yy - xx - zz, zz - xx - yy], -1) + 1
    ww, xx, yy, zz = diagonal.unbind(-1)
    rows = [[ww, x, y, z], [x, xx, xy, xz], [y, xy, yy, yz], [z, xz, yz, zz]]
    best = diagonal.argmax(-1)
    q = torch.stack(rows[0], -1)
    for place in range(1, 4):
        q = torch.where((best == place)[..., None], torch.stack(rows[place], -1), q)
    sign = torch.where(q[..., :1] < 0, -1.0, 1.0)
    return q * sign / (q * q).sum(-1, keepdim=True).sqrt()


def axis_matrices(axes: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """e e^T and the matrix of e x v, (n, 3, 3) each, of axes 0, 1, 2 for x, y, z."""
    e = np.eye(3)[np.asarray(axes, np.int64)]
    return e[:, :, None] * e[:, None, :], np.cross(e[:, None, :], np.eye(3)).swapaxes(1, 2)


def about_axes(sin: Tensor, cos: Tensor, along: Tensor, skew: Tensor) -> Tensor:
    """(..., 3, 3): turns about axes e, of (3, 3) each: along = e e^T, skew crosses with e."""
    eye = torch.eye(3, dtype=sin.dtype, device=sin.device)
    return cos[..., None, None] * (eye - along) + sin[..., None, None] * skew + along


def of_quaternion(q: Tensor) -> Tensor:
    """(..., 3, 3) of (..., 4) w, x, y, z of any length but 0."""
    q = q / (q * q).sum(-1, keepdim=True).sqrt()
    w, x, y, z = q.unbind(-1)
    rows = [
        torch.stack([1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)], -1),
        torch.stack([2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)], -1),
        torch.stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], -1),
    ]
    return torch.stack(rows, -2)
