"""The manuals' links lead somewhere, and the files and codes that they name exist."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from manual_texts import BLOCK, FOLDERS, FOREIGN, MANUALS, ROOT

SOURCE = re.compile(r"[\w./-]*\w\.(?:cc|h|in|py|pyi|sh|cmake|map|svg|toml)")
TABLED = re.compile(r"[\w./-]+\.(?:yaml|py|cc|h|json|npz|md|sh|toml|txt)")


def prose(manual: str) -> str:
    return BLOCK.sub("", (ROOT / manual).read_text("utf-8"))


@cache
def anchors(manual: Path) -> set[str]:
    """Of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", BLOCK.sub("", manual.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@cache
def tails() -> set[str]:
    """Every path of the project, and what is left of it without its first folders."""
    found = set()
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            parts = path.relative_to(ROOT).parts
            if not FOREIGN & set(parts):
                found |= {"/".join(parts[i:]) for i in range(len(parts))}
    return found | {path.name for path in ROOT.iterdir()}


@pytest.mark.parametrize("manual", MANUALS)
def test_links_lead_somewhere(manual):
    folder = (ROOT / manual).parent
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", prose(manual)):
        path = (folder / target) if target else ROOT / manual
        assert path.exists(), target
        assert not anchor or anchor in anchors(path.resolve()), f"{target}#{anchor}"


@pytest.mark.parametrize("manual", MANUALS)
def test_named_sources_exist(manual):
    for name in re.findall(r"`([^`\s]+)`", prose(manual)):
        if SOURCE.fullmatch(name) and name != "gunicorn.conf.py":
            assert name.removeprefix("./") in tails(), name


@pytest.mark.parametrize("manual", MANUALS)
def test_files_that_a_table_lists_are_there(manual):
    folder = (ROOT / manual).parent
    for cell in re.findall(r"^\| (`[^|]+)\|", prose(manual), re.MULTILINE):
        for name in re.findall(r"`([^`]+)`", cell):
            if TABLED.fullmatch(name):
                assert (folder / name).exists() or (ROOT / name).exists(), name


def test_every_manual_is_found_from_the_first_one():
    """By links: nobody has to search."""
    found, new = set(), {(ROOT / "README.md").resolve()}
    while new:
        manual = new.pop()
        found.add(manual)
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", manual.read_text("utf-8")):
            path = (manual.parent / target).resolve()
            if path.suffix == ".md" and path not in found:
                new.add(path)
    assert {(ROOT / manual).resolve() for manual in MANUALS} - found == set()


def test_the_first_manual_is_short():
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 160


def test_error_codes_of_the_frontend_are_documented():
    text = (ROOT / "configs/README.md").read_text("utf-8")
    documented = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", text))
    written = set()
    for source in (ROOT / "frontend").rglob("*.cc"):
        code = source.read_text("utf-8")
        for pattern in (r'\badd\(\s*"([a-z]+-[a-z-]+)"', r'[{(]\s*"([a-z]+-[a-z-]+)",\s'):
            written |= set(re.findall(pattern, code))
    assert len(written) > 30
    assert written - documented == set()
