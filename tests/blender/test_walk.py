"""The walk of configs/rigify is one: measured on the character, and exported with its spec."""

from __future__ import annotations

import json
import subprocess

import numpy as np
import pytest
import rigjit_clip
from conftest import BLENDERS, IN_CI, ROOT

import rigjit


def test_walk(addon, tmp_path, rigjit_program):
    if "3.4" not in BLENDERS:
        assert not IN_CI, "Blender 3.4 is not installed"
        pytest.skip("Blender 3.4 is not here")
    script = ROOT / "configs" / "rigify" / "walk.py"
    command = ["blender", "-b", "--factory-startup", "--python", str(script), "--", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    measured = json.loads((tmp_path / "human_walk.json").read_text())
    assert measured["largest slide of a foot on the ground, metres a frame"] < 0.01
    assert measured["least bend of a knee forward, metres"] > 0
    # The toes of the foot that swings are the fastest; a jump is a multiple of that.
    assert measured["largest step of a bone against the root, metres a frame"] < 0.2
    assert measured["largest lean of the head, degrees"] < 5

    rig = rigjit.load(tmp_path / "rigify_walk.yaml")
    for name, frames in (("human_walk", 24), ("human_travel", 48)):
        clip = rigjit_clip.open(str(tmp_path / f"{name}.safetensors"))
        assert len(clip) == frames
        vecs = rig.rig_to_vec_batch([clip.pose(i) for i in range(len(clip))])
        moving = np.ptp(vecs, axis=0) > 1e-3
        assert moving.any()
        # Linear values that move fill -1 to 1: scale and center are the walk's.
        translations = [
            i for i, each in enumerate(rig.inputs) if each[1] == "translation" and moving[i]
        ]
        assert np.abs(vecs[:, translations]).max() <= 1 + 1e-4
    made = BLENDERS["3.4"].run(
        "walk_hulls.py",
        tmp_path,
        zip=addon,
        file=tmp_path / "human_walk.blend",
        pictures=ROOT / "configs" / "rigify",
        hulls=tmp_path / "hulls.safetensors",
    )
    hulls, motion, rest = made["paths"]
    command = [rigjit_program, "penetrations", hulls, motion, "--rest", rest]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said.startswith("no penetration in 24 frames"), said

    first, last = clip.pose(0), clip.pose(24)
    assert last["root"]["translateY"] != first["root"]["translateY"]
