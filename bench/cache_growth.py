#!/usr/bin/env python3
"""What loading a new rig costs as its cache grows, from empty to 100,000 entries.

    python3 bench/cache_growth.py [--largest 100000] [--repeats 5]

The entries are small files named as the cache names its code, as many as the row says. Every load
is of a rig that the cache lacks, in a process of its own with the installed package, which compiles
it and keeps three files. The directory has been looked through within the hour, as it has once
anybody stored something. Times are of the clock, medians, in milliseconds.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

LOAD = """
import sys, time
import rigjit

cache, name = sys.argv[1:]
warm = "{rigjit: 1, controllers: [{name: c, transformations: [rotation3d: {}]}]}"
rigjit.loads(warm, cache=False)  # starts LLVM
text = "{rigjit: 1, controllers: [{name: %s, transformations: [translation: {}]}]}" % name
begin = time.perf_counter()
rig = rigjit.loads(text, cache_dir=cache)
rig.vec_to_values(rig.rest_vec)
print((time.perf_counter() - begin) * 1e3)
assert rig.origin == "compiled", rig.cache_note
"""


def load(cache: Path, name: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(cache), name], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--largest", type=int, default=100_000, metavar="ENTRIES")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    print("| entries | a new rig, ms |\n|---|---|")
    with tempfile.TemporaryDirectory() as directory:
        cache = Path(directory, "cache")
        cache.mkdir(mode=0o700)
        made = 0
        for entries in (0, 500, 2_500, 20_000, 100_000):
            if entries > options.largest:
                break
            for number in range(made, entries):
                name = f"{number:032x}-message-x86-64-v3-{number:016x}.code"
                (cache / name).write_bytes(b"x" * 4200)
            made = entries
            load(cache, f"first{entries}")
            times = [load(cache, f"c{entries}_{i}") for i in range(options.repeats)]
            print(f"| {entries:,} | {statistics.median(times):.1f} |", flush=True)


if __name__ == "__main__":
    main()
