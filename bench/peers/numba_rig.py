"""The same as explicit loops, compiled by Numba when it is first called; no fast maths."""

from __future__ import annotations

from collections.abc import Callable
from math import asin, atan2, copysign, sqrt
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from peers.flat_rig import Floats, Rotations, flatten
from peers.python_rig import LOCK_SINE
from peers.rig_spec import Rig

Compiled = Callable[..., Any]

ONE = np.float32(1)
ZERO = np.float32(0)
LOCK = np.float32(LOCK_SINE)


def compiled(function: Compiled) -> Compiled:
    result: Compiled = numba.njit(function)
    return result


@compiled
def affine_values(vec, inputs, places, scale, center, low, high, values):  # type: ignore[no-untyped-def]
    for i in range(len(inputs)):
        value = vec[inputs[i]] * scale[i] + center[i]
        values[places[i]] = min(max(value, low[i]), high[i])


@compiled
def angle_values(vec, sine, cosine, places, unit, values):  # type: ignore[no-untyped-def]
    for i in range(len(places)):
        values[places[i]] = atan2(vec[sine[i]], vec[cosine[i]]) * unit[i]


@compiled
def rotation_matrix(vec, inputs, i, transposed, m):  # type: ignore[no-untyped-def]
    x1, y1, z1 = vec[inputs[0, i]], vec[inputs[1, i]], vec[inputs[2, i]]
    x2, y2, z2 = vec[inputs[3, i]], vec[inputs[4, i]], vec[inputs[5, i]]
    factor = ONE / sqrt(x1 * x1 + y1 * y1 + z1 * z1)
    x1, y1, z1 = x1 * factor, y1 * factor, z1 * factor
    along = x1 * x2 + y1 * y2 + z1 * z2
    x2, y2, z2 = x2 - along * x1, y2 - along * y1, z2 - along * z1
    factor = ONE / sqrt(x2 * x2 + y2 * y2 + z2 * z2)
    x2, y2, z2 = x2 * factor, y2 * factor, z2 * factor
    x3, y3, z3 = y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, x1 * y2 - y1 * x2
    if transposed:
        m[0, 0], m[0, 1], m[0, 2] = x1, y1, z1
        m[1, 0], m[1, 1], m[1, 2] = x2, y2, z2
        m[2, 0], m[2, 1], m[2, 2] = x3, y3, z3
    else:
        m[0, 0], m[1, 0], m[2, 0] = x1, y1, z1
        m[0, 1], m[1, 1], m[2, 1] = x2, y2, z2
        m[0, 2], m[1, 2], m[2, 2] = x3, y3, z3


@compiled
def euler_values(vec, inputs, transposed, axes, parities, unit, places, m, values):  # type: ignore[no-untyped-def]
    for i in range(inputs.shape[1]):
        rotation_matrix(vec, inputs, i, transposed[i], m)
        first, middle, last = axes[0, i], axes[1, i], axes[2, i]
        parity = parities[i]
        sine = min(max(-parity * m[last, first], -ONE), ONE)
        if abs(sine) < LOCK:
            a = atan2(parity * m[last, middle], m[last, last])
            c = atan2(parity * m[middle, first], m[first, first])
        else:
            a = atan2(-parity * m[middle, last], m[middle, middle])
            c = ZERO
        values[places[first, i]] = a * unit[i]
        values[places[middle, i]] = asin(sine) * unit[i]
        values[places[last, i]] = c * unit[i]


@compiled
def quaternion_values(vec, inputs, transposed, places, m, outer, values):  # type: ignore[no-untyped-def]
    for i in range(inputs.shape[1]):
        rotation_matrix(vec, inputs, i, transposed[i], m)
        for j in range(3):
            k, other = (j + 1) % 3, (j + 2) % 3
            outer[0, j + 1] = outer[j + 1, 0] = m[other, k] - m[k, other]
            outer[j + 1, k + 1] = outer[k + 1, j + 1] = m[j, k] + m[k, j]
            outer[j + 1, j + 1] = ONE + m[j, j] - m[k, k] - m[other, other]
        outer[0, 0] = ONE + m[0, 0] + m[1, 1] + m[2, 2]
        best = 0
        for j in range(1, 4):
            if outer[j, j] > outer[best, best]:
                best = j
        squared = ZERO
        for j in range(4):
            squared += outer[best, j] * outer[best, j]
        factor = copysign(ONE / sqrt(squared), outer[best, 0])
        for j in range(4):
            values[places[j, i]] = outer[best, j] * factor


@compiled
def patch(words, slots, message):  # type: ignore[no-untyped-def]
    for i in range(len(slots)):
        slot = slots[i]
        word = words[i]
        message[slot] = word >> 24
        message[slot + 1] = word >> 16
        message[slot + 2] = word >> 8
        message[slot + 3] = word


@compiled
def fill(vec, affine, angles, euler, quaternions, scratch, values, words, slots, message):  # type: ignore[no-untyped-def]
    m, outer = scratch
    affine_values(vec, *affine, values)
    angle_values(vec, *angles, values)
    euler_values(vec, *euler, m, values)
    quaternion_values(vec, *quaternions, m, outer, values)
    patch(words, slots, message)


def arrays(rotations: Rotations) -> tuple[NDArray[Any], ...]:
    parts = (rotations.inputs, rotations.transposed)
    if len(rotations.values) == 3:
        return (*parts, rotations.axes, rotations.parity, rotations.unit, rotations.values)
    return (*parts, rotations.values)


def to_message(rig: Rig) -> Callable[[Floats], bytes]:
    """A function of a float32 vector, not for several threads at once."""
    flat = flatten(rig)
    affine, angles = flat.affine, flat.angles
    of_affine = (affine.inputs, affine.values, affine.scale, affine.center, affine.low, affine.high)
    of_angles = (angles.sine, angles.cosine, angles.values, angles.unit)
    of_euler, of_quaternions = arrays(flat.euler), arrays(flat.quaternions)
    scratch = (np.empty((3, 3), np.float32), np.empty((4, 4), np.float32))
    values = flat.constants.copy()
    words = values.view(np.uint32)
    message: NDArray[np.uint8] = np.frombuffer(flat.message, np.uint8).copy()

    operations = (of_affine, of_angles, of_euler, of_quaternions)

    def convert(vec: Floats) -> bytes:
        fill(vec, *operations, scratch, values, words, flat.slots, message)
        return message.tobytes()

    return convert
