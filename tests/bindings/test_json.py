"""vec_to_json against other readers of JSON."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import orjson
import pytest

import rigjit

NAMES = [
    "head",
    "a b",
    'say "hi"',
    "back\\slash",
    "tab\there",
    "brücke",
    "骨",
    "🦴",
    "\x7f",
    "</script>",
]


@pytest.fixture(scope="module")
def nasty():
    """One raw attribute for each name: any float32 goes through unchanged."""
    controllers = [
        {"name": name, "transformations": [{"attribute": {"name": name}}]} for name in NAMES
    ]
    spec = json.dumps({"rigjit": 1, "controllers": controllers}, ensure_ascii=False)
    return rigjit.loads(spec.replace("\x7f", "\\x7f"))


def numbers_in(pose):
    return [number for values in pose.values() for number in values.values()]


@pytest.mark.parametrize("read", [json.loads, orjson.loads, msgspec.json.decode])
def test_readers_agree_with_the_values(rig, nasty, read):
    rng = np.random.default_rng(8)
    finite = rng.integers(0, 2**32, 4000, np.uint32).view(np.float32)
    finite = finite[np.isfinite(finite)]
    for start in range(0, len(finite) - len(NAMES), len(NAMES)):
        vec = finite[start : start + len(NAMES)]
        pose = read(nasty.vec_to_json(vec))
        assert list(pose) == NAMES
        assert np.array(numbers_in(pose), np.float32).tobytes() == vec.tobytes()
    vec = rig.rest_vec
    assert [(c, a) for c, values in read(rig.vec_to_json(vec)).items() for a in values] == (
        rig.channels
    )


def test_extreme_values(nasty):
    tiny, largest = np.finfo(np.float32).smallest_subnormal, np.finfo(np.float32).max
    vec = np.array([0, 1, tiny, -tiny, largest, -largest, 1e-5, 1e16, 0.1, 16777216], np.float32)
    text = nasty.vec_to_json(vec)
    assert type(text) is bytes
    assert np.array(numbers_in(json.loads(text)), np.float32).tobytes() == vec.tobytes()


def test_minus_zero(rig):
    vec = rig.rest_vec
    vec[4:6] = -0.0, 1
    assert np.signbit(rig.vec_to_values(vec)[rig.channels.index(("l_elbow_CTRL", "rotateY"))])
    assert b'"l_elbow_CTRL":{"rotateY":-0.0}' in rig.vec_to_json(vec)
    assert str(rig.vec_to_dict(vec)["l_elbow_CTRL"]["rotateY"]) == "-0.0"


def test_refused(rig):
    vec = rig.rest_vec
    vec[0] = np.nan
    with pytest.raises(rigjit.RigError) as raised:
        rig.vec_to_json(vec)
    assert raised.value.errors[0].code == "not-finite"
    assert json.loads(rig.vec_to_json(vec=rig.rest_vec))["head"]["scaleX"] == 1
