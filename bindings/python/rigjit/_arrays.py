"""Turns what callers pass into plain arrays that the compiled code reads and writes.

Only vectors that are not float32, one-dimensional and contiguous already come through here, and
batches. Imported when first needed: `import rigjit` leaves numpy alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from rigjit._errors import RigError
from rigjit._rigjit import Error

if TYPE_CHECKING:
    from numpy.typing import NDArray

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


def _float_array(values: Any, name: str) -> NDArray[Any]:
    values = _on_cpu(values, name)
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; pass {name}.filled(...) instead")
    known = _imported(values, name)
    try:
        array = np.asarray(known)
    except ValueError:  # lists of different lengths
        _fail("wrong-shape", f"{name} has rows of different lengths", name)
    if array.dtype.kind == "f" or array.dtype.name == "bfloat16":
        return array
    # Python's own numbers have no dtype to get wrong: [0, 1.5] and [0, 1] are both fine.
    if isinstance(values, (list, tuple)) and array.dtype.kind in "iu":
        return array
    if array.dtype.kind in "biu":
        raise TypeError(
            f"{name} must hold floats, not {array.dtype}; convert it with .astype(np.float32)"
        )
    raise TypeError(f"{name} must hold floats, not {_kind_of(values, array)}")


def _on_cpu(values: Any, name: str) -> Any:
    """`values`, or the float32 tensor that stands for a bfloat16 one; torch is never imported."""
    if hasattr(values, "detach") and hasattr(values, "device"):
        device = values.device
        on_other_device = getattr(device, "type", str(device)) != "cpu"
        if on_other_device or getattr(values, "requires_grad", False):
            where = f"is on {device}" if on_other_device else "requires grad"
            _fail("wrong-device", f"{name} {where}; pass {name}.detach().cpu()", name)
        if str(getattr(values, "dtype", "")) == "torch.bfloat16":
            return values.float()
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
