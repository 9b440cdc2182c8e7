"""The manuals, and the fenced blocks in them."""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (".github", "bench", "bindings", "configs", "engine", "frontend", "tests")
# What tools unpack beside the sources.
FOREIGN = {"node_modules", "site-packages", "target"}


def manuals() -> list[str]:
    """Every Markdown file of the project, relative to ROOT."""
    found = ["README.md"]
    for folder in FOLDERS:
        paths = (path.relative_to(ROOT) for path in sorted((ROOT / folder).rglob("*.md")))
        found += [path.as_posix() for path in paths if not FOREIGN & set(path.parts)]
    return found


MANUALS = manuals()

BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(info: str, besides: Container[str] = ()) -> list:
    """Parameters (manual, text) of all fenced blocks with this info string, of other manuals."""
    found = []
    for manual in MANUALS:
        if manual in besides:
            continue
        text = (ROOT / manual).read_text("utf-8")
        for match in BLOCK.finditer(text):
            if match[1] == info:
                line = text[: match.start()].count("\n") + 1
                found.append(pytest.param(manual, match[2], id=f"{manual}:{line}"))
    return found
