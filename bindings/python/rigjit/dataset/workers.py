"""Shards by processes of this machine: the same work as in one, in another order."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from rigjit.dataset.build_state import DatasetError
from rigjit.dataset.interrupts import check_interrupts, held_interrupts
from rigjit.dataset.shard_job import Job, ShardBuilder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection

    from rigjit.dataset.plan import Shard

    Show = Callable[[int, int], None]  # bytes of input and frames, in all

_builder: ShardBuilder
_is_over: Any


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
        check_interrupts()

    for shard in shards:
        with held_interrupts():
            record = builder.build(shard, tick)
        yield record


def in_processes(
    job: Job, shards: Sequence[Shard], workers: int, show: Show
) -> Iterator[dict[str, Any]]:
    """The record of each shard, in the order of shards; of several errors the first one's."""
    context = multiprocessing.get_context("spawn")  # a fork would copy locks of pyarrow's threads
    is_over = context.RawValue("b", 0)  # without a lock, which a worker that is killed would keep
    leash, hand = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(workers, context, _begin, (job, is_over, leash))
    try:
        with held_interrupts(), _deaf_to_interrupts():
            futures = _submit(pool, shards)
        size = frames = 0
        sizes = dict(zip(futures, (shard.size for shard in shards), strict=True))
        for future in as_completed(futures):
            if future.exception() is not None:
                break
            size += sizes[future]
            frames += sum(clip["frames"] for clip in future.result()["clips"])
            show(size, frames)
        for future in futures:
            yield future.result()
    except BrokenProcessPool:
        hand.close()  # a worker that was just started is not ended by the pool
        raise DatasetError(
            "a worker process was killed, perhaps for its memory; the same command goes on from "
            "here"
        ) from None
    finally:
        is_over.value = 1
        pool.shutdown(cancel_futures=True)
        hand.close()
        leash.close()


def _submit(pool: ProcessPoolExecutor, shards: Sequence[Shard]) -> list[Future[dict[str, Any]]]:
    futures: list[Future[dict[str, Any]]] = []
    try:
        for shard in shards:
            futures.append(pool.submit(_build, shard))
    except (OSError, ValueError):
        # A worker that is killed while the next one starts has what that one needs closed.
        for done in wait_for(futures, timeout=1).done:
            if isinstance(error := done.exception(), BrokenProcessPool):
                raise error from None
        raise
    return futures


@contextlib.contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes that start inside inherit a mask that keeps SIGINT from them.

    Ctrl-C goes to all processes of a terminal: the parent alone answers, and stops the others.
    """
    resource_tracker.ensure_running()  # else it is started inside, and takes SIGINT off the mask
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _begin(job: Job, is_over: Any, leash: Connection) -> None:
    global _builder, _is_over
    threading.Thread(target=_end_with_parent, args=(leash,), daemon=True).start()
    _builder, _is_over = ShardBuilder(job), is_over


def _end_with_parent(leash: Connection) -> None:
    """A parent that was killed, or has let go, leaves no worker behind."""
    wait([leash])
    os._exit(1)


def _build(shard: Shard) -> dict[str, Any]:
    return _builder.build(shard, _tick)


def _tick(size: int, frames: int) -> None:
    if _is_over.value:
        raise _StoppedError


def processor_count() -> int:
    """Those that this process may use."""
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
