#!/usr/bin/env python3
"""A data set from clips against what cannot be avoided: reading, the kernel, pyarrow's writing.

    python3 bench/dataset_bench.py [--frames 200000] [--rounds 5] [--folder /dev/shm]

The medium rig, 830 inputs; clips and data set in memory. Everything takes turns, round after round,
and of the rounds the medians count. Start-up is not counted: a small data set is built before. Two
workers have four times the frames, and of their time that of a build of four frames is taken off.
Then the memory of a process
that builds from a clip, and from one of a hundred times its frames.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import rigjit_clip
from pyarrow import parquet as pq

import rigjit
from rigjit.dataset import build

BENCH = Path(__file__).resolve().parent
CLIP_FRAMES = 10_000
GROUP_ROWS = 2500

MEASURE_MEMORY = """
import resource, sys
from rigjit.dataset import build
build(sys.argv[1], [sys.argv[2]], sys.argv[3], workers=1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def write_clips(folder: Path, rig: rigjit.Rig, frames: int) -> Path:
    """Clips of random poses, of 10,000 frames each."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    vecs = rng.normal(size=(min(frames, CLIP_FRAMES), rig.vec_size)).astype(np.float32)
    clip = rig.clip(vecs)
    for number in range(max(1, frames // CLIP_FRAMES)):
        (folder / f"{number:03d}.safetensors").write_bytes(clip)
    return folder


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


class Unavoidable:
    """The three parts, one after the other, each over all clips."""

    def __init__(self, rig: rigjit.Rig, clips: Path, out: Path) -> None:
        self._rig, self._paths, self._out = rig, sorted(clips.iterdir()), out
        self._vecs = np.empty((CLIP_FRAMES, rig.vec_size), np.float32)
        self._values = self._read(self._paths[0])

    def _read(self, path: Path) -> np.ndarray:
        clip = rigjit_clip.open(path)
        return np.frombuffer(clip.values, np.float32).reshape(len(clip), -1)

    def read(self) -> None:
        for path in self._paths:
            self._read(path)

    def convert(self) -> None:
        for _ in self._paths:
            self._rig.values_to_vec_batch(self._values, out=self._vecs)

    def write(self) -> None:
        """The same columns in the same row groups, a file a clip."""
        count = len(self._values)
        names = pa.array(["000"] * count)
        frames = pa.array(np.arange(count, dtype=np.int32))
        times = pa.array(np.arange(count) / 24)
        kind = pa.binary(4 * self._rig.vec_size)
        vecs = pa.FixedSizeBinaryArray.from_buffers(kind, count, [None, pa.py_buffer(self._vecs)])
        fields = [("clip", names), ("frame", frames), ("time", times), ("vec", vecs)]
        schema = pa.schema([pa.field(name, array.type, nullable=False) for name, array in fields])
        table = pa.table([array for _, array in fields], schema=schema)
        self._out.mkdir()
        for path in self._paths:
            pq.write_table(
                table,
                self._out / path.name,
                row_group_size=GROUP_ROWS,
                compression="none",
                use_dictionary=["clip"],
                write_statistics=False,
            )
        shutil.rmtree(self._out)


def speed(spec: Path, rig: rigjit.Rig, folder: Path, frames: int, rounds: int) -> None:
    clips = write_clips(folder / "clips", rig, frames)
    little = write_clips(folder / "little", rig, 2)
    shutil.copy(little / "000.safetensors", little / "001.safetensors")
    many = folder / "many"
    many.mkdir()
    for path in clips.iterdir():
        for number in range(4):
            os.link(path, many / f"{number}-{path.name}")
    parts = Unavoidable(rig, clips, folder / "parts")

    def built(source: Path, workers: int) -> Callable[[], object]:
        def work() -> None:
            size = 1 if source == little else "64M"
            build(rig, [source], folder / "set", workers=workers, shard_size=size)

        return work

    works: dict[str, Callable[[], object]] = {
        "reading": parts.read,
        "kernel": parts.convert,
        "writing": parts.write,
        "one worker": built(clips, 1),
        "one, 4 times": built(many, 1),
        "start of two": built(little, 2),
        "two, 4 times": built(many, 2),
    }
    built(little, 1)()
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            shutil.rmtree(folder / "set", ignore_errors=True)
            times[name].append(seconds(work))
    medians = {name: statistics.median(some) for name, some in times.items()}
    for name, median in medians.items():
        print(f"{name:14} {median:7.3f} s")
    parts_sum = medians["reading"] + medians["kernel"] + medians["writing"]
    two = medians["two, 4 times"] - medians["start of two"]
    print(f"{frames / medians['one worker']:,.0f} frames/s with one worker")
    print(f"of the speed of its parts: {parts_sum / medians['one worker']:.2f}")
    print(f"two workers against one: {medians['one, 4 times'] / two:.2f} times")


def memory(spec: Path, rig: rigjit.Rig, folder: Path, frames: int) -> None:
    sizes = []
    rng = np.random.default_rng(0)
    vecs = rng.normal(size=(2000, rig.vec_size)).astype(np.float32)
    for times in (frames // 100, frames):
        clip = folder / f"{times}.clip"
        with rigjit.ClipWriter(clip, rig, fps=24) as writer:
            for begin in range(0, times, len(vecs)):
                writer.write_batch(vecs[: times - begin])
        script = [sys.executable, "-c", MEASURE_MEMORY, spec, clip, folder / f"set{times}"]
        done = subprocess.run(list(map(str, script)), capture_output=True, text=True, check=True)
        sizes.append(int(done.stdout) / 1024)
        print(f"one clip of {times} frames: {sizes[-1]:.0f} MB resident at most")
    print(f"100 times the frames: {100 * (sizes[1] / sizes[0] - 1):+.1f}%")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", default="/dev/shm", help="in memory: /dev/shm")
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=parsed.folder) as name:
        folder = Path(name)
        spec = folder / "medium.yaml"
        subprocess.run([sys.executable, BENCH / "medium_rig.py", spec], check=True)
        rig = rigjit.load(spec)
        speed(spec, rig, folder, parsed.frames, parsed.rounds)
        shutil.rmtree(folder / "clips")
        shutil.rmtree(folder / "many")
        shutil.rmtree(folder / "set")
        memory(spec, rig, folder, parsed.frames)


if __name__ == "__main__":
    main()
