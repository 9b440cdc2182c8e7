"""What callers pass to rigjit.collision, as the exact arrays that its compiled part takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from rigjit import _arrays
from rigjit._errors import RigError
from rigjit._rigjit import Error


def fail(code: str, message: str, path: str) -> NoReturn:
    raise RigError([Error(code, message, path=path)])


def fail_each(code: str, messages: Iterable[str]) -> NoReturn:
    raise RigError([Error(code, message, path="parents") for message in messages])


def _native(values: object, name: str) -> NDArray[Any]:
    """float32 or float64, whichever holds what is given; C order, aligned."""
    array = _arrays.floats(values, name)
    dtype = np.float64 if array.dtype.itemsize > 4 else np.float32
    with np.errstate(all="ignore"):
        return np.require(array, dtype, ["C_CONTIGUOUS", "ALIGNED"])


def float32(values: object, name: str) -> NDArray[np.float32]:
    if isinstance(values, (int, float)):
        values = [float(values)]
    with np.errstate(all="ignore"):
        return np.require(_arrays.floats(values, name), np.float32, ["C_CONTIGUOUS", "ALIGNED"])


def points(given: object, name: str) -> NDArray[np.float64]:
    array = np.require(_native(given, name), np.float64, ["C_CONTIGUOUS", "ALIGNED"])
    if array.size == 0 and array.ndim < 3:
        return array.reshape(0, 3)
    if array.ndim != 2 or array.shape[1] != 3:
        fail("wrong-shape", f"{name} has shape {array.shape}, points are (k, 3)", name)
    return array


def pose(given: object, name: str) -> NDArray[np.float64] | None:
    if given is None:
        return None
    if type(given) is np.ndarray and given.dtype == np.float64 and given.shape == (4, 4):
        return np.ascontiguousarray(given)
    array = np.require(_native(given, name), np.float64, ["C_CONTIGUOUS", "ALIGNED"])
    if array.shape == (3, 4):
        array = np.vstack([array, [0.0, 0.0, 0.0, 1.0]])
    if array.shape != (4, 4):
        fail("wrong-shape", f"{name} has shape {array.shape}, a pose is (4, 4) or (3, 4)", name)
    return array


def transforms(given: object, hulls: int) -> NDArray[Any]:
    array = _native(given, "transforms")
    if array.ndim == 4 and array.shape[1] == hulls and array.shape[2:] in ((4, 4), (3, 4)):
        return array
    problem = f"transforms have shape {array.shape}, not (n, {hulls}, 4, 4) or (n, {hulls}, 3, 4)"
    if array.shape in ((hulls, 4, 4), (hulls, 3, 4)):
        problem += "; pass transforms[None]"
    elif array.ndim == 4 and array.shape[2:] in ((4, 4), (3, 4)):
        problem += f": {array.shape[1]} transforms a frame, {hulls} hulls"
    fail("wrong-shape", problem, "transforms")


def rest_pose(given: object, hulls: int) -> NDArray[Any]:
    array = _native(given, "rest")
    if array.ndim == 3:
        array = array[None]
    if array.ndim != 4 or array.shape[0] != 1 or array.shape[1] != hulls:
        fail(
            "wrong-shape",
            f"rest has shape {array.shape}, the rest pose is ({hulls}, 4, 4) or ({hulls}, 3, 4)",
            "rest",
        )
    return transforms(array, hulls)


def pairs(given: object) -> NDArray[np.int32]:
    array = np.asarray(given)
    if array.size == 0 and array.ndim < 3:
        return np.empty((0, 2), np.int32)
    if array.dtype.kind not in "iu":
        raise TypeError(f"pairs must hold integers, not {array.dtype}")
    if array.ndim != 2 or array.shape[1] != 2:
        fail("wrong-shape", f"pairs have shape {array.shape}, not (m, 2)", "pairs")
    if array.dtype != np.int32:  # what int32 does not hold stays out of range
        array = np.clip(array, -1 if array.dtype.kind == "i" else 0, 2**31 - 1)
    return np.require(array, np.int32, ["C_CONTIGUOUS", "ALIGNED"]).view(np.ndarray)


def mask(errors: str, frames: int) -> NDArray[np.bool_] | None:
    if errors not in ("raise", "mask"):
        raise ValueError(f"errors must be 'raise' or 'mask', not {errors!r}")
    return np.ones(frames, np.bool_) if errors == "mask" else None


def threads(given: int) -> int:
    if given < 0:
        raise ValueError(f"threads must be 0 (every core) or more, not {given}")
    return min(given, 2**16)
