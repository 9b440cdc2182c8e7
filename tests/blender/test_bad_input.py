"""Clips, armatures and streams that are not what they should be: a clear line, nothing changed."""

from __future__ import annotations

import json
import struct

import numpy as np

import rigjit

SPEC = """
rigjit: 1
name: hero
controllers:
  - name: main
    transformations:
      - translation: {}
      - attribute: {name: level, type: int, min: 0, max: 5}
      - attribute: {name: text}
      - attribute: {name: missing}
  - name: turn
    transformations: [rotation3d: {output: quaternion}]
  - name: nobody
    transformations: [translation: {axes: x}]
"""
OTHER = "{rigjit: 1, name: other, controllers: [{name: tail, transformations: [translation: {}]}]}"


def edited(clip: bytes, frame: int, channel: int, values: list[float]) -> bytes:
    """The clip with some values of a frame replaced."""
    size = struct.unpack("<Q", clip[:8])[0]
    shape = json.loads(clip[8 : 8 + size])["frames"]["shape"]
    at = 8 + size + 4 * (frame * shape[1] + channel)
    return clip[:at] + struct.pack(f"<{len(values)}f", *values) + clip[at + 4 * len(values) :]


def test_what_is_refused(blender, addon, tmp_path):
    rig = rigjit.loads(SPEC)
    rng = np.random.default_rng(1)
    vecs = (rig.rest_vec + rng.normal(scale=0.3, size=(4, rig.vec_size))).astype(np.float32)
    good = rig.clip(vecs, start_frame=1)
    quaternion = rig.channels.index(("turn", "quaternionW"))
    other = rigjit.loads(OTHER)
    clips = {
        "good": good,
        "other": other.clip(np.zeros((2, 3), np.float32)),
        "nan": edited(good, 1, 0, [float("nan")]),
        "zero": edited(good, 1, quaternion, [0.0] * 4),
        "huge": edited(good, 1, rig.channels.index(("main", "level")), [3e9]),
        "empty": rig.clip(vecs[:0]),
        "cut": good[:100],
        "nonsense": b"\x00" * 4000,
    }
    paths = {}
    for name, data in clips.items():
        paths[name] = tmp_path / f"{name}.safetensors"
        paths[name].write_bytes(data)
    said = blender.run("bad_input.py", tmp_path, zip=addon, clips=paths, folder=tmp_path)
    for name, words in {
        "open cut": "not a clip",
        "open nonsense": "not a clip",
        "other rig": "tail",
        "nan keyed": "frame 1: main.translateX is nan",
        "nan shown": "main.translateX is nan",
        "zero quaternion": "turn: a quaternion of zeros",
        "huge": "main.level is 3e+09, more than an integer",
        "huge shown": "main.level is 3e+09",
        "no frames": "no frames yet",
        "short frame": "a frame has",
        "no such bone": "'nobody'",
        "refuse missing": "missing",
        "no bones, keyframe": "no bones",
        "no armature": "no armature",
        "edit mode": "Edit Mode",
        "edit mode, spec": "Edit Mode",
        "linked": "library override",
        "deleted": "no longer in this file",
    }.items():
        assert words in said[name], (name, said[name])
    left_out = {(controller, attribute): why for controller, attribute, why in said["locked"]}
    assert len(left_out) == len(said["locked"])
    assert left_out == {
        ("main", "translateY"): "locked",
        ("main", "translateZ"): "driven",
        ("main", "text"): "the custom property is no single number",
        ("main", "missing"): "no custom property of this name",
        ("nobody", "translateX"): "no bone of this name",
    }


NAMES = [
    'q"uote',
    "back\\slash",
    "new\nline",
    "tab\there",
    "br[a]cket",
    "näme ☃ 名前",
    "# comment",
    "{flow: [style]}",
    "- item",
    "yes",
    "12:30",
    "in between",
    "x" * 63,
    "é" * 31,
]


def test_hostile_names(blender, addon, tmp_path):
    """Names that YAML, paths and Blender could trip over go through spec, clip and keys."""
    spec = tmp_path / "names.yaml"
    made = blender.run("names.py", tmp_path, zip=addon, names=NAMES, spec=spec)
    rig = rigjit.load(spec)
    assert [controller for controller, attribute in rig.channels if attribute == "translateX"] == (
        made["bones"]
    )
    custom = [attribute for controller, attribute in rig.channels if controller == made["bones"][0]]
    assert set(NAMES) <= set(custom)
    rng = np.random.default_rng(2)
    vecs = (rig.rest_vec + rng.normal(size=(3, rig.vec_size))).astype(np.float32)
    clip = tmp_path / "names.safetensors"
    clip.write_bytes(rig.clip(vecs))
    answer = blender.run("names.py", tmp_path, zip=addon, names=NAMES, spec=spec, clip=clip)
    assert answer["left_out"] == []
    values = rig.vec_to_values_batch(vecs)
    for way in ("shown", "keyed"):
        for frame, row in enumerate(answer[way]):
            for index, (controller, attribute) in enumerate(rig.channels):
                bone = row[controller]
                if attribute.startswith("translate"):
                    got = bone["location"]["XYZ".index(attribute[-1])]
                elif attribute in NAMES:
                    got = bone["custom"][attribute]
                else:
                    continue
                assert abs(got - values[frame, index]) < 1e-6, (way, controller, attribute)


def test_names_that_blender_cuts(blender, addon, tmp_path):
    """A long name finds its bone, two that are one bone then are both left out."""
    long, twin, other = "a" * 80, "b" * 63 + "1", "b" * 63 + "2"
    middle = "c" + "é" * 40  # cut between characters by some Blenders, inside one by others
    controllers = ", ".join(
        f"{{name: {name}, transformations: [translation: {{axes: x}}]}}"
        for name in (long, twin, other, middle, "short")
    )
    rig = rigjit.loads(f"{{rigjit: 1, controllers: [{controllers}]}}")
    clip = tmp_path / "long.safetensors"
    clip.write_bytes(rig.clip(np.ones((2, 5), np.float32)))
    answer = blender.run(
        "long_names.py", tmp_path, zip=addon, clip=clip, names=[long, twin, "é" * 40, "short"]
    )
    left_out = {controller: why for controller, _, why in answer["left_out"]}
    assert "is the same bone here" in left_out[twin]
    assert "is the same bone here" in left_out[other]
    assert left_out[middle] == "no bone of this name"
    assert set(left_out) == {twin, other, middle}
    assert answer["spec_left_out"] or "é" * 31 in answer["bones"]
