"""Bodies of requests into arrays; whatever cannot be read is a Problem that says where."""

from __future__ import annotations

import ast
import json
import math
from typing import TYPE_CHECKING, Any, NoReturn

import msgpack
import numpy as np

from rigjit.serve import media
from rigjit.serve.problems import Problem
from rigjit.serve.safetensors_bytes import read_matrix

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from rigjit import Rig

_LITTLE_FLOAT = np.dtype("<f4")
_NPY_HEADER = 10_000  # bytes; numpy's own limit


def floats(body: bytes, form: str, size: int, rig: Rig, what: str) -> NDArray[Any]:
    """Vectors or values: (size,) of one, or (n, size); what: "vectors" or "values".

    Floats of the width they came in; not checked for NaN.
    """
    if form == media.OCTETS:
        return _octets(body, size, what)
    if form == media.NPY:
        array = npy(body)
    elif form == media.SAFETENSORS:
        tensor = "vectors" if what == "vectors" else "frames"
        array = read_matrix(body, tensor, rig)
    elif form == media.MSGPACK:
        array = _numbers(_unpack(body), what)
    elif form == media.LINES:
        array = _numbers([parse_json(line) for line in lines(body)], what)
    else:
        array = _numbers(parse_json(body), what)
    if array.dtype.kind != "f":
        fail(422, "wrong-type", f"the {what} must be floats, not {array.dtype}")
    return _check_shape(array, size, what)


def _octets(body: bytes, size: int, what: str) -> NDArray[np.float32]:
    count, rest = divmod(len(body), 4 * size)
    if rest or not count:
        fail(
            422,
            "wrong-shape",
            f"{len(body)} bytes are no {what} of {size} float32: a multiple of {4 * size} is",
        )
    array = np.frombuffer(body, _LITTLE_FLOAT)
    return array if count == 1 else array.reshape(count, size)


def _check_shape(array: NDArray[Any], size: int, what: str) -> NDArray[Any]:
    if array.ndim == 2 and array.shape[0] == 0:
        return array.reshape(0, size)
    if array.ndim not in (1, 2) or array.shape[-1] != size:
        fail(
            422,
            "wrong-shape",
            f"the {what} have shape {array.shape}; the rig takes ({size},) or (n, {size})",
        )
    return array


def npy(body: bytes) -> NDArray[Any]:
    """The array of a .npy file, a view of its bytes: a header's promise costs nothing."""
    if body[:6] != b"\x93NUMPY" or len(body) < 10:
        fail(400, "malformed-npy", "the body is no .npy file")
    wide = body[6] >= 2
    head = 12 if wide else 10
    length = int.from_bytes(body[8:head], "little")
    if length > min(_NPY_HEADER, len(body) - head):
        fail(400, "malformed-npy", "the header of the .npy file is cut, or too long")
    try:
        header = ast.literal_eval(body[head : head + length].decode("latin-1").strip())
        dtype = np.dtype(header["descr"])
        shape, fortran = tuple(header["shape"]), bool(header["fortran_order"])
        is_shape = all(type(axis) is int and axis >= 0 for axis in shape)
    except (ValueError, SyntaxError, TypeError, KeyError, RecursionError, MemoryError):
        fail(400, "malformed-npy", "the header of the .npy file cannot be read")
    if not is_shape or dtype.kind not in "fiub" or dtype.hasobject:
        fail(400, "malformed-npy", f"an array of {dtype} and shape {shape} is none of numbers")
    data = memoryview(body)[head + length :]
    if math.prod(shape) * dtype.itemsize != len(data):
        fail(400, "malformed-npy", f"{len(data)} bytes are no array of {dtype} and shape {shape}")
    array = np.frombuffer(data, dtype)
    return array.reshape(shape, order="F" if fortran else "C")


def parse_json(text: bytes | str) -> Any:
    """What JSON says; NaN and Infinity are none."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        fail(400, "malformed-json", f"no JSON: {error or type(error).__name__}")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def lines(body: bytes) -> list[bytes]:
    """Lines with something on them."""
    return [line for line in body.split(b"\n") if line.strip()]


def _unpack(body: bytes) -> Any:
    """Numbers in arrays, or bytes of float32."""
    try:
        found = msgpack.unpackb(body, raw=True, strict_map_key=False)
    except (ValueError, TypeError, RecursionError, MemoryError, OverflowError) as error:
        fail(400, "malformed-messagepack", f"no MessagePack: {error or type(error).__name__}")
    if isinstance(found, bytes) and len(found) % 4 == 0:
        return np.frombuffer(found, _LITTLE_FLOAT)
    if isinstance(found, list) and found and all(isinstance(row, bytes) for row in found):
        if len({len(row) for row in found}) == 1 and len(found[0]) % 4 == 0:
            return np.frombuffer(b"".join(found), _LITTLE_FLOAT).reshape(len(found), -1)
        fail(422, "wrong-shape", "rows of bytes must be float32, all of one length")
    return found


def _numbers(found: Any, what: str) -> NDArray[Any]:
    """Nested lists of numbers as floats."""
    if isinstance(found, np.ndarray):
        return found
    if not isinstance(found, list):
        fail(422, "wrong-type", f"the {what} must be an array of numbers, or of such arrays")
    if not found:
        return np.empty((0, 0), np.float32)
    rows: Iterable[Any] = found if isinstance(found[0], list) else [found]
    for row in rows:
        if not isinstance(row, list):
            fail(422, "wrong-shape", f"the {what} have rows of different kinds")
        if not _NUMBERS.issuperset(map(type, row)):
            wrong = next(cell for cell in row if type(cell) not in _NUMBERS)
            fail(422, "wrong-type", f"the {what} must be numbers, not {type(wrong).__name__}")
    try:
        with np.errstate(all="ignore"):
            return np.array(found, np.float32)
    except OverflowError:
        fail(422, "overflow", f"the {what} hold a whole number beyond float32")
    except ValueError:
        fail(422, "wrong-shape", f"the {what} have rows of different lengths")


_NUMBERS = frozenset((int, float))


def fail(status: int, code: str, message: str) -> NoReturn:
    """Raise a Problem of one error."""
    raise Problem(status, message, [{"code": code, "message": message}])
