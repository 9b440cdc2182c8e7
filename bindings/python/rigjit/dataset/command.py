"""`rigjit dataset build`: the command line of data sets."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from typing import TYPE_CHECKING, Any

from rigjit.dataset.interrupts import held_interrupts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rigjit.dataset.builder import Summary

_SHOWN = 10  # mistakes; the table has all
_OPTIONS = (
    "format",
    "windows",
    "stride",
    "mirror",
    "fps",
    "default_fps",
    "split",
    "seed",
    "shard_size",
    "kind",
    "missing",
)


def main(arguments: Sequence[str]) -> int:
    """0 fine, 1 a mistake or no row left, 2 wrong usage, 130 interrupted."""
    try:
        with held_interrupts():  # argparse imports, too
            parsed = _parser().parse_args(arguments)
        code = _build(parsed)
    except KeyboardInterrupt:
        code = _complain("interrupted; the same command goes on from here", 130)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the outcome is said, and is the exit code
    return code


def _build(parsed: argparse.Namespace) -> int:
    with held_interrupts():
        import rigjit
        from rigjit.dataset import missing_packages

        if problem := missing_packages():
            return _complain(problem, 2)
        from rigjit.dataset.builder import build
        from rigjit.dataset.options import OptionError

    options = {name: value for name in _OPTIONS if (value := getattr(parsed, name)) is not None}
    try:
        summary = build(
            rigjit.load(parsed.spec, namespace=parsed.namespace),
            parsed.inputs,
            parsed.output,
            workers=parsed.workers,
            ray=parsed.ray,
            on_error=parsed.on_error,
            progress=None,
            **options,
        )
    except OptionError as error:
        return _complain(f"rigjit dataset build: {error}", 2)
    except (ValueError, OSError, ImportError) as error:  # RigError, DatasetError, ArrowException
        return _complain(f"rigjit dataset build: {error}", 1)
    return _report(summary, parsed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rigjit dataset", allow_abbrev=False)
    commands = parser.add_subparsers(metavar="build", required=True)
    command = commands.add_parser(
        "build",
        allow_abbrev=False,
        help="clips and poses to shards of vectors",
        description="Converts clips and poses to a data set of a rig's vectors. The same command "
        "again goes on where the last one ended.",
    )
    add: Any = command.add_argument
    add("spec", metavar="SPEC")
    add("inputs", nargs="+", metavar="INPUT", help="files, folders, globs, or URLs of fsspec")
    add("-o", dest="output", required=True, metavar="DIR", help="a directory, or a URL of fsspec")
    add("--namespace", metavar="NAME", help="that the rig's controllers have in inputs: hero")
    add(
        "--from",
        dest="kind",
        metavar="FORM",
        help="what inputs are; values or vectors: arrays that do not tell",
    )
    add("--missing", choices=("error", "rest"), help="channels that a pose lacks (error)")
    add("--format", choices=("parquet", "arrow"), help="parquet; arrow for memory mapping")
    add("--windows", type=int, metavar="T", help="rows of T frames in place of one")
    add("--stride", type=int, metavar="S", help="frames between windows (T)")
    add("--mirror", action="store_const", const=True, help="each row's mirror image after it")
    add("--fps", metavar="RATE", help="bring all clips to this rate: 30, or 24000/1001")
    add("--default-fps", metavar="RATE", help="of inputs that do not say their rate (24)")
    add("--split", type=float, metavar="SHARE", help="train/ and validation/, by clip: 0.9")
    add("--seed", type=int, metavar="N", help="of the split (0)")
    add("--shard-size", metavar="SIZE", help="of input that a shard is made of (64M)")
    add("--on-error", choices=("skip", "stop"), default="skip", help="at bad frames and clips")
    add("--workers", type=int, default=0, metavar="N", help="processes (one a processor)")
    add("--ray", nargs="?", const="", metavar="ADDRESS", help="on a Ray cluster instead")
    return parser


def _report(summary: Summary, parsed: argparse.Namespace) -> int:
    place = parsed.output
    shards = f"{summary.shards} shard{'s'[: summary.shards != 1]}"
    already = "" if summary.built else ", complete already"
    counts = f"{summary.rows} rows of {_clips(summary.clips)} in {shards}{already}"
    print(_shown(f"{place}: {counts}", sys.stdout.encoding), flush=True)
    if len(summary.rates) > 1 and parsed.fps is None:
        rates = ", ".join(f"{rate} ({_clips(count)})" for rate, count in summary.rates.items())
        _complain(f"clips have several frame rates: {rates}; --fps brings them to one", 0)
    if summary.bad_frames or summary.unreadable:
        _complain(
            f"{summary.bad_frames} of {summary.frames} frames are bad and {summary.unreadable} of "
            f"{summary.clips} clips cannot be read: {place}/errors.parquet says why",
            0,
        )
        _show_mistakes(place)
    if not summary.rows:
        why = _why_no_row(summary, parsed.windows)
        return _complain(f"rigjit dataset build: no row is left in {place}{why}", 1)
    return 0


def _why_no_row(summary: Summary, window: int | None) -> str:
    if window is None or not summary.frames:
        return ""
    if summary.longest < window:
        return f": a window has {window} frames, and the longest clip {summary.longest}"
    return f": every window of {window} frames has a bad one"


def _clips(count: int) -> str:
    return "1 clip" if count == 1 else f"{count} clips"


def _show_mistakes(place: str) -> None:
    """The first ones."""
    from rigjit.dataset.errors_table import first_mistakes
    from rigjit.dataset.store import open_store

    try:
        mistakes = first_mistakes(open_store(place), _SHOWN)
    except (ValueError, OSError) as error:  # ArrowException
        _complain(f"  {place}/errors.parquet cannot be read: {error}", 0)
        return
    for mistake in mistakes:
        frame = "" if mistake.frame is None else f" frame {mistake.frame}:"
        _complain(f"  {mistake.clip!r}:{frame} {mistake.message} [{mistake.code}]", 0)


def _complain(text: str, code: int) -> int:
    if sys.stderr is not None:
        with contextlib.suppress(OSError):  # there is no other place to say it
            print(_shown(text, sys.stderr.encoding), file=sys.stderr, flush=True)
    return code


def _shown(text: str, encoding: str) -> str:
    """What cannot be written is escaped: names are any bytes, and terminals not all of UTF-8."""
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = text.encode("utf-8", "backslashreplace")
    return (
        data.decode("utf-8", "backslashreplace")
        .encode(encoding, "backslashreplace")
        .decode(encoding)
    )
