"""Generates a rig's Rust, builds the crate around it with cargo and imports what comes out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, replace
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import Any

from peers.generate_rust import OUTPUTS, generate
from peers.rig_spec import Controller, Rig, Rotation3d, Transformation, read

CRATE = Path(__file__).resolve().parent
BUILD = CRATE.parents[1] / "build" / "peers"
LIBRARY = BUILD / "target" / "release" / "librig_peers.so"

# Prints the seconds from the import to a message.
FIRST_MESSAGE = """
import sys
from time import perf_counter
import numpy as np
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_loader
vec = np.random.default_rng(1).normal(size=int(sys.argv[2])).astype(np.float32)
begin = perf_counter()
loader = ExtensionFileLoader("rig_peers", sys.argv[1])
module = module_from_spec(spec_from_loader("rig_peers", loader))
loader.exec_module(module)
module.direct_messagepack(vec)
print(perf_counter() - begin)
"""


class CannotBuildError(Exception):
    """Says why."""


def cargo_version() -> str | None:
    """None where there is no cargo."""
    if shutil.which("cargo") is None:
        return None
    command = ["cargo", "--version"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def build(rig: Rig, outputs: list[str], features: list[str]) -> None:
    BUILD.mkdir(parents=True, exist_ok=True)
    generated = BUILD / "generated.rs"
    generated.write_text(generate(rig, outputs), "utf-8")
    environment = os.environ | {
        "CARGO_TARGET_DIR": str(BUILD / "target"),
        "RIG_PEERS_GENERATED": str(generated),
        "PYO3_PYTHON": sys.executable,
        "PYO3_BUILD_EXTENSION_MODULE": "1",
    }
    command = ["cargo", "build", "--release", "--locked", "--quiet", "--no-default-features"]
    command += ["--features", ",".join(features)]
    # The crate's folder, for its .cargo/config.toml.
    done = subprocess.run(command, cwd=CRATE, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise CannotBuildError(f"cargo build failed:\n{done.stderr}")


def load() -> ModuleType:
    loader = ExtensionFileLoader("rig_peers", str(LIBRARY))
    spec = spec_from_loader("rig_peers", loader)
    if spec is None:
        raise CannotBuildError(f"{LIBRARY} cannot be imported")
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def build_all(rig: Rig) -> ModuleType:
    """Every output, the interpreter and the floor. Once a process: Python imports it only once."""
    build(rig, list(OUTPUTS), ["interpreter"])
    return load()


def as_document(transformation: Transformation) -> dict[str, Any]:
    document = {"kind": type(transformation).__name__, **asdict(transformation)}
    if isinstance(transformation, Rotation3d):
        rows = transformation.layout == "rows"
        document |= {"axes": transformation.axes, "places": transformation.places, "rows": rows}
    return document


def interpreter(module: ModuleType, rig: Rig) -> Any:
    def controller(one: Controller) -> dict[str, Any]:
        return {"name": one.name, "transformations": [*map(as_document, one.transformations)]}

    return module.Interpreter(json.dumps([controller(one) for one in rig.controllers]))


def rebuild_seconds(path: Path) -> float:
    """From a changed spec to the first message of a crate that holds nothing but its function.

    The dependencies are compiled already, and reading the spec counts.
    """
    build(read(path), ["messagepack"], [])
    begin = perf_counter()
    rig = read(path)
    first, *others = rig.controllers
    changed = replace(rig, controllers=(replace(first, name=f"{first.name}2"), *others))
    build(changed, ["messagepack"], [])
    built = perf_counter() - begin
    command = [sys.executable, "-c", FIRST_MESSAGE, str(LIBRARY), str(rig.input_count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return built + float(done.stdout)
