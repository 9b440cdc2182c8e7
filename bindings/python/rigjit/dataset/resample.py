"""Brings the frames of a clip to another rate: rotations by slerp, what is no number by steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from numpy.typing import NDArray

    from rigjit import Rig

_MAX_FRAMES = 4096  # that are made at once
_COMPONENTS = ("a1x", "a1y", "a1z", "a2x", "a2y", "a2z")


class Frames(NamedTuple):
    """Frames one after another: vecs (n, vec_size) float32, good (n,) bool; others are no pose."""

    first: int
    vecs: NDArray[np.float32]
    good: NDArray[np.bool_]


class Interpolation:
    """Poses between two poses of a rig. Immutable; any thread may use it."""

    def __init__(self, rig: Rig) -> None:
        rotations: list[list[int]] = []
        angles: list[list[int]] = []
        steps: list[int] = []
        kinds = {(channel.controller, channel.attribute): channel.type for channel in rig.channels}
        for index, (controller, transformation, component) in enumerate(rig.inputs):
            if transformation == "rotation3d":
                # The six of a rotation follow each other, in an order of their layout's own.
                if not rotations or len(rotations[-1]) == 6:
                    rotations.append([])
                rotations[-1].append(index)
            elif transformation == "rotation1d":
                if not angles or len(angles[-1]) == 2:
                    angles.append([])
                angles[-1].append(index)
            elif transformation == "attribute" and kinds.get((controller, component)) != "float":
                steps.append(index)  # bools, ints, enums; inputs of a one_hot have no channel
        self._rotations = np.array([_in_order(rig, six) for six in rotations], np.intp).reshape(
            -1, 2, 3
        )
        self._angles = np.array(angles, np.intp).reshape(-1, 2)
        self._steps = np.array(steps, np.intp)

    def between(
        self, before: NDArray[np.float32], after: NDArray[np.float32], share: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """(n, vec_size) of the same twice and of shares (n,) in (0, 1) of the way."""
        a, b, t = before.astype(np.float64), after.astype(np.float64), share[:, None]
        found = a + (b - a) * t
        found[:, self._steps] = a[:, self._steps]
        if len(self._rotations):
            found[:, self._rotations] = _slerp(
                _frame(a[:, self._rotations]), _frame(b[:, self._rotations]), t
            )
        if len(self._angles):
            found[:, self._angles] = _turn(a[:, self._angles], b[:, self._angles], t)
        return found.astype(np.float32)


class Resampler:
    """The frames of one clip at another rate, block by block.

    Frame k lies at k / target seconds. It is bad where one of the two frames around it is.
    """

    def __init__(self, interpolation: Interpolation, source: Fraction, target: Fraction) -> None:
        self._interpolation = interpolation
        self._step = source / target  # frames of the source from one to the next
        self._next = 0
        self._last: Frames | None = None

    def push(self, frames: Frames) -> Iterator[Frames]:
        """Those that lie up to the last of these frames, and have not come yet."""
        if self._last is not None:
            frames = Frames(
                self._last.first,
                np.concatenate([self._last.vecs, frames.vecs]),
                np.concatenate([self._last.good, frames.good]),
            )
        count = len(frames.vecs)
        if not count:
            return
        self._last = Frames(
            frames.first + count - 1, frames.vecs[-1:].copy(), frames.good[-1:].copy()
        )
        end = int(self._last.first / self._step) + 1
        while self._next < end:
            stop = min(end, self._next + _MAX_FRAMES)
            yield self._sample(frames, self._next, stop)
            self._next = stop

    def _sample(self, frames: Frames, begin: int, end: int) -> Frames:
        numerator, denominator = self._step.numerator, self._step.denominator
        places = [k * numerator for k in range(begin, end)]
        before = np.array([place // denominator for place in places]) - frames.first
        share = np.array([place % denominator / denominator for place in places])
        after = np.minimum(before + 1, len(frames.vecs) - 1)
        is_there = share == 0
        good = frames.good[before] & (frames.good[after] | is_there)
        vecs = frames.vecs[before]
        made = good & ~is_there
        vecs[made] = self._interpolation.between(vecs[made], frames.vecs[after[made]], share[made])
        return Frames(begin, vecs, good)


def _in_order(rig: Rig, six: list[int]) -> list[int]:
    by_component = {rig.inputs[index][2]: index for index in six}
    return [by_component[component] for component in _COMPONENTS]


def _frame(six: NDArray[np.float64]) -> NDArray[np.float64]:
    """(…, 2, 3) as right-handed orthonormal rows (…, 3, 3): Gram-Schmidt, as of rotation3d.

    Rows or columns is the same here: of the transposes the slerp is the transpose.
    """
    a1, a2 = six[..., 0, :], six[..., 1, :]
    b1 = a1 / np.linalg.norm(a1, axis=-1, keepdims=True)
    a2 = a2 / np.linalg.norm(a2, axis=-1, keepdims=True)
    b2 = a2 - (a2 * b1).sum(-1, keepdims=True) * b1
    b2 /= np.linalg.norm(b2, axis=-1, keepdims=True)
    return np.stack([b1, b2, np.cross(b1, b2)], axis=-2)


def _slerp(
    a: NDArray[np.float64], b: NDArray[np.float64], t: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The first two rows (…, 2, 3) of the rotation that lies a share t of the shortest way."""
    p, q = _quaternion(a), _quaternion(b)
    cosine = (p * q).sum(-1, keepdims=True)
    q = np.where(cosine < 0, -q, q)
    # Of half the angle, by atan2: near 0 and near pi, arccos has no digits left.
    half = np.arctan2(
        np.linalg.norm(q - p, axis=-1, keepdims=True), np.linalg.norm(q + p, axis=-1, keepdims=True)
    )
    angle, t = 2 * half, t[..., None]
    sine = np.sin(angle)
    safe = np.where(sine < 1e-12, 1, sine)
    weight_p = np.where(sine < 1e-12, 1 - t, np.sin((1 - t) * angle) / safe)
    weight_q = np.where(sine < 1e-12, t, np.sin(t * angle) / safe)
    between = weight_p * p + weight_q * q
    return _rows(between / np.linalg.norm(between, axis=-1, keepdims=True))


def _quaternion(m: NDArray[np.float64]) -> NDArray[np.float64]:
    """(…, 4) w x y z of matrices: the largest of four columns of the same matrix of rank one."""
    d = np.diagonal(m, axis1=-2, axis2=-1)
    trace = d.sum(-1)
    outer = np.empty((*m.shape[:-2], 4, 4))  # 4 q qᵀ
    outer[..., 0, 0] = 1 + trace
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        outer[..., i + 1, i + 1] = 1 + 2 * d[..., i] - trace
        outer[..., 0, i + 1] = outer[..., i + 1, 0] = m[..., k, j] - m[..., j, k]
        outer[..., j + 1, k + 1] = outer[..., k + 1, j + 1] = m[..., j, k] + m[..., k, j]
    best = np.argmax(np.diagonal(outer, axis1=-2, axis2=-1), axis=-1)
    found = np.take_along_axis(outer, best[..., None, None], -2)[..., 0, :]
    return np.asarray(found / np.linalg.norm(found, axis=-1, keepdims=True))


def _rows(q: NDArray[np.float64]) -> NDArray[np.float64]:
    """The first two rows (…, 2, 3) of the matrices of quaternions."""
    w, x, y, z = np.moveaxis(q, -1, 0)
    first = np.stack([1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)], -1)
    second = np.stack([2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)], -1)
    return np.stack([first, second], -2)


def _turn(
    a: NDArray[np.float64], b: NDArray[np.float64], t: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Unit pairs (…, 2) the shorter way round; whether sine or cosine comes first is the same."""
    from_angle = np.arctan2(a[..., 0], a[..., 1])
    way = np.arctan2(b[..., 0], b[..., 1]) - from_angle
    way -= 2 * np.pi * np.round(way / (2 * np.pi))
    angle = from_angle + way * t
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1)
