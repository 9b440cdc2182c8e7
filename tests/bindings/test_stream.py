"""Frames that continue each other: rig.stream and continuous=True."""

from __future__ import annotations

from pathlib import Path

import msgpack
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

import rigjit

CONFIGS = Path(__file__).resolve().parents[2] / "configs"

ORDERS = ["xyz", "yzx", "zxy", "xzy", "yxz", "zyx"]


def rig_of(transformation):
    return rigjit.loads(
        f"{{rigjit: 1, controllers: [{{name: c, transformations: [{transformation}]}}]}}",
        cache=False,
    )


@pytest.fixture(scope="module")
def human_rig():
    return rigjit.load(CONFIGS / "rigify_human.yaml")


@pytest.fixture(scope="module")
def human_stress():
    return np.load(CONFIGS / "rigify" / "human_stress.npz")


def columns(rotations):
    """rot6d of many rotations, in columns."""
    return rotations.as_matrix()[:, :, :2].transpose(0, 2, 1).reshape(-1, 6).astype(np.float32)


def jumps(values):
    return int((np.abs(np.diff(values, axis=0)) > 90).sum())


def test_stress_has_no_more_jumps_than_its_source(human_rig, human_stress):
    vecs, source = human_stress["vec_rows"], human_stress["values"]
    angles = [i for i, (_, name) in enumerate(human_rig.channels) if name.startswith("rotate")]
    plain = human_rig.vec_to_values_batch(vecs)
    continuous = human_rig.vec_to_values_batch(vecs, continuous=True)
    assert jumps(plain[:, angles]) > jumps(source[:, angles])
    assert jumps(continuous[:, angles]) <= jumps(source[:, angles])


@pytest.mark.parametrize("order", ORDERS)
def test_curves_through_lock_and_over_half_a_turn_are_followed(order):
    rig = rig_of(f"rotation3d: {{rotate_order: {order}}}")
    # The middle axis goes over 90 degrees, another one round and round.
    t = np.linspace(0, 1, 361)
    angles = np.zeros((len(t), 3))
    angles[:, "xyz".index(order[1])] = 170 * t
    angles[:, "xyz".index(order[2])] = 900 * t
    truth = Rotation.from_euler(
        order, angles[:, ["xyz".index(axis) for axis in order]], degrees=True
    )
    values = rig.vec_to_values_batch(columns(truth), continuous=True)
    np.testing.assert_allclose(values, angles, atol=0.02)
    got = Rotation.from_euler(
        order, values[:, ["xyz".index(axis) for axis in order]].astype(float), degrees=True
    )
    assert np.degrees((got.inv() * truth).magnitude()).max() < 3e-4


def test_rotation1d_is_unwrapped():
    rig = rig_of("rotation1d: {axis: y, order: sin_cos}")
    angle = np.linspace(0, 1500, 400)
    vecs = np.stack([np.sin(np.radians(angle)), np.cos(np.radians(angle))], 1).astype(np.float32)
    values = rig.vec_to_values_batch(vecs, continuous=True)
    np.testing.assert_allclose(values[:, 0], angle, atol=2e-3)


def test_quaternions_keep_their_sign():
    rig = rig_of("rotation3d: {output: quaternion}")
    truth = Rotation.from_rotvec(np.outer(np.linspace(0, 20, 300), [0.6, 0, 0.8]))
    values = rig.vec_to_values_batch(columns(truth), continuous=True)
    assert (np.sum(values[1:] * values[:-1], 1) > 0.9).all()
    got = Rotation.from_quat(values[:, [1, 2, 3, 0]].astype(float))
    assert np.degrees((got.inv() * truth).magnitude()).max() < 5e-5


def test_stream_batch_and_message_agree(human_rig, human_stress):
    vecs = human_stress["vec_rows"]
    values = human_rig.vec_to_values_batch(vecs, continuous=True)
    messages = human_rig.vec_to_rig_batch(vecs, continuous=True)
    stream, flat = human_rig.stream(), human_rig.stream()
    for vec, expected, message in zip(vecs, values, messages, strict=True):
        assert stream.push(vec) == message.tobytes()
        assert flat.push_values(vec).tobytes() == expected.tobytes()
    pose = msgpack.unpackb(messages[-1].tobytes())
    assert [pose[c][a] for c, a in human_rig.channels] == values[-1].tolist()
    assert human_rig.stream().push(vecs[0]) == human_rig.vec_to_rig(vecs[0])


def test_start_is_what_the_first_frame_continues_from(human_rig, human_stress):
    vecs = human_stress["vec_rows"]
    whole = human_rig.vec_to_values_batch(vecs, continuous=True)
    second = human_rig.vec_to_values_batch(vecs[30:], continuous=True, start=whole[29])
    assert second.tobytes() == whole[30:].tobytes()
    rig = rig_of("rotation1d: {axis: x}")
    assert rig.stream(start=[720.0]).push_values(np.float32([0, 1])) == [720]


def test_bad_frames_are_not_remembered():
    rig = rig_of("rotation1d: {axis: x}")
    angles = np.radians([170, 0, 190, 200])
    vecs = np.stack([np.sin(angles), np.cos(angles)], 1).astype(np.float32)
    vecs[1] = np.nan
    stream = rig.stream()
    stream.push(vecs[0])
    with pytest.raises(rigjit.RigError):
        stream.push(vecs[1])
    np.testing.assert_allclose(stream.push_values(vecs[2]), [190], atol=1e-4)
    values, good = rig.vec_to_values_batch(vecs, continuous=True, errors="mask")
    assert good.tolist() == [True, False, True, True]
    np.testing.assert_allclose(values[:, 0], [170, 0, 190, 200], atol=1e-4)
    with pytest.raises(rigjit.RigError, match="frame 1"):
        rig.vec_to_values_batch(vecs, continuous=True)


def test_limits_hold_for_the_angle_that_goes_on():
    angles = np.radians([170, 190, 200])
    vecs = np.stack([np.sin(angles), np.cos(angles)], 1).astype(np.float32)
    clamped = rig_of("rotation1d: {axis: x, max: 195}")
    values = clamped.vec_to_values_batch(vecs, continuous=True)
    np.testing.assert_allclose(values[:, 0], [170, 190, 195], atol=1e-4)
    refused = rig_of("rotation1d: {axis: x, min: -180, max: 180, limit: error}")
    assert len(refused.vec_to_values_batch(vecs)) == 3  # 170, -170, -160
    with pytest.raises(rigjit.RigError, match=r"frame 1: c\.rotateX.*190.* above the limit 180"):
        refused.vec_to_rig_batch(vecs, continuous=True)
    stream = refused.stream()
    stream.push(vecs[0])
    for _ in range(2):
        with pytest.raises(rigjit.RigError, match=r"c\.rotateX") as caught:
            stream.push(vecs[1])
        assert [error.code for error in caught.value.errors] == ["out-of-limits"]
    values, good = refused.vec_to_values_batch(vecs, continuous=True, errors="mask")
    assert good.tolist() == [True, False, False]


def test_types_are_those_of_plain_frames():
    rig = rig_of(
        "rotation1d: {axis: x}, attribute: {name: on, type: bool}"
        ", attribute: {name: n, type: int, min: 0, max: 9, limit: error}"
        ", attribute: {name: space, type: enum, names: [a, b, c], encoding: one_hot}"
    )
    vecs = np.random.default_rng(0).normal(4, 1, (20, rig.vec_size)).astype(np.float32)
    continuous = rig.vec_to_values_batch(vecs, continuous=True)
    assert continuous.tobytes() == rig.vec_to_values_batch(vecs).tobytes()
    messages = rig.vec_to_rig_batch(vecs, continuous=True)
    assert messages.tobytes() == rig.vec_to_rig_batch(vecs).tobytes()
    vecs[7, 3] = 12
    with pytest.raises(rigjit.RigError, match=r"frame 7: c\.n.* above the limit 9"):
        rig.vec_to_rig_batch(vecs, continuous=True)


def test_wrong_arguments(human_rig, human_stress):
    vecs = human_stress["vec_rows"][:2]
    with pytest.raises(rigjit.RigError, match="one value a channel"):
        human_rig.stream(start=[1.0])
    bad = np.zeros(len(human_rig.channels), np.float32)
    bad[3] = np.inf
    with pytest.raises(rigjit.RigError, match=r"start\[3\] is not finite"):
        human_rig.stream(start=bad)
    with pytest.raises(ValueError, match="threads"):
        human_rig.vec_to_rig_batch(vecs, continuous=True, threads=2)
    with pytest.raises(ValueError, match="continuous=True"):
        human_rig.vec_to_rig_batch(vecs, start=bad)
    with pytest.raises(TypeError):
        rigjit.Stream()
