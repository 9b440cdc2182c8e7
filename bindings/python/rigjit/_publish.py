"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import sys
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STDOUT = "/dev/stdout"

# Descriptors by name: what stands behind them is written to, and never replaced.
_OPEN_FILE = re.compile(r"/dev/(stdin|stdout|stderr|fd/\d+)|/proc/(self|\d+)/fd/\d+")


def publish(path: str | os.PathLike[str], data: bytes | Iterable[bytes | memoryview]) -> None:
    """Write a file in place of what is there: complete, on the disk, and with its mode.

    data: bytes, or parts of them that are written as they come; they may read what is replaced,
    and what they raise is raised. A link is followed; what is no regular file (a device, a pipe)
    and what is open already (/dev/stdout, a file that standard output goes to) is written to.
    OSError with `path` where it cannot be; then what was there is there still, and nothing else.
    """
    name = os.fspath(path)
    parts = [data] if isinstance(data, bytes) else data
    if is_stdout(name):
        if sys.stdout is not None:
            sys.stdout.flush()
        _write(1, parts, "<stdout>")
        return
    if is_never_replaced(name):
        with _named(name):
            handle = os.open(name, os.O_WRONLY)
        try:
            _write(handle, parts, name)
        finally:
            os.close(handle)
        return
    _replace(name, parts)


def is_stdout(path: str | os.PathLike[str]) -> bool:
    """Whether what is written there comes out of standard output."""
    name = os.fspath(path)
    if name in (STDOUT, "/dev/fd/1", "/proc/self/fd/1"):
        return True
    try:
        found = os.stat(name)
        return stat.S_ISREG(found.st_mode) and os.path.samestat(found, os.fstat(1))
    except OSError:
        return False


def is_never_replaced(path: str | os.PathLike[str]) -> bool:
    """Whether it is no regular file, or open already, and so says nothing of where it stands."""
    name = os.fspath(path)
    with _named(name):
        return is_stdout(name) or bool(_OPEN_FILE.fullmatch(name)) or _mode(name) is None


def check_place(path: str | os.PathLike[str]) -> None:
    """OSError where no file can be for want of a directory, or since it is one."""
    name = os.fspath(path)
    with _named(name):
        if os.path.isdir(name):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not is_never_replaced(name):
            os.stat(os.path.dirname(os.path.realpath(name)))


def _replace(name: str, parts: Iterable[bytes | memoryview]) -> None:
    target = os.path.realpath(name)
    with _named(name):
        handle, new = tempfile.mkstemp(prefix=".rigjit-", dir=os.path.dirname(target))
    try:
        try:
            _write(handle, parts, name)
            with _named(name):
                os.fsync(handle)
        finally:
            with _named(name):
                os.close(handle)
        with _named(name):
            os.chmod(new, _mode(target) or 0)
            os.replace(new, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(new)
        raise


def _write(handle: int, parts: Iterable[bytes | memoryview], name: str) -> None:
    for part in parts:
        left = memoryview(part).cast("B")
        with _named(name):
            while left:
                left = left[os.write(handle, left) :]


@contextlib.contextmanager
def _named(name: str) -> Iterator[None]:
    """Errors name the file that the caller knows, no temporary one and no link's target."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), name) from None


def _mode(path: str) -> int | None:
    """Of a file, or of a new one where none is; None for what is no regular file."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask
    return mode & 0o777 if stat.S_ISREG(mode) else None
