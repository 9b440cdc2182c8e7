"""What a first spec says of one attribute, or of a few: types, numbers, and words for them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rigjit.fitting._write import number
from rigjit.stats._findings import MOST_INT, is_still
from rigjit.stats._text import shown, yaml_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rigjit.fitting._clips import Said
    from rigjit.fitting._seen import Attribute


def is_as_said(found: Attribute, said: Said) -> bool:
    """Whether a channel of the type that clips say takes all the values."""
    if said.type == "enum":
        return not found.bools
    if found.texts:
        return False
    if said.kind == "constant":
        return True
    if said.type == "bool":
        return is_binary(found)
    is_int = found.whole and max(-found.low, found.high) <= MOST_INT
    return not found.bools and (said.type == "float" or is_int)


def typed(name: str, of_type: str, found: Attribute) -> str:
    """An attribute of this type."""
    text = f"name: {yaml_name(name)}"
    if of_type == "enum":
        return (
            f"attribute: {{{text}, type: enum, names: [{', '.join(map(yaml_name, found.names))}]}}"
        )
    if of_type == "bool":
        return f"attribute: {{{text}, type: bool}}"
    scale, center = scale_and_center([found])
    numbers = f"scale: {scale}, center: {center}"
    if of_type == "float":
        return f"attribute: {{{text}, {numbers}}}"
    limits = f", min: {int(found.low)}, max: {int(found.high)}" if found.low != found.high else ""
    return f"attribute: {{{text}, type: int, {numbers}{limits}}}"


def on_axes(kind: str, names: Sequence[str], found: Sequence[Attribute]) -> str:
    """A translation or scale of these attributes, in this order."""
    axes = "".join(name[-1].lower() for name in names)
    scale, center = scale_and_center(found)
    return f"{kind}: {{axes: {axes}, scale: {scale}, center: {center}}}"


def numeric(found: dict[str, Attribute], names: Sequence[str]) -> list[str]:
    """Those of the names that are there as numbers alone."""
    return [
        name for name in names if name in found and not found[name].names and not found[name].bools
    ]


def is_taken(found: Attribute) -> bool:
    """Whether a channel can have all of its values. Names and numbers are both an enum's where each
    number may be the place of a name; true, false and numbers are a bool's where each is 0 or 1."""
    if not found.count or found.texts == found.count:
        return found.count > 0
    if not found.names:
        return found.bools in (0, found.count) or is_binary(found)
    return found.types <= {str, int} and found.low >= 0 and found.high < len(found.names)


def is_binary(found: Attribute) -> bool:
    return found.whole and found.low >= 0 and found.high <= 1


def mixture(found: Attribute) -> str:
    """What an attribute is that is text, or true or false, in some poses alone."""
    if not found.names:
        count = found.count - found.bools
        return f"true or false in {found.bools:,} of the poses and a number in {count:,}"
    count = found.count - found.texts
    what = "a number or bool" if bool in found.types else "a number"
    return f"text in {found.texts:,} of the poses and {what} in {count:,}"


def scale_and_center(found: Sequence[Attribute]) -> tuple[str, str]:
    """scale and center of channels, as minmax has them; a scale of 1 for what stands still."""
    scales = [
        1.0 if is_still(each.low, each.high) else (each.high - each.low) / 2 for each in found
    ]
    return one_or_all(scales), one_or_all([(each.low + each.high) / 2 for each in found])


def one_or_all(values: Sequence[float]) -> str:
    texts = [number(value) for value in values]
    return texts[0] if len(set(texts)) == 1 else f"[{', '.join(texts)}]"


def quoted(names: Sequence[str]) -> str:
    return ", ".join(json.dumps(name, ensure_ascii=False) for name in names)


def first(lines: Sequence[str]) -> list[str]:
    """Lines of a report, no more than ten, and how many others there are."""
    rest = len(lines) - 10
    return [shown(line) for line in lines[:10]] + [f"and {rest:,} more of clips"] * (rest > 0)


def are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def some(names: Sequence[str]) -> str:
    rest = len(names) - 10
    return ", ".join(names[:10]) + (f" and {rest} more" if rest > 0 else "")
