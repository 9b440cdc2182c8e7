"""Damage for the cache's tests."""

from __future__ import annotations

from pathlib import Path


def damage_code(directory: str) -> int:
    """Flip the last byte of every code file; how many there were."""
    damaged = 0
    for path in Path(directory).iterdir():
        if path.is_file():
            data = bytearray(path.read_bytes())
            data[-1] ^= 1
            path.write_bytes(data)
            damaged += 1
    return damaged
