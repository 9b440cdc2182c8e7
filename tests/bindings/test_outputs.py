"""Buffers and out= arrays: what is written where, and what is refused before anything is."""

from __future__ import annotations

import mmap

import numpy as np
import pytest

import rigjit


@pytest.fixture
def vecs(rig):
    noise = np.random.default_rng(5).normal(size=(7, rig.vec_size)) * 0.1
    return (rig.rest_vec + noise).astype(np.float32)


def test_into_any_writable_buffer(rig):
    vec = rig.rest_vec
    message = rig.vec_to_rig(vec)
    size = len(message)
    assert size == rig.msgpack_size
    buffers = [
        bytearray(size),
        memoryview(bytearray(size)),
        np.zeros(size, np.uint8),
        np.zeros((size, 3), np.float32),
        mmap.mmap(-1, size),
    ]
    for buffer in buffers:
        assert rig.vec_to_rig_into(vec, buffer) == size
        assert memoryview(buffer).cast("B")[:size] == message


def test_into_leaves_the_rest_alone(rig):
    buffer = bytearray(b"\xaa" * (rig.msgpack_size + 9))
    rig.vec_to_rig_into(rig.rest_vec, buffer)
    assert buffer[rig.msgpack_size :] == b"\xaa" * 9


def test_into_refused(rig):
    vec = rig.rest_vec
    size = rig.msgpack_size
    short = bytearray(b"\xaa" * (size - 1))
    with pytest.raises(ValueError, match="too short"):
        rig.vec_to_rig_into(vec, short)
    assert short == b"\xaa" * (size - 1)
    frozen = np.zeros(size, np.uint8)
    frozen.flags.writeable = False
    for read_only in (bytes(size), frozen, memoryview(bytes(size))):
        with pytest.raises(ValueError, match="writable"):
            rig.vec_to_rig_into(vec, read_only)
    with pytest.raises(ValueError, match="contiguous"):
        rig.vec_to_rig_into(vec, np.zeros((size, 2), np.uint8)[:, 0])
    with pytest.raises(ValueError, match="objects"):
        rig.vec_to_rig_into(vec, np.zeros(size, object))
    with pytest.raises(TypeError):
        rig.vec_to_rig_into(vec, 3)


def test_into_own_vector(rig):
    memory = np.zeros(rig.msgpack_size, np.float32)
    vec = memory[: rig.vec_size]
    vec[:] = rig.rest_vec
    before = memory.copy()
    with pytest.raises(ValueError, match="overlap"):
        rig.vec_to_rig_into(vec, memory)
    assert (memory == before).all()


def test_every_form_holds_the_same(rig, vecs):
    messages = rig.vec_to_rig_batch(vecs)
    values = rig.vec_to_values_batch(vecs)
    assert messages.dtype == np.uint8
    assert messages.shape == (7, rig.msgpack_size)
    assert values.shape == (7, len(rig.channels))
    for vec, message, row in zip(vecs, messages, values, strict=True):
        assert rig.vec_to_rig(vec) == message.tobytes()
        assert rig.vec_to_values(vec).tobytes() == row.tobytes()


def test_batch_out(rig, vecs):
    messages = rig.vec_to_rig_batch(vecs)
    out = np.empty_like(messages)
    assert rig.vec_to_rig_batch(vecs.astype(np.float64), out=out) is out
    assert (out == messages).all()
    row = np.empty(len(rig.channels), np.float32)
    assert rig.vec_to_values(vecs[0], out=row) is row
    assert rig.vec_to_values(vecs[0]).tobytes() == row.tobytes()


def test_empty_batch(rig):
    none = np.zeros((0, rig.vec_size), np.float32)
    assert rig.vec_to_rig_batch(none).shape == (0, rig.msgpack_size)
    _, mask = rig.vec_to_rig_batch(none, errors="mask")
    assert mask.shape == (0,)


@pytest.mark.parametrize("form", ["rig", "values"])
def test_out_refused(rig, vecs, form):
    convert = getattr(rig, f"vec_to_{form}_batch")
    good = convert(vecs)
    n, width = good.shape
    frozen = np.zeros_like(good)
    frozen.flags.writeable = False
    wrong = {
        "dtype": np.zeros((n, width), np.float16),
        "shape": np.zeros((n + 1, width), good.dtype),
        "contiguous": np.zeros((width, n), good.dtype).T,
        "read-only": frozen,
    }
    for reason, out in wrong.items():
        with pytest.raises(ValueError, match=reason):
            convert(vecs, out=out)
        assert not out.any()
    with pytest.raises(TypeError):
        convert(vecs, out=bytearray(good.nbytes))


def test_out_over_the_input(rig, vecs):
    memory = np.zeros(vecs.nbytes + 7 * rig.msgpack_size, np.uint8)
    source = memory[: vecs.nbytes].view(np.float32).reshape(vecs.shape)
    source[:] = vecs
    out = memory[4 : 4 + 7 * rig.msgpack_size].reshape(7, -1)
    with pytest.raises(ValueError, match="overlap"):
        rig.vec_to_rig_batch(source, out=out)
    assert (source == vecs).all()


@pytest.mark.parametrize(
    ("shape", "hint"),
    [((14,), r"vecs\[None\]"), ((2, 13), "shape"), ((2, 2, 14), r"reshape\(-1, 14\)")],
)
def test_batch_shapes(rig, shape, hint):
    with pytest.raises(rigjit.RigError, match=hint):
        rig.vec_to_rig_batch(np.zeros(shape, np.float32))


def test_bad_frames(rig, vecs):
    vecs[3, 0] = np.nan
    vecs[5, 6:12] = 0
    with pytest.raises(rigjit.RigError) as raised:
        rig.vec_to_rig_batch(vecs)
    assert "3" in raised.value.errors[0].message
    with pytest.raises(ValueError, match="errors"):
        rig.vec_to_rig_batch(vecs, errors="ignore")
    for convert, single in (
        (rig.vec_to_rig_batch, rig.vec_to_rig),
        (rig.vec_to_values_batch, rig.vec_to_values),
    ):
        rows, mask = convert(vecs, errors="mask")
        assert mask.dtype == bool
        assert mask.tolist() == [True, True, True, False, True, False, True]
        assert not rows[~mask].any()
        assert rows[4].tobytes() == bytes(single(vecs[4]))
