"""A Blender without numpy and msgpack shows a clip; compared with matrices from scipy."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

import rigjit

ROOT = Path(__file__).resolve().parents[2]
ORDERS = ("xyz", "yzx", "zxy", "xzy", "yxz", "zyx")

pytestmark = pytest.mark.skipif(shutil.which("blender") is None, reason="needs Blender")


@pytest.fixture(scope="module")
def rig() -> rigjit.Rig:
    controllers = [
        "{name: main, transformations: [translation: {axes: zx, scale: 2}, scale: {axes: y},"
        " attribute: {name: stretch}, attribute: {name: unknown},"
        " attribute: {name: visible, type: bool}, attribute: {name: level, type: int},"
        " attribute: {name: mode, type: enum, names: [ik, fk, off]}]}",
        *(f"{{name: {o}, transformations: [rotation3d: {{rotate_order: {o}}}]}}" for o in ORDERS),
        "{name: quat, transformations: [rotation3d: {output: quaternion}]}",
        "{name: elbow, transformations: [rotation1d: {axis: y, angle_unit: radians}]}",
        "{name: knee, transformations: [rotation1d: {axis: z}]}",
    ]
    return rigjit.loads(f"{{rigjit: 1, name: hero, controllers: [{', '.join(controllers)}]}}")


def test_blender_shows_what_the_clip_holds(rig, tmp_path):
    rng = np.random.default_rng(4)
    count = 6
    turns = Rotation.random(count * 7, rng).as_matrix().reshape(count, 7, 3, 3)
    turns[0] = Rotation.from_euler("xyz", [30, 90, -50], degrees=True).as_matrix()  # at lock
    angles = rng.uniform(-np.pi, np.pi, (count, 2))
    affine = rng.normal(size=(count, 5))
    typed = np.stack([np.arange(count) % 2, np.arange(count) - 2, np.arange(count) % 3], 1)
    vecs = np.concatenate(
        [
            affine,
            typed,
            np.swapaxes(turns[..., :2], -1, -2).reshape(count, -1),
            *(np.stack([np.sin(angles[:, i]), np.cos(angles[:, i])], 1) for i in (0, 1)),
        ],
        axis=1,
    )
    clip, output = tmp_path / "clip.safetensors", tmp_path / "out.json"
    clip.write_bytes(rig.clip(vecs, fps="30000/1001", start_frame=101))
    folder = tmp_path / "tool"
    folder.mkdir()
    for name in ("rigjit_clip.py", "examples/blender_clip.py"):
        shutil.copy(ROOT / "bindings/python" / name, folder)
    command = ["blender", "--background", "--factory-startup", "--python-exit-code", "3"]
    command += ["--python", str(ROOT / "tests/bindings/blender_check.py"), "--"]
    run = subprocess.run(
        [*command, str(folder), str(clip), str(output)], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr
    read = json.loads(output.read_text())
    assert read["fps"] == pytest.approx(30000 / 1001)
    for way in ("shown", "keyed"):
        for i, pose in enumerate(read[way]):
            bones = {name: np.array(matrix) for name, matrix in pose["bones"].items()}
            for j, name in enumerate([*ORDERS, "quat"]):
                assert bones[name][:3, :3] == pytest.approx(turns[i, j], abs=5e-6), (way, i, name)
            for name, axis, angle in (("elbow", "y", angles[i, 0]), ("knee", "z", angles[i, 1])):
                matrix = Rotation.from_euler(axis, angle).as_matrix()
                assert bones[name][:3, :3] == pytest.approx(matrix, abs=5e-6), (way, i, name)
            expected = np.diag([1, affine[i, 2], 1, 1])
            expected[[2, 0], 3] = 2 * affine[i, :2]
            assert bones["main"] == pytest.approx(expected, abs=1e-5)
            assert pose["stretch"] == pytest.approx(affine[i, 3], abs=1e-5)
            assert [pose[name] for name in ("visible", "level", "mode")] == typed[i].tolist()
            assert isinstance(pose["level"], int)
            assert np.array_equal(bones["unrelated"], np.eye(4))
