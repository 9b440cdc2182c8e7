"""A first spec from poses alone."""

from __future__ import annotations

import json
import subprocess
import sys

import msgpack
import numpy as np
import pytest
from small_spec import SPEC

import rigjit

pytest.importorskip("ruamel.yaml")


def poses(count=60):
    time = np.linspace(0, 6, count)
    for t in time.tolist():
        yield {
            "root": {
                "translateX": 10 * np.sin(t),
                "translateY": 3.5,
                "translateZ": -4 + np.cos(t),
                "rotateX": 90 * np.sin(t),
                "rotateY": 30 * np.cos(t),
                "rotateZ": 5 * np.sin(2 * t),
                "shown": t > 3,
                "count": int(t),
                "space": "world" if t < 2 else "chest # 1",
                "IK_FK": 1.0,
            },
            "|grp|elbow: left": {"rotateX": 0.0, "rotateY": 60 * np.sin(t), "rotateZ": 0.0},
            "eye": {"quaternionW": 1.0, "quaternionX": 0.0, "quaternionY": 0.0, "quaternionZ": 0.0},
        }


def fitting():
    from rigjit import fitting

    return fitting


@pytest.mark.parametrize("form", ["json", "jsonl", "msgpack"])
def test_names_types_and_ranges(tmp_path, form):
    found = list(poses())
    path = tmp_path / f"poses.{form}"
    if form == "msgpack":
        path.write_bytes(b"".join(map(msgpack.packb, found)))
    else:
        separator = "\n" if form == "jsonl" else ",\n"
        text = separator.join(json.dumps(each, default=bool) for each in found)
        path.write_text(text if form == "jsonl" else f"[{text}]")
    output = tmp_path / "new.yaml"
    inferred = fitting().infer([path], output)
    rig = rigjit.load(output)
    assert inferred.poses == 60
    kinds = {".".join(c): (c.transformation, c.type) for c in rig.channels}
    assert kinds["root.translateX"] == ("translation", "float")
    assert kinds["root.translateY"] == ("constant", "float")
    assert kinds["root.rotateX"] == ("rotation3d", "float")
    assert kinds["root.shown"] == ("attribute", "bool")
    assert kinds["root.count"] == ("attribute", "int")
    assert kinds["root.space"] == ("attribute", "enum")
    assert kinds["root.IK_FK"] == ("constant", "float")
    assert kinds["|grp|elbow: left.rotateY"] == ("rotation1d", "float")
    assert kinds["|grp|elbow: left.rotateX"] == ("constant", "float")
    assert kinds["eye.quaternionW"] == ("rotation3d", "float")
    vecs = rig.rig_to_vec_batch([json.loads(json.dumps(each, default=bool)) for each in found])
    assert np.abs(vecs[:, rig.slices["translation"]]).max() == pytest.approx(1, abs=1e-5)
    for pose, vec in zip(found, vecs, strict=True):
        again = rig.vec_to_dict(vec)["root"]
        assert again["translateX"] == pytest.approx(pose["root"]["translateX"], abs=1e-4)
        assert again["count"] == pose["root"]["count"]
    text = "\n".join(inferred.notes)
    for word in (
        "degrees",
        "rotate orders are xyz",
        "root.space is an enum",
        "IK_FK is a constant",
    ):
        assert word in text


def test_clips_say_orders_units_and_types(tmp_path):
    rig = rigjit.loads(SPEC)
    rng = np.random.default_rng(2)
    vecs = rng.normal(size=(40, rig.vec_size)).astype(np.float32)
    (tmp_path / "a.clip").write_bytes(rig.clip(vecs))
    inferred = fitting().infer([tmp_path])
    found = rigjit.loads(inferred.text)
    assert {tuple(c): c.rotate_order for c in found.channels if c[0] == "head"} == {
        tuple(c): c.rotate_order for c in rig.channels if c[0] == "head"
    }
    assert sorted(map(tuple, found.channels)) == sorted(map(tuple, rig.channels))
    assert "rotate orders" not in "\n".join(inferred.notes)


def test_urls_and_globs(tmp_path):
    import fsspec

    files = fsspec.filesystem("memory")
    rig = rigjit.loads(SPEC)
    text = "\n".join(json.dumps(each, default=bool) for each in poses())
    files.pipe("/first/a.jsonl", text.encode())
    files.pipe("/first/b.clip", rig.clip(np.tile(rig.rest_vec, (3, 1))))
    (tmp_path / "a.jsonl").write_bytes(files.cat("/first/a.jsonl"))
    (tmp_path / "b.clip").write_bytes(files.cat("/first/b.clip"))
    local = fitting().infer([tmp_path])
    assert fitting().infer(["memory://first/*"]) == local
    assert fitting().infer([tmp_path / "a.*", "memory://first/b.clip"]) == local
    with pytest.raises(rigjit.RigError, match=r"memory://first/none\.json"):
        fitting().infer(["memory://first/none.json"])


def test_one_pose_makes_no_constants(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"c": {"translateX": 3.0, "rotateX": 1.0, "k": 0.5}}))
    inferred = fitting().infer([path])
    rig = rigjit.loads(inferred.text)
    assert {c.transformation for c in rig.channels} == {"translation", "rotation1d", "attribute"}
    assert "too few" in inferred.notes[-1] or any("too few" in note for note in inferred.notes)
    assert rig.vec_to_dict(rig.rig_to_vec(json.loads(path.read_text())))["c"]["translateX"] == 3


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"[1, 2]", "malformed-json"),
        (b'{"a": 1}', "wrong-type"),
        (b"", "empty-file"),
        (b"[]", "no-frames"),
        (b'{"a": {"x": ', "malformed-json"),
        (b"\x81\xa1a", "malformed-messagepack"),
    ],
)
def test_what_is_no_pose(tmp_path, content, text):
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(rigjit.RigError, match=text):
        fitting().infer([path], tmp_path / "new.yaml")
    assert not (tmp_path / "new.yaml").exists()


@pytest.mark.parametrize(
    ("poses", "why"),
    [
        (
            [{"a": {"x": float("nan"), "y": None, "z": [1]}}, {"a": {"x": float("inf"), "w": {}}}],
            r"in 2 poses .*: a\.x \(NaN, beyond float32\), a\.y \(null\), a\.z \(a list\), "
            r"a\.w \(a map\)",
        ),
        ([{}], "in 1 pose there is no controller"),
        ([{"a": {}}, {}], "no controller has an attribute"),
        (
            [{"a": {"x": "on"}}, {"a": {"x": 2.5}}],
            r"a\.x \(text in 1 of the poses and a n",
        ),
    ],
)
def test_poses_of_which_nothing_is_left_are_named(tmp_path, poses, why):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(poses))
    with pytest.raises(rigjit.RigError, match=rf"^.*a\.json: error: .*{why}"):
        fitting().infer([path], tmp_path / "new.yaml")
    assert not (tmp_path / "new.yaml").exists()
    path.rename(tmp_path / "b.json")
    (tmp_path / "a.json").write_text(json.dumps(poses))
    with pytest.raises(rigjit.RigError, match="and 1 more file"):
        fitting().infer([tmp_path / "b.json", tmp_path / "a.json"])


def test_what_is_left_out_is_said(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"a": {"x": 1.5, "y": None}}, {"a": {"x": None}, "b": {}}]))
    inferred = fitting().infer([path])
    assert [tuple(each) for each in rigjit.loads(inferred.text).channels] == [("a", "x")]
    assert "a.x is no number, bool or name in some poses: null in 1" in inferred.notes
    assert "no numbers, bools or names, so left out: a.y (null)" in inferred.notes
    assert "1 controller has no attribute and is left out: b" in inferred.notes


@pytest.mark.parametrize("high", [(1 << 24) - 1, 1 << 24, (1 << 24) + 1, 1 << 70])
def test_an_int_beyond_those_of_a_spec_is_a_float(tmp_path, high):
    path = tmp_path / "a.json"
    found = [{"a": {"n": value}} for value in (-3, 7, high)]
    path.write_text(json.dumps(found))
    inferred = fitting().infer([path])
    rig = rigjit.loads(inferred.text)
    is_float = high > 1 << 24
    assert rig.channels[0].type == ("float" if is_float else "int")
    assert any("a.n is a float" in note for note in inferred.notes) == is_float
    for pose in found:
        again = rig.vec_to_dict(rig.rig_to_vec(pose))["a"]["n"]
        assert again == pytest.approx(pose["a"]["n"], rel=2e-7, abs=high / 1e7)


def test_text_and_numbers_in_one_attribute(tmp_path):
    path = tmp_path / "a.json"
    values = [("world", "on", "l", 1), (1, 0.5, True, 2), ("chest", "off", "r", 3)]
    found = [{"a": dict(zip("stuv", each, strict=True))} for each in values]
    path.write_text(json.dumps(found))
    inferred = fitting().infer([path])
    rig = rigjit.loads(inferred.text)
    assert {c[1]: c.type for c in rig.channels} == {"s": "enum", "v": "int"}
    assert [rig.vec_to_dict(rig.rig_to_vec(pose))["a"]["s"] for pose in found] == [0, 1, 1]
    notes = "\n".join(inferred.notes)
    assert "a.s is text in 2 of the poses and a number in 1: its numbers are taken as" in notes
    assert "a.t is left out: it is text in 2 of the poses and a number in 1" in notes
    assert "a.u is left out: it is text in 2 of the poses and a number or bool in 1" in notes


def test_text_among_angles_is_no_rotation(tmp_path):
    path = tmp_path / "a.json"
    found = [{"a": {"rotateX": "up", "rotateY": float(k), "rotateZ": -float(k)}} for k in range(20)]
    path.write_text(json.dumps(found))
    rig = rigjit.loads(fitting().infer([path]).text)
    assert {c[1]: c.transformation for c in rig.channels} == {
        "rotateX": "attribute",
        "rotateY": "rotation1d",
        "rotateZ": "rotation1d",
    }


def test_an_array_has_no_names(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((3, 4), np.float32))
    with pytest.raises(rigjit.RigError, match="no names"):
        fitting().infer([tmp_path / "a.npy"])


def test_the_command_says_what_it_guessed(tmp_path):
    path = tmp_path / "poses.jsonl"
    path.write_text("\n".join(json.dumps(each, default=bool) for each in poses()))
    program = [sys.executable, "-m", "rigjit", "fit", "--new", str(path)]
    output = tmp_path / "new.yaml"
    done = subprocess.run(
        [*program, "-o", str(output)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "made of 60 poses" in done.stdout
    assert "rotate orders are xyz" in done.stdout
    assert subprocess.run(program, capture_output=True, check=False).returncode == 2
