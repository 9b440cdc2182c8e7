"""Rigs that the tests of the Python package share."""

from __future__ import annotations

from pathlib import Path

import pytest
from own_cache import cache_dir as cache_dir
from small_spec import SPEC

import rigjit


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
