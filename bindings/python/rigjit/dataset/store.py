"""Where a data set lies: a directory, or a place that fsspec knows (s3://bucket/name).

A file appears whole or not at all, whatever happens to its writer: in a directory by a rename of
what is on the disk already, in an object store since that shows objects when they are complete.
"""

from __future__ import annotations

import contextlib
import errno
import os
import uuid
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow

from rigjit.dataset.options import OptionError
from rigjit.inputs._stores import is_url, store_errors, url_filesystem

if TYPE_CHECKING:
    from collections.abc import Iterator

BUILD = ".build"  # the folder of what a data set is no more when it is complete


class Store(Protocol):
    """A place for files by name; names of folders come before a /."""

    url: str

    def output(self, name: str) -> contextlib.AbstractContextManager[Any]:
        """A binary file to write, which has its name once the block ends without an error."""

    def write(self, name: str, data: bytes) -> None:
        """A whole file."""

    def read(self, name: str) -> bytes | None:
        """A whole file; None where there is none."""

    def remove(self, name: str) -> None:
        """Remove a file, where there is one."""

    def size(self, name: str) -> int | None:
        """Bytes; None where there is none."""

    def modified_ns(self, name: str) -> int | None:
        """When it was written; None where there is none, or nobody can say."""

    def names(self) -> list[str]:
        """What lies there, without what lies in folders; in order."""

    def prepare(self) -> None:
        """Make the place, and the folder for the build."""

    def clear_build(self) -> None:
        """Remove the folder for the build."""

    def open_input(self, name: str) -> Any:
        """A binary file to read."""


def open_store(path: str | os.PathLike[str]) -> Store:
    """The store of a directory or URL; RigError where fsspec does not know the latter.

    OptionError for a name that is empty: it would be the directory that one is in.
    """
    path = os.fsdecode(path)
    if not path.removeprefix("file://"):
        raise OptionError(f"{path!r} is no directory: give its name, or . for the one you are in")
    if path == "-":
        raise OptionError("a data set is a directory, which standard output is not: give its name")
    if "\0" in path:
        raise OptionError(f"{path!r} is no directory: no name has a NUL in it")
    if is_url(path) and not path.startswith("file://"):
        return UrlStore(path)
    return DirectoryStore(path.removeprefix("file://"))


class DirectoryStore:
    """A directory of this machine, or one that machines share."""

    def __init__(self, path: str) -> None:
        # A link to what is not there yet is made whole.
        self.url = os.path.realpath(path) if os.path.islink(path) else os.path.abspath(path)

    def path(self, name: str) -> str:
        return os.path.join(self.url, name)

    @contextlib.contextmanager
    def output(self, name: str) -> Iterator[Any]:
        # Of each writer its own: a worker that is thought dead may still write.
        part = self.path(f"{BUILD}/{uuid.uuid4().hex}.part")
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            with pyarrow.OSFile(os.fsencode(part), "wb") as file:
                yield file
            _to_disk(part)
            os.replace(part, path)
        except BaseException as error:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(part)
            if isinstance(error, OSError) and error.filename is None:  # pyarrow's
                raise OSError(f"{path}: {error}") from error
            raise
        _to_disk(os.path.dirname(path))

    def write(self, name: str, data: bytes) -> None:
        with self.output(name) as file:
            file.write(data)

    def read(self, name: str) -> bytes | None:
        try:
            with open(self.path(name), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def remove(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path(name))

    def size(self, name: str) -> int | None:
        try:
            return os.stat(self.path(name)).st_size
        except FileNotFoundError:
            return None

    def modified_ns(self, name: str) -> int | None:
        return modified_ns(self.path(name))

    def names(self) -> list[str]:
        return sorted(os.listdir(self.url)) if os.path.isdir(self.url) else []

    def prepare(self) -> None:
        if os.path.exists(self.url) and not os.path.isdir(self.url):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), self.url)
        os.makedirs(self.path(BUILD), exist_ok=True)

    def clear_build(self) -> None:
        with contextlib.suppress(OSError):  # what is left is no part of the data set
            for entry in os.listdir(self.path(BUILD)):
                os.unlink(self.path(f"{BUILD}/{entry}"))
            os.rmdir(self.path(BUILD))

    def clear_parts(self) -> None:
        """Remove what writers that were killed have left."""
        for entry in os.listdir(self.path(BUILD)):
            if entry.endswith(".part"):
                os.unlink(self.path(f"{BUILD}/{entry}"))

    def open_input(self, name: str) -> Any:
        return pyarrow.memory_map(os.fsencode(self.path(name)), "rb")


class UrlStore:
    """Whatever fsspec opens. Its errors are OSErrors that say the URL."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._root: str = url_filesystem(url)[1].rstrip("/")

    def path(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextlib.contextmanager
    def output(self, name: str) -> Iterator[Any]:
        path = self.path(name)
        self._ask("makedirs", path.rpartition("/")[0], exist_ok=True)
        file = self._ask("open", path, "wb")
        try:
            yield _Output(file, self.url)
        except BaseException:
            # Closing would publish half of it.
            with contextlib.suppress(Exception):
                file.discard()
            raise
        with _errors_of(self.url):
            file.close()

    def write(self, name: str, data: bytes) -> None:
        with self.output(name) as file:
            file.write(data)

    def read(self, name: str) -> bytes | None:
        try:
            found: bytes = self._ask("cat_file", self.path(name))
        except FileNotFoundError:
            return None
        return found

    def remove(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._ask("rm_file", self.path(name))

    def size(self, name: str) -> int | None:
        self._ask("invalidate_cache")  # other processes write, too
        try:
            found: int | None = self._ask("size", self.path(name))
        except FileNotFoundError:
            return None
        return found

    def modified_ns(self, name: str) -> int | None:
        return None  # a store's clock is not that of whoever wrote the inputs

    def names(self) -> list[str]:
        self._ask("invalidate_cache")
        try:
            entries = self._ask("ls", self._root, detail=False)
        except FileNotFoundError:
            return []
        return sorted(entry.rstrip("/").rpartition("/")[2] for entry in entries)

    def prepare(self) -> None:
        # Making a folder would make a bucket whose name is mistaken.
        if bucket := self._root.partition("/")[0]:
            try:
                self._ask("info", bucket)
            except FileNotFoundError:
                text = f"{self.url}: there is no bucket {bucket!r}; make it first"
                raise FileNotFoundError(text) from None
        self._ask("makedirs", self.path(BUILD), exist_ok=True)

    def clear_build(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._ask("rm", self.path(BUILD), recursive=True)

    def open_input(self, name: str) -> Any:
        return self._ask("open", self.path(name), "rb")

    def _ask(self, method: str, *arguments: Any, **options: Any) -> Any:
        """Of the file system, which is another one in a process that was forked off."""
        with _errors_of(self.url):
            return getattr(url_filesystem(self.url)[0], method)(*arguments, **options)


class _Output:
    """A file that is written, as pyarrow wants it."""

    def __init__(self, file: Any, url: str) -> None:
        self._file, self._url = file, url

    def write(self, data: Any) -> int:
        with _errors_of(self._url):
            count: int = self._file.write(data)
        return count

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@contextlib.contextmanager
def _errors_of(url: str) -> Iterator[None]:
    try:
        with store_errors():
            yield
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{url}: {error}") from error
    except OSError as error:
        raise OSError(f"{url}: {error}") from error


def modified_ns(path: str) -> int | None:
    """When a file of this machine was written."""
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return None


def _to_disk(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
