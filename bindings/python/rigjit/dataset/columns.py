"""The columns of a shard, and what its footer says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from rigjit._resolved import resolved
from rigjit.dataset.options import OptionError

if TYPE_CHECKING:
    from rigjit import Rig
    from rigjit.dataset.options import Options

_GROUP_BYTES = (
    8 << 20
)  # of vectors in a row group: what a writer holds, and a reader reads at least
_MAX_ROW_BYTES = 1 << 30  # a Parquet page has less than 2 GiB
_MAX_GROUP_ROWS = 1 << 14  # fewer than pyarrow puts into a page

ERRORS = pa.schema(
    [
        pa.field("clip", pa.string(), nullable=False),
        pa.field("frame", pa.int32()),
        pa.field("code", pa.string(), nullable=False),
        pa.field("message", pa.string(), nullable=False),
        pa.field("controller", pa.string()),
        pa.field("attribute", pa.string()),
    ]
)


@dataclass(frozen=True)
class Columns:
    """shape: of one row's `vec`, float32 in C order. metadata: what stands in the footer."""

    shape: tuple[int, ...]
    has_mirrored: bool
    metadata: dict[str, str]

    @property
    def width(self) -> int:
        """Numbers of a row."""
        return int(np.prod(self.shape))

    @property
    def group_rows(self) -> int:
        """Rows of a row group."""
        return max(1, min(_MAX_GROUP_ROWS, _GROUP_BYTES // (4 * self.width)))

    @property
    def schema(self) -> pa.Schema:
        """vec is of fixed size and never null: its bytes lie in a file as they are in memory."""
        fields = [
            pa.field("clip", pa.string(), nullable=False),
            pa.field("frame", pa.int32(), nullable=False),
            pa.field("time", pa.float64(), nullable=False),
            pa.field("vec", pa.binary(4 * self.width), nullable=False),
        ]
        if self.has_mirrored:
            fields.append(pa.field("mirrored", pa.bool_(), nullable=False))
        return pa.schema(fields)


def columns_of(rig: Rig, options: Options) -> Columns:
    """The columns of a rig's shards.

    RigError where its spec can no longer be read, OptionError for rows that are too long.
    """
    metadata = {
        "rigjit.rig_hash": rig.hash,
        "rigjit.vec_size": str(rig.vec_size),
        "rigjit.spec": resolved(rig),
    }
    shape: tuple[int, ...] = (rig.vec_size,)
    if options.windows is not None:
        shape = (options.windows, rig.vec_size)
        metadata["rigjit.window"] = str(options.windows)
    if 4 * math.prod(shape) > _MAX_ROW_BYTES:
        raise OptionError(
            f"a window of {options.windows} frames of {rig.vec_size} numbers has "
            f"{4 * math.prod(shape)} bytes, and a row at most {_MAX_ROW_BYTES}: take fewer frames"
        )
    return Columns(shape, options.mirror, metadata)
