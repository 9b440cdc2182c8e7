"""A careful user's NumPy: no loop over controllers, and a message template patched in place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from peers.flat_rig import Floats, Indices, Rotations, flatten
from peers.python_rig import LOCK_SINE
from peers.rig_spec import Rig

Elements = Callable[[Floats], Floats]

NEXT = np.array([1, 2, 0])
AFTER = np.array([2, 0, 1])


def basis(six: Floats) -> Floats:
    """(6, n) to (9, n): the three orthonormal vectors, one after the other."""
    vectors = np.empty((9, six.shape[1]), np.float32)
    a1, a2 = six[:3], six[3:]
    b1, b2, b3 = vectors[:3], vectors[3:6], vectors[6:]
    np.divide(a1, np.sqrt(np.einsum("ij,ij->j", a1, a1)), out=b1)
    across = a2 - np.einsum("ij,ij->j", b1, a2) * b1
    np.divide(across, np.sqrt(np.einsum("ij,ij->j", across, across)), out=b2)
    np.multiply(b1.take(NEXT, 0), b2.take(AFTER, 0), out=b3)
    b3 -= b1.take(AFTER, 0) * b2.take(NEXT, 0)
    return vectors


def element(rotations: Rotations, row: Indices, column: Indices) -> Indices:
    """Where in basis(...).ravel() the matrices' elements lie."""
    count = rotations.inputs.shape[1]
    vector = np.where(rotations.transposed, row, column)
    component = np.where(rotations.transposed, column, row)
    places: Indices = (3 * vector + component) * count + np.arange(count)
    return places


def euler_angles(rotations: Rotations) -> Elements:
    """(6, n) to (3, n): the angles of the first, the middle and the last turn."""
    first, middle, last = rotations.axes
    parity = rotations.parity
    # The sine of the middle angle, then sines and cosines of the first and of the last.
    places = [(last, first), (last, middle), (middle, first), (last, last), (first, first)]
    needed = np.stack([element(rotations, *place) for place in places])
    signs = np.stack([-parity, parity, parity, np.ones_like(parity), np.ones_like(parity)])
    at_lock = np.stack([element(rotations, middle, column) for column in (last, middle)])

    def convert(six: Floats) -> Floats:
        elements = basis(six).ravel()
        m = elements.take(needed)
        m *= signs
        sine = np.minimum(np.maximum(m[0], -1), 1)
        angles = np.empty((3, len(sine)), np.float32)
        np.arctan2(m[1:3], m[3:], out=angles[::2])
        np.arcsin(sine, out=angles[1])
        locked = np.abs(sine) >= LOCK_SINE
        if locked.any():
            sines, cosines = elements[at_lock[:, locked]]
            angles[0, locked] = np.arctan2(-parity[locked] * sines, cosines)
            angles[2, locked] = 0
        angles *= rotations.unit
        return angles

    return convert


def quaternions(rotations: Rotations) -> Elements:
    """(6, n) to (4, n): the row of 4 q q^T with the largest diagonal entry, normalised."""
    axes = np.arange(3)[:, None, None]
    needed = element(rotations, axes, axes.transpose(1, 0, 2))
    columns = np.arange(rotations.inputs.shape[1])

    def convert(six: Floats) -> Floats:
        m = basis(six).take(needed)
        outer = np.empty((4, 4, m.shape[2]), np.float32)
        for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
            outer[0, i + 1] = outer[i + 1, 0] = m[k, j] - m[j, k]
            outer[i + 1, j + 1] = outer[j + 1, i + 1] = m[i, j] + m[j, i]
            outer[i + 1, i + 1] = 1 + m[i, i] - m[j, j] - m[k, k]
        outer[0, 0] = 1 + m[0, 0] + m[1, 1] + m[2, 2]
        q: Floats = outer[np.einsum("iij->ij", outer).argmax(axis=0), :, columns].T
        q *= np.copysign(1 / np.sqrt(np.einsum("ij,ij->j", q, q)), q[0])
        return q

    return convert


def to_message(rig: Rig) -> Callable[[Floats], bytes]:
    """A function of a float32 vector, not for several threads at once."""
    flat = flatten(rig)
    affine, angles = flat.affine, flat.angles
    makers = [(flat.euler, euler_angles), (flat.quaternions, quaternions)]
    turns = [(one, maker(one)) for one, maker in makers if one.inputs.size]
    # Angles of the first, middle and last turn belong to the axes that the order names.
    places = [
        np.take_along_axis(one.values, one.axes, axis=0) if len(one.values) == 3 else one.values
        for one, _ in turns
    ]
    clamped = np.flatnonzero((affine.low != -np.inf) | (affine.high != np.inf))
    low, high = affine.low[clamped], affine.high[clamped]
    values = flat.constants.copy()
    message: NDArray[np.uint8] = np.frombuffer(flat.message, np.uint8).copy()
    # Every byte of the message may begin a value: an array of overlapping words.
    words = np.ndarray((len(message) - 3,), np.uint32, message.data, strides=(1,))
    word_values = values.view(np.uint32)

    def convert(vec: Floats) -> bytes:
        results = vec.take(affine.inputs)
        results *= affine.scale
        results += affine.center
        if clamped.size:
            results[clamped] = np.minimum(np.maximum(results[clamped], low), high)
        values[affine.values] = results
        if angles.values.size:
            radians = np.arctan2(vec.take(angles.sine), vec.take(angles.cosine))
            values[angles.values] = radians * angles.unit
        for (one, convert_six), place in zip(turns, places, strict=True):
            values[place] = convert_six(vec.take(one.inputs))
        words[flat.slots] = word_values.byteswap()
        return message.tobytes()

    return convert
