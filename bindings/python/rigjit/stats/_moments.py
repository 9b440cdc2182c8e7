"""Mean, deviation and range of channels in one pass, and what they do from frame to frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rigjit._rigjit import _measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK = 1 << 16  # values that are taken at a time: they stay in the cache


def rows_at_a_time(width: int) -> int:
    """How many frames of so many channels are taken at a time."""
    return min(4096, max(16, _BLOCK // max(1, width)))


@dataclass(frozen=True)
class Measured:
    """A block of frames: (C,) sums about `about`, the least and greatest value of these and all
    before, the largest step and the sum of steps, and how many frames stay at the least or
    greatest value."""

    count: int
    step_count: int
    about: NDArray[np.float64]
    total: NDArray[np.float64]
    squares: NDArray[np.float64]
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    largest: NDArray[np.float32]
    step_total: NDArray[np.float32]
    at_low: NDArray[np.uint32]
    at_high: NDArray[np.uint32]


def measure(
    rows: NDArray[np.float32],
    before: NDArray[np.float32] | None,
    turn: NDArray[np.float32],
    moments: Moments,
) -> Measured:
    """(n, C) values, n at least 1, that continue the frame `before`; turn: a whole turn of angles,
    which step the shorter way, else 0; moments: those of all before.

    ValueError where a value is not finite.
    """
    width = rows.shape[1]
    about = moments.mean if moments.count else rows[0].astype(np.float64)
    sums = np.array([about, np.zeros(width), np.zeros(width)])
    extremes = np.zeros((4, width), np.float32)
    extremes[:2] = moments.low, moments.high
    holds = np.zeros((2, width), np.uint32)
    _measure(rows, before, turn, sums, extremes, holds)
    if not np.isfinite(sums[1]).all():
        raise ValueError("a value is not finite")
    steps = len(rows) - (before is None)
    return Measured(len(rows), steps, *sums, *extremes, *holds)


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
        self.low = np.full(width, np.inf, np.float32)
        self.high = np.full(width, -np.inf, np.float32)
        self.whole = np.ones(width, np.bool_)

    def add(self, rows: NDArray[np.float32], found: Measured) -> None:
        """(n, C) values and what was measured of them."""
        shift = found.total / found.count
        self._add(found.count, found.about + shift, found.squares - found.total * shift)
        self.low, self.high = found.low, found.high
        self.whole &= (np.rint(self.low) == self.low) & (np.rint(self.high) == self.high)
        moving = np.flatnonzero(self.whole & (self.low != self.high))
        if len(moving):
            some = rows[:, moving]
            self.whole[moving] = (np.rint(some) == some).all(axis=0)

    def merge(self, other: Moments) -> None:
        """Add what another one has seen."""
        if other.count == 0:
            return
        self._add(other.count, other.mean, other.m2)
        self.low, self.high = np.minimum(self.low, other.low), np.maximum(self.high, other.high)
        self.whole &= other.whole

    @property
    def deviation(self) -> NDArray[np.float64]:
        """The population's: the root of the mean square."""
        return np.sqrt(self.m2 / max(self.count, 1))

    def _add(self, count: int, mean: Any, m2: Any) -> None:
        total = self.count + count
        difference = mean - self.mean
        self.mean = self.mean + difference * (count / total)
        between = difference * difference * (self.count * count / total)
        self.m2 = self.m2 + np.maximum(m2, 0) + between
        self.count = total


class Holds:
    """How often C channels stay at their least or greatest value from one frame to the next.

    low, high: those values; at_low, at_high: how many frames have them as the frame before has.
    """

    def __init__(self, width: int) -> None:
        self.low = np.full(width, np.inf, np.float32)
        self.high = np.full(width, -np.inf, np.float32)
        self.at_low = np.zeros(width, np.int64)
        self.at_high = np.zeros(width, np.int64)

    def add(self, found: Measured) -> None:
        """What was measured of frames."""
        self._move(found.low, found.high)
        self.at_low += found.at_low
        self.at_high += found.at_high

    def merge(self, other: Holds) -> None:
        """Add what another one has seen."""
        self._move(np.minimum(self.low, other.low), np.maximum(self.high, other.high))
        self.at_low += other.at_low * (other.low == self.low)
        self.at_high += other.at_high * (other.high == self.high)

    def _move(self, low: NDArray[np.float32], high: NDArray[np.float32]) -> None:
        self.at_low[low != self.low] = 0
        self.at_high[high != self.high] = 0
        self.low, self.high = low, high


class Steps:
    """From one frame of a clip to the next, of C channels.

    count; total: the sum of steps; largest: of any; where: (clip, frame) that it leads
    to. Angles of rotations step by the shorter way around.
    """

    def __init__(self, turn: NDArray[np.float32]) -> None:
        width = len(turn)
        self.count = 0
        self.total = np.zeros(width)
        self.largest = np.zeros(width)
        self.where: list[tuple[str, int] | None] = [None] * width
        self._turn = turn

    def add(
        self,
        rows: NDArray[np.float32],
        before: NDArray[np.float32] | None,
        found: Measured,
        clip: str,
        frame: int,
    ) -> None:
        """(n, C) values that continue `before`, the first of which is `frame`, and what was
        measured of them."""
        self.count += found.step_count
        self.total += found.step_total
        for place in np.flatnonzero(found.largest > self.largest).tolist():
            column = rows[:, place]
            if before is not None:
                column = np.concatenate([before[place : place + 1], column])
            steps = np.abs(np.diff(column))
            if turn := self._turn[place]:
                steps = np.abs(steps - turn * np.rint(steps / turn))
            first = frame + (before is None)
            self.where[place] = (clip, first + int(steps.argmax()))
        np.maximum(self.largest, found.largest, out=self.largest)

    def merge(self, other: Steps) -> None:
        """Add what another one has seen."""
        self.count += other.count
        self.total += other.total
        for place in np.flatnonzero(other.largest > self.largest).tolist():
            self.where[place] = other.where[place]
        self.largest = np.maximum(self.largest, other.largest)

    @property
    def usual(self) -> NDArray[np.float64]:
        """The mean of all but the largest one, which may be a jump."""
        return np.maximum(self.total - self.largest, 0) / max(self.count - 1, 1)
