"""A C++17 program built against the installed package."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import msgpack
import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("RIGJIT_BUILD_DIR", ROOT / "build" / "dev"))
SPEC = ROOT / "configs" / "seed.yaml"

pytestmark = pytest.mark.skipif(
    "RIGJIT_BUILD_DIR" not in os.environ and not (BUILD / "build.ninja").exists(),
    reason="there is no C++ build; test.sh makes one",
)


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("prefix")
    command = ["cmake", "--install", BUILD, "--prefix", prefix, "--component", "development"]
    subprocess.run(command, check=True, capture_output=True)
    return prefix


def test_example_program(prefix, tmp_path):
    build = tmp_path / "build"
    configure = ["cmake", "-G", "Ninja", "-S", Path(__file__).parent / "example", "-B", build]
    subprocess.run([*configure, f"-DCMAKE_PREFIX_PATH={prefix}"], check=True, capture_output=True)
    made = subprocess.run(["cmake", "--build", build], capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
    environment = {**os.environ, "RIGJIT_CACHE_DIR": str(tmp_path / "cache")}
    command = [build / "example", SPEC]
    message = subprocess.run(command, check=True, capture_output=True, env=environment).stdout
    assert msgpack.unpackb(message)
    assert subprocess.run([build / "example", "/nowhere"], capture_output=True).returncode == 1


def test_installed_program(prefix):
    subprocess.run([prefix / "bin" / "rigjit", "check", SPEC], check=True, capture_output=True)


def test_no_foreign_header(prefix):
    text = "".join(path.read_text() for path in (prefix / "include").rglob("*.h"))
    for foreign in ("#include <llvm", '#include "llvm', "yaml-cpp", "YAML::", "llvm::"):
        assert foreign not in text


def test_only_the_api_is_shown(prefix):
    (library,) = [path for path in prefix.rglob("librigjit.so*") if not path.is_symlink()]
    command = ["nm", "-DC", "--defined-only", library]
    symbols = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    names = [line.split(maxsplit=2)[2] for line in symbols.splitlines()]
    assert names
    assert all(name.startswith("rigjit::") for name in names)


def test_kernels_share_no_inline_functions():
    """The linker would keep one copy for all processors, and it might be the newest one's."""
    for level in ("x86_64_v3", "x86_64_v4"):
        for path in BUILD.rglob(f"kernel/{level}.cc.o"):
            command = ["nm", "-C", path]
            lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            weak = re.findall(r"^\w* [WVu] (.*)$", lines, re.MULTILINE)
            assert [name for name in weak if f"collision::{level}" not in name] == []
