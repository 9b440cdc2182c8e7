"""Vectors into answers: each form that a pose or a vector is sent in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rigjit.serve import media
from rigjit.serve.pose_json import pose_json
from rigjit.serve.safetensors_bytes import vector_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rigjit import Rig
    from rigjit.serve.buffers import BufferPool

_NIL = b"\xc0"


@dataclass(frozen=True)
class Query:
    """What a request's query asks of its answer."""

    continuous: bool = False
    fps: str = "24"
    mask: bool = False
    live: bool = False
    vector: bool = False
    missing: str = "error"
    extra: str = "ignore"


PLAIN = Query()


def pose(rig: Rig, vec: Any, form: str) -> bytes:
    """One pose; RigError where the vector is none."""
    if form == media.MSGPACK:
        return rig.vec_to_rig(vec)
    if form == media.JSON:
        return rig.vec_to_json(vec)
    if form == media.LINES:
        return rig.vec_to_json(vec) + b"\n"
    return _little(rig.vec_to_values(vec)).tobytes()


def poses(
    rig: Rig, vecs: Any, form: str, query: Query, pool: BufferPool
) -> tuple[Any, NDArray[np.bool_] | None]:
    """n poses and, with a mask, which of them are good; RigError for a bad one without it.

    What is returned may be a view of the pool's memory: nothing else may write there while it
    lives.
    """
    if form == media.SAFETENSORS:
        return _clip(rig, vecs, query)
    if form == media.MSGPACK:
        out = pool.take(len(vecs) * rig.msgpack_size).reshape(len(vecs), rig.msgpack_size)
        good = _batch(rig.vec_to_rig_batch, vecs, out, query)
        if good is None or good.all():
            return out.reshape(-1).data, good
        pieces = [out[i].tobytes() if good[i] else _NIL for i in range(len(vecs))]
        return b"".join(pieces), good
    if form == media.OCTETS or query.continuous or query.mask:
        room = pool.take(len(vecs) * len(rig.channels) * 4)
        values = room.view(np.float32).reshape(len(vecs), len(rig.channels))
        good = _batch(rig.vec_to_values_batch, vecs, values, query)
        if form == media.OCTETS:
            return _little(values).view(np.uint8).reshape(-1).data, good
        return _joined(_json_rows(rig, vecs, values, good, query), form), good
    try:
        return _joined([rig.vec_to_json(vec) for vec in vecs], form), None
    except ValueError:
        rig.vec_to_values_batch(vecs)  # names the frame
        raise


def _batch(convert: Any, vecs: Any, out: Any, query: Query) -> NDArray[np.bool_] | None:
    if not len(vecs):
        return np.ones(0, np.bool_) if query.mask else None
    if query.mask:
        good: NDArray[np.bool_] = convert(
            vecs, out=out, errors="mask", continuous=query.continuous
        )[1]
        return good
    convert(vecs, out=out, continuous=query.continuous)
    return None


def _clip(rig: Rig, vecs: Any, query: Query) -> tuple[bytes, NDArray[np.bool_] | None]:
    if query.mask:
        return rig.clip(vecs, fps=query.fps, errors="mask", continuous=query.continuous)
    return rig.clip(vecs, fps=query.fps, continuous=query.continuous), None


def _json_rows(
    rig: Rig, vecs: Any, values: Any, good: NDArray[np.bool_] | None, query: Query
) -> list[bytes]:
    def row(index: int) -> bytes:
        if good is not None and not good[index]:
            return b"null"
        return pose_json(rig, values[index]) if query.continuous else rig.vec_to_json(vecs[index])

    return [row(index) for index in range(len(vecs))]


def _joined(rows: list[bytes], form: str) -> bytes:
    """Texts as lines, or as one JSON array."""
    if form == media.LINES:
        return b"".join([row + b"\n" for row in rows])
    return b"[" + b",".join(rows) + b"]"


def vectors(rig: Rig, vecs: NDArray[np.float32], form: str) -> Any:
    """Vectors, (vec_size,) or (n, vec_size), in the form asked for."""
    if form == media.OCTETS:
        return _little(vecs).tobytes()
    if form == media.NPY:
        return _npy(vecs)
    if form == media.SAFETENSORS:
        return vector_file(rig, vecs)
    if form == media.MSGPACK:
        return _msgpack_floats(vecs)
    texts = [_json_floats(vec) for vec in np.atleast_2d(vecs)]
    return texts[0] if vecs.ndim == 1 and form == media.JSON else _joined(texts, form)


def _little(array: NDArray[Any]) -> NDArray[Any]:
    return array.astype("<f4", copy=False)


def _npy(array: NDArray[Any]) -> bytes:
    import io

    file = io.BytesIO()
    np.save(file, _little(array), allow_pickle=False)
    return file.getvalue()


def _msgpack_floats(vecs: NDArray[np.float32]) -> bytes:
    """Arrays of float32, in an array where there are n."""
    rows = np.atleast_2d(vecs)
    cells = np.empty((*rows.shape, 5), np.uint8)
    cells[..., 0] = 0xCA
    cells[..., 1:] = rows.astype(">f4")[..., None].view(np.uint8)
    head = _array_head(rows.shape[1])
    body = b"".join([head + row.tobytes() for row in cells])
    return body if vecs.ndim == 1 else _array_head(len(rows)) + body


def _array_head(count: int) -> bytes:
    if count < 16:
        return bytes([0x90 | count])
    if count < 1 << 16:
        return b"\xdc" + count.to_bytes(2, "big")
    return b"\xdd" + count.to_bytes(4, "big")


def _json_floats(vec: NDArray[np.float32]) -> bytes:
    return ("[" + ",".join([str(value) for value in vec]) + "]").encode()
