"""The shards of a data set as tasks of Ray Data, on any number of machines."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
from typing import TYPE_CHECKING, Any

from rigjit.dataset.build_state import ClusterLostError, DatasetError
from rigjit.dataset.options import OptionError
from rigjit.dataset.shard_job import ShardBuilder, StoppedError
from rigjit.ray.lost import connect, while_it_lasts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rigjit.dataset.plan import Shard
    from rigjit.dataset.shard_job import Job

_CONNECT_SECONDS = 10

_KINDS: dict[str, type[Exception]] = {"StoppedError": StoppedError, "OSError": OSError}


class BuildShard:
    """What a task does with the number of a shard; a worker prepares for it once."""

    def __init__(self, job: Job, shards: Sequence[Shard]) -> None:
        self._job, self._shards = job, shards
        self._builder: ShardBuilder | None = None

    def __getstate__(self) -> Any:
        return self._job, self._shards

    def __setstate__(self, state: Any) -> None:
        self._job, self._shards = state
        self._builder = None

    def __call__(self, row: dict[str, Any]) -> dict[str, str]:
        """A shard's record, or what kept it from being made: a task that raises is run again."""
        if self._builder is None:
            self._builder = ShardBuilder(self._job)
        try:
            record = self._builder.build(self._shards[row["shard"]], lambda size, frames: None)
        except StoppedError as error:
            return {"error": "StoppedError", "text": str(error)}
        except OSError as error:
            return {"error": "OSError", "text": str(error)}
        return {"error": "", "text": json.dumps(record)}


def on_cluster(
    job: Job, shards: Sequence[Shard], address: str, show: Callable[[int, int], None]
) -> Iterator[dict[str, Any]]:
    """The record of each shard, in their order. Inputs and data set must be seen by every node."""
    try:
        with _never_a_cluster_of_its_own():
            import ray.data
    except ImportError:
        raise OptionError("--ray needs Ray: pip install 'rigjit[ray]'") from None
    began = not ray.is_initialized()
    is_lost = False
    try:
        # Ray prints what befell a node, and what is wanted is the command's own output.
        with contextlib.redirect_stdout(sys.stderr) if began else contextlib.nullcontext():
            if began:
                _start(ray, address)
            yield from _in_order(shards, _results(ray, job, shards, address, show))
    except ClusterLostError:
        is_lost = True
        raise
    except (ConnectionError, ray.exceptions.RayError) as error:
        last = str(error).strip().splitlines()[-1:]  # of a traceback, where there is one
        raise DatasetError(
            f"the Ray cluster {address or 'that was looked for'} failed: {''.join(last)}; the "
            "same command goes on from here"
        ) from error
    finally:
        if began and not is_lost:
            ray.shutdown()


def _start(ray: Any, address: str) -> None:
    """Connect to a cluster, and leave the terminal to the bar that is shown already."""
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.ERROR)
    ray.data.DataContext.get_current().enable_progress_bars = False
    where = address or os.environ.get("RAY_ADDRESS") or "auto"
    try:
        connect(where, _CONNECT_SECONDS)  # Ray itself tries for minutes
    except OSError as error:
        raise ConnectionError(str(error)) from error
    ray.init(address=where, log_to_driver=False, logging_level=logging.ERROR)


@contextlib.contextmanager
def _never_a_cluster_of_its_own() -> Iterator[None]:
    """While Ray is imported: else what is left of a lost cluster's threads would start one here."""
    name = "RAY_ENABLE_AUTO_CONNECT"
    if name in os.environ:
        yield
        return
    os.environ[name] = "0"
    try:
        yield
    finally:
        del os.environ[name]


def _head(ray: Any, address: str) -> str:
    """HOST:PORT to which this process is connected; "" where it cannot know: it is a client's."""
    where = address or os.environ.get("RAY_ADDRESS", "")
    if where.startswith("ray://"):
        return where
    if ray.util.client.ray.is_connected():
        return ""
    return str(ray.get_runtime_context().gcs_address)


def _results(
    ray: Any,
    job: Job,
    shards: Sequence[Shard],
    address: str,
    show: Callable[[int, int], None],
) -> Iterator[dict[str, Any]]:
    sizes = {shard.file: shard.size for shard in shards}
    rows = ray.data.from_items(
        [{"shard": number} for number in range(len(shards))], override_num_blocks=len(shards)
    ).map(BuildShard(job, shards))
    size = frames = 0
    for row in while_it_lasts(rows.iter_rows(), _head(ray, address)):
        if row["error"]:
            raise _KINDS[row["error"]](row["text"])
        record = json.loads(row["text"])
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
