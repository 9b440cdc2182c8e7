"""What rotations do: how near they come to gimbal lock, about which axes they turn, their jumps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rigjit.stats._layout import matrices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rigjit.stats._layout import Layout, Rotation
    from rigjit.stats._moments import Measured

LOCK_DEGREES = 5.0  # of the middle angle from ±90: near lock
FLAT_DEGREES = 0.05  # that an axis may be moved by a rotation about it, for float32's sake
_STEP = 1 / 18  # of a turn, 20 degrees: below it Euler angles tell that a rotation did not jump
_QUATERNION_STEP = 0.08  # of a number of four: half of what a turn by 20 degrees moves them all


class Turns:
    """Of the R rotations of a Layout.

    count; near_lock (R,): frames within LOCK_DEGREES of lock; nearest (R,): the least distance from
    it in degrees (180 for quaternions, which have none); tilt (R, 3): by how many degrees x, y and
    z are moved at most: a rotation about one of them leaves it where it is; largest (R,): the
    greatest step in degrees, of those beyond 20; where: (clip, frame) that it leads to.
    """

    def __init__(self, layout: Layout) -> None:
        self._rotations = layout.rotations
        count = len(self._rotations)
        self.count = 0
        self.near_lock = np.zeros(count, np.int64)
        self.nearest = np.full(count, 180.0)
        self.tilt = np.zeros((count, 3))
        self.largest = np.zeros(count)
        self.where: list[tuple[str, int] | None] = [None] * count
        euler = [i for i, each in enumerate(self._rotations) if each.order]
        self._euler = np.array(euler, np.intp)
        self._middle = np.array([middle(self._rotations[i]) for i in euler], np.intp)
        self._to_radians = np.array(
            [2 * np.pi / self._rotations[i].turn for i in euler], np.float32
        )
        self._quaternions = [i for i, each in enumerate(self._rotations) if not each.order]
        places = [self._rotations[i].places for i in euler]
        self._places = np.array(places, np.intp).reshape(len(euler), 3)
        self._steps = np.array([self._rotations[i].turn * _STEP for i in euler], np.float32)

    def add(
        self,
        rows: NDArray[np.float32],
        before: NDArray[np.float32] | None,
        found: Measured,
        clip: str,
        frame: int,
    ) -> None:
        """(n, C) values of all channels, n at least 1, as of Steps.add."""
        self._add_poses(rows, found.low, found.high)
        far: NDArray[np.bool_] = np.any(found.largest[self._places] > self._steps[:, None], axis=1)
        for index in self._euler[far].tolist():
            self._add_steps(index, rows, before, clip, frame)
        for index in self._quaternions:
            if found.largest[list(self._rotations[index].places)].max() > _QUATERNION_STEP:
                self._add_steps(index, rows, before, clip, frame)

    def _add_poses(
        self, rows: NDArray[np.float32], low: NDArray[np.float32], high: NDArray[np.float32]
    ) -> None:
        # low, high: of these frames and all before.
        self.count += len(rows)
        if len(self._euler):
            cosine = np.abs(np.cos(rows[:, self._middle] * self._to_radians))
            self.near_lock[self._euler] += (cosine < np.sin(np.radians(LOCK_DEGREES))).sum(axis=0)
            nearest = np.degrees(np.arcsin(cosine.min(axis=0)))
            self.nearest[self._euler] = np.minimum(self.nearest[self._euler], nearest)
        # Those that turned about more than one axis need no further look.
        wanted: NDArray[np.bool_] = np.any(self.tilt <= FLAT_DEGREES, axis=1)
        wanted[self._euler[self._tilt_by_angles(low, high)]] = False
        for place in np.flatnonzero(wanted).tolist():
            rotation = self._rotations[place]
            some = rows[:, rotation.places]
            if (low[list(rotation.places)] == high[list(rotation.places)]).all():
                some = some[:1]
            least = np.einsum("nii->ni", matrices(some, rotation)).min(axis=0)
            tilt = np.degrees(np.arccos(np.clip(least, -1, 1)))
            self.tilt[place] = np.maximum(self.tilt[place], tilt)

    def _tilt_by_angles(self, low: Any, high: Any) -> NDArray[np.intp]:
        """The Euler rotations of which angles alone tell how far they tilt: no axis moves further
        than the angles about the two others."""
        extremes = np.maximum(np.abs(low), np.abs(high))[self._places]
        extremes = np.degrees(extremes * self._to_radians[:, None])
        bound = extremes.sum(axis=1, keepdims=True) - extremes
        told = np.flatnonzero(bound.min(axis=1, initial=180.0) <= FLAT_DEGREES)
        places = self._euler[told]
        self.tilt[places] = np.maximum(self.tilt[places], np.minimum(bound[told], 180))
        return told

    def _add_steps(
        self,
        index: int,
        rows: NDArray[np.float32],
        before: NDArray[np.float32] | None,
        clip: str,
        frame: int,
    ) -> None:
        """Of a rotation one of whose numbers steps far: only matrices tell whether it jumps."""
        rotation = self._rotations[index]
        values = rows[:, rotation.places]
        if before is not None:
            values = np.concatenate([before[None, rotation.places], values])
        steps, most = np.abs(np.diff(values, axis=0)), _QUATERNION_STEP
        if rotation.order:
            steps = np.abs(steps - rotation.turn * np.rint(steps / rotation.turn))
            most = rotation.turn * _STEP
        after = np.flatnonzero((steps > most).any(axis=1)) + 1
        if not len(after):
            return
        angles = _angle_between(
            matrices(values[after - 1], rotation), matrices(values[after], rotation)
        )
        worst = int(angles.argmax())
        if angles[worst] > self.largest[index]:
            self.largest[index] = angles[worst]
            self.where[index] = (clip, frame + int(after[worst]) - (before is not None))

    def merge(self, other: Turns) -> None:
        """Add what another one has seen."""
        self.count += other.count
        self.near_lock += other.near_lock
        self.nearest = np.minimum(self.nearest, other.nearest)
        self.tilt = np.maximum(self.tilt, other.tilt)
        for place in np.flatnonzero(other.largest > self.largest).tolist():
            self.where[place] = other.where[place]
        self.largest = np.maximum(self.largest, other.largest)


def middle(rotation: Rotation) -> int:
    """The channel of the middle angle, of a rotation that has angles."""
    order: Any = rotation.order
    return rotation.places["xyz".index(order[1])]


def _angle_between(before: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees, by the chord: |A − B| = sqrt(8) sin(angle / 2), in Frobenius' norm."""
    chord = np.linalg.norm(after - before, axis=(1, 2))
    angles: NDArray[np.float64] = np.degrees(2 * np.arcsin(np.clip(chord / np.sqrt(8), 0, 1)))
    return angles
