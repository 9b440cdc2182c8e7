"""Statistics as a table of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rigjit.stats._findings import KINDS
from rigjit.stats._statistics import Statistics, check_statistics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rigjit.stats._findings import Finding

SHOWN = 20  # findings of a kind; the others are counted

_HEADINGS = {
    "beyond-limits": "beyond limits",
    "jumps": "jumps",
    "saturates": "saturated",
    "near-lock": "near gimbal lock",
    "type": "bools or ints?",
    "one-axis": "about one axis: rotation1d would do",
    "never-moves": "never moving: constants would do",
}


def summary(statistics: Statistics) -> str:
    """How much was seen, and what was left out, on one line."""
    check_statistics(statistics)
    clips = "1 clip" if statistics.clips == 1 else f"{statistics.clips:,} clips"
    frames = "1 frame" if statistics.frames == 1 else f"{statistics.frames:,} frames"
    text = f"{frames} of {clips}"
    if statistics.bad:
        bad = ", ".join(f"{count:,} {code}" for code, count in sorted(statistics.bad.items()))
        text += f"; {sum(statistics.bad.values()):,} bad frames left out ({bad})"
    return text


def table(statistics: Statistics) -> str:
    """A line a channel: mean, deviation, least, greatest and largest step."""
    check_statistics(statistics)
    layout = statistics.layout
    rows: list[tuple[str, ...]] = [("channel", "mean", "deviation", "least", "greatest", "step")]
    columns = (
        statistics.mean,
        statistics.deviation,
        statistics.low,
        statistics.high,
        statistics.steps.largest,
    )
    for place in range(len(layout.channels)):
        rows.append((layout.label(place), *(f"{column[place]:.6g}" for column in columns)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def findings_text(findings: Sequence[Finding], shown: int = SHOWN) -> str:
    """A paragraph a kind: what was found, and what is offered in its place."""
    parts = []
    for kind in KINDS:
        some = [each for each in findings if each.kind == kind]
        if not some:
            continue
        lines = [f"{_HEADINGS[kind]} ({len(some)}):"]
        for each in some[:shown]:
            offers = each.offer.split("\n") if each.offer else []
            before = "   - " if len(offers) == 1 else "\n    - "
            offer = "".join(f"{before}{one}" for one in offers)
            lines.append(f"  {each.subject} {each.text}{offer}")
        if len(some) > shown:
            lines.append(f"  and {len(some) - shown} more")
        parts.append("\n".join(lines))
    return "\n".join(parts)
