"""Streams of frames over pipes and sockets."""

from __future__ import annotations

import io
import itertools
import os
import socket
import ssl
import struct
import threading
import time

import numpy as np
import pytest
import rigjit_clip

import rigjit


@pytest.fixture
def vecs(rig) -> np.ndarray:
    rng = np.random.default_rng(7)
    return rng.normal(size=(9, rig.vec_size)).astype(np.float32)


@pytest.fixture
def recorded(rig, vecs) -> bytes:
    file = io.BytesIO()
    with rig.clip_stream(file, fps=30, start_frame=5) as writer:
        writer.write_batch(vecs)
    return file.getvalue()


class Trickle(io.RawIOBase):
    """Gives a random part of what is asked, as sockets do."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)
        self._rng = np.random.default_rng(3)

    def read(self, size: int = -1) -> bytes:
        return self._file.read(int(self._rng.integers(1, max(size, 1) + 1)))


def test_frames_arrive_bit_for_bit(rig, vecs, recorded):
    for file in (io.BytesIO(recorded), Trickle(recorded)):
        stream = rigjit_clip.stream(file)
        assert stream.channels == rig.channels
        assert (stream.fps, stream.start_frame, stream.rig_hash) == (30, 5, rig.hash)
        assert stream.rotate_orders == {"head": "zxy", "l_elbow_CTRL": "xyz"}
        assert not stream.complete
        frames = list(stream)
        assert (
            b"".join(frame.tobytes() for frame in frames) == rig.vec_to_values_batch(vecs).tobytes()
        )
        assert stream.pose(frames[2])["x_main_CTRL"]["IK_FK"] == 1
        assert stream.complete
        assert list(stream) == []


class Stalls:
    """Gives up to `part` bytes at a time, and between any two raises what sockets raise."""

    def __init__(self, data: bytes, part: int, problems: tuple[object, ...]) -> None:
        self._file = io.BytesIO(data)
        self._part = part
        self._problems = itertools.cycle(problems)
        self._gives = False

    def recv(self, size: int) -> bytes | None:
        self._gives = not self._gives
        if self._gives:
            return self._file.read(min(size, self._part))
        problem = next(self._problems)
        if problem is None:
            return None
        raise problem


def persistently(call):
    """What the call gives in the end, however often it has to be made."""
    for _ in range(100_000):
        try:
            return call()
        except (OSError, KeyboardInterrupt):
            continue
    raise AssertionError("it never comes")


@pytest.mark.parametrize("part", [1, 2, 3, 5, 7, 64, 10_000])
def test_a_reader_goes_on_where_it_stopped(rig, vecs, recorded, part):
    errors = (TimeoutError(), BlockingIOError(), ssl.SSLWantReadError(), KeyboardInterrupt())
    file = Stalls(recorded, part, (None, *errors))
    stream = persistently(lambda: rigjit_clip.stream(file))
    frames = []
    while True:
        frame = persistently(lambda: next(stream, None))
        if frame is None:
            break
        frames.append(frame.tobytes())
    assert b"".join(frames) == rig.vec_to_values_batch(vecs).tobytes()
    assert stream.complete


@pytest.mark.parametrize("timeout", [0.02, 0])
def test_a_socket_that_times_out_loses_nothing(rig, vecs, recorded, timeout):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(timeout)

        def send() -> None:
            for place in range(0, len(recorded), 17):
                ours.sendall(recorded[place : place + 17])
                time.sleep(0.03 if place % 7 == 0 else 0)

        sender = threading.Thread(target=send)
        sender.start()
        stream = persistently(lambda: rigjit_clip.stream(theirs))
        frames = [persistently(lambda: next(stream)).tobytes() for _ in vecs]
        sender.join()
        assert b"".join(frames) == rig.vec_to_values_batch(vecs).tobytes()
        assert persistently(lambda: next(stream, None)) is None
        assert stream.complete


def test_a_file_that_cannot_be_known_again_is_refused_for_good(recorded):
    class Slotted:
        __slots__ = ("_file",)

        def __init__(self) -> None:
            self._file = Stalls(recorded, 100, (TimeoutError(),))

        def read(self, size: int) -> bytes | None:
            return self._file.recv(size)

    file = Slotted()
    with pytest.raises(TimeoutError):
        rigjit_clip.stream(file)
    for _ in range(10):
        with pytest.raises((ValueError, TimeoutError)):
            rigjit_clip.stream(file)


def test_what_cannot_be_written_to(rig):
    with pytest.raises(TypeError, match="a socket or have a write method, not None"):
        rig.clip_stream(None)


def test_a_frame_is_read_as_soon_as_it_is_written(rig, vecs):
    read_end, write_end = os.pipe()
    with open(read_end, "rb", buffering=0) as reader, open(write_end, "wb") as file:
        writer = rigjit.clips.ClipStreamWriter(file, rig)
        stream = rigjit_clip.stream(reader)
        for vec in vecs:
            writer.write(vec)
            assert next(stream).tobytes() == rig.vec_to_values(vec).tobytes()
        writer.close()
        assert next(stream, None) is None
        assert stream.complete


@pytest.mark.parametrize("wrap", [lambda s: s, lambda s: s.makefile("rwb")])
def test_sockets(rig, vecs, wrap):
    near, far = socket.socketpair()
    with near, far, wrap(near) as sending, wrap(far) as receiving:
        many = np.tile(vecs, (200, 1))  # more than a socket holds

        def send() -> None:
            with rig.clip_stream(sending) as writer:
                writer.write_batch(many)

        thread = threading.Thread(target=send)
        thread.start()
        frames = list(rigjit_clip.stream(receiving))
        thread.join()
    values = rig.vec_to_values_batch(many)
    assert b"".join(frame.tobytes() for frame in frames) == values.tobytes()


def test_a_raw_file_that_takes_a_part_gets_the_rest(rig, vecs, recorded):
    class Small(io.RawIOBase):
        data = b""

        def writable(self) -> bool:
            return True

        def write(self, data) -> int:
            self.data += bytes(data[:1000])
            return len(data[:1000])

    file = Small()
    with rig.clip_stream(file, fps=30, start_frame=5) as writer:
        for vec in vecs:
            writer.write(vec)
    assert file.data == recorded


def test_streams_that_do_not_block_say_so(rig, vecs):
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    os.set_blocking(write_end, False)
    with open(read_end, "rb", buffering=0) as reader, open(write_end, "wb", buffering=0) as file:
        writer = rig.clip_stream(file)
        stream = rigjit_clip.stream(reader)
        with pytest.raises(BlockingIOError):
            next(stream)
        with pytest.raises(BlockingIOError):
            writer.write_batch(np.tile(vecs, (500, 1)))


def test_nothing_follows_a_frame_that_was_cut(rig, vecs):
    class Full(io.RawIOBase):
        taken = b""
        room = 1 << 20

        def writable(self) -> bool:
            return True

        def write(self, data) -> int:
            if self.room == 0:
                raise TimeoutError
            part = bytes(data[: self.room])
            self.taken += part
            self.room -= len(part)
            return len(part)

    file = Full()
    with rig.clip_stream(file) as writer:
        writer.write(vecs[0])
        file.room = 10
        with pytest.raises(TimeoutError):
            writer.write(vecs[1])
        file.room = 1 << 20
        assert writer.closed
        with pytest.raises(ValueError, match="closed"):
            writer.write(vecs[2])
    stream = rigjit_clip.stream(io.BytesIO(file.taken))
    assert [frame.tobytes() for frame in stream] == [rig.vec_to_values(vecs[0]).tobytes()]
    assert not stream.complete


def test_every_truncation(rig, vecs, recorded):
    frame_size = 4 + 4 * len(rig.channels)
    begin = len(recorded) - 4 - len(vecs) * frame_size
    for size in range(len(recorded)):
        file = io.BytesIO(recorded[:size])
        if size < begin:
            with pytest.raises(ValueError, match="not a clip"):
                rigjit_clip.stream(file)
        else:
            stream = rigjit_clip.stream(file)
            assert len(list(stream)) == (size - begin) // frame_size
            assert not stream.complete


def test_random_damage(rig, recorded):
    rng = np.random.default_rng(10)
    for _ in range(1500):
        damaged = bytearray(recorded)
        for place in rng.integers(0, len(recorded), size=rng.integers(1, 4)):
            damaged[place] = rng.integers(0, 256)
        try:
            frames = list(rigjit_clip.stream(io.BytesIO(damaged)))
        except ValueError as error:
            assert str(error).startswith("not a clip: ")
        else:
            assert all(len(frame) == len(rig.channels) for frame in frames)


def test_lengths_that_lie(recorded):
    (size,) = struct.unpack("<I", recorded[8:12])
    for length in (size + 1, 2**32 - 1, 0, 100_000_001):
        with pytest.raises(ValueError, match="not a clip"):
            rigjit_clip.stream(io.BytesIO(recorded[:8] + struct.pack("<I", length) + recorded[12:]))
    stream = rigjit_clip.stream(
        io.BytesIO(recorded[: 12 + size] + struct.pack("<I", 2**31) + recorded[16 + size :])
    )
    with pytest.raises(ValueError, match="another size"):
        next(stream)


def test_bad_frames_are_not_sent(rig, vecs):
    file = io.BytesIO()
    bad = vecs.copy()
    bad[4, 1] = np.inf
    with rig.clip_stream(file) as writer:
        begin = len(file.getvalue())
        with pytest.raises(rigjit.RigError, match="frame 4"):
            writer.write_batch(bad)
        with pytest.raises(rigjit.RigError) as alone:
            rig.vec_to_values(bad[4])
        with pytest.raises(rigjit.RigError) as written:
            writer.write(bad[4])
        assert str(written.value) == str(alone.value)
        assert len(file.getvalue()) == begin
        assert writer.write_batch(bad, errors="mask").tolist() == [i != 4 for i in range(9)]
    assert writer.closed
    with pytest.raises(ValueError, match="closed"):
        writer.write(vecs[0])
    frames = list(rigjit_clip.stream(io.BytesIO(file.getvalue())))
    assert not any(frames[4])


def test_a_stream_that_failed_is_not_closed_as_if_complete(rig, vecs):
    file = io.BytesIO()

    def fail() -> None:
        with rig.clip_stream(file) as writer:
            writer.write(vecs[0])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    stream = rigjit_clip.stream(io.BytesIO(file.getvalue()))
    assert len(list(stream)) == 1
    assert not stream.complete


def test_continuous_streams(rig):
    values = np.tile(rig.vec_to_values(rig.rest_vec), (40, 1))
    values[:, 5] = np.linspace(0, 800, 40)
    vecs = rig.values_to_vec_batch(values)
    expected = rig.vec_to_values_batch(vecs, continuous=True)
    assert expected[-1, 5] > 700
    bad = vecs.copy()
    bad[25, 0] = np.nan
    file = io.BytesIO()
    with rig.clip_stream(file, continuous=True) as writer:
        writer.write(vecs[0])
        writer.write_batch(vecs[1:20])
        with pytest.raises(rigjit.RigError):
            writer.write_batch(bad[20:])
        assert writer.write_batch(bad[25:26], errors="mask").tolist() == [False]
        writer.write_batch(vecs[20:20])
        for vec in vecs[20:]:
            writer.write(vec)
    frames = list(rigjit_clip.stream(io.BytesIO(file.getvalue())))
    del frames[20]
    assert b"".join(frame.tobytes() for frame in frames) == expected.tobytes()
    late = io.BytesIO()
    with rigjit.clips.ClipStreamWriter(late, rig, continuous=True, start=expected[29]) as writer:
        writer.write_batch(vecs[30:])
    frames = list(rigjit_clip.stream(io.BytesIO(late.getvalue())))
    assert b"".join(frame.tobytes() for frame in frames) == expected[30:].tobytes()
    with pytest.raises(ValueError, match="continuous=True"):
        rig.clip_stream(io.BytesIO(), start=expected[0])
