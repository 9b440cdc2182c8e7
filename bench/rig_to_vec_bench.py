#!/usr/bin/env python3
"""Times of rig_to_vec for the medium rig, and of what a pipeline would do without rigjit.

    python3 bench/rig_to_vec_bench.py [--calls 1000]

Needs msgspec, orjson and PyYAML (bench/requirements.txt). The ways take turns of 32 poses each, so
that what else the machine does falls on all of them; medians. First their results are compared.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable
from time import perf_counter_ns

import flat_rig_to_vec
import medium_rig
import msgspec
import numpy as np
import orjson

import rigjit

POSES = 32  # taken in turn: a processor learns the branches of one pose by heart
Ways = dict[str, Callable[[int], object]]  # of the index of a pose


def median_us(ways: Ways, calls: int) -> dict[str, float]:
    times: dict[str, list[int]] = {name: [] for name in ways}
    for turn in range(calls // POSES + 2):
        for name, way in ways.items():
            for pose in range(POSES):
                begin = perf_counter_ns()
                way(pose)
                if turn > 0:
                    times[name].append(perf_counter_ns() - begin)
    return {name: statistics.median(taken) / 1000 for name, taken in times.items()}


def check(ways: Ways) -> None:
    for pose in range(POSES):
        results = {name: np.asarray(way(pose), np.float32) for name, way in ways.items()}
        first = next(iter(results.values()))
        for name, result in results.items():
            if not np.allclose(result, first, rtol=1e-4, atol=1e-5):
                sys.exit(f"{name} gives another vector")


def make_ways(rig: rigjit.Rig, text: str, vecs: np.ndarray) -> Ways:
    messages = [rig.vec_to_rig(vec) for vec in vecs]
    values = [rig.vec_to_values(vec) for vec in vecs]
    poses = [msgspec.msgpack.decode(message) for message in messages]
    jsons = [orjson.dumps(pose) for pose in poses]
    own_jsons = [rig.vec_to_json(vec) for vec in vecs]
    other_order = [msgspec.msgpack.encode(dict(reversed(pose.items()))) for pose in poses]
    inverse = flat_rig_to_vec.read(text)
    python = flat_rig_to_vec.flat_python(inverse)
    numpy = flat_rig_to_vec.vectorised(inverse)
    decode = msgspec.msgpack.Decoder().decode
    return {
        "values_to_vec": lambda i: rig.values_to_vec(values[i]),
        "MessagePack of vec_to_rig": lambda i: rig.rig_to_vec(messages[i]),
        "MessagePack of others": lambda i: rig.rig_to_vec(other_order[i]),
        "dict": lambda i: rig.rig_to_vec(poses[i]),
        "JSON of vec_to_json": lambda i: rig.rig_to_vec(own_jsons[i]),
        "JSON of orjson, 17 digits": lambda i: rig.rig_to_vec(jsons[i]),
        "msgspec, numpy": lambda i: numpy(decode(messages[i])),
        "msgspec, generated Python": lambda i: python(decode(messages[i])),
        "generated Python": lambda i: python(poses[i]),
        "orjson of vec_to_json, generated Python": lambda i: python(orjson.loads(own_jsons[i])),
        "orjson of 17 digits, generated Python": lambda i: python(orjson.loads(jsons[i])),
    }


def batch_us(rig: rigjit.Rig, vecs: np.ndarray, calls: int) -> float:
    messages = rig.vec_to_rig_batch(vecs)
    out = np.empty_like(vecs)
    way = {"batch": lambda _: rig.rig_to_vec_batch(messages, out=out)}
    return median_us(way, max(calls // 10, 10))["batch"] / POSES


def main() -> None:
    parser = argparse.ArgumentParser(description="times of rig_to_vec")
    parser.add_argument("--calls", type=int, default=1000)
    calls = parser.parse_args().calls
    text = medium_rig.medium_rig()
    rig = rigjit.loads(text, cache=False)
    vecs = np.random.default_rng(1).normal(size=(POSES, rig.vec_size)).astype(np.float32)
    ways = make_ways(rig, text, vecs)
    check(ways)
    times = median_us(ways, calls)
    for name, us in times.items():
        print(f"{name:<42}{us:8.2f} µs")
    batch = f"a message of rig_to_vec_batch, {POSES}, out="
    print(f"{batch:<42}{batch_us(rig, vecs, calls):8.2f} µs")
    for mine, other in (
        ("MessagePack of vec_to_rig", "msgspec, numpy"),
        ("MessagePack of vec_to_rig", "msgspec, generated Python"),
        ("dict", "generated Python"),
        ("JSON of vec_to_json", "orjson of vec_to_json, generated Python"),
        ("JSON of orjson, 17 digits", "orjson of 17 digits, generated Python"),
    ):
        print(f"{mine}: {times[other] / times[mine]:.1f} times as fast as {other}")


if __name__ == "__main__":
    main()
