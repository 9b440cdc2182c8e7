"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def publish(path: str | os.PathLike[str], data: bytes | Iterable[bytes | memoryview]) -> None:
    """Write a file in place of what is there: complete, on the disk, and with its mode.

    data: bytes, or parts of them that are written as they come; they may read what is replaced,
    and what they raise is raised. A link is followed; a device or pipe is written to. OSError where
    it cannot be; then what was there is there still, and nothing else.
    """
    parts = [data] if isinstance(data, bytes) else data
    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        with open(target, "wb") as device:
            device.writelines(parts)
        return
    handle, new = tempfile.mkstemp(prefix=".rigjit-", dir=os.path.dirname(target))
    try:
        with open(handle, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(new, _mode(target))
        os.replace(new, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(new)
        raise


def _mode(path: str) -> int:
    try:
        return os.stat(path).st_mode & 0o777
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask
