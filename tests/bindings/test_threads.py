"""threads=: any number of threads gives the same bytes, masks and errors, without the GIL."""

from __future__ import annotations

import contextlib
import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from small_spec import SPEC

import rigjit

FRAMES = 20_001  # several MB, no multiple of any number of threads


@pytest.fixture(scope="module")
def vecs(rig):
    noise = np.random.default_rng(7).normal(size=(FRAMES, rig.vec_size)) * 0.1
    return (rig.rest_vec + noise).astype(np.float32)


@pytest.fixture(params=["vec_to_rig_batch", "vec_to_values_batch"])
def convert(rig, request):
    return getattr(rig, request.param)


@pytest.mark.parametrize("threads", [0, 2, 3, 1000])
def test_same_bytes(convert, vecs, threads):
    assert convert(vecs, threads=threads).tobytes() == convert(vecs).tobytes()
    few = vecs[:3]
    assert convert(few, threads=threads).tobytes() == convert(few, threads=1).tobytes()
    assert convert(vecs[:0], threads=threads).shape[0] == 0


def test_same_errors_and_masks(convert, vecs):
    vecs = vecs.copy()
    bad = [FRAMES // 2 - 5, FRAMES // 2 + 5, FRAMES - 1]
    vecs[bad, 0] = np.nan
    for threads in (1, 2, 0):
        with pytest.raises(rigjit.RigError) as raised:
            convert(vecs, threads=threads)
        assert raised.value.errors[0].path == f"vecs[{bad[0]}][0]"
        rows, mask = convert(vecs, errors="mask", threads=threads)
        assert np.flatnonzero(~mask).tolist() == bad
        assert not rows[bad].any()
        assert rows[0].any()


def test_refused(convert, vecs):
    with pytest.raises(ValueError, match="threads"):
        convert(vecs, threads=-1)
    with pytest.raises(TypeError):
        convert(vecs, threads="2")
    with pytest.raises(TypeError):
        convert(vecs, None, "raise", 2)  # by keyword alone


@pytest.mark.parametrize("threads", [1, 2])
def test_others_run_meanwhile(convert, vecs, threads):
    """While a batch runs, another thread gets on: only without the GIL is that possible at once."""
    out = convert(vecs)
    ticks = []
    done = threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0)

    ticker = threading.Thread(target=tick)
    ticker.start()
    inside = 0
    for _ in range(50):
        begin = time.perf_counter()
        convert(vecs, out=out, threads=threads)
        end = time.perf_counter()
        inside += sum(begin < t < end for t in ticks[-100_000:])
        if inside:
            break
    done.set()
    ticker.join()
    assert inside


def test_after_fork(convert, vecs):
    """No thread is kept between calls, so that a forked child can use the rig, threads included."""
    expected = convert(vecs, threads=2).tobytes()
    child = os.fork()
    if child == 0:
        os._exit(0 if convert(vecs, threads=2).tobytes() == expected else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_first_calls_of_many_threads():
    """What a rig makes when it is first asked for is made once, whoever asks."""
    for _ in range(10):
        rig = rigjit.loads(SPEC, cache=False)
        vec = rig.rest_vec
        start = threading.Barrier(8)

        def use(_, rig=rig, vec=vec, start=start):
            start.wait()
            pose = rig.vec_to_dict(vec)
            back = rig.rig_to_vec(pose)
            return rig.channels, rig.inputs, pose, rig.vec_to_values(vec).tobytes(), back.tobytes()

        with ThreadPoolExecutor(8) as pool:
            first, *others = pool.map(use, range(8))
        for other in others:
            assert other == first


class Everything:
    """What a thread can do with a rig that it shares, and with a buffer, a stream and a pose."""

    def __init__(self, number: int):
        self.rig = rigjit.loads(SPEC, cache=number % 2 == 0)
        self.vec = self.rig.rest_vec
        self.buffer = bytearray(self.rig.msgpack_size)
        self.stream = self.rig.stream()
        self.pose = self.rig.vec_to_dict(self.vec)
        # Expected of every thread; from another handle, so that this one's first calls race.
        other = rigjit.loads(SPEC, cache=False)
        self.message = other.vec_to_rig(self.vec)
        self.json = other.vec_to_json(self.vec)
        self.values = other.vec_to_values(self.vec)

    def convert(self):
        assert self.rig.vec_to_rig(self.vec) == self.message
        assert self.rig.vec_to_json(self.vec) == self.json
        assert (self.rig.vec_to_values(self.vec) == self.values).all()
        assert bytes(self.rig.vec_to_rig_batch(self.vec[None], threads=2)[0]) == self.message

    def convert_back(self):
        for form in (self.message, self.json, self.rig.vec_to_dict(self.vec)):
            assert (self.rig.rig_to_vec(form) == self.rig.values_to_vec(self.values)).all()
        assert self.rig.rig_to_vec_batch([self.message, self.json]).shape == (2, len(self.vec))

    def describe(self):
        assert len(self.rig.channels) == len(self.values)
        assert len(self.rig.inputs) == len(self.vec)
        assert "define" in self.rig.ir()
        assert self.rig.asm()

    def write_into_buffer(self):
        assert self.rig.vec_to_rig(self.vec, out=self.buffer) is self.buffer
        assert self.buffer == self.message

    def push(self):
        assert self.stream.push(self.vec) == self.message
        assert (self.stream.push_values(self.vec) == self.values).all()

    def be_refused(self):
        with pytest.raises(rigjit.RigError):
            self.rig.vec_to_rig(self.vec * np.nan)

    def load(self):
        assert rigjit.loads(SPEC).vec_to_rig(self.vec) == self.message
        rigjit.forget_loaded_rigs()

    def read_changing_pose(self):
        # A controller may have been emptied, or the pose have changed its size.
        with contextlib.suppress(rigjit.RigError, RuntimeError):
            self.rig.rig_to_vec(self.pose, missing="rest")

    def change_pose(self):
        self.pose.pop("head", None)
        self.pose["x_main_CTRL"] = {"translateX": 1.0}
        self.pose["head"] = {"rotateX": np.float32(2)}
        self.pose["x_main_CTRL"].clear()


def test_everything_at_once():
    threads = 6
    for number in range(6):
        shared = Everything(number)
        start = threading.Barrier(threads)

        def use(seed, shared=shared, start=start):
            deeds = [getattr(shared, name) for name in vars(Everything) if name[0] != "_"] * 3
            random.Random(seed).shuffle(deeds)
            start.wait()
            for deed in deeds:
                deed()

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(use, range(threads)))
