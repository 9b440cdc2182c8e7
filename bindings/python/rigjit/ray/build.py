"""The shards of a data set on a Ray cluster, in their order."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING, Any

from rigjit.dataset.options import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rigjit.dataset.plan import Shard
    from rigjit.dataset.shard_job import Job


def on_cluster(
    job: Job, shards: Sequence[Shard], address: str, show: Callable[[int, int], None]
) -> Iterator[dict[str, Any]]:
    """The record of each shard, in their order. Inputs and data set must be seen by every node.

    Where this process is connected to a cluster, that is the one. Else a process of its own
    connects to it: one whose cluster ends is ended by Ray, without a word.
    """
    if importlib.util.find_spec("ray") is None:
        raise OptionError("--ray needs Ray: pip install 'rigjit[ray]'")
    if _is_connected():
        from rigjit.ray.shards import build_shards as build
    else:
        from rigjit.ray.driver import build_in_driver as build
    yield from _in_order(shards, _shown(build(job, shards, address), shards, show))


def _is_connected() -> bool:
    ray = sys.modules.get("ray")
    return ray is not None and bool(ray.is_initialized())


def _shown(
    records: Iterator[dict[str, Any]], shards: Sequence[Shard], show: Callable[[int, int], None]
) -> Iterator[dict[str, Any]]:
    sizes = {shard.file: shard.size for shard in shards}
    size = frames = 0
    for record in records:
        size += sizes[record["file"]]
        frames += sum(clip["frames"] for clip in record["clips"])
        show(size, frames)
        yield record


def _in_order(
    shards: Sequence[Shard], records: Iterator[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    waiting: dict[str, dict[str, Any]] = {}
    for shard in shards:
        while shard.file not in waiting:
            record = next(records)
            waiting[record["file"]] = record
        yield waiting.pop(shard.file)
