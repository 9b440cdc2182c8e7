"""`rigjit.Dataset`: rows by number, however they lie in files, and by torch's way of asking."""

from __future__ import annotations

import multiprocessing
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from builds import random_vecs
from pyarrow import parquet as pq

import rigjit
from rigjit.dataset import DatasetError, build


@pytest.fixture(scope="module", params=["parquet", "arrow"])
def dataset(request, tmp_path_factory, spec, clips):
    folder = tmp_path_factory.mktemp("data") / "set"
    build(spec, [clips[0]], folder, format=request.param, shard_size=20000)
    return rigjit.Dataset(folder, spec)


@pytest.fixture(scope="module")
def rows(clips):
    return np.concatenate(list(clips[1].values()))


def test_rows(dataset, rows, rig):
    assert len(dataset) == len(rows)
    for index in (0, 1, 49, 50, len(rows) - 1, -1, -len(rows), np.int64(7)):
        row = dataset[index]
        assert (row.dtype, row.shape) == (np.float32, (rig.vec_size,))
        assert np.array_equal(row, rows[index])
    row = dataset[3]
    row[:] = 0  # is the caller's own
    assert np.array_equal(dataset[3], rows[3])


@pytest.mark.parametrize("index", [10**9, -(10**9)])
def test_beyond_its_end(dataset, index):
    with pytest.raises(IndexError, match=str(len(dataset))):
        dataset[index]
    with pytest.raises(IndexError):
        dataset.info(index)


def test_it_ends_as_a_sequence(dataset, rows):
    assert np.array_equal(np.stack(list(dataset)), rows)


def test_info(dataset, clips):
    wanted = [(name, i, i / 24, False) for name, vecs in clips[1].items() for i in range(len(vecs))]
    assert [dataset.info(i) for i in range(len(dataset))] == wanted


def test_batches(dataset, rows):
    found = list(dataset.batches(64))
    assert [len(batch) for batch in found[:-1]] == [64] * (len(found) - 1)
    assert np.array_equal(np.concatenate(found), rows)
    shuffled = np.concatenate(list(dataset.batches(64, shuffle=1)))
    again = np.concatenate(list(dataset.batches(50, shuffle=1)))
    other = np.concatenate(list(dataset.batches(64, shuffle=2)))
    assert np.array_equal(shuffled, again)
    assert not np.array_equal(shuffled, rows)
    assert not np.array_equal(shuffled, other)
    order = np.lexsort(shuffled.T)
    assert np.array_equal(shuffled[order], rows[np.lexsort(rows.T)])
    with pytest.raises(ValueError, match="1 row or more"):
        next(dataset.batches(0))


def test_pickle_is_its_place(dataset, rows):
    data = pickle.dumps(dataset)
    assert len(data) < 1000
    assert np.array_equal(pickle.loads(data)[5], rows[5])


def _take(dataset, indices):
    return [dataset[i] for i in indices], dataset.info(indices[0])


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers(dataset, rows, method):
    """As a DataLoader has them: the data set is opened before, and asked in another process."""
    assert np.array_equal(dataset[0], rows[0])
    order = np.random.default_rng(0).permutation(len(rows))[:200].tolist()
    with multiprocessing.get_context(method).Pool(2) as pool:
        taken = pool.starmap(_take, [(dataset, order[i : i + 50]) for i in range(0, 200, 50)])
    found = np.stack([row for some, _ in taken for row in some])
    assert np.array_equal(found, rows[order])


def test_of_another_rig(dataset, tmp_path, spec):
    other = tmp_path / "other.yaml"
    other.write_text(spec.read_text().replace("scale: 25", "scale: 30"))
    with pytest.raises(rigjit.RigError) as caught:
        rigjit.Dataset(dataset._store.url, other)
    assert caught.value.errors[0].code == "rig-changed"
    assert "scale" in str(caught.value)
    assert "\n  root.translateX: scale 25 -> 30\n" in str(caught.value)  # in lines of its own
    assert "\\x0a" not in str(caught.value)


def by_pyarrow(path):
    pq.write_table(pq.read_table(path), path, compression="zstd", row_group_size=37)


def by_polars(path):
    """Which knows no bytes of a fixed size, and drops what the footer says."""
    pl = pytest.importorskip("polars")
    pl.read_parquet(path).write_parquet(path, row_group_size=41)


def by_duckdb(path):
    duckdb = pytest.importorskip("duckdb")
    rows = duckdb.sql(f"select * from '{path}'")
    rows.write_parquet(f"{path}.new", compression="snappy")
    Path(f"{path}.new").rename(path)


@pytest.mark.parametrize("write", [by_pyarrow, by_polars, by_duckdb])
def test_rows_that_another_tool_has_written_anew(spec, clips, rows, tmp_path, write):
    """Compressed, in other groups: decoded, since they lie nowhere as they are."""
    build(spec, [clips[0]], tmp_path / "set", shard_size=20000)
    wanted = rigjit.Dataset(tmp_path / "set")
    shards = sorted((tmp_path / "set").glob("part-*"))
    for path in shards[1:]:
        size = path.stat().st_size
        write(path)
        assert path.stat().st_size != size
    again = rigjit.Dataset(tmp_path / "set", spec)
    assert np.array_equal(np.concatenate(list(again.batches(100))), rows)
    assert again.info(len(rows) - 1) == wanted.info(len(rows) - 1)
    assert again.spec() == wanted.spec()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda table: table.slice(1), r"has \d+ rows?|has \d+ bytes"),
        (lambda table: table.drop_columns(["time"]), r"has \d+ bytes"),
        (lambda table: table.append_column("more", table["time"]).drop_columns(["vec"]), "bytes"),
    ],
)
def test_rows_that_another_tool_has_lost(spec, clips, tmp_path, change, text):
    build(spec, [clips[0]], tmp_path / "set", shard_size=20000)
    path = tmp_path / "set/part-00001.parquet"
    pq.write_table(change(pq.read_table(path)), path)
    with pytest.raises(DatasetError, match=rf"part-00001\.parquet: .*({text})"):
        rigjit.Dataset(tmp_path / "set")


def test_a_large_row_group_is_read_in_place(spec, rig, tmp_path):
    """More than a page of Parquet has by itself: rows, and bytes."""
    np.save(tmp_path / "v.npy", random_vecs(rig, 40000, 1))
    build(spec, [tmp_path / "v.npy"], tmp_path / "set", kind="vectors")
    dataset = rigjit.Dataset(tmp_path / "set")
    wanted = np.load(tmp_path / "v.npy")
    assert all(np.array_equal(dataset[i], wanted[i]) for i in (0, 16383, 16384, 39999))
    reader = dataset._readers[0]
    assert reader._groups._mapped.keys() == {0, 1, 2}


def test_what_is_no_data_set(tmp_path):
    with pytest.raises(DatasetError, match=r"has no manifest\.json"):
        rigjit.Dataset(tmp_path)
    with pytest.raises(DatasetError, match=r"has no manifest\.json"):
        rigjit.Dataset(tmp_path / "nowhere")
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(DatasetError, match="cannot be read"):
        rigjit.Dataset(tmp_path)
    (tmp_path / "manifest.json").write_text('{"name": "site"}')
    with pytest.raises(DatasetError, match="is not of a data set"):
        rigjit.Dataset(tmp_path)


def test_a_shard_that_was_cut(spec, clips, tmp_path):
    build(spec, [clips[0]], tmp_path / "set", shard_size=20000)
    shard = tmp_path / "set/part-00001.parquet"
    shard.write_bytes(shard.read_bytes()[:-100])
    with pytest.raises(DatasetError, match=r"part-00001\.parquet: has \d+ bytes"):
        rigjit.Dataset(tmp_path / "set")
    shard.unlink()
    with pytest.raises(DatasetError, match=r"part-00001\.parquet: is missing"):
        rigjit.Dataset(tmp_path / "set")


def test_import_rigjit_imports_nothing_of_it():
    code = "import rigjit, sys; print([n for n in sys.modules if 'pyarrow' in n or 'dataset' in n])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
