"""A model's file: its size, and its bytes in parts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_PART = 1 << 22  # bytes


class MalformedError(ValueError):
    """What is wrong with a file, without its name."""


def size_of(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)


def read_at(file: BinaryIO, place: int, size: int) -> bytes:
    """These bytes; MalformedError where the file has fewer."""
    file.seek(place)
    found = file.read(size)
    if len(found) != size:
        raise MalformedError("it ends too early")
    return found


def parts(file: BinaryIO, begin: int, end: int) -> Iterator[bytes]:
    """The bytes from begin to end, a few MB at a time."""
    for place in range(begin, end, _PART):
        yield read_at(file, place, min(_PART, end - place))
