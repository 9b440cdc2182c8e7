"""Where these tests keep the cache, and the program that they call."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from own_cache import cache_dir as cache_dir


@pytest.fixture(scope="session")
def rigjit_program() -> Path:
    """The console script of the installed package, or what RIGJIT_PROGRAM names."""
    return Path(os.environ.get("RIGJIT_PROGRAM", Path(sys.executable).parent / "rigjit"))
