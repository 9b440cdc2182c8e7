"""Rigs that the tests of the Python package share."""

from __future__ import annotations

from pathlib import Path

import pytest

import rigjit

SPEC = """
rigjit: 1
name: small
metadata: {unit: cm, take: 3}
controllers:
  - name: x_main_CTRL
    transformations:
      - translation: {axes: xyz, scale: 25, center: 0}
      - attribute: {name: stretch, scale: 0.5, center: 0.5, min: 0, max: 1}
      - constant: {name: IK_FK, value: 1}
  - name: l_elbow_CTRL
    transformations:
      - rotation1d: {axis: y}
  - name: head
    transformations:
      - rotation3d: {rotate_order: zxy}
      - scale: {axes: xz, scale: [0.9, 1.1], center: 1}
"""


@pytest.fixture(autouse=True, scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory):
    """Keep the user's cache out of the tests."""
    directory = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RIGJIT_CACHE_DIR", str(directory))
        yield directory


@pytest.fixture(scope="session")
def rig(cache_dir: Path) -> rigjit.Rig:
    """Fourteen inputs of every kind."""
    return rigjit.loads(SPEC)


@pytest.fixture
def spec_path(tmp_path: Path) -> Path:
    """The same rig as a file."""
    path = tmp_path / "small.yaml"
    path.write_text(SPEC)
    return path
