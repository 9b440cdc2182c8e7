"""`rigjit stamp MODEL SPEC` and `rigjit check SPEC --model MODEL`: a model and its rig."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

import rigjit
from rigjit._outputs import are_refused, bases_of, output_path
from rigjit._process import guarded
from rigjit.models import read_stamp
from rigjit.models import stamp as write_stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

_MODELS = "ONNX, safetensors, or what torch.save, torch.jit.save or torch.export.save wrote"


def stamp(arguments: Sequence[str]) -> int:
    """Write a rig's hash, vector size and spec into a model; 0 fine, 1 a mistake, 2 wrong usage."""
    parser = argparse.ArgumentParser(
        prog="rigjit stamp",
        description="Writes into a model which rig it is for: hash, vector size, spec.",
    )
    parser.add_argument("model", metavar="MODEL", help=_MODELS)
    parser.add_argument("spec", metavar="SPEC")
    parser.add_argument(
        "-o",
        metavar="OUT",
        dest="output",
        type=output_path,
        help="a copy, - for standard output; else in place",
    )
    parsed = parser.parse_args(arguments)

    def work() -> int:
        rig = rigjit.load(parsed.spec)
        specs = [parsed.spec, *bases_of(rig)]
        if parsed.output is not None and are_refused("stamp", [parsed.output], specs=specs):
            return 2
        write_stamp(parsed.model, rig, parsed.output)
        return 0

    return guarded(work, (ValueError, OSError), prefix=False)


def check(arguments: Sequence[str]) -> int:
    """Whether a spec has no mistake and a model is for its rig; 0 yes, 1 no, 2 wrong usage."""
    parser = argparse.ArgumentParser(
        prog="rigjit check",
        description="Says whether a model is for a rig, by what `rigjit stamp` wrote into it.",
    )
    parser.add_argument("spec", metavar="SPEC")
    parser.add_argument("--model", metavar="MODEL", required=True, help=_MODELS)
    parsed = parser.parse_args(arguments)

    def work() -> int:
        problem = _problem(rigjit.load(parsed.spec), parsed.model)
        if problem:
            print(problem, file=sys.stderr)
        return int(bool(problem))

    return guarded(work, (ValueError, OSError), prefix=False)


def _problem(rig: rigjit.Rig, model: str) -> str:
    found = read_stamp(model)
    if found.rig_hash is None:
        return f"{model}: it does not say which rig it is for: rigjit stamp MODEL SPEC"
    if found.rig_hash == rig.hash:
        return ""
    text = f"{model}: it is for a rig with hash {found.rig_hash}, {rig.name!r} has {rig.hash}"
    if found.spec is None:
        return text
    return f"{text}\n{rigjit.diff(rigjit.loads(found.spec), rig)}"
