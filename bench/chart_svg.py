"""Draws times as horizontal bars on a logarithmic scale: an SVG that reads in light and in dark.

The same figures give the same text. It has a ground of its own, since a page's theme and the
reader's `prefers-color-scheme`, which an image obeys, may differ.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH = 860
MARGIN = 24
BARS_LEFT = 262
BARS_RIGHT = 704
ROW = 24
BAR = 16
GROUP_GAP = 30
HEAD = 122
LINE = 18

STYLE = """\
  text { font: 13px system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
    fill: #1f2328; }
  .ground { fill: #ffffff; stroke: #d1d9e0; }
  .title { font-size: 18px; font-weight: 600; }
  .group { font-size: 12px; font-weight: 600; }
  .note, .tick { font-size: 12px; fill: #59636e; }
  .over { stroke: #ffffff; stroke-width: 4; stroke-linejoin: round; paint-order: stroke; }
  .figure { font-weight: 600; }
  .times { fill: #59636e; }
  .grid { stroke: #d1d9e0; stroke-width: 1; }
  .bar { fill: #9aa4b0; }
  .own { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .ground { fill: #0d1117; stroke: #3d444d; }
    .note, .tick, .times { fill: #9198a1; }
    .grid { stroke: #2f353d; }
    .over { stroke: #0d1117; }
    .bar { fill: #6a737d; }
    .own { fill: #4493f8; }
  }
"""


@dataclass(frozen=True)
class Bar:
    label: str
    us: float


@dataclass(frozen=True)
class Group:
    """`own`: drawn to be seen first."""

    name: str
    bars: list[Bar]
    own: bool = False


@dataclass(frozen=True)
class Scale:
    """Decades of microseconds from `low` to `high`, powers of ten."""

    low: int
    high: int

    def x(self, us: float) -> float:
        share = (math.log10(us) - self.low) / (self.high - self.low)
        return BARS_LEFT + share * (BARS_RIGHT - BARS_LEFT)

    @property
    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self.low, self.high + 1)]


def scale_of(groups: list[Group]) -> Scale:
    """The shortest bar is at least a seventh of a decade long."""
    times = [bar.us for group in groups for bar in group.bars]
    return Scale(math.floor(math.log10(min(times)) - 0.15), math.ceil(math.log10(max(times))))


def time_text(us: float) -> str:
    digits = 0 if us >= 100 else 1 if us >= 1 else 2
    return f"{us / 1000:.2f} ms" if us >= 1000 else f"{us:.{digits}f} µs"


def times_text(ratio: float) -> str:
    return f"{ratio:,.0f}×" if ratio >= 10 else f"{ratio:.1f}×"


def tick_text(us: float) -> str:
    return f"{us / 1000:g} ms" if us >= 1000 else f"{us:g} µs"


def text(x: float, y: float, content: str, kind: str = "", anchor: str = "") -> str:
    attributes = f' class="{kind}"' if kind else ""
    attributes += f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{escape(content)}</text>'


def grid(scale: Scale, bottom: float) -> Iterator[str]:
    for us in scale.ticks:
        x = scale.x(us)
        yield f'<path class="grid" d="M{x:.1f} {HEAD - 8}V{bottom:.1f}"/>'
        yield text(x, HEAD - 14, tick_text(us), "tick", "middle")


def row(bar: Bar, y: float, own: bool, scale: Scale, baseline_us: float) -> Iterator[str]:
    end = scale.x(bar.us)
    middle = y + ROW / 2 + 4.5
    yield text(BARS_LEFT - 10, middle, bar.label, anchor="end")
    kind = "bar own" if own else "bar"
    top = y + (ROW - BAR) / 2
    width = end - BARS_LEFT
    yield (
        f'<rect class="{kind}" x="{BARS_LEFT}" y="{top:.1f}" width="{width:.1f}"'
        f' height="{BAR}" rx="2"/>'
    )
    ratio = times_text(baseline_us / bar.us)
    yield (
        f'<text class="over" x="{end + 8:.1f}" y="{middle:.1f}">'
        f'<tspan class="figure">{time_text(bar.us)}</tspan>'
        f'<tspan class="times" dx="8">{ratio}</tspan></text>'
    )


def draw(
    title: str, subtitles: list[str], groups: list[Group], baseline_us: float, notes: list[str]
) -> str:
    """An SVG document. Times are followed by how many times faster than `baseline_us` they are."""
    groups = [group for group in groups if group.bars]
    scale = scale_of(groups)
    rows = []
    y = float(HEAD)
    for group in groups:
        rows.append(text(MARGIN, y + 18, group.name, "group over"))
        y += GROUP_GAP - 4
        for bar in group.bars:
            rows += row(bar, y, group.own, scale, baseline_us)
            y += ROW
        y += 6
    height = y + 16 + LINE * len(notes) + 10
    body = [
        f'<rect class="ground" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1:.0f}"/>',
        text(MARGIN, 36, title, "title"),
        *(text(MARGIN, 58 + LINE * i, line, "note") for i, line in enumerate(subtitles)),
        *grid(scale, y),
        *rows,
        *(text(MARGIN, y + 24 + LINE * i, line, "note") for i, line in enumerate(notes)),
    ]
    lines = "\n".join(body)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}"'
        f' viewBox="0 0 {WIDTH} {height:.0f}" role="img">\n'
        f"<title>{escape(title)}</title>\n<style>\n{STYLE}</style>\n{lines}\n</svg>\n"
    )
