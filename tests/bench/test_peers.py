"""What rigjit is measured against computes the same; where it did not, the chart would say so."""

from __future__ import annotations

import msgpack
import numpy as np
import pytest
import random_spec
from agreement import difference
from peers import generate_rust, numpy_rig, python_rig, rig_spec

import rigjit

SEEDS = range(12)


def peer(name: str):
    if name == "numba":
        pytest.importorskip("numba")
        from peers import numba_rig

        return lambda rig: in_messagepack(numba_rig.to_message(rig))
    if name == "numpy":
        return lambda rig: in_messagepack(numpy_rig.to_message(rig))
    return python_rig.to_dict


def in_messagepack(convert):
    return lambda vec: msgpack.unpackb(convert(vec))


@pytest.mark.parametrize("name", ["python", "numpy", "numba"])
def test_a_peer_agrees_with_rigjit(name):
    make = peer(name)
    for seed in SEEDS:
        text = random_spec.random_spec(seed, typed=False)
        spec, rig = rig_spec.parse(text), rigjit.loads(text, cache=False)
        convert = make(spec)
        vecs = np.random.default_rng(seed).normal(size=(3, rig.vec_size)).astype(np.float32)
        for vec in vecs:
            pose = convert(vec)
            assert [(each, key) for each in pose for key in pose[each]] == rig.channels
            values = np.array([value for each in pose.values() for value in each.values()])
            expected = rig.vec_to_values(vec).astype(np.float64)
            assert difference(spec, expected, values.astype(np.float32)) is None, seed


@pytest.mark.parametrize("name", ["python", "numpy", "numba"])
def test_a_peer_knows_gimbal_lock(name):
    """x turns by exactly 90 degrees; y, which turns last, is left at 0."""
    text = (
        "{rigjit: 1, controllers: [{name: c, transformations: [rotation3d: {rotate_order: zxy}]}]}"
    )
    convert = peer(name)(rig_spec.parse(text))
    vec = np.array([4, 0, 3, 3, 0, -4], np.float32)
    x, y, z = convert(vec)["c"].values()
    assert (abs(x), y) == (pytest.approx(90), 0)
    np.testing.assert_allclose([x, y, z], rigjit.loads(text, cache=False).vec_to_values(vec), 1e-6)


@pytest.mark.parametrize("place", range(8))
def test_a_wrong_value_is_a_difference(place):
    spec = rig_spec.parse("""
rigjit: 1
controllers:
  - name: c
    transformations:
      - translation: {axes: x, scale: 3, center: 1}
      - attribute: {name: a}
      - constant: {name: b, value: 1}
      - rotation1d: {axis: x}
  - name: d
    transformations:
      - rotation3d: {output: quaternion}
""")
    right = np.array([4, 2, 1, 90, 0.5, 0.5, 0.5, 0.5])
    wrong = right.copy()
    assert difference(spec, right, wrong) is None
    wrong[place] += 0.001 if place != 3 else 0.02
    assert difference(spec, right, wrong) is not None


def test_every_input_is_read_once_by_generated_rust():
    for seed in SEEDS:
        rig = rig_spec.parse(random_spec.random_spec(seed, typed=False))
        text = generate_rust.generate(rig, ["messagepack"])
        assert text == generate_rust.generate(rig, ["messagepack"])
        for place in range(rig.input_count):
            assert text.count(f"vec[{place}]") == 1
        assert f"const SIZE: usize = {rig.input_count};" in text
        assert text.isascii()


@pytest.mark.parametrize(
    "transformation",
    [
        "attribute: {name: a, type: bool}",
        "attribute: {name: a, max: 1, limit: error}",
        "rotation1d: {axis: x, min: -10}",
    ],
)
def test_peers_refuse_what_they_do_not_know(transformation):
    controller = f"{{name: head, transformations: [{transformation}]}}"
    with pytest.raises(ValueError, match="the peers know no"):
        rig_spec.parse(f"{{rigjit: 1, controllers: [{controller}]}}")
