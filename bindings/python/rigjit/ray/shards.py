"""The shards of a data set as tasks of Ray Data, in the process that is connected to a cluster."""

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
    from collections.abc import Iterator, Sequence

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


def build_shards(job: Job, shards: Sequence[Shard], address: str) -> Iterator[dict[str, Any]]:
    """The records of shards as they come, by the cluster that this process is connected to."""
    with _errors_of_ray(address):
        with _never_a_cluster_of_its_own():
            import ray.data

        rows = ray.data.from_items(
            [{"shard": number} for number in range(len(shards))], override_num_blocks=len(shards)
        ).map(BuildShard(job, shards))
        for row in while_it_lasts(rows.iter_rows(), _head(ray, address)):
            if row["error"]:
                raise _KINDS[row["error"]](row["text"])
            yield json.loads(row["text"])


@contextlib.contextmanager
def connected(address: str) -> Iterator[None]:
    """Connect this process to a cluster, "" for the one that Ray finds; DatasetError if none is."""
    with _errors_of_ray(address):
        try:
            with _never_a_cluster_of_its_own():
                import ray.data
        except ImportError as error:
            raise OptionError(f"--ray needs Ray: pip install 'rigjit[ray]' ({error})") from error
        for name in ("ray", "ray.data"):
            logging.getLogger(name).setLevel(logging.ERROR)
        ray.data.DataContext.get_current().enable_progress_bars = False
        where = address or os.environ.get("RAY_ADDRESS") or "auto"
        try:
            connect(where, _CONNECT_SECONDS)  # Ray itself tries for minutes
        except OSError as error:
            raise ConnectionError(str(error)) from error
        try:
            ray.init(address=where, log_to_driver=False, logging_level=logging.ERROR)
        except ValueError as error:
            raise OptionError(
                f"--ray takes the HOST:PORT of a cluster's head, or ray://HOST:PORT, not {where!r}:"
                f" {error}"
            ) from error
        except ConnectionError as error:
            if where != "auto":
                raise
            raise DatasetError(
                "no Ray cluster was found: start one with `ray start --head`, or name one with "
                "--ray HOST:PORT or RAY_ADDRESS"
            ) from error
    is_lost = False
    try:
        yield
    except ClusterLostError:
        is_lost = True
        raise
    finally:
        if not is_lost:
            ray.shutdown()


@contextlib.contextmanager
def _errors_of_ray(address: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if not isinstance(error, ConnectionError):
            raise
        raise _failed(address, error) from error
    except Exception as error:
        ray = sys.modules.get("ray")
        if ray is None or not isinstance(error, ray.exceptions.RayError):
            raise
        raise _failed(address, error) from error


def _failed(address: str, error: Exception) -> DatasetError:
    last = str(error).strip().splitlines()[-1:]  # of a traceback, where there is one
    return DatasetError(
        f"the Ray cluster {address or 'that was looked for'} failed: {''.join(last)}; the same "
        "command goes on from here"
    )


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
