"""Apps that `serve_bench.py` compares the server with, in the same uvicorn with the same protocol.

plain: what one writes without rigjit: a dict in plain Python, then orjson. fixed: the same bytes
whatever comes, which is what HTTP itself costs.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import uvicorn

import rigjit
from peers import python_rig
from peers.rig_spec import read
from rigjit.serve.server import make_config


async def read_body(receive: Any) -> bytes:
    """The whole body."""
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


async def send_body(send: Any, body: bytes, media_type: bytes) -> None:
    """An answer."""
    headers = [(b"content-type", media_type), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def plain(spec: str) -> Any:
    """Vectors to dicts to JSON."""
    rig = read(Path(spec))
    to_dict = python_rig.to_dict(rig)
    size = rigjit.load(spec).vec_size

    async def app(scope: Any, receive: Any, send: Any) -> None:
        vecs = np.frombuffer(await read_body(receive), np.float32).reshape(-1, size)
        poses = [to_dict(vec) for vec in vecs]
        body = orjson.dumps(poses[0] if len(poses) == 1 else poses)
        await send_body(send, body, b"application/json")

    return app


def fixed(spec: str) -> Any:
    """As many bytes as the messages have, made once."""
    rig = rigjit.load(spec)
    answers = {
        4 * rig.vec_size * n: rig.vec_to_rig_batch(np.tile(rig.rest_vec, (n, 1))).tobytes()
        for n in (1, 64)
    }

    async def app(scope: Any, receive: Any, send: Any) -> None:
        body = await read_body(receive)
        await send_body(send, answers[len(body)], b"application/vnd.msgpack")

    return app


def main() -> None:
    """python -m peers.serve_apps plain|fixed SPEC: prints the port, serves until a signal."""
    kind, spec = sys.argv[1:]
    config = make_config({"plain": plain, "fixed": fixed}[kind](spec), "127.0.0.1", 0)
    config.lifespan = "off"
    sock = config.bind_socket()
    sock.listen(config.backlog)
    print(sock.getsockname()[1], flush=True)
    uvicorn.Server(config).run(sockets=[sock])


if __name__ == "__main__":
    main()
