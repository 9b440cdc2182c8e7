"""Mean, deviation and range of channels in one pass, and of the steps from frame to frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS = 240  # frames that are taken at a time: they stay in the cache, and a count fits a byte


class Moments:
    """Of C channels, in float64; what two of them hold can be merged.

    count; mean, m2: the sum of squared differences from it; low, high: the least and the greatest
    value; whole: whether all are whole numbers.
    Chan, Golub, LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample
    Variances" (1979): each block's moments are taken about the mean of those before it.
    """

    def __init__(self, width: int) -> None:
        self.count = 0
        self.mean = np.zeros(width)
        self.m2 = np.zeros(width)
        self.low = np.full(width, np.inf)
        self.high = np.full(width, -np.inf)
        self.whole = np.ones(width, np.bool_)
        self._scratch = np.empty((ROWS, width))

    def add(self, rows: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(n, C) values, n from 1 to ROWS; the least and the greatest of each.

        ValueError, and nothing added, where one is not finite.
        """
        low, high = rows.min(axis=0), rows.max(axis=0)
        if not (np.isfinite(low).all() and np.isfinite(high).all()):
            raise ValueError("a value is not finite")
        about = self.mean if self.count else rows[0].astype(np.float64)
        shifted = self._scratch[: len(rows)]
        np.subtract(rows, about, out=shifted)
        total = shifted.sum(axis=0)
        np.multiply(shifted, shifted, out=shifted)
        m2 = shifted.sum(axis=0) - total * total / len(rows)
        self._merge_moments(len(rows), about + total / len(rows), np.maximum(m2, 0))
        self.low, self.high = np.minimum(self.low, low), np.maximum(self.high, high)
        self._look_for_fractions(rows, low, high)
        return low, high

    def merge(self, other: Moments) -> None:
        """Add what another one has seen."""
        if other.count == 0:
            return
        self._merge_moments(other.count, other.mean, other.m2)
        self.low, self.high = np.minimum(self.low, other.low), np.maximum(self.high, other.high)
        self.whole &= other.whole

    @property
    def deviation(self) -> NDArray[np.float64]:
        """The population's: the root of the mean square."""
        return np.sqrt(self.m2 / max(self.count, 1))

    def _merge_moments(self, count: int, mean: Any, m2: Any) -> None:
        total = self.count + count
        difference = mean - self.mean
        self.mean = self.mean + difference * (count / total)
        self.m2 = self.m2 + m2 + difference * difference * (self.count * count / total)
        self.count = total

    def _look_for_fractions(self, rows: NDArray[np.float32], low: Any, high: Any) -> None:
        self.whole &= (np.rint(low) == low) & (np.rint(high) == high)
        moving = np.flatnonzero(self.whole & (low != high))
        if len(moving):
            some = rows[:, moving]
            self.whole[moving] = (np.rint(some) == some).all(axis=0)


class Holds:
    """How often C channels stay at their least or greatest value from one frame to the next.

    low, high: those values; at_low, at_high: how many frames have them as the frame before has.
    """

    def __init__(self, width: int) -> None:
        self.low = np.full(width, np.inf, np.float32)
        self.high = np.full(width, -np.inf, np.float32)
        self.at_low = np.zeros(width, np.int64)
        self.at_high = np.zeros(width, np.int64)

    def add(self, rows: NDArray[np.float32], low: Any, high: Any) -> None:
        """(n, C) values that follow each other, and the least and greatest of these and all before;
        n up to ROWS + 1."""
        self._move(low, high)
        for count, value in ((self.at_low, self.low), (self.at_high, self.high)):
            those = rows == value
            count += (those[1:] & those[:-1]).view(np.uint8).sum(axis=0, dtype=np.uint8)

    def merge(self, other: Holds) -> None:
        """Add what another one has seen."""
        self._move(np.minimum(self.low, other.low), np.maximum(self.high, other.high))
        self.at_low += other.at_low * (other.low == self.low)
        self.at_high += other.at_high * (other.high == self.high)

    def _move(self, low: Any, high: Any) -> None:
        low, high = np.asarray(low, np.float32), np.asarray(high, np.float32)
        self.at_low[low != self.low] = 0
        self.at_high[high != self.high] = 0
        self.low, self.high = low, high


class Steps:
    """From one frame of a clip to the next, of C channels.

    count; squares: the sum of squared steps; largest: of any; where: (clip, frame) that it leads
    to. Angles of rotations step by the shorter way around.
    """

    def __init__(self, turn: NDArray[np.float64]) -> None:
        width = len(turn)
        self.count = 0
        self.squares = np.zeros(width)
        self.largest = np.zeros(width)
        self.where: list[tuple[str, int] | None] = [None] * width
        self._angles = np.flatnonzero(turn)
        self._turn = turn[self._angles].astype(np.float32)

    def add(self, rows: NDArray[np.float32], clip: str, frame: int) -> NDArray[np.float32]:
        """(n, C) values that follow each other, the first of which is `frame`; the (n − 1, C)
        absolute steps."""
        steps = rows[1:] - rows[:-1]
        if len(self._angles):
            some = steps[:, self._angles]
            some -= self._turn * np.rint(some / self._turn)
            steps[:, self._angles] = some
        np.abs(steps, out=steps)
        if len(steps):
            self.count += len(steps)
            self.squares += np.einsum("ij,ij->j", steps, steps)
            largest = steps.max(axis=0)
            for place in np.flatnonzero(largest > self.largest).tolist():
                self.where[place] = (clip, frame + 1 + int(steps[:, place].argmax()))
            np.maximum(self.largest, largest, out=self.largest)
        return steps

    def merge(self, other: Steps) -> None:
        """Add what another one has seen."""
        self.count += other.count
        self.squares += other.squares
        for place in np.flatnonzero(other.largest > self.largest).tolist():
            self.where[place] = other.where[place]
        self.largest = np.maximum(self.largest, other.largest)

    @property
    def usual(self) -> NDArray[np.float64]:
        """The root of the mean square step."""
        return np.sqrt(self.squares / max(self.count, 1))
