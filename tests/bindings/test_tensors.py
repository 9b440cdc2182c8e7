"""Tensors and buffers of other libraries."""

from __future__ import annotations

import array

import ml_dtypes
import numpy as np
import pytest
from dlpack_producer import Fast, OfNewerVersion, Old, Versioned

import rigjit


@pytest.fixture
def vec(rig):
    return (rig.rest_vec * 0.5 + 0.25).astype(np.float32)


@pytest.mark.parametrize("producer", [Old, Versioned])
def test_dlpack(rig, vec, producer):
    message = rig.vec_to_rig(vec)
    assert rig.vec_to_rig(producer(vec)) == message
    assert rig.vec_to_rig(producer(vec.astype(np.float64))) == message
    assert rig.vec_to_rig(producer(np.repeat(vec, 2)[::2])) == message
    assert rig.vec_to_rig_batch(producer(np.stack([vec, vec])))[1].tobytes() == message


def test_dlpack_refused(rig, vec):
    with pytest.raises(rigjit.RigError, match="device 2:1") as raised:
        rig.vec_to_rig(Versioned(vec, device=(2, 1)))
    assert raised.value.errors[0].code == "wrong-device"
    with pytest.raises(TypeError, match="floats"):
        rig.vec_to_rig(Versioned(vec.astype(np.int32)))
    with pytest.raises(rigjit.RigError, match="shape"):
        rig.vec_to_rig(Versioned(vec[:-1]))


@pytest.mark.parametrize("producer", [Fast, OfNewerVersion])
def test_dlpack_c_functions(rig, vec, producer):
    tensor = producer(vec, offset=8)
    assert rig.vec_to_rig(tensor) == rig.vec_to_rig(vec)
    assert tensor.asked == 1
    assert rig.vec_to_values(tensor).tobytes() == rig.vec_to_values(vec).tobytes()


@pytest.mark.parametrize(
    "tensor",
    [
        lambda vec: Fast(np.repeat(vec, 2)[::2]),
        lambda vec: Fast(vec.astype(np.float64), dtype=(2, 64, 1)),
        lambda vec: Fast(vec, device=2),  # __array__ is right, whatever the device says
        lambda vec: Fast(vec, fails=True),
        lambda vec: type("Derived", (Fast,), {})(vec),
    ],
)
def test_what_c_functions_cannot_say_is_asked_of_python(rig, vec, tensor):
    assert rig.vec_to_rig(tensor(vec)) == rig.vec_to_rig(vec)


def test_c_functions_with_a_wrong_shape(rig, vec):
    for wrong in (vec[:-1], np.stack([vec, vec])):
        with pytest.raises(rigjit.RigError, match="shape"):
            rig.vec_to_rig(Fast(wrong))


def test_buffers(rig, vec):
    message = rig.vec_to_rig(vec)
    shifted = bytearray(vec.nbytes + 1)
    shifted[1:] = vec.tobytes()
    for buffer in (
        array.array("f", vec.tolist()),
        memoryview(vec.tobytes()).cast("f"),
        memoryview(np.repeat(vec, 2))[::2],
        memoryview(shifted)[1:].cast("f"),
        array.array("d", vec.tolist()),
    ):
        assert rig.vec_to_rig(buffer) == message
    for wrong in (array.array("i", [1] * len(vec)), bytearray(vec.tobytes())):
        with pytest.raises(TypeError, match="floats"):
            rig.vec_to_rig(wrong)
    with pytest.raises(rigjit.RigError, match="reshape"):
        rig.vec_to_rig(memoryview(vec.tobytes()).cast("f", (len(vec), 1)))


def test_c_functions_and_gradients(rig, vec):
    tensor = Fast(vec, requires_grad=True)
    assert rig.vec_to_rig(tensor) == rig.vec_to_rig(vec)
    assert tensor.asked == 0


def test_torch(rig, vec):
    torch = pytest.importorskip("torch")
    message = rig.vec_to_rig(vec)
    tensor = torch.from_numpy(vec.copy())
    padded = torch.zeros(len(vec) + 3)
    padded[3:] = tensor
    spread = torch.zeros(2 * len(vec))
    spread[::2] = tensor
    for form in (
        tensor,
        tensor.double(),
        tensor.bfloat16(),  # half steps: exact
        padded[3:],
        spread[::2],
        torch.nn.Parameter(tensor, requires_grad=False),
    ):
        assert rig.vec_to_rig(form) == message
    with torch.inference_mode():
        assert rig.vec_to_rig(tensor.clone()) == message
    for wrong in (tensor.clone().requires_grad_(), tensor.to("meta")):
        with pytest.raises(rigjit.RigError, match=r"detach\(\)"):
            rig.vec_to_rig(wrong)
    with pytest.raises(TypeError, match="int32"):
        rig.vec_to_rig(tensor.int())
    # Its memory holds the values with the other sign.
    with pytest.raises(RuntimeError, match="negative"):
        rig.vec_to_rig(torch._neg_view(tensor))
    assert rig.vec_to_rig_batch(torch.stack([tensor, tensor]))[1].tobytes() == message


def test_bfloat16_through_dlpack_alone(rig, vec):
    class Bfloat16(Versioned):
        def __dlpack__(self, **_):
            raise BufferError("no such dtype")

    with pytest.raises(TypeError, match="no such dtype"):
        rig.vec_to_rig(Bfloat16(vec.astype(ml_dtypes.bfloat16)))
