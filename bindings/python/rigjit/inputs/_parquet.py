"""Frames in Parquet: a column of whole vectors or values, or a column for each channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rigjit._errors import RigError
from rigjit._rigjit import Error, diff, loads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from numpy.typing import NDArray

    from rigjit._rigjit import Rig
    from rigjit.inputs._block import Block
    from rigjit.inputs._forms import Forms


def open_parquet(file: IO[bytes], rig: Rig) -> ParquetRows:
    """Its frames; RigError where pyarrow is missing or the file is none."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        message = "Parquet needs pyarrow: pip install 'rigjit[dataset]'"
        raise RigError([Error("no-pyarrow", message)]) from None
    try:
        return ParquetRows(pq.ParquetFile(pa.PythonFile(file, "r"), buffer_size=1 << 20), rig)
    except (pa.ArrowException, OSError) as error:
        raise _malformed(error) from None


def _malformed(error: Exception) -> RigError:
    message = f"it is no Parquet file, or was cut short: {' '.join(str(error).split())}"
    return RigError([Error("malformed-file", message)])


class ParquetRows:
    """Rows of a Parquet file, read in batches."""

    fps = None
    start_frame = 0
    note = ""

    def __init__(self, parquet: Any, rig: Rig) -> None:
        self._parquet = parquet
        self.frame_count: int = parquet.metadata.num_rows
        schema = parquet.schema_arrow
        self.rig_hash = _check_rig(schema.metadata or {}, rig)
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
        import pyarrow as pa

        convert = forms.vectors if self._kind == "vectors" else forms.values
        columns = self._columns
        if not self._is_whole:
            columns = [name for name, there in zip(columns, self._present, strict=True) if there]
        batches = self._parquet.iter_batches(max_frames, columns=columns)
        first = 0
        while True:
            try:
                batch = next(batches, None)
                if batch is None:
                    return
                rows = self._whole(batch.column(0)) if self._is_whole else self._by_name(batch)
            except (pa.ArrowException, OSError) as error:
                raise _malformed(error) from None
            yield convert(first, rows)
            first += len(rows)

    def close(self) -> None:
        self._parquet.close(force=True)

    def _by_name(self, batch: Any) -> NDArray[np.float32]:
        rows = np.tile(self._rest, (batch.num_rows, 1))
        present = np.flatnonzero(self._present)
        for column, name in zip(present, batch.schema.names, strict=True):
            array = batch.column(name)
            try:
                # Null is NaN, a boolean 0 or 1.
                rows[:, column] = array.cast("float64").to_numpy(zero_copy_only=False)
            except (ValueError, NotImplementedError) as error:
                raise _wrong_type(name, error) from None
        return rows

    def _whole(self, array: Any) -> NDArray[np.float32]:
        import pyarrow as pa

        name = self._columns[0]
        if isinstance(array, pa.ExtensionArray):  # fixed_shape_tensor
            array = array.storage
        if array.null_count:
            raise RigError([Error("wrong-type", f"the column {name!r} has rows without a value")])
        if pa.types.is_fixed_size_binary(array.type):
            if array.type.byte_width != 4 * self._width:
                raise self._wrong_width(f"{array.type.byte_width} bytes")
            begin = array.offset * array.type.byte_width
            data = np.frombuffer(array.buffers()[1], np.uint8)[begin:]
            size = len(array) * array.type.byte_width
            return data[:size].view("<f4").reshape(len(array), self._width)
        kind = array.type
        if not (pa.types.is_list(kind) or pa.types.is_large_list(kind) or _is_fixed_list(kind)):
            raise self._wrong_width(str(kind))
        lengths = set(array.value_lengths().unique().to_pylist())
        if lengths - {self._width}:
            raise self._wrong_width(f"lists of {min(lengths - {self._width})}")
        flat = array.flatten()
        if not pa.types.is_floating(flat.type) or flat.null_count:
            raise self._wrong_width(str(kind))
        return np.asarray(flat.to_numpy(), np.float32).reshape(len(array), self._width)

    def _wrong_width(self, found: str) -> RigError:
        message = (
            f"the column {self._columns[0]!r} holds {found}; the rig takes {self._width} float32, "
            "as a fixed-size binary, a tensor or a list"
        )
        return RigError([Error("wrong-shape", message)])


def _is_fixed_list(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_fixed_size_list(kind))


def _wrong_type(name: str, error: Exception) -> RigError:
    return RigError([Error("wrong-type", f"the column {name!r} holds no numbers: {error}")])


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
