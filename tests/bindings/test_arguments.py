"""One rule for every argument of a kind: whole numbers, arrays of floats, threads."""

from __future__ import annotations

import array
import collections
import io
from decimal import Decimal
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest

import rigjit
from rigjit import clips


class Index:
    def __init__(self, number):
        self.number = number

    def __index__(self):
        return self.number


WHOLE = [3, True, Index(3), np.int8(3), np.uint64(3), np.array(3), 3.0, np.float64(3)]
WHOLE += [np.float32(3), np.float16(3), np.longdouble(3)]
NOT_WHOLE = [3.7, np.float32(3.7), np.float64(-0.5), float("nan"), float("inf"), np.float16("nan")]
NO_NUMBERS = ["3", b"3", Fraction(10, 3), Fraction(3), Decimal("3.7"), Decimal(3), 3j, [3], (3,)]
NO_NUMBERS += [np.array(3.7), np.array([3, 4]), np.datetime64(3, "D"), object()]
if np.lib.NumpyVersion(np.__version__) >= "2.3.0":  # which takes it for no index any more
    NO_NUMBERS.append(np.bool_(True))


def clip_start(value, rig):
    return rig.clip(rig.rest_vec[None], start_frame=value)


def stream_start(value, rig):
    file = io.BytesIO()
    clips.ClipStreamWriter(file, rig, start_frame=value)
    return file.getvalue()


@pytest.fixture
def whole_arguments(rig, tmp_path):
    """Every call that takes a whole number: {name: what it makes of one}."""
    vecs = np.tile(rig.rest_vec, (5, 1))
    values = rig.vec_to_values_batch(vecs)
    spec = tmp_path / "a.yaml"
    spec.write_text("{rigjit: 1, controllers: [{name: c, transformations: [translation: {}]}]}")

    def written_start(value):
        with rigjit.ClipWriter(tmp_path / "a.clip", rig, start_frame=value) as writer:
            writer.write(rig.rest_vec)
        return (tmp_path / "a.clip").read_bytes()

    def limit(value):
        before = rigjit.loaded_rigs_limit()
        try:
            rigjit.set_loaded_rigs_limit(value)
            return rigjit.loaded_rigs_limit()
        finally:
            rigjit.set_loaded_rigs_limit(before)

    return {
        "clip": lambda value: clip_start(value, rig),
        "clip_stream": lambda value: stream_start(value, rig),
        "ClipWriter": written_start,
        "vec_to_rig_batch": lambda value: rig.vec_to_rig_batch(vecs, threads=value).tobytes(),
        "vec_to_values_batch": lambda value: rig.vec_to_values_batch(vecs, threads=value).tobytes(),
        "values_to_vec_batch": lambda value: rig.values_to_vec_batch(
            values, threads=value
        ).tobytes(),
        "warm": lambda value: [rig.hash for rig in rigjit.warm([spec], threads=value)],
        "limit": limit,
        "line": lambda value: rigjit.Error("code", "text", line=value).line,
        "column": lambda value: rigjit.Error("code", "text", column=value).column,
    }


def test_whole_numbers_are_taken_whatever_their_type(whole_arguments):
    for name, call in whole_arguments.items():
        expected = {repr(value): call(int(value)) for value in (1, 3)}
        for value in WHOLE:
            got = call(value)
            assert got == expected["1" if value is True else "3"], f"{name}: {value!r}"


def test_nothing_is_cut(whole_arguments):
    for name, call in whole_arguments.items():
        for value in NOT_WHOLE:
            with pytest.raises(ValueError, match="whole number"):
                pytest.fail(f"{name} took {value!r}: {call(value)!r}")
        for value in NO_NUMBERS:
            with pytest.raises(TypeError, match="whole number"):
                pytest.fail(f"{name} took {value!r}: {call(value)!r}")
        for value in (10**30, -(10**30), 1e30):
            with pytest.raises(ValueError, match="must be"):
                pytest.fail(f"{name} took {value!r}: {call(value)!r}")


def test_what_may_not_be_negative(whole_arguments):
    for name, call in whole_arguments.items():
        if name in ("clip", "clip_stream", "ClipWriter"):
            assert call(-3) == call(-3.0) != call(3)
        else:
            with pytest.raises(ValueError, match=r"must be (0 or more|from 0)"):
                call(-1)


def test_an_error_of_an_index_comes_through(whole_arguments):
    class Broken:
        def __index__(self):
            raise ZeroDivisionError

    for call in whole_arguments.values():
        with pytest.raises(ZeroDivisionError):
            call(Broken())


@pytest.mark.parametrize("method", ["vec_to_rig_batch", "vec_to_values_batch"])
def test_continuous_frames_take_one_thread(rig, method):
    vecs = np.tile(rig.rest_vec, (4, 1))
    convert = getattr(rig, method)
    plain = convert(vecs, continuous=True)
    for one in (1, 1.0, np.int64(1)):
        np.testing.assert_array_equal(convert(vecs, continuous=True, threads=one), plain)
    for other in (0, 2, 64, 0.0):
        with pytest.raises(ValueError, match="leave threads at 1"):
            convert(vecs, continuous=True, threads=other)


def masked(values):
    return np.ma.array(values, mask=[True] + [False] * (len(values) - 1))


class OnOtherDevice:
    """As a tensor that is not in the CPU's memory says it."""

    device = "cuda:0"

    def detach(self):
        return self


REFUSED = {
    "masked array": masked,
    "masked array that hides nothing": lambda values: np.ma.array(values),
    "int8": lambda values: np.array(values, np.int8),
    "uint8": lambda values: np.array(values, np.uint8),
    "int64": lambda values: np.array(values, np.int64),
    "bool": lambda values: np.array(values, bool),
    "objects": lambda values: np.array(values, object),
    "complex": lambda values: np.array(values, complex),
    "text": lambda values: np.array(values).astype(str),
    "structure": lambda values: np.array([(value,) for value in values], [("x", "f4")]),
    "time": lambda values: np.array(values).astype("m8[s]"),
    "float8": lambda values: np.array(values, ml_dtypes.float8_e4m3fn),
    "the other float8": lambda values: np.array(values, ml_dtypes.float8_e5m2),
    "int4": lambda values: np.array(values, ml_dtypes.int4),
    "bytes": lambda values: bytes(len(values)),
    "bytearray": lambda values: bytearray(len(values)),
    "array of int": lambda values: array.array("b", [1] * len(values)),
    "memoryview of int": lambda values: memoryview(array.array("i", [1] * len(values))),
    "another device": lambda values: OnOtherDevice(),
}
ITEMS = {
    "masked": lambda: np.ma.masked,
    "int8": lambda: np.int8(1),
    "int64": lambda: np.int64(1),
    "bool": lambda: True,
    "numpy's bool": lambda: np.bool_(True),
    "object": lambda: np.array(1.0, object),
    "text": lambda: "1.5",
    "bytes": lambda: b"1",
    "nothing": lambda: None,
    "Fraction": lambda: Fraction(1, 2),
    "Decimal": lambda: Decimal("0.5"),
    "complex": lambda: 1j,
    "float8": lambda: ml_dtypes.float8_e5m2(1),
    "set": lambda: {1.0},
    "dict": lambda: {0: 1.0},
}
NO_FLOATS = (TypeError, rigjit.RigError)


@pytest.fixture
def calls(rig, tmp_path):
    """Every call that takes floats: {name: (call of one frame's or of a batch's, width)}."""
    spec = "{rigjit: 1, controllers: [{name: c, transformations: [translation: {}]}]}"
    remap = rigjit.remap(rigjit.loads(spec), rigjit.loads(spec.replace("{}", "{scale: 2}")))
    width, channels = rig.vec_size, len(rig.channels)
    batch = np.tile(rig.rest_vec, (2, 1))
    signs = "pairs: [[l_, r_]], translation: [-1, 1, 1], rotation: [1, -1, -1]"
    mirrored = rigjit.loads(f"{spec[:-1]}, mirror: {{{signs}}}}}")
    writer = rigjit.ClipWriter(tmp_path / "a.clip", rig)
    sender = rig.clip_stream(io.BytesIO())
    one = {
        "vec_to_rig": (rig.vec_to_rig, width),
        "vec_to_rig, out": (lambda v: rig.vec_to_rig(v, bytearray(rig.msgpack_size)), width),
        "vec_to_values": (rig.vec_to_values, width),
        "vec_to_dict": (rig.vec_to_dict, width),
        "vec_to_json": (rig.vec_to_json, width),
        "values_to_vec": (rig.values_to_vec, channels),
        "mirror": (mirrored.mirror, 3),
        "push": (lambda v: rig.stream().push(v), width),
        "push_values": (lambda v: rig.stream().push_values(v), width),
        "stream start": (rig.stream, channels),
        "batch start": (
            lambda v: rig.vec_to_rig_batch(batch, continuous=True, start=v),
            channels,
        ),
        "clip start": (lambda v: rig.clip(batch, continuous=True, start=v), channels),
        "write": (writer.write, width),
        "send": (sender.write, width),
        "apply": (remap.apply, 3),
        "fill": (lambda v: remap.apply([1.0, 2, 3], fill=v), 3),
        "layer's bias": (lambda v: remap.apply_layer(np.zeros((3, 2)), bias=v), 3),
        "layer's fill": (lambda v: remap.apply_layer(np.zeros((3, 2)), fill=v), 3),
    }
    many = {
        "vec_to_rig_batch": (rig.vec_to_rig_batch, width),
        "vec_to_values_batch": (rig.vec_to_values_batch, width),
        "values_to_vec_batch": (rig.values_to_vec_batch, channels),
        "mirror": (mirrored.mirror, 3),
        "clip": (rig.clip, width),
        "write_batch": (writer.write_batch, width),
        "send batch": (sender.write_batch, width),
        "save_vectors": (lambda v: clips.save_vectors(tmp_path / "v", rig, v), width),
        "apply": (remap.apply, 3),
        "layer": (remap.apply_layer, 3),
    }
    return one, many


def test_what_is_refused_is_refused_inside_lists(calls):
    one, many = calls
    for what, make in REFUSED.items():
        for name, (call, width) in one.items():
            values = [1.0] * width
            for given in (make(values), [make([1.0])] * width, (make(values),)):
                with pytest.raises(NO_FLOATS):
                    pytest.fail(f"{name} took {what}: {call(given)!r}")
        for name, (call, width) in many.items():
            row, good = make([1.0] * width), np.ones(width, np.float32)
            for given in ([row, row], [good, row], (good.tolist(), row), collections.deque([row])):
                with pytest.raises(NO_FLOATS):
                    pytest.fail(f"{name} took {what} in a list: {call(given)!r}")


def test_items_of_lists_are_numbers(calls):
    one, many = calls
    for what, make in ITEMS.items():
        for name, (call, width) in one.items():
            with pytest.raises(NO_FLOATS):
                pytest.fail(f"{name} took {what}: {call([1.0] * (width - 1) + [make()])!r}")
        for name, (call, width) in many.items():
            with pytest.raises(NO_FLOATS):
                pytest.fail(f"{name} took {what}: {call([[1.0] * (width - 1) + [make()]])!r}")


def test_what_is_fine_is_fine_inside_lists(rig):
    rest = rig.rest_vec
    expected = rig.vec_to_rig_batch([rest, rest]).tobytes()
    rows = [rest, rest.astype(np.float64), rest.tolist(), tuple(rest), array.array("f", rest)]
    rows += [rest.astype(np.float16), rest.astype(ml_dtypes.bfloat16), memoryview(rest)]
    rows += [list(map(int, rest)), collections.deque(rest.tolist()), rest[::-1][::-1], list(rest)]
    for row in rows:
        assert rig.vec_to_rig(row) == expected[: rig.msgpack_size]
        for both in ([rest, row], (row, row), [row, rest.tolist()]):
            assert rig.vec_to_rig_batch(both).tobytes() == expected


def test_lists_without_an_end_or_a_shape(rig):
    endless: list = []
    endless.append(endless)
    deep: list = [1.0]
    for _ in range(5000):
        deep = [deep]
    for given in (endless, deep, [[1.0], [1.0, 2.0]], [rig.rest_vec, rig.rest_vec[1:]], [], [[]]):
        with pytest.raises(rigjit.RigError):
            rig.vec_to_rig(given)
        with pytest.raises(rigjit.RigError):
            rig.vec_to_rig_batch(given)
    with pytest.raises(rigjit.RigError):
        rig.vec_to_rig([10**400] * rig.vec_size)


def test_the_item_is_named(rig):
    with pytest.raises(TypeError, match=r"vecs\[1\] is a masked array; pass vecs\[1\].filled"):
        rig.vec_to_rig_batch([rig.rest_vec, np.ma.array(rig.rest_vec)])
    with pytest.raises(TypeError, match=r"float8_e4m3fn; convert it with .astype\(np.float32\)"):
        rig.vec_to_rig(rig.rest_vec.astype(ml_dtypes.float8_e4m3fn))


def test_masked_outputs_are_refused(rig):
    vecs = np.tile(rig.rest_vec, (2, 1))
    for convert in (rig.vec_to_rig_batch, rig.vec_to_values_batch):
        with pytest.raises(TypeError, match="masked"):
            convert(vecs, out=np.ma.array(convert(vecs)))
    with pytest.raises(TypeError, match="masked"):
        rig.vec_to_values(vecs[0], out=np.ma.array(rig.vec_to_values(vecs[0])))
    with pytest.raises(TypeError, match="masked"):
        rig.vec_to_rig(vecs[0], out=np.ma.zeros(rig.msgpack_size, np.uint8))


def test_poses_in_arrays_are_bytes(rig):
    messages = rig.vec_to_rig_batch(np.tile(rig.rest_vec, (2, 1)))
    assert rig.rig_to_vec_batch(messages).shape == (2, rig.vec_size)
    for wrong in (np.ma.array(messages), messages.astype(np.int8), messages.astype(bool)):
        with pytest.raises((TypeError, ValueError)):
            rig.rig_to_vec_batch(wrong)
        with pytest.raises((TypeError, ValueError)):
            rig.rig_to_vec_batch([messages[0], wrong[0]])
