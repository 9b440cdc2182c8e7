"""The one matrix of a safetensors file, read from memory."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from rigjit.serve.problems import Problem, shorten

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rigjit import Rig

_TYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}
_MAX_HEADER = 100_000_000


def read_matrix(body: bytes, tensor: str, rig: Rig) -> NDArray[Any]:
    """The tensor of that name, or the only one; Problem where it is none, or of another rig."""
    size = int.from_bytes(body[:8], "little")
    if len(body) < 8 or size > min(_MAX_HEADER, len(body) - 8):
        raise _malformed("the body is no safetensors file, or was cut within its header")
    try:
        header = json.loads(body[8 : 8 + size])
        metadata = header.pop("__metadata__", {}) or {}
        entry = header[tensor] if tensor in header else _only(header)
        dtype, shape = np.dtype(_TYPES[entry["dtype"]]), [_index(axis) for axis in entry["shape"]]
        begin, end = (8 + size + _index(offset) for offset in entry["data_offsets"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _malformed(f"the safetensors file has no matrix of floats: {error!r}") from None
    _check_rig(metadata, rig)
    if not begin <= end <= len(body) or end - begin != dtype.itemsize * math.prod(shape):
        raise _malformed("the offsets of the safetensors file and its shape do not agree")
    return np.frombuffer(body[begin:end], dtype).reshape(shape)


def _only(header: dict[str, Any]) -> Any:
    if len(header) != 1:
        raise ValueError(f"{len(header)} tensors")
    return next(iter(header.values()))


def _index(number: Any) -> int:
    if type(number) is not int or not 0 <= number < 1 << 48:
        raise ValueError(f"{number!r} is no size")
    return number


def _check_rig(metadata: Any, rig: Rig) -> None:
    """422 where the file says that it is of another rig."""
    found = metadata.get("rig_hash") if isinstance(metadata, dict) else None
    if found in (None, rig.hash):
        return
    message = f"the file is of a rig with hash {shorten(str(found))}, not {rig.hash}"
    raise Problem(422, message, [{"code": "other-rig", "message": message}])


def _malformed(message: str) -> Problem:
    return Problem(400, message, [{"code": "malformed-safetensors", "message": shorten(message)}])


def vector_file(rig: Rig, vecs: NDArray[np.float32]) -> bytes:
    """Vectors as `rigjit.clips.save_vectors` writes them, (vec_size,) or (n, vec_size)."""
    import os
    import tempfile

    from rigjit.clips import save_vectors

    # In memory where the machine lets it: the writer of such files knows paths alone.
    directory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=directory) as folder:
        path = os.path.join(folder, "vectors.safetensors")
        save_vectors(path, rig, np.atleast_2d(vecs))
        with open(path, "rb") as file:
            return file.read()
