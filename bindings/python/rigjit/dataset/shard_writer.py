"""Writes the rows of one shard: groups of a fixed number of rows, however the rows come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyarrow import ipc

from rigjit.dataset.parquet_writer import ParquetWriter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rigjit.dataset.columns import Columns


class ShardWriter:
    """Holds at most one row group. A context manager, which leaves the file open. One thread."""

    def __init__(self, file: Any, columns: Columns, form: str) -> None:
        rows = columns.group_rows
        self._columns = columns
        self._schema = columns.schema
        self._vecs = np.empty((rows, columns.width), np.float32)
        self._frames = np.empty(rows, np.int32)
        self._times = np.empty(rows, np.float64)
        self._mirrored = np.zeros(rows, np.bool_)
        self._clips: list[tuple[str, int]] = []  # and how many rows of the group
        self._held = 0
        self.rows = 0
        self._file = (
            _open_parquet(file, columns) if form == "parquet" else _open_arrow(file, columns)
        )

    def append(
        self,
        clip: str,
        frames: NDArray[Any],
        times: NDArray[np.float64],
        vecs: NDArray[np.float32],
        mirrored: NDArray[np.bool_] | None = None,
    ) -> None:
        """Rows of one clip: frames (n,), times (n,) in seconds, vecs (n, …) float32."""
        vecs = vecs.reshape(len(frames), self._columns.width)
        begin = 0
        while begin < len(frames):
            count = min(len(frames) - begin, len(self._frames) - self._held)
            here = slice(self._held, self._held + count)
            there = slice(begin, begin + count)
            self._frames[here] = frames[there]
            self._times[here] = times[there]
            self._vecs[here] = vecs[there]
            if mirrored is not None:
                self._mirrored[here] = mirrored[there]
            self._clips.append((clip, count))
            self._held += count
            begin += count
            if self._held == len(self._frames):
                self._flush()
        self.rows += len(frames)

    def __enter__(self) -> ShardWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write what is held, and the footer; after an error nothing that anyone reads."""
        if kind is not None:
            return
        self._flush()
        if isinstance(self._file, ParquetWriter):
            self._file.add_key_value_metadata(self._columns.metadata)
        self._file.close()

    def _flush(self) -> None:
        if not self._held:
            return
        count = self._held
        # No longer than its rows: Arrow pads with what follows, of rows that are written already.
        vecs = pa.py_buffer(self._vecs[:count])
        arrays = [
            _repeated(self._clips),
            pa.array(self._frames[:count]),
            pa.array(self._times[:count]),
            pa.FixedSizeBinaryArray.from_buffers(
                self._schema.field("vec").type, count, [None, vecs]
            ),
        ]
        if self._columns.has_mirrored:
            arrays.append(pa.array(self._mirrored[:count]))
        batch = pa.record_batch(arrays, schema=self._schema)
        if isinstance(self._file, ParquetWriter):
            self._file.write_batch(batch, row_group_size=count)
        else:
            self._file.write_batch(batch)
        self._held = 0
        self._clips.clear()


def _open_parquet(file: Any, columns: Columns) -> ParquetWriter:
    """The vectors of a group are one plain page, which `shard_reader` finds without decoding it."""
    return ParquetWriter(
        file,
        columns.schema,
        compression={"clip": "zstd", "frame": "zstd", "time": "zstd", "vec": "none"},
        use_dictionary=["clip"],
        write_statistics=["clip", "frame", "time"],
        data_page_size=1 << 30,
        store_schema=False,  # it says nothing that the file's own does not
    )


def _open_arrow(file: Any, columns: Columns) -> Any:
    return ipc.new_file(file, columns.schema.with_metadata(columns.metadata))


def _repeated(clips: list[tuple[str, int]]) -> pa.Array:
    names = pa.array([name for name, _ in clips], pa.string())
    counts = [count for _, count in clips]
    return names.take(pa.array(np.repeat(np.arange(len(counts)), counts)))
