"""The chart: an SVG from figures, and the program that measures them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from chart_svg import Bar, Group, draw

ROOT = Path(__file__).resolve().parents[2]
NAMESPACE = "{http://www.w3.org/2000/svg}"

GROUPS = [
    Group("slow", [Bar("one & <two>", 2000.0), Bar("three", 200.0)]),
    Group("nothing", []),
    Group("fast", [Bar("four", 20.0), Bar("five", 0.2)], own=True),
]


@pytest.fixture(scope="module")
def chart():
    return ElementTree.fromstring(draw("a title", ["a subtitle"], GROUPS, 2000.0, ["a note"]))


def texts(chart) -> list[str]:
    return ["".join(element.itertext()) for element in chart.iter(f"{NAMESPACE}text")]


def test_all_words_are_drawn(chart):
    drawn = texts(chart)
    for wanted in ("a title", "a subtitle", "a note", "slow", "fast", "one & <two>", "five"):
        assert wanted in drawn
    assert "nothing" not in drawn


def test_times_and_ratios(chart):
    figures = [text for text in texts(chart) if text.endswith("×")]
    assert figures == ["2.00 ms1.0×", "200 µs10×", "20.0 µs100×", "0.20 µs10,000×"]


def test_bars_are_logarithmic_and_inside(chart):
    bars = [one for one in chart.iter(f"{NAMESPACE}rect") if "bar" in one.get("class").split()]
    one, three, four, five = (float(bar.get("width")) for bar in bars)
    assert one - three == pytest.approx(three - four, abs=0.2)
    assert four - five == pytest.approx(2 * (three - four), abs=0.2)
    assert five > 10
    for bar in bars:
        assert float(bar.get("x")) + float(bar.get("width")) < float(chart.get("width"))
        assert float(bar.get("y")) + float(bar.get("height")) < float(chart.get("height"))


def test_only_own_bars_stand_out(chart):
    kinds = [one.get("class") for one in chart.iter(f"{NAMESPACE}rect")]
    assert kinds == ["ground", "bar", "bar", "bar own", "bar own"]


def test_the_program_measures_checks_and_draws(tmp_path):
    svg = tmp_path / "chart.svg"
    command = [sys.executable, "bench/chart.py", "configs/seed.yaml", "--no-rust", "--calls", "20"]
    done = subprocess.run([*command, "--svg", svg], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "the variants agree" in done.stdout
    assert "vec_to_rig against NumPy" in done.stdout
    drawn = texts(ElementTree.parse(svg).getroot())
    assert "MessagePack, vec_to_rig" in drawn
    assert "MessagePack, NumPy" in drawn
