"""Files whose frames lie one behind the other as floats: clips, vectors, .npy, safetensors."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from rigjit._errors import RigError
from rigjit._rigjit import Error, _file_header, _file_header_size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from numpy.typing import NDArray

    from rigjit._rigjit import Rig
    from rigjit.inputs._block import Block
    from rigjit.inputs._forms import Forms

_START = 8  # bytes before a safetensors file's JSON
_FLOAT_TYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}


class Rows:
    """Rows of a file, of `kind` ("clip", "vectors", "values"), read a block at a time.

    columns: for each of the rig's channels the place in a row that it comes from, -1 for one that
    is as in `rest`; None where a row is the rig's already.
    """

    rig_hash: str | None = None
    fps: Fraction | None = None
    start_frame = 0
    note = ""

    def __init__(
        self,
        file: IO[bytes],
        kind: str,
        begin: int,
        shape: tuple[int, int],
        dtype: Any = "<f4",
        fortran: bool = False,
    ) -> None:
        self.kind = kind
        self.frame_count, self._width = shape
        self._file = file
        self._begin = begin
        self._dtype = np.dtype(dtype)
        self._fortran = fortran
        self.columns: NDArray[np.intp] | None = None
        self.rest: NDArray[np.float32] | None = None

    def blocks(self, max_frames: int, forms: Forms) -> Iterator[Block]:
        convert = forms.vectors if self.kind == "vectors" else forms.values
        for first in range(0, self.frame_count, max_frames):
            count = min(max_frames, self.frame_count - first)
            yield convert(first, self._named(self._read(first, count)))

    def close(self) -> None:
        self._file.close()

    def _named(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        if self.columns is None or self.rest is None:
            return rows
        named = rows[:, np.maximum(self.columns, 0)]
        lacking = self.columns < 0
        named[:, lacking] = self.rest[lacking]
        return named

    def _read(self, first: int, count: int) -> NDArray[np.float32]:
        if self._fortran:
            return self._read_columns(first, count)
        rows = np.empty((count, self._width), self._dtype)
        self._fill(rows, self._begin + first * self._width * self._dtype.itemsize)
        return _float32(rows)

    def _read_columns(self, first: int, count: int) -> NDArray[np.float32]:
        columns = np.empty((self._width, count), self._dtype)
        size = self._dtype.itemsize
        for column in range(self._width):
            self._fill(columns[column], self._begin + (column * self.frame_count + first) * size)
        return _float32(columns.T)

    def _fill(self, array: NDArray[Any], offset: int) -> None:
        left = array.reshape(-1).view(np.uint8).data
        while len(left):
            got = os.preadv(self._file.fileno(), [left], offset)
            if got == 0:
                raise RigError([Error("cut-short", "the file has become shorter meanwhile")])
            left, offset = left[got:], offset + got


def _float32(array: NDArray[Any]) -> NDArray[np.float32]:
    # What float32 cannot hold becomes infinite, which the conversion names.
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(array, np.float32)


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


def npy(file: IO[bytes], rig: Rig, kind: str) -> Rows:
    """An array of "values" or "vectors": (width,) or (n, width) floats."""
    try:
        version = np.lib.format.read_magic(file)
        read = {(1, 0): "read_array_header_1_0"}.get(version, "read_array_header_2_0")
        shape, fortran, dtype = getattr(np.lib.format, read)(file)
    except (ValueError, EOFError) as error:
        raise _malformed(f"its header cannot be read: {str(error).splitlines()[0]}") from None
    if dtype.kind != "f" or dtype.itemsize > 8:
        raise RigError([Error("wrong-dtype", f"the array must be of floats, not {dtype}")])
    if len(shape) == 1:
        shape, fortran = (1, shape[0]), False
    _check_shape(shape, rig, kind)
    begin = file.tell()
    expected = begin + shape[0] * shape[1] * dtype.itemsize
    if _size(file) < expected:
        message = f"the array is cut short: {_size(file)} bytes of {expected}"
        raise RigError([Error("cut-short", message)])
    return Rows(file, kind, begin, (shape[0], shape[1]), dtype, fortran)


def _check_shape(shape: tuple[int, ...], rig: Rig, kind: str) -> None:
    widths = {"values": len(rig.channels), "vectors": rig.vec_size}
    if len(shape) == 2 and shape[1] == widths[kind]:
        return
    message = (
        f"an array of {kind} has {widths[kind]} numbers a frame, one for each "
        f"{'channel' if kind == 'values' else 'input'} of the rig; this one has shape {shape}"
    )
    other = "vectors" if kind == "values" else "values"
    if len(shape) == 2 and shape[1] == widths[other]:
        message += f", which {other} of the rig have: say so (--from {other})"
    raise RigError([Error("wrong-shape", message)])


def _malformed(message: str) -> RigError:
    return RigError([Error("malformed-file", message)])


def clip_or_vectors(file: IO[bytes], rig: Rig, missing: str) -> Rows | None:
    """A clip or vectors that rigjit or a reader of its wrote; None of somebody else's file."""
    start = file.read(_START)
    if len(start) < _START:
        raise _malformed("it is no safetensors file, or was cut within its header")
    size = _file_header_size(start)
    header = start + _read_all(file, min(size, _size(file)) - _START)
    if len(header) < size:
        raise _malformed("it is no safetensors file, or was cut within its header")
    file.seek(0)
    if b'"rigjit.' not in header:
        return None
    rig_hash, (is_clip, row_count, fps, start_frame, names) = _parse(header, rig)
    width = len(names or rig.channels) if is_clip else rig.vec_size
    whole = (_size(file) - size) // (4 * width) if width else row_count
    if not is_clip and whole < row_count:
        message = f"it is cut short: {whole} of {row_count} frames"
        raise RigError([Error("cut-short", message)])
    kind = "clip" if is_clip else "vectors"
    rows = Rows(file, kind, size, (whole if is_clip else row_count, width))
    rows.rig_hash = None if names else rig_hash
    if fps is not None:
        rows.fps = Fraction(*fps)
    rows.start_frame = start_frame or 0
    if is_clip and whole < row_count:
        rows.note = f"it was cut: {whole} of {row_count} frames are there"
    if names:
        _match_names(rows, rig, names, missing)
    return rows


def _parse(header: bytes, rig: Rig) -> tuple[str, Any]:
    """The hash of the rig that a file is of, and what _file_header says.

    A clip holds values: those of a rig with the same channels are the rig's, whatever its scales,
    centers and limits. So clips are read with the spec that was fitted to them.
    """
    try:
        return rig.hash, _file_header(header, rig)
    except RigError as error:
        if error.errors[0].code != "rig-mismatch":
            raise
        found = _metadata(header)
        own = _metadata(rig.clip(np.empty((0, rig.vec_size), np.float32)))
        if any(found.get(key) != own[key] for key in ("format", "channels", "angle_unit")):
            raise
        other: str = found["rig_hash"]
        return other, _file_header(header.replace(other.encode(), rig.hash.encode()), rig)


def _metadata(header: bytes) -> Any:
    size = _START + int.from_bytes(header[:_START], "little")
    return json.loads(header[_START:size])["__metadata__"]


def _match_names(rows: Rows, rig: Rig, names: list[tuple[str, str]], missing: str) -> None:
    places: dict[tuple[str, str], int] = {}
    pose: dict[str, dict[str, float]] = {}
    for place, (controller, attribute) in enumerate(names):
        places.setdefault((controller, attribute), place)
        pose.setdefault(controller, {})[attribute] = 0.0
    try:
        rig.rig_to_vec(pose, missing=missing)  # type: ignore[arg-type]
    except RigError as error:
        about_names = [e for e in error.errors if e.code in ("missing-channels", "nothing-matches")]
        if about_names:
            raise RigError(about_names) from None
    rows.columns = np.array([places.get((c, a), -1) for c, a in rig.channels], np.intp)
    rows.rest = rig.vec_to_values(rig.rest_vec)


def _read_all(file: IO[bytes], size: int) -> bytes:
    parts = []
    while size > 0 and (part := file.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def matrix(file: IO[bytes], rig: Rig, wanted: str | None) -> Rows:
    """The one matrix of floats in a safetensors file that is none of rigjit's."""
    import math

    start = file.read(_START)
    size = int.from_bytes(start, "little")
    try:
        header = json.loads(_read_all(file, size))
        header.pop("__metadata__", None)
        (name, entry), *others = header.items()
        dtype = np.dtype(_FLOAT_TYPES[entry["dtype"]])
        shape = tuple(int(axis) for axis in entry["shape"])
        begin, end = (_START + size + int(offset) for offset in entry["data_offsets"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _malformed(f"it holds no matrix of floats: {error!r}") from None
    if others:
        names = ", ".join(sorted(header)[:5])
        raise _malformed(f"it holds {len(header)} tensors ({names}), not one matrix of floats")
    if end - begin != math.prod(shape) * dtype.itemsize or end > _size(file):
        raise RigError([Error("cut-short", f"the tensor {name!r} is cut short")])
    kind = "vectors" if "vectors" in (wanted, name) else "values"
    _check_shape(shape, rig, kind)
    return Rows(file, kind, begin, (shape[0], shape[1]), dtype)
