"""First specs take every pose that they were made of, whatever types its values have."""

from __future__ import annotations

import json
import random

import pytest

import rigjit

pytest.importorskip("ruamel.yaml")

NAMES = ("x", "y", "translateX", "translateY", "rotateX", "rotateY", "rotateZ", "scaleZ")
KINDS = (
    lambda draw: draw.random() < 0.5,
    lambda draw: draw.choice([0, 1]),
    lambda draw: draw.choice([0.0, 1.0]),
    lambda draw: draw.randint(-3, 9),
    lambda draw: draw.choice([0.5, -7.25, 228.0, 1e30]),
    lambda draw: draw.choice(["world", "chest", "off"]),
)


def inferred_of(tmp_path, found):
    from rigjit import fitting

    path = tmp_path / "a.json"
    path.write_text(json.dumps(found))
    return fitting.infer([path])


@pytest.mark.parametrize("seed", range(200))
def test_a_spec_takes_the_poses_it_was_made_of(tmp_path, seed):
    draw = random.Random(seed)
    kinds = {name: draw.sample(KINDS, draw.choice([1, 1, 2, 3])) for name in NAMES}
    found = [
        {"c": {name: draw.choice(kinds[name])(draw) for name in NAMES}, "d": {"k": 1.0 * k}}
        for k in range(draw.choice([1, 3, 12, 40]))
    ]
    inferred = inferred_of(tmp_path, found)
    rig = rigjit.loads(inferred.text, cache=False)
    for pose in found:
        rig.rig_to_vec(pose)
    have = {attribute for controller, attribute in rig.channels if controller == "c"}
    for name in NAMES:
        is_said = any(note.startswith(f"c.{name} is left out") for note in inferred.notes)
        assert is_said == (name not in have)


@pytest.mark.parametrize("number", [0, 1, 1.0])
def test_bools_and_what_is_0_or_1_are_a_bool(tmp_path, number):
    inferred = inferred_of(tmp_path, [{"a": {"b": each}} for each in (True, False, number)])
    assert [c.type for c in rigjit.loads(inferred.text).channels] == ["bool"]
    text = "true or false in 2 of the poses and a number in 1, always 0 or 1"
    assert f"a.b is a bool: it is {text}" in inferred.notes


@pytest.mark.parametrize("number", [0.5, 2, -1])
def test_bools_and_other_numbers_are_left_out(tmp_path, number):
    found = [{"a": {"b": each, "k": 2.5, "translateX": each}} for each in (True, False, number)]
    inferred = inferred_of(tmp_path, found)
    assert [tuple(c) for c in rigjit.loads(inferred.text).channels] == [("a", "k")]
    text = "true or false in 2 of the poses and a number in 1, which no type of attribute takes"
    for name in ("a.b", "a.translateX"):
        assert f"{name} is left out: it is {text}" in inferred.notes


def test_a_bool_that_is_called_as_a_number_is_an_attribute(tmp_path):
    found = [{"a": {"translateX": k % 2 == 0, "translateY": float(k)}} for k in range(12)]
    rig = rigjit.loads(inferred_of(tmp_path, found).text)
    assert {c[1]: (c.transformation, c.type) for c in rig.channels} == {
        "translateX": ("attribute", "bool"),
        "translateY": ("translation", "float"),
    }
