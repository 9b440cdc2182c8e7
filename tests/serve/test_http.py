"""Shapes of HTTP that a client should not send: what answers, and that the next request works."""

from __future__ import annotations

import json
import resource
import socket
import time

import pytest
from running import read_all, serving

HEAD = b"POST /rigs/hero/pose HTTP/1.1\r\nHost: localhost\r\n"
TYPE = b"Content-Type: application/octet-stream\r\n"

REFUSED = {
    "no HTTP": b"hello\r\n\r\n",
    "no version": b"GET /rigs\r\n\r\n",
    "both lengths": HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    "the same length twice": HEAD + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
    "a negative length": HEAD + b"Content-Length: -4\r\n\r\nabcd",
    "a signed length": HEAD + b"Content-Length: +4\r\n\r\nabcd",
    "a length of words": HEAD + b"Content-Length: four\r\n\r\nabcd",
    "an unknown coding": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked, then another coding": HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "a chunk of no size": HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "a space before the colon": HEAD + b"Content-Length : 4\r\n\r\nabcd",
    "a folded header": HEAD + b"X-A: b\r\n c\r\n\r\n",
    "a NUL": b"GET /rigs HTTP/1.1\r\nHost: localhost\r\nX-A: \x00\r\n\r\n",
    "no Host": b"GET /rigs HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET /rigs HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n",
    "a path in another alphabet": b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "CONNECT": b"CONNECT evil:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_request(server, what):
    answer = server.raw(REFUSED[what], 3)
    status = answer[:13]
    assert status in (b"HTTP/1.1 400 ", b"HTTP/1.1 404 ", b"HTTP/1.1 405 "), answer
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert json.loads(body[: int(head.lower().partition(b"content-length: ")[2].split()[0])])
    assert server.ask("GET", "/health").status == 200


def test_no_second_request_is_smuggled(server):
    inner = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for coding in (b"Transfer-Encoding: chunked", b"Transfer-Encoding:\tchunked"):
        length = b"Content-Length: %d\r\n" % (len(inner) + 5)
        answer = server.raw(HEAD + length + coding + b"\r\n\r\n0\r\n\r\n" + inner, 3)
        assert answer.count(b"HTTP/1.1 ") == 1, answer
        assert b"rigjit_requests" not in answer


def test_a_large_head(server):
    for data in (
        b"GET /rigs HTTP/1.1\r\nHost: localhost\r\nX-A: " + b"a" * 1_000_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /rigs HTTP/1.1\r\nHost: localhost\r\n" + b"X-A: b\r\n" * 100_000 + b"\r\n",
    ):
        assert b"HTTP/1.1 431 " in server.raw(data, 5)[:20]
    small = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-A: "
    assert b" 200 " in server.raw(small + b"a" * 20_000 + b"\r\n\r\n")[:20]


def test_many_requests_on_one_connection(server, vecs, rig):
    body = vecs.tobytes()
    one = HEAD + TYPE + b"Content-Length: %d\r\n\r\n" % len(body) + body
    last = one.replace(b"Host:", b"Connection: close\r\nHost:")
    answer = server.raw(one * 50 + last)
    assert answer.count(b"HTTP/1.1 200 ") == 51
    assert answer.count(rig.vec_to_rig_batch(vecs).tobytes()) == 51


def test_a_large_body_in_large_pieces(server, vecs, rig):
    body = vecs.tobytes() * 2000
    answer = server.pose("/rigs/hero/pose", body)
    assert answer.body == rig.vec_to_rig_batch(vecs).tobytes() * 2000


def test_an_expectation_is_met(server, vecs, rig):
    body = vecs[0].tobytes()
    head = HEAD + TYPE + b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % len(body)
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as sock:
        sock.sendall(head)
        assert sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(body)
        assert b" 200 " in sock.recv(1000)


def test_silence_is_not_waited_for(server):
    """Nothing, half a head, no body, half a body: each ends by itself, and says why."""
    beginnings = {
        b"": b"",
        b"GET /rigs HT": b"HTTP/1.1 408 ",
        HEAD + b"Content-Length: 8\r\n\r\n": b"HTTP/1.1 408 ",
        HEAD + b"Content-Length: 8\r\n\r\nabc": b"HTTP/1.1 408 ",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n": b"HTTP/1.1 408 ",
    }
    begin = time.monotonic()
    socks = {}
    for data in beginnings:
        socks[data] = socket.create_connection(("127.0.0.1", server.port), timeout=25)
        socks[data].sendall(data)
    for data, status in beginnings.items():
        with socks[data] as sock:
            assert read_all(sock)[: len(status)] == status, data
    assert 5 < time.monotonic() - begin < 25
    assert server.ask("GET", "/health").status == 200


def test_a_dropped_connection_harms_nobody(server, vecs):
    body = vecs.tobytes() * 100
    for end in (3, 60, 200, 1000):
        data = (HEAD + TYPE + b"Content-Length: %d\r\n\r\n" % len(body) + body)[:end]
        with socket.create_connection(("127.0.0.1", server.port)) as sock:
            sock.sendall(data)
    assert server.pose("/rigs/hero/pose", body).status == 200


def test_more_idle_connections_than_descriptors(tmp_path, spec_path, vecs):
    """The oldest that are silent go; who asks is answered."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 900:
        pytest.skip("this process may open too few files itself")
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (160, 160));"
        "from rigjit.serve.command import main; sys.exit(main(sys.argv[1:]))"
    )
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    try:
        with serving(tmp_path, spec_path, code=code) as server:
            idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(400)]
            for _ in range(5):
                assert server.pose("/rigs/hero/pose", vecs.tobytes()).status == 200
            for sock in idle:
                sock.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
