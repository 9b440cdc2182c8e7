"""Requests that are nearly right: good ones of every route, changed here and there by chance.

What fits the description is Schemathesis's business (test_description.py), forty requests a second;
these are thousands a second, bytes on a socket, and may be anything but endless: the length of the
body is always the one that is said.
"""

from __future__ import annotations

import io
import json
import random
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace

import msgpack
import numpy as np
import safetensors.numpy
from running import MSGPACK, OCTETS, SAFETENSORS

import rigjit

JSON = "application/json"
KINDS = (OCTETS, MSGPACK, JSON, "application/x-npy", SAFETENSORS)
ANSWERS = (OCTETS, MSGPACK, JSON, "application/x-ndjson", SAFETENSORS)
ACCEPTED = (*ANSWERS, "application/x-npy", "*/*", "image/png", "text/*;q=0", "")
QUERIES = (
    *("continuous=1", "fps=24", "fps=30000/1001", "errors=mask", "missing=rest", "extra=error"),
    *(
        "vector=1",
        "live=1",
        "program=values",
        "fps=0",
        "fps=-1",
        "errors=",
        "errors=mask&errors=raise",
    ),
    *("%", "a=b", "=", "&&&", "continuous", "fps=1e9", "%00=%ff", "fps=" + "9" * 40),
)
WORDS = (
    b"null",
    b"NaN",
    b"[[[[",
    b"]",
    b"{",
    b"\x00",
    b"\xff" * 8,
    b"\xdd\xff\xff\xff\xff",
    b"\xc1",
)
HEADERS = (
    *("If-Match: *", 'If-Match: "0"', "Origin: http://evil.example", "Accept-Encoding: gzip"),
    *("Content-Encoding: gzip", "Content-Type: text/plain", "X-A: \x7f", "Cookie: " + "a" * 2000),
    *("Authorization: Bearer x", "If-None-Match: *", "Range: bytes=0-1", "Accept: ,;,"),
)


@dataclass(frozen=True)
class Request:
    """One request; head: lines of it beyond the length, the host and these two kinds."""

    method: str
    path: str
    query: str = ""
    kind: str = ""
    accept: str = "*/*"
    head: tuple[str, ...] = ()
    body: bytes = b""

    def to_bytes(self) -> bytes:
        target = self.path + ("?" + self.query if self.query else "")
        lines = [f"{self.method} {target} HTTP/1.1", "Host: localhost", f"Accept: {self.accept}"]
        lines += [f"Content-Type: {self.kind}"] if self.kind else []
        lines += [*self.head, f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode("latin-1") + self.body


def bodies(rows: np.ndarray, values: object) -> list[tuple[str, bytes]]:
    """The same numbers in every form."""
    npy = io.BytesIO()
    np.save(npy, rows)
    return [
        (OCTETS, rows.tobytes()),
        (MSGPACK, msgpack.packb(values)),
        (JSON, json.dumps(values).encode()),
        ("application/x-npy", npy.getvalue()),
        (SAFETENSORS, safetensors.numpy.save({"vectors": rows})),
    ]


def good_requests(rig: rigjit.Rig, vecs: np.ndarray) -> list[Request]:
    """Of every route but the one whose answer has no end. vecs: good ones."""
    found = [Request("GET", "/" + path) for path in ("", "rigs", "rigs/hero", "health", "ready")]
    found += [Request("GET", "/metrics"), Request("GET", "/openapi.json")]
    found += [Request("GET", f"/rigs/hero/text/{kind}") for kind in ("plan", "ir", "asm")]
    for rows in (vecs[0], vecs[:3]):
        for kind, body in bodies(rows, rows.tolist()):
            for accept in ANSWERS:
                found.append(Request("POST", "/rigs/hero/pose", "", kind, accept, (), body))
            found.append(Request("POST", "/rigs/hero/live", "", kind, "*/*", (), body))
    inputs = np.zeros((2, 4), np.float32)  # of networks.linear
    for kind, body in bodies(inputs, inputs.tolist())[:4]:
        if kind != MSGPACK:  # an input of a network's own is none of rigjit's forms
            found.append(Request("POST", "/models/hero/pose", "", kind, "*/*", (), body))
    pose = rig.vec_to_dict(vecs[0])
    for kind, body in ((MSGPACK, msgpack.packb(pose)), (JSON, json.dumps(pose).encode())):
        found.append(Request("POST", "/rigs/hero/vector", "", kind, OCTETS, (), body))
    values = rig.vec_to_values(vecs[0])
    found.append(Request("POST", "/rigs/hero/vector", "", OCTETS, JSON, (), values.tobytes()))
    return found


def _bytes_changed(body: bytes, chance: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.randint(1, 4)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(body: bytes, chance: random.Random) -> bytes:
    return body[: chance.randint(0, len(body))]


def _grown(body: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(body))
    return body[:at] + chance.choice(WORDS) * chance.choice((1, 2, 50)) + body[at:]


def _path_changed(path: str, chance: random.Random) -> str:
    at = chance.randint(1, len(path))
    return (
        path[:at] + chance.choice(("/", "..", "%2e%2e/", "%00", "%ff", "~", "//", "é")) + path[at:]
    )


def mutated(good: Request, others: list[Request], chance: random.Random) -> Request:
    """A request with one to three things changed."""
    changes: list[Callable[[Request], Request]] = [
        lambda r: replace(r, body=_bytes_changed(r.body, chance)),
        lambda r: replace(r, body=_cut(r.body, chance)),
        lambda r: replace(r, body=_grown(r.body, chance)),
        lambda r: replace(r, body=chance.choice(others).body),
        lambda r: replace(r, kind=chance.choice(KINDS)),
        lambda r: replace(r, accept=chance.choice(ACCEPTED)),
        lambda r: replace(r, query="&".join(chance.choices(QUERIES, k=chance.randint(1, 3)))),
        lambda r: replace(r, head=(*r.head, chance.choice(HEADERS))),
        lambda r: replace(r, path=_path_changed(r.path, chance)),
        lambda r: replace(
            r, method=chance.choice(("GET", "POST", "PUT", "HEAD", "OPTIONS", "BREW"))
        ),
    ]
    weights = (4, 3, 3, 2, 2, 2, 3, 2, 1, 1)
    for change in chance.choices(changes, weights, k=chance.randint(1, 3)):
        good = change(good)
    return good


class Client:
    """Asks again and again on one connection; makes another where the server has hung up."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._rest = b""

    def ask(self, request: Request) -> tuple[int, dict[str, str], bytes]:
        """Status, header in lower case, body. TimeoutError: no answer in twenty seconds."""
        for _ in range(2):
            if self._socket is None:
                self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=20)
            try:
                self._socket.sendall(request.to_bytes())
                return self._answer(request.method)
            except (ConnectionError, EOFError):
                self.close()  # since the last answer; the next connection has no past
        raise ConnectionError(f"no answer to {request.to_bytes()[:400]!r}")

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest = None, b""

    def _more(self) -> None:
        assert self._socket is not None
        part = self._socket.recv(1 << 18)
        if not part:
            raise EOFError
        self._rest += part

    def _answer(self, method: str) -> tuple[int, dict[str, str], bytes]:
        while b"\r\n\r\n" not in self._rest:
            self._more()
        head, self._rest = self._rest.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        header = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        status = int(first.split()[1])
        size = 0 if method == "HEAD" or status == 204 else int(header["content-length"])
        while len(self._rest) < size:
            self._more()
        body, self._rest = self._rest[:size], self._rest[size:]
        if header.get("connection") == "close":
            self.close()
        return status, header, body
