"""Which files somebody means by files, directories, globs and URLs."""

from __future__ import annotations

import glob
import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from rigjit._errors import RigError
from rigjit._rigjit import Error
from rigjit.inputs._stores import is_url, store_errors, url_filesystem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# What is taken from a directory; a file that is named is taken whatever it is called.
EXTENSIONS = (".clip", ".json", ".jsonl", ".msgpack", ".npy", ".parquet", ".safetensors")

_WILD = re.compile(r"[*?\[]")


class InputPath(NamedTuple):
    """A file, and what it is called in a data set.

    path: what opens it, a path or URL; bytes that are no UTF-8 are in it as os.fsdecode has them.
    name: the path relative to where it was named (a directory, the part of a glob before its first
    wildcard, a file's own directory), without extension, "/" between its parts; always text that
    is UTF-8, bytes that are none as \\xff.
    """

    path: str
    name: str


def expand(arguments: Sequence[str | os.PathLike[str]]) -> list[InputPath]:
    """The files that are meant, each once, by name in the order of its bytes, then by path.

    A directory stands for all files below it with an extension of EXTENSIONS, but for those that
    begin with a dot; a glob (`*`, `?`, `[…]`, `**`) for what it matches. RigError, with all of
    them, for arguments that are nothing ("no-input") and stores that cannot be asked
    ("unreadable-file").
    """
    found: dict[str, InputPath] = {}
    errors = []
    for argument in arguments:
        text = os.fspath(argument)
        try:
            with store_errors():
                files = list(_remote(text) if is_url(text) else _local(text))
        except OSError as error:
            message = error.strerror or str(error)
            errors.append(Error("unreadable-file", message, file=_printable(text)))
            continue
        for path, base in files:
            key = path if is_url(path) else os.path.abspath(path)
            found.setdefault(key, InputPath(path, _name(path, base)))
        if not files:
            errors.append(_nothing(text))
    if errors:
        raise RigError(errors)
    return sorted(found.values(), key=lambda each: (each.name.encode(), os.fsencode(each.path)))


def _nothing(text: str) -> Error:
    if not is_url(text) and os.path.isdir(text):
        message = f"no file below it has an extension that is read: {', '.join(EXTENSIONS)}"
    elif _WILD.search(text):
        message = "no file matches it"
    else:
        message = "there is no such file or directory"
    return Error("no-input", message, file=_printable(text))


def _local(text: str) -> Iterator[tuple[str, str]]:
    """(path, what its name is relative to) of each file."""
    if os.path.isdir(text):
        yield from ((path, text) for path in _walk(text))
    elif os.path.exists(text):
        yield text, os.path.dirname(text)
    elif wild := _WILD.search(text):
        base = os.path.dirname(text[: wild.start()])
        for path in glob.iglob(text, recursive=True):
            if os.path.isfile(path):
                yield path, base


def _walk(directory: str) -> Iterator[str]:
    for folder, folders, files in os.walk(directory):
        folders[:] = [each for each in folders if not each.startswith(".")]
        for each in files:
            if _is_taken(each):
                yield os.path.join(folder, each)


def _is_taken(name: str) -> bool:
    return not name.startswith(".") and name.lower().endswith(EXTENSIONS)


def _remote(url: str) -> Iterator[tuple[str, str]]:
    """The same of a URL."""
    filesystem, path = url_filesystem(url)
    if filesystem.isdir(path):
        for each in filesystem.find(path):
            if _is_taken(each.rpartition("/")[2]):
                yield _url_of(url, filesystem, each), _url_of(url, filesystem, path)
    elif filesystem.isfile(path):
        yield url, url.rpartition("/")[0]
    elif wild := _WILD.search(path):
        base = _url_of(url, filesystem, path[: wild.start()].rpartition("/")[0])
        for each in filesystem.glob(path):
            if filesystem.isfile(each):
                yield _url_of(url, filesystem, each), base


def _url_of(url: str, filesystem: Any, path: str) -> str:
    """The URL of another path of the same store; of a chain (zip://…::…) its first link."""
    first, separator, rest = url.partition("::")
    if separator and "://" in first:
        scheme = first.partition("://")[0]
        return f"{scheme}://{path.lstrip('/')}::{rest}"
    return str(filesystem.unstrip_protocol(path))


def _name(path: str, base: str) -> str:
    if base and path.startswith(base):
        path = path[len(base) :]
    elif not base and not is_url(path):
        path = os.path.normpath(path)
    path = path.lstrip("/")
    folder, slash, last = path.rpartition("/")
    stem = os.path.splitext(last.partition("::")[0])[0]
    return _printable(f"{folder}{slash}{stem}")


def _printable(text: str) -> str:
    return os.fsencode(text).decode("utf-8", "backslashreplace")
