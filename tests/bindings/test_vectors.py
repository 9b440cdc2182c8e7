"""What is accepted as a vector, and what is said about the rest."""

from __future__ import annotations

import array
from types import SimpleNamespace

import ml_dtypes
import numpy as np
import pytest

import rigjit


class FakeTensor:
    """As much of a torch tensor as rigjit looks at."""

    def __init__(self, values, device="cpu", requires_grad=False, dtype="torch.float32"):
        self.values = values
        self.device = SimpleNamespace(type=device.split(":")[0])
        self.requires_grad = requires_grad
        self.dtype = dtype

    @property
    def __cuda_array_interface__(self):
        if self.device.type != "cuda":
            raise AttributeError("not on a GPU")
        if self.requires_grad:
            raise RuntimeError("Can't get __cuda_array_interface__ on Variable that requires grad")
        return {}

    def detach(self):
        raise AssertionError("the caller has to say so")

    def float(self):
        return FakeTensor(np.asarray(self.values, np.float32))

    def __array__(self, dtype=None, copy=None):
        if self.dtype == "torch.bfloat16":
            raise TypeError("Got unsupported ScalarType BFloat16")
        return np.asarray(self.values, dtype)


def half_steps(rig):
    """Values that every float format holds exactly."""
    return (rig.rest_vec * 0.5 + 0.25).astype(np.float32)


def strided(vec):
    spread = np.zeros(3 * len(vec), np.float32)
    spread[::3] = vec
    return spread[::3]


def read_only(vec):
    frozen = vec.copy()
    frozen.flags.writeable = False
    return frozen


def unaligned(vec):
    raw = np.zeros(vec.nbytes + 1, np.uint8)
    raw[1:] = vec.view(np.uint8)
    return raw[1:].view(np.float32)


ACCEPTED = {
    "float64": lambda vec: vec.astype(np.float64),
    "float16": lambda vec: vec.astype(np.float16),
    "longdouble": lambda vec: vec.astype(np.longdouble),
    "bfloat16": lambda vec: vec.astype(ml_dtypes.bfloat16),
    "big endian": lambda vec: vec.astype(">f4"),
    "big endian float64": lambda vec: vec.astype(">f8"),
    "strided": strided,
    "reversed": lambda vec: vec[::-1].copy()[::-1],
    "read-only": read_only,
    "unaligned": unaligned,
    "list": lambda vec: vec.tolist(),
    "tuple": lambda vec: tuple(vec.tolist()),
    "array.array": lambda vec: array.array("f", vec.tolist()),
    "memoryview": lambda vec: memoryview(vec),
    "subclass": lambda vec: vec.view(type("Mine", (np.ndarray,), {})),
    "tensor": FakeTensor,
    "bfloat16 tensor": lambda vec: FakeTensor(vec, dtype="torch.bfloat16"),
}


@pytest.mark.parametrize("form", ACCEPTED)
def test_accepted(rig, form):
    vec = half_steps(rig)
    given = ACCEPTED[form](vec)
    assert rig.vec_to_rig(given) == rig.vec_to_rig(vec)
    assert rig.vec_to_values(given).tobytes() == rig.vec_to_values(vec).tobytes()


def test_list_of_whole_numbers(rig):
    vec = rig.rest_vec
    assert rig.vec_to_rig([int(value) for value in vec]) == rig.vec_to_rig(vec)


@pytest.mark.parametrize(
    ("make", "hint"),
    [
        (lambda n: np.zeros(n, np.int64), "astype"),
        (lambda n: np.zeros(n, bool), "astype"),
        (lambda n: np.zeros(n, np.complex64), "complex64"),
        (lambda n: np.array(["a"] * n), "floats"),
        (lambda n: np.array([None] * n), "floats"),
        (lambda n: ["a"] * n, "floats"),
        (lambda n: [True] * n, "astype"),
        (lambda n: bytes(4 * n), "bytes"),
        (lambda n: None, "NoneType"),
        (lambda n: "text", "str"),
        (lambda n: np.zeros(n, "M8[s]"), "datetime64"),
        (lambda n: np.ma.zeros(n, np.float32), "filled"),
    ],
)
def test_wrong_kind(rig, make, hint):
    with pytest.raises(TypeError, match=hint):
        rig.vec_to_rig(make(rig.vec_size))


@pytest.mark.parametrize(
    ("shape", "hint"),
    [
        ((1, 14), r"vec\[0\]"),
        ((14, 1), "reshape"),
        ((13,), "13 elements instead of 14"),
        ((0,), "0 elements"),
        ((), "shape"),
        ((2, 3, 4), "shape"),
    ],
)
@pytest.mark.parametrize("method", ["vec_to_rig", "vec_to_values"])
def test_wrong_shape(rig, shape, hint, method):
    with pytest.raises(rigjit.RigError, match=hint) as raised:
        getattr(rig, method)(np.zeros(shape, np.float32))
    assert raised.value.errors[0].code == "wrong-shape"


def test_rows_of_different_lengths(rig):
    with pytest.raises(rigjit.RigError, match="different lengths"):
        rig.vec_to_rig([[1.0], [1.0, 2.0]])


@pytest.mark.parametrize(
    "tensor",
    [
        {"device": "cuda:0"},
        {"requires_grad": True},
        {"device": "cuda:0", "requires_grad": True},
        {"device": "meta"},
    ],
)
def test_tensor_elsewhere(rig, tensor):
    with pytest.raises(rigjit.RigError, match=r"\.detach\(\)\.cpu\(\)"):
        rig.vec_to_rig(FakeTensor(rig.rest_vec, **tensor))


def test_array_on_a_gpu(rig):
    with pytest.raises(rigjit.RigError, match="GPU"):
        rig.vec_to_rig(SimpleNamespace(__cuda_array_interface__={}))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("index", range(14))
def test_not_finite(rig, value, index):
    vec = rig.rest_vec
    vec[index] = value
    for method in (rig.vec_to_rig, rig.vec_to_values):
        with pytest.raises(rigjit.RigError) as raised:
            method(vec)
        (error,) = raised.value.errors
        assert error.code == "not-finite"
        assert rig.inputs[index][0] in error.message


def test_beyond_float32(rig):
    vec = rig.rest_vec.astype(np.float64)
    vec[0] = 1e300
    with pytest.raises(rigjit.RigError) as raised:
        rig.vec_to_rig(vec)
    assert raised.value.errors[0].code == "not-finite"


def test_keywords_and_counts(rig):
    vec = rig.rest_vec
    assert rig.vec_to_rig(vec=vec) == rig.vec_to_rig(vec)
    buffer = bytearray(rig.msgpack_size)
    assert rig.vec_to_rig(out=buffer, vec=vec) is buffer
    assert rig.vec_to_rig(vec, out=None) == buffer
    for call in (
        lambda: rig.vec_to_rig(),
        lambda: rig.vec_to_rig(vec, buffer, vec),
        lambda: rig.vec_to_rig(vector=vec),
        lambda: rig.vec_to_rig(vec, vec=vec),
        lambda: rig.vec_to_rig(vec, into=buffer),
    ):
        with pytest.raises(TypeError):
            call()
