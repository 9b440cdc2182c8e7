"""Runs the app in uvicorn: one process, or workers under uvicorn's supervisor."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import resource
import sys
import tempfile
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from rigjit.serve.app import App
from rigjit.serve.options import Options
from rigjit.serve.protocol import BoundedProtocol

if TYPE_CHECKING:
    import socket

_OPTIONS = "RIGJIT_SERVE_OPTIONS"  # how a worker is told, as JSON
_GRACE_SECONDS = 3
_KEEP_ALIVE_SECONDS = 30
_SPARE_DESCRIPTORS = 64  # for files, models and logs
_LOG = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {
        "rigjit.serve": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "uvicorn.error": {"level": "WARNING"},
    },
}


def run(options: Options, host: str, port: int, workers: int) -> int:
    """Serve until a signal; raises what `App` does before anything listens."""
    app = App(options)
    if workers == 1:
        run_app(app, host, port)
        return 0
    with tempfile.TemporaryDirectory(prefix="rigjit-serve-") as shared_dir:
        shared = dataclasses.replace(options, shared_dir=shared_dir)
        os.environ[_OPTIONS] = json.dumps(dataclasses.asdict(shared))
        config = make_config("rigjit.serve.server:worker_app", host, port, workers)
        sock = _listen(config, options)
        # uvicorn says at this level that a worker died.
        logging.getLogger("uvicorn.error").setLevel(logging.INFO)
        Multiprocess(config, sockets=[sock]).run()
    return 0


def run_app(app: App, host: str, port: int) -> None:
    """Serve an app in this process until a signal."""
    config = make_config(app, host, port)
    _run_one(config, _listen(config, app.options))


def worker_app() -> App:
    """The app of a worker process."""
    _raise_descriptor_limit()
    return App(Options(**json.loads(os.environ[_OPTIONS])))


def make_config(app: Any, host: str, port: int, workers: int = 1) -> uvicorn.Config:
    """uvicorn as the server runs it; app: an ASGI application, or the name of what makes one."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        workers=workers,
        factory=isinstance(app, str),
        loop="uvloop",
        http=BoundedProtocol,
        ws="none",
        lifespan="on",
        log_config=_LOG,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def _listen(config: uvicorn.Config, options: Options) -> socket.socket:
    _raise_descriptor_limit()
    sock = config.bind_socket()
    sock.listen(config.backlog)  # who reads the line below can connect
    address, port = sock.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address
    names = ", ".join(options.rigs)
    print(f"rigjit serve: http://{shown}:{port} rigs: {names}", file=sys.stderr, flush=True)
    return sock


def _run_one(config: uvicorn.Config, sock: socket.socket) -> None:
    try:
        uvicorn.Server(config).run(sockets=[sock])
    except KeyboardInterrupt:
        logging.getLogger("rigjit.serve").info("interrupted")


def _raise_descriptor_limit() -> None:
    """As many connections as the system lets this process have; beyond them the idle ones go."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(hard, 1 << 16) if hard != resource.RLIM_INFINITY else 1 << 16
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    BoundedProtocol.max_connections = max(16, soft - _SPARE_DESCRIPTORS)
