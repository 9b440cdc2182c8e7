"""What the tests of the training side share."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import rigjit

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/bindings"))  # small_spec


@pytest.fixture(autouse=True, scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory):
    """Keep the user's cache out of the tests."""
    directory = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RIGJIT_CACHE_DIR", str(directory))
        yield directory


@pytest.fixture(scope="session")
def human():
    """Blender's Rigify human, and (60, 2297) vectors of a real clip of it."""
    rig = rigjit.load(ROOT / "configs/rigify_human.yaml")
    return rig, np.load(ROOT / "configs/rigify/human_stress.npz")["vec_rows"]
