"""Servers of streams for the tests, each at a port of its own; good ones, and bad ones."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path


class Servers:
    """Runs behave(connection, number of the connection) for whoever connects, until closed."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._sockets: list[socket.socket] = []

    def serve(self, behave: Callable[[socket.socket, int], None], when: Path | None = None) -> int:
        """The port; nobody listens there before the file `when` exists."""
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        self._sockets.append(listener)
        port = listener.getsockname()[1]
        if when is None:
            listener.listen()
        threading.Thread(target=self._accept, args=(listener, behave, when), daemon=True).start()
        return port

    def _accept(self, listener, behave, when) -> None:
        while when is not None and not when.exists():
            if not self.wait(0.02):
                return
        listener.listen()
        number = 0
        while not self._stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(
                target=self._behave, args=(connection, behave, number), daemon=True
            ).start()
            number += 1

    def _behave(self, connection, behave, number) -> None:
        try:
            with connection:
                behave(connection, number)
        except OSError:
            pass  # the viewer has gone

    def wait(self, seconds: float) -> bool:
        """False when the servers are closed."""
        return not self._stopped.wait(seconds)

    def close(self) -> None:
        self._stopped.set()
        for listener in self._sockets:
            listener.close()
