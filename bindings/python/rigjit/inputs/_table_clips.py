"""Which frames of which clips the rows of a table are, as the columns of a data set say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rigjit._errors import RigError
from rigjit._rigjit import Error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from rigjit.inputs._block import Block

_BEFORE_ALL = np.iinfo(np.int64).min


class Places(NamedTuple):
    """rows: (n,) of a batch's frames those that are taken; frames: (n,) their numbers in their
    clip; clips: the clip that begins at each of `begins`, a place in these arrays."""

    rows: NDArray[np.int64]
    frames: NDArray[np.int64]
    clips: list[str]
    begins: NDArray[np.int64]


class TableClips:
    """The columns `clip` and `frame`, and `mirrored` where it is there.

    columns: their names; window: frames that a row holds, `frame` its first. One pass over a table
    is of frames as they are, another one of mirror images, which are clips of their own. A frame
    that several windows hold is taken once.
    """

    def __init__(self, names: list[str], window: int) -> None:
        self.columns = ["clip", "frame", *(["mirrored"] if "mirrored" in names else [])]
        self.window = window

    @property
    def passes(self) -> tuple[bool, ...]:
        return (False, True) if "mirrored" in self.columns else (False,)

    def places(self, batches: Iterator[Any], mirrored: bool) -> Iterator[tuple[Any, Places]]:
        """(batch, the rows of it that a pass takes), in the table's order."""
        clip, end = "", _BEFORE_ALL
        within = np.arange(self.window)
        for batch in batches:
            chosen = np.arange(batch.num_rows)
            if "mirrored" in self.columns:
                chosen = np.flatnonzero(_numpy(batch, "mirrored").astype(bool) == mirrored)
            if not len(chosen):
                continue
            firsts = _numpy(batch, "frame").astype(np.int64)[chosen]
            _refuse_null(batch, "clip")
            encoded = batch.column("clip").cast("large_string").dictionary_encode()
            codes = encoded.indices.to_numpy()[chosen]
            begins = np.flatnonzero(np.diff(codes, prepend=-1))
            clips = [encoded.dictionary[codes[i].item()].as_py() for i in begins.tolist()]
            before = np.concatenate([[_BEFORE_ALL], firsts[:-1] + self.window - 1])
            before[begins] = _BEFORE_ALL
            if clips[0] == clip:
                before[0] = end
            clip, end = clips[-1], int(firsts[-1]) + self.window - 1
            rows, frames = chosen[:, None] * self.window + within, firsts[:, None] + within
            kept = frames > before[:, None] if self.window > 1 else np.ones(rows.shape, np.bool_)
            starts = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])[begins]
            names = [f"{each} (mirrored)" if mirrored else each for each in clips]
            yield batch, Places(rows[kept], frames[kept], names, starts)


def clips_of(schema: Any) -> TableClips | None:
    """None where a table's rows are of one clip, the file itself."""
    import pyarrow as pa

    names = schema.names
    if any(names.count(name) != 1 for name in ("clip", "frame")):
        return None
    clip, frame = schema.field("clip").type, schema.field("frame").type
    if pa.types.is_dictionary(clip):
        clip = clip.value_type
    is_text = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    if not any(each(clip) for each in is_text):
        return None
    if not pa.types.is_integer(frame):
        return None
    window = (schema.metadata or {}).get(b"rigjit.window", b"1")
    if not window.isdigit() or not 0 < int(window) < 1 << 31:
        raise RigError([Error("malformed-file", f"its footer says rigjit.window = {window!r}")])
    return TableClips(names, int(window))


def by_clip(block: Block, places: Places) -> Iterator[Block]:
    """The clips of a block whose frames are the places of `places`."""
    ends = [*places.begins[1:].tolist(), len(places.frames)]
    for clip, begin, end in zip(places.clips, places.begins.tolist(), ends, strict=True):
        if begin == end:
            continue
        low, high = np.searchsorted(block.frames, [begin, end])
        bad = [
            each._replace(frame=int(places.frames[each.frame]))
            for each in block.bad
            if begin <= each.frame < end
        ]
        yield type(block)(
            int(places.frames[begin]),
            end - begin,
            block.rows[low:high],
            places.frames[block.frames[low:high]],
            bad,
            clip,
        )


def _numpy(batch: Any, name: str) -> NDArray[Any]:
    _refuse_null(batch, name)
    array: NDArray[Any] = batch.column(name).to_numpy(zero_copy_only=False)
    return array


def _refuse_null(batch: Any, name: str) -> None:
    if batch.column(name).null_count:
        raise RigError([Error("wrong-type", f"the column {name!r} has rows without a value")])
