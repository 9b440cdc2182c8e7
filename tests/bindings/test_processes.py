"""Rigs in other processes: pickled, forked, warmed; and in subinterpreters, where they refuse."""

from __future__ import annotations

import copy
import io
import multiprocessing
import os
import pickle
import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from run_script import run_script
from small_spec import SPEC

import rigjit

START_METHODS = ["spawn", "forkserver"]


def message_of(rig: rigjit.Rig) -> tuple[int, str, bytes]:
    """What a worker process does with a rig."""
    return os.getpid(), rig.hash, rig.vec_to_rig(rig.rest_vec)


@pytest.mark.parametrize("method", START_METHODS)
def test_process_pool(rig, method):
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        results = list(pool.map(message_of, [rig] * 4))
    assert {result[1:] for result in results} == {message_of(rig)[1:]}
    assert os.getpid() not in {pid for pid, *_ in results}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle_needs_no_file(tmp_path, protocol):
    (tmp_path / "base.yaml").write_text(SPEC)
    path = tmp_path / "hero.yaml"
    path.write_text("{rigjit: 1, name: hero, base: base.yaml, drop: [head]}")
    rig = rigjit.load(path, cache_dir=tmp_path / "cache", target="x86-64-v3", namespace="shot:hero")
    pickled = pickle.dumps(rig, protocol)
    path.unlink()
    (tmp_path / "base.yaml").unlink()
    rigjit.forget_loaded_rigs()
    restored = pickle.loads(pickled)
    for name in ("name", "namespace", "hash", "metadata", "target", "channels", "inputs"):
        assert getattr(restored, name) == getattr(rig, name)
    assert restored.origin == "cached"
    assert restored.vec_to_rig(rig.rest_vec) == rig.vec_to_rig(rig.rest_vec)
    assert restored.plan() == rig.plan()


def test_pickle_verifies_the_hash(rig):
    function, arguments = rig.__reduce__()
    assert function(*arguments).hash == rig.hash
    with pytest.raises(rigjit.RigError) as raised:
        function("0" * 32, *arguments[1:])
    (error,) = raised.value.errors
    assert error.code == "hash-mismatch"
    assert rig.hash in error.message
    with pytest.raises(ValueError, match="spec"):
        function(rig.hash, [], *arguments[2:])


def test_pickle_needs_no_more_than_a_function(rig):
    """A restricted Unpickler can allow what a rig names, as it never could allow eval."""

    class Restricted(pickle.Unpickler):
        def find_class(self, module, name):
            assert (module, name) == ("rigjit._restore", "restore")
            return super().find_class(module, name)

    assert Restricted(io.BytesIO(pickle.dumps(rig))).load().hash == rig.hash


def test_copies_are_the_rig(rig):
    assert copy.copy(rig) is rig
    assert copy.deepcopy({"rig": [rig]})["rig"][0] is rig


UNDER_LOAD = """
import os, signal, sys, threading
import rigjit
from small_spec import SPEC

def loads(name, number):
    text = f"{{name: {name}{number}, transformations: [rotation1d: {{axis: x}}]}}"
    # No directory: compiled each time, and shared in memory.
    return rigjit.loads(f"{{rigjit: 1, controllers: [{text}]}}", cache_dir="/dev/null/none")

def load_and_use(number):
    begun = [loads(*begin) for begin in being_loaded.items()]  # by threads that a child lacks
    for rig in (kept, lazy, *begun, loads("child", number)):
        rig.vec_to_rig(rig.rest_vec)
        rig.vec_to_values(rig.rest_vec)  # of lazy: compiled here
    return rigjit.loads(SPEC).hash == kept.hash

kept, lazy = rigjit.loads(SPEC), loads("lazy", 0)
being_loaded = {}
done = threading.Event()

def load_meanwhile(name):
    number = 0
    while not done.is_set():
        number += 1
        being_loaded[name] = number
        rig = loads(name, number)
        rig.vec_to_values(rig.rest_vec)

names = [f"parent{i}_" for i in range(3)]
loaders = [threading.Thread(target=load_meanwhile, args=(name,), daemon=True) for name in names]
for loader in loaders:
    loader.start()
"""
FORK_IN_A_THREAD = (
    UNDER_LOAD
    + """
failures = []
def fork(number):
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        os._exit(0 if load_and_use(number) else 1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code:
        failures.append((number, code))

def fork_many(first):
    for number in range(first, first + int(sys.argv[1]) // 2):
        if not failures:
            fork(number)

forkers = [threading.Thread(target=fork_many, args=(first,)) for first in (0, 1000)]
for forker in forkers:
    forker.start()
for forker in forkers:
    forker.join()
done.set()
assert not failures, failures
"""
)
FORK_CONTEXT = (
    UNDER_LOAD
    + """
import multiprocessing
context = multiprocessing.get_context("fork")
for _ in range(5):
    with context.Pool(4, maxtasksperchild=1) as pool:
        result = pool.map_async(load_and_use, range(8), chunksize=1)
        assert result.get(timeout=100) == [True] * 8
done.set()
"""
)


FORK_DURING_AN_IMPORT = """
import os, signal, sys, threading, time
import rigjit
from small_spec import SPEC

class Telling:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            begun.set()
            time.sleep(0.1)

begun = threading.Event()
sys.meta_path.insert(0, Telling())
rig = rigjit.loads(SPEC, cache_dir="/dev/null/none")
thread = threading.Thread(target=lambda: rig.rest_vec)
thread.start()
begun.wait()
child = os.fork()
if child == 0:
    signal.alarm(20)
    os._exit(0 if rig.vec_to_values(list(rig.rest_vec)).any() else 1)
thread.join()
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
# Why a rig was not cached is told to those who listen; for nobody, logging is not imported.
assert "logging" not in sys.modules
"""


def test_a_fork_waits_for_imports():
    run_script(FORK_DURING_AN_IMPORT, quiet=False)  # Python warns from 3.12 on


# A thread that the child lacks may hold a lock of Python's own, such as that of a dict.
safe_to_fork = pytest.mark.skipif(
    not getattr(sys, "_is_gil_enabled", lambda: True)(),
    reason="without a GIL, Python's own locks are not safe to fork beside threads",
)


@safe_to_fork
def test_children_forked_by_threads_under_load():
    run_script(FORK_IN_A_THREAD, 200, seconds=240, quiet=False)


@safe_to_fork
def test_children_of_the_fork_context_under_load():
    run_script(FORK_CONTEXT, seconds=240, quiet=False)


@pytest.fixture
def spec_paths(tmp_path):
    """Files of five rigs."""
    paths = [tmp_path / f"rig{number}.yaml" for number in range(5)]
    for number, path in enumerate(paths):
        path.write_text(SPEC.replace("scale: 25", f"scale: {number + 1}"))
    return paths


def test_warm(spec_paths):
    before = rigjit.loaded_rigs_limit()
    try:
        rigjit.set_loaded_rigs_limit(1)
        programs = ["message", "values", "vector", "continuous"]
        rigs = rigjit.warm([*spec_paths, spec_paths[0]], programs=programs, threads=2)
        assert rigjit.loaded_rigs_limit() == 6
        assert [rig.hash for rig in rigs[:5]] == [rigjit.load(path).hash for path in spec_paths]
        assert rigs[5].hash == rigs[0].hash
        assert all(rigjit.load(path).origin == "memory" for path in spec_paths)
        assert rigjit.warm(spec_paths[:1], namespace="hero")[0].namespace == "hero"
        assert rigjit.warm([]) == []
    finally:
        rigjit.set_loaded_rigs_limit(before)


def test_warm_in_the_parent_serves_children(spec_paths):
    """What the parent has is neither read nor compiled by a child."""
    rigs = rigjit.warm(spec_paths)
    expected = rigs[3].vec_to_values(rigs[3].rest_vec)
    for path in spec_paths:
        path.write_text(path.read_text() + "# other text\n")
    rig = rigs[3]
    child = os.fork()
    if child == 0:
        os._exit(0 if np.array_equal(rig.vec_to_values(rig.rest_vec), expected) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_warm_leaves_nothing_to_import():
    """No child can import what another thread was importing when it was forked."""
    run_script(
        "import sys, rigjit\n"
        "assert 'numpy' not in sys.modules\n"
        "rigjit.warm([], programs=[])\n"
        "assert {'numpy', 'rigjit._arrays'} <= set(sys.modules)\n"
    )


def test_warm_tells_every_mistake(spec_paths, tmp_path):
    bad = [tmp_path / "bad0.yaml", tmp_path / "bad1.yaml"]
    for path in bad:
        path.write_text("{rigjit: 1, controllers: 3}")
    with pytest.raises(rigjit.RigError) as raised:
        rigjit.warm([bad[0], *spec_paths, bad[1]])
    assert [error.file for error in raised.value.errors] == [str(path) for path in bad]
    with pytest.raises(FileNotFoundError):
        rigjit.warm([tmp_path / "nowhere.yaml"])
    with pytest.raises(ValueError, match="valuess"):
        rigjit.warm(spec_paths, programs=["valuess"])
    with pytest.raises(ValueError, match="threads"):
        rigjit.warm(spec_paths, threads=-1)
    with pytest.raises(ValueError, match="whole number"):
        rigjit.warm(spec_paths, threads=float("nan"))
    for one in (str(spec_paths[0]), spec_paths[0]):
        with pytest.raises(TypeError, match=r"a list of paths, not one: pass \["):
            rigjit.warm(one)
    with pytest.raises(TypeError, match=r"a list of names, not one: pass \['values'\]"):
        rigjit.warm(spec_paths, programs="values")


SUBINTERPRETER = """
import sys
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

def message_of_import(**options):
    code = (
        "try:\\n    import rigjit\\n"
        "except ImportError as error:\\n    text = str(error)\\n"
        "else:\\n    text = 'imported'\\n"
        "open(path, 'w').write(text)\\n"
    )
    interpreter = interpreters.create(**options)
    interpreters.run_string(interpreter, f"path = {sys.argv[1]!r}\\n" + code)
    interpreters.destroy(interpreter)
    return open(sys.argv[1]).read()

def use():
    import rigjit
    from small_spec import SPEC
    assert rigjit.loads(SPEC).rest_vec.any()

options = [{}]
if sys.version_info >= (3, 13):
    options += [{"config": "legacy"}]
elif sys.version_info >= (3, 12):
    options += [{"isolated": False}]
for position in sys.argv[2].split("-"):
    if position == "main":
        use()
        continue
    for chosen in options:
        text = message_of_import(**chosen)
        assert "subinterpreter" in text, text
"""


@pytest.mark.parametrize("order", ["sub-main", "main-sub-main"])
@pytest.mark.skipif(sys.version_info >= (3, 14), reason="another interface to interpreters")
def test_subinterpreters_are_refused(order, tmp_path):
    run_script(SUBINTERPRETER, tmp_path / "text", order, quiet=False, seconds=60)
