"""Exact percentiles in two passes over the values, in memory that does not grow.

The first pass counts values in bins whose width is a power of two and grows with the range; so the
counts of many machines can be added. It tells in which bin each percentile lies. The second pass
keeps the values of those bins, each with how often it comes: a bin of 1/2048 of the range holds few
different float32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BINS = 4096
ESTIMATED = (
    "percentiles of statistics are exact to 1/2000 of a channel's range"  # Histogram.estimate
)
_LEAST = -149  # exponent of float32's least number


class Histogram:
    """The first pass: how many of C channels' values lie in each of BINS bins."""

    def __init__(self, width: int) -> None:
        self.count = 0
        self.exponent = np.full(width, _LEAST)  # of a bin's width, as a power of two
        self.first = np.zeros(width, np.int64)  # the lowest bin, in widths from 0
        self.counts = np.zeros((width, BINS), np.int64)
        self._begun = False

    def add(self, rows: NDArray[np.float32]) -> None:
        """(n, C) finite values."""
        if len(rows) == 0:
            return
        self._cover(rows.min(axis=0).astype(float), rows.max(axis=0).astype(float))
        places = self._bins(rows) + np.arange(rows.shape[1]) * BINS
        self.counts += np.bincount(places.ravel(), minlength=self.counts.size).reshape(
            self.counts.shape
        )
        self.count += len(rows)

    def merge(self, other: Histogram) -> None:
        """Add what another one has seen."""
        if other.count == 0:
            return
        self._cover(*other._ends())
        shift = self.exponent - other.exponent
        for channel in range(len(self.counts)):
            used = np.flatnonzero(other.counts[channel])
            place = ((other.first[channel] + used) >> shift[channel]) - self.first[channel]
            np.add.at(self.counts[channel], place, other.counts[channel][used])
        self.count += other.count

    def find(self, fractions: Sequence[float]) -> Ranks:
        """Where each fraction lies: for the second pass."""
        return Ranks(self, fractions)

    def estimate(self, fractions: Sequence[float]) -> NDArray[np.float64]:
        """(fractions, C): the percentiles of the lower ends of the bins, in place of the values.

        Each is less than a bin's width, 1/2000 of the channel's range at most, below the exact one.
        Those of one bin are equal, whether or not its values are.
        """
        below = np.cumsum(self.counts, axis=1)
        width = np.ldexp(1.0, self.exponent)

        def value(rank: float) -> NDArray[np.float64]:
            found: NDArray[np.float64] = (self.first + (below <= rank).sum(axis=1)) * width
            return found

        result = []
        for fraction in fractions:
            rank = (self.count - 1) * fraction
            low, high = value(np.floor(rank)), value(np.ceil(rank))
            result.append(low + (high - low) * (rank - np.floor(rank)))
        return np.array(result)

    def to_json(self) -> dict[str, Any]:
        """All of it; of each channel the bins that hold something, and how many values they do."""
        used = [np.flatnonzero(each) for each in self.counts]
        return {
            "count": self.count,
            "exponent": self.exponent.tolist(),
            "first": self.first.tolist(),
            "bins": [each.tolist() for each in used],
            "counts": [each[where].tolist() for each, where in zip(self.counts, used, strict=True)],
        }

    @classmethod
    def from_json(cls, found: dict[str, Any], width: int) -> Histogram:
        """What to_json gave, of `width` channels; ValueError, KeyError, TypeError for all else."""
        made = cls(width)
        made.count = int(found["count"])
        made.exponent = np.array(found["exponent"], np.int64).reshape(width)
        made.first = np.array(found["first"], np.int64).reshape(width)
        for row, bins, counts in zip(made.counts, found["bins"], found["counts"], strict=True):
            if len(bins) != len(counts) or not all(0 <= each < BINS for each in bins):
                raise ValueError("bins and counts do not match")
            row[bins] = counts
        if (made.counts < 0).any() or (made.counts.sum(axis=1) != made.count).any():
            raise ValueError("its bins hold other counts")
        made._begun = made.count > 0
        return made

    def _bins(self, rows: NDArray[Any]) -> NDArray[np.int64]:
        # Exact: a power of two scales without rounding.
        scaled = np.ldexp(rows.astype(np.float64), -self.exponent)
        bins: NDArray[np.int64] = np.floor(scaled).astype(np.int64) - self.first
        return bins

    def _ends(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        low = np.ldexp(self.first.astype(float), self.exponent)
        used = self.counts > 0
        last = BINS - 1 - used[:, ::-1].argmax(axis=1)
        first = used.argmax(axis=1)
        width = np.ldexp(1.0, self.exponent)
        return low + first * width, low + last * width

    def _cover(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> None:
        """Make the bins wide enough for these values and those before."""
        if self._begun:
            before_low, before_high = self._ends()
            low, high = np.minimum(low, before_low), np.maximum(high, before_high)
        exponent = self.exponent.copy()
        while True:
            first = np.floor(np.ldexp(low, -exponent))
            narrow = np.floor(np.ldexp(high, -exponent)) - first >= BINS
            # Bins are counted in an int64.
            narrow |= np.maximum(np.abs(low), np.abs(high)) >= np.ldexp(1.0, exponent + 62)
            if not narrow.any():
                break
            exponent[narrow] += 1
        first = first.astype(np.int64)
        if self._begun:
            for channel in np.flatnonzero((exponent != self.exponent) | (first != self.first)):
                used = np.flatnonzero(self.counts[channel])
                shift = exponent[channel] - self.exponent[channel]
                place = ((self.first[channel] + used) >> shift) - first[channel]
                moved = np.zeros(BINS, np.int64)
                np.add.at(moved, place, self.counts[channel][used])
                self.counts[channel] = moved
        self.exponent, self.first, self._begun = exponent, first, True


class Ranks:
    """The second pass: the values of the bins that hold the ranks of the fractions.

    Percentiles are those of numpy's default method, "linear": rank (count − 1) · fraction, between
    two values a mix of them.
    """

    def __init__(self, histogram: Histogram, fractions: Sequence[float]) -> None:
        self._histogram = histogram
        self._fractions = list(fractions)
        below = np.cumsum(histogram.counts, axis=1)
        width = len(histogram.counts)
        # Two values a fraction: those that its rank lies between.
        exact = [(histogram.count - 1) * fraction for fraction in self._fractions]
        ranks = [int(each) for rank in exact for each in (np.floor(rank), np.ceil(rank))]
        self._ranks = np.array(ranks, np.int64)
        self._weights = [rank - np.floor(rank) for rank in exact]
        found = [(below <= rank).sum(axis=1) for rank in self._ranks]
        self._bins = np.array(found).T.reshape(width, len(ranks))  # (C, ranks)
        self._below = np.array(
            [[below[c, b - 1] if b else 0 for b in self._bins[c]] for c in range(width)]
        ).reshape(width, len(ranks))
        self._kept: list[dict[int, tuple[Any, Any]]] = [{} for _ in range(width)]
        self._wanted = np.zeros((width, BINS), np.bool_)
        np.put_along_axis(self._wanted, self._bins, True, axis=1)

    def add(self, rows: NDArray[np.float32]) -> None:
        """(n, C) values: the same ones that the first pass saw, in any order."""
        bins = self._histogram._bins(rows)
        wanted = self._wanted[np.arange(rows.shape[1]), np.clip(bins, 0, BINS - 1)]
        for channel in np.flatnonzero(wanted.any(axis=0)).tolist():
            those = wanted[:, channel]
            for place in set(self._bins[channel].tolist()):
                values = rows[those, channel][bins[those, channel] == place]
                if len(values):
                    self._keep(channel, place, *np.unique(values, return_counts=True))

    def merge(self, other: Ranks) -> None:
        """Add what another machine found, of the same histogram."""
        for channel, kept in enumerate(other._kept):
            for place, (values, counts) in kept.items():
                self._keep(channel, place, values, counts)

    def _keep(self, channel: int, place: int, values: Any, counts: Any) -> None:
        if place in self._kept[channel]:
            before, times = self._kept[channel][place]
            values, back = np.unique(np.concatenate([before, values]), return_inverse=True)
            counts = np.bincount(back, np.concatenate([times, counts])).astype(np.int64)
        self._kept[channel][place] = (values, counts)

    def percentiles(self) -> NDArray[np.float64]:
        """(fractions, C). ValueError where the second pass did not see what the first did."""
        result = np.empty((len(self._fractions), len(self._kept)))
        for channel in range(len(self._kept)):
            pair = [self._value(channel, i) for i in range(len(self._ranks))]
            for i, weight in enumerate(self._weights):
                low, high = pair[2 * i], pair[2 * i + 1]
                result[i, channel] = low + (high - low) * weight
        return result

    def _value(self, channel: int, index: int) -> float:
        values, counts = self._kept[channel].get(int(self._bins[channel, index]), ([], []))
        rank = self._ranks[index] - self._below[channel, index]
        place = int((np.cumsum(counts) <= rank).sum())
        if place >= len(values):
            raise ValueError("the second pass has seen other values than the first")
        return float(values[place])
