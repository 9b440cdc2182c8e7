"""The body of a request, read whole, within the server's limits."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from rigjit.serve.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_DRAIN_SECONDS = 2.0


class DisconnectedError(Exception):
    """The client has gone; nobody is there to be answered."""


class Memory:
    """Bytes that all requests together may hold: bodies and answers that are large."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    def take(self, size: int) -> None:
        """Problem 503 where the others have left too little."""
        if size > self._left:
            raise Problem(
                503,
                "the server has too much to do at once",
                headers=[("retry-after", "1")],
                close=True,
            )
        self._left -= size

    def give(self, size: int) -> None:
        """Back."""
        self._left += size


async def read_rest(
    first: dict[str, Any],
    receive: Callable[[], Awaitable[Any]],
    max_body: int,
    hold: Callable[[int], None],
) -> bytes:
    """The body whose first message was `first`; hold: told of every byte that is kept."""
    chunks = []
    size = 0
    message = first
    while True:
        if message["type"] == "http.disconnect":
            raise DisconnectedError
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > max_body:
            raise too_large(max_body)
        hold(len(chunk))
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)
        message = await receive()


def check_length(length: bytes | None, max_body: int) -> None:
    """Problem 413 where Content-Length says that the body is too large."""
    if length is not None and length.isdigit() and int(length[:20]) > max_body:
        raise too_large(max_body)


def too_large(max_body: int) -> Problem:
    """The answer to a body beyond the limit."""
    return Problem(413, f"a body may have {max_body} bytes; send it in parts", close=True)


async def drain(receive: Callable[[], Awaitable[Any]]) -> None:
    """Take what a refused client still sends, for a while: one that is cut off sees no answer."""

    async def to_the_end() -> None:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect" or not message.get("more_body", False):
                return

    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(to_the_end(), _DRAIN_SECONDS)
