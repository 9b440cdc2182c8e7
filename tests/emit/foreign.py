"""Programs that know nothing of rigjit: built by Debian's compilers, run here or under qemu."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import rigjit

HARNESS = Path(__file__).with_name("harness.c")
X86 = ["x86-64", "x86-64-v3", "x86-64-v4", "x86-64-v4-vbmi"]


def need(*tools: str) -> None:
    for tool in tools:
        if shutil.which(tool) is None:
            pytest.skip(f"no {tool}")


def run(*command: object, **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [str(word) for word in command], check=True, capture_output=True, timeout=300, **options
    )


def compiler(target: str) -> str:
    return "aarch64-linux-gnu-gcc" if target == "aarch64" else "cc"


def link(target: str, output: Path, *words: object) -> list[str]:
    """The command that runs what was linked."""
    need(compiler(target))
    if target != "aarch64":
        run(compiler(target), "-O1", "-o", output, *words, "-lm")
        return [str(output)]
    need("qemu-aarch64")
    run(compiler(target), "-O1", "-static", "-o", output, *words, "-lm")
    return ["qemu-aarch64", str(output)]


def convert(command: list[str], inputs: np.ndarray, out_size: int) -> tuple[np.ndarray, np.ndarray]:
    """What is good of each frame, and its bytes."""
    written = run(*command, input=np.ascontiguousarray(inputs, np.float32).tobytes()).stdout
    record = np.dtype([("bad", "<i4"), ("bytes", np.uint8, (out_size,))])
    records = np.frombuffer(written, record)
    assert len(records) == len(inputs)
    return records["bad"] == 0, records["bytes"]


def expected(
    rig: rigjit.Rig, program: str, vecs: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs of the program, what is good of them, and the bytes that the JIT makes."""
    if program.endswith("-continuous"):
        stream = rig.stream()
        push = stream.push if program.startswith("message") else stream.push_values
        size = rig.msgpack_size if program.startswith("message") else 4 * len(rig.channels)
        good, rows = np.zeros(len(vecs), bool), np.zeros((len(vecs), size), np.uint8)
        for i, vec in enumerate(vecs):
            try:
                made = push(vec)
            except rigjit.RigError:
                continue
            good[i] = True
            rows[i] = np.frombuffer(bytes(made), np.uint8)
        return vecs, good, rows
    if program == "vector":
        values, good = rig.vec_to_values_batch(vecs, errors="mask")
        made, good = rig.values_to_vec_batch(values, errors="mask")
        return values, good, made.view(np.uint8).reshape(len(made), -1)
    batch = rig.vec_to_rig_batch if program == "message" else rig.vec_to_values_batch
    made, good = batch(vecs, errors="mask")
    return vecs, good, made.view(np.uint8).reshape(len(made), -1)


def check(command: list[str], rig: rigjit.Rig, program: str, vecs: np.ndarray) -> None:
    inputs, good, rows = expected(rig, program, vecs)
    mine_good, mine = convert(command, inputs, rows.shape[1])
    assert mine_good.tolist() == good.tolist()
    assert good.any()
    assert (mine[good] == rows[good]).all()
