"""How the tests call the program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from program_specs import SPEC

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def spec(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of the small rig, or of the text that a test is parametrized with."""
    path = tmp_path / "small.yaml"
    path.write_text(getattr(request, "param", SPEC))
    return str(path)


@pytest.fixture(scope="session")
def program() -> str:
    """The console script of the installed package, or what RIGJIT_PROGRAM names."""
    return os.environ.get("RIGJIT_PROGRAM", str(Path(sys.executable).parent / "rigjit"))


@pytest.fixture
def run(program: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    cache_dir = tmp_path_factory.mktemp("cache")
    environment = {**os.environ, "RIGJIT_CACHE_DIR": str(cache_dir)}

    def run_program(*arguments: object, **options):
        options.setdefault("capture_output", True)
        options.setdefault("stdin", None if "input" in options else subprocess.DEVNULL)
        if "input" in options:
            del options["stdin"]
        command = [program, *map(str, arguments)]
        return subprocess.run(command, env=environment, timeout=60, **options)

    return run_program
