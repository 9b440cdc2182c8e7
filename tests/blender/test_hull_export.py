"""Hulls and motion from Blender, through `rigjit penetrations`, and back as markers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from rigjit import collision

FIRST = 5  # as in inside/collision.py


def test_penetrations(blender, addon, tmp_path, rigjit_program):
    made = blender.run("collision.py", tmp_path, zip=addon, folder=tmp_path)
    hulls_file, motion_file, rest_file = map(Path, made["paths"])
    hulls = collision.Hulls.load(hulls_file)
    motion, rest = np.load(motion_file), np.load(rest_file)
    assert hulls.names == ["torso", "arm.L", "hand.L"]
    assert made["count"] == {"torso": 8, "arm.L": 8, "hand.L": 8 + 1 + 8}
    assert made["chosen"] == ["hand.L"]
    assert motion.shape == (20, 3, 3, 4)
    assert rest.shape == (1, 3, 3, 4)
    assert sorted(map(tuple, made["left_out"])) == [
        ("body", "2 vertices", "no deforming bone has a weight there"),
        ("flat", "hull", "its points lie in a plane"),
        ("hidden", "mesh", "hidden"),
        ("tail", "hull", "no vertex has its greatest weight here"),
    ]

    # The corners of a bone's box are where Blender's own skinning puts them.
    for frame, seen in enumerate(made["frames"]):
        for index, name in enumerate(hulls.names):
            corners = hulls[name].vertices @ motion[frame, index, :, :3].T
            corners += motion[frame, index, :, 3]
            points = np.array(seen["body"][8 * index : 8 * index + 8])
            if name == "hand.L":
                points = np.concatenate([points, seen["prop"]])
            distances = np.linalg.norm(corners[:, None] - points[None], axis=2)
            assert distances.min(axis=1).max() < 3e-6, (frame, name)

    worst = tmp_path / "worst.jsonl"
    command = [rigjit_program, "penetrations", hulls_file, motion_file, "--rest", rest_file]
    subprocess.run([*map(str, command), "-o", str(worst)], check=True, capture_output=True)
    lines = [json.loads(line) for line in worst.read_text().splitlines()]
    # The hand goes through arm and torso, and is deepest half way.
    assert {tuple(line["pair"]) for line in lines} == {("torso", "hand.L"), ("arm.L", "hand.L")}
    (deepest,) = (line for line in lines if line["pair"] == ["torso", "hand.L"])
    assert deepest["frame"] == 14 - FIRST

    answer = blender.run("collision.py", tmp_path, zip=addon, worst=worst)
    assert answer["found"][0][0] == FIRST + lines[0]["frame"]
    assert answer["found"][0][2] == pytest.approx(lines[0]["depth"])
    assert ["mine", 3] in answer["one"]
    assert len(answer["one"]) == 2
    ours = [(name, frame) for name, frame in answer["all"] if name != "mine"]
    assert {frame for _, frame in ours} == {FIRST + line["frame"] for line in lines}
    assert any("torso / hand.L" in name and name.startswith("rigjit: ") for name, _ in ours)

    assert len(made["said"]) == 4
    for line, words in zip(
        made["said"], ("moves no mesh", "is no mesh", "no frames", "line 1"), strict=True
    ):
        assert words in line
