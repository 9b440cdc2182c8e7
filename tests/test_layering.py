"""Includes go one way, and each foreign library has one crossing.

Also a script: python tests/test_layering.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

FRONTEND_HEADERS = r"rigjit/(load|rig_spec)\.h"
LIBRARY_HEADERS = r"rigjit/about\.h"

# Folder → what its files must not include, as patterns that an include begins with.
FORBIDDEN = {
    "engine": rf"{FRONTEND_HEADERS}|{LIBRARY_HEADERS}|yaml-cpp|pybind11|Python\.h|CLI/",
    "engine/plan": r"codegen/|runtime/|llvm",
    "engine/codegen": r"runtime/",
    "engine/runtime": r"llvm",
    "engine/include": r"codegen/|runtime/|plan/|llvm",
    "frontend": rf"{LIBRARY_HEADERS}|llvm|codegen/(?!target\.h|no_fork\.h)|pybind11|Python\.h|CLI/",
    "bindings": r"llvm|yaml-cpp|codegen/(?!compile\.h|target\.h)|plan/",
}
# The only files that may include a library.
CROSSINGS = {
    "CLI/": {"bindings/cli/options.cc"},
    "msgpack": {"engine/runtime/read_msgpack.cc"},
    "simdjson": {"engine/runtime/json_parse.cc", "engine/runtime/read_json.cc"},
    "yaml-cpp/": {"frontend/yaml_tree.cc"},
}


def offences() -> list[str]:
    """Every include that goes the wrong way, as file:line: text."""
    found = []
    for folder in ("engine", "frontend", "bindings"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".cc", ".h"):
                found += offences_of(path)
    return found


def offences_of(path: Path) -> list[str]:
    name = path.relative_to(ROOT).as_posix()
    rules = [rule for folder, rule in FORBIDDEN.items() if name.startswith(folder + "/")]
    rules += [prefix for prefix, allowed in CROSSINGS.items() if name not in allowed]
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        include = re.match(r'\s*#include [<"]([^>"]+)[>"]', line)
        if include and any(re.match(rule, include[1]) for rule in rules):
            found.append(f"{name}:{number}: {line.strip()}")
    return found


def test_includes_go_one_way():
    assert offences() == []


if __name__ == "__main__":
    wrong = offences()
    print("\n".join(wrong))
    sys.exit(bool(wrong))
