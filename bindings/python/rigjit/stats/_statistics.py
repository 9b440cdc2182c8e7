"""Statistics of the values of a rig's channels."""

from __future__ import annotations

import json
import operator
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from rigjit._errors import RigError
from rigjit._rigjit import Error
from rigjit.stats._arguments import check_is, check_rig
from rigjit.stats._layout import Layout
from rigjit.stats._moments import Holds, Moments, Steps, measure, rows_at_a_time
from rigjit.stats._percentiles import Histogram
from rigjit.stats._turns import Turns

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from rigjit._rigjit import Rig

_FORMAT = "rigjit.statistics"
_BEGIN = re.compile(rb'(\xef\xbb\xbf)?\s*\{\s*"format"\s*:\s*"rigjit\.statistics"')
_PARTS = ("moments", "steps", "holds", "turns")


class Statistics:
    """Of the values of a rig's channels, one pass over them, in memory that does not grow.

    frames, clips: how many were added; bad: {code: frames that were left out}; notes: what
    was said of files that could be read, such as clips that were cut; mean, deviation,
    low, high: (C,) float64, the deviation that of the population; moments, steps, holds, turns: all
    else that was measured; histogram: what percentiles are made of, None where nobody asked for
    them: `collect` fills it. Scales, centers and limits of the rig play no part. One thread at a
    time; many machines each make their own, and `merge` makes one of them, equal to that of all
    frames up to the rounding of float64.
    """

    def __init__(self, rig: Rig) -> None:
        check_rig(rig)
        self.layout = Layout.of(rig)
        self.rig_name = rig.name
        self.clips = 0
        self.bad: Counter[str] = Counter()
        self.notes: list[str] = []
        self.moments = Moments(len(self.layout.channels))
        self.steps = Steps(self.layout.turn)
        self.holds = Holds(len(self.layout.channels))
        self.turns = Turns(self.layout)
        self.histogram: Histogram | None = None
        self._last: tuple[str, int, NDArray[np.float32]] | None = None

    @property
    def frames(self) -> int:
        return self.moments.count

    @property
    def mean(self) -> NDArray[np.float64]:
        return self.moments.mean

    @property
    def deviation(self) -> NDArray[np.float64]:
        return self.moments.deviation

    @property
    def low(self) -> NDArray[np.float64]:
        return self.moments.low.astype(np.float64)

    @property
    def high(self) -> NDArray[np.float64]:
        return self.moments.high.astype(np.float64)

    def add(self, values: ArrayLike, clip: str = "", frame: int = 0) -> None:
        """(n, C) float32 values, one a channel in the order of rig.channels.

        clip, frame: what they are called; those that follow the frame added last, of the same
        clip, continue it. ValueError for another shape, and where a value is not finite.
        """
        check_is("clip", clip, str, "what the frames are called")
        frame = operator.index(frame)
        rows = np.ascontiguousarray(values, np.float32)
        if rows.ndim != 2 or rows.shape[1] != len(self.layout.channels):
            wanted = f"(n, {len(self.layout.channels)})"
            raise ValueError(f"values must have shape {wanted}, not {rows.shape}")
        if self._last is None or self._last[0] != clip:
            self.clips += 1
        size = rows_at_a_time(rows.shape[1])
        for begin in range(0, len(rows), size):
            self._add_some(rows[begin : begin + size], clip, frame + begin)

    def _add_some(self, rows: NDArray[np.float32], clip: str, frame: int) -> None:
        before = None
        if self._last is not None and self._last[:2] == (clip, frame - 1):
            before = self._last[2]
        found = measure(rows, before, self.layout.turn, self.moments)
        self.moments.add(rows, found)
        self.holds.add(found)
        self.steps.add(rows, before, found, clip, frame)
        self.turns.add(rows, before, found, clip, frame)
        self._last = (clip, frame + len(rows) - 1, rows[-1].copy())

    def merge(self, other: Statistics) -> None:
        """Add what another one has seen; ValueError where its channels are others."""
        check_statistics(other)
        if other.layout.signature != self.layout.signature:
            raise ValueError(_other_channels(self.layout.signature, other.layout.signature))
        if self.frames == 0 and other.histogram is not None:
            self.histogram = self.histogram or Histogram(len(self.layout.channels))
        self.clips += other.clips
        self.bad += other.bad
        self.notes += other.notes
        self.moments.merge(other.moments)
        self.steps.merge(other.steps)
        self.holds.merge(other.holds)
        self.turns.merge(other.turns)
        if self.histogram is not None and other.histogram is not None:
            self.histogram.merge(other.histogram)
        else:
            self.histogram = None
        self._last = None

    def to_json(self) -> str:
        """All of it as text, which `from_json` reads; exact."""
        found: dict[str, Any] = {
            "format": _FORMAT,
            "version": 2,
            "rig": self.rig_name,
            "clips": self.clips,
            "bad": dict(sorted(self.bad.items())),
            "channels": self.layout.signature,
        }
        for name in _PARTS:
            found[name] = {
                key: value.tolist() if isinstance(value, np.ndarray) else value
                for key, value in vars(getattr(self, name)).items()
                if not key.startswith("_")
            }
        if self.histogram is not None:
            found["histogram"] = self.histogram.to_json()
        return json.dumps(found, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | bytes, rig: Rig) -> Statistics:
        """What to_json wrote, of a rig with the same channels; RigError for anything else."""
        statistics = cls(rig)
        try:
            found = json.loads(text)
            if found["format"] != _FORMAT or found["version"] != 2:
                raise ValueError("another format")
            if found["channels"] != statistics.layout.signature:
                own = statistics.layout.signature
                message = f"it is of another rig: {_other_channels(own, found['channels'])}"
                raise RigError([Error("rig-mismatch", message)])
            statistics.clips = int(found["clips"])
            statistics.bad = Counter(found["bad"])
            for name in _PARTS:
                _restore(getattr(statistics, name), found[name])
            if "histogram" in found:
                width = len(statistics.layout.channels)
                statistics.histogram = Histogram.from_json(found["histogram"], width)
                if statistics.histogram.count != statistics.frames:
                    raise ValueError("its histogram is of other frames")
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            if isinstance(error, RigError):
                raise
            message = f"it holds no statistics: {error}"
            raise RigError([Error("malformed-statistics", message)]) from None
        return statistics


def check_statistics(value: Any) -> None:
    """TypeError for what are none."""
    hint = "collect(rig, files) gives a pair of them and of percentiles"
    check_is("statistics", value, Statistics, hint)


def is_statistics(text: bytes) -> bool:
    """Whether a file begins as to_json's, its first 64 bytes at least, in any layout."""
    return _BEGIN.match(text) is not None


def _restore(part: object, found: dict[str, Any]) -> None:
    for key, value in vars(part).items():
        if key.startswith("_"):
            continue
        if isinstance(value, np.ndarray):
            array = np.array(found[key], value.dtype)
            if array.size == value.size == 0:  # a list of no rows does not tell their length
                array = array.reshape(value.shape)
            if array.shape != value.shape:
                raise ValueError(f"{key} has shape {array.shape}")
            setattr(part, key, array)
        elif isinstance(value, list):
            where = [None if each is None else (str(each[0]), int(each[1])) for each in found[key]]
            setattr(part, key, where)
        else:
            setattr(part, key, int(found[key]))


def _other_channels(own: Any, others: Any) -> str:
    """What differs first between two signatures."""
    for one, other in zip(own, others, strict=False):
        if one != other:
            names = f"{one[0]}.{one[1]}", f"{other[0]}.{other[1]}"
            if names[0] == names[1]:
                return f"its channels differ, first {names[0]}: {other[2:]}, here {one[2:]}"
            return f"its channels differ, first {names[1]}, here {names[0]}"
    return f"it has {len(others)} channels, here are {len(own)}"
