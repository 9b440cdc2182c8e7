#!/usr/bin/env python3
"""rigjit.torch.Decode forward and backward, against the loop over controllers that one would write.

    python3 bench/torch_bench.py [--batch 256] [--rounds 15]      # needs rigjit[torch]

Both convert the medium rig's vectors to values on the CPU in one thread, and take the gradient of
their sum; in turn, medians. The loop is float32 and knows neither lock nor what is refused.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

import rigjit
import rigjit.torch


def loop(rig: rigjit.Rig) -> Callable[[torch.Tensor], torch.Tensor]:
    """Operation by operation."""
    tables = rig.tables()

    def convert(vec: torch.Tensor) -> torch.Tensor:
        found: dict[int, torch.Tensor] = {}
        for row in tables.affine:
            number = vec[:, row["input"]] * float(row["scale"]) + float(row["center"])
            found[row["channel"]] = number
        for row in tables.angles:
            angle = torch.atan2(vec[:, row["sin"]], vec[:, row["cos"]])
            found[row["channel"]] = torch.rad2deg(angle)
        for row in tables.rotations:
            b1 = torch.nn.functional.normalize(vec[:, row["a1"].tolist()], dim=-1)
            a2 = vec[:, row["a2"].tolist()]
            b2 = torch.nn.functional.normalize(a2 - (b1 * a2).sum(-1, keepdim=True) * b1, dim=-1)
            b3 = torch.linalg.cross(b1, b2)
            angles = (
                torch.atan2(b2[:, 2], b3[:, 2]),
                torch.asin((-b1[:, 2]).clamp(-1, 1)),
                torch.atan2(b1[:, 1], b1[:, 0]),
            )
            for channel, angle in zip(row["channels"], angles, strict=False):
                found[channel] = torch.rad2deg(angle)
        for row in tables.constants:
            found[row["channel"]] = torch.full_like(vec[:, 0], float(row["value"]))
        return torch.stack([found[channel] for channel in range(len(rig.channels))], -1)

    return convert


def seconds(convert: Callable[[torch.Tensor], torch.Tensor], vec: torch.Tensor) -> float:
    """One forward and backward."""
    vec = vec.detach().requires_grad_()
    begin = time.perf_counter()
    convert(vec).sum().backward()
    return time.perf_counter() - begin


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    writer = Path(__file__).with_name("medium_rig.py")
    text = subprocess.run([sys.executable, writer], check=True, capture_output=True, text=True)
    rig = rigjit.loads(text.stdout)
    decode = rigjit.torch.Decode(rig)
    ways = {"loop": loop(rig), "Decode": decode, "Decode, compiled": torch.compile(decode)}
    rng = np.random.default_rng(0)
    vec = torch.from_numpy(rng.normal(size=(arguments.batch, rig.vec_size)).astype(np.float32))
    off = (ways["loop"](vec) - decode(vec)).abs().median()
    print(f"median difference of values: {off:.1e}")
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(arguments.rounds):
        for name, convert in ways.items():
            times[name].append(seconds(convert, vec))
    found = {name: statistics.median(each[2:]) for name, each in times.items()}
    for name, median in found.items():
        print(f"{name:18} {median * 1e3:7.2f} ms  {found['loop'] / median:5.1f} × the loop's speed")


if __name__ == "__main__":
    main()
