"""What every call has in common: arguments, references, errors that leave nothing behind."""

from __future__ import annotations

import gc
import sys
import tracemalloc

import numpy as np
import pytest

import rigjit

METHODS = ["vec_to_rig", "vec_to_values", "vec_to_dict", "vec_to_json"]


@pytest.mark.parametrize("method", METHODS)
def test_arguments(rig, method):
    vec = rig.rest_vec
    call = getattr(rig, method)
    assert type(call(vec=vec)) is type(call(vec))
    with pytest.raises(TypeError, match=method):
        call()
    with pytest.raises(TypeError, match=method):
        call(vec, None, None)
    with pytest.raises(TypeError, match="vector"):
        call(vector=vec)
    with pytest.raises(TypeError, match="floats"):
        call(None)
    with pytest.raises(TypeError):
        getattr(rigjit.Rig, method)(object(), vec)


def test_optional_arguments(rig):
    vec = rig.rest_vec
    out = np.empty(len(rig.channels), np.float32)
    assert rig.vec_to_values(vec, out) is out
    assert rig.vec_to_values(out=out, vec=vec) is out
    assert rig.vec_to_values(vec, None) is not None
    with pytest.raises(TypeError, match="missing required argument 'vec'"):
        rig.vec_to_values(out=out)
    with pytest.raises(TypeError, match="multiple values"):
        rig.vec_to_values(vec, vec=vec)
    with pytest.raises(TypeError, match="unexpected keyword"):
        rig.vec_to_values(vec, into=out)


def test_values_out_refused(rig):
    vec = rig.rest_vec
    width = len(rig.channels)
    frozen = np.zeros(width, np.float32)
    frozen.flags.writeable = False
    for reason, out in {
        "dtype": np.zeros(width),
        "shape": np.zeros(width + 1, np.float32),
        "contiguous": np.zeros(2 * width, np.float32)[::2],
        "read-only": frozen,
    }.items():
        with pytest.raises(ValueError, match=reason):
            rig.vec_to_values(vec, out=out)
    with pytest.raises(TypeError):
        rig.vec_to_values(vec, out=[0.0] * width)
    memory = np.zeros(width + 4, np.float32)
    memory[: rig.vec_size] = vec
    with pytest.raises(ValueError, match="overlaps"):
        rig.vec_to_values(memory[: rig.vec_size], out=memory[4:])
    assert (memory[: rig.vec_size] == vec).all()


@pytest.mark.parametrize("form", ["array", "float64", "memoryview", "bad", "wrong"])
@pytest.mark.parametrize("method", [*METHODS, "out"])
def test_no_references_are_lost(rig, method, form):
    vec = rig.rest_vec
    given = {
        "array": vec,
        "float64": vec.astype(np.float64),
        "memoryview": memoryview(vec),
        "bad": np.full_like(vec, np.nan),
        "wrong": "text",
    }[form]
    buffer = bytearray(rig.msgpack_size)
    more = (buffer,) if method == "out" else ()
    call = rig.vec_to_rig if method == "out" else getattr(rig, method)

    def use():
        try:
            call(given, *more)
        except (rigjit.RigError, TypeError):
            assert form in ("bad", "wrong")

    held = (given, rig, buffer, np.dtype(np.float32))
    tracemalloc.start()
    try:
        growth = []
        for _ in range(4):
            for _ in range(300):
                use()
            gc.collect()
            before = [sys.getrefcount(thing) for thing in held]
            used = tracemalloc.get_traced_memory()[0]
            for _ in range(300):
                use()
            gc.collect()
            assert [sys.getrefcount(thing) for thing in held] == before
            growth.append(tracemalloc.get_traced_memory()[0] - used)
        # Ten bytes a call. What is lost is lost every time; what Python makes once is not.
        assert min(growth) < 3000
    finally:
        tracemalloc.stop()
