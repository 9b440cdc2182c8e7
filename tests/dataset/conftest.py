"""What the tests of data sets share."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds import SPEC, write_clip

import rigjit


@pytest.fixture(autouse=True, scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory):
    """Keep the user's cache out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RIGJIT_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


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
