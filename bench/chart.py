#!/usr/bin/env python3
"""Compares rigjit with what one would write instead, in one process, and draws the chart.

    python3 bench/chart.py [spec.yaml] [--svg FILE] [--calls 1000]

The default is the medium rig. Needs what bench/requirements.txt lists; cargo builds the Rust
variants. What is missing is named and left out.
"""

from __future__ import annotations

import argparse
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from timeit import Timer

import agreement
import chart_svg
import chart_variants
import medium_rig
import numpy as np
from chart_variants import FLOOR, GROUPS, RIGJIT, Inputs, Variant
from peers import crate, rig_spec
from peers.flat_rig import Floats

import rigjit

# Variants take turns, so that a machine that slows down slows all of them.
TURNS = 20

# Calls that take less are timed several at a time, so that the clock's own time does not count.
SAMPLE_US = 10.0

CHECKED_VECTORS = 5

# One vector again and again would let the processor learn the branches of others by heart.
VECTORS = 32

# (name, slower, faster): how many times faster the second variant is.
RATIOS = [
    ("vec_to_rig against generated Rust's direct MessagePack", "direct_messagepack", "vec_to_rig"),
    ("… by rmp", "messagepack_rmp", "vec_to_rig"),
    ("… at fixed offsets, unsafe", "messagepack_in_place", "vec_to_rig"),
    ("vec_to_rig against NumPy", "numpy", "vec_to_rig"),
    ("vec_to_rig against Numba", "numba", "vec_to_rig"),
    ("vec_to_rig: its time over the floor's", "vec_to_rig", "floor"),
    ("a frame of vec_to_rig_batch against vec_to_rig", "vec_to_rig", "batch"),
    ("vec_to_rig into out= against new bytes", "vec_to_rig", "out"),
    ("vec_to_json against generated Rust's direct JSON, fmt", "direct_json", "vec_to_json"),
    ("… ryu", "direct_json_ryu", "vec_to_json"),
    ("vec_to_dict against generated Rust's PyDict", "generated_py_dict", "vec_to_dict"),
    ("… with interned keys", "interned_py_dict", "vec_to_dict"),
]

FIRST_MESSAGE = """
import sys
from time import perf_counter
import numpy as np
import rigjit
begin = perf_counter()
rig = rigjit.load(sys.argv[1], cache=False)
loaded = perf_counter()
vec = np.random.default_rng(1).normal(size=rig.vec_size).astype(np.float32)
ready = perf_counter()
rig.vec_to_rig(vec)
print(perf_counter() - ready + loaded - begin)
"""


@dataclass(frozen=True)
class Timed:
    variant: Variant
    us: float  # median of a call, or of a frame of a batch


def check(variants: list[Variant], spec: rig_spec.Rig, inputs: Inputs) -> None:
    """Ends the program where one disagrees with the first, plain Python in double precision."""
    channels = [(each.name, name) for each in spec.controllers for name in each.attributes]
    vecs = inputs.vecs.copy()
    for vec in vecs[:CHECKED_VECTORS]:
        inputs.use(vec)
        expected = chart_variants.values_of(variants[0], inputs, channels)
        for variant in variants[1:]:
            if variant.group == FLOOR:  # knows one message alone
                continue
            values = chart_variants.values_of(variant, inputs, channels)
            wrong = agreement.difference(spec, expected, values)
            if wrong:
                sys.exit(f"{variants[0].key} and {variant.key} disagree: {wrong}")
    inputs.vecs[:] = vecs


class Clock:
    """Times one variant, a few calls at a time, each with the next of the vectors."""

    def __init__(self, variant: Variant, inputs: Inputs, vectors: int) -> None:
        self._vectors = [row.copy() for row in inputs.more_vectors(vectors)]
        self._next = 0
        self._rows: list[Floats] = []
        names = {**variant.names, "vecs": inputs.vecs, "rows": self._rows}
        statement = f"for vec in rows: {variant.statement}"
        # timeit would switch Python's garbage collector off, which users don't.
        self._timer = Timer(statement, "import gc; gc.enable()", globals=names)
        self._calls = 1
        seconds = min(self.sample() for _ in range(5))
        self._calls = max(1, round(SAMPLE_US * 1e-6 / seconds))

    def sample(self) -> float:
        """Seconds a call."""
        places = range(self._next, self._next + self._calls)
        self._rows[:] = (self._vectors[place % len(self._vectors)] for place in places)
        self._next = places.stop % len(self._vectors)
        return self._timer.timeit(1) / self._calls


def measure(variants: list[Variant], inputs: Inputs, calls: int, vectors: int) -> list[Timed]:
    """Medians of `calls` samples each."""
    clocks = [Clock(variant, inputs, vectors) for variant in variants]
    samples: list[list[float]] = [[] for _ in variants]
    for turn in range(TURNS):
        count = calls * (turn + 1) // TURNS - calls * turn // TURNS
        for clock, times in zip(clocks, samples, strict=True):
            clock.sample()  # back into the caches
            times += (clock.sample() for _ in range(count))
    medians = (statistics.median(times) for times in samples)
    return [
        Timed(one, seconds * 1e6 / one.frames)
        for one, seconds in zip(variants, medians, strict=True)
    ]


def print_table(timed: list[Timed]) -> None:
    baseline = timed[0].us
    for group in GROUPS:
        rows = [one for one in timed if one.variant.group == group]
        if rows:
            print(f"\n{group}")
        for one in rows:
            times = baseline / one.us
            print(f"  {one.variant.label:<42} {one.us:>10.2f} µs {times:>9.1f} × Python")


def print_ratios(timed: list[Timed]) -> None:
    times = {one.variant.key: one.us for one in timed}
    print("\nRatios")
    for name, slower, faster in RATIOS:
        if slower in times and faster in times:
            print(f"  {name:<58} {times[slower] / times[faster]:>7.2f} ×")


def first_message_seconds(path: Path, processes: int = 5) -> float:
    """rigjit: from a spec's file that no cache knows to the first message, in fresh processes."""
    command = [sys.executable, "-c", FIRST_MESSAGE, str(path)]
    runs = [
        subprocess.run(command, capture_output=True, text=True, check=True).stdout
        for _ in range(processes)
    ]
    return statistics.median(map(float, runs))


def machine() -> str:
    text = Path("/proc/cpuinfo").read_text("utf-8") if Path("/proc/cpuinfo").exists() else ""
    model = re.search(r"model name\s*:\s*(.+)", text)
    return model[1] if model else platform.processor() or platform.machine()


def versions() -> str:
    parts = [f"Python {platform.python_version()}", f"NumPy {np.__version__}"]
    if "numba" in sys.modules:
        parts.append(f"Numba {sys.modules['numba'].__version__}")
    cargo = crate.cargo_version()
    if cargo:
        parts.append(f"Rust {cargo.split()[1]}")
    return ", ".join(parts)


def draw(timed: list[Timed], spec: rig_spec.Rig, rig: rigjit.Rig, notes: list[str]) -> str:
    groups = [
        chart_svg.Group(
            name,
            [
                chart_svg.Bar(one.variant.label, one.us)
                for one in sorted(timed, key=lambda one: -one.us)
                if one.variant.group == name
            ],
            own=name == RIGJIT,
        )
        for name in GROUPS
    ]
    subtitles = [
        f"{len(spec.controllers)} controllers, {rig.vec_size:,} inputs, {len(rig.channels):,}"
        f" values, {rig.msgpack_size:,} bytes of MessagePack.",
        "Time of one call from Python on a logarithmic scale;"
        " × is how many times faster than plain Python's dict.",
    ]
    title = f"From a network's vector to a pose: the {spec.name} rig"
    return chart_svg.draw(title, subtitles, groups, timed[0].us, notes)


def run(path: Path, arguments: argparse.Namespace) -> None:
    spec = rig_spec.read(path)
    rig = rigjit.load(path, cache=False)
    inputs = chart_variants.make_inputs(rig.vec_size, rig.msgpack_size)
    variants = chart_variants.make(spec, rig, inputs, arguments.rust)
    for reason in variants.missing:
        print(f"left out: {reason}")
    check(variants.made, spec, inputs)
    print(f"the variants agree within {agreement.MAX_DEGREES} degrees")
    if arguments.check:
        return
    timed = measure(variants.made, inputs, arguments.calls, arguments.vectors)
    where = f"{arguments.machine or machine()}, code for {rig.target}, one thread; {versions()}"
    print(f"{where}; medians of {arguments.calls} samples, {arguments.vectors} vectors in turn")
    print_table(timed)
    print_ratios(timed)
    notes = [f"{where}; medians of {arguments.calls:,}."]
    load = first_message_seconds(path)
    print(f"\nFrom a changed spec to the first message\n  rigjit {load * 1e3:>8.1f} ms")
    if arguments.rust and crate.cargo_version():
        rebuilt = crate.rebuild_seconds(path)
        print(f"  generated Rust {rebuilt:.1f} s, {rebuilt / load:.0f} times as long")
        notes.append(
            f"From a changed spec to the first message: generated Rust {rebuilt:.1f} s,"
            f" rigjit {load * 1e3:.0f} ms."
        )
    if arguments.svg:
        arguments.svg.write_text(draw(timed, spec, rig, notes), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="compares rigjit with other ways to do it")
    parser.add_argument("spec", nargs="?", type=Path, help="default: the medium rig")
    parser.add_argument("--svg", type=Path, help="where to draw the chart")
    parser.add_argument("--calls", type=int, default=1000, help="samples of each variant")
    parser.add_argument("--vectors", type=int, default=VECTORS, help="that calls take in turn")
    parser.add_argument("--no-rust", dest="rust", action="store_false", help="no crate")
    parser.add_argument("--machine", help="its name; default: what the processor says")
    parser.add_argument("--check", action="store_true", help="compare results and measure nothing")
    arguments = parser.parse_args()
    if arguments.spec:
        run(arguments.spec, arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "medium.yaml"
        path.write_text(medium_rig.medium_rig(), "utf-8")
        run(path, arguments)


if __name__ == "__main__":
    main()
