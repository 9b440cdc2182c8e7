"""Requests that are refused: each with a problem document that says why."""

from __future__ import annotations

import json
import socket
import subprocess
import sys

import msgpack
import numpy as np
import pytest
from running import MSGPACK, OCTETS, read_all, refused, serving

from rigjit import clips

JSON = "application/json"
NPY = "application/x-npy"
SAFETENSORS = "application/vnd.safetensors"


def check_problem(answer, status):
    assert answer.status == status, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["status"] == status
    assert {"type", "title", "detail"} <= set(answer.json)
    return answer.json


UNREADABLE = {
    "json": (JSON, b"[1, 2"),
    "json of NaN": (JSON, b"[NaN]"),
    "json bomb": (JSON, b"[" * 200_000),
    "json of a huge number": (JSON, b"[" + b"9" * 6000 + b"]"),
    "json in latin-1": (JSON, b'["\xe9"]'),
    "msgpack": (MSGPACK, b"\x93\x01"),
    "msgpack bomb": (MSGPACK, b"\x91" * 100_000),
    "msgpack of a promise": (MSGPACK, b"\xdd\xff\xff\xff\xff"),
    "msgpack and more": (MSGPACK, b"\x90\x90"),
    "npy": (NPY, b"\x93NUMPY\x01\x00\xff\xff{"),
    "npy of objects": (
        NPY,
        b"\x93NUMPY\x01\x00\x40\x00"
        + b"{'descr': '|O', 'fortran_order': False, 'shape': (2,)}".ljust(64),
    ),
    "npy of a promise": (
        NPY,
        b"\x93NUMPY\x01\x00\x50\x00"
        + b"{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999,)}".ljust(80),
    ),
    "npy of code": (NPY, b"\x93NUMPY\x01\x00\x30\x00" + b"__import__('os').abort()".ljust(48)),
    "safetensors": (SAFETENSORS, b"\xff" * 20),
    "safetensors of a promise": (
        SAFETENSORS,
        (95).to_bytes(8, "little")
        + b'{"vectors":{"dtype":"F32","shape":[9999999,9999999],"data_offsets":[0,4]}}'.ljust(95)
        + b"abcd",
    ),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read(server, what):
    kind, body = UNREADABLE[what]
    problem = check_problem(server.pose("/rigs/hero/pose", body, kind), 400)
    assert problem["errors"][0]["code"].startswith("malformed-")
    assert server.ask("GET", "/health").status == 200


@pytest.mark.parametrize("body", [b"\xdc", b"\xdc\x00", b"\x92\xc0", b"\x81", b"", b"\xc1"])
def test_poses_that_cannot_be_read(server, body):
    problem = check_problem(server.pose("/rigs/hero/vector", body, MSGPACK), 400)
    assert problem["errors"][0]["code"].startswith(("malformed-", "unknown-form"))


WRONG = {
    "short bytes": (OCTETS, b"abc"),
    "no bytes": (OCTETS, b""),
    "one too few": (JSON, b"[1, 2, 3]"),
    "ragged": (JSON, b"[[1], [2, 3]]"),
    "mixed": (JSON, b"[[1], 2]"),
    "text": (JSON, b'["1", "2"]'),
    "booleans": (JSON, json.dumps([True] * 15).encode()),
    "null": (JSON, b"null"),
    "an object": (JSON, b"{}"),
    "a whole number beyond all": (JSON, b"[1" + b"0" * 400 + b"]"),
    "msgpack of text": (MSGPACK, msgpack.packb(["a"] * 15)),
    "msgpack of a map": (MSGPACK, msgpack.packb({"a": 1})),
    "three dimensions": (JSON, b"[[[1]]]"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_vector(server, what):
    kind, body = WRONG[what]
    problem = check_problem(server.pose("/rigs/hero/pose", body, kind), 422)
    assert problem["errors"][0]["message"]


def test_vectors_of_another_rig(server, rig, vecs, tmp_path):
    import rigjit

    other = rigjit.loads(
        "{rigjit: 1, controllers: [{name: c, transformations: [translation: {axes: x}]}]}"
    )
    clips.save_vectors(tmp_path / "v.safetensors", other, np.zeros((2, 1), np.float32))
    body = (tmp_path / "v.safetensors").read_bytes()
    problem = check_problem(server.pose("/rigs/hero/pose", body, SAFETENSORS), 422)
    assert problem["errors"][0]["code"] == "other-rig"
    assert other.hash in problem["detail"]
    clips.save_vectors(tmp_path / "own.safetensors", rig, vecs)
    own = (tmp_path / "own.safetensors").read_bytes()
    assert server.pose("/rigs/hero/pose", own, SAFETENSORS).status == 200


def test_heads(server, rig, vecs):
    body = vecs[0].tobytes()

    def ask(status, path="/rigs/hero/pose", method="POST", **headers):
        headers = {"content_type": OCTETS} | headers
        return check_problem(server.ask(method, path, body, **headers), status)

    ask(404, "/rigs/nobody/pose")
    ask(404, "/rigs/hero/../../etc/passwd")
    ask(404, "/models/hero/pose")
    ask(404, "/rigs/hero/text/secrets", "GET")
    ask(405, method="DELETE")
    ask(405, "/rigs")
    ask(406, accept="image/png")
    ask(412, if_match='"0123"')
    ask(415, content_type="application/x-www-form-urlencoded")
    ask(415, content_encoding="gzip")
    for query in (
        "?fps=0",
        "?fps=1/0",
        "?fps=nan",
        "?errors=perhaps",
        "?continuous=2",
        "?contin=1",
    ):
        ask(400, "/rigs/hero/pose" + query)
    for tag in ("*", f'"{rig.hash}"', f'"x", "{rig.hash}"'):
        assert server.pose("/rigs/hero/pose", body, if_match=tag).status == 200
    assert server.ask("DELETE", "/rigs/hero/pose").headers["allow"] == "POST"


def test_host_and_origin(server, vecs):
    def ask(**headers):
        return server.pose("/rigs/hero/pose", vecs[0].tobytes(), **headers)

    for host in ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "10.0.0.1"):
        check_problem(ask(host=host), 421)
        check_problem(server.ask("GET", "/", host=host), 421)
    for host in ("localhost:1", "LOCALHOST", "[::1]:80", "127.0.0.1"):
        assert ask(host=host).status == 200
    own = f"127.0.0.1:{server.port}"
    for origin in (
        "http://evil.example",
        "null",
        "http://127.0.0.1",
        f"http://{own}.evil.example",
        "file://",
    ):
        check_problem(ask(origin=origin), 403)
    answer = ask(origin=f"http://{own}")
    assert answer.status == 200
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_tokens(tmp_path, spec_path, vecs):
    token = tmp_path / "token"
    token.write_text("a secret of the studio\n".replace(" ", "-"))
    token.chmod(0o600)
    with serving(tmp_path, spec_path, "--token-file", token, "--host", "0.0.0.0") as server:
        body = vecs[0].tobytes()
        for wrong in (
            {},
            {"authorization": "Bearer a-secret"},
            {"authorization": "Basic a-secret-of-the-studio"},
        ):
            answer = server.pose("/rigs/hero/pose", body, **wrong)
            check_problem(answer, 401)
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert server.ask("GET", "/rigs", **wrong).status == 401
            assert server.ask("GET", "/rigs/hero/live", **wrong).status == 401
            assert server.ask("GET", "/metrics", **wrong).status == 401
        right = {"authorization": "Bearer a-secret-of-the-studio"}
        assert server.pose("/rigs/hero/pose", body, **right).status == 200
        assert server.ask("GET", "/health").status == 200
        assert b"a-secret" not in server.ask("GET", "/").body
        assert "a-secret" not in server.log()


def test_limits(tmp_path, spec_path, vecs, rig):
    limits = ("--max-body", "10K", "--max-frames", "5", "--max-clients", "1")
    with serving(tmp_path, spec_path, *limits, "--no-inspect") as server:
        check_problem(server.pose("/rigs/hero/pose", bytes(20_000)), 413)
        check_problem(server.pose("/rigs/hero/pose", vecs[:6].tobytes()), 413)
        assert server.pose("/rigs/hero/pose", vecs[:5].tobytes()).status == 200
        messages = rig.vec_to_rig_batch(vecs[:6]).tobytes()
        check_problem(server.pose("/rigs/hero/vector", messages, MSGPACK), 413)
        for path in ("/", "/rigs/hero/text/plan", "/page.js"):
            check_problem(server.ask("GET", path), 404)
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as sock:
            sock.sendall(b"GET /rigs/hero/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b" 200 " in sock.recv(100)
            answer = server.ask("GET", "/rigs/hero/live")
            check_problem(answer, 503)
            assert answer.headers["retry-after"]
        server.wait_until(lambda: b"rigjit_live_clients 0.0" in server.ask("GET", "/metrics").body)


def test_a_body_that_grows_for_ever_is_answered(tmp_path, spec_path):
    with serving(tmp_path, spec_path, "--max-body", "100K") as server:
        head = (
            b"POST /rigs/hero/pose HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            b"Content-Type: application/octet-stream\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as sock:
            sock.sendall(head)
            for _ in range(20):
                sock.sendall(b"4000\r\n" + bytes(0x4000) + b"\r\n")
            assert b"HTTP/1.1 413 " in sock.recv(1 << 16)
        assert server.ask("GET", "/health").status == 200


def test_what_does_not_start(tmp_path, spec_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("rigjit: 1\ncontrollers:\n  - nam: a\n")
    assert "bad.yaml:3" in refused(bad, code=1)
    assert "none.yaml" in refused(tmp_path / "none.yaml", code=1)
    assert "at least one spec" in refused(code=2)
    assert "--token-file" in refused(spec_path, "--host", "0.0.0.0", code=2)
    assert "two rigs" in refused(spec_path, spec_path, code=2)
    assert "NAME=PATH" in refused(f"a b={spec_path}", code=2)
    assert "name of its rig" in refused(spec_path, "--model", "other=x.onnx", code=2)
    assert "no size" in refused(spec_path, "--max-body", "64X", code=2)
    (tmp_path / "token").write_text("\n")
    assert "no token" in refused(spec_path, "--token-file", tmp_path / "token", code=2)


def test_a_configuration_file(tmp_path, spec_path, vecs, rig):
    (tmp_path / "hero.yaml").write_text(spec_path.read_text())
    config = tmp_path / "serve.yaml"
    config.write_text("rigs: {star: hero.yaml}\nmax_body: 1M\nhost_names: [rigs.studio]\n")
    with serving(tmp_path, "--config", config) as server:
        answer = server.pose("/rigs/star/pose", vecs[0].tobytes(), host="rigs.studio:80")
        assert answer.body == rig.vec_to_rig(vecs[0])
        check_problem(server.pose("/rigs/star/pose", bytes(2 << 20)), 413)
    config.write_text("rigs: [hero.yaml]\nmaxbody: 3\n")
    assert "unknown: maxbody" in refused("--config", config, code=2)
    config.write_text("rigs: [")
    assert "no YAML" in refused("--config", config, code=2)


def test_a_websocket_is_answered_as_what_it_asks(server):
    answer = server.raw(
        b"GET /rigs HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        b"\x81\x85abcd"
    )
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in answer
    assert answer.count(b"HTTP/1.1") == 1


def test_read_all_reads_to_the_end():
    one, other = socket.socketpair()
    with one, other:
        one.sendall(b"ab")
        one.shutdown(socket.SHUT_WR)
        assert read_all(other) == b"ab"


def python(code, *arguments):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_without_the_extra_one_line_says_what_to_install(spec_path):
    """And the package itself imports nothing of it."""
    hidden = "import sys; sys.modules['starlette'] = sys.modules['uvicorn'] = None\n"
    done = python(
        hidden + "from rigjit.serve.command import main; sys.exit(main(sys.argv[1:]))", spec_path
    )
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "rigjit serve lacks starlette, uvicorn: pip install 'rigjit[serve]'"
    ]
    done = python(hidden + "import rigjit.serve; rigjit.serve.make_app({'a': 'a.yaml'})")
    assert "ImportError: rigjit serve lacks starlette" in done.stderr
    hidden = "import sys; sys.modules['onnxruntime'] = None\n"
    code = "from rigjit.serve.command import main; sys.exit(main(sys.argv[1:]))"
    done = python(hidden + code, spec_path, "--model", f"hero={spec_path}")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "pip install 'rigjit[onnx]'" in done.stderr


def test_importing_rigjit_imports_nothing_of_the_server():
    done = python(
        "import sys, rigjit; found = {name.split('.')[0] for name in sys.modules};"
        "assert not found & {'starlette', 'uvicorn', 'onnxruntime', 'msgpack', 'asyncio'}, found;"
        "assert not any(name.startswith('rigjit.serve') for name in sys.modules)"
    )
    assert done.returncode == 0, done.stderr
