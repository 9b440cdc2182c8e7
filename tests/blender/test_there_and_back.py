"""Rigs of Rigify: spec, random vectors, shown, keyed and read again."""

from __future__ import annotations

import json

import numpy as np
import pytest
from rotations import degrees_between, of_bone, of_pose

import rigjit


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


def check_every_bone_is_told_of(rig: rigjit.Rig, exported: dict) -> None:
    controllers = {controller for controller, _ in rig.channels}
    assert controllers | {bone for bone, _, _ in exported["left_out"]} == set(exported["bones"])


def test_generated_rigs_go_there_and_back(blender, addon, rigs, tmp_path):
    for name in rigs.generated:
        folder = tmp_path / name
        folder.mkdir()
        spec, clip = folder / "rig.yaml", folder / "clip.safetensors"
        given = {"zip": addon, "file": rigs.folder / f"{name}.blend", "armature": name}
        exported = blender.run("export_spec.py", folder, **given, spec=spec)
        rig = rigjit.load(spec)
        check_every_bone_is_told_of(rig, exported)
        controllers = list(dict.fromkeys(controller for controller, _ in rig.channels))

        # The rest vector is the rig's own pose, and random ones come back.
        vecs = np.concatenate([rig.rest_vec[None], random_vectors(rig, 8, seed=len(name))])
        clip.write_bytes(rig.clip(vecs, start_frame=7, continuous=True))
        values = rig.vec_to_values_batch(vecs, continuous=True)
        answer = blender.run(
            "there_and_back.py", folder, **given, clip=clip, controllers=controllers, folder=folder
        )
        assert answer["shown"][0] == answer["fresh"]
        assert answer["left_out"] == []
        assert answer["modes_kept"]
        for way in ("shown", "keyed"):
            for frame, bones in enumerate(answer[way]):
                check_bones(rig, values[frame], bones, f"{name} {way} {frame}")
                for bone in bones.values():
                    assert set(bone["types"].values()) <= {"float", "int", "bool"}

        poses = [json.loads(line) for line in (folder / "poses.jsonl").read_text().splitlines()]
        assert answer["count"] == len(poses) == len(vecs)
        back = rig.rig_to_vec_batch(poses)
        assert np.allclose(back, rig.values_to_vec_batch(values), atol=2e-6)


def test_every_metarig(blender, addon, rigs, tmp_path):
    """All that this Blender ships: the spec loads, vectors arrive, shown and keyed."""
    given = {
        "zip": addon,
        "file": rigs.folder / "metarigs.blend",
        "names": rigs.metarigs,
        "folder": tmp_path,
    }
    assert len(rigs.metarigs) >= 8
    exported = blender.run("metarigs.py", tmp_path, **given)
    loaded, values = {}, {}
    for name in rigs.metarigs:
        rig = loaded[name] = rigjit.load(tmp_path / f"{name}.yaml")
        check_every_bone_is_told_of(rig, exported[name])
        vecs = random_vectors(rig, 2, seed=len(name))
        (tmp_path / f"{name}.safetensors").write_bytes(rig.clip(vecs, continuous=True))
        values[name] = rig.vec_to_values_batch(vecs, continuous=True)
    answer = blender.run("metarigs.py", tmp_path, **given)
    for name, rig in loaded.items():
        assert answer[name]["left_out"] == []
        for way in ("shown", "keyed"):
            for frame, bones in enumerate(answer[name][way]):
                check_bones(rig, values[name][frame], bones, f"{name} {way} {frame}")
