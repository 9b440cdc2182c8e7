"""diff and remap: what they find, and that remapped vectors mean what they meant."""

from __future__ import annotations

import functools
import random
import re

import numpy as np
import pytest
import yaml
from random_spec import random_spec
from scipy.spatial.transform import Rotation

import rigjit

ORDERS = ["xyz", "yzx", "zxy", "xzy", "yxz", "zyx"]


def spec(*transformations: str, name: str = "c") -> str:
    listed = ", ".join(transformations)
    return f"{{rigjit: 1, controllers: [{{name: {name}, transformations: [{listed}]}}]}}"


def load(*transformations: str) -> rigjit.Rig:
    return rigjit.loads(spec(*transformations))


class TextLoader(yaml.BaseLoader):
    """Every scalar as text, as rigjit reads names."""


def varied(text: str, rng: random.Random) -> str:
    """The spec with coefficients, layouts, orders and controllers changed."""
    document = yaml.load(text, TextLoader)
    defaults = document.pop("defaults", {})
    for controller in document["controllers"]:
        for transformation in controller["transformations"]:
            ((kind, options),) = transformation.items()
            options = transformation[kind] = dict(options or {})
            if kind in ("rotation1d", "rotation3d"):
                keys = ["angle_unit"] + ["rotate_order", "rot6d"] * (kind == "rotation3d")
                for key in keys:
                    if key in defaults:
                        options.setdefault(key, defaults[key])
            if rng.random() < 0.5:
                continue
            if kind in ("translation", "scale", "attribute"):
                options["scale"] = rng.choice([-1, 1]) * 10 ** rng.uniform(-2, 2)
                options["center"] = rng.uniform(-10, 10)
            elif kind == "rotation1d":
                options["order"] = rng.choice(["sin_cos", "cos_sin"])
            elif kind == "rotation3d":
                options["rot6d"] = rng.choice(["columns", "interleaved", "rows"])
                options["rotate_order"] = rng.choice(ORDERS)
    controllers = document["controllers"]
    rng.shuffle(controllers)
    del controllers[len(controllers) // 2 :: 5]
    extra = {"name": "extra controller", "transformations": [{"rotation3d": {}}]}
    controllers.insert(rng.randrange(len(controllers) + 1), extra)
    return to_yaml(document)


def to_yaml(document: dict) -> str:
    def options_of(options: dict) -> str:
        return ", ".join(f"{key}: {value_of(key, value)}" for key, value in options.items())

    def value_of(key: str, value: object) -> str:
        if isinstance(value, list):
            return f"[{', '.join(map(str, value))}]"
        return quoted(value) if key == "name" else str(value)

    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    lines = ["rigjit: 1", "controllers:"]
    for controller in document["controllers"]:
        lines += [f"  - name: {quoted(controller['name'])}", "    transformations:"]
        for transformation in controller["transformations"]:
            ((kind, options),) = transformation.items()
            lines.append(f"      - {kind}: {{{options_of(options)}}}")
    return "\n".join(lines) + "\n"


def random_vecs(rig: rigjit.Rig, rng: np.random.Generator, count: int = 8) -> np.ndarray:
    return rng.normal(size=(count, rig.vec_size)).astype(np.float32)


@pytest.mark.parametrize("seed", range(40))
def test_values_of_remapped_vectors(seed):
    rng = random.Random(f"remap {seed}")
    text = random_spec(seed + 100, typed=False)
    old = rigjit.loads(text)
    new = rigjit.loads(varied(text, rng))
    remap = rigjit.remap(old, new)
    vecs = random_vecs(old, np.random.default_rng(seed))
    moved = remap.apply(vecs)
    assert moved.shape == (len(vecs), new.vec_size)
    assert moved.dtype == np.float32
    was = old.vec_to_values_batch(vecs).astype(float)
    now = new.vec_to_values_batch(moved).astype(float)

    changed = {
        (change.controller, attribute): change.coefficient
        for change in rigjit.diff(old, new).coefficients
        for attribute in change.attributes
        if change.coefficient in ("min", "max", "value", "transformation")
    }
    lost = {(c, a) for c, attributes, _ in remap.not_carried for a in attributes}
    compared = 0
    for index, channel in enumerate(new.channels):
        old_index = remap.channels[index]
        if old_index < 0 or channel in changed or channel in lost:
            continue
        assert old.channels[old_index] == channel
        # An affine value is rounded near its center and its product.
        magnitude = 1 + np.abs(was[:, old_index]) + affine_magnitude(new, index, moved)
        error = np.abs(now[:, index] - was[:, old_index])
        if channel[1].startswith("rotate"):
            error = np.minimum(error % 360, -error % 360)  # turns
        assert (error <= 2e-5 * magnitude).all(), channel
        compared += 1
    assert compared > 0
    compare_rotations(old, new, remap, was, now)


def affine_magnitude(rig: rigjit.Rig, channel: int, vecs: np.ndarray) -> np.ndarray:
    """|scale * v| + |center| of an affine channel, 0 of others; from the plan's text."""
    expression = expressions_of(rig)[channel]
    match = re.search(r"fma\(vec\[(\d+)\], ([^,]+), ([^,)]+)\)", expression)
    if match is None:
        return np.zeros(len(vecs))
    return np.abs(vecs[:, int(match[1])] * float(match[2])) + abs(float(match[3]))


@functools.cache
def expressions_of(rig: rigjit.Rig) -> list[str]:
    """The expression of each channel. A plan's line is an operation; names may hold anything."""
    expressions = []
    for line in rig.plan().split("\n")[:-1]:
        expression = line.rsplit(" = ", 1)[1]
        count = 4 if "quaternion(" in expression else 3 if "euler_" in expression else 1
        expressions += [expression] * count
    return expressions


def compare_rotations(old, new, remap, was, now):
    """Rotations whose order or unit changed are still the same matrices."""
    old_expressions = expressions_of(old)
    new_expressions = expressions_of(new)
    lost = {(c, a) for c, attributes, _ in remap.not_carried for a in attributes}
    where = {channel: index for index, channel in enumerate(old.channels)}
    for index, (controller, attribute) in enumerate(new.channels):
        expression = new_expressions[index]
        is_first = attribute == "rotateX" and "euler_" in expression
        old_index = where.get((controller, attribute))
        if not is_first or old_index is None or (controller, attribute) in lost:
            continue
        matrices = []
        for values, text, first in (
            (was, old_expressions[old_index], old_index),
            (now, expression, index),
        ):
            order = re.search("euler_(...)", text)[1]
            axes = ["xyz".index(axis) for axis in order]
            angles = values[:, [first + axis for axis in axes]]
            matrices.append(
                Rotation.from_euler(order, angles, degrees=text.startswith("degrees")).as_matrix()
            )
        np.testing.assert_allclose(matrices[0], matrices[1], atol=1e-5)


def test_a_network_layer_gives_what_the_vectors_give():
    rng = np.random.default_rng(5)
    text = random_spec(107, typed=False)
    old, new = rigjit.loads(text), rigjit.loads(varied(text, random.Random(3)))
    remap = rigjit.remap(old, new)
    weight = rng.normal(size=(old.vec_size, 16)).astype(np.float32)
    bias = rng.normal(size=old.vec_size).astype(np.float32)
    features = rng.normal(size=(10, 16)).astype(np.float32)
    for fill in (None, 0.25, np.arange(new.vec_size, dtype=np.float32)):
        new_weight, new_bias = remap.apply_layer(weight, bias, fill)
        assert new_weight.dtype == new_bias.dtype == np.float32
        wanted = remap.apply(features @ weight.T + bias, fill)
        found = features @ new_weight.T + new_bias
        scale = 1 + np.abs(wanted) + np.abs(remap.gain) * 20 + np.abs(remap.bias)
        assert (np.abs(found - wanted) <= 1e-5 * scale).all()
    without = remap.apply_layer(weight)[1]
    carried = remap.inputs >= 0
    np.testing.assert_allclose(without[carried], remap.bias[carried], rtol=1e-6)
    assert remap.apply_layer(weight.astype(np.float16))[0].dtype == np.float16


def test_gain_and_bias():
    old = load("translation: {axes: x, scale: 6, center: 1}")
    new = load("translation: {axes: xy, scale: 3, center: -2}")
    remap = rigjit.remap(old, new)
    assert remap.inputs.tolist() == [0, -1]
    assert remap.inputs.dtype == remap.channels.dtype == np.int64
    assert (remap.gain[0], remap.bias[0]) == (2, 1)
    vec = remap.apply(np.array([0.5], np.float32))
    assert vec.tolist() == [2, np.float32(2 / 3)]
    assert new.vec_to_values(vec)[0] == old.vec_to_values([0.5])[0] == 4
    assert remap.apply([[0.5], [1]], fill=7)[:, 1].tolist() == [7, 7]
    assert remap.apply(np.zeros((2, 3, 1), np.float64)).shape == (2, 3, 2)
    with pytest.raises(ValueError, match="read-only"):
        remap.gain[0] = 3


def test_what_is_not_carried_is_said():
    old = load("rotation3d: {}", "constant: {name: IK_FK, value: 0.75}")
    new = load("rotation3d: {rot6d: rows}", "attribute: {name: IK_FK, scale: 0.5, center: 0.5}")
    remap = rigjit.remap(old, new)
    assert [entry[:2] for entry in remap.not_carried] == [
        ("c", ("rotateX", "rotateY", "rotateZ")),
        ("c", ("IK_FK",)),
    ]
    assert "rows" in str(remap)
    assert "0 carried" in repr(remap)
    vec = remap.apply(old.rest_vec)
    values = dict(zip(new.channels, new.vec_to_values(vec).tolist(), strict=True))
    assert values == {
        ("c", "rotateX"): 0,
        ("c", "rotateY"): 0,
        ("c", "rotateZ"): 0,
        ("c", "IK_FK"): 0.75,
    }


def test_permuted_layouts_give_the_same_message():
    rng = np.random.default_rng(1)
    old, new = load("rotation3d: {}"), load("rotation3d: {rot6d: interleaved}")
    vecs = random_vecs(old, rng)
    for a, b in ((old, new), (new, old)):
        moved = rigjit.remap(a, b).apply(vecs)
        np.testing.assert_array_equal(b.vec_to_rig_batch(moved), a.vec_to_rig_batch(vecs))


def test_poses_are_carried_by_channels():
    old = load("translation: {axes: xy}", "scale: {axes: z}")
    new = load("scale: {axes: zy}", "translation: {axes: y}")
    remap = rigjit.remap(old, new)
    assert remap.channels.tolist() == [2, -1, 1]


def test_wrong_shapes():
    remap = rigjit.remap(load("translation: {}"), load("translation: {}"))
    for bad in (np.zeros(2, np.float32), np.float32(1), np.zeros((3, 4), np.float32)):
        with pytest.raises(rigjit.RigError, match=r"old rig's has shape \(\.\.\., 3\)"):
            remap.apply(bad)
    with pytest.raises(rigjit.RigError, match="features"):
        remap.apply_layer(np.zeros((4, 3), np.float32))
    with pytest.raises(rigjit.RigError, match="bias has shape"):
        remap.apply_layer(np.zeros((3, 4), np.float32), np.zeros(4, np.float32))
    with pytest.raises(TypeError, match="float"):
        remap.apply(np.zeros(3, np.int64))


def test_diff(tmp_path):
    old = tmp_path / "old.yaml"
    new = tmp_path / "new.yaml"
    old.write_text(spec("translation: {axes: x, scale: 2}", "rotation3d: {}"))
    new.write_text(spec("translation: {axes: x, scale: 3}", "constant: {name: on, value: 1}"))
    found = rigjit.diff(old, str(new))
    assert found
    assert (found.old_hash, found.new_hash) == (rigjit.load(old).hash, rigjit.load(new).hash)
    removed = found.inputs[0]
    assert (removed.change, removed.input) == ("removed", ("c", "rotation3d", "a1x"))
    assert (removed.old_index, removed.new_index) == (1, None)
    assert [(c.change, c.channel) for c in found.channels][-1] == ("added", ("c", "on"))
    (change,) = found.coefficients
    assert (change.controller, change.attributes) == ("c", ["translateX"])
    assert (change.coefficient, change.old_value, change.new_value) == ("scale", "2", "3")
    assert "c.translateX: scale 2 -> 3" in str(found)
    assert "6 inputs" in repr(found)
    same = rigjit.diff(rigjit.load(old), old)
    assert not same
    assert str(same) == "no difference"


def test_diff_is_empty_exactly_for_equal_hashes():
    for seed in range(20):
        text = random_spec(seed + 300, typed=False)
        rig = rigjit.loads(text)
        other = rigjit.loads(varied(text, random.Random(seed)))
        assert not rigjit.diff(rig, rigjit.loads(text + "# a comment\n"))
        assert bool(rigjit.diff(rig, other)) == (rig.hash != other.hash)


def test_mistakes_of_specs(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("rigjit: 2\ncontrollers: []\n")
    for function in (rigjit.diff, rigjit.remap):
        with pytest.raises(rigjit.RigError) as raised:
            function(load("translation: {}"), bad)
        assert [error.file for error in raised.value.errors] == [str(bad)] * 2
        with pytest.raises(FileNotFoundError):
            function(tmp_path / "nowhere.yaml", load("translation: {}"))
        with pytest.raises(TypeError):
            function(3, bad)


def test_ints_bools_and_enums_are_the_same_numbers():
    """As Rigify writes its switches in one Blender and another."""
    int_rig = load("attribute: {name: space, type: int, scale: 2, center: 1, min: 0, max: 2}")
    enum_rig = load("attribute: {name: space, type: enum, names: [none, root, hips]}")
    other = load("attribute: {name: space, type: enum, names: [none, hips, root]}")
    bool_rig = load("attribute: {name: space, type: bool, center: 0.25}")
    for old, new in (
        (int_rig, enum_rig),
        (enum_rig, int_rig),
        (bool_rig, enum_rig),
        (int_rig, bool_rig),
    ):
        remap = rigjit.remap(old, new)
        assert remap.not_carried == []
        assert remap.channels.tolist() == [0]
        for value in (0.0, 1.0):
            vec = old.values_to_vec(np.float32([value]))
            assert new.vec_to_values(remap.apply(vec)).tolist() == [value]
    assert rigjit.remap(enum_rig, other).channels.tolist() == [-1]
    floats = load("attribute: {name: space}")
    assert rigjit.remap(floats, enum_rig).channels.tolist() == [-1]
