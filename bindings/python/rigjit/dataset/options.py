"""What a data set is built with: the one place that knows each option, its default and limits."""

from __future__ import annotations

import math
import operator
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rigjit.inputs import KINDS

FORMATS = ("parquet", "arrow")
MISSING = ("error", "rest")
SPLITS = ("train", "validation")

_SIZE = re.compile(r"(\d{1,12})([KMGT]?)", re.ASCII)
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
MAX_WINDOW = 1 << 20  # frames
_MAX_STRIDE = (1 << 31) - 1  # frames, as the column has them
_MAX_SEED = 1 << 63
_MAX_WORKERS = 1024
MAX_GROWTH = 10_000  # frames that one of a clip becomes at another rate
_RATES = Fraction(1, 1000), Fraction(1000)  # frames a second


class OptionError(ValueError):
    """An option that cannot be used; its text says which, and what to give instead."""


def parse_rate(text: str | int | float | Fraction) -> Fraction:
    """Frames a second of 24, "24000/1001" or 29.97, as an exact ratio."""
    try:
        if isinstance(text, bool):
            raise ValueError
        rate = Fraction(text if isinstance(text, (int, Fraction)) else str(text))
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if rate <= 0 or rate.denominator >= 1 << 32:
        raise OptionError(f"{text!r} is no frame rate: give 24, 29.97 or 24000/1001")
    if not _RATES[0] <= rate <= _RATES[1]:
        raise OptionError(
            f"a frame rate is {float(_RATES[0])} to {_RATES[1]} frames a second, not {text}"
        )
    return rate


def parse_workers(count: int) -> int:
    """Processes, 0 for one a processor."""
    return _whole("workers", count, 0, _MAX_WORKERS)


def parse_size(text: str | int) -> int:
    """Bytes of "64M", "1G" or a plain number."""
    match = _SIZE.fullmatch(str(text).strip().upper())
    if not match or match[1].strip("0") == "":
        raise OptionError(f"no size: {text!r}; give bytes, or a number with K, M, G or T behind it")
    return int(match[1]) * _UNITS[match[2]]


@dataclass(frozen=True)
class Options:
    """All that decides which bytes a data set has, beside the rig and the inputs.

    format: "parquet" or "arrow". windows: frames of a row, None for single ones. stride: frames
    from one window to the next; as many as a window has, if None. mirror: every row is followed by
    its mirror image. fps: frames a second that all clips are brought to. default_fps: those of
    inputs that do not say their own. split: the share of the clips that are for training. seed:
    which ones. shard_size: bytes of input that one shard is made of; an input is never divided.
    kind: what every input is, where its content does not tell. missing: as of `rig.rig_to_vec`.
    """

    format: str = "parquet"
    windows: int | None = None
    stride: int | None = None
    mirror: bool = False
    fps: Fraction | None = None
    default_fps: Fraction = Fraction(24)
    split: float | None = None
    seed: int = 0
    shard_size: int = 64 << 20
    kind: str | None = None
    missing: str = "error"

    def __post_init__(self) -> None:
        set_ = object.__setattr__  # the dataclass is frozen
        _one_of("format", self.format, FORMATS)
        _one_of("missing", self.missing, MISSING)
        if self.kind is not None:
            _one_of("what inputs are", self.kind, KINDS)
        if not isinstance(self.mirror, bool):
            raise OptionError(f"mirror is True or False, not {self.mirror!r}")
        if self.stride is not None and self.windows is None:
            raise OptionError("stride goes with windows")
        if self.windows is not None:
            set_(self, "windows", _whole("windows", self.windows, 1, MAX_WINDOW))
            stride = self.windows if self.stride is None else self.stride
            set_(self, "stride", _whole("stride", stride, 1, _MAX_STRIDE))
        if self.split is not None:
            set_(self, "split", _share(self.split))
        set_(self, "seed", _whole("seed", self.seed, -_MAX_SEED, _MAX_SEED - 1))
        if self.fps is not None:
            set_(self, "fps", parse_rate(self.fps))
        set_(self, "default_fps", parse_rate(self.default_fps))
        set_(self, "shard_size", parse_size(self.shard_size))

    def to_json(self) -> dict[str, Any]:
        """As the manifest has them."""
        found = dict(vars(self))
        found["fps"] = None if self.fps is None else str(self.fps)
        found["default_fps"] = str(self.default_fps)
        return found


def _one_of(name: str, value: Any, known: tuple[str, ...]) -> None:
    if value not in known:
        raise OptionError(f"{name} is one of {', '.join(known)}, not {value!r}")


def _whole(name: str, value: Any, least: int, most: int) -> int:
    try:
        found = operator.index(value)
    except TypeError:
        found = None
    if found is None or isinstance(value, bool) or not least <= found <= most:
        raise OptionError(f"{name} is a whole number {least} to {most}, not {value!r}")
    return found


def _share(value: Any) -> float:
    try:
        found = float(value) if not isinstance(value, (str, bytes)) else math.nan
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not 0 < found < 1:
        raise OptionError(f"split is a share between 0 and 1, such as 0.9, not {value!r}")
    return found
