#!/usr/bin/env python3
"""Distances of hulls beside Parry and coal, in one process.

    python3 bench/collision_bench.py [--frames 240] [--rounds 5]

Needs what bench/requirements.txt lists; cargo builds Parry. What is missing is named and left out.
Variants take turns. Each figure is the median of its rounds, in processor time of its thread, so
that a busy machine changes little; only what two threads gain is by the clock.
"""

from __future__ import annotations

import argparse
import os
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter, thread_time

import collision_character
import numpy as np
from peers import parry
from peers.coal_pairs import CoalPairs
from peers.crate import CannotBuildError, cargo_version

from rigjit import collision

# Frames that a Python loop calls for.
LOOP_FRAMES = 12
SINGLE_FRAMES = 60
# Beyond what Parry's shapes reach: it then gives every distance.
FAR = 1e9


@dataclass
class Variant:
    name: str
    run: Callable[[], object]
    answers: int  # distances that a run gives
    clock: Callable[[], float] = thread_time
    ns: float = 0.0  # one distance


class Work:
    """One set of hulls, transforms and pairs, for all who are compared."""

    def __init__(self, points: list[np.ndarray], motion: np.ndarray, pairs: np.ndarray) -> None:
        self.points, self.motion, self.pairs = points, motion, pairs
        self.doubles = motion.astype(np.float64)
        self.hulls = collision.Hulls({str(i): each for i, each in enumerate(points)})
        self.out = np.empty((len(motion), len(pairs)), np.float32)
        self.row = np.empty((1, len(pairs)), np.float32)

    @property
    def answers(self) -> int:
        return self.out.size

    def rigjit(self, max_distance: float = np.inf, threads: int = 1) -> np.ndarray:
        return self.hulls.signed_distance(
            self.motion, self.pairs, max_distance, self.out, threads=threads
        )

    def contacts(self, max_distance: float) -> np.ndarray:
        return self.hulls.contacts(self.motion, self.pairs, max_distance)

    def frame_by_frame(self) -> None:
        for i in range(min(SINGLE_FRAMES, len(self.motion))):
            self.hulls.signed_distance(self.motion[i : i + 1], self.pairs, out=self.row)


class WithParry:
    def __init__(self, module, work: Work) -> None:
        self._module, self._work = module, work
        self._hulls = [module.Hull(points) for points in work.points]
        self._poses = [
            [module.Pose(each) for each in frame] for frame in work.doubles[:LOOP_FRAMES]
        ]
        self.out = np.empty_like(work.out)

    def loop_in_rust(self, prediction: float = FAR) -> np.ndarray:
        work = self._work
        self._module.distances(self._hulls, work.doubles, work.pairs, prediction, self.out)
        return self.out

    def loop_in_python(self) -> list[list[float]]:
        distance, hulls = self._module.distance, self._hulls
        pairs = self._work.pairs.tolist()
        return [
            [distance(hulls[i], hulls[j], poses[i], poses[j]) for i, j in pairs]
            for poses in self._poses
        ]


def overlapping(character: collision_character.Character) -> Work:
    """Parents and children, three tenths fatter about their centres."""
    points = [(each - each.mean(0)) * 1.3 + each.mean(0) for each in character.points]
    pairs = [(parent, i) for i, parent in enumerate(character.parents) if parent >= 0]
    return Work(points, character.motion, np.array(pairs, np.int32))


def measure(variants: list[Variant], rounds: int) -> None:
    times: dict[str, list[float]] = {variant.name: [] for variant in variants}
    for _ in range(rounds):
        for variant in variants:
            begin = variant.clock()
            variant.run()
            times[variant.name].append(variant.clock() - begin)
    for variant in variants:
        variant.ns = statistics.median(times[variant.name]) / variant.answers * 1e9


def disagreements(found: np.ndarray, other: np.ndarray, work: Work) -> int:
    """Distances that differ by more than 1e-5 of the hulls' size."""
    radii = np.array([np.linalg.norm(each - each.mean(0), axis=1).max() for each in work.points])
    size = radii[work.pairs].sum(1) + np.abs(other)
    return int((np.abs(found - other) > 1e-5 * size).sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--frames", type=int, default=240)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    character = collision_character.make(options.frames)
    work, fat = Work(character.points, character.motion, character.pairs), overlapping(character)
    single = min(SINGLE_FRAMES, options.frames) * len(work.pairs)
    variants = [
        Variant("every distance", work.rigjit, work.answers),
        Variant("max_distance=0", lambda: work.rigjit(0), work.answers),
        Variant("contacts, all", lambda: work.contacts(np.inf), work.answers),
        Variant("contacts, touching", lambda: work.contacts(0), work.answers),
        Variant("one frame a call", work.frame_by_frame, single),
        Variant("mostly overlapping", fat.rigjit, fat.answers),
        Variant("one thread", work.rigjit, work.answers, perf_counter),
        Variant("two threads", lambda: work.rigjit(threads=2), work.answers, perf_counter),
    ]
    looped = min(LOOP_FRAMES, options.frames) * len(work.pairs)
    if cargo_version() is None:
        print("no cargo here: Parry is left out")
    else:
        try:
            module = parry.build()
            peer, fat_peer = WithParry(module, work), WithParry(module, fat)
            variants += [
                Variant("Parry in Python", peer.loop_in_python, looped),
                Variant("Parry in Rust", peer.loop_in_rust, work.answers),
                Variant("Parry in Rust, max 0", lambda: peer.loop_in_rust(0.0), work.answers),
                Variant("Parry in Rust, overlapping", fat_peer.loop_in_rust, fat.answers),
            ]
            for name, one, other in (("all", work, peer), ("overlapping", fat, fat_peer)):
                wrong = disagreements(one.rigjit(), other.loop_in_rust(), one)
                print(f"Parry differs in {wrong} of {one.answers} ({name})")
        except CannotBuildError as error:
            print(error)
    try:
        coal = CoalPairs(work.points, work.pairs)
        poses = coal.poses(work.motion[:LOOP_FRAMES])
        variants.append(Variant("coal in Python", lambda: coal.distances(poses), looped))
    except ImportError as error:
        print(f"coal is left out: {error}")
    share = (fat.rigjit() < 0).mean()
    measure(variants, options.rounds)
    ns = {variant.name: variant.ns for variant in variants}
    load = os.getloadavg()[0]
    print(
        f"{work.answers} distances; {share:.0%} of the overlapping work overlaps; load {load:.1f}"
    )
    for name, value in ns.items():
        print(f"{name:28} {value:9.1f} ns a distance")
    ratios = [
        ("every distance, Parry in Python", "Parry in Python", "every distance"),
        ("every distance, Parry in Rust", "Parry in Rust", "every distance"),
        ("every distance, coal in Python", "coal in Python", "every distance"),
        ("max_distance=0, Parry in Rust", "Parry in Rust", "max_distance=0"),
        ("max_distance=0, Parry told so too", "Parry in Rust, max 0", "max_distance=0"),
        ("mostly overlapping, Parry in Rust", "Parry in Rust, overlapping", "mostly overlapping"),
        ("one frame a call, Parry in Rust", "Parry in Rust", "one frame a call"),
        ("contacts over distances, all", "contacts, all", "every distance"),
        ("contacts over distances, touching", "contacts, touching", "max_distance=0"),
        ("two threads", "one thread", "two threads"),
    ]
    for name, slower, faster in ratios:
        if slower in ns and faster in ns:
            print(f"{name:36} {ns[slower] / ns[faster]:7.2f} ×")


if __name__ == "__main__":
    main()
