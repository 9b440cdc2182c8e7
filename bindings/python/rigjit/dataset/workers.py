"""Shards by processes of this machine: the same work as in one, in another order."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait as wait_for
from typing import TYPE_CHECKING, Any

from rigjit.dataset.build_state import DatasetError
from rigjit.dataset.shard_job import Job, ShardBuilder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rigjit.dataset.plan import Shard

    Show = Callable[[int, int], None]  # bytes of input and frames, in all

_LOOK_SECONDS = 0.2

_builder: ShardBuilder
_counts: Any


class _StoppedError(Exception):
    pass


def in_this_process(job: Job, shards: Sequence[Shard], show: Show) -> Iterator[dict[str, Any]]:
    """The record of each shard."""
    builder = ShardBuilder(job)
    done = [0, 0]

    def tick(size: int, frames: int) -> None:
        done[0] += size
        done[1] += frames
        show(*done)

    for shard in shards:
        yield builder.build(shard, tick)


def in_processes(
    job: Job, shards: Sequence[Shard], workers: int, show: Show
) -> Iterator[dict[str, Any]]:
    """The record of each shard, in the order of shards; of several errors the first one's."""
    context = multiprocessing.get_context("spawn")  # a fork would copy locks of pyarrow's threads
    counts = context.Array("q", [0, 0, 0])  # bytes, frames, whether to stop
    pool = ProcessPoolExecutor(workers, context, _begin, (job, counts))
    try:
        with _ignored_interrupts():  # which those that start now inherit
            futures = [pool.submit(_build, shard) for shard in shards]
        for future in futures:
            while not wait([future], _LOOK_SECONDS, FIRST_COMPLETED).done:
                show(*counts[:2])
            yield future.result()
        show(*counts[:2])
    except BrokenProcessPool:
        raise DatasetError(
            "a worker process was killed, perhaps for its memory; the same command goes on from "
            "here"
        ) from None
    finally:
        counts[2] = 1
        pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _ignored_interrupts() -> Iterator[None]:
    """Ctrl-C goes to all processes of a terminal: the parent alone answers, and stops them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _begin(job: Job, counts: Any) -> None:
    global _builder, _counts
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _builder, _counts = ShardBuilder(job), counts


def _end_with_parent() -> None:
    """A parent that was killed leaves no worker behind."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _build(shard: Shard) -> dict[str, Any]:
    return _builder.build(shard, _tick)


def _tick(size: int, frames: int) -> None:
    with _counts.get_lock():
        _counts[0] += size
        _counts[1] += frames
        if _counts[2]:
            raise _StoppedError


def processor_count() -> int:
    """Those that this process may use."""
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
