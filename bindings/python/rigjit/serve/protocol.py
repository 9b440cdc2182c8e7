"""uvicorn's HTTP connection, with bounds where it has none.

uvicorn waits for ever for a request that does not come, for the rest of a head and of a body, and
for a client that does not read; it takes a head of any size, and answers what is no HTTP in plain
text. It is the one part of uvicorn that is derived from, so that uvicorn's range is pinned.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from rigjit.serve.problems import MEDIA_TYPE, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

logger = logging.getLogger("rigjit.serve")

MAX_HEAD = 32 << 10  # bytes
HEAD_SECONDS = 10.0  # for a whole head, from the first byte of the connection or of the head
BODY_SECONDS = 10.0  # in which at least _BODY_BYTES have to come
_BODY_BYTES = 10 << 10
WRITE_SECONDS = 30.0  # in which a client that has much to read takes some of it
_SWEEP_SECONDS = 0.5
_IDLE, _HEAD, _BODY = range(3)  # what of a request comes next


class BoundedProtocol(HttpToolsProtocol):
    """A connection that ends when its peer gives too little or too much."""

    max_connections = 0  # of a server; 0: no limit

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on_shutdown: Callable[[], None] | None = None
        self._state = _IDLE
        self._messages = 0  # that have come whole
        self._head_bytes = 0
        self._body_bytes = 0
        self._since: float | None = None  # that something has been waited for
        self._write_since: float | None = None
        self._refused = False
        self._extensions = {"rigjit.connection": self}

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._since = self.loop.time()
        if not hasattr(self.server_state, "rigjit_sweep"):
            self.server_state.rigjit_sweep = True  # type: ignore[attr-defined]
            self.loop.call_later(_SWEEP_SECONDS, _sweep, self.server_state, self.loop)
        if self.max_connections and len(self.connections) > self.max_connections:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self._since = self._write_since = None
        super().connection_lost(exc)
        self._extensions = {}  # a circle

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        state, messages = self._state, self._messages
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # Nothing is upgraded to: the request is answered as it is, and is the last.
            self._refused = True
            if self.cycle is not None:
                self.cycle.keep_alive = False
        except httptools.HttpParserError:
            if self._size_of_head() > MAX_HEAD:
                self._refuse_head()
            else:
                self.send_400_response("what came is no HTTP request")
            return
        if self._state != _IDLE and self._since is None:
            self._since = self.loop.time()
        if self._state == _HEAD:
            # What came before it in the same bytes is not counted.
            self._head_bytes += len(data) if state != _BODY and messages == self._messages else 0
            if self._head_bytes > MAX_HEAD:
                self._refuse_head()
        elif state != _BODY and len(data) > MAX_HEAD and self._size_of_head() > MAX_HEAD:
            self._refuse_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._state = _HEAD
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        self._state = _BODY
        self._body_bytes = 0
        self._since = None
        self.scope["extensions"] = self._extensions  # type: ignore[typeddict-item]
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._state = _IDLE
        self._messages += 1
        self._since = None
        super().on_message_complete()

    def pause_writing(self) -> None:
        self._write_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._write_since = None
        super().resume_writing()

    def shutdown(self) -> None:
        super().shutdown()
        if self.on_shutdown is not None:
            self.on_shutdown()

    def send_400_response(self, msg: str) -> None:
        self._refuse(Problem(400, msg))

    def sweep(self, now: float) -> None:
        """End the connection if it has been waited for too long."""
        if self._write_since is not None and now - self._write_since > WRITE_SECONDS:
            self.transport.abort()
        elif self._since is None:
            return
        elif self._state == _BODY:
            if now - self._since > BODY_SECONDS:
                self._check_pace(now)
        elif now - self._since > HEAD_SECONDS:
            if self._state == _HEAD:
                self._refuse(Problem(408, f"the head took more than {HEAD_SECONDS:g} s"))
            else:
                self.transport.close()

    def is_idle(self) -> bool:
        """Whether no request is under way."""
        return self.cycle is None or self.cycle.response_complete

    def _check_pace(self, now: float) -> None:
        if self._body_bytes >= _BODY_BYTES or self.flow.read_paused:
            self._since = now
            self._body_bytes = 0
        else:
            self._refuse(Problem(408, "the body came too slowly, or not at all"))

    def _refuse_head(self) -> None:
        self._refuse(Problem(431, f"the head of a request may have {MAX_HEAD} bytes"))

    def _size_of_head(self) -> int:
        if self.headers is None:  # none has begun
            return 0
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _refuse(self, problem: Problem) -> None:
        """Answer here, without the app, where nothing has been answered, and hang up."""
        self._refused = True
        self._since = None
        cycle = self.cycle
        under_way = cycle is not None and not cycle.response_complete
        logger.info("%s: %s", self.client, problem.detail)
        if not (under_way and cycle.response_started) and not self.transport.is_closing():
            self.transport.write(_raw_answer(problem))
        self.transport.close()
        if under_way:
            cycle.disconnected = True
            cycle.message_event.set()
        # A peer that does not read must not keep what was written to it.
        self._write_since = self.loop.time()

    def _make_room(self) -> None:
        """Hang up on those who have been silent longest; the newest stays."""
        others: Iterable[Any] = self.connections
        idle = [each for each in others if each is not self and each.is_idle()]
        idle.sort(key=lambda each: each._since or 0.0)
        for each in idle[: max(1, self.max_connections // 10)]:
            each.transport.abort()


def _sweep(server_state: Any, loop: Any) -> None:
    now = loop.time()
    for connection in list(server_state.connections):
        connection.sweep(now)
    loop.call_later(_SWEEP_SECONDS, _sweep, server_state, loop)


def _raw_answer(problem: Problem) -> bytes:
    body = problem.body()
    head = f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    return STATUS_LINE[problem.status] + head.encode() + body
