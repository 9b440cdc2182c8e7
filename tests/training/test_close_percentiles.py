"""Percentiles that statistics do not tell apart."""

from __future__ import annotations

import numpy as np
import pytest

import rigjit
from rigjit import stats

pytest.importorskip("ruamel.yaml")

SPEC = """\
rigjit: 1
controllers:
  - name: c
    transformations:
      - attribute: {name: noisy}
      - attribute: {name: resting}
      - attribute: {name: wide}
      - rotation3d: {}
"""


@pytest.fixture
def frames(tmp_path):
    """(1000, 3) of noise with one far outlier, of rest but for one frame, and of even noise;
    behind them are angles, which have no percentiles."""
    (tmp_path / "c.yaml").write_text(SPEC)
    values = np.random.default_rng(8).random((1000, 6)).astype(np.float32)
    values[0, 0] = 1e5
    values[:, 1] = 0.25
    values[1, 1] = 7
    np.save(tmp_path / "c.npy", values)
    rig = rigjit.load(tmp_path / "c.yaml")
    found, _ = stats.collect(rig, tmp_path / "c.npy", percentiles=True)
    (tmp_path / "c.json").write_text(found.to_json())
    return values[:, :3].astype(np.float64)


def test_statistics_do_not_say_that_they_are_the_same(frames, tmp_path):
    fitted = rigjit.fit(tmp_path / "c.yaml", tmp_path / "c.json", method="percentile")
    text = (
        "its percentiles lie within 1/2000 of its range, which statistics do not tell apart: its "
        "whole range is taken; fit it to the frames themselves for exact ones"
    )
    assert fitted.notes == [f"c.noisy: {text}", f"c.resting: {text}"]
    low, high = frames.min(axis=0), frames.max(axis=0)
    low[2], high[2] = np.percentile(frames[:, 2], (1, 99))
    np.testing.assert_allclose(fitted.center[:3], (low + high) / 2, rtol=0, atol=1 / 2000)
    np.testing.assert_allclose(fitted.scale[:3], (high - low) / 2, rtol=0, atol=1 / 2000)


def test_frames_tell(frames, tmp_path):
    fitted = rigjit.fit(tmp_path / "c.yaml", tmp_path / "c.npy", method="percentile")
    text = "its percentiles are the same, so its whole range is taken"
    assert fitted.notes == [f"c.resting: {text}"]
    low, high = np.percentile(frames, (1, 99), axis=0)
    low[1], high[1] = 0.25, 7
    np.testing.assert_allclose(fitted.center[:3], (low + high) / 2)
    np.testing.assert_allclose(fitted.scale[:3], (high - low) / 2)
