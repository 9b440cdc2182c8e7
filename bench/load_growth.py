#!/usr/bin/env python3
"""How time and memory of a load grow with the rig, from 10 to 100,000 values.

    python3 bench/load_growth.py [--largest 100000] [--repeats 3]

The rigs are the medium rig's controllers, again and again. Every load has a process of its own with
the installed package. Times are the processor's, medians; memory is the peak during the load beyond
what the process had before. "a further value" is the difference to the row above, for each value
that came with it: the same in every row where growth is linear.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import medium_rig

LOAD = """
import re, sys, time
import rigjit

def peak_kb():
    return int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read()).group(1))

path, cache, wanted = sys.argv[1:]
small = "{rigjit: 1, controllers: [{name: c, transformations: [rotation3d: {}]}]}"
rigjit.loads(small, cache=False)  # starts LLVM
open("/proc/self/clear_refs", "w").write("5")  # the peak begins anew
before_kb, begin = peak_kb(), time.process_time_ns()
rig = rigjit.load(path, cache_dir=cache)
assert rig.origin == wanted, rig.origin
print(time.process_time_ns() - begin, peak_kb() - before_kb)
"""


class Cost(NamedTuple):
    seconds: float
    bytes: float


def rig_of(values: int) -> tuple[str, int]:
    """A spec of at least so many values, and how many it has."""
    rng = random.Random(values)
    counts = {9: range(30), 6: range(30, 70), 2: range(70, 100), 1: range(100, 120)}
    controllers, total = [], 0
    # The kinds of the medium rig mixed, so that small rigs have all of them, too.
    order = random.Random(0).sample(range(120), 120)
    while total < values:
        place = order[len(controllers) % 120]
        name = f"{'lr'[place % 2]}_{medium_rig.PARTS[place % 8]}{len(controllers):06d}_CTRL"
        controllers.append((name, medium_rig.medium_controller(place, rng)))
        total += next(count for count, places in counts.items() if place in places)
    return medium_rig.rig(f"growth_{values}", controllers), total


def measure(spec: Path, cache: Path, wanted: str, repeats: int) -> Cost:
    times, peaks = [], []
    for i in range(repeats):
        # A cache of its own for each load that compiles.
        directory = cache / (str(i) if wanted == "compiled" else "0")
        command = [sys.executable, "-c", LOAD, str(spec), str(directory), wanted]
        result = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        ns, kb = map(int, result.split())
        times.append(ns / 1e9)
        peaks.append(kb * 1024)
    return Cost(statistics.median(times), statistics.median(peaks))


def row(cells: list[str]) -> str:
    return "  ".join(f"{cell:>14}" for cell in cells)


def main() -> None:
    parser = argparse.ArgumentParser(description="how a load grows with the rig")
    parser.add_argument("--largest", type=int, default=100_000, help="values")
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    previous: dict[str, tuple[int, Cost]] = {}
    print(row(["values", "", "ms", "µs/value", "µs/further one", "MB", "B/value", "B/further one"]))
    values = 10
    while values <= arguments.largest:
        text, total = rig_of(values)
        with tempfile.TemporaryDirectory() as folder:
            spec, cache = Path(folder) / "rig.yaml", Path(folder) / "cache"
            spec.write_text(text, "utf-8")
            for wanted in ("compiled", "cached"):
                cost = measure(spec, cache, wanted, arguments.repeats)
                cells = [f"{total:,}", wanted, f"{cost.seconds * 1e3:.2f}"]
                cells += [f"{cost.seconds * 1e6 / total:.2f}", ""]
                cells += [f"{cost.bytes / 1e6:.2f}", f"{cost.bytes / total:.0f}", ""]
                if wanted in previous:
                    before, less = previous[wanted]
                    further = total - before
                    cells[4] = f"{(cost.seconds - less.seconds) * 1e6 / further:.2f}"
                    cells[7] = f"{(cost.bytes - less.bytes) / further:.0f}"
                previous[wanted] = (total, cost)
                print(row(cells), flush=True)
        values *= 10


if __name__ == "__main__":
    main()
