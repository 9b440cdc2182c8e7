"""A cache directory for the tests of a folder, whose conftest.py takes it from here."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory):
    """Keep the user's cache out of the tests."""
    directory = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RIGJIT_CACHE_DIR", str(directory))
        yield directory
