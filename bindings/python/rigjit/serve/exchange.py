"""One request and its answer."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

from rigjit.serve.body import Memory, check_length, drain, read_rest
from rigjit.serve.problems import MEDIA_TYPE, Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]

_SLICE = 1 << 18  # bytes of a large answer that are handed over at once


class Exchange:
    """What a route works with. `status` is 0 until the answer has begun."""

    __slots__ = (
        "_held",
        "_max_body",
        "_memory",
        "etag",
        "headers",
        "max_frames",
        "receive",
        "rig",
        "route",
        "scope",
        "send",
        "started",
        "status",
        "timed",
    )

    def __init__(
        self,
        scope: Any,
        receive: Receive,
        send: Send,
        memory: Memory,
        limits: tuple[int, int],
    ) -> None:
        self.scope = scope
        self.receive = receive
        self.send = send
        self.headers: dict[bytes, bytes] = {}
        self.started = perf_counter()
        self.status = 0
        self.rig = ""  # labels of the metrics: names that are served
        self.route = "other"
        self.etag = b""
        self.timed = True  # whether it is over when it is answered: no stream
        self._max_body, self.max_frames = limits
        self._memory = memory
        self._held = 0

    async def body(self) -> bytes:
        """The request's body; Problem 413 or 503 beyond the limits, Disconnected if it is cut."""
        headers = self.headers
        check_length(headers.get(b"content-length"), self._max_body)
        first = await self.receive()
        if first["type"] == "http.request" and not first.get("more_body", False):
            body: bytes = first.get("body", b"")
            if len(body) <= self._max_body:
                return body
        return await read_rest(first, self.receive, self._max_body, self.hold)

    def hold(self, size: int) -> None:
        """Count memory that lives until the answer is sent."""
        self._memory.take(size)
        self._held += size

    def release(self) -> None:
        """The end."""
        if self._held:
            self._memory.give(self._held)
            self._held = 0

    async def answer(
        self,
        body: Any,
        media_type: bytes,
        extra: Iterable[tuple[bytes, bytes]] = (),
        status: int = 200,
    ) -> None:
        """Send all of it."""
        size = len(body)
        headers = [
            (b"content-type", media_type),
            (b"content-length", b"%d" % size),
            (b"etag", self.etag),
            *extra,
        ]
        if not self.etag:
            del headers[2]
        if type(body) is memoryview and "rigjit.connection" not in (
            self.scope.get("extensions") or ()
        ):
            body = bytes(body)  # another server may keep it, or know bytes alone
        self.status = status
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        begin = 0
        while size - begin > _SLICE:
            part = body[begin : begin + _SLICE]
            await self.send({"type": "http.response.body", "body": part, "more_body": True})
            begin += _SLICE
        rest = body[begin:] if begin else body
        await self.send({"type": "http.response.body", "body": rest})

    async def no_content(self) -> None:
        """204."""
        self.status = 204
        headers = [(b"etag", self.etag)] if self.etag else []
        await self.send({"type": "http.response.start", "status": 204, "headers": headers})
        await self.send({"type": "http.response.body", "body": b""})

    async def refuse(self, problem: Problem) -> None:
        """Send a problem document."""
        if self.status:
            raise problem  # half of an answer has gone; the connection has to end
        self.status = problem.status
        body = problem.body()
        headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", b"%d" % len(body)),
            *((name.encode(), value.encode("latin-1")) for name, value in problem.headers),
        ]
        if self.etag:
            headers.append((b"etag", self.etag))
        if problem.close:
            headers.append((b"connection", b"close"))
        await self.send(
            {"type": "http.response.start", "status": problem.status, "headers": headers}
        )
        if problem.close:
            await self.send({"type": "http.response.body", "body": body, "more_body": True})
            await drain(self.receive)
            body = b""
        await self.send({"type": "http.response.body", "body": body})

    def check_match(self) -> None:
        """Problem 412 where If-Match names another rig."""
        wanted = self.headers.get(b"if-match")
        if wanted is None or wanted == self.etag or wanted.strip() == b"*":
            return
        if self.etag not in [tag.strip() for tag in wanted.split(b",")]:
            raise Problem(
                412, f"If-Match names another rig; this one has the hash {self.etag.decode()}"
            )
