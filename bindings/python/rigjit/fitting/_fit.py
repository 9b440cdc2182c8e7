"""Scales and centers from statistics."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from rigjit._errors import RigError
from rigjit._publish import is_never_replaced
from rigjit._rigjit import Error, load, loads
from rigjit.fitting._spec_file import SpecFile, chain
from rigjit.fitting._walk import Controller, Item, controllers_of, numbers
from rigjit.fitting._write import number, write
from rigjit.stats._arguments import check_choice, check_path
from rigjit.stats._findings import is_still
from rigjit.stats._percentiles import ESTIMATED
from rigjit.stats._statistics import check_statistics
from rigjit.stats._text import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rigjit._rigjit import Rig
    from rigjit.stats import Statistics

METHODS = ("minmax", "std", "percentile")


@dataclass(frozen=True)
class Fitted:
    """A spec with its numbers, as text; notes: what is to be said of it, a line each.

    scale, center: (C,) float64, one for each of rig.channels, NaN for those that have none.
    """

    text: str
    statistics: Statistics
    scale: NDArray[np.float64]
    center: NDArray[np.float64]
    notes: list[str] = field(default_factory=list)


def fit_statistics(
    spec: str | os.PathLike[str],
    statistics: Statistics,
    method: str = "minmax",
    output: str | os.PathLike[str] | None = None,
    percentiles: NDArray[np.float64] | None = None,
) -> Fitted:
    """The spec at a path with scales and centers of these statistics.

    method: "minmax": center (low + high) / 2, scale (high − low) / 2; "std": the mean and the
    population's deviation; "percentile": as minmax, of the (2, C) percentiles. A channel that does
    not move keeps its scale, and gets its value as center. output: where the text will stand: a
    base is named relative to it, of a pipe or device to the current directory.
    """
    path = check_path("spec", spec)
    check_statistics(statistics)
    check_choice("method", method, METHODS)
    if output is not None:
        check_path("output", output)
    rig = load(path)
    shape = () if percentiles is None else np.shape(percentiles)
    if method == "percentile" and shape != (2, len(rig.channels)):
        wanted = f"(2, {len(rig.channels)})"
        raise ValueError(
            f"method 'percentile' needs percentiles of shape {wanted}, as collect(rig, files, "
            f"fractions=[0.01, 0.99]) gives them, not {shape}"
        )
    if statistics.frames == 0:
        raise RigError([Error("no-frames", "there is no good frame to fit it to", file=path)])
    files = chain(path)
    controllers = controllers_of(files)
    _check_walk(rig, controllers)
    fitted = Fitted(
        "", statistics, np.full(len(rig.channels), np.nan), np.full(len(rig.channels), np.nan)
    )
    for controller in controllers:
        for item in controller.items:
            if item.is_affine:
                _fit_item(rig, item, fitted, method, percentiles)

    def texts(item: Item) -> Any:
        places = list(item.places)
        return tuple(
            tuple(number(value) for value in values[places])
            for values in (fitted.scale, fitted.center)
        )

    target = files[-1]
    notes = write(controllers, target, texts)
    directory = os.path.dirname(os.path.abspath(output or path))
    if output is not None and is_never_replaced(output):
        directory = os.getcwd()
    if target.data.get("base") is not None:
        base = os.path.join(os.path.dirname(os.path.abspath(path)), target.data["base"])
        target.data["base"] = os.path.relpath(base, directory)
    text = target.text()
    _check_text(text, directory, files, rig, texts)
    return Fitted(text, statistics, fitted.scale, fitted.center, [*fitted.notes, *notes])


def _fit_item(
    rig: Rig, item: Item, fitted: Fitted, method: str, percentiles: NDArray[np.float64] | None
) -> None:
    places = list(item.places)
    found = fitted.statistics
    low, high = found.low[places], found.high[places]
    still = is_still(low, high)
    if method == "std":
        center, scale = found.mean[places], found.deviation[places]
    else:
        if method == "percentile":
            assert percentiles is not None
            within = percentiles[:, places]
            narrow = is_still(within[0], within[1]) & ~still
            fitted.notes.extend(
                f"{shown('.'.join(rig.channels[place]))}: {_why_narrow(found)}"
                for place in np.array(places)[narrow].tolist()
            )
            low, high = np.where(narrow, low, within[0]), np.where(narrow, high, within[1])
        center, scale = (low + high) / 2, (high - low) / 2
    still |= scale.astype(np.float32) == 0
    fitted.center[places] = np.where(still, found.low[places], center)
    fitted.scale[places] = np.where(still, numbers(item, "scale"), scale)


def _why_narrow(found: Statistics) -> str:
    # The values of a bin may be one, of a channel that rests, whose scale must not be next to
    # nothing, or many: an estimate does not tell, and the whole range is right for the one and
    # safe for the other.
    if ESTIMATED in found.notes:
        return (
            "its percentiles lie within 1/2000 of its range, which statistics do not tell apart: "
            "its whole range is taken; fit it to the frames themselves for exact ones"
        )
    return "its percentiles are the same, so its whole range is taken"


def _check_walk(rig: Rig, controllers: Sequence[Controller]) -> None:
    count = sum(len(item.places) for each in controllers for item in each.items)
    names = [each.name for each in controllers for item in each.items for _ in item.places]
    if count != len(rig.channels) or names != [controller for controller, _ in rig.channels]:
        raise RigError([Error("not-fitted", "its channels are not those that its text lists")])


def _check_text(text: str, directory: str, files: list[SpecFile], rig: Rig, texts: Any) -> None:
    """Read the new spec again: a rig of the same channels, with the numbers that it should have."""
    again = loads(text, base_dir=directory)
    new = SpecFile(files[-1].path, text)
    found = controllers_of([*files[:-1], new])
    ok = list(again.channels) == list(rig.channels)
    for controller in found:
        for item in controller.items:
            if item.is_affine:
                wanted = [np.float32(each) for each in (texts(item)[0] + texts(item)[1])]
                read = numbers(item, "scale") + numbers(item, "center")
                ok &= [np.float32(each) for each in read] == wanted
    if not ok:
        message = "its new text would not say what was fitted; it is left as it is"
        raise RigError([Error("not-fitted", message, file=files[-1].path)])
