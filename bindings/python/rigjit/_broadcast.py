"""Live poses for whoever looks: a training loop pushes, viewers come and go."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from typing import TYPE_CHECKING

from rigjit._rigjit import _clip_stream_frame, _clip_stream_schema

if TYPE_CHECKING:
    from fractions import Fraction
    from types import TracebackType

    from numpy.typing import ArrayLike

    from rigjit._rigjit import Rig

_END = bytes(4)  # a frame of no bytes
_FAREWELL = 1.0  # seconds that close() gives viewers to take what is under way
_SOCKET_BUFFER = 1 << 16  # bytes: what waits in the kernel is old when it is shown


class _Viewer:
    """A connection, what of it is being sent, and the newest frame that waits behind that."""

    def __init__(self, connection: socket.socket, head: bytes) -> None:
        self.connection = connection
        self.sending = memoryview(head)
        self.waiting: bytes | None = None
        self._last: bytes | None = None

    def give(self, frame: bytes | None) -> None:
        """Let it wait, in place of an older one; a frame that was given before is nothing new."""
        if frame is not self._last:
            self.waiting = self._last = frame

    def send(self) -> bool:
        """Send what goes without waiting; whether anything is left."""
        while self.sending or self.waiting is not None:
            if not self.sending:
                self.sending, self.waiting = memoryview(self.waiting or b""), None
            try:
                sent = self.connection.send(self.sending)
            except (BlockingIOError, InterruptedError):
                return True
            self.sending = self.sending[sent:]
        return False


class Broadcast:
    """Sends a rig's frames to all who connect to its port; a context manager.

    host, port: where it listens, 0 for any free port; `address` says which it became. fps: what
    viewers are told, frames are sent when they are pushed. continuous: each frame continues the one
    before, as `Rig.stream` says.

    No viewer can slow the sender: one that takes less than it gets is sent the newest frame when it
    is ready for one, and misses those between. What a viewer gets is a stream as
    `rigjit_clip.stream` and the Blender extension read it; the first frame is the last one pushed.

    One background thread. `push` from one thread at a time; anything else from any thread. After a
    fork the child's is closed. OSError where it cannot listen.
    """

    def __init__(
        self,
        rig: Rig,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        fps: int | float | Fraction | str = 24,
        continuous: bool = False,
    ) -> None:
        self._rig = rig
        self._continuous = continuous
        self._start: ArrayLike | None = None
        self._schema = _clip_stream_schema(rig, fps, 0)
        self._newest: bytes | None = None
        self._lock = threading.Lock()
        self._viewers: dict[socket.socket, _Viewer] = {}
        self._closing = False
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family)
        self._listener.setblocking(False)
        self.address: tuple[str, int] = self._listener.getsockname()[:2]
        self._wake, self._woken = socket.socketpair()
        for end in (self._wake, self._woken):
            end.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="rigjit.Broadcast", daemon=True)
        self._thread.start()

    @property
    def viewers(self) -> int:
        """How many are connected."""
        return len(self._viewers)

    def push(self, vec: ArrayLike) -> None:
        """Send one frame, of (vec_size,) floats, and return at once; RigError for a bad one."""
        if self._closing:
            raise ValueError("the broadcast is closed")
        frame, _, self._start = _clip_stream_frame(self._rig, vec, self._continuous, self._start)
        with self._lock:
            self._newest = bytes(frame)
        self._notify()

    def close(self) -> None:
        """Tell viewers that the stream is complete, and stop listening. Waits a second at most."""
        self._closing = True
        self._notify()
        self._thread.join()

    def __enter__(self) -> Broadcast:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        host, port = self.address
        return f"<rigjit.Broadcast of {self._rig.name!r} at {host}:{port}, {self.viewers} viewers>"

    def _notify(self) -> None:
        # A full pipe wakes the thread as well.
        with contextlib.suppress(BlockingIOError, OSError):
            self._wake.send(b"\0")

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while not self._closing:
                for key, _ in selector.select():
                    if key.fileobj is self._listener:
                        self._accept(selector)
                    elif key.fileobj is self._woken:
                        self._spread(selector)
                    else:
                        self._serve(selector, key.data)
            self._part(selector)
        for end in (self._listener, self._wake, self._woken):
            end.close()

    def _accept(self, selector: selectors.BaseSelector) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:  # gone before it was greeted, or no descriptor left
            return
        connection.setblocking(False)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BUFFER)
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        viewer = _Viewer(connection, self._schema)
        with self._lock:
            viewer.give(self._newest)
        self._viewers[connection] = viewer
        selector.register(connection, selectors.EVENT_READ | selectors.EVENT_WRITE, viewer)

    def _spread(self, selector: selectors.BaseSelector) -> None:
        """The newest frame to every viewer."""
        with contextlib.suppress(BlockingIOError):
            while self._woken.recv(4096):
                pass
        with self._lock:
            newest = self._newest
        for viewer in list(self._viewers.values()):
            viewer.give(newest)
            self._serve(selector, viewer)

    def _serve(self, selector: selectors.BaseSelector, viewer: _Viewer) -> None:
        try:
            # Viewers say nothing: what can be read is their end.
            with contextlib.suppress(BlockingIOError):
                if not viewer.connection.recv(4096):
                    raise ConnectionResetError
            events = selectors.EVENT_READ
            if viewer.send():
                events |= selectors.EVENT_WRITE
            selector.modify(viewer.connection, events, viewer)
        except OSError:
            selector.unregister(viewer.connection)
            del self._viewers[viewer.connection]
            viewer.connection.close()

    def _part(self, selector: selectors.BaseSelector) -> None:
        """What was pushed last and the end of the stream, to those who take it in time."""
        self._spread(selector)
        until = time.monotonic() + _FAREWELL
        for viewer in self._viewers.values():
            rest = bytes(viewer.sending) + (viewer.waiting or b"") + _END
            with contextlib.suppress(OSError):
                viewer.connection.settimeout(max(0.001, until - time.monotonic()))
                viewer.connection.sendall(rest)
            viewer.connection.close()
        self._viewers.clear()


Broadcast.__module__ = "rigjit"
