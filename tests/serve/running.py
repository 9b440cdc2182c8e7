"""A server of `rigjit serve` in a process of its own, as a user starts it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OCTETS = "application/octet-stream"
MSGPACK = "application/vnd.msgpack"
SAFETENSORS = "application/vnd.safetensors"


@dataclass
class Answer:
    """Of one request; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """A running server."""

    def __init__(self, process: subprocess.Popen, port: int, log_path: Path) -> None:
        self.process = process
        self.port = port
        self._log_path = log_path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def log(self) -> str:
        return self._log_path.read_text()

    def ask(
        self, method: str, path: str, body: Any = None, headers: Any = None, **more: str
    ) -> Answer:
        """One request on a connection of its own; more: headers, with _ for -."""
        headers = dict(headers or {}) | {k.replace("_", "-"): v for k, v in more.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read())

    def pose(self, path: str, body: bytes, kind: str = OCTETS, accept: str = MSGPACK, **more: str):
        return self.ask("POST", path, body, {"Content-Type": kind, "Accept": accept}, **more)

    def raw(self, data: bytes, seconds: float = 20) -> bytes:
        """All that comes back for these bytes until the server hangs up, or the time is over."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as sock:
            with contextlib.suppress(ConnectionError):
                sock.sendall(data)
            return read_all(sock)

    def wait_until(self, holds: Any, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, self.log()
            time.sleep(0.05)

    def stop(self) -> float:
        """SIGTERM; the seconds until it is gone."""
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        return time.monotonic() - begin


def read_all(sock: socket.socket) -> bytes:
    parts = []
    with contextlib.suppress(TimeoutError, ConnectionError):
        while part := sock.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)


@contextlib.contextmanager
def serving(tmp_path: Path, *arguments: Any, code: str = "") -> Iterator[Server]:
    """`rigjit serve ARGUMENTS` on a free port; code: what Python starts it by."""
    log_path = tmp_path / f"log-{time.monotonic_ns()}"
    start = ["-c", code] if code else ["-m", "rigjit", "serve"]
    command = [sys.executable, *start, "--port", "0", *map(str, arguments)]
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield Server(process, _port(process, log_path), log_path)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


def _port(process: subprocess.Popen, log_path: Path) -> int:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if found := re.search(r"http://\S+:(\d+) ", log_path.read_text()):
            return int(found[1])
        assert process.poll() is None, log_path.read_text()
        time.sleep(0.02)
    raise AssertionError(f"no server: {log_path.read_text()}")


def refused(*arguments: Any, code: int) -> str:
    """What `rigjit serve` says when it does not start."""
    command = [sys.executable, "-m", "rigjit", "serve", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == code, done.stderr
    return done.stderr
