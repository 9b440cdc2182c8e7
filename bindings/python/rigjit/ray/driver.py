"""The process that is connected to a cluster, and the one that started it and hears of it.

The child reads paths and work from its input, as pickles, and ends when that ends. It writes lines
of JSON: "connected", a record for each shard, "end"; or an error's kind and text.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from typing import TYPE_CHECKING, Any

from rigjit.dataset.build_state import ClusterLostError, DatasetError
from rigjit.dataset.options import OptionError
from rigjit.dataset.shard_job import StoppedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rigjit.dataset.plan import Shard
    from rigjit.dataset.shard_job import Job

_CHILD = """
import pickle, sys
sys.path[:] = pickle.load(sys.stdin.buffer)
from rigjit.ray.driver import main
main()
"""
_END_SECONDS = 30  # for Ray to say goodbye
_RAY_ENDS = 1  # its exit code where the cluster has ended
_KINDS: dict[str, type[Exception]] = {
    each.__name__: each
    for each in (ClusterLostError, DatasetError, OptionError, StoppedError, OSError)
}


def build_in_driver(job: Job, shards: Sequence[Shard], address: str) -> Iterator[dict[str, Any]]:
    """The records of shards as they come. ClusterLostError where Ray ends the child."""
    with tempfile.TemporaryFile() as log:  # what Ray says beside the command's own output
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the parent, which ends the child
        )
        try:
            yield from _records(child, (job, shards, address), log)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(_END_SECONDS)
        finally:
            child.kill()
            for pipe in (child.stdin, child.stdout):
                with contextlib.suppress(OSError):  # what is held for a child that has ended
                    pipe.close()  # type: ignore[union-attr]
            child.wait()


def _records(child: subprocess.Popen[bytes], work: Any, log: Any) -> Iterator[dict[str, Any]]:
    assert child.stdin is not None
    assert child.stdout is not None
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(pickle.dumps(sys.path) + pickle.dumps(work))
        child.stdin.flush()
    was_connected = False
    for line in child.stdout:
        if not line.endswith(b"\n"):
            break
        kind, value = json.loads(line)
        if kind == "end":
            return
        if kind == "record":
            yield value
        elif kind == "connected":
            was_connected = True
        else:
            raise _KINDS[kind](value)
    raise _lost(child.wait(), was_connected, work[2], log)


def _lost(code: int, was_connected: bool, address: str, log: Any) -> ClusterLostError:
    if was_connected and code == _RAY_ENDS:
        what = f"the Ray cluster {address or 'that was found'} has ended"
    else:
        log.seek(0)
        last = log.read().decode("utf-8", "replace").strip().splitlines()[-1:]
        what = f"the process that talks to Ray has ended with exit code {code}{_after(last)}"
    return ClusterLostError(f"{what}; the same command goes on from here")


def _after(last: list[str]) -> str:
    return f": {last[0]}" if last else ""


def main() -> None:
    """The child."""
    lines = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # Ray prints what befell a node
    job, shards, address = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def say(kind: str, value: Any) -> None:
        lines.write(json.dumps([kind, value]).encode() + b"\n")
        lines.flush()

    try:
        from rigjit.ray.shards import build_shards, connected

        with connected(address):
            say("connected", None)
            for record in build_shards(job, shards, address):
                say("record", record)
            say("end", None)
    except Exception as error:
        names = [each.__name__ for each in type(error).__mro__ if each.__name__ in _KINDS]
        text = str(error) if names else f"{type(error).__name__}: {error}"
        say(names[0] if names else "DatasetError", text)
        if isinstance(error, ClusterLostError):
            os._exit(1)  # an end in order would wait for a cluster that is gone


def _end_with_parent() -> None:
    while os.read(0, 1 << 16):
        pass
    os._exit(1)
