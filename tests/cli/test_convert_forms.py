"""`rigjit convert` from every form to every other, read and written by other packages."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path

import msgpack
import numpy as np
import orjson
import pytest
import rigjit_clip
import safetensors.numpy
from program_specs import SPEC, TYPED_SPEC

import rigjit
from rigjit import clips

FORMS = ["vectors", "values", "messages", "json", "jsonl", "clip"]
EXTENSIONS = {
    "vectors": ".npy",
    "values": ".npy",
    "messages": ".msgpack",
    "json": ".json",
    "jsonl": ".jsonl",
    "clip": ".safetensors",
}


def npy(data: bytes) -> np.ndarray:
    return np.load(io.BytesIO(data))


@pytest.fixture
def rig(spec):
    return rigjit.load(spec, cache=False)


@pytest.fixture
def vecs(rig):
    rng = np.random.default_rng(2)
    return (rig.rest_vec + rng.normal(size=(40, rig.vec_size)) * 0.3).astype(np.float32)


@dataclass
class Files:
    """The same frames in every form, made without the command line."""

    directory: Path
    rig: rigjit.Rig
    vecs: np.ndarray

    def __post_init__(self) -> None:
        self.values = self.rig.vec_to_values_batch(self.vecs)
        self.poses = [self.rig.vec_to_dict(vec) for vec in self.vecs]

    def bytes_of(self, form: str) -> bytes:
        if form == "messages":
            return b"".join(msgpack.packb(pose, use_single_float=True) for pose in self.poses)
        if form == "json":
            return json.dumps(self.poses, indent=1).encode()
        if form == "jsonl":
            return b"\n".join(orjson.dumps(pose) for pose in self.poses) + b"\n"
        return self.rig.clip(self.vecs, fps="30000/1001", start_frame=7)

    def write(self, form: str) -> Path:
        path = self.directory / f"in_{form}{EXTENSIONS[form]}"
        if form in ("vectors", "values"):
            np.save(path, self.vecs if form == "vectors" else self.values)
        else:
            path.write_bytes(self.bytes_of(form))
        return path

    def values_of(self, form: str, data: bytes, path: Path) -> np.ndarray:
        """What a file that was written holds, as values."""
        path.write_bytes(data)
        if form == "vectors":
            return self.rig.vec_to_values_batch(np.load(path))
        if form == "values":
            return np.load(path)
        if form == "clip":
            return safetensors.numpy.load_file(path)["frames"]
        if form == "messages":
            poses = list(msgpack.Unpacker(io.BytesIO(data)))
        elif form == "json":
            poses = orjson.loads(data)
        else:
            poses = [orjson.loads(line) for line in data.splitlines()]
        names = self.rig.channels
        return np.array([[pose[c][a] for c, a in names] for pose in poses], np.float32)


@pytest.fixture
def files(tmp_path, rig, vecs):
    return Files(tmp_path, rig, vecs)


@pytest.mark.parametrize("spec", [SPEC, TYPED_SPEC], indirect=True, ids=["floats", "types"])
@pytest.mark.parametrize("source", FORMS)
@pytest.mark.parametrize("target", FORMS)
def test_every_form_to_every_form(run, spec, files, source, target, tmp_path):
    path = files.write(source)
    out = tmp_path / f"out{EXTENSIONS[target]}"
    result = run("convert", spec, path, "-o", out, "--to", target)
    assert (result.returncode, result.stderr, result.stdout) == (0, b"", b"")
    got = files.values_of(target, out.read_bytes(), tmp_path / "read")
    assert got.dtype == np.float32
    assert got.shape == files.values.shape
    # Euler angles that go through a vector come back as the same within float32.
    np.testing.assert_allclose(got, files.values, atol=2e-4)
    whole = [channel.type != "float" for channel in files.rig.channels]
    np.testing.assert_array_equal(got[:, whole], files.values[:, whole])
    as_they_are = {"values", "clip"}
    if source in as_they_are and target in as_they_are | {"json", "jsonl"}:
        assert got.tobytes() == files.values.tobytes()
    piped = run("convert", spec, "-", "--to", target, input=path.read_bytes())
    assert piped.stdout == out.read_bytes()


@pytest.mark.parametrize(
    ("source", "extension", "target"),
    [
        ("vectors", ".npy", "values"),
        ("vectors", ".safetensors", "clip"),
        ("vectors", ".clip", "clip"),
        ("vectors", ".msgpack", "messages"),
        ("vectors", ".JSON", "json"),
        ("vectors", ".ndjson", "jsonl"),
        ("vectors", ".bin", "messages"),
        ("messages", ".npy", "vectors"),
        ("clip", ".npy", "vectors"),
        ("values", ".bin", "vectors"),
        ("json", ".jsonl", "jsonl"),
    ],
)
def test_the_extension_tells_what_to_write(run, spec, files, source, extension, target, tmp_path):
    path = files.write(source)
    explicit = run("convert", spec, path, "--to", target)
    assert explicit.returncode == 0
    out = tmp_path / f"out{extension}"
    assert run("convert", spec, path, "-o", out).returncode == 0
    assert out.read_bytes() == explicit.stdout


def test_vector_files(run, spec, rig, files, vecs, tmp_path):
    out = tmp_path / "vecs.safetensors"
    assert run("convert", spec, files.write("messages"), "-o", out).returncode == 0
    vectors = clips.load_vectors(out, rig)
    np.testing.assert_allclose(
        rig.vec_to_values_batch(vectors), rig.vec_to_values_batch(vecs), atol=2e-4
    )
    back = run("convert", spec, out)
    assert back.stdout == rig.vec_to_rig_batch(vectors).tobytes()
    clips.save_vectors(tmp_path / "saved.safetensors", rig, vecs)
    assert run("convert", spec, tmp_path / "saved.safetensors").stdout == (
        rig.vec_to_rig_batch(vecs).tobytes()
    )
    cut = (tmp_path / "saved.safetensors").read_bytes()[:-3]
    short = run("convert", spec, "-", input=cut)
    assert short.returncode == 1
    assert b"cut short" in short.stderr


def test_a_file_of_vectors_of_another_rig(run, spec, rig, vecs, tmp_path):
    clips.save_vectors(tmp_path / "vecs.safetensors", rig, vecs)
    (tmp_path / "clip").write_bytes(rig.clip(vecs))
    other = tmp_path / "other.yaml"
    other.write_text(Path(spec).read_text().replace("scale: 25", "scale: 2"))
    result = run("convert", other, tmp_path / "vecs.safetensors")
    assert result.returncode == 1
    assert b"vecs.safetensors: error: the file is of rig 'small'" in result.stderr
    assert b"scale 25 -> 2" in result.stderr
    result = run("convert", other, tmp_path / "clip")
    assert result.returncode == 1
    assert b"rig-mismatch" in result.stderr


def test_messages_of_other_writers(run, spec, rig, files, vecs):
    expected = np.load(
        io.BytesIO(run("convert", spec, "-", input=files.bytes_of("messages")).stdout)
    )
    shuffled = [{c: dict(reversed(a.items())) for c, a in reversed(p.items())} for p in files.poses]
    own = [rig.vec_to_rig(vec) for vec in vecs]
    mixed = own[0] + msgpack.packb(files.poses[1]) + b"".join(own[2:])
    for data in (
        b"".join(map(msgpack.packb, files.poses)),  # float64
        msgpack.packb(files.poses),
        msgpack.packb(shuffled, use_single_float=True),
        b"".join(msgpack.packb({**pose, "x" * i: 1}) for i, pose in enumerate(shuffled)),
        rig.vec_to_rig_batch(vecs).tobytes(),
        mixed,
    ):
        result = run("convert", spec, "-", input=data)
        assert result.returncode == 0, result.stderr
        np.testing.assert_array_equal(npy(result.stdout), expected)


def test_json_of_other_writers(run, spec, rig, files):
    expected = npy(run("convert", spec, "-", input=files.bytes_of("jsonl")).stdout)
    tricky = [{**pose, 'a"{[\\': {"b": [1, {"c": "]}"}]}} for pose in files.poses]
    for data in (
        "\ufeff".encode() + files.bytes_of("json"),
        b" \n".join(json.dumps(pose, indent=2).encode() for pose in tricky),
        json.dumps(tricky).encode(),
        b"".join(map(orjson.dumps, tricky)),
    ):
        result = run("convert", spec, "-", input=data)
        assert result.returncode == 0, result.stderr
        np.testing.assert_array_equal(npy(result.stdout), expected)
    one = run("convert", spec, "-", input=json.dumps(files.poses[3], indent=4).encode())
    np.testing.assert_array_equal(npy(one.stdout), expected[3:4])


def test_no_frames(run, spec, tmp_path):
    out = tmp_path / "out.npy"
    for data, arguments in (
        (b"[]", []),
        (b"\x90", []),
        (b"", ["--from", "messages"]),
        (b"\n", ["--from", "json"]),
    ):
        result = run("convert", spec, "-", *arguments, "-o", out, input=data)
        assert result.returncode == 1
        assert b"it holds no frame; nothing is written" in result.stderr
        assert not out.exists()


def test_many_more_frames_than_a_block(run, spec, rig, vecs, tmp_path):
    many = np.tile(vecs, (800, 1))
    messages = rig.vec_to_rig_batch(many).tobytes()
    result = run("convert", spec, "-", "--to", "values", input=messages)
    back = rig.vec_to_values_batch(rig.rig_to_vec_batch([rig.vec_to_rig(v) for v in vecs]))
    np.testing.assert_array_equal(npy(result.stdout), np.tile(back, (800, 1)))
    text = run("convert", spec, "-", "--to", "jsonl", input=messages).stdout
    assert text.count(b"\n") == len(many)
    again = run("convert", spec, "-", "--to", "values", input=text)
    np.testing.assert_allclose(npy(again.stdout), np.tile(back, (800, 1)), atol=1e-4)


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"[{}, 1]", b"something else than an object"),
        (b"[{},]", b"something else than an object"),
        (b"[{} {}]", b"something else"),
        (b"[{}", b"cut"),
        (b'{"a": {', b"cut"),
        (b"[] []", b"more after the array"),
        (b"\x92\x80", b"the end"),
        (b"\x90\x80", b"more after the array"),
        (b"\xdd\xff\xff\xff\xff", b"the end"),
        (b"\x81\xa1", b"cut"),
        (b"\xdf\xff\xff\xff\xff" * 3, b"cut"),
        (b"\x81" * 2000, b"nested too deep"),
        (b"\xc1", b"--raw"),
        (b"hello", b"--raw"),
    ],
)
def test_bytes_that_are_no_poses(run, spec, data, hint):
    result = run("convert", spec, "-", "--missing", "rest", input=data)
    assert result.returncode == 1
    assert hint in result.stderr, result.stderr
    assert result.stderr.startswith(b"<stdin>: error: ")


def test_missing_and_extra(run, spec, rig):
    half = json.dumps({"main": {"translateX": 50.0}, "tail": {"a": 1}}).encode()
    refused = run("convert", spec, "-", input=half)
    assert refused.returncode == 1
    assert b"frame 0: " in refused.stderr
    assert b"head.rotateX" in refused.stderr
    rest = run("convert", spec, "-", "--missing", "rest", input=half)
    assert npy(rest.stdout)[0].tolist() == [2.0, *rig.rest_vec[1:].tolist()]
    extra = run("convert", spec, "-", "--missing", "rest", "--extra", "error", input=half)
    assert extra.returncode == 1
    assert b"tail" in extra.stderr


@pytest.mark.parametrize("source", ["messages", "jsonl", "json", "values", "clip"])
def test_bad_frames_of_poses(run, spec, rig, vecs, files, source):
    files.poses[5]["head"]["rotateY"] = float("nan") if source != "jsonl" else None
    values = files.values.copy()
    values[5, 4] = np.nan
    if source == "values":
        files.values = values
        data = files.write("values").read_bytes()
    elif source == "clip":
        clip = rig.clip(vecs)
        data = clip[: len(clip) - values.nbytes] + values.tobytes()
    else:
        data = files.bytes_of(source)
    stopped = run("convert", spec, "-", "--to", "jsonl", input=data)
    assert stopped.returncode == 1
    assert b"<stdin>: error: frame 5: " in stopped.stderr
    assert b"rotateY" in stopped.stderr
    assert stopped.stdout.count(b"\n") == 5
    skipped = run("convert", spec, "-", "--to", "jsonl", "--on-error", "skip", input=data)
    assert skipped.returncode == 0
    assert b"skipped 1 of 40 frames" in skipped.stderr
    lines = skipped.stdout.splitlines()
    assert len(lines) == 39
    assert orjson.loads(lines[5])["main"]["translateX"] == pytest.approx(
        files.values[6, 0], abs=1e-4
    )


def test_timing_of_clips(run, spec, rig, vecs, files, tmp_path):
    path = files.write("vectors")
    out = tmp_path / "out.clip"
    run("convert", spec, path, "-o", out, "--fps", "23.976", "--start-frame", "-5")
    clip = rigjit_clip.open(out)
    assert (clip.metadata["fps"], clip.start_frame) == ("24000/1001", -5)
    assert out.read_bytes() == rig.clip(vecs, fps=23.976, start_frame=-5)
    again = tmp_path / "again.clip"
    run("convert", spec, out, "-o", again, "--start-frame", "3")
    assert again.read_bytes() == rig.clip(vecs, fps=23.976, start_frame=3)
    assert run("convert", spec, path, "-o", out, "--fps", "fast").returncode == 2


def test_a_cut_clip_has_its_whole_frames(run, spec, rig, vecs):
    clip = rig.clip(vecs)
    row = 4 * len(rig.channels)
    result = run("convert", spec, "-", "--to", "values", input=clip[: -row - 3])
    assert result.returncode == 0
    np.testing.assert_array_equal(npy(result.stdout), rig.vec_to_values_batch(vecs)[:-2])


def test_continuous(run, spec, rig, tmp_path):
    angles = np.linspace(0, 700, 200, dtype=np.float32)
    values = rig.vec_to_values_batch(np.tile(rig.rest_vec, (200, 1)))
    values[:, 4] = angles  # rotateY of zxy: the middle letter is x
    turning = rig.values_to_vec_batch(values)
    path = tmp_path / "turn.npy"
    np.save(path, turning)
    plain = rig.vec_to_values_batch(turning, continuous=True)
    result = run("convert", spec, path, "--to", "values", "--continuous")
    np.testing.assert_array_equal(npy(result.stdout), plain)
    assert plain[:, 4].max() > 600
    messages = run("convert", spec, path, "--continuous")
    assert messages.stdout == rig.vec_to_rig_batch(turning, continuous=True).tobytes()
    lines = run("convert", spec, path, "--to", "jsonl", "--continuous").stdout.splitlines()
    assert orjson.loads(lines[-1])["head"]["rotateY"] == pytest.approx(float(plain[-1, 4]))
    # Values keep the turns that they start with.
    late = tmp_path / "late.npy"
    np.save(late, values[150:])
    kept = run("convert", spec, late, "--from", "values", "--to", "messages", "--continuous")
    unpacked = [pose["head"]["rotateY"] for pose in msgpack.Unpacker(io.BytesIO(kept.stdout))]
    np.testing.assert_allclose(unpacked, angles[150:], atol=1e-3)


def test_namespaces(run, spec, rig, vecs, tmp_path):
    clip = tmp_path / "hero.clip"
    np.save(tmp_path / "vecs.npy", vecs)
    run("convert", spec, tmp_path / "vecs.npy", "-o", clip, "--namespace", "hero")
    opened = rigjit_clip.open(clip)
    assert opened.namespace == "hero"
    assert opened.channels[0] == ("hero:main", "translateX")
    # A clip is of the rig, whatever the scene calls it.
    json_text = run("convert", spec, clip, "--to", "jsonl", "--namespace", "idol").stdout
    assert list(orjson.loads(json_text.splitlines()[0])) == ["idol:main", "idol:head"]
    assert run("convert", spec, "-", input=json_text).returncode == 1
    back = run("convert", spec, "-", "--namespace", "idol", input=json_text)
    np.testing.assert_allclose(
        rig.vec_to_values_batch(npy(back.stdout)),
        rig.vec_to_values_batch(vecs),
        atol=2e-4,
    )


def test_raw_values(run, spec, rig, vecs):
    values = rig.vec_to_values_batch(vecs)
    result = run("convert", spec, "-", "--raw", "--from", "values", input=values.tobytes())
    np.testing.assert_array_equal(npy(result.stdout), rig.values_to_vec_batch(values))
    assert run("convert", spec, "-", "--raw", "--from", "json", input=b"").returncode == 2


def test_forms_that_disagree(run, spec, files):
    clip = files.write("clip")
    assert b"not a file of vectors" in run("convert", spec, clip, "--from", "vectors").stderr
    assert b"no .npy" in run("convert", spec, clip, "--from", "values").stderr
    wrong = run("convert", spec, files.write("vectors"), "--from", "values")
    assert wrong.returncode == 1
    assert b"values of (6,) or (frames, 6)" in wrong.stderr
    assert run("convert", spec, clip, "--to", "gltf").returncode == 2
    assert run("convert", spec, clip, "--to", "3").returncode == 2
