"""Tells when a cluster has gone away: Ray itself waits for a minute, and then ends the process."""

from __future__ import annotations

import queue
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

from rigjit.dataset.build_state import ClusterLostError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PATIENCE_SECONDS = 40  # a head that is started again, with its state, is back by then
_LOOK_SECONDS = 5


def connect(address: str, timeout: float) -> None:
    """OSError where nobody answers at HOST:PORT; what is no such address is left to Ray."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), timeout).close()


def while_it_lasts(rows: Iterable[dict[str, Any]], address: str) -> Iterator[dict[str, Any]]:
    """The same rows; ClusterLostError once the head at HOST:PORT has not answered for 40 seconds.

    They are read in a thread, which stops at the next row where the reader stops.
    """
    found: queue.SimpleQueue[tuple[dict[str, Any] | None, BaseException | None]]
    found = queue.SimpleQueue()
    is_over = threading.Event()

    def read() -> None:
        try:
            for row in rows:
                if is_over.is_set():
                    return
                found.put((row, None))
            found.put((None, None))
        except BaseException as error:
            found.put((None, error))

    threading.Thread(target=read, daemon=True, name="rigjit-ray-rows").start()
    looked = answered = time.monotonic()
    try:
        while True:
            if time.monotonic() - looked > _LOOK_SECONDS:
                answered = _answered(address, answered)
                looked = time.monotonic()
            try:
                row, error = found.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue
            if error is not None:
                raise error
            if row is None:
                return
            yield row
    finally:
        is_over.set()


def _answered(address: str, before: float) -> float:
    """When the head answered last; ClusterLostError where that is too long ago."""
    try:
        connect(address, _LOOK_SECONDS)
    except OSError as error:
        if time.monotonic() - before > _PATIENCE_SECONDS:
            raise ClusterLostError(
                f"the head of the Ray cluster {address} does not answer any more: {error}; the "
                "same command goes on from here"
            ) from error
        return before
    return time.monotonic()
