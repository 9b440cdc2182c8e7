"""rig_to_vec: every form of a pose, what may be missing or extra, and every mistake by its name."""

from __future__ import annotations

import copy
import json

import msgpack
import msgspec
import numpy as np
import orjson
import pytest

import rigjit


@pytest.fixture
def vec(rig):
    noise = np.random.default_rng(5).normal(size=rig.vec_size) * 0.1
    return (rig.rest_vec + noise).astype(np.float32)


@pytest.fixture
def pose(rig, vec):
    return msgpack.unpackb(rig.vec_to_rig(vec))


def encoded(pose) -> dict[str, object]:
    """The pose as several writers write it."""
    return {
        "dict": pose,
        "msgpack": msgpack.packb(pose),
        "msgpack, float32": msgpack.packb(pose, use_single_float=True),
        "msgspec": msgspec.msgpack.encode(pose),
        "json": json.dumps(pose),
        "json, spaced": json.dumps(pose, indent=2).encode(),
        "json, escaped": "\n\t " + json.dumps(pose, ensure_ascii=True),
        "orjson": orjson.dumps(pose),
        "msgspec json": msgspec.json.encode(pose),
        "bytearray": bytearray(msgpack.packb(pose)),
        "memoryview": memoryview(orjson.dumps(pose)),
        "array": np.frombuffer(msgpack.packb(pose), np.uint8),
        "byte order mark": b"\xef\xbb\xbf" + orjson.dumps(pose),
    }


def errors_of(rig, pose, **options) -> list[rigjit.Error]:
    with pytest.raises(rigjit.RigError) as caught:
        rig.rig_to_vec(pose, **options)
    return caught.value.errors


def changed(pose, controller, attribute, value):
    other = copy.deepcopy(pose)
    other[controller][attribute] = value
    return other


def test_every_form_gives_the_same_vector(rig, vec, pose):
    expected = rig.values_to_vec(rig.vec_to_values(vec))
    assert expected.dtype == np.float32
    assert expected.shape == (rig.vec_size,)
    np.testing.assert_allclose(rig.vec_to_values(expected), rig.vec_to_values(vec), atol=1e-5)
    assert rig.rig_to_vec(rig.vec_to_rig(vec)).tobytes() == expected.tobytes()
    assert rig.rig_to_vec(rig.vec_to_json(vec)).tobytes() == expected.tobytes()
    reordered = {name: dict(reversed(pose[name].items())) for name in reversed(pose)}
    for one in (pose, reordered):
        for name, form in encoded(one).items():
            assert rig.rig_to_vec(form).tobytes() == expected.tobytes(), name


def test_numbers_of_any_type(rig, pose):
    whole = {name: {key: float(round(v)) for key, v in of.items()} for name, of in pose.items()}
    expected = rig.rig_to_vec(whole)
    integers = {name: {key: int(v) for key, v in of.items()} for name, of in whole.items()}
    for name, form in encoded(integers).items():
        assert rig.rig_to_vec(form).tobytes() == expected.tobytes(), name
    for kind in (np.float32, np.float64, np.int16, np.array):
        typed = {name: {key: kind(v) for key, v in of.items()} for name, of in whole.items()}
        assert rig.rig_to_vec(typed).tobytes() == expected.tobytes(), kind


def test_constants_are_no_input(rig, pose):
    expected = rig.rig_to_vec(pose)
    without = copy.deepcopy(pose)
    del without["x_main_CTRL"]["IK_FK"]
    for form in encoded(without).values():
        assert rig.rig_to_vec(form, extra="error").tobytes() == expected.tobytes()
    for value in (float("nan"), 1e300, "on", None, [1], {"a": 1}):
        other = changed(pose, "x_main_CTRL", "IK_FK", value)
        assert rig.rig_to_vec(other).tobytes() == expected.tobytes()
        for form in (msgpack.packb(other), json.dumps(other)):
            assert rig.rig_to_vec(form).tobytes() == expected.tobytes()


def test_missing_channels_are_named_all_at_once(rig, pose):
    del pose["x_main_CTRL"]["translateY"]
    del pose["head"]
    for form in encoded(pose).values():
        (error,) = errors_of(rig, form)
        assert error.code == "missing-channels"
        assert "lacks 6 channels" in error.message
        for name in ("x_main_CTRL.translateY", "head.rotateX", "head.scaleZ"):
            assert name in error.message
        assert "translateX" not in error.message
    (error,) = errors_of(rig, {})
    assert "lacks 10 channels" in error.message


def test_missing_channels_may_take_the_rest_pose(rig, pose):
    rest = msgpack.unpackb(rig.vec_to_rig(rig.rest_vec))
    filled = copy.deepcopy(pose)
    filled["x_main_CTRL"]["translateY"] = rest["x_main_CTRL"]["translateY"]
    filled["head"] = rest["head"]
    del pose["x_main_CTRL"]["translateY"]
    del pose["head"]
    expected = rig.rig_to_vec(filled)
    for form in encoded(pose).values():
        np.testing.assert_array_equal(rig.rig_to_vec(form, missing="rest"), expected)
    np.testing.assert_allclose(rig.rig_to_vec({}, missing="rest"), rig.rest_vec, atol=1e-7)


def test_extras(rig, pose):
    expected = rig.rig_to_vec(pose)
    nested = {"a": [1, {"b": None}, "text", True, 2.5], "translateX": 9}
    other = {"before": nested, **copy.deepcopy(pose), "after": 3, "": "x"}
    other["head"] = {"visible": True, **other["head"], "note": nested}
    for name, form in encoded(other).items():
        assert rig.rig_to_vec(form).tobytes() == expected.tobytes(), name
        (error,) = errors_of(rig, form, extra="error")
        assert error.code == "extra-channels"
        for extra in ("before", "after", "head.visible", "head.note"):
            assert extra in error.message
    for strange, shown in (({1: 2, **pose}, "no text"), ({**pose, b"x": 1, None: {}}, "b'x'")):
        for form in (strange, msgpack.packb(strange)):
            assert rig.rig_to_vec(form).tobytes() == expected.tobytes()
            assert shown in errors_of(rig, form, extra="error")[0].message


def test_many_extras_are_counted(rig, pose):
    other = pose | {f"extra{i}": {} for i in range(1000)}
    message = errors_of(rig, other, extra="error")[0].message
    assert "and 980 more" in message
    assert len(message) < 1000


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (float("nan"), "not-finite"),
        (float("-inf"), "not-finite"),
        (1e39, "overflow"),
        (-1e300, "overflow"),
        (2**63, None),
        (True, "wrong-type"),
        ("1.5", "wrong-type"),
        (None, "wrong-type"),
        ([1.0], "wrong-type"),
        ({"x": 1.0}, "wrong-type"),
    ],
)
def test_bad_values_name_controller_and_attribute(rig, pose, value, code):
    other = changed(pose, "x_main_CTRL", "translateZ", value)
    forms = [other, msgpack.packb(other), json.dumps(other)]
    if value == -1e300:
        forms += [json.dumps(other).replace("-1e+300", "-1e999")]
    for form in forms:
        if code is None:
            rig.rig_to_vec(form)
            continue
        (error,) = errors_of(rig, form)
        assert error.code == code
        assert error.message.startswith("x_main_CTRL.translateZ: ")
        assert error.path == 'pose["x_main_CTRL"]["translateZ"]'


def test_integers_beyond_float64_and_other_objects(rig, pose):
    (error,) = errors_of(rig, changed(pose, "head", "rotateX", 10**400))
    assert error.code == "overflow"
    for value in (np.bool_(True), 1j, b"1", np.zeros(2), object()):
        (error,) = errors_of(rig, changed(pose, "head", "rotateX", value))
        assert error.code == "wrong-type"


def test_values_that_no_vector_gives(rig, pose):
    (error,) = errors_of(rig, changed(pose, "x_main_CTRL", "stretch", 3e38))
    assert error.code == "overflow"
    assert error.path == 'pose["x_main_CTRL"]["stretch"]'
    message = bytearray(rig.vec_to_rig(rig.rest_vec))
    place = message.index(b"translateX\xca") + len(b"translateX\xca")
    message[place : place + 4] = np.array(np.nan, ">f4").tobytes()
    (error,) = errors_of(rig, message)
    assert error.code == "not-finite"
    assert error.path == 'pose["x_main_CTRL"]["translateX"]'


def test_zero_quaternions_and_others():
    rig = rigjit.loads(
        "{rigjit: 1, controllers: [{name: c, transformations: [rotation3d: {output: quaternion}]}]}"
    )
    names = ["quaternionW", "quaternionX", "quaternionY", "quaternionZ"]
    vec = rig.rig_to_vec({"c": dict(zip(names, [0, 0, -3e-20, 0], strict=True))})
    np.testing.assert_allclose(vec, [-1, 0, 0, 0, 1, 0], rtol=1e-7)
    (error,) = errors_of(rig, {"c": dict.fromkeys(names, 0.0)})
    assert error.code == "zero-quaternion"
    np.testing.assert_array_equal(rig.rig_to_vec({}, missing="rest"), rig.rest_vec)


def test_every_mistake_at_once(rig, pose):
    pose["x_main_CTRL"]["translateX"] = "a"
    pose["x_main_CTRL"]["translateY"] = float("nan")
    pose["l_elbow_CTRL"] = 5
    del pose["head"]["scaleX"]
    pose["surplus"] = {}
    for form in (pose, msgpack.packb(pose), json.dumps(pose)):
        codes = [error.code for error in errors_of(rig, form, extra="error")]
        assert codes == [
            "wrong-type",
            "not-finite",
            "wrong-type",
            "missing-channels",
            "extra-channels",
        ]


def test_duplicates(rig, pose):
    text = json.dumps(pose)
    twice = text.replace('"translateX":', '"translateX": 1, "translateX":')
    (error,) = errors_of(rig, twice)
    assert (error.code, error.path) == ("duplicate-channel", 'pose["x_main_CTRL"]["translateX"]')
    (error,) = errors_of(rig, text[:-1] + ', "head": {}}')
    assert (error.code, error.path) == ("duplicate-controller", 'pose["head"]')
    packed = msgpack.packb(pose)
    (error,) = errors_of(rig, bytes([packed[0] + 1]) + packed[1:] + msgpack.packb("head") + b"\x80")
    assert error.code == "duplicate-controller"


def test_wrong_arguments(rig, pose):
    for wrong in (3, None, 1.5, [pose], object()):
        with pytest.raises(TypeError):
            rig.rig_to_vec(wrong)
    with pytest.raises(TypeError, match="values_to_vec"):
        rig.rig_to_vec(rig.rest_vec)
    with pytest.raises(ValueError, match="missing must be 'error' or 'rest', not 'zero'"):
        rig.rig_to_vec(pose, missing="zero")
    with pytest.raises(ValueError, match="extra must be"):
        rig.rig_to_vec(pose, extra=3)
    with pytest.raises(TypeError):
        rig.rig_to_vec()
    with pytest.raises(rigjit.RigError, match="wrong-shape"):
        rig.values_to_vec(np.zeros(3, np.float32))
    with pytest.raises(TypeError):
        rig.values_to_vec(np.zeros(len(rig.channels), int))
    with pytest.raises(rigjit.RigError, match=r"values\[1\]"):
        rig.values_to_vec([0, float("nan")] + [0] * (len(rig.channels) - 2))


class Shrinking:
    """A number whose conversion takes the pose apart."""

    def __init__(self, pose):
        self.pose = pose

    def __float__(self):
        self.pose.clear()
        return 1.0


def test_numbers_that_change_the_pose(rig, pose):
    pose["x_main_CTRL"]["translateX"] = Shrinking(pose["x_main_CTRL"])
    with pytest.raises(RuntimeError, match="changed"):
        rig.rig_to_vec(pose)
    pose = msgpack.unpackb(rig.vec_to_rig(rig.rest_vec))
    pose["x_main_CTRL"]["translateX"] = Shrinking(pose)
    with pytest.raises(RuntimeError, match="changed"):
        rig.rig_to_vec(pose)


def test_errors_of_numbers_pass(rig, pose):
    class Failing:
        def __float__(self):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        rig.rig_to_vec(changed(pose, "head", "rotateX", Failing()))


def test_batches(rig, vec):
    vecs = np.stack([vec, rig.rest_vec, vec * np.float32(0.5)])
    messages = rig.vec_to_rig_batch(vecs)
    values = rig.vec_to_values_batch(vecs)
    rows = [row.tobytes() for row in messages]
    poses = [msgpack.unpackb(row) for row in rows]
    expected = np.stack([rig.rig_to_vec(row) for row in rows])
    out = np.empty_like(expected)
    mixed = [rows[0], poses[1], json.dumps(poses[2])]
    for batch in (messages, rows, tuple(rows), poses, mixed, [orjson.dumps(p) for p in poses]):
        assert rig.rig_to_vec_batch(batch).tobytes() == expected.tobytes()
        assert rig.rig_to_vec_batch(batch, out=out) is out
        np.testing.assert_array_equal(out, expected)
    assert rig.values_to_vec_batch(values).tobytes() == expected.tobytes()
    assert rig.values_to_vec_batch(values, out=out, threads=2) is out
    assert rig.rig_to_vec_batch([]).shape == (0, rig.vec_size)
    assert rig.rig_to_vec_batch(messages[:0]).shape == (0, rig.vec_size)


def test_bad_frames_of_batches(rig, vec):
    poses = [msgpack.unpackb(rig.vec_to_rig(vec)) for _ in range(4)]
    good = rig.rig_to_vec(poses[0])
    poses[1]["head"]["rotateX"] = float("nan")
    del poses[2]["head"]["rotateY"]
    packed = [msgpack.packb(pose) for pose in poses]
    for batch in (poses, packed):
        with pytest.raises(rigjit.RigError) as caught:
            rig.rig_to_vec_batch(batch)
        (error,) = caught.value.errors
        assert error.message.startswith("frame 1: head.rotateX: ")
        assert error.path == 'poses[1]["head"]["rotateX"]'
        vecs, mask = rig.rig_to_vec_batch(batch, errors="mask")
        assert mask.tolist() == [True, False, False, True]
        assert not vecs[1:3].any()
        assert vecs[3].tobytes() == good.tobytes()
        vecs, mask = rig.rig_to_vec_batch(batch, missing="rest", errors="mask")
        assert mask.tolist() == [True, False, True, True]
    values = np.tile(rig.vec_to_values(vec), (3, 1))
    values[2, 1] = np.inf
    with pytest.raises(rigjit.RigError, match=r"frame 2: x_main_CTRL.translateY.*values\[2\]\[1\]"):
        rig.values_to_vec_batch(values)
    _, mask = rig.values_to_vec_batch(values, errors="mask")
    assert mask.tolist() == [True, True, False]


def test_batches_refused(rig, vec):
    messages = rig.vec_to_rig_batch(np.tile(vec, (2, 1)))
    for wrong in (3, "text", {"a": 1}, iter([])):
        with pytest.raises(TypeError, match="list"):
            rig.rig_to_vec_batch(wrong)
    with pytest.raises(TypeError, match="a pose is"):
        rig.rig_to_vec_batch([3])
    for wrong in (messages[0], messages[:, ::2], messages.astype(np.float32)):
        with pytest.raises(ValueError, match="contiguous"):
            rig.rig_to_vec_batch(wrong)
    for out in (np.empty((2, 3), np.float32), np.empty((2, rig.vec_size))):
        with pytest.raises(ValueError, match="out must have"):
            rig.rig_to_vec_batch(messages, out=out)
    with pytest.raises(ValueError, match="errors must be"):
        rig.rig_to_vec_batch(messages, errors="ignore")
