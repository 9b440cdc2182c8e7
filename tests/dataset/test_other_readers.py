"""Shards are read without rigjit, as the manual says."""

from __future__ import annotations

import numpy as np
import pytest
from builds import write_clip

from rigjit.dataset import build


@pytest.fixture(scope="module", params=[None, 8])
def shards(request, tmp_path_factory, spec, rig):
    """(folder, clip names, frames, vectors), of single frames and of windows."""
    folder = tmp_path_factory.mktemp("data")
    vecs = np.concatenate(
        [write_clip(folder / f"clips/{name}.safetensors", rig, 400, ord(name)) for name in "ab"]
    )
    build(spec, [folder / "clips"], folder / "set", windows=request.param, shard_size=1)
    window = request.param or 1
    names = [name for name in "ab" for _ in range(400 // window)]
    frames = list(range(0, 400, window)) * 2
    return folder / "set", names, frames, vecs.reshape(len(names), -1)


def test_pyarrow(shards):
    import pyarrow.parquet as pq

    folder, names, frames, vecs = shards
    table = pq.read_table(folder, filters=None, ignore_prefixes=["errors", ".", "manifest"])
    assert table["clip"].to_pylist() == names
    assert table["frame"].to_pylist() == frames
    column = table["vec"].combine_chunks()
    found = np.frombuffer(column.buffers()[1], np.float32).reshape(len(column), -1)
    assert np.array_equal(found, vecs)


def test_polars(shards):
    import polars as pl

    folder, names, frames, vecs = shards
    table = pl.read_parquet(folder / "part-*.parquet")
    assert table["clip"].to_list() == names
    assert table["frame"].to_list() == frames
    kind = pl.Array(pl.Float32, vecs.shape[1])
    found = table["vec"].bin.reinterpret(dtype=kind, endianness="little").to_numpy()
    assert np.array_equal(found, vecs)


def test_duckdb(shards):
    import duckdb

    folder, names, frames, vecs = shards
    query = f"select clip, frame, vec from '{folder}/part-*.parquet' order by clip, frame"
    table = duckdb.sql(query).fetchnumpy()
    assert list(table["clip"]) == names
    assert list(table["frame"]) == frames
    found = np.frombuffer(b"".join(table["vec"]), np.float32).reshape(len(names), -1)
    assert np.array_equal(found, vecs)
