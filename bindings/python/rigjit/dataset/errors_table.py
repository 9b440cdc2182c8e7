"""Tables of what could not be made a row: written while clips are read, then put together."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
from pyarrow import parquet as pq

from rigjit.dataset.build_state import DatasetError, errors_name
from rigjit.dataset.columns import ERRORS
from rigjit.dataset.parquet_writer import ParquetWriter
from rigjit.inputs._datasets import ERRORS as FILE
from rigjit.inputs._datasets import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rigjit.dataset.plan import Shard
    from rigjit.dataset.store import Store

_HELD_ROWS = 1 << 14


class Mistake(NamedTuple):
    """What is wrong with a clip, or with one frame of it: the columns of the table."""

    clip: str
    frame: int | None
    code: str
    message: str
    controller: str | None = None
    attribute: str | None = None


class ErrorsWriter:
    """Rows of mistakes; the file is made with the first one. A context manager. One thread."""

    def __init__(self, store: Store, name: str) -> None:
        self._store, self._name = store, name
        self._held: list[Mistake] = []
        self._stack = contextlib.ExitStack()
        self._writer: Any = None

    def add(self, mistake: Mistake) -> None:
        self._held.append(mistake)
        if len(self._held) == _HELD_ROWS:
            self._flush()

    def __enter__(self) -> ErrorsWriter:
        return self

    def __exit__(self, *raised: Any) -> bool | None:
        if raised[0] is None and self._held:
            self._flush()
        return self._stack.__exit__(*raised)

    def _flush(self) -> None:
        if self._writer is None:
            self._writer = _open(self._stack, self._store, self._name)
        columns = [
            pa.array(list(column), field.type)
            for column, field in zip(zip(*self._held, strict=True), ERRORS, strict=True)
        ]
        self._writer.write_batch(pa.record_batch(columns, schema=ERRORS))
        self._held.clear()


def join_errors(store: Store, shards: Iterable[Shard]) -> None:
    """One table of all shards' mistakes, in their order; it is there also when it is empty.

    DatasetError where another builder has completed the data set meanwhile.
    """
    with contextlib.ExitStack() as stack:
        writer = _open(stack, store, FILE)
        for shard in shards:
            name = errors_name(shard)
            if store.size(name) is None:
                continue
            try:
                with store.open_input(name) as file:
                    for batch in pq.ParquetFile(file).iter_batches(_HELD_ROWS):
                        writer.write_batch(batch.cast(ERRORS))
            except FileNotFoundError:
                raise _overtaken(store) from None
        # Where nothing locks, two builders write the same bytes until one of them is done: it
        # writes the manifest, and only then removes what is read here.
        if store.size(MANIFEST) is not None:
            raise _overtaken(store)


def _overtaken(store: Store) -> DatasetError:
    return DatasetError(
        f"{store.url}: another builder has ended there meanwhile; the same command says what "
        "there is"
    )


def first_mistakes(store: Store, count: int) -> list[Mistake]:
    """Of the table of a data set that is complete."""
    with store.open_input(FILE) as file:
        batch = next(pq.ParquetFile(file).iter_batches(count), None)
    return [] if batch is None else [Mistake(*row.values()) for row in batch.to_pylist()]


def _open(stack: contextlib.ExitStack, store: Store, name: str) -> Any:
    file = stack.enter_context(store.output(name))
    writer = ParquetWriter(file, ERRORS, compression="zstd", store_schema=False)
    return stack.enter_context(writer)
