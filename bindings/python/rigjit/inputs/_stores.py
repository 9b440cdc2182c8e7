"""Files of stores that fsspec knows: s3://bucket/clips, memory://a, zip://a.npy::file.zip."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from typing import TYPE_CHECKING, Any

from rigjit._errors import RigError
from rigjit._rigjit import Error

if TYPE_CHECKING:
    from collections.abc import Iterator

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(::|://)")


def is_url(text: str) -> bool:
    """Whether fsspec opens it."""
    return _URL.match(text) is not None


def url_filesystem(url: str) -> tuple[Any, str]:
    """fsspec's file system of a URL, and the path in it."""
    try:
        import fsspec
    except ImportError:
        raise RigError(
            [Error("no-fsspec", "URLs need fsspec: pip install 'rigjit[dataset]'", file=url)]
        ) from None
    try:
        filesystem, path = fsspec.url_to_fs(url)
    except (ImportError, ValueError) as error:  # s3fs is missing; no such scheme
        raise RigError([Error("unknown-url", str(error), file=url)]) from None
    return filesystem, path


@contextlib.contextmanager
def store_errors() -> Iterator[None]:
    """What a store raises, which may be anything, as an OSError."""
    try:
        yield
    except (OSError, RigError):
        raise
    except Exception as error:
        raise OSError(f"{type(error).__name__}: {error}") from error


@contextlib.contextmanager
def local_copy(path: str) -> Iterator[str]:
    """A local file's own path; for a URL that of a file with its bytes, which goes afterwards."""
    if not is_url(path):
        yield path
        return
    filesystem, place = url_filesystem(path)
    handle, name = tempfile.mkstemp(prefix="rigjit-", suffix=os.path.splitext(place)[1])
    try:
        os.close(handle)
        with store_errors():
            filesystem.get_file(place, name)
        yield name
    finally:
        os.unlink(name)


def first_bytes(path: str, count: int) -> bytes:
    """Of a file or URL; none where they cannot be read: whoever opens it tells why."""
    try:
        if not is_url(path):
            if not os.path.isfile(path):  # a pipe would wait
                return b""
            with open(path, "rb") as file:
                return file.read(count)
        filesystem, place = url_filesystem(path)
        with store_errors(), filesystem.open(place, "rb") as file:
            found: bytes = file.read(count)
            return found
    except (OSError, RigError):
        return b""
