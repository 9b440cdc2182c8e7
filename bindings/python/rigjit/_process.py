"""What a command written in Python is as a process: Ctrl-C, closed pipes, full disks, odd names.

To take part, a command is named in `_command.COMMANDS`, imports what costs time inside `importing`,
and returns `guarded(...)` of its work.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import signal
import sys

TYPE_CHECKING = False  # typing's own costs its import, during which Ctrl-C is a traceback
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

_INTERRUPTED = 130  # as shells say it of a program that SIGINT ends
_name = "rigjit"  # of the command, for what is said of it


def run(name: str, module: str, function: str, arguments: Sequence[str]) -> int:
    """Import a command and run it; returns its exit code, 130 after Ctrl-C.

    A reader of standard output that goes away ends the process as SIGPIPE does; what standard
    output cannot take, a disk that is full, is one line and 1; characters that it has no bytes for
    are escaped.
    """
    global _name
    _name = f"rigjit {name}"
    _open_descriptors()
    output = _Stdout()
    sys.stdout = _standard_output(output)
    try:
        try:
            with importing():
                command = getattr(importlib.import_module(module), function)
            return int(command(arguments))
        finally:
            sys.stdout.flush()
            if output.error is not None:  # argparse passes over it
                raise output.error
    except KeyboardInterrupt:
        return _complain("interrupted", _INTERRUPTED)
    except BrokenPipeError:
        _drop_output()
        _end_by_sigpipe()
        raise  # where SIGPIPE is blocked
    except OSError as error:
        if error.filename != _Stdout.NAME:
            raise
        _drop_output()
        return _complain(text_of(error), 1)
    finally:
        if signal.getsignal(signal.SIGINT) not in (None, signal.SIG_IGN):
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # no traceback of what comes after it


def guarded(
    work: Callable[[], int],
    mistakes: tuple[type[Exception], ...] = (OSError,),
    prefix: bool = True,
) -> int:
    """What `work` returns; 1 with a line for one of `mistakes`, 130 with one for Ctrl-C.

    Ctrl-C wins over whatever else it made of itself on its way through somebody's modules.
    """
    with _interrupts() as interrupts:
        try:
            code = work()
            sys.stdout.flush()
            if code and interrupts.seen:
                return _complain("interrupted", _INTERRUPTED)
            return code
        except BrokenPipeError:
            raise
        except BaseException as error:
            if interrupts.seen or isinstance(error, KeyboardInterrupt):
                return _complain("interrupted", _INTERRUPTED)
            if not isinstance(error, mistakes):
                raise
            if isinstance(error, OSError) and error.filename == _Stdout.NAME:
                raise  # `run` tells
            return _complain(text_of(error), 1, prefix)


@contextlib.contextmanager
def importing() -> Iterator[None]:
    """Ctrl-C ends the process at once while modules are imported.

    Nothing has been written then; and some modules make of an exception one of their own, which
    is read as a package that is missing.
    """

    def end(number: int, frame: object) -> None:
        with contextlib.suppress(OSError):
            os.write(2, f"{_name}: interrupted\n".encode())
        os._exit(_INTERRUPTED)

    with _handling(end):
        yield


def text_of(error: BaseException) -> str:
    """An OSError as PATH: what is wrong; any other as it says itself."""
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        place = error.filename
        return f"{os.fsdecode(place) if isinstance(place, bytes) else place}: {error.strerror}"
    return str(error)


class _Interrupts:
    """seen: whether Ctrl-C came."""

    seen = False

    def handle(self, number: int, frame: object) -> None:
        if self.seen:  # once more: whoever presses it does not want to wait for an end in order
            os._exit(_INTERRUPTED)
        self.seen = True
        raise KeyboardInterrupt

    def ignored(self, unraisable: Any) -> None:
        """Where an exception cannot be raised Ctrl-C comes again, a moment later."""
        if not issubclass(unraisable.exc_type, KeyboardInterrupt):
            sys.__unraisablehook__(unraisable)
            return
        import threading

        self.seen = False
        main = threading.main_thread().ident  # the signal itself, so that it wakes from a wait
        threading.Timer(0.01, lambda: signal.pthread_kill(main or 0, signal.SIGINT)).start()


@contextlib.contextmanager
def _interrupts() -> Iterator[_Interrupts]:
    found = _Interrupts()
    hook = sys.unraisablehook
    with _handling(found.handle):
        sys.unraisablehook = found.ignored
        try:
            yield found
        finally:
            sys.unraisablehook = hook


@contextlib.contextmanager
def _handling(handler: Callable[[int, object], None]) -> Iterator[None]:
    """SIGINT goes to `handler`, unless whoever started the program has it ignored."""
    before = signal.getsignal(signal.SIGINT)
    if before in (None, signal.SIG_IGN) or not _is_main_thread():
        yield
        return
    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _is_main_thread() -> bool:
    """No other may say where signals go."""
    threading = sys.modules.get("threading")
    return threading is None or threading.current_thread() is threading.main_thread()


class _Stdout(io.FileIO):
    """Standard output, whose errors say that it is that; error: the last one."""

    NAME = "<stdout>"
    error: OSError | None = None

    def __init__(self) -> None:
        super().__init__(1, "wb", closefd=False)

    def write(self, data: Any, /) -> int | None:  # type: ignore[override]
        try:
            return super().write(data)
        except OSError as error:
            self.error = OSError(error.errno, error.strerror, self.NAME)
            raise self.error from None


def _standard_output(raw: _Stdout) -> io.TextIOWrapper:
    before: Any = sys.stdout
    is_unbuffered = getattr(before, "write_through", False)
    return io.TextIOWrapper(
        raw if is_unbuffered else io.BufferedWriter(raw),
        encoding=getattr(before, "encoding", "utf-8"),
        errors="backslashreplace",
        line_buffering=getattr(before, "line_buffering", False),
        write_through=is_unbuffered,
    )


def _open_descriptors() -> None:
    """What the program was started without is /dev/null: no file that it opens takes its place."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest that is free
    if sys.stderr is None:
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115


def _drop_output() -> None:
    """What is still in buffers goes nowhere, for it would fail again at the end."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)


def _end_by_sigpipe() -> None:
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGPIPE)


def _complain(text: str, code: int, prefix: bool = True) -> int:
    with contextlib.suppress(OSError):
        clear = "\r\033[K" if sys.stderr.isatty() else ""  # of progress
        print(f"{clear}{_name}: {text}" if prefix else text, file=sys.stderr, flush=True)
    return code
