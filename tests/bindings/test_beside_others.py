"""rigjit in one process with other LLVMs, other JITs and a second copy of itself.

Two LLVMs that see each other end the process at once ("Option registered more than once").
"""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from run_script import run_script

import rigjit

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path(rigjit.__file__).parent

# Each is a function that imports its library and, at every call, compiles and runs something new.
USES = """
import os, sys
if {everything_global}:
    sys.setdlopenflags(os.RTLD_NOW | os.RTLD_GLOBAL)
from small_spec import SPEC

def use_rigjit(number):
    import rigjit
    rig = rigjit.loads(SPEC.replace("scale: 25", f"scale: {{number + 2}}"), cache=False)
    assert rig.vec_to_dict([1, *rig.rest_vec[1:]])["x_main_CTRL"]["translateX"] == number + 2
    assert "define" in rig.ir() and rig.asm()

def use_numba(number):
    import numba
    assert numba.njit(lambda x: x + number)(1) == 1 + number

def use_jax(number):
    import jax
    assert jax.jit(lambda x: x + number)(1.0) == 1 + number

def use_torch(number):  # compiled by its own Triton and C++
    import torch
    assert torch.compile(lambda x: x + number)(torch.ones(1)) == 1 + number

for number in range(2):  # all loaded, then all used again
    for use in ({order}):
        use(number)
"""


# Not every Python has a jax, and torch is too large to be asked for.
OTHERS = [name for name in ("numba", "jax", "torch") if find_spec(name)]


@pytest.mark.skipif(not OTHERS, reason="needs numba, jax or torch")
@pytest.mark.parametrize("everything_global", [False, True])
@pytest.mark.parametrize("order", list(itertools.permutations(["rigjit", *OTHERS])), ids="-".join)
def test_other_compilers(order, everything_global):
    if everything_global and "torch" in order:
        pytest.skip("two compiled functions of torch are then taken for one, with no rigjit too")
    uses = "".join(f"use_{name}, " for name in order)
    run_script(USES.format(order=uses, everything_global=everything_global), quiet=False)


SECOND_COPY = """
#include <rigjit/load.h>
#include <rigjit/loaded_rigs.h>
extern "C" int use_rig(const char* spec) {
  rigjit::set_loaded_rigs_limit(7);
  rigjit::LoadOptions options;
  options.cache = false;
  const auto rig = rigjit::loads(spec, options);
  if (!rig || rigjit::loaded_rigs_limit() != 7) return 1;
  std::vector<unsigned char> message(rig->msgpack_size());
  return rig->vec_to_rig(rig->rest_vec().data(), message.data()).ok() ? 0 : 1;
}
"""
USE_BOTH = """
import ctypes, os, sys
sys.setdlopenflags(os.RTLD_NOW | os.RTLD_GLOBAL)
from small_spec import SPEC
copy, caller, order = sys.argv[1:]

def use_copy():
    ctypes.CDLL(copy, os.RTLD_NOW | os.RTLD_GLOBAL)
    assert ctypes.CDLL(caller).use_rig(SPEC.encode()) == 0

def use_package():
    import rigjit
    rig = rigjit.loads(SPEC, cache=False)
    assert rig.vec_to_rig(rig.rest_vec) and rig.asm()

for use in (use_copy, use_package) * 2 if order == "copy" else (use_package, use_copy) * 2:
    use()
mapped = {line.split()[-1] for line in open("/proc/self/maps")}
copies = {name for name in mapped if name == copy or name.endswith("/librigjit.so")}
assert len(copies) == 2, copies
"""


@pytest.mark.skipif(shutil.which("c++") is None, reason="needs a C++ compiler")
@pytest.mark.parametrize("order", ["copy", "package"])
def test_second_copy(order, tmp_path):
    # Of another name (SONAME): the loader takes libraries of one name for one.
    copy = tmp_path / "libsecond.so"
    copy.write_bytes((PACKAGE / "librigjit.so").read_bytes().replace(b"librigjit", b"libsecond"))
    for directory in PACKAGE.parent.glob("rigjit.libs"):  # what the copy needs of the wheel
        shutil.copytree(directory, tmp_path.parent / directory.name, dirs_exist_ok=True)
    source, caller = tmp_path / "caller.cc", tmp_path / "caller.so"
    source.write_text(SECOND_COPY)
    includes = [f"-I{ROOT / room / 'include'}" for room in ("engine", "frontend")]
    subprocess.run(
        ["c++", "-std=c++17", "-shared", "-fPIC", *includes, source, "-o", caller], check=True
    )
    run_script(USE_BOTH, copy, caller, order)


BESIDE_NAMESAKES = """
import ctypes, os, sys
ctypes.CDLL(sys.argv[1], os.RTLD_NOW | os.RTLD_GLOBAL)
import rigjit
from small_spec import SPEC
rig = rigjit.loads(SPEC, cache=False)
assert rig.rig_to_vec(rig.vec_to_json(rig.rest_vec)) is not None
for wrong in (lambda: rigjit.loads("a: ["), lambda: rig.rig_to_vec(b'{"a": [1}')):
    try:
        wrong()
    except rigjit.RigError:
        continue
    raise AssertionError("no error")
"""


@pytest.mark.skipif(shutil.which("c++") is None, reason="needs a C++ compiler")
@pytest.mark.skipif(
    not [*PACKAGE.parent.glob("rigjit.libs")], reason="only a wheel has libraries inside"
)
def test_other_versions_of_what_is_inside(tmp_path):
    """What a process has loaded RTLD_GLOBAL of yaml-cpp and simdjson is never called."""
    asked = dynamic_symbols(PACKAGE / "librigjit.so", "--undefined-only")
    names = {match[0] for name in asked if (match := re.search(r"_Z.*(4YAML|8simdjson).*", name))}
    assert {name for name in names if "YAML" in name} < names
    source, library = tmp_path / "namesakes.cc", tmp_path / "namesakes.so"
    calls = "".join(f'extern "C" void {name}() {{ abort(); }}\n' for name in sorted(names))
    source.write_text(f"#include <cstdlib>\n{calls}")
    subprocess.run(["c++", "-shared", "-fPIC", source, "-o", library], check=True)
    run_script(BESIDE_NAMESAKES, library)


LEAVES_ALONE = """
import ctypes, os, sys
from small_spec import SPEC

libc = ctypes.CDLL(None)
libc.setlocale.restype = ctypes.c_char_p
libc.signal.restype = ctypes.c_void_p

def state():
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    environment = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
    variables = []
    while environment[len(variables)] is not None:
        variables.append(environment[len(variables)])
    umask = os.umask(0)
    os.umask(umask)
    return {
        **{name: status[name] for name in ("SigCgt", "SigIgn", "SigBlk", "Threads")},
        "environment": variables,
        "locale": libc.setlocale(6, None),  # LC_ALL
        "directory": os.getcwd(),
        "umask": umask,
        "descriptors": sorted(os.listdir("/proc/self/fd")),
        "flags": sys.getdlopenflags(),
    }

import numpy  # rigjit imports it when it is first needed
before = state()
import rigjit
assert state() == before
rig = rigjit.loads(SPEC)
rig.vec_to_rig(rig.rest_vec)
rig.vec_to_values_batch(rig.rest_vec[None])
rig.asm()
assert state() == before, (before, state())
del rig
rigjit.forget_loaded_rigs()
assert state() == before
"""


def test_process_is_left_alone(tmp_path):
    """No handler, thread, descriptor, variable, locale or line of output stays behind."""
    for _ in range(2):  # compiled, then cached
        assert run_script(LEAVES_ALONE, RIGJIT_CACHE_DIR=str(tmp_path)) == ""


def test_exit_with_rigs_and_threads_alive():
    code = """
    import threading, time
    import rigjit
    from small_spec import SPEC
    kept = rigjit.loads(SPEC)
    def load_for_ever():
        number = 0
        while True:
            number += 1
            rigjit.loads(SPEC.replace("scale: 25", f"scale: {number}"), cache=False)
    for _ in range(3):
        threading.Thread(target=load_for_ever, daemon=True).start()
    time.sleep(0.3)
    """
    assert run_script(code) == ""


def dynamic_symbols(path: Path, which: str) -> list[str]:
    lines = subprocess.check_output(["nm", "-D", which, path], text=True).splitlines()
    return [line.split()[-1] for line in lines]


@pytest.mark.skipif(shutil.which("nm") is None, reason="needs binutils")
def test_only_the_api_is_exported():
    api = dynamic_symbols(PACKAGE / "librigjit.so", "--defined-only")
    assert len(api) > 50
    # Functions of the namespace, and vtables and type information of its classes.
    assert [name for name in api if not re.match(r"_Z(N|NK|T[ISV]N?K?)6rigjit", name)] == []
    (extension,) = PACKAGE.glob("_rigjit*.so")
    assert dynamic_symbols(extension, "--defined-only") == ["PyInit__rigjit"]
