"""What a manifest holds, and the check of one that someone has edited, cut or written anew."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rigjit.dataset.options import MAX_WINDOW, SPLITS
from rigjit.dataset.plan import SHARD_FILE

if TYPE_CHECKING:
    from collections.abc import Callable

    Check = Callable[[Any, str], None]

ANEW = "remove the directory and build it again"  # what helps where a data set was damaged

_MAX_VEC = 1 << 31
_MAX_COUNT = 1 << 62  # what numpy adds up without an overflow
_FILE = re.compile(SHARD_FILE)


class ManifestError(ValueError):
    """What is missing or wrong, and where, as shards[0].rows."""


def check_manifest(found: Any) -> None:
    """ManifestError where it lacks what is read of it, or that is of another type."""
    _MANIFEST(found, "")
    rows = sum(shard["rows"] for shard in found["shards"])
    if rows != found["rows"]:
        raise ManifestError(f"rows is {found['rows']}, and those of its shards are {rows}")


def check_plan(found: Any) -> None:
    """The same of the plan of a build that has not ended."""
    _PLAN(found, "")


def check_shard(found: Any) -> None:
    """The same of what a manifest says of one shard."""
    _SHARD(found, "")


def _number(least: int, most: int) -> Check:
    def check(value: Any, where: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ManifestError(f"{where} is {_short(value)}, not a whole number {least} to {most}")

    return check


def _one(type_: type, name: str) -> Check:
    def check(value: Any, where: str) -> None:
        if not isinstance(value, type_):
            raise ManifestError(f"{where} is {_short(value)}, not {name}")

    return check


def _or_null(check: Check) -> Check:
    return lambda value, where: None if value is None else check(value, where)


def _list(check: Check) -> Check:
    def check_all(value: Any, where: str) -> None:
        _one(list, "a list")(value, where)
        for number, item in enumerate(value):
            check(item, f"{where}[{number}]")

    return check_all


def _object(**keys: Check) -> Check:
    """With at least these keys."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise ManifestError(f"{where or 'it'} is {_short(value)}, not an object")
        for key, check_key in keys.items():
            path = f"{where}.{key}" if where else key
            if key not in value:
                raise ManifestError(f"{path} is missing")
            check_key(value[key], path)

    return check


def _check_file(value: Any, where: str) -> None:
    if not isinstance(value, str) or not _FILE.fullmatch(value):
        raise ManifestError(f"{where} is {_short(value)}, not the name of a shard")


def _check_split(value: Any, where: str) -> None:
    if value not in SPLITS:
        raise ManifestError(f"{where} is {_short(value)}, not {' or '.join(SPLITS)}")


def _check_share(value: Any, where: str) -> None:
    if not isinstance(value, float) or not 0 < value < 1:
        raise ManifestError(f"{where} is {_short(value)}, not a share between 0 and 1")


def _check_clip(value: Any, where: str) -> None:
    _CLIP(value, where)
    if not value["frames"] and value["fps"] is None:  # it could not be opened
        return
    try:
        rate = Fraction(value["fps"])
    except (TypeError, ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if rate <= 0:
        raise ManifestError(f"{where}.fps is {_short(value['fps'])}, not a frame rate")


def _check_pair(value: Any, where: str) -> None:
    if not isinstance(value, list) or len(value) != 2:
        raise ManifestError(f"{where} is {_short(value)}, not a clip and its size")
    _TEXT(value[0], f"{where}[0]")
    _COUNT(value[1], f"{where}[1]")


def _short(value: Any) -> str:
    text = "null" if value is None else repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


_TEXT = _one(str, "text")
_COUNT = _number(0, _MAX_COUNT)
_HEAD = {
    "rig": _object(name=_TEXT, hash=_TEXT, vec_size=_number(1, _MAX_VEC)),
    "options": _object(windows=_or_null(_number(1, MAX_WINDOW)), split=_or_null(_check_share)),
}
_CLIP = _object(
    clip=_TEXT, size=_COUNT, fps=_or_null(_TEXT), frames=_COUNT, bad_frames=_COUNT, rows=_COUNT
)
_SHARD = _object(
    file=_check_file,
    split=_or_null(_check_split),
    rows=_COUNT,
    bytes=_COUNT,
    clips=_list(_check_clip),
)
_MANIFEST = _object(
    **_HEAD, rows=_COUNT, frames=_COUNT, bad_frames=_COUNT, unreadable=_COUNT, shards=_list(_SHARD)
)
_PLAN = _object(**_HEAD, clips=_list(_check_pair))
