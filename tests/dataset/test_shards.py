"""What lies in the shards, read by pyarrow alone and compared with the kernel."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from builds import contents, run, table_of, vectors
from pyarrow import ipc
from pyarrow import parquet as pq

import rigjit
from rigjit.dataset import build


@pytest.fixture(scope="module")
def built(tmp_path_factory, spec, clips):
    folder = tmp_path_factory.mktemp("data") / "set"
    summary = build(spec, [clips[0]], folder, workers=1, shard_size=20000)
    return folder, summary


def test_rows_are_the_clips_frames(built, clips, rig):
    folder, summary = built
    table = table_of(folder)
    assert table.column_names == ["clip", "frame", "time", "vec"]
    assert table["clip"].to_pylist() == [n for n, v in clips[1].items() for _ in v]
    assert table["frame"].to_pylist() == [i for v in clips[1].values() for i in range(len(v))]
    assert np.array_equal(table["time"].to_numpy(), table["frame"].to_numpy() / 24)
    assert np.array_equal(vectors(table["vec"]), np.concatenate(list(clips[1].values())))
    assert summary.rows == summary.frames == len(table)
    assert summary.bad_frames == summary.unreadable == 0
    assert summary.shards == len(list(folder.glob("part-*"))) > 2


def test_types_are_as_documented(built):
    schema = pq.read_schema(built[0] / "part-00000.parquet")
    assert [str(field.type) for field in schema][:3] == ["string", "int32", "double"]
    assert pa.types.is_fixed_size_binary(schema.field("vec").type)
    assert not any(field.nullable for field in schema)


def test_footer_says_the_rig(built, rig, spec):
    for shard in built[0].glob("part-*"):
        metadata = pq.read_metadata(shard).metadata
        assert metadata[b"rigjit.rig_hash"].decode() == rig.hash
        assert rigjit.loads(metadata[b"rigjit.spec"].decode()).hash == rig.hash


def test_manifest_counts(built, clips):
    manifest = json.loads((built[0] / "manifest.json").read_bytes())
    assert manifest["rows"] == sum(map(len, clips[1].values()))
    for shard in manifest["shards"]:
        path = built[0] / shard["file"]
        assert path.stat().st_size == shard["bytes"]
        assert pq.read_metadata(path).num_rows == shard["rows"]
    names = [clip["clip"] for shard in manifest["shards"] for clip in shard["clips"]]
    assert names == list(clips[1])


def test_no_error_is_an_empty_table(built):
    table = pq.read_table(built[0] / "errors.parquet")
    assert (len(table), table.column_names) == (
        0,
        ["clip", "frame", "code", "message", "controller", "attribute"],
    )


def test_nothing_else_is_left(built):
    names = {path.name for path in built[0].iterdir()}
    assert {n for n in names if not n.startswith("part-")} == {"manifest.json", "errors.parquet"}


@pytest.mark.parametrize("workers", [2, 3])
def test_bytes_are_those_of_one_worker(built, spec, clips, tmp_path, workers):
    build(spec, [clips[0]], tmp_path / "set", workers=workers, shard_size=20000)
    assert contents(tmp_path / "set") == contents(built[0])


def test_bytes_know_no_path_and_no_order_of_arguments(built, spec, clips, tmp_path):
    """Of a copy elsewhere, with its folders named by themselves."""
    import shutil

    shutil.copytree(clips[0], tmp_path / "other place")
    shutil.copy(spec, tmp_path / "other.yaml")
    build(tmp_path / "other.yaml", [tmp_path / "other place"], tmp_path / "set", shard_size=20000)
    assert contents(tmp_path / "set") == contents(built[0])
    for data in contents(built[0]).values():
        assert str(clips[0]).encode() not in data


def test_arrow_is_mapped(spec, clips, tmp_path):
    build(spec, [clips[0]], tmp_path / "set", format="arrow")
    with pa.memory_map(str(tmp_path / "set/part-00000.arrow")) as file:
        table = ipc.open_file(file).read_all()
        assert np.array_equal(vectors(table["vec"]), np.concatenate(list(clips[1].values())))
        assert table.schema.metadata[b"rigjit.vec_size"] == b"29"
    assert set(contents(tmp_path / "set")) == {
        "part-00000.arrow",
        "errors.parquet",
        "manifest.json",
    }


def test_url(spec, clips, tmp_path, built):
    """Of fsspec: both what is read and what is written."""
    done = run(spec, f"file://{clips[0]}", "-o", f"file://{tmp_path}/set", "--shard-size", 20000)
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "set") == contents(built[0])


def test_store_without_renames(spec, clips):
    import fsspec

    files = fsspec.filesystem("memory")
    summary = build(spec, [clips[0]], "memory://bucket/set", workers=1, shard_size=20000)
    assert summary.built == summary.shards
    again = build(spec, [clips[0]], "memory://bucket/set", workers=1, shard_size=20000)
    assert (again.built, again.rows) == (0, summary.rows)
    names = {path.rpartition("/")[2] for path in files.ls("/bucket/set", detail=False)}
    assert {n for n in names if not n.startswith("part-")} == {"manifest.json", "errors.parquet"}
    dataset = rigjit.Dataset("memory://bucket/set", spec)
    wanted = np.concatenate(list(clips[1].values()))
    assert np.array_equal(np.concatenate(list(dataset.batches(100))), wanted)


def test_a_rig_of_constants_alone(tmp_path):
    spec = tmp_path / "still.yaml"
    constant = "constant: {name: k, value: 1}"
    spec.write_text(f"rigjit: 1\ncontrollers: [{{name: a, transformations: [{constant}]}}]\n")
    (tmp_path / "a.json").write_text('[{"a": {"k": 1}}, {"a": {"k": 1}}]')
    done = run(spec, tmp_path / "a.json", "-o", tmp_path / "set")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "the rig '' has constants alone" in done.stderr
    assert not (tmp_path / "set").exists()
