"""Statistics of a clip of 1,000,000 frames, as `rigjit fit` takes them, beside numpy's.

    PYTHONPATH=… python bench/fit_bench.py [FRAMES] [--spec SPEC] [--folder /dev/shm]

numpy's: mean, std, min and max of the whole array in memory, axis by axis, as one writes it.
rigjit's: the file from its folder, through the checks of its frames, with everything that is
reported (steps, rotations, saturation, whole numbers). Printed are the time of both, how much of
numpy's speed that is, and the memory that each took beyond what was there before.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import rigjit

_PARTS = 20  # what is written and what numpy gets is the same part, so many times


def _values(rig: rigjit.Rig, frames: int) -> np.ndarray:
    """(frames, channels) of curves that swing once in 50 to 500 frames, as those of animation."""
    rng = np.random.default_rng(1)
    time = np.arange(-(-frames // _PARTS), dtype=np.float32)[:, None]
    speed, phase = rng.uniform(0.01, 0.12, rig.vec_size), rng.uniform(0, 6, rig.vec_size)
    swings = 0.4 * np.sin(time * speed.astype(np.float32) + phase.astype(np.float32))
    return rig.vec_to_values_batch(rig.rest_vec + swings)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _numpy(path: str) -> None:
    values = np.load(path)
    before, begin = _peak(), time.perf_counter()
    values.mean(axis=0), values.std(axis=0), values.min(axis=0), values.max(axis=0)
    print(time.perf_counter() - begin, _peak() - before)


def _rigjit(path: str, spec: str) -> None:
    from rigjit import stats

    rig = rigjit.load(spec)
    rows = np.load(path, mmap_mode="r")[:100]
    np.save(path + ".warm.npy", rows)
    stats.collect(rig, [path + ".warm.npy"])  # what is compiled once
    os.unlink(path + ".warm.npy")
    before, begin = _peak(), time.perf_counter()
    stats.collect(rig, [path])
    print(time.perf_counter() - begin, _peak() - before)


def _run(*arguments: str) -> tuple[float, float]:
    command = [sys.executable, __file__, *arguments]
    seconds, mib = subprocess.run(
        command, capture_output=True, text=True, check=True
    ).stdout.split()
    return float(seconds), float(mib)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("frames", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--spec", default=str(Path(__file__).parents[1] / "configs/seed.yaml"))
    parser.add_argument("--folder", default="/dev/shm", help="where the file of values lies")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--only", nargs=2, help=argparse.SUPPRESS)
    parsed = parser.parse_args()
    if parsed.only:
        what, path = parsed.only
        return _numpy(path) if what == "numpy" else _rigjit(path, parsed.spec)
    rig = rigjit.load(parsed.spec)
    path = os.path.join(parsed.folder, f"fit_bench.{os.getpid()}.npy")
    part = _values(rig, parsed.frames)
    try:
        with open(path, "wb") as file:
            shape = (len(part) * _PARTS, len(rig.channels))
            header = {"descr": "<f4", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(file, header)
            for _ in range(_PARTS):
                file.write(part.tobytes())
        print(f"{shape[0]:,} frames of {shape[1]} channels, {os.path.getsize(path) >> 20} MiB")
        for _ in range(parsed.times):
            numpys = _run("--only", "numpy", path)
            own = _run("--only", "rigjit", path, "--spec", parsed.spec)
            print(
                f"numpy {numpys[0]:.2f} s and {numpys[1]:.0f} MiB, "
                f"rigjit {own[0]:.2f} s and {own[1]:.0f} MiB: {numpys[0] / own[0]:.2f} of its speed"
            )
    finally:
        os.unlink(path)


if __name__ == "__main__":
    main()
