"""Loads and lets go of rigs many times, and checks that memory does not grow.

python tests/bindings/load_cycles.py --cycles 10000
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from small_spec import SPEC

import rigjit

LIMIT_BYTES = 5 << 20
SETTLED = 100  # cycles after which memory is compared
DISTINCT = 50  # rigs


def resident_bytes() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def mappings() -> int:
    return len(Path("/proc/self/maps").read_text().splitlines())


def cycle(number: int, options: dict[str, object]) -> None:
    text = SPEC.replace("scale: 25", f"scale: {number % DISTINCT + 1}")
    rig = rigjit.loads(text, **options)
    vec = rig.rest_vec
    rig.vec_to_rig(vec)
    rig.rig_to_vec(rig.vec_to_dict(vec))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=10_000)
    parser.add_argument("--mode", choices=["cached", "compiled"], default="cached")
    arguments = parser.parse_args()
    rigjit.set_loaded_rigs_limit(0)
    with tempfile.TemporaryDirectory() as directory:
        cached = arguments.mode == "cached"
        options = {"cache_dir": directory} if cached else {"cache": False}
        for number in range(SETTLED):
            cycle(number, options)
        resident, mapped = resident_bytes(), mappings()
        for number in range(SETTLED, arguments.cycles):
            cycle(number, options)
        grown = resident_bytes() - resident
        print(
            f"{arguments.mode}: {resident / 1e6:.1f} MB and {mapped} mappings after {SETTLED} "
            f"cycles, {grown / 1e6:+.1f} MB and {mappings() - mapped:+} after {arguments.cycles}"
        )
        return grown > LIMIT_BYTES or mappings() - mapped > 20


if __name__ == "__main__":
    sys.exit(main())
