"""Names that nobody should see raw, and names that no spec can have."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import rigjit

pytest.importorskip("ruamel.yaml")


def test_control_characters_are_escaped(tmp_path):
    poses = [
        {"a\x1b[31m\nb": {"m\x07x": "on", "x\x9bk": k, "t\x1b]0;": 1.0, "gone\r!": None}}
        for k in range(12)
    ]
    poses[0]["empty\x1b!"] = {}
    for pose in poses:
        pose["r\x1bs"] = {f"rotate{axis}": 7.0 * len(pose) * k for k, axis in enumerate("XYZ")}
    poses[3]["r\x1bs"] = {"rotateX": 4, "rotateY": 3, "rotateZ": 2}
    (tmp_path / "a.json").write_text(json.dumps(poses))
    program = [sys.executable, "-m", "rigjit", "fit", "--new"]
    words = [tmp_path / "a.json", "-o", tmp_path / "new.yaml"]
    done = subprocess.run([*program, *words], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    assert all(line.isprintable() for line in lines)
    text = "\n".join(lines)
    for name in (
        r"a\x1b[31m\nb.m\x07x is an enum",
        r"b.x\x9bk is an int",
        r"empty\x1b!",
        r"gone\r!",
    ):
        assert name in text
    rig = rigjit.load(tmp_path / "new.yaml")
    assert {c.attribute for c in rig.channels} > {"m\x07x", "x\x9bk", "t\x1b]0;"}


@pytest.mark.parametrize(
    ("pose", "where"),
    [
        ({"c": {"k": 1, "": 2}}, 'the attribute "" of "c": a name must not be empty'),
        ({"": {"k": 1}}, 'the controller "": a name must not be empty'),
        ({"c": {"m": ""}}, 'the attribute "m" of "c": a name must not be empty'),
        (
            {"c": {"k\n": 1}},
            r"""the attribute "k\n" of "c": the name 'k\x0a' ends with a line break""",
        ),
    ],
)
def test_a_name_that_no_spec_has_is_told_with_its_file(tmp_path, pose, where):
    (tmp_path / "a.json").write_text(json.dumps({"first": {"k": 1.5}}))
    (tmp_path / "b.json").write_text(json.dumps(pose))
    from rigjit import fitting

    with pytest.raises(rigjit.RigError) as caught:
        fitting.infer([tmp_path / "a.json", tmp_path / "b.json"], tmp_path / "new.yaml")
    text = f"b.json: error: no spec can be made of these poses: {where}"
    assert text in str(caught.value)
    assert not (tmp_path / "new.yaml").exists()
