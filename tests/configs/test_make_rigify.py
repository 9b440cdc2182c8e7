"""configs/: the committed Rigify specs are what the script makes, and mean what its frames hold."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import oracle
import pytest
import yaml

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
RIGIFY = ["rigify_human.yaml", "rigify_basic_human.yaml"]


def test_script_reproduces_the_committed_files(tmp_path):
    subprocess.run([sys.executable, CONFIGS / "make_rigify.py", tmp_path], check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(RIGIFY)
    for name in RIGIFY:
        assert (tmp_path / name).read_bytes() == (CONFIGS / name).read_bytes()


@pytest.fixture(scope="module")
def take():
    with np.load(CONFIGS / "rigify/human_stress.npz") as clip:
        return dict(clip)


@pytest.fixture(scope="module")
def human():
    return oracle.read((CONFIGS / "rigify_human.yaml").read_text("utf-8"))


def test_order_is_that_of_the_clip(human, take):
    names = zip(take["controllers"].tolist(), take["attributes"].tolist(), strict=True)
    assert human.channels == list(names)
    assert len(human.inputs) == take["vec_rows"].shape[1]


def test_coefficients_are_those_of_the_trained_take():
    """Also the order of the transformations, which follows the bones here and a list there."""
    spec = yaml.load((CONFIGS / "rigify_human.yaml").read_text("utf-8"), oracle.LOADER)
    facts = json.loads((CONFIGS / "rigify/human_stress.spec.json").read_text("utf-8"))
    kinds = []
    for controller in facts:
        for fact in controller["transformations"]:
            count = len(fact["names"]) if fact["kind"] == "custom" else 1
            kind = "attribute" if fact["kind"] == "custom" else fact["kind"]
            kinds += [(controller["name"], kind)] * count
    written = [(c["name"], *t) for c in spec["controllers"] for t in c["transformations"]]
    assert written == kinds


def test_spec_turns_the_vectors_into_its_values(human, take):
    vecs = take["vec_rows"]
    got = oracle.evaluate(human, vecs)
    expected = take["values"].astype(np.float64)
    column = 0
    for op in human.operations:
        mine = slice(column, column + len(op.attributes))
        if isinstance(op, oracle.RotationXyz):
            written = op.matrices_of_output(expected[:, mine])
            angle = np.linalg.norm(op.matrices(vecs) - written, axis=(1, 2)) / np.sqrt(2)
            assert np.degrees(angle).max() < 5e-5
        elif isinstance(op, oracle.Angle):
            difference = (got[:, mine] - expected[:, mine] + 180) % 360 - 180
            assert np.abs(difference).max() < 5e-5
        else:
            np.testing.assert_allclose(got[:, mine], expected[:, mine], rtol=1e-6, atol=3e-7)
        column = mine.stop
    assert column == expected.shape[1]


@pytest.mark.parametrize("rig", ["human", "basic_human"])
def test_spec_holds_the_free_axes_of_every_bone(rig):
    spec = oracle.read((CONFIGS / f"rigify_{rig}.yaml").read_text("utf-8"))
    bones = json.loads((CONFIGS / f"rigify/{rig}.json").read_text("utf-8"))["controllers"]
    expected = []
    for bone in bones:
        axes = {"translate": bone["location"], "scale": bone["scale"]}
        axes["rotate"] = [axis for axis in bone["rotation"] if axis != "w"]
        names = [kind + axis.upper() for kind in ("translate", "rotate") for axis in axes[kind]]
        names += ["scale" + axis.upper() for axis in axes["scale"]]
        names += [prop["name"] for prop in bone["properties"]]
        expected += [(bone["name"], name) for name in names]
    assert spec.channels == expected


def test_seed_is_small_and_whole():
    spec = oracle.read((CONFIGS / "seed.yaml").read_text("utf-8"))
    assert len(spec.inputs) == 16
    pose = oracle.pose(spec, np.r_[np.ones(8), 0, 1, 1, 0, 0, 0, 1, 0])
    assert pose["x_main_CTRL"] == {"translateX": 25, "translateY": 25, "translateZ": 25}
    assert pose["l_armIK_CTRL"]["IK_FK"] == 1
    assert pose["head_CTRL"] == {"rotateX": 0, "rotateY": 0, "rotateZ": 0}
