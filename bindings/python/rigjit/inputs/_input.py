"""Opening a file of frames."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, Any, Literal

from rigjit._errors import RigError
from rigjit._rigjit import Error
from rigjit.inputs._forms import forms_of
from rigjit.inputs._matrices import clip_or_vectors, matrix, npy
from rigjit.inputs._paths import printable
from rigjit.inputs._poses import Poses, StudioPose, is_studio_pose
from rigjit.inputs._stores import local_copy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction
    from typing import IO

    from rigjit._rigjit import Rig
    from rigjit.inputs._block import Block
    from rigjit.inputs._forms import Forms

KINDS = (
    "clip",
    "messages",
    "json",
    "jsonl",
    "parquet",
    "arrow",
    "safetensors",
    "values",
    "vectors",
    "studio_library",
)

_MAX_HEADER = 100_000_000  # bytes, of a safetensors file


class Input:
    """An open file of frames; a context manager. One thread at a time.

    path; kind: one of KINDS; rig_hash: of the rig that the file says it is of, else None; fps: as a
    Fraction, of a clip, else None; start_frame: the number of a clip's first frame, else 0;
    frame_count: None where only reading tells (messages, JSON); has_clips: whether it holds frames
    of several clips, as a data set does; note: what is to be said of the file though it can be read
    (a clip that was cut), or "".
    """

    def __init__(self, path: str, kind: str, source: Any, forms: Callable[[str], Forms]) -> None:
        self.path = path
        self.kind = kind
        self.rig_hash: str | None = source.rig_hash
        self.fps: Fraction | None = source.fps
        self.start_frame: int = source.start_frame
        self.frame_count: int | None = source.frame_count
        self.has_clips: bool = getattr(source, "has_clips", False)
        self.note: str = source.note
        self._source = source
        self._forms = forms

    def blocks(
        self, max_frames: int = 4096, *, form: Literal["vectors", "values"] = "vectors"
    ) -> Iterator[Block]:
        """All frames, in blocks of at most so many; from the beginning at every call.

        form: what Block.rows holds. "vectors": (n, vec_size), as rig_to_vec_batch or
        values_to_vec_batch gives them. "values": (n, channels), one a channel as the file has them:
        not scaled, with all their turns, beyond limits too; of vectors what the rig makes of them.
        Frames that are no pose are in Block.bad. Memory is a few blocks, whatever the file's size.
        RigError, with the path, where the file cannot be read on: blocks before it are good.
        """
        if max_frames < 1:
            raise ValueError(f"max_frames must be 1 at least, not {max_frames}")
        try:
            yield from self._source.blocks(max_frames, self._forms(form))
        except (OSError, RigError) as error:
            raise in_file(error, self.path) from None

    def close(self) -> None:
        """Let go of the file. A second call does nothing."""
        self._source.close()

    def __enter__(self) -> Input:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_input(
    path: str | os.PathLike[str],
    rig: Rig,
    *,
    kind: str | None = None,
    missing: Literal["error", "rest"] = "error",
) -> Input:
    """Open a file of frames of a rig, a path or a URL that fsspec knows.

    kind: what the file is; None: as its content tells. "values" and "vectors" say what an array
    of numbers is that does not tell, .npy or the one matrix of a safetensors file of somebody
    else's: without them values, of the latter vectors where it is called so. A Parquet or Arrow
    file has a column `vec` of vectors, or `values`, or one for each channel,
    "controller.attribute"; columns `clip` and `frame` say what its rows are. missing: what
    becomes of channels that a pose lacks, as of rig_to_vec.
    A clip of a rig with the same channels is read whatever its scales, centers and limits were.
    RigError, with the path: "unreadable-file", "malformed-file", "wrong-shape", "wrong-dtype",
    "unknown-form", and "rig-mismatch" for another rig's, with what differs.
    """
    text = os.fspath(path)
    if kind is not None and kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
    try:
        with local_copy(text) as local:
            file = _regular(local)
        try:
            found, source = _open(file, rig, _meant_kind(file, text, kind), kind, missing)
        except BaseException:
            file.close()
            raise
    except (OSError, RigError) as error:
        raise in_file(error, text) from None
    return Input(text, found, source, lambda form: forms_of(rig, form, missing))


def _regular(path: str) -> IO[bytes]:
    """A file that is open for reading; OSError for a pipe, which would wait."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        raise OSError(errno.EINVAL, "it is no regular file: write to one what a pipe gives")
    return open(descriptor, "rb", buffering=0)


def kind_of(path: str) -> str:
    """The kind of a local file, as its content tells; "safetensors" for clips and vectors too."""
    with _regular(path) as file:
        return _kind_of(file, path)


def in_file(error: OSError | RigError, path: str) -> RigError:
    """The same error with the path of the file that it is about."""
    name = printable(path)
    if isinstance(error, OSError):
        return RigError([Error("unreadable-file", error.strerror or str(error), file=name)])
    errors = [
        Error(e.code, e.message, e.file or name, e.line, e.column, e.path, e.suggestion)
        for e in error.errors
    ]
    return RigError(errors)


def _kind_of(file: IO[bytes], path: str) -> str:
    start = file.read(9)
    file.seek(0)
    if start.startswith(b"\x93NUMPY"):
        return "values"
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"ARROW1"):
        return "arrow"
    if start[8:] == b"{" and int.from_bytes(start[:8], "little") <= _MAX_HEADER:
        return "safetensors"
    if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        if is_studio_pose(file):
            return "studio_library"
        return "jsonl" if path.lower().endswith(".jsonl") else "json"
    if start and (start[0] >> 4 in (0x8, 0x9) or start[0] in (0xDC, 0xDD, 0xDE, 0xDF)):
        return "messages"
    if not start:
        raise RigError([Error("empty-file", "it is empty")])
    message = "it is no clip, .npy, Parquet, Arrow, MessagePack or JSON file of frames"
    if start.startswith(b"\xff\xff\xff\xff"):
        message = "it is a stream of Arrow, if anything; pyarrow.ipc.new_file writes Arrow files"
    raise RigError([Error("unknown-form", message)])


def _meant_kind(file: IO[bytes], path: str, wanted: str | None) -> str:
    """ "values" and "vectors" are said of arrays alone."""
    if wanted not in (None, "values", "vectors"):
        return wanted
    found = _kind_of(file, path)
    return wanted if wanted and found == "values" else found


def _open(
    file: IO[bytes], rig: Rig, kind: str, wanted: str | None, missing: str
) -> tuple[str, Any]:
    """(kind, source); wanted: what the caller says that the file is."""
    if kind in ("parquet", "arrow"):
        from rigjit.inputs._table_files import open_table
        from rigjit.inputs._table_rows import TableRows

        return kind, TableRows(open_table(file, kind), rig)
    if kind in ("values", "vectors"):
        return kind, npy(file, rig, kind)
    if kind in ("clip", "safetensors"):
        rows = clip_or_vectors(file, rig, missing)
        if rows is None:
            return "safetensors", matrix(file, rig, wanted)
        if wanted == "clip" and rows.kind != wanted:
            raise RigError([Error("unknown-form", "it holds vectors, no clip")])
        return rows.kind, rows
    if kind == "studio_library":
        return kind, StudioPose(file, rig)
    return kind, Poses(file, "msgpack" if kind == "messages" else "json")
