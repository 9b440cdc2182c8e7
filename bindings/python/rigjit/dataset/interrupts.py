"""Ctrl-C that comes where Python may lose it, or where nothing may be left half done."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Hold:
    def __init__(self) -> None:
        self.came = 0
        self.is_open = False

    def handle(self, *_: Any) -> None:
        self.came += 1
        if self.is_open or self.came > 1:  # who asks twice does not want to wait
            raise KeyboardInterrupt


_current: _Hold | None = None


@contextlib.contextmanager
def held_interrupts() -> Iterator[None]:
    """SIGINT that comes inside the block is a KeyboardInterrupt at its end; a second one at once.

    Where modules are imported or objects end, Python prints what is raised and goes on; and CPython
    ends a program by the signal, whatever its exit code, once that was raised in an `exec`. In
    other threads than the main one, which no signal interrupts, nothing is held.
    """
    global _current
    handler = signal.getsignal(signal.SIGINT) if _is_main() else None
    if handler is None:
        yield
        return
    before, _current = _current, _Hold()
    hold = _current
    signal.signal(signal.SIGINT, hold.handle)
    try:
        yield
    except KeyboardInterrupt:
        hold.came = 0
        raise
    finally:
        _current = before
        signal.signal(signal.SIGINT, handler)
        if hold.came:
            signal.raise_signal(signal.SIGINT)


def check_interrupts() -> None:
    """KeyboardInterrupt where one is held."""
    if _current is not None and _current.came and _is_main():
        raise KeyboardInterrupt


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Inside the block, which may wait for others, nothing is held."""
    hold = _current
    if hold is None or not _is_main():
        yield
        return
    hold.is_open = True
    try:
        check_interrupts()
        yield
    finally:
        hold.is_open = False


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()
