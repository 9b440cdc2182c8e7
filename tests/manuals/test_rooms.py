"""Every room says what it is for, and what it says is there."""

from __future__ import annotations

import re

import pytest
from manual_texts import ROOT
from test_layering import ROOMS, ROOTS

MANY = sorted({*ROOMS, "tests", "bench"})
ITEMS = ("Comes in", "Goes out", "Read first", "Must not know")


def items(room: str) -> dict[str, str]:
    """The room's README by its points."""
    text = (ROOT / room / "README.md").read_text("utf-8")
    return dict(re.findall(r"^- \*\*([\w ]+):\*\* (.*(?:\n  .*)*)", text, re.MULTILINE))


@pytest.mark.parametrize("room", MANY)
def test_room_says_what_it_is_for(room):
    assert set(ITEMS) <= set(items(room))


@pytest.mark.parametrize("room", MANY)
def test_first_files_are_in_the_room(room):
    """Or are public headers, which are named as they are included."""
    files = re.findall(r"`([\w./-]+\.\w+)`", items(room)["Read first"])
    assert files
    for name in files:
        assert any((ROOT / root / name).is_file() for root in (room, *ROOTS)), name


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_no_room_is_a_hall(room):
    """About forty files at most."""
    assert sum(path.suffix in (".cc", ".h") for path in (ROOT / room).iterdir()) <= 42
