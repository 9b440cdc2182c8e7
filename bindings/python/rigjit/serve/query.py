"""The query of a request."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from rigjit.serve.problems import Problem
from rigjit.serve.write import PLAIN, Query

POSE = ("continuous", "fps", "errors", "live", "vector")
VECTOR = ("errors", "missing", "extra")
_SWITCHES = {"0": False, "1": True, "false": False, "true": True}
_WORDS = {
    "errors": ("raise", "mask"),
    "missing": ("error", "rest"),
    "extra": ("ignore", "error"),
}


@lru_cache(256)
def parse(text: bytes, known: tuple[str, ...]) -> Query:
    """What a query says, of the parameters that the route knows; Problem 400 for anything else."""
    if not text:
        return PLAIN
    try:
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, max_num_fields=16)
    except ValueError:
        raise Problem(400, "the query cannot be read") from None
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name not in known:
            raise Problem(400, f"the query has what is not known here; known: {', '.join(known)}")
        if name in found:
            raise Problem(400, f"the query has {name} more than once")
        found[name] = _value(name, value)
    if "errors" in found:
        found["mask"] = found.pop("errors") == "mask"
    return Query(**found)


def _value(name: str, value: str) -> Any:
    if name in _WORDS:
        if value not in _WORDS[name]:
            raise Problem(400, f"{name} is one of: {', '.join(_WORDS[name])}")
        return value
    if name == "fps":
        if not _is_rate(value):
            raise Problem(400, "fps is a frame rate, written like 24, 23.976 or 24000/1001")
        return value
    if value not in _SWITCHES:
        raise Problem(400, f"{name} is 1 or 0")
    return _SWITCHES[value]


def _is_rate(text: str) -> bool:
    if len(text) > 24 or not set(text) <= set("0123456789./"):
        return False
    try:
        return 0 < Fraction(text) < 1_000_000
    except (ValueError, ZeroDivisionError):
        return False
