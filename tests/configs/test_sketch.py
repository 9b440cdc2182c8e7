"""The demo of a sketch: its kinematics against Blender's, its network, and what it makes."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import rigjit

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "configs" / "sketch"
sys.path.insert(0, str(FOLDER))

import figure as sketch_figure  # noqa: E402

FACTS = sketch_figure.FACTS


@pytest.fixture(scope="module")
def rig():
    return rigjit.load(FOLDER / "sketch.yaml", cache=False)


def values_of(rig, pose):
    """The rig's values for a pose as export_facts.py shows it in Blender."""
    found = dict(zip(rig.channels, rig.vec_to_values(rig.rest_vec).tolist(), strict=True))
    for control, turn in pose.items():
        if "angle" in turn:
            found[control, "rotateX"] = np.degrees(turn["angle"])
        else:
            for axis, value in zip("WXYZ", turn["quaternion"], strict=True):
                found[control, f"quaternion{axis}"] = value
        for axis, value in zip("XYZ", turn.get("location", ()), strict=False):
            found[control, f"translate{axis}"] = value
    return np.array([found[channel] for channel in rig.channels])


def test_joints_are_where_blender_has_them(rig):
    """Within a micrometre, over 40 poses of Blender's own evaluation."""
    assert len(FACTS["poses"]) == 40
    figure = sketch_figure.Figure(rig)
    values = np.array([values_of(rig, each["pose"]) for each in FACTS["poses"]])
    wanted = np.array([each["joints"] for each in FACTS["poses"]])
    assert np.abs(figure.joints(values) - wanted).max() < 1e-6


def test_through_the_vector_too(rig):
    """float32 on the way: tens of micrometres at most."""
    figure = sketch_figure.Figure(rig)
    values = np.array([values_of(rig, each["pose"]) for each in FACTS["poses"]])
    vecs = rig.values_to_vec_batch(values.astype(np.float32))
    wanted = np.array([each["joints"] for each in FACTS["poses"]])
    assert np.abs(figure.joints(rig.vec_to_values_batch(vecs)) - wanted).max() < 2e-5


def test_the_spec_has_the_controls_and_pins_the_switches(rig):
    assert rig.vec_size == 63
    controls = {each["name"] for each in FACTS["controls"]}
    assert len(controls) == 14
    assert {controller for controller, _, _ in rig.inputs} == controls
    rest = rig.vec_to_dict(rig.rest_vec)
    for controller, switches in FACTS["pinned"].items():
        assert {name: rest[controller][name] for name in switches} == switches


def test_a_drawing_holds_the_length_of_its_strokes(rig):
    figure = sketch_figure.Figure(rig)
    points = sketch_figure.project(figure.joints(rig.vec_to_values(rig.rest_vec)[None]))
    picture = sketch_figure.draw(points)[0]
    assert picture.shape == (sketch_figure.GRID, sketch_figure.GRID)
    assert 0 < picture.max() <= 1
    far = sketch_figure.draw(points + 1000)[0]
    assert not far.any()
    # One stroke, from (16, 16) to (48, 16): 16 cells long.
    alone = np.tile(np.float64([16, 16]), (1, len(sketch_figure.JOINTS), 1))
    alone[0, sketch_figure.JOINTS.index("toe.L")] = (48, 16)
    assert sketch_figure.draw(alone)[0].sum() == pytest.approx(16, abs=0.01)


def test_a_network_learns_and_is_saved(rig, tmp_path, monkeypatch):
    onnxruntime = pytest.importorskip("onnxruntime")
    import train

    import rigjit.onnx

    figure = sketch_figure.Figure(rig)
    monkeypatch.setattr(train, "COUNT", 256)
    monkeypatch.setattr(train, "EPOCHS", 1)
    one, other = (train.train(rig, figure, say=False).weights for _ in range(2))
    assert all((a == b).all() for a, b in zip(one, other, strict=True))
    monkeypatch.setattr(train, "COUNT", 1536)
    monkeypatch.setattr(train, "EPOCHS", 5)
    network = train.train(rig, figure, say=False)
    pictures, vecs, joints = train.data(rig, figure, 300, seed=2)
    pixels, metres = train.errors(rig, figure, network.run(pictures), joints)
    mean = np.tile(vecs.mean(axis=0), (300, 1))
    mean_pixels, mean_metres = train.errors(rig, figure, mean, joints)
    assert pixels < 0.8 * mean_pixels
    assert metres < mean_metres
    train.save(network, rig, tmp_path / "sketch.onnx")
    assert rigjit.onnx.read_stamp(tmp_path / "sketch.onnx").rig_hash == rig.hash
    session = onnxruntime.InferenceSession(tmp_path / "sketch.onnx")
    shaped = pictures.reshape(-1, sketch_figure.GRID, sketch_figure.GRID)
    found = session.run(None, {"sketch": shaped})[0]
    assert np.allclose(found, network.run(pictures), atol=1e-4)
