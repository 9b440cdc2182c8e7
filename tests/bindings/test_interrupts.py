"""Ctrl-C, memory that ends, and processes that end while a thread works."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from run_script import run_script

import rigjit


def spec(controllers: int) -> str:
    return "rigjit: 1\ncontrollers:\n" + "".join(
        f"- {{name: c{i}, transformations: [translation: {{}}]}}\n" for i in range(controllers)
    )


INTERRUPTED = """
import os, signal, sys, threading, time
import rigjit
text = "rigjit: 1\\ncontrollers:\\n" + "".join(
    f"- {{name: c{i}, transformations: [translation: {{}}]}}\\n" for i in range(60_000)
)
delay = float(sys.argv[1])
sent = []
def press():
    time.sleep(delay)
    sent.append(time.monotonic())
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=press, daemon=True).start()
try:
    rigjit.loads(text, cache=False)
except KeyboardInterrupt:
    print(time.monotonic() - sent[0])
"""


@pytest.mark.parametrize("delay", [0.1, 0.4, 1.0, 2.0])
def test_ctrl_c_ends_a_long_load(delay):
    """Also while LLVM compiles: long before the load would have ended."""
    waited = run_script(INTERRUPTED, delay)
    # Nothing where the load was done before.
    assert waited == "" or float(waited) < 15


def test_ctrl_c_leaves_no_rig_and_no_lock():
    run_script(
        """
        import os, signal, threading, time
        import rigjit
        text = "rigjit: 1\\ncontrollers:\\n" + "".join(
            f"- {{name: c{i}, transformations: [translation: {{}}]}}\\n" for i in range(20_000)
        )
        for delay in (0.05, 0.2, 0.5):
            threading.Timer(delay, os.kill, (os.getpid(), signal.SIGINT)).start()
            try:
                rigjit.loads(text, cache=False)
                time.sleep(10)
            except KeyboardInterrupt:
                continue
            raise AssertionError("no KeyboardInterrupt")
        assert rigjit.loads(text, cache=False).vec_size == 60_000
        """
    )


def test_a_handler_of_the_programs_own_is_not_forestalled():
    run_script(
        """
        import os, signal, threading
        import rigjit
        text = "rigjit: 1\\ncontrollers:\\n" + "".join(
            f"- {{name: c{i}, transformations: [translation: {{}}]}}\\n" for i in range(10_000)
        )
        seen = []
        signal.signal(signal.SIGINT, lambda *_: seen.append(1))
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        assert rigjit.loads(text, cache=False).vec_size == 30_000
        assert seen == [1]
        """
    )


OUT_OF_MEMORY = """
import resource, sys, rigjit
text = "rigjit: 1\\ncontrollers:\\n" + "".join(
    f"- {{name: c{i}, transformations: [translation: {{}}]}}\\n" for i in range(20_000)
)
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * 4096 + int(sys.argv[1]) * 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    print(rigjit.loads(text, cache=False).vec_size, "inputs")
except MemoryError:
    print("MemoryError")
"""


@pytest.mark.parametrize("megabytes", [16, 36, 44, 52, 60, 68, 400])
def test_memory_that_ends_is_said(megabytes):
    done = subprocess.run(
        [sys.executable, "-c", OUT_OF_MEMORY, str(megabytes)], capture_output=True, text=True
    )
    if done.returncode == 0:
        assert done.stdout in ("MemoryError\n", "60000 inputs\n")
    else:
        assert done.returncode == -signal.SIGABRT
        assert "no memory is left while a rig is compiled" in done.stderr


def test_a_stream_compiles_without_the_gil():
    """The first push_values, and what is wrong with a frame."""
    rig = rigjit.loads(spec(8_000), cache=False)
    ticks = []
    stop = threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(time.monotonic())
            time.sleep(0.001)

    stream = rig.stream()
    bad = rig.rest_vec.copy()
    bad[0] = np.nan
    ticker = threading.Thread(target=tick)
    ticker.start()
    try:
        for act in (lambda: stream.push_values(rig.rest_vec), lambda: refuse(stream, bad)):
            begin = time.monotonic()
            act()
            took = time.monotonic() - begin
            seen = [tick for tick in ticks if begin < tick < begin + took]
            assert took < 0.02 or len(seen) > 3, (took, len(seen))
    finally:
        stop.set()
        ticker.join()


def refuse(stream, vec):
    with pytest.raises(rigjit.RigError, match=r"not finite|NaN|nan"):
        stream.push(vec)


def test_a_daemon_thread_may_load_when_the_process_ends():
    child = """
import sys, threading, time, rigjit
text = "rigjit: 1\\ncontrollers:\\n" + "".join(
    f"- {{name: c{i}, transformations: [translation: {{}}, rotation3d: {{}}]}}\\n"
    for i in range(1000)
)
def load():
    while True:
        rig = rigjit.loads(text, cache=False)
        stream = rig.stream()
        stream.push_values(rig.rest_vec)
        rigjit.warm([], programs=["values"]) if hasattr(rigjit, "warm") else None
threading.Thread(target=load, daemon=True).start()
time.sleep(float(sys.argv[1]))
"""
    for delay in (0.02, 0.08, 0.15, 0.25, 0.4):
        done = subprocess.run(
            [sys.executable, "-c", child, str(delay)], capture_output=True, text=True, timeout=120
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_rebase_takes_whole_turns_off():
    rig = rigjit.loads(
        "{rigjit: 1, controllers: [{name: wheel, transformations: [rotation1d: {axis: x}, "
        "translation: {axes: x}]}]}"
    )
    turned = np.float32([-900, 0])
    stream = rig.stream(start=turned)
    vec = np.float32([0, 1, 5])  # angle 0
    assert stream.push_values(vec).tolist() == [-1080, 5] or stream.push_values(vec)[0] % 360 == 0
    stream.rebase()
    assert stream.push_values(vec).tolist() == [0, 5]


def test_the_bound_of_an_angle_that_went_on_turning():
    """2.2e-5 degrees a turn, as the manual says."""
    rig = rigjit.loads(
        "{rigjit: 1, controllers: [{name: wheel, transformations: [rotation1d: {axis: x}]}]}"
    )
    angles = np.radians(np.linspace(-179, 179, 500))
    for turns in (10, 1000, 27_000):
        worst = 0.0
        for angle in angles:
            vec = np.float32([np.sin(angle), np.cos(angle)])
            start = np.float32([turns * 360 + np.degrees(angle)])
            got = float(rig.stream(start=start).push_values(vec)[0])
            worst = max(worst, abs((got - np.degrees(angle) + 180) % 360 - 180))
        assert worst < 5e-5 + 2.2e-5 * (turns + 1)
    assert worst > 0.01  # what rebase() is for
