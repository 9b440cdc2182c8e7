#!/usr/bin/env python3
"""The server against what one would write instead, over loopback, with wrk.

    python3 bench/serve_bench.py [--seconds 5] [--rounds 3] [--million]

Needs rigjit[serve,onnx], what bench/requirements.txt names, onnx, and wrk. Every server is a
process of its own; they are asked in turn, round after round, and of the rounds the median counts.
Processor time is the server's own. --million: the memory after a million requests, instead.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import rigjit

BENCH = Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")
OCTETS = {"Content-Type": "application/octet-stream"}


@contextlib.contextmanager
def process(command: list[str], stream: str) -> Iterator[tuple[int, int]]:
    """A server: its process and port, which it says in its first line."""
    pipes: dict[str, Any] = {stream: subprocess.PIPE}
    environment = os.environ | {"PYTHONPATH": str(BENCH)}
    with subprocess.Popen(command, text=True, env=environment, **pipes) as running:
        try:
            line = getattr(running, stream).readline()
            yield running.pid, int(re.findall(r":?(\d+)", line.split(" rigs")[0])[-1])
        finally:
            running.kill()


def serving(kind: str, spec: str) -> Any:
    """rigjit, or one of peers/serve_apps.py."""
    if kind == "rigjit":
        command = [sys.executable, "-m", "rigjit", "serve", f"medium={spec}", "--port", "0"]
        return process(command, "stderr")
    return process([sys.executable, "-m", "peers.serve_apps", kind, spec], "stdout")


def processor_seconds(pid: int) -> float:
    """User and system time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mb(pid: int) -> float:
    """Memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6


def load(port: int, path: str, script: Path, seconds: int) -> tuple[int, float]:
    """Requests and requests a second of wrk with 16 connections."""
    command = ["wrk", "-t1", "-c16", "--timeout", "30s", f"-d{seconds}s", "-s", str(script)]
    command.append(f"http://127.0.0.1:{port}{path}")
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"not all was answered: {text}")
    return int(re.search(r"(\d+) requests in", text)[1]), float(
        re.search(r"Requests/sec:\s+([\d.]+)", text)[1]
    )


def write_script(folder: Path, rig: rigjit.Rig, poses: int) -> Path:
    """What wrk sends."""
    body = folder / f"body{poses}"
    body.write_bytes(np.tile(rig.rest_vec, (poses, 1)).tobytes())
    script = folder / f"wrk{poses}.lua"
    script.write_text(
        f'wrk.method = "POST"\nlocal file = io.open("{body}", "rb")\n'
        'wrk.body = file:read("*a")\nfile:close()\n'
        'wrk.headers["Content-Type"] = "application/octet-stream"\n'
    )
    return script


def compare(folder: Path, spec: str, rig: rigjit.Rig, seconds: int, rounds: int) -> None:
    """One pose and 64 a request: rigjit, plain Python, fixed bytes."""
    print("| | requests/s | processor a request |\n|---|---|---|")
    for poses in (1, 64):
        script = write_script(folder, rig, poses)
        found: dict[str, list[tuple[float, float]]] = {"rigjit": [], "plain": [], "fixed": []}
        with contextlib.ExitStack() as stack:
            servers = {kind: stack.enter_context(serving(kind, spec)) for kind in found}
            time.sleep(1)
            for _ in range(rounds):
                for kind, (pid, port) in servers.items():
                    path = "/rigs/medium/pose" if kind == "rigjit" else "/"
                    before = processor_seconds(pid)
                    requests, rate = load(port, path, script, seconds)
                    found[kind].append((rate, (processor_seconds(pid) - before) / requests))
        medians = {
            kind: tuple(map(statistics.median, zip(*rows, strict=True)))
            for kind, rows in found.items()
        }
        for kind, (rate, cpu) in medians.items():
            print(f"| {poses} a request, {kind} | {rate:,.0f} | {cpu * 1e6:,.0f} µs |")
        times = medians["rigjit"][0] / medians["plain"][0]
        cost = medians["rigjit"][1] / medians["fixed"][1]
        print(f"| {poses}: rigjit | {times:.1f} × plain | {cost:.2f} × fixed |")


def live(spec: str, rig: rigjit.Rig) -> None:
    """Frames to one reader, and how long one takes from the push to a plain Python client."""
    import rigjit_client

    frame_size = 4 + 4 * len(rig.channels)
    with serving("rigjit", spec) as (_, port):
        sock = socket.create_connection(("127.0.0.1", port))
        sock.sendall(b"GET /rigs/medium/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        got = [0]

        def read() -> None:
            with contextlib.suppress(OSError):  # closed below
                while data := sock.recv(1 << 20):
                    got[0] += len(data)

        threading.Thread(target=read, daemon=True).start()
        pusher = http.client.HTTPConnection("127.0.0.1", port)
        body = np.tile(rig.rest_vec, (64, 1)).tobytes()
        begin = time.perf_counter()
        while time.perf_counter() - begin < 3:
            pusher.request("POST", "/rigs/medium/live", body, OCTETS)
            pusher.getresponse().read()
        spent = time.perf_counter() - begin
        print(f"live, one reader, 64 a push: {got[0] / frame_size / spent:,.0f} frames/s")
        sock.close()

        client = rigjit_client.Client(f"http://127.0.0.1:{port}", timeout=5)
        stream = client.live("medium")
        next(stream)
        waits = []
        vec = rig.rest_vec.tobytes()
        for _ in range(500):
            begin = time.perf_counter()
            client.show("medium", vec)
            next(stream)
            waits.append(time.perf_counter() - begin)
            time.sleep(0.002)
        print(f"live, push to frame: p50 {statistics.median(waits) * 1e3:.2f} ms")
        stream.close()


def start(spec: str, rig: rigjit.Rig) -> None:
    """From the command to the first answer."""
    found, processor = [], []
    for _ in range(5):
        begin = time.perf_counter()
        with serving("rigjit", spec) as (pid, port):
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("POST", "/rigs/medium/pose", rig.rest_vec.tobytes(), OCTETS)
            connection.getresponse().read()
            found.append(time.perf_counter() - begin)
            processor.append(processor_seconds(pid))
    print(
        f"start to first answer: {statistics.median(found):.2f} s, "
        f"of the processor {statistics.median(processor):.2f} s"
    )


def model(folder: Path, rig: rigjit.Rig) -> None:
    """A small network in process: alone, and with the message after it."""
    sys.path.insert(0, str(BENCH.parent / "tests" / "serve"))
    from networks import linear, weights

    from rigjit.serve.model_file import load_model

    weight, bias = weights(rig, 256)
    file = load_model(str(linear(folder / "m.onnx", weight, bias)), rig)
    inputs = {"x": np.zeros((1, 256), np.float32)}
    alone, both = [], []
    for _ in range(4000):
        begin = time.perf_counter()
        file.run(inputs)
        middle = time.perf_counter()
        rig.vec_to_rig(file.run(inputs)[0])
        alone.append(middle - begin)
        both.append(time.perf_counter() - middle)
    one, two = statistics.median(alone), statistics.median(both)
    print(f"model {one * 1e6:.1f} µs, model and message {two * 1e6:.1f} µs: {two / one:.3f} ×")


def million(folder: Path, spec: str, rig: rigjit.Rig) -> None:
    """Memory over a million requests, ten thousand dropped connections, readers that never read."""
    script = write_script(folder, rig, 1)
    with serving("rigjit", spec) as (pid, port):
        readers = []
        for _ in range(20):
            reader = socket.create_connection(("127.0.0.1", port))
            reader.sendall(b"GET /rigs/medium/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
            readers.append(reader)
        done = dropped = 0
        pusher = http.client.HTTPConnection("127.0.0.1", port)
        many = np.tile(rig.rest_vec, (64, 1)).tobytes()
        while done < 1_000_000 or dropped < 10_000:
            done += load(port, "/rigs/medium/pose", script, 10)[0]
            for _ in range(100):
                pusher.request("POST", "/rigs/medium/live", many, OCTETS)
                pusher.getresponse().read()
            for _ in range(2_000):
                with socket.create_connection(("127.0.0.1", port)) as sock:
                    sock.sendall(b"POST /rigs/medium/pose HTTP/1.1\r\nHost: localhost\r\nContent-L")
                dropped += 1
            memory = f"{resident_mb(pid):.1f} MB"
            print(f"{done:,} requests, {dropped:,} dropped: {memory}", flush=True)
        print(json.dumps({"readers": len(readers)}))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--million", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spec = str(folder / "medium.yaml")
        subprocess.run([sys.executable, str(BENCH / "medium_rig.py"), spec], check=True)
        rig = rigjit.load(spec)
        if arguments.million:
            million(folder, spec, rig)
            return
        compare(folder, spec, rig, arguments.seconds, arguments.rounds)
        live(spec, rig)
        start(spec, rig)
        model(folder, rig)


if __name__ == "__main__":
    main()
