"""Servers that the tests share: started once, asked by all that change nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from own_cache import cache_dir as cache_dir
from running import Server, serving

import rigjit

ROOT = Path(__file__).resolve().parents[2]

# Every kind of channel, and a name that a page or a log must not take for its own.
SPEC = """rigjit: 1
name: hero
controllers:
  - name: root
    transformations: [translation: {scale: 25, center: 1}, rotation3d: {rotate_order: zxy}]
  - name: "<b>l_hand & \\"co\\"</b>"
    transformations:
      - rotation1d: {axis: y}
      - attribute: {name: pinned, type: bool}
      - attribute: {name: space, type: enum, names: [world, chest], encoding: one_hot}
      - attribute: {name: reach, min: 0, max: 1, limit: error}
      - constant: {name: IK_FK, value: 1}
"""


@pytest.fixture(scope="session")
def spec_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("specs") / "hero.yaml"
    path.write_text(SPEC)
    return path


@pytest.fixture(scope="session")
def rig(spec_path: Path) -> rigjit.Rig:
    return rigjit.load(spec_path)


@pytest.fixture(scope="session")
def vecs(rig: rigjit.Rig) -> np.ndarray:
    """Nine good frames."""
    rng = np.random.default_rng(7)
    found = rng.normal(size=(9, rig.vec_size)).astype(np.float32)
    reach = rig.inputs.index(next(each for each in rig.inputs if "reach" in each[2] + each[1]))
    found[:, reach:] = rng.uniform(0.1, 0.9, (9, rig.vec_size - reach))
    rig.vec_to_rig_batch(found)
    return found


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, spec_path: Path):
    """Two rigs, no model; nothing may be changed that others see."""
    tmp_path = tmp_path_factory.mktemp("server")
    with serving(tmp_path, spec_path, f"seed={ROOT}/configs/seed.yaml") as running:
        yield running
        log = running.log()
    assert "Traceback" not in log, log


__all__ = ["Server"]
