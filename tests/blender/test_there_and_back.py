"""Rigs of Rigify: spec, random vectors, shown, keyed and read again."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest
from rotations import degrees_between, of_bone, of_pose

import rigjit

LONG = os.environ.get("RIGJIT_LONG") == "1"


def random_vectors(rig: rigjit.Rig, count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    vecs = rig.rest_vec + rng.normal(scale=0.7, size=(count, rig.vec_size))
    return vecs.astype(np.float32)


def check_bones(rig: rigjit.Rig, values: np.ndarray, bones: dict, where: str) -> None:
    """Bones have what the values say, rotations as matrices."""
    poses: dict[str, dict[str, float]] = {}
    for (controller, attribute), value in zip(rig.channels, values, strict=True):
        poses.setdefault(controller, {})[attribute] = float(value)
    assert set(poses) == set(bones)
    for name, pose in poses.items():
        bone = bones[name]
        for attribute, value in pose.items():
            place = "XYZ".find(attribute[-1])
            if attribute[:-1] == "translate":
                assert bone["location"][place] == pytest.approx(value, abs=1e-6), (where, name)
            elif attribute[:-1] == "scale":
                assert bone["scale"][place] == pytest.approx(value, abs=1e-6), (where, name)
            elif not attribute.startswith(("rotate", "quaternion")):
                assert bone["custom"][attribute] == pytest.approx(value, abs=1e-6), (where, name)
        if any(attribute.startswith(("rotate", "quaternion")) for attribute in pose):
            order = bone["mode"].lower() if len(bone["mode"]) == 3 else "xyz"
            angle = degrees_between(of_bone(bone), of_pose(pose, order))
            assert angle <= 1e-4, (where, name, angle)


@pytest.mark.parametrize("name", ["basic_human", "human"])
def test_a_generated_rig_goes_there_and_back(blender, addon, rigs, tmp_path, name):
    spec, clip = tmp_path / "rig.yaml", tmp_path / "clip.safetensors"
    given = {"zip": addon, "file": rigs / f"{name}.blend", "armature": name}
    exported = blender.run("export_spec.py", tmp_path, **given, spec=spec)
    rig = rigjit.load(spec)
    controllers = list(dict.fromkeys(controller for controller, _ in rig.channels))

    # Every bone is in the spec, or said to be left out of it.
    assert {*controllers, *(bone for bone, _, _ in exported["left_out"])} == set(exported["bones"])

    vecs = random_vectors(rig, 12, seed=len(name))
    clip.write_bytes(rig.clip(vecs, start_frame=7, continuous=True))
    values = rig.vec_to_values_batch(vecs, continuous=True)
    answer = blender.run(
        "there_and_back.py",
        tmp_path,
        **given,
        clip=clip,
        controllers=controllers,
        folder=tmp_path,
    )
    assert answer["left_out"] == []
    assert answer["modes_kept"]
    for way in ("shown", "keyed"):
        for frame, bones in enumerate(answer[way]):
            check_bones(rig, values[frame], bones, f"{way} {frame}")
            for bone in bones.values():
                assert set(bone["types"].values()) <= {"float", "int", "bool"}

    poses = [json.loads(line) for line in (tmp_path / "poses.jsonl").read_text().splitlines()]
    assert answer["count"] == len(poses) == len(vecs)
    back = rig.rig_to_vec_batch(poses)
    assert np.allclose(back, rig.values_to_vec_batch(values), atol=2e-6)


def test_the_rest_vector_is_the_rest_pose(blender, addon, rigs, tmp_path):
    spec, clip = tmp_path / "rig.yaml", tmp_path / "clip.safetensors"
    given = {"zip": addon, "file": rigs / "human.blend", "armature": "human"}
    blender.run("export_spec.py", tmp_path, **given, spec=spec)
    rig = rigjit.load(spec)
    controllers = list({controller for controller, _ in rig.channels})
    clip.write_bytes(rig.clip(rig.rest_vec[None]))
    answer = blender.run(
        "there_and_back.py", tmp_path, **given, clip=clip, controllers=controllers, folder=tmp_path
    )
    fresh = blender.run("look.py", tmp_path, **given, controllers=controllers)
    assert answer["shown"][0] == fresh["bones"]
