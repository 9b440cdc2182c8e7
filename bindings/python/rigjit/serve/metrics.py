"""Counters of one server, in Prometheus' text: plain numbers, made into metrics when asked for."""

from __future__ import annotations

import json
import os
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
STAGES = ("read", "model", "convert", "write")
_BOUNDS = (1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1, 2.5, 10)


class Metrics:
    """What has happened. Of one thread; labels are names that are served, never a caller's text."""

    def __init__(self, rigs: Iterable[str], shared_dir: str | None = None) -> None:
        self.requests: Counter[tuple[str, str, int]] = Counter()  # rig, route, status
        self.stages = {rig: [0.0] * len(STAGES) for rig in rigs}  # seconds
        self.frames = dict.fromkeys(self.stages, 0)
        self.bad_frames: Counter[tuple[str, str]] = Counter()  # rig, code
        self.live_dropped = 0
        self.live_clients = 0
        self._buckets = [0] * (len(_BOUNDS) + 1)
        self._seconds = 0.0
        self._shared_dir = shared_dir

    def answered(self, rig: str, route: str, status: int, seconds: float | None) -> None:
        """Count a request; seconds: None for a stream, which lasts as long as its reader likes."""
        self.requests[rig, route, status] += 1
        if seconds is not None:
            self._buckets[bisect_left(_BOUNDS, seconds)] += 1
            self._seconds += seconds

    def text(self, rigs: Mapping[str, tuple[str, str, bool]]) -> bytes:
        """All of it; rigs: {name: (hash, origin, whether its spec has a problem)}."""
        registry = CollectorRegistry()
        registry.register(_Collector(self._summed(), rigs))
        return generate_latest(registry)

    def share(self) -> None:
        """Leave this worker's numbers where the others find them."""
        if self._shared_dir is not None:
            path = self.path_of(os.getpid())
            with open(path + ".new", "w") as file:
                json.dump(self._numbers(), file)
            os.replace(path + ".new", path)

    def path_of(self, process: int) -> str:
        """Where a worker leaves its numbers."""
        return os.path.join(self._shared_dir or "", f"metrics-{process}.json")

    def _numbers(self) -> dict[str, Any]:
        return {
            "requests": [[*key, count] for key, count in self.requests.items()],
            "stages": self.stages,
            "frames": self.frames,
            "bad_frames": [[*key, count] for key, count in self.bad_frames.items()],
            "live": [self.live_dropped, self.live_clients],
            "buckets": self._buckets,
            "seconds": self._seconds,
        }

    def _summed(self) -> dict[str, Any]:
        """This worker's numbers and those that the others left last: no counter ever falls."""
        total = self._numbers()
        if self._shared_dir is None:
            return total
        own = f"metrics-{os.getpid()}.json"
        for name in os.listdir(self._shared_dir):
            if name.startswith("metrics-") and name.endswith(".json") and name != own:
                with open(os.path.join(self._shared_dir, name)) as file:
                    other = json.load(file)
                if not _is_running(int(name[8:-5])):
                    other["live"][1] = 0
                total = _sum(total, other)
        return total


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _sum(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    def rows(name: str) -> list[list[Any]]:
        counts: Counter[tuple[Any, ...]] = Counter()
        for *key, count in [*one[name], *other[name]]:
            counts[tuple(key)] += count
        return [[*key, count] for key, count in counts.items()]

    def each(a: list[Any], b: list[Any]) -> list[Any]:
        return [x + y for x, y in zip(a, b, strict=True)]

    return {
        "requests": rows("requests"),
        "bad_frames": rows("bad_frames"),
        "stages": {rig: each(one["stages"][rig], other["stages"][rig]) for rig in one["stages"]},
        "frames": {rig: one["frames"][rig] + other["frames"][rig] for rig in one["frames"]},
        "live": each(one["live"], other["live"]),
        "buckets": each(one["buckets"], other["buckets"]),
        "seconds": one["seconds"] + other["seconds"],
    }


class _Collector:
    def __init__(self, numbers: dict[str, Any], rigs: Mapping[str, tuple[str, str, bool]]) -> None:
        self._numbers = numbers
        self._rigs = rigs

    def collect(self) -> Iterable[Any]:
        """The metric families."""
        numbers = self._numbers
        yield _counter(
            "rigjit_requests", "Requests answered", ["rig", "route", "status"], numbers["requests"]
        )
        yield self._histogram()
        stages = [
            [rig, stage, seconds]
            for rig, times in numbers["stages"].items()
            for stage, seconds in zip(STAGES, times, strict=True)
        ]
        yield _counter("rigjit_stage_seconds", "Time spent in a stage", ["rig", "stage"], stages)
        frames = [[rig, count] for rig, count in numbers["frames"].items()]
        yield _counter("rigjit_frames", "Poses and vectors converted", ["rig"], frames)
        yield _counter(
            "rigjit_bad_frames",
            "Vectors and poses that were none",
            ["rig", "code"],
            numbers["bad_frames"],
        )
        dropped, clients = numbers["live"]
        yield GaugeMetricFamily("rigjit_live_clients", "Readers of live streams", value=clients)
        yield _counter(
            "rigjit_live_dropped", "Live frames that a slow reader did not get", [], [[dropped]]
        )
        info = GaugeMetricFamily(
            "rigjit_rig_info", "The rigs that are served", labels=["rig", "hash", "origin"]
        )
        problems = GaugeMetricFamily(
            "rigjit_spec_problem", "1 where a spec or model cannot be used as it is", labels=["rig"]
        )
        for rig, (rig_hash, origin, problem) in self._rigs.items():
            info.add_metric([rig, rig_hash, origin], 1)
            problems.add_metric([rig], int(problem))
        yield info
        yield problems

    def _histogram(self) -> HistogramMetricFamily:
        total = 0
        buckets = []
        counts = self._numbers["buckets"]
        for bound, count in zip([*map(str, _BOUNDS), "+Inf"], counts, strict=True):
            total += count
            buckets.append((bound, total))
        return HistogramMetricFamily(
            "rigjit_request_seconds",
            "From a request's head to the end of its answer",
            buckets=buckets,
            sum_value=self._numbers["seconds"],
        )


def _counter(
    name: str, text: str, labels: list[str], rows: Iterable[list[Any]]
) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=labels)
    for *values, count in rows:
        family.add_metric([str(value) for value in values], count)
    return family
