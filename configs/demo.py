"""Loads a real rig, converts real frames of it, and says what it cost.

python configs/demo.py
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgpack
import numpy as np

import rigjit

ROOT = Path(__file__).resolve().parents[1]
SPEC = ROOT / "configs" / "rigify_human.yaml"
FRAMES = ROOT / "configs" / "rigify" / "human_stress.npz"
SHOWN_CONTROLLERS = ("torso", "hand_ik.L", "head")


def seconds_to_load(cache_dir: str) -> tuple[float, str]:
    """Time and origin of one load in a process of its own."""
    code = (
        "import sys, time, rigjit; start = time.perf_counter();"
        "rig = rigjit.load(sys.argv[1], cache_dir=sys.argv[2]);"
        "print(time.perf_counter() - start, rig.origin)"
    )
    command = [sys.executable, "-c", code, str(SPEC), cache_dir]
    seconds, origin = subprocess.run(
        command, check=True, capture_output=True, text=True
    ).stdout.split()
    return float(seconds), origin


def median_seconds(function: Callable[[], object], repeats: int = 1000) -> float:
    """Median time of one call."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def print_pose(message: bytes) -> None:
    """A few controllers of one frame, decoded as any client would."""
    pose = msgpack.unpackb(message)
    shown = [name for name in SHOWN_CONTROLLERS if name in pose] or list(pose)[:3]
    for name in shown:
        channels = ", ".join(f"{attribute} {value:.3f}" for attribute, value in pose[name].items())
        print(f"  {name}: {channels}")


def print_load_times() -> None:
    """A compile against loads that find its code."""
    with tempfile.TemporaryDirectory() as cache_dir:
        compiled, origin = seconds_to_load(cache_dir)
        print(f"load, {origin}: {compiled * 1e3:.1f} ms")
        loads = [seconds_to_load(cache_dir) for _ in range(5)]
        print(f"load, {loads[0][1]}: {min(loads)[0] * 1e3:.2f} ms in a fresh process")


def main() -> None:
    """Run the demonstration."""
    rig = rigjit.load(SPEC)
    with np.load(FRAMES) as file:
        vecs = file["vec_rows"]
    print(f"{os.path.relpath(SPEC)}: {rig}")

    messages = rig.vec_to_rig_batch(vecs)
    middle = len(vecs) // 2
    print(f"frame {middle} of {len(vecs)}, in which every control swings:")
    print_pose(messages[middle].tobytes())

    vec = vecs[middle]
    single = median_seconds(lambda: rig.vec_to_rig(vec))
    batch = median_seconds(lambda: rig.vec_to_rig_batch(vecs, out=messages), 100) / len(vecs)
    print(f"message: {rig.msgpack_size} bytes")
    print(f"time a frame: {single * 1e6:.2f} µs a call, {batch * 1e6:.2f} µs in a batch")
    print_load_times()

    ir_path = ROOT / "build" / f"{SPEC.stem}.ll"
    ir_path.parent.mkdir(exist_ok=True)
    ir_path.write_text(rig.ir())
    print(f"LLVM IR: {os.path.relpath(ir_path)}")


if __name__ == "__main__":
    main()
