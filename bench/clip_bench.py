#!/usr/bin/env python3
"""Reading a clip with the standard library alone, against json.loads of the same frames.

    python3 bench/clip_bench.py [--frames 240] [--repeats 15] [--python python3.7]

Blender's Rigify human, 1,751 channels, its frames over and over. `--python` is the
interpreter that is measured, in a process of its own without numpy and rigjit. Medians in one run;
both start from bytes in memory.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import msgpack
import numpy as np

import rigjit

ROOT = Path(__file__).resolve().parents[1]

MEASURE = """
import array, json, platform, statistics, sys, time
sys.path.insert(0, sys.argv[1])
import rigjit_clip
with open(sys.argv[2], "rb") as file:
    clip_bytes = file.read()
with open(sys.argv[3]) as file:
    texts = file.read().splitlines()

def read_clip():
    clip = rigjit_clip.open(clip_bytes)
    return [clip[i] for i in range(len(clip))]

def read_json():
    return [json.loads(text) for text in texts]

frame = read_clip()[-1]
pose = [v for attributes in read_json()[-1].values() for v in attributes.values()]
assert frame == array.array("f", pose), "the clip and the JSON are not of the same frames"

times = {"clip": [], "json": []}
for _ in range(int(sys.argv[4])):
    for name, read in (("clip", read_clip), ("json", read_json)):
        begin = time.perf_counter()
        read()
        times[name].append(time.perf_counter() - begin)
medians = {name: statistics.median(all_times) for name, all_times in times.items()}
print(json.dumps({"python": platform.python_version(), "frames": len(texts), **medians}))
"""


def json_text(message: bytes) -> str:
    """A message as compact JSON, with the fewest digits that give each float32 back."""
    pose = {
        controller: {name: float(str(np.float32(value))) for name, value in attributes.items()}
        for controller, attributes in msgpack.unpackb(message).items()
    }
    return json.dumps(pose, separators=(",", ":"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=240)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--python", default=sys.executable)
    options = parser.parse_args()
    rig = rigjit.load(ROOT / "configs/rigify_human.yaml")
    frames = np.load(ROOT / "configs/rigify/human_stress.npz")["vec_rows"]
    vecs = np.resize(frames, (options.frames, rig.vec_size))
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder, "clip")
        clip.write_bytes(rig.clip(vecs))
        frames = Path(folder, "frames.json")
        frames.write_text("".join(json_text(rig.vec_to_rig(vec)) + "\n" for vec in vecs))
        command = [options.python, "-I", "-c", MEASURE, str(ROOT / "bindings/python")]
        command += [str(clip), str(frames), str(options.repeats)]
        run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    result = json.loads(run.stdout)
    print(f"Python {result['python']}, {result['frames']} frames of {len(rig.channels)} channels")
    print(f"rigjit_clip to flat arrays  {result['clip'] * 1e3:8.2f} ms")
    print(f"json.loads                  {result['json'] * 1e3:8.2f} ms")
    print(f"ratio                       {result['json'] / result['clip']:8.1f}")


if __name__ == "__main__":
    main()
