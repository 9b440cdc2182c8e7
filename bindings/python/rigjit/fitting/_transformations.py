"""The transformations of a first spec, of attributes and of what clips say of them."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from rigjit.fitting._attributes import (
    is_as_said,
    is_taken,
    mixture,
    numeric,
    on_axes,
    typed,
)
from rigjit.fitting._write import number
from rigjit.stats._findings import FEW_FRAMES, MOST_INT, is_still
from rigjit.stats._text import shown, yaml_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rigjit.fitting._clips import Said
    from rigjit.fitting._seen import Attribute, Seen

    _Item = tuple[str, list[str]]  # the text of a transformation, and the attributes it writes

ROTATE = ("rotateX", "rotateY", "rotateZ")
_QUATERNION = ("quaternionW", "quaternionX", "quaternionY", "quaternionZ")


class Transformations:
    """notes: where a line for each guess goes; unit: of the angles that say none; is_guessed:
    whether there was anything that no clip said."""

    def __init__(self, seen: Seen, unit: str, notes: list[str]) -> None:
        self._seen = seen
        self._unit = unit
        self._notes = notes
        self._is_few = seen.poses < FEW_FRAMES
        self.is_guessed = False

    def _say(self, note: str) -> None:
        self._notes.append(shown(note))

    def of(self, controller: str, found: dict[str, Attribute]) -> list[_Item]:
        """Those of a controller: what clips say comes first, in their order."""
        left = {}
        for name, each in found.items():
            if is_taken(each):
                left[name] = each
            elif each.count:
                text = f"{controller}.{name} is left out: it is {mixture(each)}"
                self._say(f"{text}, which no type of attribute takes")
        items = self._as_clips_say(controller, left)
        self.is_guessed |= bool(left)
        items += self._linear("translation", "translate", left)
        items += self._rotation(controller, left)
        items += self._linear("scale", "scale", left)
        for name, each in left.items():
            items.append((self._attribute(controller, name, each), [name]))
        return items

    def _as_clips_say(self, controller: str, left: dict[str, Attribute]) -> list[_Item]:
        """What clips of rigjit say, in their order, so that they are clips of the spec."""
        channels = self._seen.clips.channels.get(controller, {})
        items: list[_Item] = []
        for names in _groups(channels):
            said = channels[names[0]]
            if said.kind is None or not all(name in left for name in names):
                continue
            other = [name for name in names if not is_as_said(left[name], channels[name])]
            if other:
                self._say(
                    f"{controller}.{other[0]} is not a {said.type} {said.kind}, as clips say: "
                    "poses have other values"
                )
                continue
            found = [left.pop(name) for name in names]
            if said.kind in ("translation", "scale"):
                text = on_axes(said.kind, names, found)
            elif said.kind == "rotation3d" and names[0] in _QUATERNION:
                text = "rotation3d: {output: quaternion}"
            elif said.kind == "rotation3d":
                order = self._seen.clips.orders.get(controller, "xyz")
                text = f"rotation3d: {{rotate_order: {order}{self._unit_of(controller, names[0])}}}"
            elif said.kind == "rotation1d":
                unit = self._unit_of(controller, names[0])
                text = f"rotation1d: {{axis: {names[0][-1].lower()}{unit}}}"
            elif said.kind == "constant":
                text = self._constant(controller, names[0], found[0])
            else:
                if said.type == "enum":
                    self._say_of_names(f"{controller}.{names[0]}", found[0], said)
                text = typed(names[0], said.type, found[0])
            items.append((text, names))
        return items

    def _constant(self, controller: str, name: str, found: Attribute) -> str:
        if not is_still(found.low, found.high):
            self._say(
                f"{controller}.{name} is a constant, as clips say, though it goes from "
                f"{number(found.low)} to {number(found.high)}: the least is its value"
            )
        return f"constant: {{name: {yaml_name(name)}, value: {number(found.low)}}}"

    def _unit_of(self, controller: str, name: str) -> str:
        """The option of an angle."""
        unit = self._seen.clips.units.get((controller, name), self._unit)
        return f", angle_unit: {unit}" if unit != self._unit else ""

    def _still(self, found: Attribute) -> bool:
        return not self._is_few and not found.names and bool(is_still(found.low, found.high))

    def _take(self, left: dict[str, Attribute], names: Sequence[str]) -> list[str]:
        """Those of the names that are there as numbers and move."""
        return [name for name in numeric(left, names) if not self._still(left[name])]

    def _linear(self, kind: str, prefix: str, left: dict[str, Attribute]) -> list[_Item]:
        names = self._take(left, [f"{prefix}{axis}" for axis in "XYZ"])
        if not names:
            return []
        found = [left.pop(name) for name in names]
        return [(on_axes(kind, names, found), names)]

    def _rotation(self, controller: str, left: dict[str, Attribute]) -> list[_Item]:
        if len(numeric(left, _QUATERNION)) == 4:
            for name in _QUATERNION:
                left.pop(name)
            return [("rotation3d: {output: quaternion}", list(_QUATERNION))]
        names = self._take(left, ROTATE)
        have = numeric(left, ROTATE)
        if len(have) == 3 and len(names) > 1:
            for name in have:
                left.pop(name)
            order = self._seen.clips.orders.get(controller)
            if order is None:
                self._guess_order(controller)
            unit = self._unit_of(controller, have[0])
            return [(f"rotation3d: {{rotate_order: {order or 'xyz'}{unit}}}", have)]
        items: list[_Item] = []
        for name in names:
            self._say_of_angle(controller, name, left.pop(name))
            unit = self._unit_of(controller, name)
            items.append((f"rotation1d: {{axis: {name[-1].lower()}{unit}}}", [name]))
        return items

    def _say_of_angle(self, controller: str, name: str, found: Attribute) -> None:
        unit = self._seen.clips.units.get((controller, name), self._unit)
        half = 180.0 if unit == "degrees" else math.pi
        if max(-found.low, found.high) > half * (1 + 1e-6):
            self._say(
                f"{controller}.{name} is a rotation1d, which comes back between -{half:.4g} and "
                f"{half:.4g}: it goes from {found.low:.6g} to {found.high:.6g}; an attribute keeps "
                "its turns"
            )

    def _guess_order(self, controller: str) -> None:
        start = "rotate orders are xyz, which poses do not tell: "
        if self._notes and self._notes[-1].startswith(start):
            self._notes[-1] += shown(f", {controller}")
        else:
            self._say(start + controller)

    def _attribute(self, controller: str, name: str, found: Attribute) -> str:
        label = f"{controller}.{name}"
        said = self._seen.clips.channels.get(controller, {}).get(name)
        if found.names:
            self._say_of_names(label, found, said)
            return typed(name, "enum", found)
        if self._still(found):
            self._say(f"{label} is a constant: it is {number(found.low)} in every pose")
            return f"constant: {{name: {yaml_name(name)}, value: {number(found.low)}}}"
        if said is not None and said.type != "float" and is_as_said(found, said):
            return typed(name, said.type, found)
        if found.bools:
            if found.bools < found.count:
                self._say(f"{label} is a bool: it is {mixture(found)}, always 0 or 1")
            return typed(name, "bool", found)
        if found.types == {int} and found.low != found.high:
            if max(-found.low, found.high) <= MOST_INT:
                self._say(f"{label} is an int from {int(found.low)} to {int(found.high)}")
                return typed(name, "int", found)
            self._say(
                f"{label} is a float: it goes from {found.low:,} to {found.high:,}, and an "
                f"int lies between -{MOST_INT:,} and {MOST_INT:,}"
            )
        return typed(name, "float", found)

    def _say_of_names(self, label: str, found: Attribute, said: Said | None) -> None:
        if said is None or list(found.names) != said.names:
            count = len(found.names)
            names = f"{count} names that were seen" if count > 1 else "one name"
            self._say(f"{label} is an enum of the {names}")
        if found.texts < found.count and (said is None or said.type != "enum"):
            self._say(
                f"{label} is {mixture(found)}: its numbers are taken as places in the list of "
                "its names, from 0, which the rig may have in another order"
            )


def _groups(channels: dict[str, Said]) -> list[list[str]]:
    """The attributes of each transformation that clips have."""
    groups: list[list[str]] = []
    for kind, each in itertools.groupby(channels, lambda name: channels[name].kind):
        names = list(each)
        if kind in ("translation", "scale"):
            groups.append(names)
        elif kind != "rotation3d":
            groups += [[name] for name in names]
        while kind == "rotation3d" and names:
            size = len(_QUATERNION) if names[0] in _QUATERNION else len(ROTATE)
            groups.append(names[:size])
            names = names[size:]
    return groups
