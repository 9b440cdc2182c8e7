"""Live streams: one pose for all who look, each at the pace that it can keep."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import numpy as np

from rigjit.serve.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from numpy.typing import NDArray

    from rigjit.serve.metrics import Metrics
    from rigjit.serve.rigs import Loaded

    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]

_END = bytes(4)  # a frame of no bytes
_MAX_PENDING = 1 << 20  # bytes, of a reader that keeps up
_SLOW = 0.02  # seconds that a write waited for its reader
# Bytes in the kernel: what lies there is old when the reader gets to it.
_SEND_BUFFER = 1 << 17


class LiveHub:
    """The live streams of all rigs. Of the event loop's thread."""

    def __init__(self, metrics: Metrics, max_clients: int) -> None:
        self._metrics = metrics
        self._max_clients = max_clients
        self._channels: dict[str, _Channel] = {}

    def push(self, name: str, loaded: Loaded, values: NDArray[np.float32]) -> None:
        """Frames, (n, channels), for every reader of the rig's stream; the last is kept."""
        frames = stream_frames(values)
        if frames:
            self._channel(name, loaded).push(frames, len(frames) // len(values))

    def push_bytes(self, name: str, loaded: Loaded, frame: bytes) -> None:
        """One frame, as it goes over the stream."""
        self._channel(name, loaded).push(frame, len(frame))

    def rig_changed(self, name: str, loaded: Loaded) -> None:
        """End the streams whose readers were told other channels."""
        channel = self._channels.get(name)
        if channel is not None and channel.head != loaded.live_head:
            channel.end()
            del self._channels[name]

    def close(self) -> None:
        """End all streams."""
        for channel in self._channels.values():
            channel.end()

    def newest(self, name: str) -> bytes | None:
        """The frame that a new reader begins with."""
        channel = self._channels.get(name)
        return channel.newest if channel else None

    async def serve(
        self, name: str, loaded: Loaded, scope: Any, receive: Receive, send: Send, headers: Any
    ) -> None:
        """Send the stream until its reader is gone or it ends; Problem 503 at the limit."""
        if self._metrics.live_clients >= self._max_clients:
            raise Problem(
                503,
                f"{self._max_clients} readers are all that the server takes",
                headers=[("retry-after", "5")],
            )
        connection = (scope.get("extensions") or {}).get("rigjit.connection")
        channel = self._channel(name, loaded)
        reader = _Reader(self._metrics)
        if connection is not None:
            prepare_socket(connection)
            connection.on_shutdown = reader.end
        self._metrics.live_clients += 1
        channel.readers.add(reader)
        gone = asyncio.create_task(_wait_until_gone(receive, reader))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            first = channel.head + (channel.newest or b"")
            await send({"type": "http.response.body", "body": first, "more_body": True})
            await reader.run(send)
        finally:
            gone.cancel()
            channel.readers.discard(reader)
            self._metrics.live_clients -= 1
            if connection is not None:
                connection.on_shutdown = None

    def _channel(self, name: str, loaded: Loaded) -> _Channel:
        self.rig_changed(name, loaded)
        channel = self._channels.get(name)
        if channel is None:
            channel = self._channels[name] = _Channel(loaded.live_head)
        return channel


class _Channel:
    """The stream of one rig: what every reader is told first, and who reads."""

    def __init__(self, head: bytes) -> None:
        self.head = head
        self.newest: bytes | None = None
        self.readers: set[_Reader] = set()

    def push(self, frames: bytes, frame_size: int) -> None:
        self.newest = frames[-frame_size:]
        for reader in self.readers:
            reader.push(frames, frame_size)

    def end(self) -> None:
        for reader in self.readers:
            reader.end()


class _Reader:
    """What one reader has still to get: the newest frame alone, if it is slow."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._frame_size = 1
        self._wake = asyncio.Event()
        self._ended = False
        self.gone = False

    def push(self, frames: bytes, frame_size: int) -> None:
        self._frame_size = frame_size
        self._pending.append(frames)
        self._pending_bytes += len(frames)
        if self._pending_bytes > _MAX_PENDING:
            self._keep_newest()
        self._wake.set()

    def end(self) -> None:
        self._ended = True
        self._wake.set()

    def leave(self) -> None:
        self.gone = True
        self._wake.set()

    async def run(self, send: Send) -> None:
        time = asyncio.get_running_loop().time
        while not self.gone:
            await self._wake.wait()
            self._wake.clear()
            if self._pending and not self.gone:
                data = self._pending[0] if len(self._pending) == 1 else b"".join(self._pending)
                self._pending.clear()
                self._pending_bytes = 0
                start = time()
                await send({"type": "http.response.body", "body": data, "more_body": True})
                if time() - start > _SLOW and self._pending:
                    self._keep_newest()
            if self._ended and not self._pending:
                await send({"type": "http.response.body", "body": _END})
                return

    def _keep_newest(self) -> None:
        newest = self._pending[-1][-self._frame_size :]
        self._metrics.live_dropped += self._pending_bytes // self._frame_size - 1
        self._pending = [newest]
        self._pending_bytes = len(newest)


def stream_frames(values: NDArray[np.float32]) -> bytes:
    """(n, channels) as frames of the live format, each behind its size."""
    rows = np.empty((len(values), 1 + values.shape[1]), "<u4")
    rows[:, 0] = 4 * values.shape[1]
    rows[:, 1:] = values.astype("<f4", copy=False).view("<u4")
    return rows.tobytes()


def prepare_socket(connection: Any) -> None:
    """Little memory for what gets old, and an end for peers that vanish."""
    sock = connection.transport.get_extra_info("socket")
    if sock is None:
        return
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
    except OSError:
        pass  # a Unix socket, or a connection that is gone


async def _wait_until_gone(receive: Receive, reader: _Reader) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    reader.leave()
