"""`rigjit convert` of rigs whose values are bools, whole numbers and names."""

from __future__ import annotations

import io
import json

import msgpack
import numpy as np
import pytest
import rigjit_clip
from program_specs import TYPED_SPEC

import rigjit

pytestmark = pytest.mark.parametrize("spec", [TYPED_SPEC], indirect=True, ids=["types"])

ATTRIBUTES = {"pinned": bool, "fingers": int, "ticks": int, "ik": int, "space": int}


@pytest.fixture
def rig(spec):
    return rigjit.load(spec, cache=False)


@pytest.fixture
def values(rig):
    rng = np.random.default_rng(5)
    vecs = (rig.rest_vec + rng.normal(size=(20, rig.vec_size))).astype(np.float32)
    return rig.vec_to_values_batch(vecs)


def clip_of(rig, values) -> bytes:
    clip = rig.clip(np.tile(rig.rest_vec, (len(values), 1)))
    return clip[: len(clip) - values.nbytes] + values.tobytes()


def write(form, rig, values, path):
    np.save(path, values) if form == "values" else path.write_bytes(clip_of(rig, values))


@pytest.mark.parametrize("source", ["values", "clip"])
def test_texts_and_messages_have_the_types(run, spec, rig, values, source, tmp_path):
    path = tmp_path / "in.npy"
    write(source, rig, values, path)
    lines = run("convert", spec, path, "--from", source, "--to", "jsonl").stdout.splitlines()
    array = run("convert", spec, path, "--from", source, "--to", "json").stdout
    messages = run("convert", spec, path, "--from", source, "--to", "messages").stdout
    for poses in (
        [json.loads(line) for line in lines],
        json.loads(array),
        list(msgpack.Unpacker(io.BytesIO(messages))),
    ):
        assert len(poses) == len(values)
        for pose, row in zip(poses, values.tolist(), strict=True):
            hand = pose["hand"]
            assert {name: type(hand[name]) for name in ATTRIBUTES} == ATTRIBUTES
            assert [hand[name] for name in ATTRIBUTES] == row[2:7]


def test_clips_are_read_by_the_reader(run, spec, rig, values, tmp_path):
    np.save(tmp_path / "in.npy", values)
    out, again = tmp_path / "out.clip", tmp_path / "again.clip"
    assert run("convert", spec, tmp_path / "in.npy", "--from", "values", "-o", out).returncode == 0
    clip = rigjit_clip.open(out)
    assert clip.types == {2: "bool", 3: "int", 4: "int", 5: "enum", 6: "enum"}
    assert clip.enum_names == {5: ["IK", "FK"], 6: ["world", "chest", "hand"]}
    assert np.stack([np.asarray(frame) for frame in clip]).tobytes() == values.tobytes()
    assert run("convert", spec, out, "-o", again).returncode == 0
    assert again.read_bytes() == out.read_bytes()


@pytest.mark.parametrize("source", ["values", "clip"])
@pytest.mark.parametrize("target", ["vectors", "values", "messages", "json", "jsonl", "clip"])
@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (2, 2, "hand.pinned: a bool is false, true, 0 or 1, not 2 [out-of-limits]"),
        (3, 2.5, "hand.fingers: the value 2.5 is no whole number [not-whole]"),
        (3, -1, "hand.fingers: the value -1 is below the limit 0 [out-of-limits]"),
        (4, 3e9, "hand.ticks: the value 3e+09 is above the limit 16777216 [out-of-limits]"),
        (4, np.nan, "hand.ticks: the value is nan [not-finite]"),
        (5, 7, "hand.ik: the enum has no name of index 7; its last is 1 [out-of-limits]"),
    ],
)
def test_values_that_are_none_of_the_type(
    run, spec, rig, values, source, target, column, value, words, tmp_path
):
    values[4, column] = value
    path = tmp_path / "in.npy"
    write(source, rig, values, path)
    arguments = ["convert", spec, path, "--from", source, "--to", target]
    stopped = run(*arguments, "-o", tmp_path / "out")
    assert stopped.returncode == 1
    assert stopped.stderr.decode().startswith(f"{path}: error: frame 4: {words}")
    skipped = run(*arguments, "--on-error", "skip")
    assert skipped.returncode == 0
    assert b"skipped 1 of 20 frames" in skipped.stderr
