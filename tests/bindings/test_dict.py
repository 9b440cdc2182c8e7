"""vec_to_dict: plain dicts that belong to the caller."""

from __future__ import annotations

import copy
import gc
import threading

import msgpack
import numpy as np
import pytest

import rigjit


@pytest.fixture
def vecs(rig):
    noise = np.random.default_rng(7).normal(size=(20, rig.vec_size)) * 0.1
    return (rig.rest_vec + noise).astype(np.float32)


def pose_of(rig, vec):
    """What the message holds, as msgpack reads it."""
    return msgpack.unpackb(rig.vec_to_rig(vec))


def test_is_what_the_message_holds(rig, vecs):
    for vec in vecs:
        pose = rig.vec_to_dict(vec)
        assert pose == pose_of(rig, vec)
        assert type(pose) is dict
        assert [(c, a) for c, values in pose.items() for a in values] == rig.channels
        assert {type(values) for values in pose.values()} == {dict}
        numbers = [number for values in pose.values() for number in values.values()]
        assert {type(number) for number in numbers} == {float}
        assert np.array(numbers, np.float32).tobytes() == rig.vec_to_values(vec).tobytes()
        assert np.float32(numbers).astype(float).tolist() == numbers


def test_poses_that_are_kept_do_not_change(rig, vecs):
    expected = [pose_of(rig, vec) for vec in vecs]
    poses = [rig.vec_to_dict(vec) for vec in vecs]
    assert poses == expected
    # A part of a pose, or one number of it, may be all that is left.
    parts = [rig.vec_to_dict(vec)["head"] for vec in vecs]
    numbers = [rig.vec_to_dict(vec)["head"]["scaleX"] for vec in vecs]
    several = [rig.vec_to_dict(vecs[i // 3]) for i in range(60)]
    assert parts == [pose["head"] for pose in expected]
    assert numbers == [pose["head"]["scaleX"] for pose in expected]
    assert several == [expected[i // 3] for i in range(60)]
    assert poses == expected


def test_a_pose_is_the_callers_own(rig, vecs):
    for _ in range(4):
        pose = rig.vec_to_dict(vecs[0])
        del pose["head"]["scaleX"]
        pose["head"]["more"] = pose
        pose["x_main_CTRL"].clear()
        pose.popitem()
        del pose
        assert rig.vec_to_dict(vecs[1]) == pose_of(rig, vecs[1])
    kept = rig.vec_to_dict(vecs[0])
    before = copy.deepcopy(kept)
    kept["l_elbow_CTRL"]["rotateY"] = None
    assert rig.vec_to_dict(vecs[0]) == before
    gc.collect()


def test_a_refused_vector_leaves_nothing_half_made(rig, vecs):
    kept = rig.vec_to_dict(vecs[0])
    bad = vecs[1].copy()
    bad[-1] = np.inf
    for _ in range(3):
        with pytest.raises(rigjit.RigError):
            rig.vec_to_dict(bad)
    assert kept == pose_of(rig, vecs[0])
    assert rig.vec_to_dict(vecs[2]) == pose_of(rig, vecs[2])


def test_called_again_by_the_garbage_collector(rig, vecs):
    """A finalizer that converts runs in the middle of another conversion."""
    inner = []

    class Cycle:
        def __init__(self):
            self.me = self

        def __del__(self):
            inner.append(rig.vec_to_dict(vecs[1]))

    threshold = gc.get_threshold()
    gc.set_threshold(1, 1, 1)
    try:
        for _ in range(50):
            Cycle()
            assert rig.vec_to_dict(vecs[0]) == pose_of(rig, vecs[0])
    finally:
        gc.set_threshold(*threshold)
    gc.collect()
    assert inner
    assert all(pose == pose_of(rig, vecs[1]) for pose in inner)


def test_threads(rig, vecs):
    expected = [pose_of(rig, vec) for vec in vecs]
    wrong = []

    def work(index):
        for turn in range(200):
            which = (index + turn) % len(vecs)
            pose = rig.vec_to_dict(vecs[which])
            if pose != expected[which]:
                wrong.append(which)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_keys_are_made_once(rig, vecs):
    first, second = rig.vec_to_dict(vecs[0]), rig.vec_to_dict(vecs[1])
    assert all(a is b for a, b in zip(first, second, strict=True))
    assert all(a is b for a, b in zip(first["head"], second["head"], strict=True))
