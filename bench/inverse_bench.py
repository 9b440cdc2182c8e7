#!/usr/bin/env python3
"""Times of rig_to_vec for the medium rig, and of what a pipeline would do without rigjit.

    python3 bench/inverse_bench.py [--calls 1000]

Needs msgspec, orjson and PyYAML (bench/requirements.txt). All ways are called in turn, so that what
else the machine does falls on each; medians. Before they are timed, their results are compared.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable
from time import perf_counter_ns

import flat_inverse
import medium_rig
import msgspec
import numpy as np
import orjson

import rigjit

BATCH = 64
Ways = dict[str, Callable[[], object]]


def median_us(ways: Ways, calls: int) -> dict[str, float]:
    times: dict[str, list[int]] = {name: [] for name in ways}
    for call in range(calls + 20):
        for name, way in ways.items():
            begin = perf_counter_ns()
            way()
            if call >= 20:
                times[name].append(perf_counter_ns() - begin)
    return {name: statistics.median(taken) / 1000 for name, taken in times.items()}


def check(ways: Ways) -> None:
    results = {name: np.asarray(way(), np.float32) for name, way in ways.items()}
    first = next(iter(results.values()))
    for name, result in results.items():
        if not np.allclose(result, first, rtol=1e-4, atol=1e-5):
            sys.exit(f"{name} gives another vector")


def make_ways(rig: rigjit.Rig, text: str, vec: np.ndarray) -> Ways:
    message = rig.vec_to_rig(vec)
    values = rig.vec_to_values(vec)
    pose = msgspec.msgpack.decode(message)
    json = orjson.dumps(pose)
    other_order = msgspec.msgpack.encode(dict(reversed(pose.items())))
    inverse = flat_inverse.read(text)
    python = flat_inverse.flat_python(inverse)
    numpy = flat_inverse.vectorised(inverse)
    decode = msgspec.msgpack.Decoder().decode
    return {
        "values_to_vec": lambda: rig.values_to_vec(values),
        "MessagePack of vec_to_rig": lambda: rig.rig_to_vec(message),
        "MessagePack of others": lambda: rig.rig_to_vec(other_order),
        "dict": lambda: rig.rig_to_vec(pose),
        "JSON": lambda: rig.rig_to_vec(json),
        "msgspec, numpy": lambda: numpy(decode(message)),
        "msgspec, generated Python": lambda: python(decode(message)),
        "generated Python": lambda: python(pose),
        "orjson, generated Python": lambda: python(orjson.loads(json)),
    }


def batch_us(rig: rigjit.Rig, vec: np.ndarray, calls: int) -> float:
    messages = rig.vec_to_rig_batch(np.tile(vec, (BATCH, 1)))
    vecs = np.empty((BATCH, rig.vec_size), np.float32)
    way = {"batch": lambda: rig.rig_to_vec_batch(messages, out=vecs)}
    return median_us(way, max(calls // 10, 10))["batch"] / BATCH


def main() -> None:
    parser = argparse.ArgumentParser(description="times of rig_to_vec")
    parser.add_argument("--calls", type=int, default=1000)
    calls = parser.parse_args().calls
    text = medium_rig.medium_rig()
    rig = rigjit.loads(text, cache=False)
    vec = np.random.default_rng(1).normal(size=rig.vec_size).astype(np.float32)
    ways = make_ways(rig, text, vec)
    check(ways)
    times = median_us(ways, calls)
    for name, us in times.items():
        print(f"{name:<42}{us:8.2f} µs")
    print(
        f"{f'a message of rig_to_vec_batch, {BATCH}, out=':<42}{batch_us(rig, vec, calls):8.2f} µs"
    )
    for mine, other in (
        ("MessagePack of vec_to_rig", "msgspec, numpy"),
        ("MessagePack of vec_to_rig", "msgspec, generated Python"),
        ("dict", "generated Python"),
        ("JSON", "orjson, generated Python"),
    ):
        print(f"{mine}: {times[other] / times[mine]:.1f} times as fast as {other}")


if __name__ == "__main__":
    main()
