"""What the tests of the training side share."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from own_cache import cache_dir as cache_dir

import rigjit

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/bindings"))  # small_spec


@pytest.fixture(scope="session")
def human():
    """Blender's Rigify human, and (60, 2297) vectors of a real clip of it."""
    rig = rigjit.load(ROOT / "configs/rigify_human.yaml")
    return rig, np.load(ROOT / "configs/rigify/human_stress.npz")["vec_rows"]
