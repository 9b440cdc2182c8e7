"""Clips, frames over a socket or pipe, and files of vectors.

A clip holds the values of every frame of a rig, a vector file its vectors; both are safetensors
files. `rig.clip(vecs)` gives a whole clip as bytes; `rigjit_clip`, which needs nothing but Python,
reads clips and streams.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Literal, SupportsIndex, overload

from rigjit._rigjit import (
    ClipWriter,
    _clip_stream_frame,
    _clip_stream_frames,
    _clip_stream_schema,
    load_vectors,
    save_vectors,
)

if TYPE_CHECKING:
    from fractions import Fraction
    from types import TracebackType

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from rigjit._rigjit import Rig

__all__ = ["ClipStreamWriter", "ClipWriter", "load_vectors", "save_vectors"]

_END = bytes(4)  # a frame of no bytes


class ClipStreamWriter:
    """Sends the names of a rig's channels once, then frames; a context manager.

    `file` is a socket, or any object whose `write` takes bytes: a pipe, a binary file, what
    `socket.makefile("wb")` gives. Every call sends its frames at once (`flush` is called where
    there is one) and blocks until they are taken. `close` tells the reader that the stream is
    complete; it leaves the file open. After an error of `file` the stream is closed, and for its
    reader cut. `rigjit_clip.stream` reads it. One thread at a time.

    continuous: each frame continues the one that was sent before, as `Rig.stream` says; start: the
    values, one a channel, that the first one continues from.
    """

    def __init__(
        self,
        file: Any,
        rig: Rig,
        *,
        fps: int | float | Fraction | str = 24,
        start_frame: SupportsIndex | float | np.floating[Any] = 0,
        continuous: bool = False,
        start: ArrayLike | None = None,
    ) -> None:
        if start is not None and not continuous:
            raise ValueError("start goes with continuous=True")
        if not any(hasattr(file, name) for name in ("write", "sendall")):
            raise TypeError(f"file must be a socket or have a write method, not {file!r}")
        if continuous:
            rig.stream(start)  # a start that is none is an error now
        self._file = file
        self._rig = rig
        self._continuous = continuous
        self._start = start
        self.closed = False
        self._send(_clip_stream_schema(rig, fps, start_frame))

    def write(self, vec: ArrayLike) -> None:
        """Send one frame, of (vec_size,) floats; RigError, and nothing sent, for a bad one."""
        frame, _, start = _clip_stream_frame(self._rig, vec, self._continuous, self._start)
        self._send(frame)
        self._start = start

    @overload
    def write_batch(self, vecs: ArrayLike, errors: Literal["raise"] = "raise") -> None: ...
    @overload
    def write_batch(self, vecs: ArrayLike, errors: Literal["mask"]) -> NDArray[np.bool_]: ...
    def write_batch(self, vecs: ArrayLike, errors: str = "raise") -> NDArray[np.bool_] | None:
        """Send (n, vec_size) floats as n frames.

        A bad frame is an error, and none of them is sent; with errors="mask" all are, bad ones as
        zeros, and the mask is returned.
        """
        frames, mask, start = _clip_stream_frames(
            self._rig, vecs, errors, self._continuous, self._start
        )
        self._send(frames)
        self._start = start
        return mask

    def close(self) -> None:
        """Send the end of the stream. A second call does nothing."""
        if not self.closed:
            self._send(_END)
            self.closed = True

    def __enter__(self) -> ClipStreamWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # A reader that is gone must not hide why: what failed is raised already.
        if kind is None:
            self.close()

    def _send(self, data: bytes) -> None:
        if self.closed:
            raise ValueError("the stream is closed")
        try:
            self._transmit(data)
        except BaseException:
            # Part of a frame may be under way: what came next would be read as the rest of it.
            self.closed = True
            raise

    def _transmit(self, data: bytes) -> None:
        if hasattr(self._file, "sendall"):
            self._file.sendall(data)
            return
        rest = memoryview(data)
        while rest:
            taken = self._file.write(rest)
            if taken is None:
                if isinstance(self._file, io.RawIOBase):
                    raise BlockingIOError("the stream takes nothing now; make it blocking")
                break  # an object that does not count takes all
            rest = rest[taken:]
        if hasattr(self._file, "flush"):
            self._file.flush()
