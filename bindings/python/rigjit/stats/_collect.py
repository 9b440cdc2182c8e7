"""Statistics of files."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from rigjit import inputs
from rigjit._errors import SHOWN, RigError
from rigjit._rigjit import Error
from rigjit.inputs._paths import EXTENSIONS
from rigjit.stats._arguments import (
    check_choice,
    check_fractions,
    check_is,
    check_progress,
    check_rig,
    paths_of,
)
from rigjit.stats._percentiles import ESTIMATED, Histogram
from rigjit.stats._statistics import Statistics, is_statistics

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from rigjit._rigjit import Rig
    from rigjit.inputs import Block, InputPath
    from rigjit.stats._percentiles import Ranks

_BLOCK_BYTES = 1 << 20  # of values: they stay in the cache from one step to the next
_MOST_FRAMES = 4096
# What a store has so named holds frames: to ask it for a beginning first would take its time.
_FRAMES = tuple(each for each in EXTENSIONS if each != ".json")
_SHOWN_BAD = 10  # frames of which it is said what is wrong, beside how many there are


def collect(
    rig: Rig,
    files: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    kind: str | None = None,
    missing: str = "error",
    fractions: Sequence[float] | None = None,
    percentiles: bool = False,
    progress: Callable[[int], object] | None = None,
) -> tuple[Statistics, NDArray[np.float64] | None]:
    """Statistics of files, directories, globs and URLs of frames, and of other statistics' files.

    kind, missing: as of rigjit.inputs.open_input. fractions: also the percentiles of the channels
    at them, (fractions, C): exact, by a second pass over the files; where some of them are
    statistics, in one pass and less than 1/2000 of a channel's range below, of which a note
    is made.
    percentiles: keep what that needs, Statistics.histogram, in the statistics.
    progress: called with the frames done so far. Bad frames are left out and counted in
    Statistics.bad.
    RigError, with all of them, for files that cannot be read or are of another rig, and where there
    is no good frame ("no-frames"). TypeError and ValueError for arguments, before any file is read.
    """
    check_rig(rig)
    files = paths_of(files)
    check_choice("kind", kind, (None, *inputs.KINDS))
    check_choice("missing", missing, ("error", "rest"))
    check_is("percentiles", percentiles, bool, "fractions=[0.01, 0.99] asks for some of them")
    check_progress(progress)
    if fractions is not None:
        fractions = check_fractions(fractions)
    statistics = Statistics(rig)
    if percentiles or fractions is not None:
        statistics.histogram = Histogram(len(rig.channels))
    reader = _Reader(rig, inputs.expand(files), kind, missing, progress)
    gathered = _Gathered(statistics.histogram)
    bad: list[Error] = []
    for clip, block in reader.blocks(statistics):
        for each in block.bad[: _SHOWN_BAD - len(bad)]:
            message = f"frame {each.frame}: {each.message}"
            bad.append(Error(each.code, message, file=clip))
            statistics.notes.append(f"{clip}: {message} [{each.code}]")
        for code in {error.frame: error.code for error in block.bad}.values():
            statistics.bad[code] += 1
        for begin, end in _runs(block.frames):
            statistics.add(block.rows[begin:end], clip, int(block.frames[begin]))
        gathered.add(block.rows)
    gathered.flush()
    reader.finish()
    if statistics.frames == 0:
        left_out = sum(statistics.bad.values())
        message = f"none of {left_out} frames is good" if left_out else "there is no frame"
        raise RigError([Error("no-frames", message), *bad])
    histogram = statistics.histogram
    if not percentiles:
        statistics.histogram = None
    if fractions is None or histogram is None:
        return statistics, None
    if reader.merged:
        statistics.notes.append(ESTIMATED)
        return statistics, np.clip(histogram.estimate(fractions), statistics.low, statistics.high)
    ranks = histogram.find(fractions)
    gathered = _Gathered(ranks)
    for _, block in reader.blocks(Statistics(rig)):
        gathered.add(block.rows)
    gathered.flush()
    reader.finish()
    return statistics, ranks.percentiles()


class _Gathered:
    """Hands many frames at a time to what goes over all its bins whenever frames are added."""

    def __init__(self, to: Histogram | Ranks | None) -> None:
        self._to = to
        self._held: list[NDArray[np.float32]] = []
        self._count = 0

    def add(self, rows: NDArray[np.float32]) -> None:
        if self._to is None:
            return
        self._held.append(rows)
        self._count += len(rows)
        if self._count >= _MOST_FRAMES:
            self.flush()

    def flush(self) -> None:
        if self._to is not None and self._held:
            self._to.add(np.concatenate(self._held))
        self._held, self._count = [], 0


class _Reader:
    """Goes through all files; what is wrong with some is told when all have been tried."""

    def __init__(
        self,
        rig: Rig,
        paths: Sequence[InputPath],
        kind: str | None,
        missing: str,
        progress: Callable[[int], object] | None,
    ) -> None:
        self._rig = rig
        self._paths = paths
        self._options: dict[str, Any] = {"kind": kind, "missing": missing}
        self._progress = progress
        self._errors: list[Error] = []
        self._done = 0
        self.merged = 0  # files of statistics

    def blocks(self, found: Statistics) -> Iterator[tuple[str, Block]]:
        """(clip, block) of every file; files of statistics are merged into `found`.

        Where `found` has a histogram, those without one are refused.
        """
        size = 4 * max(1, len(self._rig.channels))
        most = min(_MOST_FRAMES, max(1, _BLOCK_BYTES // size))
        for each in self._paths:
            try:
                if self._merge(each.path, found, found.histogram is not None):
                    continue
                with inputs.open_input(each.path, self._rig, **self._options) as file:
                    if file.note:
                        found.notes.append(f"{each.name}: {file.note}")
                    for block in file.blocks(most, form="values"):
                        yield each.name if block.clip is None else block.clip, block
                        self._done += block.count
                        if self._progress is not None:
                            self._progress(self._done)
            except RigError as error:
                self._errors += error.errors[:SHOWN]

    def finish(self) -> None:
        if self._errors:
            raise RigError(self._errors)

    def _merge(self, path: str, found: Statistics, needs_percentiles: bool) -> bool:
        if inputs.is_url(path) and path.lower().endswith(_FRAMES):
            return False
        if not is_statistics(inputs.first_bytes(path, 64)):
            return False
        try:
            with inputs.local_copy(path) as local, open(local, "rb") as file:
                other = Statistics.from_json(file.read(), self._rig)
            if needs_percentiles and other.histogram is None:
                message = "it holds no percentiles: `rigjit stats --percentiles -o` writes them"
                raise RigError([Error("no-percentiles", message)])
            found.merge(other)
        except (OSError, RigError) as error:
            raise inputs.in_file(error, path) from None
        self.merged += 1
        return True


def _runs(frames: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Where frames follow each other without a gap."""
    if len(frames) == 0:
        return
    ends = np.flatnonzero(np.diff(frames) != 1) + 1
    places = [0, *ends.tolist(), len(frames)]
    yield from itertools.pairwise(places)
