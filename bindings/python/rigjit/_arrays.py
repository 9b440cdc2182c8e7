"""Turns what callers pass into plain arrays that the compiled code reads and writes.

Only vectors that are not float32, one-dimensional and contiguous already come through here, and
batches. Imported when first needed: `import rigjit` leaves numpy alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from rigjit._errors import RigError
from rigjit._rigjit import Error

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAX_DEPTH = 32  # of lists in lists
# Items that need no question. Python's own have no dtype to get wrong: [0, 1] is fine.
_NUMBERS = {float, int, np.float16, np.float32, np.float64, np.longdouble}
# What has one of these says itself which array it is.
_OF_ARRAYS = ("__array__", "__array_interface__", "__dlpack__")

# kDLCPU, kDLCUDAHost, kDLROCMHost
_DLPACK_HOST_MEMORY = (1, 3, 11)


def vector(vec: object, size: int, name: str = "vec") -> NDArray[np.float32]:
    """One vector: (size,) float32, C order, aligned."""
    array = _float_array(vec, name)
    if array.shape != (size,):
        _fail("wrong-shape", _vector_problem(array.shape, size, name), name)
    return _float32(array)


def vectors(vecs: object, size: int, name: str = "vecs") -> NDArray[np.float32]:
    """A batch: (n, size) float32, C order, aligned."""
    array = _float_array(vecs, name)
    if array.ndim != 2 or array.shape[1] != size:
        _fail("wrong-shape", _batch_problem(array.shape, size, name), name)
    return _float32(array)


def one_or_many(vecs: object, size: int, name: str = "vecs") -> NDArray[np.float32]:
    """A vector or a batch of them: (size,) or (n, size) float32, C order, aligned."""
    array = _float_array(vecs, name)
    if array.ndim not in (1, 2) or array.shape[-1] != size:
        _fail("wrong-shape", _one_or_many_problem(array.shape, size, name), name)
    return _float32(array)


def start_values(start: object, count: int) -> NDArray[np.float32]:
    """One value a channel that a stream continues from: (count,) float32, C order, aligned."""
    array = _float_array(start, "start")
    if array.shape != (count,):
        _fail(
            "wrong-shape",
            f"start has shape {array.shape}, not one value a channel: ({count},)",
            "start",
        )
    values = _float32(array)
    if not np.isfinite(values).all():
        _fail(
            "not-finite", f"start[{np.flatnonzero(~np.isfinite(values))[0]}] is not finite", "start"
        )
    return values


def output(
    out: object, shape: tuple[int, ...], dtype: str, source: NDArray[np.float32] | None = None
) -> NDArray[Any]:
    """A new array, or `out` when it can take the result without touching `source`."""
    if out is None:
        return np.empty(shape, dtype)
    if isinstance(out, np.ma.MaskedArray):
        raise TypeError("out is a masked array; pass out.data")
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be a numpy array, not {type(out).__name__}")
    if out.dtype != np.dtype(dtype):
        raise ValueError(f"out must have dtype {dtype}, not {out.dtype}")
    if out.shape != shape:
        raise ValueError(f"out must have shape {shape}, not {out.shape}")
    if not (out.flags.c_contiguous and out.flags.aligned):
        raise ValueError("out must be contiguous in C order, and aligned")
    if not out.flags.writeable:
        raise ValueError("out is read-only")
    if source is not None and np.may_share_memory(out, source):
        raise ValueError("out overlaps the input")
    return out


def floats(values: object, name: str) -> NDArray[Any]:
    """Floats of any width and shape."""
    array = _float_array(values, name)
    return array.astype(np.float32) if array.dtype.kind in "iu" else array


def number_or_floats(values: object, name: str) -> NDArray[Any]:
    """The same, or one number."""
    return floats([values], name)[0] if type(values) in _NUMBERS else floats(values, name)


def _float_array(values: Any, name: str) -> NDArray[Any]:
    """The one gate of whatever stands for floats: an array, a tensor, or lists of them.

    What is refused by itself is refused inside a list, too.
    """
    if _is_list(values):
        return _listed(values, name, 0)
    values = _on_cpu(values, name)
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; pass {name}.filled(...) instead")
    array = np.asarray(_imported(values, name))
    is_numpys = array.dtype.isbuiltin != 2  # else of another library: float8, int4
    if (array.dtype.kind == "f" and is_numpys) or array.dtype.name == "bfloat16":
        return array
    if array.dtype.kind in "biu" or "float" in array.dtype.name:
        raise TypeError(
            f"{name} must hold floats, not {array.dtype}; convert it with .astype(np.float32)"
        )
    raise TypeError(f"{name} must hold floats, not {_kind_of(values, array)}")


def _is_list(values: Any) -> bool:
    """Whether numpy would take its items one by one."""
    if isinstance(values, (list, tuple)):
        return True
    if not isinstance(values, Sequence) or isinstance(values, (str, range)):
        return False
    return not (_has_buffer(values) or any(hasattr(values, name) for name in _OF_ARRAYS))


def _has_buffer(values: Any) -> bool:
    try:
        memoryview(values).release()
    except TypeError:
        return False
    return True


def _listed(values: Any, name: str, depth: int) -> NDArray[Any]:
    """The array of a list, each item of which has passed the gate."""
    if depth == _MAX_DEPTH:
        _fail("wrong-shape", f"{name} lies in {_MAX_DEPTH} lists", name)
    if not _NUMBERS.issuperset(map(type, values)):
        values = [_item(value, f"{name}[{i}]", depth + 1) for i, value in enumerate(values)]
    try:
        listed = np.asarray(values)
        # Integers beyond 64 bits are objects to numpy.
        return listed.astype(np.float64) if listed.dtype.kind == "O" else listed
    except ValueError:  # lists of different lengths
        _fail("wrong-shape", f"{name} has rows of different lengths", name)
    except OverflowError:
        _fail("overflow", f"{name} holds a number beyond a float's", name)


def _item(value: Any, name: str, depth: int) -> Any:
    if type(value) in _NUMBERS:
        return value
    return _listed(value, name, depth) if _is_list(value) else _float32_of_bfloat16(value, name)


def _float32_of_bfloat16(value: Any, name: str) -> NDArray[Any]:
    array = _float_array(value, name)
    # Which numpy does not join with other floats.
    return array if array.dtype.kind == "f" else array.astype(np.float32)


def _on_cpu(values: Any, name: str) -> Any:
    """`values`, or the float32 tensor that stands for a bfloat16 one; torch is never imported."""
    if hasattr(values, "detach") and hasattr(values, "device"):
        device = values.device
        on_other_device = getattr(device, "type", str(device)) != "cpu"
        if on_other_device or getattr(values, "requires_grad", False):
            where = f"is on {device}" if on_other_device else "requires grad"
            _fail("wrong-device", f"{name} {where}; pass {name}.detach().cpu()", name)
        dtype = str(getattr(values, "dtype", ""))
        if dtype == "torch.bfloat16":
            return values.float()
        if dtype.startswith("torch.float8"):
            raise TypeError(f"{name} must hold floats, not {dtype}; pass {name}.float()")
    # Only asked of what is no tensor: torch raises RuntimeError where one requires grad.
    elif not isinstance(values, np.ndarray) and hasattr(values, "__cuda_array_interface__"):
        _fail("wrong-device", f"{name} is on a GPU; copy it to the CPU first", name)
    return values


def _imported(values: Any, name: str) -> Any:
    """`values`, or a view of a tensor that speaks DLPack and nothing else that numpy knows."""
    if not hasattr(values, "__dlpack__") or isinstance(values, np.ndarray):
        return values
    if hasattr(values, "__array__") or hasattr(values, "__array_interface__"):
        return values
    device_type, device_id = values.__dlpack_device__()
    if device_type not in _DLPACK_HOST_MEMORY:
        where = f"DLPack device {int(device_type)}:{device_id}"
        _fail("wrong-device", f"{name} is on {where}; copy it to the CPU first", name)
    try:
        return np.from_dlpack(values)
    except (BufferError, RuntimeError) as error:  # bfloat16, or what numpy has no dtype for
        raise TypeError(f"{name} must hold floats that numpy can read: {error}") from error


def _float32(array: NDArray[Any]) -> NDArray[np.float32]:
    # Too large for float32 becomes infinite, which the conversion then names.
    with np.errstate(all="ignore"):
        return np.require(array, np.float32, ["C_CONTIGUOUS", "ALIGNED"])


def _kind_of(values: object, array: NDArray[Any]) -> str:
    if array.dtype.kind in "OUS" and not isinstance(values, np.ndarray):
        return f"{type(values).__name__} of {array.dtype}" if array.ndim else type(values).__name__
    return str(array.dtype)


def _vector_problem(shape: tuple[int, ...], size: int, name: str) -> str:
    what = "one vector" if name == "vec" else "those of one frame,"
    problem = f"{name} has shape {shape}, the rig takes {what} of shape ({size},)"
    if len(shape) == 2 and shape[1] == size:
        return f"{problem}; pass {name}[0], or call the batch method for several frames"
    if len(shape) == 1:
        return f"{problem}: {shape[0]} elements instead of {size}"
    if np.prod(shape) == size:
        return f"{problem}; pass {name}.reshape(-1)"
    return problem


def _batch_problem(shape: tuple[int, ...], size: int, name: str) -> str:
    problem = f"{name} has shape {shape}, the rig takes a batch of shape (n, {size})"
    if shape == (size,):
        return f"{problem}; pass {name}[None], or call the method for one frame"
    if len(shape) > 2 and shape[-1] == size:
        return f"{problem}; pass {name}.reshape(-1, {size})"
    return problem


def _one_or_many_problem(shape: tuple[int, ...], size: int, name: str) -> str:
    if len(shape) < 2:
        return _vector_problem(shape, size, name)
    return _batch_problem(shape, size, name)


def _fail(code: str, message: str, path: str) -> NoReturn:
    raise RigError([Error(code, message, path=path)])
