"""Statistics of files."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from rigjit import inputs
from rigjit._errors import SHOWN, RigError
from rigjit._rigjit import Error
from rigjit.stats._percentiles import Histogram
from rigjit.stats._statistics import Statistics, is_statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from rigjit._rigjit import Rig
    from rigjit.inputs import Block, InputPath

_BLOCK_BYTES = 1 << 20  # of values: they stay in the cache from one step to the next
_MOST_FRAMES = 4096
_SHOWN_BAD = 10  # frames of which it is said what is wrong, beside how many there are


def collect(
    rig: Rig,
    files: Sequence[str | os.PathLike[str]],
    *,
    kind: str | None = None,
    missing: str = "error",
    fractions: Sequence[float] | None = None,
    progress: Callable[[int], object] | None = None,
) -> tuple[Statistics, NDArray[np.float64] | None]:
    """Statistics of files, directories, globs and URLs of frames, and of other statistics' files.

    kind, missing: as of rigjit.inputs.open_input. fractions: also the percentiles of the channels
    at them, (fractions, C), exact, by a second pass over the files; not of statistics' files.
    progress: called with the frames done so far. Bad frames are left out and counted in
    Statistics.bad.
    RigError, with all of them, for files that cannot be read or are of another rig, and where there
    is no good frame ("no-frames").
    """
    statistics = Statistics(rig)
    histogram = None if fractions is None else Histogram(len(rig.channels))
    reader = _Reader(rig, inputs.expand(files), kind, missing, progress)
    bad: list[Error] = []
    for clip, block in reader.blocks(statistics, fractions is None):
        for each in block.bad[: _SHOWN_BAD - len(bad)]:
            message = f"frame {each.frame}: {each.message}"
            bad.append(Error(each.code, message, file=clip))
            statistics.notes.append(f"{clip}: {message} [{each.code}]")
        for code in {error.frame: error.code for error in block.bad}.values():
            statistics.bad[code] += 1
        for begin, end in _runs(block.frames):
            statistics.add(block.rows[begin:end], clip, int(block.frames[begin]))
        if histogram is not None:
            histogram.add(block.rows)
    reader.finish()
    if statistics.frames == 0:
        left_out = sum(statistics.bad.values())
        message = f"none of {left_out} frames is good" if left_out else "there is no frame"
        raise RigError([Error("no-frames", message), *bad])
    if histogram is None or fractions is None:
        return statistics, None
    ranks = histogram.find(fractions)
    for _, block in reader.blocks(Statistics(rig), False):
        ranks.add(block.rows)
    reader.finish()
    return statistics, ranks.percentiles()


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

    def blocks(self, found: Statistics, merges: bool) -> Iterator[tuple[str, Block]]:
        """(clip, block) of every file; files of statistics are merged into `found`, or refused."""
        size = 4 * max(1, len(self._rig.channels))
        # For percentiles many frames at a time: a pass over all bins belongs to each block.
        most = _MOST_FRAMES
        if merges:
            most = min(most, max(1, _BLOCK_BYTES // size))
        for each in self._paths:
            try:
                if self._merge(each.path, found, merges):
                    continue
                with inputs.open_input(each.path, self._rig, **self._options) as file:
                    if file.note:
                        found.notes.append(f"{each.name}: {file.note}")
                    for block in file.blocks(most, form="values"):
                        yield each.name, block
                        self._done += block.count
                        if self._progress is not None:
                            self._progress(self._done)
            except RigError as error:
                self._errors += error.errors[:SHOWN]

    def finish(self) -> None:
        if self._errors:
            raise RigError(self._errors)

    def _merge(self, path: str, found: Statistics, merges: bool) -> bool:
        if not path.endswith(".json") or not os.path.isfile(path):
            return False
        with open(path, "rb") as file:
            if not is_statistics(file.read(64)):
                return False
            if not merges:
                message = "statistics hold no percentiles: give the frames themselves"
                raise RigError([Error("no-percentiles", message, file=path)])
            file.seek(0)
            try:
                found.merge(Statistics.from_json(file.read(), self._rig))
            except RigError as error:
                raise inputs.in_file(error, path) from None
        return True


def _runs(frames: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Where frames follow each other without a gap."""
    if len(frames) == 0:
        return
    ends = np.flatnonzero(np.diff(frames) != 1) + 1
    places = [0, *ends.tolist(), len(frames)]
    yield from itertools.pairwise(places)
