"""The rows of one shard: mapped into memory where they lie there as they are, else decoded."""

from __future__ import annotations

import mmap
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyarrow import ipc
from pyarrow import parquet as pq

from rigjit.dataset.build_state import DatasetError
from rigjit.dataset.manifest import ANEW
from rigjit.dataset.store import DirectoryStore

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rigjit.dataset.store import Store

_MAX_PAGE_HEADER = 64  # bytes; that of a page without statistics has some 26
_COLUMNS = ("clip", "frame", "time", "vec")
_INFO = ("clip", "frame", "time", "mirrored")


class ShardReader:
    """rows: how many. One thread; a process that is forked off has its own place in no file.

    width: numbers of a row. DatasetError where the file cannot be read, or has other columns.
    """

    def __init__(self, store: Store, name: str, width: int) -> None:
        self._name = f"{store.url}/{name}"
        try:
            self._groups: _ParquetGroups | _ArrowGroups
            if name.endswith(".arrow"):
                self._groups = _ArrowGroups(store, name, width)
            else:
                self._groups = _ParquetGroups(store, name, width)
        except (OSError, pa.ArrowException) as error:
            raise DatasetError(f"{self._name}: cannot be read: {error}") from None
        self._ends = np.cumsum([0, *self._groups.counts]).tolist()
        self.rows: int = self._ends[-1]
        self._held: tuple[int, Any] = (-1, None)

    @property
    def metadata(self) -> dict[str, str]:
        """What the footer says."""
        found: dict[bytes, bytes] = self._groups.metadata or {}
        return {key.decode(): value.decode() for key, value in found.items()}

    def vec(self, row: int) -> NDArray[np.float32]:
        """(width,), a view that cannot be written, or of a group that is kept for a while."""
        group = bisect_right(self._ends, row) - 1
        try:
            vecs: NDArray[np.float32] = self._groups.vecs(group)[row - self._ends[group]]
        except (OSError, pa.ArrowException) as error:
            raise DatasetError(f"{self._name}: cannot be read: {error}") from None
        return vecs

    def info(self, row: int) -> dict[str, Any]:
        """clip, frame, time, and mirrored where the data set has it."""
        group = bisect_right(self._ends, row) - 1
        if self._held[0] != group:
            self._held = group, self._groups.infos(group)
        columns = self._held[1]
        return {
            name: columns[name][row - self._ends[group]].as_py() for name in columns.column_names
        }


class _ParquetGroups:
    def __init__(self, store: Store, name: str, width: int) -> None:
        self._file = pq.ParquetFile(store.open_input(name))
        facts = self._file.metadata
        self.counts = [facts.row_group(i).num_rows for i in range(facts.num_row_groups)]
        self.metadata = facts.metadata
        self.schema = self._file.schema_arrow
        self._kind = _kind_of_vec(self.schema, width)
        self._map: mmap.mmap | None = None
        if isinstance(store, DirectoryStore):
            with open(store.path(name), "rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._mapped: dict[int, Any] = {}
        self._decoded: tuple[int, Any] = (-1, None)

    def vecs(self, group: int) -> Any:
        if (found := self._mapped.get(group)) is not None:
            return found
        if self._map is not None and (place := self._place(group)) is not None:
            found = np.frombuffer(self._map, np.uint8, place[1], place[0])
            found = found.view(np.float32).reshape(self.counts[group], -1)
            self._mapped[group] = found
            return found
        if self._decoded[0] != group:
            table = self._file.read_row_group(group, columns=["vec"], use_threads=False)
            self._decoded = group, _floats(table["vec"].combine_chunks().cast(self._kind))
        return self._decoded[1]

    def _place(self, group: int) -> tuple[int, int] | None:
        """Offset and bytes of a group's vectors, if they are one plain page: its end.

        A Parquet page of a column that has no nulls is its values and nothing else.
        """
        index = self.schema.get_field_index("vec")
        if self.schema.field(index).type != self._kind:
            return None
        facts = self._file.metadata.row_group(group)
        column = facts.column(index)
        bytes_ = facts.num_rows * self._kind.byte_width
        header = column.total_compressed_size - bytes_
        is_plain = column.compression == "UNCOMPRESSED" and set(column.encodings) <= {
            "PLAIN",
            "RLE",
        }
        if not is_plain or self.schema.field(index).nullable:
            return None
        if not 0 < header <= _MAX_PAGE_HEADER:  # several pages have several headers
            return None
        return column.data_page_offset + header, bytes_

    def infos(self, group: int) -> Any:
        names = [name for name in _INFO if name in self.schema.names]
        return self._file.read_row_group(group, columns=names, use_threads=False)


class _ArrowGroups:
    def __init__(self, store: Store, name: str, width: int) -> None:
        self._file = ipc.open_file(store.open_input(name))
        self.schema = self._file.schema
        self.metadata = self.schema.metadata
        kind = _kind_of_vec(self.schema, width)
        self._batches = [self._file.get_batch(i) for i in range(self._file.num_record_batches)]
        self.counts = [batch.num_rows for batch in self._batches]
        self._vecs = [_floats(batch["vec"].cast(kind)) for batch in self._batches]

    def vecs(self, group: int) -> Any:
        return self._vecs[group]

    def infos(self, group: int) -> Any:
        batch = self._batches[group]
        return batch.select([name for name in _INFO if name in batch.schema.names])


def _kind_of_vec(schema: Any, width: int) -> Any:
    """The type of rows of so many numbers; ArrowInvalid where those of the file are no such rows.

    Other tools know no bytes of a fixed size, and write any number of them.
    """
    if missing := [name for name in _COLUMNS if name not in schema.names]:
        raise pa.ArrowInvalid(f"it has no column {', '.join(missing)}; {ANEW}")
    found, wanted = schema.field("vec").type, pa.binary(4 * width)
    if found != wanted and found not in (pa.binary(), pa.large_binary()):
        raise pa.ArrowInvalid(f"its column vec is {found}, its manifest says {wanted}; {ANEW}")
    return wanted


def _floats(column: Any) -> NDArray[np.float32]:
    """(n, width) of a column of bytes, without a copy."""
    width = column.type.byte_width
    data = np.frombuffer(column.buffers()[1], np.uint8)
    begin = column.offset * width
    return data[begin : begin + len(column) * width].view(np.float32).reshape(len(column), -1)
