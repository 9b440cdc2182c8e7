#!/usr/bin/env python3
"""Writes the rigs that the benchmarks measure, as YAML.

    python3 bench/medium_rig.py [--times N] [--affine] [--attributes float|typed] [file]

to standard output unless a file is given.

The medium rig: 120 controllers, 830 inputs, 590 values: 30 with all nine channels, 40 with
translation and rotation3d, 30 with one translation axis and rotation1d, 20 with one axis.
--times: so many times its controllers. --affine: 66 controllers with nine affine channels each,
594 values in a message of 9,573 bytes. --attributes: the medium rig with an attribute more in half
of its controllers, all floats, or bools, ints and enums in turn.
"""

from __future__ import annotations

import argparse
import random
import sys

PARTS = ["arm", "leg", "hand", "foot", "head", "chest", "finger", "brow"]
AXES = "xyz"


def numbers(rng: random.Random, low: float, high: float) -> str:
    return "[" + ", ".join(f"{rng.uniform(low, high):.6g}" for _ in AXES) + "]"


def axes(kind: str, rng: random.Random) -> str:
    low, high = (0.1, 0.2) if kind == "scale" else (0.5, 30)
    center = "1" if kind == "scale" else numbers(rng, -5, 5)
    return f"{kind}: {{axes: xyz, scale: {numbers(rng, low, high)}, center: {center}}}"


def one_axis(rng: random.Random) -> str:
    return f"translation: {{axes: {rng.choice(AXES)}, scale: {rng.uniform(0.5, 30):.6g}}}"


def medium_controller(index: int, rng: random.Random) -> list[str]:
    place = index % 120
    if place < 30:
        return [axes("translation", rng), "rotation3d: {}", axes("scale", rng)]
    if place < 70:
        return [axes("translation", rng), "rotation3d: {}"]
    if place < 100:
        return [one_axis(rng), f"rotation1d: {{axis: {rng.choice(AXES)}}}"]
    return [one_axis(rng)]


def attribute(types: str, index: int) -> str:
    if types == "float":
        return "attribute: {name: space}"
    options = [
        "type: bool",
        "type: int, scale: 3, min: 0, max: 10",
        "type: int, scale: 1000",
        "type: enum, names: [world, chest, hand]",
        "type: enum, names: [world, chest, hand], encoding: one_hot",
    ]
    return f"attribute: {{name: space, {options[index % len(options)]}}}"


def affine_controller(rng: random.Random) -> list[str]:
    angles = [
        f"attribute: {{name: rotate{axis}, scale: {rng.uniform(10, 90):.6g}}}" for axis in "XYZ"
    ]
    return [axes("translation", rng), *angles, axes("scale", rng)]


def rig(name: str, controllers: list[tuple[str, list[str]]]) -> str:
    lines = ["rigjit: 1", f"name: {name}", "controllers:"]
    for controller, transformations in controllers:
        lines += [f"  - name: {controller}", "    transformations:"]
        lines += [f"      - {transformation}" for transformation in transformations]
    return "\n".join(lines) + "\n"


def medium_rig(times: int = 1) -> str:
    rng = random.Random(3)
    names = [f"{'lr'[i % 2]}_{PARTS[i % 8]}{i:04d}_CTRL" for i in range(120 * times)]
    name = "medium" if times == 1 else f"medium_{times}"
    return rig(name, [(text, medium_controller(i, rng)) for i, text in enumerate(names)])


def medium_rig_with_attributes(types: str) -> str:
    rng = random.Random(3)
    controllers = []
    for i in range(120):
        transformations = medium_controller(i, rng)
        if i % 2 == 0:
            transformations.append(attribute(types, i // 2))
        controllers.append((f"{'lr'[i % 2]}_{PARTS[i % 8]}{i:04d}_CTRL", transformations))
    return rig(f"medium_{types}", controllers)


def affine_rig() -> str:
    rng = random.Random(4)
    names = [f"l_affine_part_{i:02d}_CTR" for i in range(66)]
    return rig("affine", [(text, affine_controller(rng)) for text in names])


def main() -> None:
    parser = argparse.ArgumentParser(description="writes the rig of the benchmarks")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--affine", action="store_true")
    parser.add_argument("--attributes", choices=["float", "typed"])
    parser.add_argument("file", nargs="?")
    arguments = parser.parse_args()
    if arguments.attributes:
        text = medium_rig_with_attributes(arguments.attributes)
    else:
        text = affine_rig() if arguments.affine else medium_rig(arguments.times)
    if arguments.file is None:
        sys.stdout.write(text)
    else:
        with open(arguments.file, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)


if __name__ == "__main__":
    main()
