"""`rigjit.Dataset` under torch's DataLoader."""

from __future__ import annotations

import numpy as np
import pytest

import rigjit
from rigjit.dataset import build


@pytest.mark.parametrize("form", ["parquet", "arrow"])
@pytest.mark.parametrize("method", [None, "fork", "spawn"])
def test_every_row_comes_once(spec, clips, tmp_path, form, method):
    torch = pytest.importorskip("torch")
    build(spec, [clips[0]], tmp_path / "set", format=form, shard_size=20000)
    dataset = rigjit.Dataset(tmp_path / "set", spec)
    rows = np.concatenate(list(clips[1].values()))
    assert np.array_equal(dataset[1], rows[1])  # opened before workers begin
    loader = torch.utils.data.DataLoader(
        dataset,
        batch_size=64,
        shuffle=True,
        generator=torch.Generator().manual_seed(1),
        num_workers=0 if method is None else 2,
        multiprocessing_context=method,
    )
    batches = list(loader)
    assert all(batch.dtype == torch.float32 for batch in batches)
    found = torch.cat(batches).numpy()
    assert not np.array_equal(found, rows)
    assert np.array_equal(found[np.lexsort(found.T)], rows[np.lexsort(rows.T)])
