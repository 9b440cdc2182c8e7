"""Rigs that the tests of the Python package share."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_spec import SPEC

import rigjit


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
