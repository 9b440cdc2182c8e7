"""What a data set is built with: the one place that knows each option, its default and limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rigjit.inputs import KINDS

FORMATS = ("parquet", "arrow")
SPLITS = ("train", "validation")

_SIZE = re.compile(r"(\d{1,12})([KMGT]?)")
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
MAX_WINDOW = 1 << 20  # frames


class OptionError(ValueError):
    """An option that cannot be used; its text says which, and what to give instead."""


def parse_rate(text: str | int | float | Fraction) -> Fraction:
    """Frames a second of 24, "24000/1001" or 29.97, as an exact ratio."""
    try:
        rate = Fraction(text if isinstance(text, (int, Fraction)) else str(text))
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 0 < rate < 1 << 32 or rate.denominator >= 1 << 32:
        raise OptionError(f"{text!r} is no frame rate: give 24, 29.97 or 24000/1001")
    return rate


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
        if self.format not in FORMATS:
            raise OptionError(f"format is one of {', '.join(FORMATS)}, not {self.format!r}")
        if self.missing not in ("error", "rest"):
            raise OptionError(f"missing is error or rest, not {self.missing!r}")
        if self.kind is not None and self.kind not in KINDS:
            raise OptionError(f"what inputs are is one of {', '.join(KINDS)}, not {self.kind!r}")
        if self.windows is not None and not 1 <= self.windows <= MAX_WINDOW:
            raise OptionError(f"a window has 1 to {MAX_WINDOW} frames, not {self.windows}")
        if self.stride is not None and self.windows is None:
            raise OptionError("stride goes with windows")
        if self.stride is not None and self.stride < 1:
            raise OptionError(f"stride is 1 or more, not {self.stride}")
        if self.split is not None and not 0 < self.split < 1:
            raise OptionError(f"split is a share between 0 and 1, such as 0.9, not {self.split}")
        if self.fps is not None:
            set_(self, "fps", parse_rate(self.fps))
        set_(self, "default_fps", parse_rate(self.default_fps))
        set_(self, "shard_size", parse_size(self.shard_size))
        if self.windows is not None and self.stride is None:
            set_(self, "stride", self.windows)

    def to_json(self) -> dict[str, Any]:
        """As the manifest has them."""
        found = dict(vars(self))
        found["fps"] = None if self.fps is None else str(self.fps)
        found["default_fps"] = str(self.default_fps)
        return found
