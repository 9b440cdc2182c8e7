"""Arguments of rigjit.stats and rigjit.fitting: wrong ones are told before any file is read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from rigjit._rigjit import Rig

if TYPE_CHECKING:
    from collections.abc import Sequence


def paths_of(files: Any) -> list[str]:
    """Paths or URLs, also a single one, as a list; TypeError for anything else."""
    if isinstance(files, (str, os.PathLike)):
        files = [files]
    try:
        found = list(files)
    except TypeError:
        raise TypeError(f"files must be paths, not {_type(files)}") from None
    return [check_path("each of files", each) for each in found]


def check_path(name: str, value: Any) -> str:
    """A path as text; TypeError for anything else, bytes too."""
    if isinstance(value, (str, os.PathLike)):
        text = os.fspath(value)
        if isinstance(text, str):
            return text
    raise TypeError(f"{name} must be a path (str or os.PathLike), not {_type(value)}")


def check_choice(name: str, value: Any, choices: Sequence[str | None]) -> None:
    """ValueError for what is none of the choices."""
    if value not in choices:
        words = ", ".join(repr(each) for each in choices)
        raise ValueError(f"{name} must be one of {words}, not {value!r}")


def check_is(name: str, value: Any, kind: type, hint: str) -> None:
    """TypeError, which ends with the hint, for a value of another type."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {_article(kind)}, not {_type(value)}: {hint}")


def check_rig(value: Any) -> None:
    """TypeError for what is no Rig."""
    check_is("rig", value, Rig, "rigjit.load(path) gives one")


def check_progress(value: Any) -> None:
    """TypeError for what cannot be called."""
    if value is not None and not callable(value):
        raise TypeError(f"progress must be a function of the frames so far, not {_type(value)}")


def check_fractions(value: Any) -> list[float]:
    """Numbers from 0 to 1; TypeError or ValueError for all else."""
    try:
        found = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        found = np.zeros(())
    if found.ndim != 1:
        raise TypeError(f"fractions must be numbers from 0 to 1, as [0.01, 0.99], not {value!r}")
    if not ((found >= 0) & (found <= 1)).all():
        raise ValueError(f"fractions must lie from 0 to 1 (0.99 for 99%), not {value!r}")
    return [float(each) for each in found]


def check_limits(value: Any, channels: int) -> None:
    """TypeError or ValueError for what is no pair of arrays, one number a channel."""
    if value is None:
        return
    hint = "as rigjit.stats.limits_of(rig) gives them"
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise TypeError(f"limits must be a pair of arrays, {hint}, not {_type(value)}")
    shapes = [np.shape(each) for each in value]
    if shapes != [(channels,)] * 2:
        raise ValueError(f"limits must be two arrays of shape ({channels},), {hint}, not {shapes}")


def _type(value: Any) -> str:
    return type(value).__name__


def _article(kind: type) -> str:
    names = {Rig: "a rigjit.Rig", bool: "True or False", str: "text", int: "a whole number"}
    return names.get(kind, f"a {kind.__module__.rpartition('._')[0]}.{kind.__name__}")
