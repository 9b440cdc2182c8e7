"""What `rigjit convert` says: bounded, whatever is wrong; and every frame is accounted for."""

from __future__ import annotations

import json

import numpy as np
import pytest

import rigjit

CHANNELS = 1500
LIMITED = """rigjit: 1
name: limited
controllers:
  - name: arm
    transformations:
      - rotation1d: {axis: x, min: -180, max: 180, limit: error}
"""


@pytest.fixture
def wide(tmp_path):
    """A rig of many channels, and 200 frames of it without a number."""
    path = tmp_path / "wide.yaml"
    controllers = "".join(
        f"  - name: c{i}\n    transformations: [translation: {{axes: xyz, scale: 1, center: 0}}]\n"
        for i in range(CHANNELS // 3)
    )
    path.write_text(f"rigjit: 1\nname: wide\ncontrollers:\n{controllers}")
    vecs = np.full((200, CHANNELS), np.nan, np.float32)
    np.save(tmp_path / "nan.npy", vecs)
    return path


def test_a_bad_frame_of_a_wide_rig(run, wide, tmp_path):
    result = run("convert", wide, tmp_path / "nan.npy", "-o", tmp_path / "out.npy")
    lines = result.stderr.decode().splitlines()
    assert result.returncode == 1
    assert len(lines) == 21
    assert lines[-1] == f"and {CHANNELS - 20} more errors"


@pytest.mark.parametrize("form", ["npy", "safetensors", "msgpack", "json", "jsonl"])
def test_a_file_without_a_frame(run, wide, form, tmp_path):
    out = tmp_path / f"out.{form}"
    out.write_bytes(b"old")
    result = run("convert", wide, tmp_path / "nan.npy", "-o", out, "--on-error", "skip")
    lines = result.stderr.decode().splitlines()
    assert result.returncode == 1
    assert len(lines) == 42
    assert "skipped 200 of 200 frames; what is wrong with 190 of them is not shown" in lines[-2]
    assert "none of its 200 frames can be converted; nothing is written" in lines[-1]
    assert out.read_bytes() == b"old"
    to_stdout = run("convert", wide, tmp_path / "nan.npy", "--to", "json", "--on-error", "skip")
    assert (to_stdout.returncode, to_stdout.stdout) == (1, b"")


def test_one_good_frame_is_enough(run, wide, tmp_path):
    vecs = np.load(tmp_path / "nan.npy")
    vecs[123] = 0
    np.save(tmp_path / "one.npy", vecs)
    out = tmp_path / "out.npy"
    result = run("convert", wide, tmp_path / "one.npy", "-o", out, "--on-error", "skip")
    assert result.returncode == 0
    assert b"skipped 199 of 200 frames" in result.stderr
    assert np.load(out).shape == (1, CHANNELS)


def test_many_inputs_share_the_bound(run, wide, tmp_path):
    names = []
    for i in range(20):
        names.append(tmp_path / f"in{i}.npy")
        np.save(names[-1], np.load(tmp_path / "nan.npy")[:5])
    result = run("convert", wide, *names, "-o", f"{tmp_path}/out/", "--on-error", "skip")
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 10 * 4 + 2 * 20
    assert list((tmp_path / "out").iterdir()) == []


def test_a_spec_full_of_mistakes(run, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("rigjit: 1\ncontrollers:\n" + "  - nmae: a\n" * 300)
    text = run("check", path).stdout.decode().splitlines()
    assert len(text) == 21
    errors = json.loads(run("check", "--json", path).stdout)
    assert text[-1] == f"and {len(errors) - 20} more errors"


def test_long_names_make_short_lines(run, tmp_path):
    path = tmp_path / "long.yaml"
    path.write_text(
        f"rigjit: 1\nname: r\ncontrollers:\n  - name: {'n' * 60_000}\n    transformations:\n"
        "      - translation: {axes: x}\n"
    )
    np.save(tmp_path / "nan.npy", np.array([np.nan], np.float32))
    result = run("convert", path, tmp_path / "nan.npy")
    assert result.returncode == 1
    assert len(result.stderr) < 2000
    assert b"more bytes)" in result.stderr


def turns(frames):
    """A whole turn in so many frames, which the plain call wraps to what the limit allows."""
    angle = np.radians(np.linspace(0, 360, frames, endpoint=False) + 3)
    return np.stack([np.sin(angle), np.cos(angle)], axis=1).astype(np.float32)


@pytest.mark.parametrize("spec", [LIMITED], indirect=True)
@pytest.mark.parametrize("form", ["npy", "safetensors", "msgpack", "json", "jsonl"])
def test_a_limit_that_refuses_a_continued_angle(run, spec, form, tmp_path):
    vecs = turns(8)
    np.save(tmp_path / "in.npy", vecs)
    rig = rigjit.load(spec, cache=False)
    assert len(rig.vec_to_values_batch(vecs)) == 8  # the plain call allows every frame
    stream = rig.stream()
    good = []
    for vec in vecs:
        try:
            good.append(stream.push_values(vec)[0])
        except rigjit.RigError as error:
            reason = error.errors[0].message
    assert len(good) < 8
    out = tmp_path / f"out.{form}"
    stopped = run("convert", spec, tmp_path / "in.npy", "-o", out, "--continuous")
    assert stopped.returncode == 1
    assert b"frame 4: " in stopped.stderr
    assert not out.exists()
    arguments = ["convert", spec, tmp_path / "in.npy", "--continuous", "--on-error", "skip"]
    skipped = run(*arguments, "-o", out)
    assert skipped.returncode == 0
    assert f"skipped {8 - len(good)} of 8 frames".encode() in skipped.stderr
    assert reason in skipped.stderr.decode()
    values = run(*arguments, "--to", "json").stdout
    got = [pose["arm"]["rotateX"] for pose in json.loads(values)]
    np.testing.assert_array_equal(np.float32(got), good)


def test_a_cut_clip_is_told_of(run, spec):
    rig = rigjit.load(spec, cache=False)
    vecs = np.tile(rig.rest_vec, (5, 1))
    clip = rig.clip(vecs)
    result = run("convert", spec, "-", "--to", "jsonl", input=clip[:-3])
    assert result.returncode == 0
    assert len(result.stdout.splitlines()) == 4
    assert b"the clip was cut: of 5 frames it has the first 4" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [
        (["chek", "a.yaml"], "check"),
        (["Convert", "a.yaml"], "convert"),
        (["cache", "vrify"], "verify"),
        (["convert", "a.yaml", "in.npy", "--contineous"], "--continuous"),
        (["convert", "--ouput=x"], "--output"),
        (["convert", "a.yaml", "in.npy", "--to", "mesages"], "messages"),
        (["convert", "a.yaml", "in.npy", "--missing", "rst"], "rest"),
        (["ir", "a.yaml", "--program", "mesage"], "message"),
        (["compile", "a.yaml", "--programs", "valeus"], "values"),
    ],
)
def test_words_that_are_nearly_right(run, arguments, suggestion):
    result = run(*arguments)
    assert result.returncode == 2
    assert f"did you mean '{suggestion}'?" in result.stderr.decode()
