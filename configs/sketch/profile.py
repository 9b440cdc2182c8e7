"""Where a request's time goes: with the seed's first vec_to_rig, and with rigjit.

python configs/sketch/profile.py OUTPUT.svg

The same requests, the same network, the same process: a drawing as bytes in, a pose as bytes out.
Shares are of plain timings, taken around each stage; the charts are of cProfile, whose own work
makes Python's part look larger than it is. Last, the share that a client sees over HTTP.
"""

from __future__ import annotations

import sys

sys.path.append(sys.path.pop(0))  # Python has a module of this file's name, which cProfile imports

import cProfile
import html
import http.client
import pstats
import statistics
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from demo import MODEL, SPEC, is_made
from figure import GRID, HERE, Figure, draw, project
from poses import random_values
from train import make

import rigjit
from rigjit.serve.model_file import load_model

sys.path.insert(0, str(HERE.parents[1] / "bench"))
from peers import python_rig
from peers.rig_spec import read

REQUESTS = 2000
WIDTH, ROW, GAP = 900, 20, 46  # of the chart
LEAST = 0.004  # share of a chart that is still drawn
COLORS = {"vec_to_rig": "#d9480f", "run": "#0a66c2"}


class Pipeline:
    """A request from bytes to bytes; vec_to_rig is what differs."""

    def __init__(self, vec_to_rig: Callable[[Any], bytes]) -> None:
        self._convert = vec_to_rig
        self._model = load_model(str(MODEL), rigjit.load(SPEC))
        self.seconds = {"read": 0.0, "run": 0.0, "vec_to_rig": 0.0}

    def read(self, body: bytes) -> Any:
        """The drawing."""
        return np.frombuffer(body, np.float32).reshape(1, GRID, GRID)

    def run(self, sketch: Any) -> Any:
        """The network."""
        return self._model.run({"sketch": sketch})[0]

    def vec_to_rig(self, vec: Any) -> bytes:
        """The message."""
        return self._convert(vec)

    def request(self, body: bytes) -> bytes:
        """All of it."""
        begin = perf_counter()
        sketch = self.read(body)
        drawn = perf_counter()
        vec = self.run(sketch)
        predicted = perf_counter()
        message = self.vec_to_rig(vec)
        self.seconds["read"] += drawn - begin
        self.seconds["run"] += predicted - drawn
        self.seconds["vec_to_rig"] += perf_counter() - predicted
        return message

    def serve(self, bodies: list[bytes]) -> None:
        """One request after another."""
        for body in bodies:
            self.request(body)


def shares(pipeline: Pipeline, bodies: list[bytes]) -> tuple[float, float]:
    """Microseconds of a request, and the share of vec_to_rig, without a profiler."""
    pipeline.serve(bodies[:200])
    pipeline.seconds = dict.fromkeys(pipeline.seconds, 0.0)
    pipeline.serve(bodies)
    total = sum(pipeline.seconds.values())
    return total / len(bodies) * 1e6, pipeline.seconds["vec_to_rig"] / total


def profile(pipeline: Pipeline, bodies: list[bytes]) -> pstats.Stats:
    """Of the same requests."""
    profiler = cProfile.Profile()
    profiler.runcall(pipeline.serve, bodies)
    return pstats.Stats(profiler)


def icicle(stats: pstats.Stats, top: int) -> list[str]:
    """The chart, callers above what they call; a function's time is shared among its callers."""
    table: dict[Any, Any] = stats.stats  # type: ignore[attr-defined]
    callees: dict[Any, dict[Any, float]] = {}
    for function, (*_, callers) in table.items():
        for caller, (_, _, _, seconds) in callers.items():
            callees.setdefault(caller, {})[function] = seconds
    root = next(function for function in table if function[2] == "serve")
    whole = table[root][3]
    parts: list[str] = []

    def place(function: Any, seconds: float, left: float, depth: int, seen: frozenset[Any]) -> None:
        width = WIDTH * seconds / whole
        if seconds < LEAST * whole:
            return
        name = function[2].strip("<>").removeprefix("built-in method ")
        fill = COLORS.get(name, f"hsl({25 + 37 * depth % 40} 45% {78 - 5 * (depth % 3)}%)")
        y = top + depth * ROW
        tip = html.escape(f"{name}: {seconds / whole:.1%}")
        parts.append(
            f'<g><title>{tip}</title><rect x="{left:.1f}" y="{y}" height="{ROW - 1}" '
            f'width="{max(width - 0.6, 0.4):.1f}" fill="{fill}"/>'
        )
        if width > 7.2 * len(name):
            ink = "#fff" if name in COLORS else "#222"
            parts.append(
                f'<text x="{left + 4:.1f}" y="{y + 14}" fill="{ink}">{html.escape(name)}</text>'
            )
        parts.append("</g>")
        own = table[function][3] or 1.0
        for callee, part in sorted(callees.get(function, {}).items(), key=lambda each: -each[1]):
            if callee in seen:
                continue
            part *= seconds / own
            place(callee, part, left, depth + 1, seen | {callee})
            left += WIDTH * part / whole

    place(root, whole, 0.0, 0, frozenset((root,)))
    return parts


def svg(charts: list[tuple[str, pstats.Stats]]) -> str:
    """Both charts, one above the other."""
    parts, top = [], 8
    for title, stats in charts:
        parts.append(f'<text x="0" y="{top + 14}" class="title">{html.escape(title)}</text>')
        drawn = icicle(stats, top + 22)
        parts += drawn
        rows = {int(part.split('y="')[1].split('"')[0]) for part in drawn if "<rect" in part}
        top = max(rows) + ROW + GAP - 20
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" width="{WIDTH}" '
        f'height="{top}"><style>text{{font:12px sans-serif}}.title{{font:bold 14px sans-serif}}'
        f'</style><rect width="{WIDTH}" height="{top}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def over_http(bodies: list[bytes]) -> tuple[float, float]:
    """Microseconds that a client waits, and the conversion's share by the server's metrics."""
    command = [sys.executable, "-m", "rigjit", "serve", f"sketch={SPEC}", "--port", "0"]
    command += ["--model", f"sketch={MODEL}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr
            port = int(server.stderr.readline().rpartition(" rigs")[0].rpartition(":")[2])
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

            def ask(method: str, path: str, body: bytes | None = None) -> bytes:
                headers = {"Content-Type": "application/octet-stream"}
                connection.request(method, path, body, headers)
                return connection.getresponse().read()

            def converted() -> float:
                text = ask("GET", "/metrics").decode()
                line = 'rigjit_stage_seconds_total{rig="sketch",stage="convert"} '
                return float(text.partition(line)[2].split()[0])

            waits = []
            for body in bodies[:200]:
                ask("POST", "/models/sketch/pose", body)
            before = converted()
            for body in bodies:
                begin = perf_counter()
                ask("POST", "/models/sketch/pose", body)
                waits.append(perf_counter() - begin)
            spent = (converted() - before) / len(bodies)
            return statistics.mean(waits) * 1e6, spent / statistics.mean(waits)
        finally:
            server.terminate()


def main() -> None:
    """Measure and draw."""
    if not is_made(MODEL):
        MODEL.parent.mkdir(exist_ok=True)
        make(MODEL)
    rig = rigjit.load(SPEC)
    drawings = draw(project(Figure(rig).joints(random_values(rig, REQUESTS, 3))))
    bodies = [drawing.tobytes() for drawing in drawings]
    charts = []
    for name, convert in (
        ("plain Python and json.dumps", python_rig.to_json(read(SPEC))),
        ("rigjit", rig.vec_to_rig),
    ):
        pipeline = Pipeline(convert)
        microseconds, share = shares(pipeline, bodies)
        title = f"{name}: {microseconds:.0f} µs a request, of which vec_to_rig {share:.1%}"
        print(title)
        charts.append((title, profile(pipeline, bodies)))
    waited, share = over_http(bodies)
    print(f"as a client sees it: {waited:.0f} µs a request, of which the conversion {share:.2%}")
    Path(sys.argv[1]).write_text(svg(charts))


if __name__ == "__main__":
    main()
