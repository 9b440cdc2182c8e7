"""Bools, ints and enums in every form, and limits that clamp or refuse."""

import json
import pickle

import msgpack
import numpy as np
import pytest

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
    frame = rig.frame()
    poses = [
        msgpack.unpackb(rig.vec_to_rig(VEC)),
        msgpack.unpackb(bytes(frame.update(VEC))),
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
    names = {("hand", "ik"): ["IK", "FK"], ("hand", "space"): ["world", "no", "手"]}
    path = tmp_path / "hand.yaml"
    path.write_text(SPEC, "utf-8")
    cached = [rigjit.load(path, cache_dir=tmp_path / "cache") for _ in range(2)][1]
    for one in (rig, cached, pickle.loads(pickle.dumps(rig))):
        assert one.channel_types == kinds
        assert one.enum_names == names
        assert len(one.channels) == len(kinds)
        assert one.vec_to_dict(VEC) == POSE
        assert [component for _, _, component in one.inputs[6:9]] == [
            "space.world",
            "space.no",
            "space.手",
        ]


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
