"""Which files somebody means by files, directories, globs and URLs."""

from __future__ import annotations

import glob
import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from rigjit._errors import RigError
from rigjit._rigjit import Error
from rigjit.inputs._datasets import without_others
from rigjit.inputs._stores import is_url, store_errors, url_filesystem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# What is taken from a directory; a file that is named is taken whatever it is called.
EXTENSIONS = (
    ".arrow",
    ".clip",
    ".json",
    ".jsonl",
    ".msgpack",
    ".npy",
    ".parquet",
    ".safetensors",
)

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


class _Meant(NamedTuple):
    """Of one argument: paths or URLs, what their names are relative to, whether it is a file."""

    paths: list[str]
    base: str
    is_file: bool = False


def expand(
    arguments: Sequence[str | os.PathLike[str]],
    *,
    leave_out: Callable[[str], bool] = lambda path: False,
) -> list[InputPath]:
    """The files that are meant, each once, by name in the order of its bytes, then by path.

    A directory stands for all files below it with an extension of EXTENSIONS, but for those
    that begin with a dot; a glob (`*`, `?`, `[…]`, `**`) for what it matches, directories too;
    of a data set both mean the shards. leave_out: whether a path that they have is not meant.
    RigError, with all of them, for arguments that are nothing ("no-input") and stores that
    cannot be asked ("unreadable-file").
    """
    found: dict[str, InputPath] = {}
    errors = []
    for argument in arguments:
        text = os.fspath(argument)
        try:
            with store_errors():
                paths, base, is_file = _remote(text) if is_url(text) else _local(text)
        except OSError as error:
            message = error.strerror or str(error)
            errors.append(Error("unreadable-file", message, file=printable(text)))
            continue
        if not is_file:
            paths = [path for path in without_others(paths) if not leave_out(path)]
        for path in paths:
            key = path if is_url(path) else os.path.abspath(path)
            found.setdefault(key, InputPath(path, _name(path, base)))
        if not paths:
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
    return Error("no-input", message, file=printable(text))


def _local(text: str) -> _Meant:
    if os.path.isdir(text):
        return _Meant(list(_walk(text)), text)
    if os.path.exists(text):
        return _Meant([text], os.path.dirname(text), True)
    if wild := _WILD.search(text):
        paths: list[str] = []
        for path in glob.iglob(text, recursive=True):
            paths += _walk(path) if os.path.isdir(path) else [path]
        return _Meant(paths, os.path.dirname(text[: wild.start()]))
    return _Meant([], "")


def _walk(directory: str) -> Iterator[str]:
    """Each folder once, those that links lead to after those that lie there themselves."""
    seen = set()
    waiting = [directory]
    while waiting:
        for folder, folders, files in os.walk(waiting.pop(0)):
            facts = os.stat(folder)
            if (facts.st_dev, facts.st_ino) in seen:
                folders.clear()
                continue
            seen.add((facts.st_dev, facts.st_ino))
            folders[:] = sorted(each for each in folders if not each.startswith("."))
            below = (os.path.join(folder, each) for each in folders)
            waiting += (path for path in below if os.path.islink(path))
            yield from (os.path.join(folder, each) for each in files if _is_taken(each))


def _is_taken(name: str) -> bool:
    return not name.startswith(".") and name.lower().endswith(EXTENSIONS)


def _remote(url: str) -> _Meant:
    filesystem, path = url_filesystem(url)
    if filesystem.isdir(path):
        urls = [_url_of(url, filesystem, each) for each in _below(filesystem, path)]
        return _Meant(urls, _url_of(url, filesystem, path))
    if filesystem.isfile(path):
        return _Meant([url], url.rpartition("/")[0], True)
    if wild := _WILD.search(path):
        matching: list[str] = []
        for each in filesystem.glob(path):
            matching += [each] if filesystem.isfile(each) else _below(filesystem, each)
        urls = [_url_of(url, filesystem, each) for each in matching]
        return _Meant(urls, _url_of(url, filesystem, path[: wild.start()].rpartition("/")[0]))
    return _Meant([], "")


def _below(filesystem: Any, path: str) -> list[str]:
    return [each for each in filesystem.find(path) if _is_taken(each.rpartition("/")[2])]


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
    return printable(f"{folder}{slash}{stem}")


def printable(path: str) -> str:
    """Text that is UTF-8: bytes of a path that are none as \\xff."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
