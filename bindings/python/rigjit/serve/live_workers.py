"""What one worker of a server tells the others: live frames, and that somebody asks for numbers.

Every rig has a file in a directory that the workers share, locked while it is written or read: its
hash, how many frames there were, the newest one. Who has written tells the others by a datagram of
the rig's name; one that is lost because a worker has too many of them unread is made good by those.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
import struct
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rigjit.serve.live import LiveHub
    from rigjit.serve.metrics import Metrics
    from rigjit.serve.rigs import Loaded, ServedRig

_HEAD = struct.Struct("<16sQ")  # the rig's hash, frames that were written
_PREFIX = "live-"
_NUMBERS = b"!"  # no name of a rig
_WAIT_SECONDS = 0.5  # for the others' numbers
_CLOCK_STEP = 10_000_000  # nanoseconds that a file's time may lie behind


class LiveWorkers:
    """This worker's end. Of the event loop's thread."""

    def __init__(
        self, shared_dir: str, rigs: dict[str, ServedRig], hub: LiveHub, metrics: Metrics
    ) -> None:
        self._dir = shared_dir
        self._rigs = rigs
        self._hub = hub
        self._metrics = metrics
        self._own = os.path.join(shared_dir, f"{_PREFIX}{os.getpid()}.socket")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(self._own)
        self._seen: dict[str, int] = {}
        asyncio.get_running_loop().add_reader(self._socket, self._receive)
        for name in rigs:
            self._take(name)

    def publish(self, name: str, loaded: Loaded, frame: bytes) -> None:
        """The newest frame of a rig, for the others' readers."""
        with open(self._path(name), "a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            head = file.read(_HEAD.size)
            count = _HEAD.unpack(head)[1] + 1 if len(head) == _HEAD.size else 1
            file.truncate(0)
            file.write(_HEAD.pack(bytes.fromhex(loaded.rig.hash), count) + frame)
        self._seen[name] = count
        for place in self._others():
            self._tell(place, name.encode())

    async def gather_numbers(self) -> None:
        """Until the others have left their numbers as they are now: no counter may seem to fall."""
        asked = time.time_ns() - _CLOCK_STEP
        places = list(self._others())
        for place in places:
            self._tell(place, _NUMBERS)
        end = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < end:
            paths = [self._metrics.path_of(_process(place)) for place in places]
            if all(_written(path) >= asked for path in paths):
                return
            await asyncio.sleep(0.005)

    def close(self) -> None:
        """Leave the others."""
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
        os.unlink(self._own)

    def _others(self) -> Iterator[str]:
        for path in os.listdir(self._dir):
            place = os.path.join(self._dir, path)
            if path.endswith(".socket") and place != self._own:
                yield place

    def _tell(self, place: str, text: bytes) -> None:
        try:
            self._socket.sendto(text, place)
        except BlockingIOError:
            pass  # it has others of them to read, and looks at the file then
        except OSError:
            if not _is_running(place):
                os.unlink(place)  # of a worker that was killed

    def _receive(self) -> None:
        names: set[bytes] = set()
        while True:
            try:
                names.add(self._socket.recv(256))
            except BlockingIOError:
                break
        if _NUMBERS in names:
            self._metrics.share()
        for name in {each.decode() for each in names} & self._rigs.keys():
            self._take(name)

    def _take(self, name: str) -> None:
        """The newest frame of a rig's file, for this worker's readers."""
        try:
            with open(self._path(name), "rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH)
                data = file.read()
        except FileNotFoundError:
            return
        if len(data) <= _HEAD.size:
            return
        rig_hash, count = _HEAD.unpack_from(data)
        loaded = self._rigs[name].loaded
        if count == self._seen.get(name) or rig_hash != bytes.fromhex(loaded.rig.hash):
            return  # its own, or of a spec that this worker has not read yet, or no more
        self._seen[name] = count
        self._hub.push_bytes(name, loaded, data[_HEAD.size :])

    def _path(self, name: str) -> str:
        return os.path.join(self._dir, f"{_PREFIX}{name}.frame")


def _process(place: str) -> int:
    return int(os.path.basename(place)[len(_PREFIX) :].partition(".")[0])


def _written(path: str) -> int:
    """When, or 0."""
    try:
        return os.stat(path).st_mtime_ns
    except FileNotFoundError:
        return 0


def _is_running(place: str) -> bool:
    try:
        os.kill(_process(place), 0)
    except ProcessLookupError:
        return False
    return True
