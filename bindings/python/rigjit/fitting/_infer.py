"""A first spec from poses alone, and what was guessed."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rigjit._errors import RigError
from rigjit._rigjit import loads
from rigjit.fitting._attributes import (
    are,
    first,
    is_as_said,
    is_taken,
    mixture,
    numeric,
    on_axes,
    quoted,
    some,
    typed,
)
from rigjit.fitting._seen import look
from rigjit.fitting._write import number
from rigjit.stats._arguments import check_path, paths_of
from rigjit.stats._findings import FEW_FRAMES, MOST_INT, is_still
from rigjit.stats._text import shown, yaml_name

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from rigjit._rigjit import Error
    from rigjit.fitting._clips import Said
    from rigjit.fitting._seen import Attribute, Seen

    _Item = tuple[str, list[str]]  # the text of a transformation, and the attributes it writes

_QUATERNION = ("quaternionW", "quaternionX", "quaternionY", "quaternionZ")
_ROTATE = ("rotateX", "rotateY", "rotateZ")
_RADIANS = 2 * math.pi * 1.01  # no angle of a clip is beyond: they may be radians


@dataclass
class Inferred:
    """The text of a spec, how many poses it is made of, and a line for each guess."""

    text: str
    poses: int
    notes: list[str] = field(default_factory=list)


def infer(
    files: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    output: str | os.PathLike[str] | None = None,
) -> Inferred:
    """A spec for the rig that these poses are of: JSON, MessagePack, clips, Studio Library.

    Names of attributes say what they are (translateX, rotateX, scaleX, quaternionW), values which
    type they have, ranges give scale and center. With ten poses or more, what never moves becomes a
    constant. output: where it is written; None: nowhere. RigError for files that cannot be read,
    for an output that is one of them, and where no attribute has a value that a rig can have
    ("no-attributes").
    """
    from rigjit._outputs import check_outputs
    from rigjit._publish import publish

    files = paths_of(files)
    if output is not None:
        check_outputs([check_path("output", output)], files)
    seen = look(files)
    spec = _Spec(seen)
    inferred = spec.write()
    try:
        rig = loads(inferred.text, cache=False)
    except RigError as error:
        raise spec.error(error.errors[0]) from None
    inferred.notes += first(seen.clips.conflicts)
    inferred.notes += first(seen.clips.refused(rig))
    if output is not None:
        publish(output, inferred.text.encode())
    return inferred


class _Spec:
    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._is_few = seen.poses < FEW_FRAMES
        self._notes: list[str] = []
        self._is_guessed = False  # whether anything is
        self._unit = self._main_unit()
        self._order = self._main_order()
        # Of each line of the text what it is of, and a file that has that.
        self._lines: list[tuple[str, str]] = []

    def write(self) -> Inferred:
        lines = ["rigjit: 1"]
        defaults = {"angle_unit": (self._unit, "degrees"), "rotate_order": (self._order, "xyz")}
        texts = [f"{key}: {value}" for key, (value, usual) in defaults.items() if value != usual]
        if texts:
            lines.append(f"defaults: {{{', '.join(texts)}}}")
        lines.append("controllers:")
        self._lines = [("", "")] * len(lines)
        self._check_any()
        empty = []
        for controller, attributes in self._seen.controllers.items():
            items = self._transformations(controller, attributes)
            if not items:
                empty.append(controller)
                continue
            lines += [f"  - name: {yaml_name(controller)}", "    transformations:"]
            lines += [f"      - {text}" for text, _ in items]
            file = attributes[items[0][1][0]].file
            self._lines += [(f"the controller {quoted([controller])}", file)] * 2
            for _, names in items:
                label = f"the attribute {quoted(names)} of {quoted([controller])}"
                self._lines.append((label, attributes[names[0]].file))
        if empty:
            count = "1 controller has" if len(empty) == 1 else f"{len(empty)} controllers have"
            self._say(f"{count} no attribute and {are(empty)} left out: {some(empty)}")
        self._say_of_all()
        return Inferred("\n".join([*lines, ""]), self._seen.poses, self._notes)

    def error(self, error: Error) -> RigError:
        """What the text of the spec is refused for, said of the poses."""
        label, file = self._lines[error.line - 1] if error.line else ("", "")
        where = f": {label}" if label else ""
        message = f"no spec can be made of these poses{where}: {error.message}"
        return self._seen.error(error.code, message, file)

    def _say(self, note: str) -> None:
        self._notes.append(shown(note))

    def _say_of_all(self) -> None:
        seen = self._seen
        if self._is_few and self._is_guessed:
            self._say(
                f"{seen.poses} poses are too few to tell what never moves: nothing is a constant, "
                "and what stands still has the scale 1"
            )
        taken = {label: found for label, found in self._all() if is_taken(found)}
        partial = [label for label, found in taken.items() if found.count < seen.poses]
        if partial:
            count = "1 attribute is" if len(partial) == 1 else f"{len(partial)} attributes are"
            self._say(f"{count} not in every pose: {some(partial)}")
        for label, found in taken.items():
            if found.others:
                others = ", ".join(f"{what} in {poses:,}" for what, poses in found.others.items())
                self._say(f"{label} is no number, bool or name in some poses: {others}")
        gone = self._left_out()
        if gone:
            self._say(f"no numbers, bools or names, so left out: {some(gone)}")

    def _all(self) -> Iterator[tuple[str, Attribute]]:
        for controller, attributes in self._seen.controllers.items():
            for name, found in attributes.items():
                yield f"{controller}.{name}", found

    def _left_out(self) -> list[str]:
        """What has no value in any pose, and what it was instead."""
        return [
            f"{label} ({', '.join(found.others)})"
            for label, found in self._all()
            if not found.count
        ]

    def _check_any(self) -> None:
        """Poses of which something is left; else RigError."""
        if any(is_taken(found) for _, found in self._all()):
            return
        gone = self._left_out()
        gone += [f"{label} ({mixture(found)})" for label, found in self._all() if found.count]
        poses = "1 pose" if self._seen.poses == 1 else f"{self._seen.poses:,} poses"
        text = f"there is nothing to make a spec of: in {poses} "
        if gone:
            text += f"no attribute is a number, a bool or a name: {some(gone)}"
        elif self._seen.controllers:
            text += "no controller has an attribute"
        else:
            text += "there is no controller"
        raise self._seen.error("no-attributes", text)

    def _main_unit(self) -> str:
        """That of attributes and constants which are called rotateX: they have no other."""
        clips = self._seen.clips
        units = Counter(clips.units[label] for label in self._said_angles("attribute", "constant"))
        return units.most_common(1)[0][0] if units else self._guess_unit()

    def _main_order(self) -> str:
        """That of angles which are no rotation3d: they have no other."""
        labels = self._said_angles("attribute", "constant", "rotation1d")
        orders = Counter(
            self._seen.clips.orders[controller]
            for controller, _ in labels
            if controller in self._seen.clips.orders
        )
        return orders.most_common(1)[0][0] if orders else "xyz"

    def _said_angles(self, *kinds: str) -> list[tuple[str, str]]:
        return [
            (controller, name)
            for controller, channels in self._seen.clips.channels.items()
            for name, said in channels.items()
            if name in _ROTATE and said.kind in kinds
        ]

    def _guess_unit(self) -> str:
        units = set(self._seen.clips.units.values())
        if units:
            return units.pop() if len(units) == 1 else "degrees"
        angles = [
            max(abs(found.low), abs(found.high))
            for attributes in self._seen.controllers.values()
            for name, found in attributes.items()
            if name in _ROTATE and found.count and not found.names and not found.bools
        ]
        if not self._is_few and angles and 0.5 < max(angles) <= _RADIANS:
            self._say(f"angles are radians: none is beyond {max(angles):.3g}")
            return "radians"
        if angles:
            self._say("angles are degrees")
        return "degrees"

    def _transformations(self, controller: str, found: dict[str, Attribute]) -> list[_Item]:
        left = {}
        for name, each in found.items():
            if is_taken(each):
                left[name] = each
            elif each.count:
                text = f"{controller}.{name} is left out: it is {mixture(each)}"
                self._say(f"{text}, which no type of attribute takes")
        items = self._as_clips_say(controller, left)
        self._is_guessed |= bool(left)
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
        names = self._take(left, _ROTATE)
        have = numeric(left, _ROTATE)
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
            self._say_of_angle(f"{controller}.{name}", left.pop(name))
            unit = self._unit_of(controller, name)
            items.append((f"rotation1d: {{axis: {name[-1].lower()}{unit}}}", [name]))
        return items

    def _say_of_angle(self, label: str, found: Attribute) -> None:
        unit = self._seen.clips.units.get(tuple(label.rsplit(".", 1)), self._unit)
        half = 180.0 if unit == "degrees" else math.pi
        if max(-found.low, found.high) > half * (1 + 1e-6):
            self._say(
                f"{label} is a rotation1d, which comes back between -{half:.4g} and {half:.4g}: it "
                f"goes from {found.low:.6g} to {found.high:.6g}; an attribute keeps its turns"
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
            size = len(_QUATERNION) if names[0] in _QUATERNION else len(_ROTATE)
            groups.append(names[:size])
            names = names[size:]
    return groups
