"""The rigs that a server has: loaded together, looked at each second, swapped whole."""

from __future__ import annotations

import io
import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import rigjit
from rigjit.serve.problems import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rigjit import Rig

logger = logging.getLogger("rigjit.serve")

_Signature = tuple[tuple[str, int, int, int, int] | tuple[str, str], ...]


@dataclass(frozen=True)
class Loaded:
    """A rig as it is served, and what is made of it once. Immutable; any thread may use it."""

    rig: Rig
    files: tuple[str, ...]  # the spec and its bases
    etag: bytes
    live_head: bytes  # what every live stream of it begins with
    pose_size: int  # bytes of one frame's largest form, about

    @classmethod
    def of(cls, rig: Rig) -> Loaded:
        files = tuple(os.fsdecode(path) for path, _ in rig.__reduce__()[1][1])
        head = io.BytesIO()
        rig.clip_stream(head)
        rig.vec_to_values(rig.rest_vec)  # compiles the program now, not in the first request
        size = max(rig.msgpack_size, 4 * len(rig.channels))
        return cls(rig, files, b'"%s"' % rig.hash.encode(), head.getvalue(), size)


class ServedRig:
    """A name, and the newest good rig of its spec."""

    def __init__(self, name: str, path: str, rig: Rig) -> None:
        self.name = name
        self.path = path
        self.problem = ""  # why the spec as it is now is not what is served
        self.loaded = Loaded.of(rig)
        self._signature: _Signature = ()  # what was written while it was loaded is found out

    @property
    def rig(self) -> Rig:
        return self.loaded.rig

    def changed(self) -> Loaded | None:
        """The rig of a spec that has changed since it was looked at, if it is good and another.

        Blocks while it compiles; of one thread at a time. What is wrong is in `problem`, and in the
        log once.
        """
        signature = _signature(dict.fromkeys([self.path, *self.loaded.files]))
        if signature == self._signature:
            return None
        try:
            loaded = Loaded.of(rigjit.load(self.path))
        except (ValueError, OSError, MemoryError) as error:
            self._signature = signature
            self._report(error)
            return None
        # Of the files that were there before it was read: a write meanwhile is seen the next time.
        self._signature = signature
        if loaded.files != self.loaded.files:
            self._signature = _signature(dict.fromkeys([self.path, *loaded.files]))
        if self.problem:
            self.problem = ""
            logger.warning("rig %s: %s is good again", self.name, self.path)
        return None if loaded.rig.__reduce__()[1] == self.rig.__reduce__()[1] else loaded

    def _report(self, error: BaseException) -> None:
        problem = shorten(str(error)) or type(error).__name__
        if self.path not in problem:
            problem = f"{self.path}: {problem}"
        if problem != self.problem:
            self.problem = problem
            logger.error("rig %s goes on as it was: %s", self.name, problem)


def load_all(paths: dict[str, str]) -> dict[str, ServedRig]:
    """Every rig, compiled in parallel; RigError with the mistakes of all specs."""
    rigs = rigjit.warm(list(paths.values()), programs=["values", "vector"])
    return {
        name: ServedRig(name, path, rig)
        for (name, path), rig in zip(paths.items(), rigs, strict=True)
    }


def _signature(paths: Iterable[str]) -> _Signature:
    """What changes when a file does: a change that keeps all of it is none that a save makes."""
    found: list[tuple[str, int, int, int, int] | tuple[str, str]] = []
    for path in paths:
        try:
            status = os.stat(path)
        except OSError as error:
            found.append((path, type(error).__name__))
            continue
        found.append((path, status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino))
    return tuple(found)
