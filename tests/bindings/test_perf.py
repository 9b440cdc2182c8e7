"""perf names kernels, compiled and cached, where this machine lets it sample."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from small_spec import SPEC

PROGRAM = f"""
import time
import rigjit

rig = rigjit.loads({SPEC!r})
vecs = [rig.rest_vec] * 20000
end = time.monotonic() + 0.3
while time.monotonic() < end:
    rig.vec_to_rig_batch(vecs)
    rig.vec_to_values_batch(vecs)
print(rig.origin)
"""
SYMBOLS = {"rigjit:small:message", "rigjit:small:values"}


def perf(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = ["perf", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module", autouse=True)
def may_sample(tmp_path_factory):
    out = tmp_path_factory.mktemp("perf") / "data"
    if shutil.which("perf") is None or perf("record", "-o", out, "true").returncode != 0:
        pytest.skip("perf is missing or may not sample here")


@pytest.fixture
def record(tmp_path, monkeypatch):
    monkeypatch.setenv("RIGJIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("RIGJIT_PERF", "1")
    monkeypatch.setenv("JITDUMPDIR", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))  # perf keeps files of its own there

    def run() -> str:
        data = tmp_path / "perf.data"
        clock = ("-k", "mono", "-e", "cpu-clock", "-F", 2000)
        result = perf("record", *clock, "-o", data, sys.executable, "-c", PROGRAM)
        assert result.returncode == 0, result.stderr
        return result.stdout.split()[0]

    return run


def symbols(data: os.PathLike[str]) -> set[str]:
    return set(perf("script", "-i", data, "-F", "ip,sym").stdout.split())


def test_jitdump(record, tmp_path):
    for origin in ("compiled", "cached"):
        assert record() == origin
        injected = tmp_path / f"{origin}.data"
        result = perf("inject", "--jit", "-i", tmp_path / "perf.data", "-o", injected)
        assert result.returncode == 0, result.stderr
        assert symbols(injected) >= SYMBOLS
    assert not symbols(tmp_path / "perf.data") & SYMBOLS
