"""rig.mirror: the pose of the mirrored vector against the mirrored pose."""

from __future__ import annotations

import itertools
import pickle
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

import rigjit

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
SIGNS = [(1, -1, -1), (-1, 1, -1), (-1, -1, 1), (1, 1, 1)]
ORDERS = ["xyz", "yzx", "zxy", "xzy", "yxz", "zyx"]
LAYOUTS = ["columns", "rows", "interleaved"]

SPEC = """
rigjit: 1
mirror:
  pairs: [[l_, r_]]
  translation: [-1, 1, 1]
  rotation: [1, -1, -1]
  controllers:
    head: {attributes: {tilt: -1}}
controllers:
  - name: l_arm
    transformations:
      - translation: {axes: xyz, scale: [3, 0.7, 2], center: [0.5, 1, -2]}
      - scale: {axes: y, scale: 0.3, center: 1}
      - attribute: {name: curl, scale: 0.5, center: 0.5}
      - rotation1d: {axis: z}
  - name: head
    transformations:
      - translation: {axes: x, scale: 7, center: 0.25}
      - attribute: {name: tilt, scale: 45, center: 10}
      - attribute: {name: rotateY, scale: 45}
  - name: r_arm
    transformations:
      - rotation1d: {axis: z, order: cos_sin}
      - translation: {axes: zyx, scale: [1.3, 5, 2], center: [0.1, -1, 2]}
      - scale: {axes: y, scale: 0.2, center: 0.9}
      - attribute: {name: curl, scale: 0.25, center: 0.75}
"""


@pytest.fixture(scope="module")
def mirror_rig():
    return rigjit.loads(SPEC)


def vectors(rig, count, seed=7):
    return np.random.default_rng(seed).normal(size=(count, rig.vec_size)).astype(np.float32)


def test_values_are_swapped_and_signed(mirror_rig):
    swapped = {"l_arm": "r_arm", "r_arm": "l_arm", "head": "head"}
    negative = {"translateX", "rotateY", "rotateZ", "tilt"}
    for vec in vectors(mirror_rig, 20):
        pose = mirror_rig.vec_to_dict(vec)
        mirrored = mirror_rig.vec_to_dict(mirror_rig.mirror(vec))
        for controller, values in pose.items():
            for attribute, value in values.items():
                expected = -value if attribute in negative else value
                got = mirrored[swapped[controller]][attribute]
                assert got == pytest.approx(expected, rel=1e-5, abs=1e-5), attribute


def test_twice_is_the_vector(mirror_rig):
    vecs = vectors(mirror_rig, 200)
    twice = mirror_rig.mirror(mirror_rig.mirror(vecs))
    np.testing.assert_allclose(twice, vecs, rtol=2e-6, atol=2e-6)
    rig = rigjit.load(CONFIGS / "seed.yaml")
    with pytest.raises(rigjit.RigError) as raised:
        rig.mirror(rig.rest_vec)
    assert raised.value.errors[0].code == "no-mirror"


@pytest.mark.parametrize(("order", "layout"), list(itertools.product(ORDERS, LAYOUTS)))
@pytest.mark.parametrize("output", ["euler", "quaternion"])
def test_rotations_are_those_of_scipy(order, layout, output):
    rng = np.random.default_rng(ORDERS.index(order) * 3 + LAYOUTS.index(layout))
    for signs in SIGNS:
        rig = rigjit.loads(
            f"""
rigjit: 1
mirror: {{pairs: [[.L, .R]], translation: [1, 1, 1], rotation: {list(signs)}}}
controllers:
  - name: hand.L
    transformations: &hand
      - rotation3d: {{rotate_order: {order}, rot6d: {layout}, output: {output}}}
  - {{name: hand.R, transformations: *hand}}
""",
            cache=False,
        )
        angles = rng.uniform(-180, 180, size=(2, 3)) * (1, 0.5, 1)
        source = Rotation.from_euler(order, angles, degrees=True)
        of_axis = dict(zip("xyz", signs, strict=True))
        expected = Rotation.from_euler(order, angles * [of_axis[a] for a in order], degrees=True)
        matrices = source.as_matrix()
        make = {
            "columns": lambda m: np.concatenate([m[:, 0], m[:, 1]]),
            "rows": lambda m: m[:2].reshape(6),
            "interleaved": lambda m: m[:, :2].reshape(6),
        }[layout]
        values = rig.vec_to_values(rig.mirror(np.concatenate([make(m) for m in matrices])))
        if output == "euler":
            xyz = values.reshape(2, 3)
            got = Rotation.from_euler(order, xyz[:, ["xyz".index(a) for a in order]], degrees=True)
        else:
            got = Rotation.from_quat(values.reshape(2, 4)[:, [1, 2, 3, 0]])
        # The left one's is the right one's now.
        error = (got.inv() * expected[[1, 0]]).magnitude()
        assert np.degrees(error).max() < 2e-4


def test_frames_of_a_real_rig():
    rig = rigjit.load(CONFIGS / "rigify_human.yaml")
    frames = np.load(CONFIGS / "rigify" / "human_stress.npz")["vec_rows"].astype(np.float32)
    mirrored = rig.mirror(frames)
    twice = rig.mirror(mirrored)
    # Rounding, where the two sides have other centers and scales.
    np.testing.assert_allclose(twice, frames, rtol=1e-5, atol=1e-4)
    pose, image = rig.vec_to_values_batch(frames), rig.vec_to_values_batch(mirrored)
    column = {channel: i for i, channel in enumerate(rig.channels)}
    swaps = 0
    for (controller, attribute), i in column.items():
        partner = controller.replace(".L", ".#").replace(".R", ".L").replace(".#", ".R")
        if (partner, attribute) not in column:
            partner = controller
        swaps += partner != controller
        j = column[partner, attribute]
        if attribute.startswith(("rotate", "quaternion")):
            continue
        sign = -1 if attribute == "translateX" else 1
        np.testing.assert_allclose(
            image[:, j],
            sign * pose[:, i],
            rtol=1e-4,
            atol=1e-4,
            err_msg=controller,
        )
    assert swaps > 1000
    # The left foot's turn is the right one's in the image.
    feet = {side: [column[f"foot_ik.{side}", f"rotate{axis}"] for axis in "XYZ"] for side in "LR"}
    left = Rotation.from_euler("xyz", pose[:, feet["L"]] * (1, -1, -1), degrees=True)
    right = Rotation.from_euler("xyz", image[:, feet["R"]], degrees=True)
    assert np.degrees((left.inv() * right).magnitude()).max() < 1e-3
    assert np.degrees(left.magnitude()).max() > 5


def test_arguments(mirror_rig):
    vecs = vectors(mirror_rig, 5)
    batch = mirror_rig.mirror(vecs)
    assert (batch.dtype, batch.shape) == (np.float32, vecs.shape)
    for vec, expected in zip(vecs, batch, strict=True):
        np.testing.assert_array_equal(mirror_rig.mirror(vec), expected)
    out = np.empty_like(vecs)
    assert mirror_rig.mirror(vecs.astype(np.float64), out=out) is out
    np.testing.assert_array_equal(out, batch)
    assert mirror_rig.mirror(vecs[0], out[1]) is not None
    np.testing.assert_array_equal(out[1], batch[0])
    assert mirror_rig.mirror(vecs[:0]).shape == (0, mirror_rig.vec_size)
    np.testing.assert_array_equal(mirror_rig.mirror(vecs[0].tolist()), batch[0])
    with pytest.raises(ValueError, match="overlaps"):
        mirror_rig.mirror(vecs, out=vecs)
    with pytest.raises(rigjit.RigError, match="shape"):
        mirror_rig.mirror(vecs[0, 1:])
    for wrong in (np.zeros((2, 3, mirror_rig.vec_size), np.float32), np.float32(1)):
        with pytest.raises(rigjit.RigError, match="shape"):
            mirror_rig.mirror(wrong)
    with pytest.raises(ValueError, match="shape"):
        mirror_rig.mirror(vecs[0], out=out)
    with pytest.raises(TypeError, match="floats"):
        mirror_rig.mirror(np.zeros(mirror_rig.vec_size, np.int32))


def test_pickled_namespaced_and_cached(mirror_rig, tmp_path):
    vec = vectors(mirror_rig, 1)[0]
    expected = mirror_rig.mirror(vec)
    hero = rigjit.loads(SPEC, namespace="hero", cache_dir=tmp_path)
    np.testing.assert_array_equal(hero.mirror(vec), expected)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(hero)).mirror(vec), expected)
    assert "mirror hero:l_arm <-> hero:r_arm" in hero.plan()
