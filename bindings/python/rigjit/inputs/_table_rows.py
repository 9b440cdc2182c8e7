"""Frames in tables: a column of whole vectors or values, or a column for each channel."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from rigjit._errors import RigError
from rigjit._rigjit import Error, diff, loads
from rigjit.inputs._table_clips import by_clip, clips_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from rigjit._rigjit import Rig
    from rigjit.inputs._block import Block
    from rigjit.inputs._forms import Forms
    from rigjit.inputs._table_files import ArrowTable, ParquetTable


class TableRows:
    """Rows of a table, read in batches.

    has_clips: whether its columns say which clip each frame is of, as a data set's do.
    """

    fps = None
    start_frame = 0
    note = ""

    def __init__(self, table: ParquetTable | ArrowTable, rig: Rig) -> None:
        self._table = table
        schema = table.schema
        self.rig_hash = _check_rig(schema.metadata or {}, rig)
        self._clips = clips_of(schema)
        self.has_clips = self._clips is not None
        self._window = 1 if self._clips is None else self._clips.window
        self.frame_count: int | None = None if self.has_clips else table.row_count
        self._kind, self._width = "values", len(rig.channels)
        if "vec" in schema.names:
            self._kind, self._width = "vectors", rig.vec_size
            self._columns = ["vec"]
        elif "values" in schema.names:
            self._columns = ["values"]
        else:
            self._columns = [f"{controller}.{attribute}" for controller, attribute in rig.channels]
            self._check_names(rig, set(schema.names))
        self._is_whole = "vec" in schema.names or "values" in schema.names
        _refuse_twice(self._columns, schema.names)

    def _check_names(self, rig: Rig, names: set[str]) -> None:
        constants = {
            f"{channel.controller}.{channel.attribute}"
            for channel in rig.channels
            if channel.transformation == "constant"
        }
        lacking = [each for each in self._columns if each not in names and each not in constants]
        if lacking:
            shown = ", ".join(lacking[:20]) + (" and more" if len(lacking) > 20 else "")
            message = (
                "it has neither a column 'vec' nor 'values' nor one for each channel; "
                f"it lacks {len(lacking)}: {shown}"
            )
            raise RigError([Error("missing-channels", message)])
        self._present = [each in names for each in self._columns]
        self._rest = rig.vec_to_values(rig.rest_vec)

    def blocks(self, max_frames: int, forms: Forms) -> Iterator[Block]:
        convert = forms.vectors if self._kind == "vectors" else forms.values
        if self._clips is None:
            first = 0
            for batch in self._batches(max_frames, []):
                rows = self._rows(batch)
                yield convert(first, rows)
                first += len(rows)
            return
        max_rows = max(1, max_frames // self._window)
        for mirrored in self._clips.passes:
            batches = self._batches(max_rows, self._clips.columns)
            for batch, places in self._clips.places(batches, mirrored):
                yield from by_clip(convert(0, self._rows(batch)[places.rows]), places)

    def close(self) -> None:
        self._table.close()

    def _batches(self, max_rows: int, more: Sequence[str]) -> Iterator[Any]:
        columns = self._columns
        if not self._is_whole:
            columns = [name for name, there in zip(columns, self._present, strict=True) if there]
        return self._table.batches(max_rows, [*columns, *more])

    def _rows(self, batch: Any) -> NDArray[np.float32]:
        """(n, width) of all frames, those of a window one after another."""
        if not self._is_whole:
            return self._by_name(batch)
        return self._whole(batch.column(0)).reshape(-1, self._width)

    def _by_name(self, batch: Any) -> NDArray[np.float32]:
        rows = np.tile(self._rest, (batch.num_rows, 1))
        for column in np.flatnonzero(self._present):
            name = self._columns[column]
            array = batch.column(name)
            try:
                # Null is NaN, a boolean 0 or 1.
                rows[:, column] = array.cast("float64").to_numpy(zero_copy_only=False)
            except (ValueError, NotImplementedError) as error:
                raise _wrong_type(name, error) from None
        return rows

    def _whole(self, array: Any) -> NDArray[np.float32]:
        import pyarrow as pa
        import pyarrow.compute as pc

        name, width = self._columns[0], self._window * self._width
        if isinstance(array, pa.ExtensionArray):  # fixed_shape_tensor
            array = array.storage
        if array.null_count:
            raise RigError([Error("wrong-type", f"the column {name!r} has rows without a value")])
        if _is_binary(array.type):
            # Polars and DuckDB write bytes of any length.
            array = array.cast(pa.large_binary())
            lengths = set(pc.binary_length(array).unique().to_pylist())
            if lengths - {4 * width}:
                raise self._wrong_width(f"{min(lengths - {4 * width})} bytes")
            array = array.cast(pa.binary(4 * width))
        if pa.types.is_fixed_size_binary(array.type):
            if array.type.byte_width != 4 * width:
                raise self._wrong_width(f"{array.type.byte_width} bytes")
            begin = array.offset * array.type.byte_width
            data = np.frombuffer(array.buffers()[1], np.uint8)[begin:]
            size = len(array) * array.type.byte_width
            return data[:size].view("<f4").reshape(len(array), width)
        kind = array.type
        if not (pa.types.is_list(kind) or pa.types.is_large_list(kind) or _is_fixed_list(kind)):
            raise self._wrong_width(str(kind))
        lengths = set(array.value_lengths().unique().to_pylist())
        if lengths - {width}:
            raise self._wrong_width(f"lists of {min(lengths - {width})}")
        flat = array.flatten()
        if not pa.types.is_floating(flat.type) or flat.null_count:
            raise self._wrong_width(str(kind))
        return np.asarray(flat.to_numpy(), np.float32).reshape(len(array), width)

    def _wrong_width(self, found: str) -> RigError:
        of = f"{self._window} times " if self._window > 1 else ""
        message = (
            f"the column {self._columns[0]!r} holds {found}; the rig takes {of}{self._width} "
            "float32, as bytes, a tensor or a list"
        )
        return RigError([Error("wrong-shape", message)])


def _is_fixed_list(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_fixed_size_list(kind))


def _is_binary(kind: Any) -> bool:
    import pyarrow as pa

    return bool(
        pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind)
    )


def _wrong_type(name: str, error: Exception) -> RigError:
    return RigError([Error("wrong-type", f"the column {name!r} holds no numbers: {error}")])


def _refuse_twice(wanted: Sequence[str], names: Sequence[str]) -> None:
    counts = Counter(names)
    twice = [name for name in wanted if counts[name] > 1]
    if twice:
        shown = ", ".join(repr(name) for name in twice[:20])
        raise RigError([Error("duplicate-column", f"it has several columns of a name: {shown}")])


def _check_rig(metadata: dict[bytes, bytes], rig: Rig) -> str | None:
    found = metadata.get(b"rigjit.rig_hash")
    if found is None or found.decode("utf-8", "replace") == rig.hash:
        return rig.hash if found else None
    message = (
        f"the file is of a rig with hash {found.decode('utf-8', 'replace')}, "
        f"not of {rig.name!r} ({rig.hash})"
    )
    if spec := metadata.get(b"rigjit.spec"):
        message += f": {' '.join(str(diff(loads(spec), rig)).split())}"
    raise RigError([Error("rig-mismatch", message)])
