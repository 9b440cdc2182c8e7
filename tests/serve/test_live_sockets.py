"""Live streams, read as a client in a DCC tool reads them."""

from __future__ import annotations

import http.client
import socket
import time

import numpy as np
import pytest
import rigjit_clip
from running import OCTETS, serving


@pytest.fixture
def own(tmp_path, spec_path):
    """A server whose live streams nobody else sees."""
    with serving(tmp_path, spec_path) as running:
        yield running


def look(server, name="hero"):
    """A connection and the stream of its answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", f"/rigs/{name}/live")
    answer = connection.getresponse()
    assert (answer.status, answer.headers["transfer-encoding"]) == (200, "chunked")
    return connection, rigjit_clip.stream(answer)


def push(server, vecs):
    answer = server.ask("POST", "/rigs/hero/live", vecs.tobytes(), {"Content-Type": OCTETS})
    assert answer.status == 204, answer.body


def test_frames_come_as_they_are_pushed(own, rig, vecs):
    connections, streams = zip(*[look(own) for _ in range(3)], strict=True)
    assert streams[0].channels == rig.channels
    assert streams[0].rig_hash == rig.hash
    push(own, vecs[0])
    push(own, vecs[1:])
    for stream in streams:
        for vec in vecs:
            assert next(stream).tobytes() == rig.vec_to_values(vec).tobytes()
    for connection in connections:
        connection.close()


def test_a_reader_begins_with_the_newest_frame(own, rig, vecs):
    push(own, vecs)
    connection, stream = look(own)
    assert next(stream).tobytes() == rig.vec_to_values(vecs[-1]).tobytes()
    connection.close()


def test_a_bad_vector_reaches_nobody(own, rig, vecs):
    push(own, vecs[0])
    bad = vecs.copy()
    bad[2, 0] = np.nan
    answer = own.ask("POST", "/rigs/hero/live", bad.tobytes(), {"Content-Type": OCTETS})
    assert answer.status == 422
    connection, stream = look(own)
    assert next(stream).tobytes() == rig.vec_to_values(vecs[0]).tobytes()
    connection.close()


def test_a_slow_reader_gets_the_newest_and_costs_no_memory(own, rig, vecs):
    with socket.create_connection(("127.0.0.1", own.port), timeout=10) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
        sock.sendall(b"GET /rigs/hero/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        many = np.tile(vecs[0], (2000, 1))
        for _ in range(40):
            push(own, many)
        push(own, vecs[1])
        own.wait_until(
            lambda: b"rigjit_live_dropped_total 0.0" not in own.ask("GET", "/metrics").body
        )
        wanted = rig.vec_to_values(vecs[1]).tobytes()
        read = b""
        sock.settimeout(3)
        while wanted not in read:
            read += sock.recv(1 << 20)
        assert len(read) < 40 * 2000 * len(wanted) / 2


def test_a_new_schema_ends_the_stream(tmp_path, spec_path, vecs):
    path = tmp_path / "hero.yaml"
    path.write_text(spec_path.read_text())
    with serving(tmp_path, path) as server:
        connection, stream = look(server)
        push(server, vecs[0])
        next(stream)
        path.write_text(spec_path.read_text() + "      - attribute: {name: more}\n")
        assert next(stream, None) is None
        assert stream.complete
        connection.close()
        connection, stream = look(server)
        assert stream.channels[-1][1] == "more"
        connection.close()


def test_a_server_with_readers_ends(own, vecs):
    connection, stream = look(own)
    push(own, vecs[0])
    next(stream)
    slow = socket.create_connection(("127.0.0.1", own.port))
    slow.sendall(b"GET /rigs/hero/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
    for _ in range(30):
        push(own, np.tile(vecs[0], (3000, 1)))
    assert own.stop() < 5
    connection.close()
    slow.close()


def test_workers_share_what_is_live(tmp_path, spec_path, rig, vecs):
    with serving(tmp_path, spec_path, "--workers", "3") as server:
        server.wait_until(lambda: server.ask("GET", "/health").status == 200)
        looking = [look(server) for _ in range(12)]
        for _ in range(6):
            push(server, vecs[0])
        for connection, stream in looking:
            assert next(stream).tobytes() == rig.vec_to_values(vecs[0]).tobytes()
            connection.close()
        connection, stream = look(server)
        assert next(stream).tobytes() == rig.vec_to_values(vecs[0]).tobytes()
        connection.close()
        time.sleep(0.1)
