"""What a Rig says about itself."""

from __future__ import annotations

import copy
import json
import pickle
import re

import msgpack
import numpy as np
import pytest
from small_spec import SPEC

import rigjit


def test_names_and_sizes(rig):
    assert rig.name == "small"
    assert re.fullmatch("[0-9a-f]{32}", rig.hash)
    assert rig.metadata == {"unit": "cm", "take": "3"}
    assert rig.vec_size == 14
    assert rig.origin in ("compiled", "cached", "memory")
    assert "small" in repr(rig)
    assert "14 inputs" in repr(rig)


def test_channels_are_the_message_in_order(rig):
    pose = msgpack.unpackb(rig.vec_to_rig(rig.rest_vec))
    nested = [(controller, name) for controller, values in pose.items() for name in values]
    assert rig.channels == nested
    assert ("x_main_CTRL", "IK_FK") in rig.channels


CHANNEL_SPEC = """
rigjit: 1
controllers:
  - name: hand
    transformations:
      - rotation3d: {rotate_order: zxy, angle_unit: radians}
      - attribute: {name: space, type: enum, names: [world, chest]}
      - attribute: {name: pinned, type: bool}
      - constant: {name: IK, value: 1}
"""


def test_a_channel_is_a_pair_that_knows_its_type():
    channels = rigjit.loads(CHANNEL_SPEC).channels
    assert channels == [("hand", f"rotate{axis}") for axis in "XYZ"] + [
        ("hand", "space"),
        ("hand", "pinned"),
        ("hand", "IK"),
    ]
    turn, space, pinned, constant = channels[0], *channels[3:]
    controller, attribute = turn
    assert (controller, attribute) == (turn.controller, turn.attribute) == ("hand", "rotateX")
    assert (turn.type, turn.rotate_order, turn.angle_unit) == ("float", "zxy", "radians")
    assert (turn.transformation, turn.names) == ("rotation3d", ())
    assert (space.type, space.names) == ("enum", ("world", "chest"))
    assert (pinned.type, pinned.names, pinned.rotate_order) == ("bool", (), None)
    assert (constant.transformation, constant.angle_unit) == ("constant", None)
    assert isinstance(turn, tuple)
    assert {turn: 1}["hand", "rotateX"] == 1
    assert turn in [("hand", "rotateX")]
    assert json.loads(json.dumps(turn)) == ["hand", "rotateX"]
    again = pickle.loads(pickle.dumps(space))
    assert (type(again), again, again.names) == (rigjit.Channel, space, ("world", "chest"))
    assert repr(turn) == "rigjit.Channel(controller='hand', attribute='rotateX')"


def test_inputs_name_every_element(rig):
    assert len(rig.inputs) == rig.vec_size
    assert rig.inputs[0] == ("x_main_CTRL", "translation", "x")
    assert rig.inputs[3] == ("x_main_CTRL", "attribute", "stretch")
    assert [component for _, _, component in rig.inputs[4:6]] == ["sin", "cos"]
    assert rig.inputs[6] == ("head", "rotation3d", "a1x")


def test_what_a_rig_says_of_itself_is_the_callers(rig):
    """A rig is immutable: whatever is done to an answer, the next one is the same."""
    fresh = rigjit.loads(SPEC)
    for name in ("channels", "inputs", "metadata", "slices"):
        getattr(fresh, name).clear()
        assert len(getattr(fresh, name)) == len(getattr(rig, name)), name
    fresh.rest_vec[:] = 7
    fresh.vec_to_dict(fresh.rest_vec).clear()
    assert fresh.vec_to_dict(fresh.rest_vec) == rig.vec_to_dict(rig.rest_vec)


def test_slices_hold_every_kind(rig):
    assert set(rig.slices) == {"translation", "rotation3d", "rotation1d", "scale", "attribute"}
    assert all(indices.dtype == np.int64 for indices in rig.slices.values())
    assert sorted(np.concatenate(list(rig.slices.values()))) == list(range(rig.vec_size))
    assert rig.slices["rotation3d"].tolist() == list(range(6, 12))
    alone = rigjit.loads(
        "rigjit: 1\nname: a\ncontrollers:\n  - name: c\n    transformations:\n"
        "      - constant: {name: IK, value: 1}\n"
    )
    assert all(len(indices) == 0 for indices in alone.slices.values())
    assert alone.vec_to_rig(np.zeros(0, np.float32)) == msgpack.packb(
        {"c": {"IK": 1.0}}, use_single_float=True
    )


def test_rest_vec_is_the_callers_own(rig):
    rest = rig.rest_vec
    assert rest.dtype == np.float32
    rest[:] = 7
    assert rig.rest_vec[0] == 0
    values = dict(zip(rig.channels, rig.vec_to_values(rig.rest_vec).tolist(), strict=True))
    assert values["x_main_CTRL", "translateX"] == 0
    assert values["head", "scaleX"] == 1
    assert values["head", "rotateZ"] == 0


def test_texts_come_from_cached_code_too(rig):
    again = rigjit.loads(SPEC)
    assert again.origin == "memory"
    assert "x_main_CTRL" in again.plan()
    assert again.plan() == rig.plan()
    assert "define" in again.ir()
    assert "x_main_CTRL.translateX" in again.ir()
    # Of others only numbers that stand in the same loads.
    assert "%head." not in again.ir(controller="l_elbow_CTRL")
    assert again.ir(program="vector") != again.ir(program="message") == again.ir()
    assert again.asm(program="values-continuous") != again.asm()
    with pytest.raises(rigjit.RigError, match="no program 'dict'; a rig has message, values"):
        again.ir(program="dict")
    assert len(again.asm().splitlines()) > 20


def test_pickle_sends_the_spec(rig, tmp_path):
    restored = pickle.loads(pickle.dumps(rig))
    assert restored.hash == rig.hash
    assert restored.vec_to_rig(rig.rest_vec) == rig.vec_to_rig(rig.rest_vec)
    with_options = rigjit.loads(SPEC, cache_dir=tmp_path, target="x86-64-v3")
    assert pickle.loads(pickle.dumps(with_options)).target == with_options.target
    assert copy.copy(rig) is rig
    assert copy.deepcopy(rig) is rig
