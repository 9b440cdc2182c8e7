"""Statistics as a picture: the range of every channel, the odd ones first.

An SVG that reads in light and in dark; the same statistics give the same text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import numpy as np

from rigjit.stats._arguments import check_limits
from rigjit.stats._findings import is_still
from rigjit.stats._statistics import Statistics, check_statistics
from rigjit.stats._table import summary
from rigjit.stats._text import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rigjit.stats._findings import Finding

_WIDTH, _MARGIN, _HEAD, _ROW = 1240, 24, 104, 22
_LEFT, _RIGHT = 400, 620  # of the ranges
_LABEL = 40  # characters
_TEXT = 76
_COLUMNS, _LINE = 4, 16  # of what never moves
_NAME = 34  # characters there: with a value the width of a column

_STYLE = """\
  text { font: 12px system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
    fill: #1f2328; }
  .ground { fill: #ffffff; stroke: #d1d9e0; }
  .title { font-size: 18px; font-weight: 600; }
  .note { fill: #59636e; }
  .number { font-size: 11px; fill: #59636e; font-variant-numeric: tabular-nums; }
  .odd { fill: #9a6700; }
  .range { stroke: #9aa4b0; stroke-width: 2; }
  .spread { fill: #0969da; fill-opacity: 0.55; }
  .mean { stroke: #0a3069; stroke-width: 2; }
  .limit { stroke: #cf222e; stroke-width: 1.5; }
  .beyond { stroke: #cf222e; stroke-width: 4; }
  .line { stroke: #d1d9e0; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .ground { fill: #0d1117; stroke: #3d444d; }
    .note, .number { fill: #9198a1; }
    .odd { fill: #d29922; }
    .range { stroke: #6a737d; }
    .spread { fill: #4493f8; }
    .mean { stroke: #c2e0ff; }
    .limit, .beyond { stroke: #f85149; }
    .line { stroke: #2f353d; }
  }
"""


def svg(
    statistics: Statistics,
    findings: Sequence[Finding],
    limits: tuple[np.ndarray, np.ndarray] | None = None,
    title: str = "",
) -> str:
    """A row for each channel that moves: least to greatest, the mean, a deviation to each side.

    limits: (C,) min and max, drawn where they lie within the row's scale. Those with findings come
    first, in the order of the findings. Those that never move are counted at the top and named at
    the end with their values: they would fill most of the rows of a face and show nothing there.
    """
    check_statistics(statistics)
    check_limits(limits, len(statistics.layout.channels))
    still = is_still(statistics.low, statistics.high)
    notes: dict[int, str] = {}
    for each in findings:
        if not still[each.place] or each.kind == "beyond-limits":
            before = notes.get(each.place)
            notes[each.place] = each.text if before is None else f"{before}; {each.text}"
    pinned = [channel.transformation == "constant" for channel in statistics.layout.channels]
    moving = [p for p in range(len(still)) if not still[p] and not pinned[p] and p not in notes]
    places = [*notes, *moving]
    unmoved = np.flatnonzero(still & ~np.array(pinned, bool)).tolist()
    top = _HEAD + _ROW * len(places)  # of what never moves
    height = top + _unmoved_height(len(unmoved)) + _MARGIN
    note = summary(statistics)
    if unmoved:
        note += f"; {_never_move(len(unmoved))}, named at the end"
    heading = _escaped(title or "Ranges of channels")
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}">',
        f"<style>\n{_STYLE}</style>",
        f'<rect class="ground" x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}" rx="6"/>',
        f'<text class="title" x="{_MARGIN}" y="38">{heading}</text>',
        f'<text class="note" x="{_MARGIN}" y="60">{_escaped(note)}</text>',
        *_legend(),
    ]
    for row, place in enumerate(places):
        lines += _row(statistics, place, _HEAD + _ROW * row, notes.get(place, ""), limits)
        if row + 1 == len(notes) and moving:
            y = _HEAD + _ROW * (row + 1)
            lines.append(
                f'<line class="line" x1="{_MARGIN}" y1="{y}" x2="{_WIDTH - _MARGIN}" y2="{y}"/>'
            )
    lines += _unmoved(statistics, unmoved, top)
    return "\n".join([*lines, "</svg>", ""])


def _never_move(count: int) -> str:
    return "1 channel never moves" if count == 1 else f"{count:,} channels never move"


def _unmoved_height(count: int) -> int:
    return 2 * _ROW + _LINE * -(-count // _COLUMNS) if count else 0


def _unmoved(statistics: Statistics, places: Sequence[int], top: int) -> list[str]:
    """Their names and values, column by column."""
    if not places:
        return []
    y = top + _ROW // 2
    lines = [
        f'<line class="line" x1="{_MARGIN}" y1="{y}" x2="{_WIDTH - _MARGIN}" y2="{y}"/>',
        f'<text x="{_MARGIN}" y="{y + 22}">{_never_move(len(places))}:</text>',
    ]
    rows = -(-len(places) // _COLUMNS)
    width = (_WIDTH - 2 * _MARGIN) // _COLUMNS
    for index, place in enumerate(places):
        column, row = divmod(index, rows)
        x, y = _MARGIN + column * width, top + 2 * _ROW + _LINE * row + 8
        label = _escaped(_short(statistics.layout.label(place), _NAME))
        value = f"{float(statistics.low[place]) + 0.0:.4g}"  # no -0
        lines.append(f'<text class="number" x="{x}" y="{y}">{label} = {value}</text>')
    return lines


def _legend() -> list[str]:
    y = 84
    parts = []
    x = _MARGIN
    for mark, word in (
        ('<line class="range" x1="{0}" y1="{1}" x2="{2}" y2="{1}"/>', "least to greatest"),
        ('<rect class="spread" x="{0}" y="{3}" width="22" height="8"/>', "mean ± deviation"),
        ('<line class="mean" x1="{4}" y1="{3}" x2="{4}" y2="{5}"/>', "mean"),
        ('<line class="limit" x1="{4}" y1="{3}" x2="{4}" y2="{5}"/>', "min or max of the spec"),
    ):
        parts.append(mark.format(x, y - 4, x + 22, y - 8, x + 11, y))
        parts.append(f'<text class="note" x="{x + 30}" y="{y}">{word}</text>')
        x += 60 + 7 * len(word)
    return parts


def _row(
    statistics: Statistics,
    place: int,
    top: int,
    note: str,
    limits: tuple[np.ndarray, np.ndarray] | None,
) -> list[str]:
    low, high = float(statistics.low[place]), float(statistics.high[place])
    ends = [low, high]
    marks = []
    if limits is not None:
        # One that is far away would leave nothing of the range to be seen.
        far = 2 * (high - low)
        marks = [float(each[place]) for each in limits if low - far <= each[place] <= high + far]
        ends += marks
    begin, span = min(ends), (max(ends) - min(ends)) or 1.0

    def x(value: float) -> str:
        return f"{_LEFT + (value - begin) / span * (_RIGHT - _LEFT):.1f}"

    middle = top + _ROW / 2
    mean, deviation = float(statistics.mean[place]), float(statistics.deviation[place])
    left, right = max(low, mean - deviation), min(high, mean + deviation)
    lines = [
        f'<text class="{"odd" if note else ""}" x="{_MARGIN}" y="{top + 15}">'
        f"{_escaped(_short(statistics.layout.label(place), _LABEL))}</text>",
        f'<text class="number" x="{_LEFT - 10}" y="{top + 15}" text-anchor="end">{low:.4g}</text>',
        f'<line class="range" x1="{x(low)}" y1="{middle}" x2="{x(high)}" y2="{middle}"/>',
        f'<rect class="spread" x="{x(left)}" y="{middle - 4}" '
        f'width="{float(x(right)) - float(x(left)):.1f}" height="8"/>',
        f'<line class="mean" x1="{x(mean)}" y1="{middle - 6}" x2="{x(mean)}" y2="{middle + 6}"/>',
        f'<text class="number" x="{_RIGHT + 10}" y="{top + 15}">{high:.4g}</text>',
    ]
    for mark in marks:
        lines.append(
            f'<line class="limit" x1="{x(mark)}" y1="{middle - 8}" x2="{x(mark)}" '
            f'y2="{middle + 8}"/>'
        )
    if limits is not None:
        least, most = float(limits[0][place]), float(limits[1][place])
        for start, end in ((low, least), (most, high)):
            if start < end:
                lines.append(
                    f'<line class="beyond" x1="{x(start)}" y1="{middle}" x2="{x(end)}" '
                    f'y2="{middle}"/>'
                )
    if note:
        text = _escaped(_short(note, _TEXT))
        lines.append(f'<text class="odd" x="{_RIGHT + 90}" y="{top + 15}">{text}</text>')
    return lines


def _escaped(text: str) -> str:
    return escape(shown(text))


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
