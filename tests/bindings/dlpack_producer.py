"""Tensors that speak DLPack and nothing else, made of numpy arrays."""

from __future__ import annotations

import ctypes


class Old:
    """Capsules without a version, as before DLPack 1.0."""

    def __init__(self, array, device=(1, 0)):
        self._array = array
        self._device = device

    def __dlpack__(self, stream=None):
        return self._array.__dlpack__()

    def __dlpack_device__(self):
        return self._device


class Versioned(Old):
    """Versioned capsules: these may be read-only."""

    def __dlpack__(self, *, stream=None, max_version=None, dl_device=None, copy=None):
        return self._array.__dlpack__(max_version=max_version, dl_device=dl_device, copy=copy)


class DLTensor(ctypes.Structure):
    _fields_ = (
        ("data", ctypes.c_void_p),
        ("device_type", ctypes.c_int32),
        ("device_id", ctypes.c_int32),
        ("ndim", ctypes.c_int32),
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    )


TensorFunction = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.POINTER(DLTensor))


class ExchangeApi(ctypes.Structure):
    _fields_ = (
        ("major", ctypes.c_uint32),
        ("minor", ctypes.c_uint32),
        ("previous", ctypes.c_void_p),
        ("allocator", ctypes.c_void_p),
        ("managed_from_object", ctypes.c_void_p),
        ("managed_to_object", ctypes.c_void_p),
        ("tensor_from_object", TensorFunction),
        ("work_stream", ctypes.c_void_p),
    )


def _describe(tensor, out):
    """Fills a DLTensor; counts how often it was asked."""
    tensor.asked += 1
    if tensor.fails:
        return -1
    view = out.contents
    view.data = tensor.array.ctypes.data - tensor.byte_offset
    view.byte_offset = tensor.byte_offset
    view.device_type, view.device_id = tensor.device, 0
    view.ndim = tensor.array.ndim
    view.code, view.bits, view.lanes = tensor.dtype
    view.shape = tensor.shape
    view.strides = tensor.strides
    return 0


def _capsule(api):
    new = ctypes.pythonapi.PyCapsule_New
    new.restype = ctypes.py_object
    new.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
    return new(ctypes.addressof(api), _CAPSULE_NAME, None)


_CAPSULE_NAME = b"dlpack_exchange_api"  # the capsule keeps the pointer
_FUNCTION = TensorFunction(_describe)
_API = ExchangeApi(major=1, minor=3, tensor_from_object=_FUNCTION)
_NEWER = ExchangeApi(major=2, minor=0, previous=ctypes.addressof(_API))


class Fast:
    """DLPack's C functions on the type, as torch has them since 2.10."""

    __dlpack_c_exchange_api__ = _capsule(_API)

    def __init__(
        self, array, dtype=(2, 32, 1), device=1, requires_grad=False, fails=False, offset=0
    ):
        self.array = array
        self.dtype = dtype
        self.device = device
        self.requires_grad = requires_grad
        self.fails = fails
        self.byte_offset = offset
        self.asked = 0
        dimensions = ctypes.c_int64 * max(array.ndim, 1)
        self.shape = dimensions(*array.shape)
        self.strides = dimensions(*(stride // array.itemsize for stride in array.strides))

    requires_grad = False  # a type is asked once whether it has the attribute

    def __array__(self, dtype=None, copy=None):
        return self.array


class OfNewerVersion(Fast):
    """A major version that nobody knows, with the known one behind it."""

    __dlpack_c_exchange_api__ = _capsule(_NEWER)
