"""The work on one shard: its clips are read, converted and written. Runs in any process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from rigjit.dataset.build_state import errors_name, record_name
from rigjit.dataset.errors_table import ErrorsWriter, Mistake
from rigjit.dataset.interrupts import interruptible
from rigjit.dataset.options import MAX_GROWTH
from rigjit.dataset.resample import Interpolation
from rigjit.dataset.rows import ClipRows
from rigjit.dataset.shard_writer import ShardWriter
from rigjit.dataset.sources import FrameReader, NotReadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction

    from rigjit import Rig
    from rigjit.dataset.columns import Columns
    from rigjit.dataset.options import Options
    from rigjit.dataset.plan import Clip, Shard
    from rigjit.dataset.store import Store

    Tick = Callable[[int, int], None]  # bytes of input, frames


_Item = TypeVar("_Item")


class StoppedError(ValueError):
    """The first mistake of a build that stops at one."""


class Job(NamedTuple):
    """What every shard's work has in common; pickles as the text of the spec."""

    rig: Rig
    columns: Columns
    options: Options
    store: Store
    stops: bool  # at the first mistake


class ShardBuilder:
    """Builds shards of one job, one at a time."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._interpolation = None if job.options.fps is None else Interpolation(job.rig)

    def build(self, shard: Shard, tick: Tick) -> dict[str, Any]:
        """Write the shard, its errors and its record, and return the record.

        The record is written last: where it is, all of the shard is. OSError where the store takes
        no more, StoppedError at a mistake if the job stops there.
        """
        store = self._job.store
        store.remove(errors_name(shard))  # of inputs as they were before
        with ErrorsWriter(store, errors_name(shard)) as errors:
            form = self._job.options.format
            with (
                store.output(shard.file) as file,
                ShardWriter(file, self._job.columns, form) as writer,
            ):
                clips = [self._build_clip(clip, writer, errors, tick) for clip in shard.clips]
            record = {
                "file": shard.file,
                "split": shard.split,
                "rows": writer.rows,
                "bytes": store.size(shard.file),
                "clips": clips,
            }
        store.write(record_name(shard), json.dumps(record).encode())
        return record

    def _build_clip(
        self, clip: Clip, writer: ShardWriter, errors: ErrorsWriter, tick: Tick
    ) -> dict[str, Any]:
        """Write a clip's rows; what the manifest says of it."""
        options = self._job.options
        found: dict[str, Any] = {"clip": clip.name, "size": clip.size}
        found |= {"fps": None, "frames": 0, "bad_frames": 0, "rows": 0}
        begin = writer.rows

        def report(mistake: Mistake) -> None:
            if self._job.stops:
                where = "" if mistake.frame is None else f" frame {mistake.frame}:"
                raise StoppedError(f"{clip.name!r}:{where} {mistake.message} [{mistake.code}]")
            errors.add(mistake)

        try:
            with interruptible():
                source = FrameReader(clip, self._job.rig, options.kind, options.missing)
            with source as reader:
                rate = reader.fps or options.default_fps
                found["fps"] = str(rate)
                if reader.note:
                    report(Mistake(clip.name, None, "cut-short", reader.note))
                    found["unreadable"] = True
                if options.fps is not None and options.fps > MAX_GROWTH * rate:
                    raise NotReadableError([_too_slow(clip.name, rate, options.fps)])
                rows = ClipRows(self._job.rig, options, rate, self._interpolation)
                for frames, mistakes in _interruptible(reader.frames()):
                    for mistake in mistakes:
                        report(mistake)
                    found["frames"] += len(frames.good)
                    found["bad_frames"] += int(np.count_nonzero(~frames.good))
                    for each in rows.push(frames):
                        seconds = each.frames / float(options.fps or rate)
                        writer.append(clip.name, each.frames, seconds, each.vecs, each.mirrored)
                    tick(0, len(frames.good))
        except NotReadableError as error:
            for mistake in error.mistakes:
                report(mistake)
            found["unreadable"] = True
        found["rows"] = writer.rows - begin
        tick(clip.size, 0)
        return found


def _too_slow(clip: str, rate: Fraction, wanted: Fraction) -> Mistake:
    text = f"each of its frames, {rate} a second, would be more than {MAX_GROWTH} at {wanted}"
    return Mistake(clip, None, "frame-rate", text)


def _interruptible(items: Iterator[_Item]) -> Iterator[_Item]:
    while True:
        with interruptible():
            item = next(items, None)
        if item is None:
            return
        yield item
