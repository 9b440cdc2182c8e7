"""Where these tests keep the cache, and the program that they call."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest


@pytest.fixture(autouse=True, scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory):
    """Keep the user's cache out of the tests."""
    directory = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RIGJIT_CACHE_DIR", str(directory))
        yield directory


@pytest.fixture(scope="session")
def rigjit_program() -> Path:
    """The console script of the installed package, or what RIGJIT_PROGRAM names."""
    return Path(os.environ.get("RIGJIT_PROGRAM", Path(sys.executable).parent / "rigjit"))
