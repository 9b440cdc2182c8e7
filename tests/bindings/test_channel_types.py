"""Bools, ints and enums in every form, and limits that clamp or refuse."""

import json
import pickle

import msgpack
import numpy as np
import pytest
import rigjit_clip

import rigjit

SPEC = """
rigjit: 1
controllers:
  - name: hand
    transformations:
      - translation: {axes: xy, min: [-10, none], max: 40, limit: error}
      - attribute: {name: pinned, type: bool}
      - attribute: {name: fingers, type: int, min: 0, max: 10}
      - attribute: {name: ticks, type: int, scale: 1000}
      - attribute: {name: ik, type: enum, names: [IK, FK], limit: error}
      - attribute: {name: space, type: enum, names: [world, "no", 手], encoding: one_hot}
      - constant: {name: on, value: 1}
  - name: knee
    transformations:
      - rotation1d: {axis: x, min: -140, max: 0}
"""

#                  x  y   pin  fingers ticks  ik   world no 手   sin cos
VEC = np.array([-10, 50, 0.5, 10.5, -16.5, 0.6, 0.1, 0.7, 0.7, 1, 1], np.float32)
VEC[1] = 40
POSE = {
    "hand": {
        "translateX": -10.0,
        "translateY": 40.0,
        "pinned": True,
        "fingers": 10,
        "ticks": -16500,
        "ik": 1,
        "space": 1,
        "on": 1.0,
    },
    "knee": {"rotateX": 0.0},
}


@pytest.fixture(scope="module")
def rig():
    return rigjit.loads(SPEC, cache=False)


def types(pose):
    return [[type(value) for value in attributes.values()] for attributes in pose.values()]


def test_every_form_has_the_same_pose_of_the_same_types(rig):
    poses = [
        msgpack.unpackb(rig.vec_to_rig(VEC)),
        msgpack.unpackb(rig.vec_to_rig(VEC, out=bytearray(rig.msgpack_size))),
        msgpack.unpackb(rig.vec_to_rig_batch(VEC[None].repeat(3, axis=0))[2].tobytes()),
        json.loads(rig.vec_to_json(VEC)),
        rig.vec_to_dict(VEC),
    ]
    for pose in poses:
        assert pose == POSE
        assert types(pose) == types(POSE)
    flat = [float(value) for attributes in POSE.values() for value in attributes.values()]
    assert rig.vec_to_values(VEC).tolist() == flat
    assert rig.vec_to_values_batch(VEC[None])[0].tolist() == flat


def test_json_writes_whole_numbers_and_words(rig):
    assert (
        b'"pinned":true,"fingers":10,"ticks":-16500,"ik":1,"space":1,"on":1.0'
        in rig.vec_to_json(VEC)
    )


def test_dicts_are_the_callers_own_and_follow_the_vector(rig):
    first = rig.vec_to_dict(VEC)
    other = VEC.copy()
    other[[2, 3, 7]] = 0.4, 300, 0
    second = rig.vec_to_dict(other)
    assert first == POSE
    assert second["hand"] == POSE["hand"] | {"pinned": False, "space": 2}
    assert rig.vec_to_dict(VEC) == POSE


def test_types_and_names_are_told(rig, tmp_path):
    kinds = ["float", "float", "bool", "int", "int", "enum", "enum", "float", "float"]
    names = {("hand", "ik"): ("IK", "FK"), ("hand", "space"): ("world", "no", "手")}
    path = tmp_path / "hand.yaml"
    path.write_text(SPEC, "utf-8")
    cached = [rigjit.load(path, cache_dir=tmp_path / "cache") for _ in range(2)][1]
    for one in (rig, cached, pickle.loads(pickle.dumps(rig))):
        assert [channel.type for channel in one.channels] == kinds
        assert {channel: channel.names for channel in one.channels if channel.names} == names
        assert len(one.channels) == len(kinds)
        assert one.vec_to_dict(VEC) == POSE
        assert [component for _, _, component in one.inputs[6:9]] == [
            "space.world",
            "space.no",
            "space.手",
        ]


def test_every_form_gives_the_vector_back(rig):
    names = {"ik": "FK", "space": "no"}
    by_name = {"knee": POSE["knee"], "hand": POSE["hand"] | names}
    numbers = {
        controller: {attribute: float(value) for attribute, value in attributes.items()}
        for controller, attributes in POSE.items()
    }
    vec = rig.rig_to_vec(rig.vec_to_rig(VEC))
    np.testing.assert_array_equal(rig.vec_to_values(vec), rig.vec_to_values(VEC))
    np.testing.assert_array_equal(vec[6:9], [0, 1, 0])
    poses = [rig.vec_to_json(VEC), rig.vec_to_dict(VEC)]
    for pose in (POSE, by_name, numbers):
        poses += [pose, json.dumps(pose), msgpack.packb(pose)]
        poses.append(msgpack.packb(pose, use_single_float=True))
    numpy_pose = {"hand": {k: np.asarray(v)[()] for k, v in POSE["hand"].items()}} | POSE
    poses += [numpy_pose, POSE | {"hand": POSE["hand"] | {"pinned": np.bool_(True)}}]
    for pose in poses:
        assert rig.rig_to_vec(pose).tobytes() == vec.tobytes(), pose
    assert (rig.rig_to_vec_batch(poses) == vec).all()
    assert rig.values_to_vec(rig.vec_to_values(VEC)).tobytes() == vec.tobytes()
    messages = rig.vec_to_rig_batch(VEC[None].repeat(2, axis=0))
    assert (rig.rig_to_vec_batch(messages) == vec).all()


def test_messages_of_many_vectors_come_back(rig):
    rng = np.random.default_rng(3)
    vecs = rng.normal(scale=3, size=(300, rig.vec_size)).astype(np.float32)
    vecs[:, 5] = rng.integers(0, 2, 300)
    values = rig.vec_to_values_batch(vecs)
    assert {tuple(column) for column in np.unique(values[:, 6:7], axis=0)} == {(0,), (1,), (2,)}
    back = rig.rig_to_vec_batch(rig.vec_to_rig_batch(vecs))
    assert back.tobytes() == rig.values_to_vec_batch(values).tobytes()
    whole = [i for i, channel in enumerate(rig.channels) if channel.type != "float"]
    np.testing.assert_array_equal(rig.vec_to_values_batch(back)[:, whole], values[:, whole])


@pytest.mark.parametrize(
    ("attribute", "value", "code", "words"),
    [
        ("pinned", 2, "out-of-limits", "false, true, 0 or 1, not 2"),
        ("pinned", 0.5, "out-of-limits", "not 0.5"),
        ("pinned", "true", "wrong-type", "must be a bool, not str"),
        ("fingers", 11, "out-of-limits", "11 is above the limit 10"),
        ("fingers", -1, "out-of-limits", "-1 is below the limit 0"),
        ("fingers", 2.5, "not-whole", "2.5 is no whole number"),
        ("fingers", True, "wrong-type", "must be a whole number, not bool"),
        ("ticks", 2**24 + 1, "out-of-limits", "16777217 is above the limit 16777216"),
        ("ticks", -(2**40), "out-of-limits", "below the limit -16777216"),
        ("ticks", float("nan"), "not-finite", "is nan"),
        ("ik", 2, "out-of-limits", "no name of index 2; its last is 1"),
        ("ik", "ik", "unknown-name", r"'ik' is no name of the enum; those are \[IK, FK\]"),
        ("space", 3, "out-of-limits", "no name of index 3; its last is 2"),
        ("space", None, "wrong-type", "must be a name or its index, not (NoneType|nil|null)"),
        ("translateX", "1", "wrong-type", "must be a number, not str"),
        ("translateX", True, "wrong-type", "must be a number, not bool"),
    ],
)
def test_values_that_are_none_of_the_type(rig, attribute, value, code, words):
    pose = {"hand": POSE["hand"] | {attribute: value}, "knee": POSE["knee"]}
    forms = [pose, json.dumps(pose), msgpack.packb(pose)]
    for form in forms:
        with pytest.raises(rigjit.RigError, match=words) as caught:
            rig.rig_to_vec(form)
        (error,) = caught.value.errors
        assert error.code == code
        assert f"hand.{attribute}" in error.message
        assert error.path == f'pose["hand"]["{attribute}"]'
    if isinstance(value, (int, float)) and code != "wrong-type" and abs(value) <= 2**23:
        values = rig.vec_to_values(VEC)
        values[rig.channels.index(("hand", attribute))] = value
        with pytest.raises(rigjit.RigError, match=words) as caught:
            rig.values_to_vec(values)
        assert caught.value.errors[0].code == code
        assert f"hand.{attribute}" in caught.value.errors[0].message


def test_an_error_names_some_of_many_names():
    names = ", ".join(f"n{number}" for number in range(1000))
    rig = rigjit.loads(
        "rigjit: 1\ncontrollers:\n  - name: c\n    transformations:\n"
        f"      - attribute: {{name: e, type: enum, names: [{names}]}}"
    )
    assert rig.rig_to_vec({"c": {"e": "n999"}}) == 999
    with pytest.raises(rigjit.RigError, match=r"those are \[n0, n1, .*, n19\] and 980 more"):
        rig.rig_to_vec({"c": {"e": "other"}})


@pytest.mark.parametrize("value", [10**400, -(10**400)])
def test_ints_beyond_float64_keep_their_sign(rig, value):
    pose = {"hand": POSE["hand"] | {"ticks": value}, "knee": POSE["knee"]}
    with pytest.raises(rigjit.RigError, match="is above" if value > 0 else "is below"):
        rig.rig_to_vec(pose)


def test_a_message_with_numbers_beyond_limits_is_an_error(rig):
    message = bytearray(rig.vec_to_rig(VEC))
    place = message.index(b"fingers") + len(b"fingers")
    message[place] = 100
    with pytest.raises(rigjit.RigError, match=r"hand\.fingers: the value 100 is above"):
        rig.rig_to_vec(message)
    message[place] = 0xC3
    with pytest.raises(rigjit.RigError, match=r"hand\.fingers.* not bool"):
        rig.rig_to_vec(message)
    message = bytearray(rig.vec_to_rig(VEC))
    place = message.index(b"ticks") + len(b"ticks")
    message[place : place + 5] = msgpack.packb(2**24 + 1).replace(b"\xce", b"\xd2")
    with pytest.raises(rigjit.RigError, match=r"hand\.ticks: the value 16777217 is above"):
        rig.rig_to_vec(message)


def test_what_is_missing_rests(rig):
    vec = rig.rig_to_vec({"hand": {"space": "手"}}, missing="rest")
    rest = rig.vec_to_dict(rig.rest_vec)
    expected = {"hand": rest["hand"] | {"space": 2}, "knee": rest["knee"]}
    assert rig.vec_to_dict(vec) == expected


def test_rigs_of_one_channel():
    for text in ("type: bool", "type: enum, names: [a, b, c], encoding: one_hot"):
        rig = rigjit.loads(
            "{rigjit: 1, controllers: [{name: c, transformations: "
            f"[attribute: {{name: a, {text}}}]}}]}}",
            cache=False,
        )
        for index in range(2):
            message = rig.vec_to_rig(rig.values_to_vec([float(index)]))
            assert msgpack.unpackb(message) == {"c": {"a": index}}
            assert rig.vec_to_values(rig.rig_to_vec(message)) == [index]


def test_mirrors_keep_types_and_swap_partners():
    sides = "".join(
        f"""
  - name: {side}_hand
    transformations:
      - attribute: {{name: pinned, type: bool}}
      - attribute: {{name: turn, type: int, scale: {scale}, min: -5, max: 5}}
      - attribute: {{name: space, type: enum, names: [world, chest], encoding: one_hot}}
"""
        for side, scale in (("l", 1), ("r", 0.5))
    )
    rig = rigjit.loads(
        "rigjit: 1\nmirror:\n  pairs: [[l_, r_]]\n  translation: [-1, 1, 1]\n"
        "  rotation: [1, -1, -1]\n  controllers: {l_hand: {attributes: {turn: -1}}}\n"
        "controllers:" + sides,
        cache=False,
    )
    vec = np.float32([1, 3, 0.2, 0.6, 0, -4, 0.9, 0.1])
    pose = rig.vec_to_dict(vec)
    mirrored = rig.vec_to_dict(rig.mirror(vec))
    assert mirrored == {
        "l_hand": pose["r_hand"] | {"turn": 2},
        "r_hand": pose["l_hand"] | {"turn": -3},
    }


def test_clips_tell_types_and_names(rig, tmp_path):
    path = tmp_path / "hand.safetensors"
    with rigjit.ClipWriter(path, rig) as writer:
        writer.write_batch(VEC[None])
    with rigjit.ClipWriter(path, rig, append=True) as writer:
        writer.write_batch(VEC[None])
    clip = rigjit_clip.open(path)
    assert len(clip) == 2
    assert clip[1].tobytes() == rig.vec_to_values(VEC).tobytes()
    named = {i: channel.type for i, channel in enumerate(rig.channels)}
    assert clip.types == {i: word for i, word in named.items() if word != "float"}
    assert clip.enum_names == {5: ["IK", "FK"], 6: ["world", "no", "手"]}
    assert clip.kinds[2:9] == ["attribute"] * 5 + ["constant", "rotation1d"]
    changed = rigjit.loads(SPEC.replace("[IK, FK]", "[FK, IK]"), cache=False)
    with pytest.raises(rigjit.RigError, match=r"hand\.ik \(file: attribute .*IK FK, rig: .*FK IK"):
        rigjit.ClipWriter(path, changed, append=True)


@pytest.mark.parametrize("cells", [["enum"], ["enum", 3], ["enum", None], [7], ["enum", "\ud800"]])
def test_clips_of_unknown_types_are_refused(rig, cells):
    data = rig.clip(VEC[None])
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    rows = json.loads(header["__metadata__"]["channels"])
    rows[2][5:] = cells
    header["__metadata__"]["channels"] = json.dumps(rows)
    text = json.dumps(header).encode()
    with pytest.raises(ValueError, match="not a clip"):
        rigjit_clip.open(len(text).to_bytes(8, "little") + text)


@pytest.mark.parametrize(
    ("index", "value", "attribute"),
    [
        (0, -10.001, "translateX"),
        (0, 40.01, "translateX"),
        (1, 41, "translateY"),
        (5, 1.6, "ik"),
        (5, -0.6, "ik"),
    ],
)
def test_error_limits_refuse(rig, index, value, attribute):
    vec = VEC.copy()
    vec[index] = value
    for convert in (rig.vec_to_rig, rig.vec_to_values, rig.vec_to_json, rig.vec_to_dict):
        with pytest.raises(rigjit.RigError) as caught:
            convert(vec)
        (error,) = caught.value.errors
        assert error.code == "out-of-limits"
        assert f"hand.{attribute}" in error.message
        assert error.path == f"vec[{index}]"
    messages, good = rig.vec_to_rig_batch(np.stack([VEC, vec]), errors="mask")
    assert good.tolist() == [True, False]
    assert not messages[1].any()


def test_no_error_at_the_limits_themselves(rig):
    vec = VEC.copy()
    vec[:2] = 40, -1e30
    assert rig.vec_to_dict(vec)["hand"]["translateX"] == 40


def test_one_hot_takes_infinities_and_refuses_nan(rig):
    vec = VEC.copy()
    vec[6:9] = -np.inf, -np.inf, np.inf
    assert rig.vec_to_dict(vec)["hand"]["space"] == 2
    vec[7] = np.nan
    with pytest.raises(rigjit.RigError, match=r"hand\.space: an input is NaN") as caught:
        rig.vec_to_rig(vec)
    assert caught.value.errors[0].path == "vec[7]"


def test_rest_pose_keeps_error_limits():
    rig = rigjit.loads(
        """
rigjit: 1
controllers:
  - name: c
    transformations:
      - translation:
          {scale: 0.3, center: 7, min: [0.1, none, 1], max: [none, -0.7, 3], limit: error}
      - attribute: {name: a, scale: 0.7, center: 5, max: 0.1, limit: error}
      - attribute: {name: i, type: int, center: 5, max: 3, limit: error}
""",
        cache=False,
    )
    values = rig.vec_to_values(rig.rest_vec)
    np.testing.assert_allclose(values, [0.1, -0.7, 1, 0.1, 3], atol=1e-6)


def test_messages_have_one_size(rig):
    rng = np.random.default_rng(1)
    vecs = rng.normal(size=(50, rig.vec_size)).astype(np.float32)
    vecs[:, 5] = 0
    assert {len(rig.vec_to_rig(vec)) for vec in vecs} == {rig.msgpack_size}


def test_changed_names_are_a_change(tmp_path):
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(SPEC, "utf-8")
    new.write_text(SPEC.replace("[IK, FK]", "[FK, IK]").replace("max: 10}", "max: 11}"), "utf-8")
    changes = {
        (change.coefficient, change.old_value, change.new_value)
        for change in rigjit.diff(old, new).coefficients
    }
    assert changes == {("names", "[IK, FK]", "[FK, IK]"), ("max", "10", "11")}
    remap = rigjit.remap(old, new)
    assert remap.inputs.tolist() == [0, 1, 2, 3, 4, -1, 6, 7, 8, 9, 10]
    assert remap.channels.tolist() == [0, 1, 2, 3, 4, -1, 6, 7, 8]
