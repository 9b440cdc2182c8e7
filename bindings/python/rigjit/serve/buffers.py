"""Memory for answers that is used again: fresh memory costs more than a conversion."""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

_SMALLEST = 1 << 12  # bytes
_KEPT = 64 << 20  # bytes that lie idle, at most


class BufferPool:
    """Buffers by size; one is free again when nobody holds a view of it. Of one thread."""

    def __init__(self) -> None:
        self._free: dict[int, list[NDArray[np.uint8]]] = {}
        self._kept = 0

    def take(self, size: int) -> NDArray[np.uint8]:
        """`size` bytes of any content, the caller's for as long as a view of them lives."""
        room = max(_SMALLEST, 1 << (size - 1).bit_length()) if size else _SMALLEST
        buffers = self._free.setdefault(room, [])
        for place in range(len(buffers)):
            # The list's reference and getrefcount's: no view is left, in no transport either.
            if sys.getrefcount(buffers[place]) == 2:
                return buffers[place][:size]
        buffer = np.empty(room, np.uint8)
        if self._kept + room <= _KEPT:
            self._kept += room
            buffers.append(buffer)
        return buffer[:size]
