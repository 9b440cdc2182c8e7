"""A first spec made of clips reads these clips."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
import rigjit_clip
from small_spec import SPEC as SMALL

import rigjit
from rigjit import stats

pytest.importorskip("ruamel.yaml")

KINDS = """\
rigjit: 1
defaults: {rotate_order: yzx}
controllers:
  - name: "b: c"
    transformations:
      - attribute: {name: shown, type: bool}
      - translation: {axes: zx, scale: [3, 4]}
      - attribute: {name: m, type: enum, names: [u, v, w]}
      - rotation3d: {rotate_order: zyx, angle_unit: radians}
      - attribute: {name: n, type: int}
      - scale: {axes: y}
      - translation: {axes: y}
      - constant: {name: IK, value: 0.5}
  - name: a
    transformations:
      - rotation1d: {axis: z}
      - rotation1d: {axis: x, angle_unit: radians}
      - attribute: {name: hot, type: enum, names: [only, "no", "1"], encoding: one_hot}
      - attribute: {name: fixed, type: int}
      - attribute: {name: still}
  - name: q
    transformations:
      - scale: {axes: zyx}
      - rotation3d: {output: quaternion}
      - attribute: {name: rotateX, scale: 228}
      - constant: {name: rotateZ, value: 4}
"""
RADIANS = """\
rigjit: 1
defaults: {angle_unit: radians, rotate_order: zxy}
controllers:
  - name: r
    transformations:
      - rotation3d: {rotate_order: xyz, angle_unit: degrees}
  - name: s
    transformations:
      - attribute: {name: rotateY}
      - attribute: {name: rotateX}
      - rotation1d: {axis: z}
  - {name: t, transformations: [rotation3d: {}]}
"""


def values_of(rig, count):
    """Values that the rig's channels may have; of enums all names but the first."""
    rng = np.random.default_rng(count)
    values = rig.vec_to_values_batch(rng.normal(size=(count, rig.vec_size)).astype(np.float32))
    for place, channel in enumerate(rig.channels):
        if channel.type == "enum":
            values[:, place] = rng.integers(1, len(channel.names), count)
        elif channel.attribute in ("fixed", "still"):
            values[:, place] = 3
    return values


def clip_of(rig, values, path):
    path.write_bytes(rig.clip(rig.values_to_vec_batch(values)))
    return path


def infer(files, output=None):
    from rigjit import fitting

    return fitting.infer(files, output)


@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize("spec", [KINDS, RADIANS, SMALL], ids=["kinds", "radians", "small"])
def test_it_reads_them(tmp_path, spec, count):
    rig = rigjit.loads(spec)
    values = values_of(rig, count)
    path = clip_of(rig, values, tmp_path / "a.safetensors")
    new = tmp_path / "new.yaml"
    inferred = infer([path], new)
    assert not any("not read with" in note for note in inferred.notes)
    found, _ = stats.collect(rigjit.load(new), path)
    assert found.frames == count
    np.testing.assert_array_equal(found.low, rigjit_values(path).min(axis=0))
    rigjit.fit(new, path, tmp_path / "fitted.yaml")
    again, _ = stats.collect(rigjit.load(tmp_path / "fitted.yaml"), path)
    assert again.frames == count
    facts = [
        [(*c, c.type, c.names, c.transformation, c.rotate_order, c.angle_unit) for c in r.channels]
        for r in (rig, rigjit.load(new))
    ]
    assert facts[0] == facts[1]


def rigjit_values(path):
    clip = rigjit_clip.open(path)
    return np.array([list(frame) for frame in clip])


def test_the_command_of_it(tmp_path):
    rig = rigjit.loads(KINDS)
    path = clip_of(rig, values_of(rig, 20), tmp_path / "a.safetensors")
    program = [sys.executable, "-m", "rigjit"]
    for words in (
        ["fit", "--new", path, "-o", tmp_path / "new.yaml"],
        ["stats", tmp_path / "new.yaml", path],
        ["fit", tmp_path / "new.yaml", path, "-o", tmp_path / "x.yaml"],
    ):
        done = subprocess.run([*program, *words], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_what_differs_between_clips_is_said(tmp_path):
    one = rigjit.loads(KINDS)
    other = KINDS.replace("[u, v, w]", "[u, w, z]")
    two = rigjit.loads(other.replace("rotate_order: zyx", "rotate_order: xzy"))
    clip_of(one, values_of(one, 12), tmp_path / "1.safetensors")
    clip_of(two, values_of(two, 12), tmp_path / "2.safetensors")
    inferred = infer([tmp_path])
    rig = rigjit.loads(inferred.text)
    assert next(c.names for c in rig.channels if c[1] == "m") == tuple("uvwz")
    notes = "\n".join(inferred.notes)
    name = "b: c"
    assert f"the rotate order of {name} is zyx in one clip and xzy in 2.safetensors" in notes
    assert f"the list of names of {name}.m is u, v, w in one clip and u, w, z in 2" in notes
    for file in ("1.safetensors", "2.safetensors"):
        assert f"clips as {file} are not read with this spec: where they have {name}.m" in notes


def test_poses_beside_a_clip(tmp_path):
    rig = rigjit.loads(KINDS)
    clip_of(rig, values_of(rig, 12), tmp_path / "b.safetensors")
    pose = {"b: c": {"m": "x", "n": 4.0, "shown": 1}, "new": {"k": 1.5}}
    (tmp_path / "a.json").write_text(json.dumps(pose))
    inferred = infer([tmp_path])
    new = rigjit.loads(inferred.text)
    assert {c[1]: c.names for c in new.channels}["m"] == tuple("uvwx")
    assert {c[1]: c.type for c in new.channels}["n"] == "int"
    notes = "\n".join(inferred.notes)
    assert "b: c.m is an enum of the 4 names that were seen" in notes
    assert "clips as b.safetensors are not read with this spec" in notes
    new.rig_to_vec(pose, missing="rest")


def test_clips_of_other_programs_are_guessed(tmp_path):
    channels = [
        ("c", "translateX", "translation", None, None, None, []),
        ("c", "translateY", "translation", None, None, None, []),
        ("c", "m", "attribute", None, None, "enum", ["a", "b", "c"]),
        ("c", "n", "attribute", None, None, "int", []),
        ("c", "odd", "attribute", None, None, "enum", ["a", "b"]),
        ("d", "rotateX", "attribute", "xyz", None, None, []),
    ]
    frames = [[k, 2, 2 - k % 2, k % 3, k, 228 - 8 * k] for k in range(20)]
    rigjit_clip.write(tmp_path / "a.safetensors", channels, frames)
    inferred = infer([tmp_path / "a.safetensors"], tmp_path / "new.yaml")
    rig = rigjit.load(tmp_path / "new.yaml")
    facts = {c[1]: (c.transformation, c.type, list(c.names)) for c in rig.channels}
    assert facts == {
        "translateX": ("translation", "float", []),
        "translateY": ("constant", "float", []),
        "m": ("attribute", "enum", ["a", "b", "c"]),
        "n": ("attribute", "int", []),
        "rotateX": ("rotation1d", "float", []),
    }
    notes = "\n".join(inferred.notes)
    assert "c.odd is left out" in notes
    assert (
        "d.rotateX is a rotation1d, which comes back between -180 and 180: it goes from " in notes
    )
    found, _ = stats.collect(rig, tmp_path / "a.safetensors")
    assert found.frames == 20


def test_a_namespace_is_said(tmp_path):
    (tmp_path / "c.yaml").write_text(KINDS)
    rig = rigjit.load(tmp_path / "c.yaml", namespace="hero")
    path = clip_of(rig, values_of(rig, 3), tmp_path / "a.safetensors")
    inferred = infer([path])
    rig = rigjit.loads(inferred.text)
    assert any("in the namespace hero" in note for note in inferred.notes)
    with pytest.raises(rigjit.RigError, match="rig-mismatch"):
        stats.collect(rig, path)


def test_an_empty_clip_beside_a_pose(tmp_path):
    rig = rigjit.loads(KINDS)
    path = clip_of(rig, values_of(rig, 1)[:0], tmp_path / "a.safetensors")
    with pytest.raises(rigjit.RigError, match="there is no pose"):
        infer([path])
    pose = {"b: c": {"m": 2, "shown": True, "translateZ": 1}}
    (tmp_path / "b.json").write_text(json.dumps(pose))
    inferred = infer([tmp_path])
    facts = [(c[1], c.type, list(c.names)) for c in rigjit.loads(inferred.text).channels]
    enum = ("m", "enum", ["u", "v", "w"])
    assert sorted(facts) == [enum, ("shown", "bool", []), ("translateZ", "float", [])]
    assert any("b: c.n (in no pose)" in note for note in inferred.notes)
