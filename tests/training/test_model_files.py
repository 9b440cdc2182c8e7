"""Stamps of safetensors files and zip archives: by the safetensors library and zipfile.

tests/serve has those of ONNX files, tests/differentiable has torch read its archives.
"""

from __future__ import annotations

import io
import json
import pickle
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
import safetensors
from safetensors.numpy import save_file

import rigjit
from rigjit import models
from rigjit._publish import publish
from rigjit.clips import save_vectors
from rigjit.models import _torch_archive, _zip_directory
from rigjit.models._source import MalformedError

SEED = Path(__file__).resolve().parents[2] / "configs/seed.yaml"
TENSORS = {
    "weight": np.arange(12, dtype=np.float32).reshape(3, 4),
    "größe": np.arange(3, dtype=np.uint8),
    "none": np.zeros((0, 5), np.float64),
    "step": np.array(7, np.int64),
}


@pytest.fixture(scope="module")
def rig():
    return rigjit.load(SEED)


@pytest.fixture
def other_path(tmp_path):
    """A rig with other numbers, in a spec with a base."""
    (tmp_path / "base.yaml").write_text(SEED.read_text().replace("scale: 25", "scale: 27"))
    path = tmp_path / "other.yaml"
    path.write_text("rigjit: 1\nbase: base.yaml\nname: other\n")
    return path


def tensors_of(path):
    """(`__metadata__`, {name: array}) as the library reads them."""
    with safetensors.safe_open(path, "np") as file:
        return file.metadata(), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def header_of(data: bytes) -> tuple[dict, bytes]:
    end = 8 + int.from_bytes(data[:8], "little")
    return json.loads(data[8:end]), data[end:]


@pytest.mark.parametrize("before", [None, {}, {"format": "pt", "note": 'größer 😀 "\n'}])
def test_safetensors(tmp_path, rig, other_path, before):
    path = tmp_path / "pose.onnx"  # whatever it is called
    save_file(TENSORS, path, before)
    assert models.read_stamp(path) == (None, None, None)
    old = path.read_bytes()

    models.stamp(path, other_path)
    models.stamp(path, SEED, tmp_path / "copy")
    models.stamp(path, rig)
    data = path.read_bytes()
    assert (tmp_path / "copy").read_bytes() == data  # nothing is left of the first stamp
    said, tensors = tensors_of(path)
    assert said == {**(before or {}), **models.metadata(rig)}
    assert all(tensors[name].tobytes() == array.tobytes() for name, array in TENSORS.items())
    (new_header, new_bytes), (old_header, old_bytes) = header_of(data), header_of(old)
    names = [name for name in old_header if name != "__metadata__"]
    assert list(new_header) == ["__metadata__", *names]
    assert [new_header[name] for name in names] == [old_header[name] for name in names]
    assert new_bytes == old_bytes
    assert int.from_bytes(data[:8], "little") % 8 == 0
    assert models.read_stamp(path) == (rig.hash, rig.vec_size, SEED.read_text())


def test_what_a_saving_call_takes(tmp_path, rig, other_path):
    said = models.metadata(other_path)
    other = rigjit.load(other_path)
    assert said["rigjit.vec_size"] == str(other.vec_size) == str(rig.vec_size)
    assert said["rigjit.rig_hash"] == other.hash != rig.hash
    assert rigjit.loads(said["rigjit.spec"]).hash == other.hash  # without its base's file
    save_file(TENSORS, tmp_path / "m", models.metadata(rig))
    assert models.read_stamp(tmp_path / "m").rig_hash == rig.hash


def file_of(header: object, tensors: bytes = b"") -> bytes:
    text = header if isinstance(header, str) else json.dumps(header)
    return len(text.encode()).to_bytes(8, "little") + text.encode() + tensors


ONE = {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]}
BAD_SAFETENSORS = {
    "no tensors": file_of({"a": ONE}),
    "cut": file_of({"a": ONE}, b"x"),
    "longer": file_of({"a": ONE}, b"xyz"),
    "long header": (1 << 20).to_bytes(8, "little") + file_of({"a": ONE}, b"xy")[8:],
    "longest header": (1 << 63).to_bytes(8, "little") + file_of({"a": ONE}, b"xy")[8:],
    "short header": (9).to_bytes(8, "little") + file_of({"a": ONE}, b"xy")[8:],
    "no object": file_of([{"a": ONE}], b"xy"),
    "no tensor": file_of({"a": 1}, b"xy"),
    "tensor of a list": file_of({"a": [ONE]}, b"xy"),
    "no offsets": file_of({"a": {**ONE, "data_offsets": [2]}}, b"xy"),
    "negative": file_of({"a": {**ONE, "data_offsets": [-2, 2]}}, b"xy"),
    "backwards": file_of({"a": {**ONE, "data_offsets": [3, 2]}}, b"xy"),
    "no texts": file_of({"__metadata__": {"step": 1}, "a": ONE}, b"xy"),
    "no metadata": file_of({"__metadata__": ["x"], "a": ONE}, b"xy"),
    "empty list of metadata": file_of({"__metadata__": [], "a": ONE}, b"xy"),
    "NaN": file_of('{"__metadata__": {"x": NaN}}'),
    "deep": file_of('{"a":' * 100_000),
    "no UTF-8": (2).to_bytes(8, "little") + b"{\xff",
}


@pytest.mark.parametrize("data", BAD_SAFETENSORS.values(), ids=BAD_SAFETENSORS)
def test_bad_safetensors(tmp_path, rig, data):
    with pytest.raises(safetensors.SafetensorError):
        safetensors.deserialize(data)
    refused(tmp_path, rig, data)


def refused(tmp_path, rig, data: bytes, why: str = "") -> None:
    """By reading and writing, with the file's name; and nothing is written."""
    path = tmp_path / "bad.model"
    path.write_bytes(data)
    before = sorted(tmp_path.iterdir())
    for output in (None, tmp_path / "copy"):
        with pytest.raises(ValueError, match=rf"^{path}: .*{why}"):
            models.stamp(path, rig, output)
    with pytest.raises(ValueError, match=rf"^{path}: .*{why}"):
        models.read_stamp(path)
    assert path.read_bytes() == data
    assert sorted(tmp_path.iterdir()) == before


def test_null_is_no_metadata(tmp_path, rig):
    path = tmp_path / "model"
    path.write_bytes(file_of({"__metadata__": None, "a": ONE}, b"xy"))
    assert tensors_of(path)[0] is None
    models.stamp(path, rig)
    assert tensors_of(path)[0] == models.metadata(rig)


def test_names_that_are_there_twice(tmp_path, rig):
    """The library takes the last of them."""
    text = '{"__metadata__": {"a": "1", "a": "2"}}'
    refused(tmp_path, rig, file_of(text), "'a' is there twice")


def test_half_a_character(tmp_path, rig):
    path = tmp_path / "bad"
    path.write_bytes(file_of('{"__metadata__": {"a": "\\ud800"}}'))
    with pytest.raises(ValueError, match=f"^{path}: .*surrogates"):
        models.stamp(path, rig)


def test_frames_are_no_model(tmp_path, rig):
    path = tmp_path / "vectors.safetensors"
    save_vectors(path, rig, np.tile(rig.rest_vec, (3, 1)))
    before = path.read_bytes()
    with pytest.raises(ValueError, match="no model"):
        models.stamp(path, rig)
    assert path.read_bytes() == before


RECORDS = {
    "pose/data.pkl": b"no pickle",
    "pose/byteorder": b"little",
    "pose/data/0": bytes(range(256)) * 9,
    "pose/version": b"3\n",
    "pose/.data/serialization_id": b"1234",
}


def archive(records=RECORDS, method=zipfile.ZIP_STORED, comment=b"") -> bytes:
    """In the layout of torch."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        made.comment = comment
        for name, data in records.items():
            made.writestr(zipfile.ZipInfo(name), data, method)
    return file.getvalue()


def records_of(path):
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        return {info.filename: file.read(info) for info in file.infolist()}


def extras(rig, folder="pose/extra/"):
    return {folder + key: text.encode() for key, text in models.metadata(rig).items()}


def data_begin(data: bytes, info: zipfile.ZipInfo) -> int:
    sizes = data[info.header_offset + 26 : info.header_offset + 30]
    return info.header_offset + 30 + sum(np.frombuffer(sizes, "<u2").tolist())


@pytest.mark.parametrize("limit", [0xFFFFFFFF, 3000], ids=["", "64 bits"])
@pytest.mark.parametrize("comment", [b"", b"seven words of no use to torch"], ids=["", "comment"])
@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "deflated"]
)
def test_archive(tmp_path, rig, other_path, monkeypatch, method, comment, limit):
    monkeypatch.setattr(_zip_directory, "LIMIT_32", limit)
    path = tmp_path / "pose.pt"
    old = archive(method=method, comment=comment)
    path.write_bytes(old)
    assert models.read_stamp(path) == (None, None, None)

    models.stamp(path, rig)
    once = path.read_bytes()
    models.stamp(path, other_path)
    assert models.read_stamp(path).rig_hash != rig.hash
    models.stamp(path, rig)
    assert path.read_bytes() == once  # nothing is left of the others
    assert models.read_stamp(path) == (rig.hash, rig.vec_size, SEED.read_text())
    assert records_of(path) == {**RECORDS, **extras(rig)}
    with zipfile.ZipFile(path) as file:
        assert file.comment == comment
        for info in file.infolist()[len(RECORDS) :]:
            assert data_begin(once, info) % 64 == 0
    with zipfile.ZipFile(io.BytesIO(old)) as file:
        assert once[: file.start_dir] == old[: file.start_dir]


def test_a_stamp_of_a_saving_call_is_replaced(tmp_path, rig, other_path):
    path = tmp_path / "script.pt"
    path.write_bytes(archive({**extras(other_path), **RECORDS}))
    assert models.read_stamp(path).rig_hash == rigjit.load(other_path).hash
    models.stamp(path, rig)
    size = path.stat().st_size
    models.stamp(path, rig)
    assert path.stat().st_size == size
    assert records_of(path) == {**RECORDS, **extras(rig)}


def test_checksums_that_torch_left_out(tmp_path, rig):
    """torch.serialization.set_crc32_options(False) writes others."""
    path = tmp_path / "pose.pt"
    with zipfile.ZipFile(io.BytesIO(archive({**RECORDS, **extras(rig)}))) as file:
        data = file.fp.getvalue()
        for info in file.infolist():
            data = data.replace(info.CRC.to_bytes(4, "little"), b"none")
    path.write_bytes(data)
    models.stamp(path, rig, tmp_path / "copy")
    assert models.read_stamp(path) == models.read_stamp(tmp_path / "copy")
    assert models.read_stamp(path).rig_hash == rig.hash


def npz() -> bytes:
    file = io.BytesIO()
    np.savez(file, a=np.arange(3))
    return file.getvalue()


TWICE = archive({**RECORDS, "pose/extra/rigjit.spec": b"1", "pose/extra/rigjit.sp_c": b"2"})
# The local header of a record, the directory's entry of which says where it is.
VERSION = archive()[archive().rindex(b"PK\3\4", 0, archive().index(b"pose/version")) :][:42]
BAD_ARCHIVES = {
    "npz": (npz(), "none of torch"),
    "empty": (archive({}), ""),
    "no folder": (archive({"version": b"3"}), "none of torch"),
    "another program's version": (archive({"a/version": b"one"}), "none of torch"),
    "after it": (archive() + b"\n", "something follows"),
    "before it": (archive()[:50] + archive(), "damaged"),
    "packed": (archive(method=zipfile.ZIP_BZIP2), "method 12"),
    "elsewhere": (archive().replace(VERSION, VERSION.replace(b"PK", b"KP")), "elsewhere"),
}


@pytest.mark.parametrize(("data", "why"), BAD_ARCHIVES.values(), ids=BAD_ARCHIVES)
def test_bad_archives(tmp_path, rig, data, why):
    refused(tmp_path, rig, data, why)


def test_a_stamp_that_is_there_twice(tmp_path, rig):
    path = tmp_path / "pose.pt"
    path.write_bytes(TWICE.replace(b"sp_c", b"spec"))
    with pytest.raises(ValueError, match=f"^{path}: .*twice"):
        models.read_stamp(path)
    models.stamp(path, rig)
    assert records_of(path) == {**RECORDS, **extras(rig)}


def test_pickles(tmp_path, rig):
    """torch before 1.6 wrote them."""
    refused(tmp_path, rig, pickle.dumps({"a": 1}, 2), "torch.save")


def test_cut_archives(tmp_path, rig):
    data = archive({**RECORDS, **extras(rig)})
    for cut in range(len(data) - 700, len(data), 7):
        refused(tmp_path, rig, data[:cut])


def test_damaged_archives(rig):
    """Whatever bit of the directory is wrong: no error but the one that callers expect."""
    data = archive({**RECORDS, **extras(rig)}, comment=b"a comment")
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        begin = file.start_dir
    values, rng, refusals = models.metadata(rig), np.random.default_rng(3), 0
    for place in range(begin, len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 1 << rng.integers(8)
        try:
            file = io.BytesIO(damaged)
            _torch_archive.read(file, [*values])
            b"".join(_torch_archive.stamped(file, values))
        except MalformedError:
            refusals += 1
    assert refusals > 100


@pytest.mark.parametrize("kind", ["safetensors", "torch"])
def test_memory_does_not_grow_with_the_file(tmp_path, rig, kind):
    path = tmp_path / "large"
    many = np.zeros(64 << 20, np.uint8)
    if kind == "torch":
        path.write_bytes(archive({**RECORDS, "pose/data/1": many.tobytes()}))
    else:
        save_file({"many": many}, path)
    tracemalloc.start()
    try:
        models.stamp(path, rig)
        assert models.read_stamp(path).rig_hash == rig.hash
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > many.size


def test_what_cannot_be_read_is_not_replaced(tmp_path):
    def parts():
        yield b"new"
        raise ValueError("no more")

    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(ValueError, match="no more"):
        publish(path, parts())
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    publish(path, iter([b"new", memoryview(b"er")]))
    assert path.read_bytes() == b"newer"


def run(*arguments):
    command = [sys.executable, "-m", "rigjit", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("kind", ["safetensors", "torch"])
def test_commands(tmp_path, kind, other_path):
    path, copy = tmp_path / "model", tmp_path / "copy"
    if kind == "torch":
        path.write_bytes(archive())
    else:
        save_file(TENSORS, path)
    assert "does not say" in run("check", SEED, "--model", path)[2]
    assert run("stamp", path, SEED, "-o", copy) == (0, "", "")
    assert run("check", SEED, "--model", copy) == (0, "", "")
    assert run("check", SEED, "--model", path)[0] == 1
    code, _, said = run("check", other_path, "--model", copy)
    assert code == 1
    assert "27" in said
    path.write_bytes(path.read_bytes()[:-1])
    code, out, said = run("stamp", path, SEED)
    assert (code, out) == (1, "")
    assert said.startswith(f"{path}: ")
    assert said.count("\n") == 1
    assert all(name in run("stamp", "--help")[1] for name in ("ONNX", "safetensors", "torch.save"))
