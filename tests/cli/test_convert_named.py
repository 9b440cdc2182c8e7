"""Clips that no rigjit wrote: no rig hash, channels in any order, matched by their names."""

from __future__ import annotations

import numpy as np
import pytest
import rigjit_clip

import rigjit

SPEC = """
rigjit: 1
name: hero
controllers:
  - name: c
    transformations:
      - translation: {axes: xy, scale: 2}
      - rotation3d: {rotate_order: zxy}
      - attribute: {name: level, type: int, min: 0, max: 5}
  - name: knee
    transformations: [rotation1d: {axis: x}]
"""


def write(path, rig, values, order="zxy", without=(), **texts):
    """The rig's channels backwards, with one that it lacks."""
    rows, columns = [], []
    for index in reversed(range(len(rig.channels))):
        controller, attribute = rig.channels[index]
        if (controller, attribute) in without:
            continue
        angle = attribute.startswith("rotate")
        # The only angle of a controller may be of any order.
        own = ("yzx" if controller == "knee" else order) if angle else None
        kind = "rotation3d" if angle else "attribute"
        name = texts.get("namespace", "") + ":" * ("namespace" in texts) + controller
        rows.append((name, attribute, kind, own, "degrees" if angle else None, None, ()))
        columns.append(values[:, index])
    rows.append(("tail", "translateX", "translation", None, None, None, ()))
    columns.append(np.zeros(len(values)))
    frames = np.stack(columns, axis=1).tolist()
    assert rigjit_clip.write(path, rows, frames, fps=(30, 1), start_frame=7, **texts) == len(frames)


@pytest.fixture
def rig():
    return rigjit.loads(SPEC)


@pytest.fixture
def values(rig):
    rng = np.random.default_rng(8)
    return rig.vec_to_values_batch(rig.rest_vec + rng.normal(size=(5, rig.vec_size)) * 0.5)


def test_names_not_places_count(rig, values, run, tmp_path):
    spec, clip, out = (tmp_path / name for name in ("hero.yaml", "a.safetensors", "out.npy"))
    spec.write_text(SPEC)
    for texts in ({}, {"namespace": "old"}):
        write(clip, rig, values, **texts)
        done = run("convert", spec, clip, "-o", out)
        assert done.returncode == 0, done.stderr
        assert np.allclose(np.load(out), rig.values_to_vec_batch(values), atol=1e-6)
    again = tmp_path / "again.safetensors"
    assert run("convert", spec, clip, "-o", again, "--to", "clip", "--continuous").returncode == 0
    read = rigjit_clip.open(str(again))
    assert (read.fps, read.start_frame, read.rig_hash) == (30, 7, rig.hash)


def test_what_does_not_fit(rig, values, run, tmp_path):
    spec, clip, out = (tmp_path / name for name in ("hero.yaml", "a.safetensors", "out.npy"))
    spec.write_text(SPEC)
    write(clip, rig, values, order="xyz")
    done = run("convert", spec, clip, "-o", out)
    assert done.returncode == 1
    assert b"rotate order xyz, here of zxy" in done.stderr
    write(clip, rig, values, without=[("c", "translateY")])
    assert b"missing-channels" in run("convert", spec, clip, "-o", out).stderr
    assert run("convert", spec, clip, "-o", out, "--missing", "rest").returncode == 0
    assert np.allclose(np.load(out)[:, 1], 0)
    assert (
        b"extra-channels"
        in run("convert", spec, clip, "-o", out, "--missing", "rest", "--extra", "error").stderr
    )
    writer = rigjit.ClipWriter
    with pytest.raises(rigjit.RigError, match="is of rig"):
        writer(clip, rig, append=True)
