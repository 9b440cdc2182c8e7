"""What is almost a pose or a spec: the message says what it looks like, and what to do."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import unicodedata
from pathlib import Path

import msgpack
import numpy as np
import pytest

import rigjit

SPEC = """
rigjit: 1
controllers:
  - {name: root, transformations: [translation: {}, constant: {name: IK, value: 1}]}
  - {name: tête_CTRL, transformations: [rotation3d: {}]}
  - {name: が_CTRL, transformations: [attribute: {name: café}]}
  - {name: 한_CTRL, transformations: [scale: {axes: x}]}
"""


@pytest.fixture(scope="module")
def rig():
    return rigjit.loads(SPEC)


@pytest.fixture(scope="module")
def pose(rig):
    return rig.vec_to_dict(np.float32([1, 2, 3, 0, 1, 0, -1, 0, 0, 0.5, 2]))


def renamed(pose, rename):
    return {rename(controller): attributes for controller, attributes in pose.items()}


def flat(pose, between):
    return {f"{c}{between}{a}": v for c, values in pose.items() for a, v in values.items()}


def as_bytes(pose):
    return {c.encode(): {a.encode(): v for a, v in values.items()} for c, values in pose.items()}


NEAR = {
    "namespace": (lambda p: renamed(p, "hero:{}".format), "namespace 'hero'", "hero:root"),
    "nested namespace": (lambda p: renamed(p, "a:b:{}".format), "namespace 'a:b'", "a:b:root"),
    "path": (lambda p: renamed(p, "|grp|h:{}".format), "namespace 'h'", "|grp|h:root"),
    "path without a namespace": (lambda p: renamed(p, "|grp|{}".format), "'root'", "|grp|root"),
    "capitals": (lambda p: {"ROOT": p["root"]}, "near the rig's 'root'", "ROOT"),
    "spaces": (lambda p: renamed(p, " {} ".format), "near the rig's 'root'", "root"),
    "dots": (lambda p: flat(p, "."), "flat", "root.translateX"),
    "slashes": (lambda p: flat(p, "/"), "flat", "root/translateX"),
    "flat in a namespace": (
        lambda p: {f"x:{k}": v for k, v in flat(p, ".").items()},
        "flat",
        "x:root.translateX",
    ),
    "bytes": (as_bytes, "bytes", "b'root'"),
    "NFD": (
        lambda p: {unicodedata.normalize("NFD", "tête_CTRL"): p["tête_CTRL"]},
        "Unicode form",
        unicodedata.normalize("NFD", "tête_CTRL"),
    ),
    "NFD of kana": (
        lambda p: {unicodedata.normalize("NFD", "が_CTRL"): p["が_CTRL"]},
        "Unicode form",
        "CTRL",
    ),
    "NFD of Hangul": (
        lambda p: {unicodedata.normalize("NFD", "한_CTRL"): p["한_CTRL"]},
        "Unicode form",
        "CTRL",
    ),
    "Studio Library": (
        lambda p: {
            "metadata": {"version": "1"},
            "objects": {
                c: {"attrs": {a: {"value": v} for a, v in m.items()}} for c, m in p.items()
            },
        },
        "objects",
        "metadata",
    ),
    "another rig": (lambda p: {"Hips": {"x": 1.0}, "Spine": {"x": 2.0}}, "Hips", "Spine"),
}


def forms(other):
    """The same as a dict and as whatever of MessagePack and JSON can write it."""
    yield other
    yield msgpack.packb(other)
    if all(isinstance(key, str) for key in other):
        yield json.dumps(other, ensure_ascii=False)


@pytest.mark.parametrize("what", NEAR)
def test_a_pose_of_which_nothing_matches(rig, pose, what):
    change, hint, shown = NEAR[what]
    for form in forms(change(pose)):
        with pytest.raises(rigjit.RigError) as raised:
            rig.rig_to_vec(form, missing="rest")
        (error,) = raised.value.errors
        assert error.code == "nothing-matches"
        assert hint in error.message
        assert shown in error.message
        with pytest.raises(rigjit.RigError) as raised:
            rig.rig_to_vec(form)
        (error,) = raised.value.errors
        assert error.code == "missing-channels"
        assert hint in error.message
        assert shown in error.message
        vecs, good = rig.rig_to_vec_batch([pose, form], missing="rest", errors="mask")
        assert good.tolist() == [True, False]
        assert not vecs[1].any()
        with pytest.raises(rigjit.RigError, match="frame 1"):
            rig.rig_to_vec_batch([pose, form], missing="rest")
        with pytest.raises(rigjit.RigError) as raised:
            rig.rig_to_vec(form, missing="rest", extra="error")
        assert {error.code for error in raised.value.errors} == {
            "nothing-matches",
            "extra-channels",
        }


def test_what_fits_in_part_takes_the_rest_pose(rig, pose):
    for other in (
        {},
        {"root": {}},
        {"root": {"translateX": 0.0}, "hero:root": {}},
        {"root": {"IK": 1}, "Hips": {"x": 1.0}},
        {"Hips": {"x": 1.0}, **pose},
    ):
        for form in forms(other):
            vec = rig.rig_to_vec(form, missing="rest")
            if "café" not in str(other):
                np.testing.assert_array_equal(vec, rig.rest_vec)


def test_the_rigs_namespace_is_told_from_the_poses(pose):
    hero = rigjit.loads(SPEC, namespace="hero")
    for other, hint in (
        (pose, "lack the rig's namespace 'hero'"),
        (renamed(pose, "villain:{}".format), "namespace 'villain', the rig's have 'hero'"),
    ):
        for missing in ("rest", "error"):
            with pytest.raises(rigjit.RigError, match=hint):
                hero.rig_to_vec(other, missing=missing)


def test_attributes_in_another_form(rig, pose):
    other = {**pose, "が_CTRL": {unicodedata.normalize("NFD", "café"): 1.0}}
    with pytest.raises(rigjit.RigError, match="Unicode form"):
        rig.rig_to_vec(other)
    with pytest.raises(rigjit.RigError, match="near the rig's 'translateX'"):
        rig.rig_to_vec({**pose, "root": {"TranslateX": 1.0}})
    with pytest.raises(rigjit.RigError, match="bytes"):
        rig.rig_to_vec({**pose, "root": {b"translateX": 1.0}})


def test_names_are_shown_within_bounds(rig):
    for other in (
        {f"node{i}": {"x": 1.0} for i in range(100_000)},
        {"n" * 100_000 + str(i): {} for i in range(30)},
        {f"line\n{i}\x1b[31m": {} for i in range(30)},
    ):
        for missing in ("rest", "error"):
            with pytest.raises(rigjit.RigError) as raised:
                rig.rig_to_vec(other, missing=missing)
            message = raised.value.errors[0].message
            assert "more" in message
            assert len(message) < 3000
            assert message.isprintable()


def npy(pose):
    file = io.BytesIO()
    np.save(file, np.ones(3, np.float32))
    return file.getvalue()


LOOKS_LIKE = {
    **{f"pickle {p}": (lambda x, p=p: pickle.dumps(x, p), "pickle") for p in (2, 3, 4, 5)},
    "npy": (npy, "npy"),
    "zip": (lambda pose: b"PK\x03\x04" + bytes(40), "zip"),
    "gzip": (lambda pose: gzip.compress(msgpack.packb(pose)), "gzip"),
    "UTF-16": (lambda pose: json.dumps(pose).encode("utf-16"), "UTF-16"),
    "Python": (str, "json.dumps"),
    "spec": (lambda pose: SPEC.lstrip(), "loads"),
    "path": (lambda pose: "pose.json", "path.*read the file"),
    "long path": (lambda pose: "/mnt/show/hero walk/pose.0101.msgpack", "path.*read the file"),
    "path of bytes": (lambda pose: b"poses/hero.json", "path.*read the file"),
    "path of Windows": (lambda pose: r"C:\poses\hero.json", "path.*read the file"),
}


@pytest.mark.parametrize("what", LOOKS_LIKE)
def test_what_is_no_pose_at_all(rig, pose, what):
    make, hint = LOOKS_LIKE[what]
    given = make(pose)
    with pytest.raises(rigjit.RigError, match="it looks like .*" + hint):
        rig.rig_to_vec(given)
    with pytest.raises(rigjit.RigError, match="it looks like .*" + hint):
        rig.rig_to_vec_batch([pose, given])
    with pytest.raises(rigjit.RigError, match="it looks like .*" + hint):
        rig.rig_to_vec(given, missing="rest")


def test_clips_and_streams_are_no_poses(rig):
    clip = rig.clip(rig.rest_vec[None])
    with pytest.raises(rigjit.RigError, match="safetensors"):
        rig.rig_to_vec(clip)
    file = io.BytesIO()
    rig.clip_stream(file).close()
    with pytest.raises(rigjit.RigError, match="rigjit_clip"):
        rig.rig_to_vec(file.getvalue())


def test_what_is_damaged_looks_like_nothing_else(rig, pose):
    for given in (msgpack.packb(pose)[:-1], json.dumps(pose)[:-1], b"\x81", "{", "[1, 2]"):
        with pytest.raises(rigjit.RigError) as raised:
            rig.rig_to_vec(given)
        assert "looks like" not in str(raised.value)


def test_objects_that_are_no_pose(rig, pose, tmp_path):
    path = tmp_path / "pose.json"
    path.write_text(json.dumps(pose))
    with pytest.raises(TypeError, match=r"PosixPath; it is a path: read .*read_bytes"):
        rig.rig_to_vec(path)
    with path.open("rb") as file, pytest.raises(TypeError, match=r"pass what its read\(\) gives"):
        rig.rig_to_vec(file)
    assert rig.rig_to_vec(path.read_bytes()).tobytes() == rig.rig_to_vec(pose).tobytes()


@pytest.mark.parametrize("text", ["hero.yaml", "rigs/hero.yml", "/mnt/rigs/hero", r"C:\r\a.yaml"])
def test_loads_of_a_path(text):
    for given in (text, text.encode()):
        with pytest.raises(rigjit.RigError, match=r"path.*load\(\)"):
            rigjit.loads(given)


def test_loads_of_an_object(tmp_path):
    path = tmp_path / "hero.yaml"
    path.write_text(SPEC)
    with pytest.raises(TypeError, match=r"PosixPath; call rigjit.load\(path\)"):
        rigjit.loads(path)
    with path.open() as file, pytest.raises(TypeError, match=r"pass what its read\(\) gives"):
        rigjit.loads(file)
    for given in (None, 3, {"rigjit": 1}, bytearray(SPEC.encode())):
        with pytest.raises(TypeError, match="loads takes the text of a spec, str or bytes, not"):
            rigjit.loads(given)
    assert rigjit.loads(path.read_bytes()).hash == rigjit.load(path).hash


@pytest.mark.parametrize(
    "text", [SPEC, "{rigjit: 1, controllers: []}", "rigjit: 1", SPEC * 200, SPEC.encode()]
)
def test_load_of_a_text(text):
    for call in (rigjit.load, lambda given: rigjit.diff(given, given), lambda t: rigjit.warm([t])):
        with pytest.raises(OSError, match=r"call rigjit.loads\(text\)") as raised:
            call(text)
        assert len(str(raised.value)) < 300


def test_a_path_that_is_not_there_is_no_text(tmp_path):
    with pytest.raises(FileNotFoundError) as raised:
        rigjit.load(tmp_path / "none.yaml")
    assert raised.value.filename == tmp_path / "none.yaml"
    assert "loads" not in str(raised.value)
    with pytest.raises(FileNotFoundError):
        rigjit.load(Path("none.yaml"))
