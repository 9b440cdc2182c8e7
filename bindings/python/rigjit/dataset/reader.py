"""`rigjit.Dataset`: the rows of a data set by number, as torch's loaders ask for them."""

from __future__ import annotations

import contextlib
import math
import operator
import os
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import rigjit
from rigjit.dataset.build_state import DatasetError, read_manifest
from rigjit.dataset.manifest import ANEW
from rigjit.dataset.options import SPLITS
from rigjit.dataset.shard_reader import ShardReader
from rigjit.dataset.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import SupportsIndex

    from numpy.typing import NDArray

    from rigjit import Rig


class Info(NamedTuple):
    """Where a row comes from. frame: counted from 0, of a window its first; time: seconds."""

    clip: str
    frame: int
    time: float
    mirrored: bool = False


class OtherRigError(rigjit.RigError):
    """The first line of its one error is the mistake, those after it are what differs."""

    def __str__(self) -> str:
        head, _, diff = self.errors[0].message.partition("\n")
        return f"{rigjit.Error(self.errors[0].code, head)}\n{diff}".rstrip()


class Dataset:
    """The rows of a data set that `rigjit dataset build` has completed, as torch asks for them.

    `ds[i]` is float32 (vec_size,), of windows (window, vec_size), the caller's own. directory: or a
    URL of fsspec. rig: a Rig or the path of a spec that the data set must be for: RigError with
    what differs if it is not. split: "train" or "validation", where it was split. Pickles as its
    place and opens its files anew there, so that any number of workers share the system's memory of
    them. One thread at a time. DatasetError where there is no complete data set, IndexError beyond
    its rows.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        rig: Rig | str | os.PathLike[str] | None = None,
        *,
        split: str | None = None,
    ) -> None:
        self._store = open_store(directory)
        manifest = read_manifest(self._store)
        shards = manifest["shards"]
        if split is not None:
            shards = [shard for shard in shards if shard["split"] == split]
            if manifest["options"]["split"] is None or split not in SPLITS:
                raise DatasetError(f"{self._store.url}: has no split {split!r}")
        self.split = split
        self.rig_hash: str = manifest["rig"]["hash"]
        self.vec_size: int = manifest["rig"]["vec_size"]
        window = manifest["options"]["windows"]
        self.shape: tuple[int, ...] = (*([window] if window else []), self.vec_size)
        self._shards = [shard for shard in shards if shard["rows"]]
        self._ends: list[int] = np.cumsum([0, *(s["rows"] for s in self._shards)]).tolist()
        self._readers: dict[int, ShardReader] = {}
        self._process = os.getpid()
        self._check_sizes()
        if rig is not None:
            self._check_rig(rig if isinstance(rig, rigjit.Rig) else rigjit.load(rig))

    def __len__(self) -> int:
        return self._ends[-1]

    def __getitem__(self, index: SupportsIndex) -> NDArray[np.float32]:
        reader, row = self._find(index)
        vec: NDArray[np.float32] = reader.vec(row).reshape(self.shape).copy()
        return vec

    def info(self, index: SupportsIndex) -> Info:
        """Clip, frame and time of a row."""
        reader, row = self._find(index)
        return Info(**reader.info(row))

    def batches(self, size: int, shuffle: int | None = None) -> Iterator[NDArray[np.float32]]:
        """All rows, `size` at a time, as (size, vec_size) or (size, window, vec_size) float32.

        The last one is shorter. shuffle: the seed of an order over all rows, None for their own.
        """
        size = operator.index(size)
        if size < 1:
            raise ValueError(f"a batch has 1 row or more, not {size}")
        order = np.arange(len(self))
        if shuffle is not None:
            np.random.default_rng(shuffle).shuffle(order)
        for begin in range(0, len(order), size):
            yield self._gather(order[begin : begin + size])

    def spec(self) -> str:
        """The resolved spec of its rig; DatasetError where other tools have left it in no shard."""
        for shard in range(max(1, len(self._shards))):
            if (text := self._reader(shard).metadata.get("rigjit.spec")) is not None:
                return text
        raise DatasetError(f"{self._store.url}: the spec of its rig is in none of its files")

    def __getitems__(self, indices: list[int]) -> list[NDArray[np.float32]]:
        """What torch's loaders ask for where they can: the rows of a batch at once."""
        return list(self._gather(np.asarray(indices, np.int64)))

    def __reduce__(self) -> tuple[Any, ...]:
        return _reopen, (self._store.url, self.rig_hash, self.split)

    def _gather(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        found = np.empty((len(rows), *self.shape), np.float32)
        flat = found.reshape(len(rows), -1)
        for place, row in enumerate(rows.tolist()):
            reader, inside = self._find(row)
            flat[place] = reader.vec(inside)
        return found

    def _find(self, index: SupportsIndex) -> tuple[ShardReader, int]:
        row = operator.index(index)
        if row < 0:
            row += len(self)
        if not 0 <= row < len(self):
            raise IndexError(f"row {operator.index(index)} of a data set of {len(self)}")
        shard = bisect_right(self._ends, row) - 1
        return self._reader(shard), row - self._ends[shard]

    def _reader(self, shard: int) -> ShardReader:
        if not self._shards:
            raise DatasetError(f"{self._store.url}: has no rows")
        if self._process != os.getpid():
            # A connection to a store does not outlive a fork.
            self._process = os.getpid()
            self._readers = {}
        reader = self._readers.get(shard)
        if reader is None:
            facts = self._shards[shard]
            reader = ShardReader(self._store, facts["file"], math.prod(self.shape))
            if reader.rows != facts["rows"]:
                raise DatasetError(
                    f"{self._store.url}/{facts['file']}: has {reader.rows} rows, its manifest says "
                    f"{facts['rows']}; {ANEW}"
                )
            self._readers[shard] = reader
        return reader

    def _check_sizes(self) -> None:
        """What was cut is found before it is read; what another tool has written anew may pass."""
        for number, shard in enumerate(self._shards):
            size = self._store.size(shard["file"])
            if size == shard["bytes"]:
                continue
            if size is not None:
                with contextlib.suppress(DatasetError):
                    self._reader(number)
                    continue
            there = "is missing" if size is None else f"has {size} bytes"
            raise DatasetError(
                f"{self._store.url}/{shard['file']}: {there}, its manifest says {shard['bytes']}; "
                f"{ANEW}"
            )

    def _check_rig(self, rig: Rig) -> None:
        if rig.hash == self.rig_hash:
            return
        text = (
            f"{self._store.url} is of a rig with hash {self.rig_hash}, {rig.name!r} has {rig.hash}"
        )
        diff = ""
        if self._shards:
            diff = str(rigjit.diff(rigjit.loads(self.spec(), cache=False), rig))
        raise OtherRigError([rigjit.Error("rig-changed", f"{text}\n{diff}".rstrip())])


def _reopen(url: str, rig_hash: str, split: str | None) -> Dataset:
    """What a pickle was of; DatasetError where another data set lies there now."""
    found = Dataset(url, split=split)
    if found.rig_hash != rig_hash:
        raise DatasetError(f"{url}: holds another data set than the one that was pickled")
    return found
