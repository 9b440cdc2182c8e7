"""`rigjit fit` and `rigjit stats`: numbers of a spec, and what is odd, from poses."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

import rigjit
from rigjit._outputs import are_refused, bases_of, output_path
from rigjit._process import guarded, importing
from rigjit._publish import is_stdout, publish

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TextIO

_INPUTS = (
    "clips, messages, JSON, Parquet, Arrow, safetensors, .npy, directories, globs, URLs, statistics"
)
_NEW_INPUTS = "JSON, MessagePack, clips, poses of Studio Library; directories, globs, URLs"


def _range(text: str) -> tuple[float, float]:
    try:
        low, high = map(float, text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no range: 0.5,99.5 is") from None
    if not 0 <= low < high <= 100:
        raise argparse.ArgumentTypeError(f"{text!r}: the lower of two percentiles comes first")
    return low, high


def _parser(command: str, description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"rigjit {command}", description=description)
    parser.add_argument("spec", metavar="SPEC", help="the rig whose poses these are")
    parser.add_argument("inputs", metavar="INPUT", nargs="+", help=_INPUTS)
    parser.add_argument(
        "--from", dest="kind", choices=("values", "vectors"), help="what .npy files are: values"
    )
    parser.add_argument(
        "--missing", choices=("error", "rest"), default="error", help="channels that a pose lacks"
    )
    parser.add_argument(
        "--plot",
        metavar="FILE.svg",
        type=output_path,
        help="also draw the range of every channel; - for standard output",
    )
    return parser


def fit(arguments: Sequence[str]) -> int:
    """Fit a spec to poses, or make a first one; 0 fine, 1 a mistake, 2 wrong usage."""
    if "--new" in arguments:
        return _guarded("fit", lambda: _new(arguments))
    parser = _parser("fit", "Writes a spec whose scale and center fit what the poses do.")
    _add_spec_output(parser)
    parser.add_argument("--method", choices=("minmax", "std", "percentile"), default="minmax")
    parser.add_argument(
        "--range", type=_range, metavar="LOW,HIGH", help="of --method percentile: 1,99"
    )
    parser.epilog = "rigjit fit --new POSES... -o OUT makes a first spec of poses alone."
    parsed = parser.parse_args(arguments)
    if parsed.range and parsed.method != "percentile":
        parser.error("--range goes with --method percentile")
    return _guarded("fit", lambda: _fit(parsed))


def stats(arguments: Sequence[str]) -> int:
    """Print statistics of poses; 0 fine, 1 a mistake, 2 wrong usage."""
    parser = _parser("stats", "Says what the channels of a rig do in files of poses.")
    parser.add_argument(
        "-o",
        metavar="OUT.json",
        type=output_path,
        dest="output",
        help="write all of it, to be given to fit or stats with that of other machines; - for "
        "standard output",
    )
    parser.add_argument(
        "--percentiles",
        action="store_true",
        help="keep in OUT.json what fit --method percentile needs",
    )
    parsed = parser.parse_args(arguments)
    if parsed.percentiles and not parsed.output:
        parser.error("--percentiles goes with -o OUT.json")
    return _guarded("stats", lambda: _stats(parsed))


def _guarded(command: str, work: Callable[[], int]) -> int:
    def run() -> int:
        try:
            return work()
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "ruamel":
                raise
        message = f"rigjit {command} needs ruamel.yaml: pip install 'rigjit[dataset]'"
        print(message, file=sys.stderr)
        return 1

    return guarded(run, (rigjit.RigError, OSError))


def _add_spec_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o",
        metavar="OUT",
        type=output_path,
        dest="output",
        required=True,
        help="the new spec; - for standard output",
    )


def _report_to(*outputs: str | None) -> TextIO:
    """Where a report goes: not among an output that goes to standard output."""
    return sys.stderr if any(each and is_stdout(each) for each in outputs) else sys.stdout


def _new(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="rigjit fit --new", description="Makes a first spec of poses alone."
    )
    parser.add_argument("--new", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("inputs", metavar="POSES", nargs="+", help=_NEW_INPUTS)
    _add_spec_output(parser)
    parsed = parser.parse_args(arguments)
    with importing():
        from rigjit.fitting import infer

    if are_refused("fit", [parsed.output], parsed.inputs):
        return 2
    inferred = infer(parsed.inputs, parsed.output)
    report = _report_to(parsed.output)
    guesses = f"made of {inferred.poses:,} poses; what was guessed:"
    print(f"{parsed.output}: {guesses}", file=report)
    for note in inferred.notes:
        print(f"  {note}", file=report)
    return 0


def _are_refused(command: str, parsed: argparse.Namespace, kept: Sequence[str]) -> bool:
    """kept: what neither output may replace, beside the inputs; no picture replaces the spec."""
    outputs = [each for each in (parsed.output, parsed.plot) if each]
    plots = [parsed.plot] if parsed.plot else []
    return are_refused(command, outputs, parsed.inputs, kept) or are_refused(
        command, plots, specs=[parsed.spec]
    )


def _fit(parsed: argparse.Namespace) -> int:
    with importing():
        from rigjit import fitting, stats

    if _are_refused("fit", parsed, bases_of(rigjit.load(parsed.spec))):
        return 2
    fitted = fitting.fit(
        parsed.spec,
        parsed.inputs,
        parsed.output,
        method=parsed.method,
        range=parsed.range or (1.0, 99.0),
        kind=parsed.kind,
        missing=parsed.missing,
        progress=_progress(),
    )
    _clear()
    report = _report_to(parsed.output, parsed.plot)
    print(f"{parsed.output}: fitted to {stats.summary(fitted.statistics)}", file=report)
    for note in fitted.notes:
        print(note, file=report)
    _report(parsed, fitted.statistics, report)
    return 0


def _stats(parsed: argparse.Namespace) -> int:
    with importing():
        from rigjit import stats

    rig = rigjit.load(parsed.spec)
    if _are_refused("stats", parsed, [parsed.spec, *bases_of(rig)]):
        return 2
    found, _ = stats.collect(
        rig,
        parsed.inputs,
        kind=parsed.kind,
        missing=parsed.missing,
        percentiles=parsed.percentiles,
        progress=_progress(),
    )
    _clear()
    if parsed.output:
        publish(parsed.output, f"{found.to_json()}\n".encode())
    report = _report_to(parsed.output, parsed.plot)
    print(stats.table(found), file=report)
    print(stats.summary(found), file=report)
    _report(parsed, found, report)
    return 0


def _report(parsed: argparse.Namespace, statistics: Any, report: TextIO) -> None:
    from rigjit import stats

    for note in statistics.notes:
        print(note, file=sys.stderr)
    limits = stats.limits_of(rigjit.load(parsed.spec))
    findings = stats.find(statistics, limits)
    if findings:
        print(stats.findings_text(findings), file=report)
    if parsed.plot:
        title = os.path.basename(parsed.spec)
        publish(parsed.plot, stats.svg(statistics, findings, limits, title).encode())


def _progress() -> Any:
    """On a terminal, the frames so far."""
    if not sys.stderr.isatty():
        return None
    return lambda frames: print(f"\r{frames:,} frames", end="", file=sys.stderr, flush=True)


def _clear() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
