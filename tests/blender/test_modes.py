"""Rotations of every form on bones of every mode, compared as matrices by scipy."""

from __future__ import annotations

import numpy as np
import pytest
from rotations import degrees_between, of_bone
from scipy.spatial.transform import Rotation

import rigjit

ORDERS = ("xyz", "yzx", "zxy", "xzy", "yxz", "zyx")
MODES = (*(order.upper() for order in ORDERS), "QUATERNION", "AXIS_ANGLE")


def spec() -> str:
    """A controller for every pair of a form and a mode; each is called FORM_MODE."""
    lines = ["rigjit: 1", "name: hero", "controllers:"]
    for mode in MODES:
        for order in ORDERS:
            lines.append(
                f"  - {{name: {order}_{mode}, transformations: [rotation3d: {{rotate_order:"
                f" {order}, angle_unit: {'radians' if order == 'zxy' else 'degrees'}}}]}}"
            )
        lines.append(
            f"  - {{name: quat_{mode}, transformations: [rotation3d: {{output: quaternion}}]}}"
        )
        for axis, unit in zip("xyz", ("degrees", "radians", "degrees"), strict=True):
            lines.append(
                f"  - {{name: one{axis}_{mode}, transformations: "
                f"[rotation1d: {{axis: {axis}, angle_unit: {unit}}}]}}"
            )
    return "\n".join(lines)


def test_every_form_on_every_mode(blender, addon, tmp_path):
    rig = rigjit.loads(spec())
    names = list(dict.fromkeys(controller for controller, _ in rig.channels))
    rng = np.random.default_rng(4)
    count = 16
    # A walk over rotations, through many half turns, and at lock of every order.
    steps = Rotation.from_rotvec(rng.normal(scale=0.6, size=(count, 3)))
    turns = [Rotation.random(rng=rng)]
    for step in steps[1:]:
        turns.append(step * turns[-1])
    for frame, order in enumerate(ORDERS):
        turns[2 + 2 * frame] = Rotation.from_euler(order, [30, 90, -50], degrees=True)
    matrices = np.stack([turn.as_matrix() for turn in turns])
    angles = np.cumsum(rng.uniform(-1.5, 1.5, size=count))
    six = np.swapaxes(matrices[..., :2], -1, -2).reshape(count, 6)
    two = np.stack([np.sin(angles), np.cos(angles)], axis=1)
    vecs = np.concatenate([two if name.startswith("one") else six for name in names], axis=1)
    clip = tmp_path / "clip.safetensors"
    clip.write_bytes(rig.clip(vecs.astype(np.float32), start_frame=-3))
    answer = blender.run(
        "modes.py",
        tmp_path,
        zip=addon,
        clip=clip,
        modes={name: name.split("_", 1)[1] for name in names},
    )
    assert answer["left_out"] == []
    for way in ("shown", "keyed"):
        for frame, bones in enumerate(answer[way]):
            assert bones["unrelated"]["rotation"] == [1, 0, 0, 0]
            for name in names:
                assert bones[name]["mode"] == name.split("_", 1)[1]
                expected = matrices[frame]
                if name.startswith("one"):
                    expected = Rotation.from_euler(name[3], angles[frame]).as_matrix()
                angle = degrees_between(of_bone(bones[name]), expected)
                assert angle <= 2e-4, (way, frame, name, angle)


def test_curves_do_not_jump(blender, addon, tmp_path):
    """A rotation that goes round and round, written without continuity, has steady curves."""
    rig = rigjit.loads(spec())
    names = list(dict.fromkeys(controller for controller, _ in rig.channels))
    count = 40
    turns = Rotation.from_rotvec(np.outer(np.arange(count) * 0.4, [0.1, 0.9, 0.2]))
    six = np.swapaxes(turns.as_matrix()[..., :2], -1, -2).reshape(count, 6)
    two = np.stack([np.sin(np.arange(count) * 0.4), np.cos(np.arange(count) * 0.4)], axis=1)
    vecs = np.concatenate([two if name.startswith("one") else six for name in names], axis=1)
    clip = tmp_path / "clip.safetensors"
    clip.write_bytes(rig.clip(vecs.astype(np.float32)))
    answer = blender.run(
        "modes.py",
        tmp_path,
        zip=addon,
        clip=clip,
        modes={name: name.split("_", 1)[1] for name in names},
    )
    for path, values in answer["curves"].items():
        largest = max(np.abs(np.diff(values)), default=0)
        # Near lock the outer angles go fast, but never by half a turn.
        limit = 2.6 if "rotation_euler" in path else 0.7
        assert largest < limit, (path, largest)
        if '["one' in path and "rotation_euler" in path and len(values) > 1:
            assert values[-1] == pytest.approx((count - 1) * 0.4, abs=1e-3), path
