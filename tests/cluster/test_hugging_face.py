"""Shards are read by Hugging Face's datasets, which are installed here."""

from __future__ import annotations

import datasets
import numpy as np
import pytest
from builds import write_clip

from rigjit.dataset import build


@pytest.mark.parametrize("window", [None, 8])
def test_hugging_face(spec, rig, tmp_path, window):
    vecs = write_clip(tmp_path / "clips/walk.safetensors", rig, 400, 1)
    build(spec, [tmp_path / "clips"], tmp_path / "set", windows=window)
    files = f"{tmp_path}/set/part-*.parquet"
    found = datasets.load_dataset(
        "parquet", data_files=files, split="train", cache_dir=str(tmp_path / "cache")
    )
    assert found["clip"][:] == ["walk"] * (400 // (window or 1))
    assert found["frame"][:] == list(range(0, 400, window or 1))
    rows = np.frombuffer(b"".join(found["vec"][:]), np.float32)
    assert np.array_equal(rows, vecs.reshape(-1))
