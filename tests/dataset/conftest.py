"""What the tests of data sets share."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds import SPEC, write_clip
from own_cache import cache_dir as cache_dir

import rigjit


@pytest.fixture(scope="session")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spec") / "hero.yaml"
    path.write_text(SPEC)
    return path


@pytest.fixture(scope="session")
def rig(spec: Path) -> rigjit.Rig:
    return rigjit.load(spec)


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory, rig: rigjit.Rig) -> tuple[Path, dict]:
    """A folder of seven clips in folders, and {name: vectors}."""
    folder = tmp_path_factory.mktemp("clips")
    found = {}
    for number in range(7):
        name = f"take{number % 2}/walk{number}"
        found[name] = write_clip(folder / f"{name}.safetensors", rig, 50 + 37 * number, number)
    return folder, dict(sorted(found.items()))
