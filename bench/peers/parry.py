"""Parry, as a crate that Python calls: pair by pair, or in a loop in Rust."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

from peers.crate import CannotBuildError

CRATE = Path(__file__).resolve().parent / "collision"
TARGET = CRATE.parents[2] / "build" / "peers" / "collision"
LIBRARY = TARGET / "release" / "libcollision_peers.so"


def build() -> ModuleType:
    """Optimised for this machine, as peers/.cargo/config.toml says."""
    environment = os.environ | {
        "CARGO_TARGET_DIR": str(TARGET),
        "PYO3_PYTHON": sys.executable,
        "PYO3_BUILD_EXTENSION_MODULE": "1",
    }
    command = ["cargo", "build", "--release", "--locked", "--quiet"]
    # The folder, for the .cargo/config.toml above it.
    done = subprocess.run(command, cwd=CRATE, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise CannotBuildError(f"cargo build failed:\n{done.stderr}")
    spec = spec_from_loader("collision_peers", ExtensionFileLoader("collision_peers", str(LIBRARY)))
    if spec is None or spec.loader is None:
        raise CannotBuildError(f"{LIBRARY} cannot be imported")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
