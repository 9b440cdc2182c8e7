"""Frames: one buffer, written again and again."""

from __future__ import annotations

import gc
import pickle
import socket
import threading

import msgpack
import numpy as np
import pytest

import rigjit


@pytest.fixture
def vecs(rig):
    noise = np.random.default_rng(6).normal(size=(5, rig.vec_size)) * 0.1
    return (rig.rest_vec + noise).astype(np.float32)


def bad(rig):
    vec = rig.rest_vec
    vec[0] = np.nan
    return vec


def test_every_way_to_read(rig, vecs, tmp_path):
    frame = rig.frame()
    assert isinstance(frame, rigjit.Frame)
    assert frame.rig is rig
    ours, theirs = socket.socketpair()
    with ours, theirs, (tmp_path / "stream").open("wb") as file:
        for vec in vecs:
            message = rig.vec_to_rig(vec)
            assert frame.update(vec) is frame
            assert frame.good
            assert bytes(frame) == message
            assert memoryview(frame) == message
            assert np.frombuffer(frame, np.uint8).tobytes() == message
            assert msgpack.unpackb(frame) == msgpack.unpackb(message)
            ours.sendall(frame)
            assert theirs.recv(len(frame), socket.MSG_WAITALL) == message
            file.write(frame)
    assert len(frame) == rig.msgpack_size
    expected = b"".join(map(rig.vec_to_rig, vecs))
    assert (tmp_path / "stream").read_bytes() == expected


def assert_unreadable(frame):
    assert not frame.good
    for read in (bytes, memoryview, bytearray, lambda it: np.frombuffer(it, np.uint8)):
        with pytest.raises(BufferError, match="no message"):
            read(frame)
    assert len(frame) == frame.rig.msgpack_size


def test_nothing_to_read(rig, vecs):
    frame = rig.frame()
    assert_unreadable(frame)
    for wrong in (bad(rig), vecs[0][:-1], np.zeros(rig.vec_size, np.int32), None):
        with pytest.raises((rigjit.RigError, TypeError)):
            frame.update(wrong)
        assert_unreadable(frame)
        assert bytes(frame.update(vecs[1])) == rig.vec_to_rig(vecs[1])


def test_the_error_names_the_controller(rig):
    with pytest.raises(rigjit.RigError) as raised:
        rig.frame().update(bad(rig))
    assert raised.value.errors[0].code == "not-finite"
    assert "x_main_CTRL" in raised.value.errors[0].message


def test_a_kept_view(rig, vecs):
    frame = rig.frame()
    view = memoryview(frame.update(vecs[0]))
    assert view.readonly
    frame.update(vecs[1])
    assert view == rig.vec_to_rig(vecs[1])
    with pytest.raises(rigjit.RigError):
        frame.update(bad(rig))
    with pytest.raises(msgpack.FormatError):
        msgpack.unpackb(view)
    assert set(view) == {0xC1}
    frame.update(vecs[2])
    del frame
    gc.collect()
    assert view == rig.vec_to_rig(vecs[2])


def test_its_own_bytes_as_vector(rig, vecs):
    frame = rig.frame().update(vecs[0])
    own = np.frombuffer(frame, np.float32, count=rig.vec_size)
    with pytest.raises(rigjit.RigError, match="share memory"):
        frame.update(own)


def test_what_a_frame_is_not(rig, vecs):
    frame = rig.frame().update(vecs[0])
    with pytest.raises((TypeError, BufferError)):
        memoryview(frame)[0] = 1
    with pytest.raises(TypeError):
        rigjit.Frame()
    with pytest.raises(TypeError):
        pickle.dumps(frame)
    for call in (
        lambda: frame.update(),
        lambda: frame.update(vecs[0], vecs[0]),
        lambda: frame.update(vector=vecs[0]),
        lambda: rig.frame(1),
    ):
        with pytest.raises(TypeError):
            call()
    assert frame.update(vec=vecs[0]).good
    assert "small" in repr(frame)
    with pytest.raises(AttributeError):
        frame.good = True


def test_frames_of_threads(rig, vecs):
    messages = [rig.vec_to_rig(vec) for vec in vecs]
    shared = rig.frame().update(vecs[0])
    wrong = []

    def work(index):
        own = rig.frame()
        for turn in range(300):
            which = (index + turn) % len(vecs)
            if bytes(own.update(vecs[which])) != messages[which]:
                wrong.append(which)
            if bytes(shared.update(vecs[which])) not in messages:
                wrong.append("torn")

    threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_frame_keeps_its_rig(vecs):
    from small_spec import SPEC

    frame = rigjit.loads(SPEC, cache=False).frame()
    gc.collect()
    assert bytes(frame.update(vecs[0])) == frame.rig.vec_to_rig(vecs[0])
