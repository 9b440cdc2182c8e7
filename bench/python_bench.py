#!/usr/bin/env python3
"""Times of the installed rigjit package: calls, a cached load in a fresh process, its import.

    python3 bench/python_bench.py [--calls 1000] [--processes 15]

Medians in one run. Calls are timed one by one, so each time includes one clock (about 0.05 µs).
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns

import medium_rig
import numpy as np

BATCH = 256

LOAD = """
import sys
import rigjit
from time import perf_counter_ns
begin = perf_counter_ns()
rig = rigjit.load(sys.argv[1], cache_dir=sys.argv[2])
print(rig.origin, perf_counter_ns() - begin)
"""

IMPORT = """
import numpy
from time import perf_counter_ns
begin = perf_counter_ns()
import rigjit
print("imported", perf_counter_ns() - begin)
"""


def median_ns(call: Callable[[], object], calls: int) -> float:
    for _ in range(min(calls, 20)):
        call()
    times = []
    for _ in range(calls):
        begin = perf_counter_ns()
        call()
        times.append(perf_counter_ns() - begin)
    return statistics.median(times)


def in_fresh_process(script: str, *arguments: str | Path) -> tuple[str, int]:
    """What the script prints: a word and nanoseconds."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    word, ns = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return word, int(ns)


def cached_load_ns(processes: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "medium.yaml"
        spec.write_text(medium_rig.medium_rig(), "utf-8")
        cache = Path(folder) / "cache"
        in_fresh_process(LOAD, spec, cache)
        results = [in_fresh_process(LOAD, spec, cache) for _ in range(processes)]
    origins = {origin for origin, _ in results}
    if origins != {"cached"}:
        sys.exit(f"rigs that should come from the cache were {origins}")
    return statistics.median(ns for _, ns in results)


def import_ns(processes: int) -> float:
    return statistics.median(in_fresh_process(IMPORT)[1] for _ in range(processes))


def newest_wheel() -> Path | None:
    root = Path(__file__).resolve().parents[1]
    found = [
        wheel for name in ("dist", "build", "wheelhouse") for wheel in (root / name).glob("*.whl")
    ]
    return max(found, key=lambda wheel: wheel.stat().st_mtime, default=None)


def tensor_call(rig: object, vec: np.ndarray, calls: int) -> dict[str, float]:
    """The same vector as a torch tensor, where torch is installed."""
    try:
        import torch
    except ImportError:
        return {}
    tensor = torch.from_numpy(vec)
    return {"vec_to_rig, torch tensor": median_ns(lambda: rig.vec_to_rig(tensor), calls)}


def calls_of_the_medium_rig(calls: int) -> list[tuple[str, str]]:
    import rigjit

    rig = rigjit.loads(medium_rig.medium_rig(), cache=False)
    rng = np.random.default_rng(1)
    vec = rng.normal(size=rig.vec_size).astype(np.float32)
    vecs = rng.normal(size=(BATCH, rig.vec_size)).astype(np.float32)
    buffer = bytearray(rig.msgpack_size)
    messages = np.empty((BATCH, rig.msgpack_size), np.uint8)
    values = np.empty(len(rig.channels), np.float32)
    one_message = np.empty(rig.msgpack_size, np.uint8)
    # A METH_FASTCALL function that returns as many bytes.
    copy_bytes = memoryview(buffer).tobytes
    many = max(calls // 10, 10)
    rows = [("message", f"{rig.msgpack_size} bytes")]
    timed = {
        "vec_to_rig": median_ns(lambda: rig.vec_to_rig(vec), calls),
        **tensor_call(rig, vec, calls),
        "vec_to_rig, out=bytearray": median_ns(lambda: rig.vec_to_rig(vec, out=buffer), calls),
        "vec_to_rig, out=array": median_ns(lambda: rig.vec_to_rig(vec, out=one_message), calls),
        "vec_to_values": median_ns(lambda: rig.vec_to_values(vec), calls),
        "vec_to_values, out=": median_ns(lambda: rig.vec_to_values(vec, out=values), calls),
        "vec_to_dict": median_ns(lambda: rig.vec_to_dict(vec), calls),
        "vec_to_json": median_ns(lambda: rig.vec_to_json(vec), calls),
        f"a frame of vec_to_rig_batch, {BATCH} frames": median_ns(
            lambda: rig.vec_to_rig_batch(vecs), many
        )
        / BATCH,
        f"a frame of vec_to_rig_batch, {BATCH} frames, out=": median_ns(
            lambda: rig.vec_to_rig_batch(vecs, out=messages), many
        )
        / BATCH,
        "floor: as many bytes, copied": median_ns(lambda: copy_bytes(), calls),
        "an empty call": median_ns(lambda: None, calls),
    }
    return rows + [(name, f"{ns / 1000:.2f} µs") for name, ns in timed.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description="times of the installed rigjit package")
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=15)
    arguments = parser.parse_args()
    rows = calls_of_the_medium_rig(arguments.calls)
    rows.append(
        ("cached load, fresh process", f"{cached_load_ns(arguments.processes) / 1e6:.2f} ms")
    )
    rows.append(("import rigjit after numpy", f"{import_ns(arguments.processes) / 1e6:.2f} ms"))
    wheel = newest_wheel()
    size = f"{wheel.stat().st_size / 1e6:.1f} MB" if wheel else "none in dist, build or wheelhouse"
    rows.append(("wheel", size))
    width = max(len(name) for name, _ in rows)
    for name, figure in rows:
        print(f"{name:<{width}}  {figure}")


if __name__ == "__main__":
    main()
