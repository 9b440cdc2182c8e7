"""Buffers and out= arrays: what is written where, and what is refused before anything is."""

from __future__ import annotations

import array
import mmap
import socket

import msgpack
import numpy as np
import pytest

import rigjit


@pytest.fixture
def vecs(rig):
    noise = np.random.default_rng(5).normal(size=(7, rig.vec_size)) * 0.1
    return (rig.rest_vec + noise).astype(np.float32)


def buffers_of(size):
    return [
        bytearray(size),
        memoryview(bytearray(size)),
        memoryview(bytearray(size + 9))[:size],
        np.zeros(size, np.uint8),
        np.zeros((size // 3, 3), np.uint8) if size % 3 == 0 else np.zeros((1, size), np.int8),
        array.array("b", bytes(size)),
        mmap.mmap(-1, size),
    ]


def test_message_into_any_writable_buffer(rig, vecs):
    size = rig.msgpack_size
    for buffer in buffers_of(size):
        for vec in vecs[:2]:
            assert rig.vec_to_rig(vec, out=buffer) is buffer
            assert memoryview(buffer).cast("B") == rig.vec_to_rig(vec)
    assert rig.vec_to_rig(vecs[0], out=None) == rig.vec_to_rig(vecs[0])


def test_a_buffer_is_sent_and_decoded_as_it_is(rig, vecs, tmp_path):
    buffer = bytearray(rig.msgpack_size)
    ours, theirs = socket.socketpair()
    with ours, theirs, (tmp_path / "stream").open("wb") as file:
        for vec in vecs:
            ours.sendall(rig.vec_to_rig(vec, out=buffer))
            assert theirs.recv(len(buffer), socket.MSG_WAITALL) == rig.vec_to_rig(vec)
            file.write(buffer)
            assert msgpack.unpackb(buffer) == msgpack.unpackb(rig.vec_to_rig(vec))
    assert (tmp_path / "stream").read_bytes() == b"".join(map(rig.vec_to_rig, vecs))


def test_message_leaves_the_rest_alone(rig):
    buffer = bytearray(b"\xaa" * (rig.msgpack_size + 9))
    rig.vec_to_rig(rig.rest_vec, out=memoryview(buffer)[4:-5])
    assert buffer[:4] + buffer[-5:] == b"\xaa" * 9
    assert buffer[4:-5] == rig.vec_to_rig(rig.rest_vec)


def test_message_out_refused(rig):
    vec = rig.rest_vec
    size = rig.msgpack_size
    for wrong, what in ((size - 1, "too short"), (size + 1, "too long"), (0, "too short")):
        for buffer in (bytearray(b"\xaa" * wrong), np.full(wrong, 0xAA, np.uint8)):
            with pytest.raises(ValueError, match=what):
                rig.vec_to_rig(vec, out=buffer)
            assert bytes(buffer) == b"\xaa" * wrong
    frozen = np.zeros(size, np.uint8)
    frozen.flags.writeable = False
    for read_only in (bytes(size), frozen, memoryview(bytes(size))):
        with pytest.raises(ValueError, match="writable"):
            rig.vec_to_rig(vec, out=read_only)
        assert not any(bytes(read_only))
    with pytest.raises(ValueError, match="contiguous"):
        rig.vec_to_rig(vec, out=np.zeros((size, 2), np.uint8)[:, 0])
    with pytest.raises(ValueError, match="objects"):
        rig.vec_to_rig(vec, out=np.zeros(size, object))
    for none in (3, "text", [0] * size):
        with pytest.raises(TypeError, match="buffer"):
            rig.vec_to_rig(vec, out=none)


def test_no_older_message_is_left(rig, vecs):
    """A caller that sends the buffer all the same sends nothing that could be taken for a pose."""
    bad = rig.rest_vec
    bad[0] = np.nan
    for buffer in buffers_of(rig.msgpack_size):
        for wrong in (bad, vecs[0][:-1], np.zeros(rig.vec_size, np.int32), None, "text"):
            rig.vec_to_rig(vecs[0], out=buffer)
            with pytest.raises((rigjit.RigError, TypeError)):
                rig.vec_to_rig(wrong, out=buffer)
            assert set(memoryview(buffer).cast("B").tolist()) == {0xC1}
    with pytest.raises(msgpack.FormatError):
        msgpack.unpackb(buffer)


def test_message_over_its_own_vector(rig):
    memory = np.zeros(rig.msgpack_size, np.uint8)
    vec = memory[: 4 * rig.vec_size].view(np.float32)
    vec[:] = rig.rest_vec
    before = memory.copy()
    with pytest.raises(ValueError, match="overlap"):
        rig.vec_to_rig(vec, out=memory)
    assert (memory == before).all()


class ShrinksOut:
    """Floats whose conversion takes the bytes away that they are to be written into."""

    def __init__(self, vec, shrink):
        self.vec, self.shrink = vec, shrink

    def __array__(self, dtype=None, copy=None):
        self.shrink()
        return np.array(self.vec, dtype)


def test_out_that_changes_while_the_vector_is_read(rig):
    buffer = bytearray(rig.msgpack_size)
    with pytest.raises(ValueError, match="changed"):
        rig.vec_to_rig(ShrinksOut(rig.rest_vec, buffer.clear), out=buffer)
    assert buffer == b""


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
