"""Rigs that are let go of leave nothing behind; how many a process keeps."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest
from run_script import run_script
from small_spec import SPEC

import rigjit


@pytest.mark.parametrize("mode", ["cached", "compiled"])
def test_loading_for_ever_does_not_grow(mode):
    """The short form of `python tests/bindings/load_cycles.py`."""
    script = Path(__file__).with_name("load_cycles.py")
    subprocess.run([sys.executable, script, "--mode", mode, "--cycles", "400"], check=True)


@pytest.fixture
def limit():
    """Puts the limit back; nothing is kept before and after."""
    rigjit.forget_loaded_rigs()
    before = rigjit.loaded_rigs_limit()
    yield before
    rigjit.set_loaded_rigs_limit(before)
    rigjit.forget_loaded_rigs()


def numbered(number: int) -> str:
    return SPEC.replace("scale: 25", f"scale: {number + 1}")


def code_bytes() -> int:
    """Of executable memory that is of no library."""
    total = 0
    for line in Path("/proc/self/maps").read_bytes().splitlines():
        addresses, access = line.split()[:2]
        if b"x" in access and b".so" not in line:
            begin, end = addresses.split(b"-")
            total += int(end, 16) - int(begin, 16)
    return total


@pytest.mark.parametrize("cache", [True, False])
def test_unloading_frees_code(cache, limit):
    rigjit.set_loaded_rigs_limit(0)
    gc.collect()  # rigs of other tests
    before = code_bytes()
    rigs = [rigjit.loads(numbered(number), cache=cache) for number in range(10)]
    for rig in rigs:
        rig.vec_to_values(rig.rest_vec)
    # Two programs a rig; neighbours may share a mapping.
    assert code_bytes() >= before + 20 * 4096
    del rig, rigs
    gc.collect()
    assert code_bytes() == before


def test_kept_rigs_are_shared_and_forgotten(limit):
    assert limit == 64
    assert rigjit.loads(SPEC).origin != "memory"
    assert rigjit.loads(SPEC).origin == "memory"
    assert rigjit.forget_loaded_rigs() == 1
    assert rigjit.loads(SPEC).origin != "memory"


def test_limit(limit):
    assert rigjit.set_loaded_rigs_limit(2) == limit
    assert rigjit.loaded_rigs_limit() == 2
    for number in range(3):
        rigjit.loads(numbered(number))
    assert rigjit.loads(numbered(1)).origin == "memory"
    assert rigjit.loads(numbered(0)).origin != "memory"
    assert rigjit.set_loaded_rigs_limit(0) == 2
    assert rigjit.forget_loaded_rigs() == 0
    with pytest.raises(ValueError, match="0 or more, not -1"):
        rigjit.set_loaded_rigs_limit(-1)


@pytest.mark.parametrize(("value", "limit"), [("3", 3), ("0", 0), ("", 64), ("many", 64)])
def test_limit_from_the_environment(value, limit):
    code = "import rigjit; print(rigjit.loaded_rigs_limit())"
    assert run_script(code, RIGJIT_LOADED_RIGS=value) == f"{limit}\n"
