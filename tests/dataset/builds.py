"""A rig with every kind of input, clips of it, the command, and what it has written."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet as pq

import rigjit

SPEC = """rigjit: 1
name: hero
mirror: {pairs: [[l_, r_]], translation: [-1, 1, 1], rotation: [1, -1, -1]}
controllers:
  - name: root
    transformations: [translation: {scale: 25, center: 1}, rotation3d: {rotate_order: zxy}]
  - name: l_hand
    transformations:
      - rotation3d: {rot6d: interleaved, output: quaternion}
      - attribute: {name: pinned, type: bool}
      - attribute: {name: reach, min: 0, max: 1, limit: error}
  - name: r_hand
    transformations:
      - rotation3d: {rot6d: interleaved, output: quaternion}
      - attribute: {name: pinned, type: bool}
      - attribute: {name: reach, min: 0, max: 1, limit: error}
  - name: elbow
    transformations:
      - rotation1d: {axis: y, order: cos_sin}
      - attribute: {name: space, type: enum, names: [world, chest], encoding: one_hot}
      - constant: {name: IK_FK, value: 1}
"""


def random_vecs(rig: rigjit.Rig, count: int, seed: int) -> np.ndarray:
    """(count, vec_size) good vectors."""
    rng = np.random.default_rng(seed)
    vecs = rng.normal(size=(count, rig.vec_size)).astype(np.float32)
    limited = [i for i, (_, _, name) in enumerate(rig.inputs) if name in ("reach", "pinned")]
    vecs[:, limited] = rng.uniform(0.1, 0.9, (count, len(limited)))
    return vecs


def write_clip(path: Path, rig: rigjit.Rig, count: int, seed: int, fps: object = 24) -> np.ndarray:
    """A clip of random frames; the vectors that its values are of."""
    values = rig.vec_to_values_batch(random_vecs(rig, count, seed))
    vecs = rig.values_to_vec_batch(values)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(rig.clip(vecs, fps=fps))
    return rig.values_to_vec_batch(rig.vec_to_values_batch(vecs))


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "rigjit", "dataset", "build", *map(str, words)]


def run(*words: object, **options) -> subprocess.CompletedProcess[str]:
    """`rigjit dataset build`, to its end."""
    return subprocess.run(
        command(*words), capture_output=True, text=True, timeout=120, check=False, **options
    )


def wait_for_a_shard(builder: subprocess.Popen, folder: Path) -> None:
    """Until a build at work has made one."""
    while not list(folder.glob("part-*")):
        assert builder.poll() is None
        time.sleep(0.002)


def contents(folder: Path) -> dict[str, bytes]:
    """{name: bytes} of all files below a folder."""
    paths = [Path(root) / file for root, _, files in os.walk(folder) for file in files]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(paths)}


def vectors(column: pa.ChunkedArray) -> np.ndarray:
    """As the manual says."""
    return np.concatenate(
        [np.frombuffer(b"".join(chunk.to_pylist()), "<f4") for chunk in column.chunks]
    ).reshape(len(column), -1)


def table_of(folder, pattern="part-*.parquet") -> pa.Table:
    return pa.concat_tables([pq.read_table(path) for path in sorted(folder.glob(pattern))])
