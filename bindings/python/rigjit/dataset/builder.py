"""Builds a data set: what is missing of it is made, then it is said to be complete."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import rigjit
from rigjit.dataset import workers as workers_
from rigjit.dataset.build_state import BuildState, DatasetError, locked, makes
from rigjit.dataset.columns import columns_of
from rigjit.dataset.errors_table import join_errors
from rigjit.dataset.interrupts import held_interrupts
from rigjit.dataset.options import OptionError, Options, parse_workers
from rigjit.dataset.plan import make_plan
from rigjit.dataset.progress import Progress
from rigjit.dataset.shard_job import Job
from rigjit.dataset.store import open_store
from rigjit.inputs import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rigjit import Rig
    from rigjit.dataset.plan import Plan, Shard


@dataclass(frozen=True)
class Summary:
    """What a data set holds. rows: what can be trained on; frames: what was read.

    bad_frames: those that are no pose. unreadable: clips that could not be read, or not to their
    end. rates: clips by frames a second. built: shards made by this call. longest: frames of the
    longest clip, at the rate that it was brought to.
    """

    rows: int
    frames: int
    bad_frames: int
    clips: int
    unreadable: int
    rates: dict[str, int]
    shards: int
    built: int
    longest: int


def build(
    rig: Rig | str | os.PathLike[str],
    inputs: Iterable[str | os.PathLike[str]] | str | os.PathLike[str],
    directory: str | os.PathLike[str],
    *,
    workers: int = 1,
    ray: str | None = None,
    on_error: str = "skip",
    progress: bool | None = False,
    **options: Any,
) -> Summary:
    """Convert clips and poses to shards of vectors, as `rigjit dataset build` does.

    rig: a Rig, or the path of its spec. inputs: files, folders, globs, URLs of fsspec, or one of
    them. directory: a directory or URL, of the inputs' own too; the same call goes on where one
    before it ended. workers: processes, 0 for one a processor; several need the
    `if __name__ == "__main__"` of multiprocessing; ray: the address of a cluster in place of them,
    "" for the one that is found. on_error: "skip", or "stop" at the first mistake. progress:
    whether a bar is shown, None for on a terminal. options: the fields of
    `rigjit.dataset.options.Options`. Shards and manifest have the same bytes for any workers.
    RigError for a bad spec, OptionError for an option, TypeError for one that does not exist,
    DatasetError for a directory that holds something else, StoppedError at a mistake, OSError where
    nothing can be written.
    """
    if on_error not in ("skip", "stop"):
        raise OptionError(f"on_error is skip or stop, not {on_error!r}")
    workers = parse_workers(workers)
    if ray is not None and not isinstance(ray, str):
        raise OptionError(f'ray is the address of a cluster, or "", not {ray!r}')
    known = [field.name for field in fields(Options)]
    if unknown := ", ".join(name for name in options if name not in known):
        raise TypeError(f"build() has no option {unknown}; it has {', '.join(known)}")
    settings = Options(**options)
    if not isinstance(rig, rigjit.Rig):
        rig = rigjit.load(rig)
    if not rig.vec_size:
        raise DatasetError(f"the rig {rig.name!r} has constants alone: no network gives any of it")
    if settings.mirror:
        rig.mirror(rig.rest_vec)  # RigError where the spec has none
    if isinstance(inputs, (str, bytes, os.PathLike)):
        inputs = [inputs]
    store = open_store(directory)
    found = expand(
        [os.fsdecode(each) for each in inputs], leave_out=lambda path: makes(store, path)
    )
    plan = make_plan(rig, settings, ((each.path, each.name) for each in found))
    job = Job(rig, columns_of(rig, settings), settings, store, on_error == "stop")
    state = BuildState(store, plan)
    if (manifest := state.complete()) is not None:
        return _summary(manifest, 0)
    with locked(store):
        built = 0
        if (manifest := state.begin()) is None:
            records = {shard: state.done(shard) for shard in plan.shards}
            todo = [shard for shard, record in records.items() if record is None]
            built = len(todo)
            for shard, record in zip(todo, _run(job, todo, workers, ray, progress), strict=True):
                records[shard] = record
            with held_interrupts():
                join_errors(store, plan.shards)
                manifest = _manifest(plan, [record for record in records.values() if record])
                state.finish(manifest)
        store.clear_build()
    return _summary(manifest, built)


def _run(
    job: Job, shards: Sequence[Shard], workers: int, ray: str | None, progress: bool | None
) -> Iterator[dict[str, Any]]:
    if not shards:
        return
    bar = Progress(sum(shard.size for shard in shards), progress)
    try:
        count = min(workers or workers_.processor_count(), len(shards))
        if ray is not None:
            from rigjit.ray.build import on_cluster

            yield from on_cluster(job, shards, ray, bar.show)
        elif count == 1:
            yield from workers_.in_this_process(job, shards, bar.show)
        else:
            yield from workers_.in_processes(job, shards, count, bar.show)
    finally:
        bar.close()


def _manifest(plan: Plan, records: list[dict[str, Any]]) -> dict[str, Any]:
    clips = [clip for record in records for clip in record["clips"]]
    return {
        **plan.head,
        "rows": sum(record["rows"] for record in records),
        "frames": sum(clip["frames"] for clip in clips),
        "bad_frames": sum(clip["bad_frames"] for clip in clips),
        "unreadable": sum(clip.get("unreadable", False) for clip in clips),
        "shards": records,
    }


def _summary(manifest: dict[str, Any], built: int) -> Summary:
    clips = [clip for shard in manifest["shards"] for clip in shard["clips"]]
    return Summary(
        manifest["rows"],
        manifest["frames"],
        manifest["bad_frames"],
        len(clips),
        manifest["unreadable"],
        dict(sorted(Counter(clip["fps"] for clip in clips if clip["frames"]).items())),
        len(manifest["shards"]),
        built,
        max((_frames_at(clip, manifest["options"].get("fps")) for clip in clips), default=0),
    )


def _frames_at(clip: dict[str, Any], rate: str | None) -> int:
    """Those of a clip that is brought to a rate, None for its own: the last lies in it still."""
    frames: int = clip["frames"]
    if not frames or rate is None:
        return frames
    return int((frames - 1) * Fraction(rate) / Fraction(clip["fps"])) + 1
