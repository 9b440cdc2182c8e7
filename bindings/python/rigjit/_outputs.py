"""Outputs that are refused before any work: those that would destroy something."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from rigjit._errors import RigError
from rigjit._publish import STDOUT, check_place, is_stdout
from rigjit._rigjit import Error

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rigjit._rigjit import Rig


def check_outputs(
    outputs: Sequence[str | os.PathLike[str]],
    files: Sequence[str | os.PathLike[str]] = (),
    specs: Iterable[str | os.PathLike[str]] = (),
) -> None:
    """RigError ("would-overwrite") for an output that is an input, a spec, another output, or lies
    beside a data set's shards.

    files: what is read, as rigjit.inputs.expand takes them; specs: of the rig, with its bases. What
    is no regular file may be each of them, but for two outputs to standard output. Also RigError
    ("unwritable-file") for a URL, and OSError for an output whose directory is not there.
    """
    from rigjit import inputs

    names = [os.fspath(each) for each in outputs]
    errors = [
        Error(
            "unwritable-file",
            "only files of this machine can be written: write to -, and pipe it there",
            file=name,
        )
        for name in names
        if inputs.is_url(name)
    ]
    if not errors:
        errors = [
            _overwrites(name, "another output")
            for place, name in enumerate(names)
            if any(_is_same(name, other) for other in names[:place])
        ]
    errors += [
        _overwrites(name, "what belongs to a data set")
        for name in names
        if inputs.lies_beside_shards(os.path.realpath(name))
    ]
    there = [name for name in names if os.path.isfile(name)]
    if there and not errors:
        read = [(path, "the input") for path in _local_files(files)]
        read += [(os.fspath(path), "the spec") for path in specs]
        errors = [
            _overwrites(name, f"{what} {path!r}")
            for name in there
            for path, what in read
            if _is_same(name, path)
        ]
    if errors:
        raise RigError(errors)
    for name in names:
        check_place(name)


def are_refused(
    command: str,
    outputs: Sequence[str],
    files: Sequence[str] = (),
    specs: Iterable[str] = (),
) -> bool:
    """Whether check_outputs refuses what a command line names; then it has been said."""
    try:
        check_outputs(outputs, files, specs)
    except RigError as error:
        print(f"rigjit {command}: {error}", file=sys.stderr)
        return True
    return False


def output_path(text: str) -> str:
    """What a command line names as an output: `-` is standard output."""
    return STDOUT if text == "-" else text


def bases_of(rig: Rig) -> list[str]:
    """The files that a loaded spec is based on."""
    files: list[tuple[bytes, bytes]] = rig.__reduce__()[1][1]
    return [os.fsdecode(path) for path, _ in files[1:]]


def _overwrites(name: str, what: str) -> Error:
    return Error("would-overwrite", f"its output would overwrite {what}", file=name)


def _is_same(one: str, other: str) -> bool:
    if is_stdout(one) or is_stdout(other):
        return is_stdout(one) and is_stdout(other)
    if os.path.exists(one) and os.path.exists(other):
        return os.path.isfile(one) and os.path.samefile(one, other)
    return os.path.realpath(one) == os.path.realpath(other)


def _local_files(arguments: Sequence[str | os.PathLike[str]]) -> list[str]:
    """Those of this machine; none where something is amiss: whoever opens them tells what."""
    from rigjit import inputs

    found = []
    for argument in arguments:
        # The last link of a chain, zip://a.npy::file.zip, is the file.
        text = os.fspath(argument).rpartition("::")[2]
        for scheme in ("file://", "local://"):
            text = text.removeprefix(scheme)
        if inputs.is_url(text):
            continue
        try:
            found += [each.path for each in inputs.expand([text])]
        except RigError:
            continue
    return found
