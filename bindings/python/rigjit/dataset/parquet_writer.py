"""pyarrow's writer of Parquet, as those need it who give up a file in the middle."""

from __future__ import annotations

from pyarrow import parquet as pq


class ParquetWriter(pq.ParquetWriter):  # type: ignore[misc]
    """One that is not closed is left as it is: its file is removed, and may be closed before it.

    pyarrow's own would write the rest of it when it is collected, and complain where it cannot.
    """

    def __del__(self) -> None:
        pass
