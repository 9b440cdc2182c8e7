"""Poses of a request back to vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgpack
import numpy as np

from rigjit.serve import media, read
from rigjit.serve.problems import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rigjit import Rig
    from rigjit.serve.write import Query

_FLOAT_FORMS = (media.OCTETS, media.NPY, media.SAFETENSORS)


def vectors(
    rig: Rig, body: bytes, form: str, query: Query, max_frames: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_] | None]:
    """(vec_size,) of one pose, (n, vec_size) of n, and with a mask which of them are good."""
    if form in _FLOAT_FORMS:
        values = read.floats(body, form, len(rig.channels), rig, "values")
        check_count(values, max_frames)
        if values.ndim == 1 and not query.mask:
            return rig.values_to_vec(values), None
        return _split(rig.values_to_vec_batch(np.atleast_2d(values), **_errors(query)), values.ndim)
    poses, is_one = (_messages if form == media.MSGPACK else _texts)(rig, body, form)
    check_count(poses, max_frames)
    rules: dict[str, Any] = {"missing": query.missing, "extra": query.extra}
    if is_one and not query.mask:
        return rig.rig_to_vec(poses[0], **rules), None
    if not len(poses):
        return np.empty((0, rig.vec_size), np.float32), np.ones(0, np.bool_)
    return _split(rig.rig_to_vec_batch(poses, **rules, **_errors(query)), 1 if is_one else 2)


def check_count(frames: Any, max_frames: int) -> None:
    """Problem 413 where there are more frames than the server takes."""
    if getattr(frames, "ndim", 2) == 2 and len(frames) > max_frames:
        raise Problem(413, f"{len(frames)} frames; a request may have {max_frames}")


def _errors(query: Query) -> dict[str, Any]:
    return {"errors": "mask"} if query.mask else {}


def _split(result: Any, ndim: int) -> tuple[Any, Any]:
    vecs, good = result if isinstance(result, tuple) else (result, None)
    return (vecs[0] if ndim == 1 else vecs), good


def _messages(rig: Rig, body: bytes, form: str) -> tuple[Any, bool]:
    """The maps of a body: one behind another, or in an array; whether it is one alone."""
    size = rig.msgpack_size
    is_array = bool(body) and (0x90 <= body[0] <= 0x9F or body[0] in (0xDC, 0xDD))
    if not is_array and len(body) > size and len(body) % size == 0:
        rows = np.frombuffer(body, np.uint8).reshape(-1, size)
        if (rows[:, 0] == rows[0, 0]).all():  # most likely this rig's own: read without the GIL
            return rows, False
    unpacker = msgpack.Unpacker(max_buffer_size=len(body) + 1)
    unpacker.feed(body)
    poses: list[bytes] = []
    begin = 0
    try:
        count = unpacker.read_array_header() if is_array else None
        begin = unpacker.tell()
        while begin < len(body):
            unpacker.skip()
            end = unpacker.tell()
            poses.append(body[begin:end])
            begin = end
    except (msgpack.OutOfData, ValueError, RecursionError) as error:
        what = "cut" if isinstance(error, msgpack.OutOfData) else error or type(error).__name__
        read.fail(400, "malformed-messagepack", f"no MessagePack at byte {begin}: {what}")
    if count is not None and count != len(poses):
        read.fail(400, "malformed-messagepack", f"an array of {count} holds {len(poses)} poses")
    if not poses and not is_array:
        read.fail(400, "malformed-messagepack", "the body is empty")
    return poses, count is None and len(poses) == 1


def _texts(rig: Rig, body: bytes, form: str) -> tuple[Any, bool]:
    """JSON: an object, an array of objects, or a line each."""
    if form == media.LINES:
        return [_object(line) for line in read.lines(body)], False
    start = body.lstrip(b" \t\r\n")[:1]
    if start == b"{":
        return [body], True
    found = read.parse_json(body)
    if not isinstance(found, list):
        read.fail(422, "wrong-type", "a pose is an object of controllers, n poses an array of them")
    for index, pose in enumerate(found):
        if not isinstance(pose, dict):
            read.fail(422, "wrong-type", f"pose {index} of the array is no object of controllers")
    return found, False


def _object(line: bytes) -> bytes:
    if not line.lstrip().startswith(b"{"):
        read.fail(422, "wrong-type", "a line is no object of controllers")
    return line
