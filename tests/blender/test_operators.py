"""The add-on as artists have it: installed from the zip and used by its operators."""

from __future__ import annotations

import json

import numpy as np
import pytest
from servers import Servers
from test_live import SPEC, stream_bytes

import rigjit


def test_operators(blender, addon, tmp_path):
    rig = rigjit.loads(SPEC)
    rng = np.random.default_rng(5)
    vecs = (rig.rest_vec + rng.normal(scale=0.4, size=(8, rig.vec_size))).astype(np.float32)
    values = rig.vec_to_values_batch(vecs, continuous=True)
    clip = tmp_path / "take.safetensors"
    clip.write_bytes(rig.clip(vecs, fps=50, start_frame=10, continuous=True))
    whole = stream_bytes(rig, np.concatenate([vecs, vecs]))
    servers = Servers()

    def send(connection, number):
        connection.sendall(whole)
        servers.wait(20)

    folder = tmp_path / "out"
    folder.mkdir()
    try:
        found = blender.run(
            "operators.py",
            tmp_path,
            install=addon,
            clip=clip,
            folder=folder,
            port=servers.serve(send),
        )
    finally:
        servers.close()
    x = values[:, 0]
    assert found["enabled"]
    assert found["import"]["actions"] == ["hero"]
    # Twice the scene's rate: every second key lies between two frames of the scene.
    assert found["import"]["x"] == pytest.approx(x[:3], abs=1e-5)
    assert found["import"]["rate"] == 25
    assert found["import"]["report"].startswith("7 of 8 channels")
    assert ["nobody", "translateX", "no bone of this name"] in found["import"]["lines"]
    assert found["undone"] == []
    assert found["strip"] == [31, 50, 31, 38]
    assert found["merged"][:3] == pytest.approx([x[0], x[0], x[1]], abs=1e-5)
    assert found["check"] == "7 of 8 channels fit hero"
    assert found["preview"][0] == pytest.approx(x[3], abs=1e-6)
    assert found["preview"][1] == 2
    assert found["preview"][2] == pytest.approx(x[2], abs=1e-6)
    assert found["preview"][3:] == [0, True]
    assert found["pushed"] == pytest.approx(x[2], abs=1e-6)
    assert found["spec"] == [
        "2 of 2 bones are controllers: hero.yaml",
        [
            ["main", "", "in the spec: translation, rotation3d, scale, attribute"],
            ["turn", "", "in the spec: translation, rotation3d, scale"],
        ],
    ]
    assert found["files"]
    assert found["lines"] == len(found["files"])
    assert found["collision"] == ["hero.safetensors, hero_motion.npy, hero_rest.npy", 1]
    assert found["markers"] == [["rigjit: 50cm main / turn", 12]]
    assert found["recorded"].startswith(("12", "16"))
    assert found["live"][0] >= 12
    assert found["live"][1] == "off"
    for line, words in zip(
        found["refused"],
        (
            "not a clip",
            "No such file",
            "No such file",
            "before the first",
            "not connected",
            "bad.safetensors: line 1",
        ),
        strict=True,
    ):
        assert words in line
    assert found["same"]
    assert "Online Access" in found["online"]

    exported = rigjit.load(folder / "hero.yaml")
    poses = [json.loads(line) for line in (folder / "take.jsonl").read_text().splitlines()]
    assert len(poses) == 4
    back = exported.vec_to_values_batch(exported.rig_to_vec_batch(poses))
    at = exported.channels.index(("main", "translateX"))
    assert back[:, at] == pytest.approx(x[:4], abs=1e-5)


def test_previews_undo_and_edit_mode(blender, addon, tmp_path):
    rig = rigjit.loads(SPEC)
    vecs = np.repeat(rig.rest_vec[None], 5, axis=0)
    vecs[:, 0] = np.arange(1, 6)
    clip = tmp_path / "take.safetensors"
    clip.write_bytes(rig.clip(vecs, start_frame=1))
    found = blender.run("preview.py", tmp_path, zip=addon, clip=clip, folder=tmp_path)
    assert found["shown"] == [2, 3, 4, 5]
    assert found["after"] == 0
    assert found["saved"] == [0, False]
    assert not found["deleted"]
    assert found["undo"] == {"apply_clip": [1, 1, 77, 0], "push_pose": [2, 0, 77, 0]}
    said, is_written = found["edit"]
    assert all("Edit Mode" in line for line in said)
    assert not is_written


@pytest.mark.parametrize("blender", ["3.4", "5.0"], indirect=True)
def test_command(blender, addon, tmp_path):
    """Without a window: specs, clips and poses by bindings/blender/command.py."""
    spec, file = tmp_path / "hero.yaml", tmp_path / "hero.blend"
    blender.run("make_hero.py", tmp_path, zip=addon, file=file)
    assert blender.command_line(file, "spec", "--out", spec).returncode == 0
    rig = rigjit.load(spec)
    clip, saved, take = tmp_path / "a.safetensors", tmp_path / "out.blend", tmp_path / "take.jsonl"
    vecs = np.repeat(rig.rest_vec[None], 5, axis=0)
    vecs[:, 0] = np.arange(5)
    clip.write_bytes(rig.clip(vecs, start_frame=1))
    done = blender.command_line(file, "clip", clip, "--save", saved, "--range")
    assert done.returncode == 0, done.stdout + done.stderr
    back = tmp_path / "back.safetensors"
    for out in (take, back):
        assert blender.command_line(saved, "poses", "--out", out).returncode == 0
    poses = [json.loads(line) for line in take.read_text().splitlines()]
    assert np.allclose(rig.rig_to_vec_batch(poses), vecs, atol=1e-5)
    wrong = blender.command_line(file, "spec", "--out", spec, "--armature", "nobody")
    assert wrong.returncode == 1
    assert "no armature 'nobody'" in wrong.stderr
    wrong = blender.command_line(file, "collision", "--out", tmp_path / "hulls.safetensors")
    assert wrong.returncode == 1
    assert "moves no mesh" in wrong.stderr
    assert blender.command_line(file, "speck").returncode == 2
    missing = blender.command_line(file, "clip", tmp_path / "none", "--save", saved)
    assert missing.returncode == 1
    assert "Traceback" not in missing.stderr
