"""Writes a rig's code as files: rig.emit."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = ("object", "assembly", "ir", "header")


def words(value: str | Iterable[str], what: str) -> list[str]:
    names = [value] if isinstance(value, str) else list(value)
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"{what} must be names, not {type(name).__name__}")
    return names


def write(path: Path, content: bytes) -> None:
    """Under its name whole, or not at all."""
    descriptor, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def emit(
    rig: Any,
    directory: str | os.PathLike[str],
    kinds: str | Iterable[str],
    target: str | None,
    prefix: str | None,
    programs: str | Iterable[str] | None,
) -> list[str]:
    chosen = [] if programs is None else words(programs, "programs")
    files = rig._emit(words(kinds, "kinds"), target, prefix, chosen)
    folder = Path(os.fsdecode(directory))
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files:
        write(folder / name, content)
    return [str(folder / name) for name, _ in files]
