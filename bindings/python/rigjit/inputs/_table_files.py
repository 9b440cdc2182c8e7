"""Files of columns: Parquet, and Arrow as its IPC files have it (Feather)."""

from __future__ import annotations

import contextlib
import mmap
from typing import TYPE_CHECKING, Any

from rigjit._errors import RigError
from rigjit._rigjit import Error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO


def open_table(file: IO[bytes], kind: str) -> ParquetTable | ArrowTable:
    """kind: "parquet" or "arrow". RigError where pyarrow is missing or the file is none."""
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        message = f"{kind.capitalize()} needs pyarrow: pip install 'rigjit[dataset]'"
        raise RigError([Error("no-pyarrow", message)]) from None
    with _told(kind):
        return ParquetTable(file) if kind == "parquet" else ArrowTable(file)


class ParquetTable:
    """schema: pyarrow's; row_count. RigError wherever the file cannot be read."""

    def __init__(self, file: IO[bytes]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._file = pq.ParquetFile(pa.PythonFile(file, "r"), buffer_size=1 << 20)
        self.schema = self._file.schema_arrow
        self.row_count: int = self._file.metadata.num_rows

    def batches(self, max_rows: int, columns: Sequence[str]) -> Iterator[Any]:
        """Record batches of those columns, in their order."""
        found = self._file.iter_batches(max_rows, columns=list(columns))
        while True:
            with _told("parquet"):
                batch = next(found, None)
                if batch is None:
                    return
                batch = batch.select(list(columns))
            yield batch

    def close(self) -> None:
        self._file.close(force=True)


class ArrowTable:
    """The same of an Arrow file, which is mapped: its batches may be of any size."""

    def __init__(self, file: IO[bytes]) -> None:
        import pyarrow as pa
        from pyarrow import ipc

        self._bytes = file
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._file = ipc.open_file(pa.py_buffer(data))
        self.schema = self._file.schema
        batches = range(self._file.num_record_batches)
        self.row_count = sum(self._file.get_batch(i).num_rows for i in batches)

    def batches(self, max_rows: int, columns: Sequence[str]) -> Iterator[Any]:
        for place in range(self._file.num_record_batches):
            with _told("arrow"):
                batch = self._file.get_batch(place).select(list(columns))
            for first in range(0, batch.num_rows, max_rows):
                yield batch.slice(first, max_rows)

    def close(self) -> None:
        self._bytes.close()


@contextlib.contextmanager
def _told(kind: str) -> Iterator[None]:
    """What pyarrow raises, as a RigError."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, ValueError) as error:
        text = " ".join(str(error).split())
        message = f"it is no {kind.capitalize()} file, or was cut short: {text}"
        raise RigError([Error("malformed-file", message)]) from None
