"""A first spec from poses alone, and what was guessed."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rigjit._errors import RigError
from rigjit._rigjit import loads
from rigjit.fitting._seen import look
from rigjit.fitting._write import number
from rigjit.stats._arguments import check_path, paths_of
from rigjit.stats._findings import FEW_FRAMES, MOST_INT, is_still
from rigjit.stats._text import yaml_name

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from rigjit.fitting._seen import Attribute, Seen

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
    inferred = _Spec(seen).write()
    try:
        loads(inferred.text, cache=False)
    except RigError as error:
        first = error.errors[0]
        message = f"no spec can be made of these poses: {first.message}"
        raise seen.error(first.code, message) from None
    if output is not None:
        publish(output, inferred.text.encode())
    return inferred


class _Spec:
    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._is_few = seen.poses < FEW_FRAMES
        self._notes: list[str] = []
        self._unit = self._guess_unit()

    def write(self) -> Inferred:
        lines = ["rigjit: 1"]
        if self._unit != "degrees":
            lines.append(f"defaults: {{angle_unit: {self._unit}}}")
        lines.append("controllers:")
        self._check_any()
        empty = []
        for controller, attributes in self._seen.controllers.items():
            items = self._transformations(controller, attributes)
            if not items:
                empty.append(controller)
                continue
            lines += [f"  - name: {yaml_name(controller)}", "    transformations:"]
            lines += [f"      - {item}" for item in items]
        if empty:
            count = "1 controller has" if len(empty) == 1 else f"{len(empty)} controllers have"
            self._say(f"{count} no attribute and {_are(empty)} left out: {_some(empty)}")
        self._say_of_all()
        return Inferred("\n".join([*lines, ""]), self._seen.poses, self._notes)

    def _say(self, note: str) -> None:
        self._notes.append(note)

    def _say_of_all(self) -> None:
        seen = self._seen
        if self._is_few:
            self._say(
                f"{seen.poses} poses are too few to tell what never moves: nothing is a constant, "
                "and what stands still has the scale 1"
            )
        taken = {label: found for label, found in self._all() if _is_taken(found)}
        partial = [label for label, found in taken.items() if found.count < seen.poses]
        if partial:
            count = "1 attribute is" if len(partial) == 1 else f"{len(partial)} attributes are"
            self._say(f"{count} not in every pose: {_some(partial)}")
        for label, found in taken.items():
            if found.others:
                others = ", ".join(f"{what} in {poses:,}" for what, poses in found.others.items())
                self._say(f"{label} is no number, bool or name in some poses: {others}")
        gone = self._left_out()
        if gone:
            self._say(f"no numbers, bools or names, so left out: {_some(gone)}")

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
        if any(_is_taken(found) for _, found in self._all()):
            return
        gone = self._left_out()
        gone += [f"{label} ({_mixture(found)})" for label, found in self._all() if found.count]
        poses = "1 pose" if self._seen.poses == 1 else f"{self._seen.poses:,} poses"
        text = f"there is nothing to make a spec of: in {poses} "
        if gone:
            text += f"no attribute is a number, a bool or a name: {_some(gone)}"
        elif self._seen.controllers:
            text += "no controller has an attribute"
        else:
            text += "there is no controller"
        raise self._seen.error("no-attributes", text)

    def _guess_unit(self) -> str:
        units = set(self._seen.units.values())
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

    def _transformations(self, controller: str, found: dict[str, Attribute]) -> list[str]:
        left = {}
        for name, each in found.items():
            if _is_taken(each):
                left[name] = each
            elif each.count:
                text = f"{controller}.{name} is left out: it is {_mixture(each)}"
                self._say(f"{text}, which no type of attribute takes")
        items = self._linear("translation", "translate", left)
        items += self._rotation(controller, left)
        items += self._linear("scale", "scale", left)
        for name, each in left.items():
            items.append(self._attribute(controller, name, each))
        return items

    def _still(self, found: Attribute) -> bool:
        return not self._is_few and not found.names and bool(is_still(found.low, found.high))

    def _take(self, left: dict[str, Attribute], names: Sequence[str]) -> list[str]:
        """Those of the names that are there as numbers and move."""
        return [name for name in _numeric(left, names) if not self._still(left[name])]

    def _linear(self, kind: str, prefix: str, left: dict[str, Attribute]) -> list[str]:
        names = self._take(left, [f"{prefix}{axis}" for axis in "XYZ"])
        if not names:
            return []
        found = [left.pop(name) for name in names]
        axes = "".join(name[-1].lower() for name in names)
        scale, center = _numbers(found)
        return [f"{kind}: {{axes: {axes}, scale: {scale}, center: {center}}}"]

    def _rotation(self, controller: str, left: dict[str, Attribute]) -> list[str]:
        if len(_numeric(left, _QUATERNION)) == 4:
            for name in _QUATERNION:
                left.pop(name)
            return ["rotation3d: {output: quaternion}"]
        unit = {u for (c, _), u in self._seen.units.items() if c == controller} - {self._unit}
        option = f", angle_unit: {unit.pop()}" if unit else ""
        names = self._take(left, _ROTATE)
        have = _numeric(left, _ROTATE)
        if len(have) == 3 and len(names) > 1:
            for name in have:
                left.pop(name)
            order = self._seen.orders.get(controller)
            if order is None:
                self._guess_order(controller)
            return [f"rotation3d: {{rotate_order: {order or 'xyz'}{option}}}"]
        items = []
        for name in names:
            left.pop(name)
            items.append(f"rotation1d: {{axis: {name[-1].lower()}{option}}}")
        return items

    def _guess_order(self, controller: str) -> None:
        start = "rotate orders are xyz, which poses do not tell: "
        if self._notes and self._notes[-1].startswith(start):
            self._notes[-1] += f", {controller}"
        else:
            self._say(start + controller)

    def _attribute(self, controller: str, name: str, found: Attribute) -> str:
        label = f"{controller}.{name}"
        text = f"name: {yaml_name(name)}"
        if found.names:
            names = ", ".join(yaml_name(each) for each in found.names)
            count = (
                f"{len(found.names)} names that were seen" if len(found.names) > 1 else "one name"
            )
            self._say(f"{label} is an enum of the {count}")
            if found.texts < found.count:
                self._say(
                    f"{label} is {_mixture(found)}: its numbers are taken as places in the list of "
                    "its names, from 0, which the rig may have in another order"
                )
            return f"attribute: {{{text}, type: enum, names: [{names}]}}"
        if self._still(found):
            self._say(f"{label} is a constant: it is {number(found.low)} in every pose")
            return f"constant: {{{text}, value: {number(found.low)}}}"
        if found.bools:
            if found.bools < found.count:
                self._say(f"{label} is a bool: it is {_mixture(found)}, always 0 or 1")
            return f"attribute: {{{text}, type: bool}}"
        scale, center = _numbers([found])
        if found.types == {int} and found.low != found.high:
            if max(-found.low, found.high) > MOST_INT:
                self._say(
                    f"{label} is a float: it goes from {found.low:,} to {found.high:,}, and an "
                    f"int lies between -{MOST_INT:,} and {MOST_INT:,}"
                )
                return f"attribute: {{{text}, scale: {scale}, center: {center}}}"
            low, high = str(int(found.low)), str(int(found.high))
            self._say(f"{label} is an int from {low} to {high}")
            limits = f"min: {low}, max: {high}"
            return f"attribute: {{{text}, type: int, scale: {scale}, center: {center}, {limits}}}"
        return f"attribute: {{{text}, scale: {scale}, center: {center}}}"


def _numeric(found: dict[str, Attribute], names: Sequence[str]) -> list[str]:
    """Those of the names that are there as numbers alone."""
    return [
        name for name in names if name in found and not found[name].names and not found[name].bools
    ]


def _is_taken(found: Attribute) -> bool:
    """Whether a channel can have all of its values. Names and numbers are both an enum's where each
    number may be the place of a name; true, false and numbers are a bool's where each is 0 or 1."""
    if not found.count or found.texts == found.count:
        return found.count > 0
    if not found.texts:
        return found.bools in (0, found.count) or _is_binary(found)
    return found.types <= {str, int} and found.low >= 0 and found.high < len(found.names)


def _is_binary(found: Attribute) -> bool:
    return found.whole and found.low >= 0 and found.high <= 1


def _mixture(found: Attribute) -> str:
    """What an attribute is that is text, or true or false, in some poses alone."""
    if not found.texts:
        count = found.count - found.bools
        return f"true or false in {found.bools:,} of the poses and a number in {count:,}"
    count = found.count - found.texts
    what = "a number or bool" if bool in found.types else "a number"
    return f"text in {found.texts:,} of the poses and {what} in {count:,}"


def _numbers(found: Sequence[Attribute]) -> tuple[str, str]:
    """scale and center of channels, as minmax has them; a scale of 1 for what stands still."""
    scales = [
        1.0 if is_still(each.low, each.high) else (each.high - each.low) / 2 for each in found
    ]
    return _one_or_all(scales), _one_or_all([(each.low + each.high) / 2 for each in found])


def _one_or_all(values: Sequence[float]) -> str:
    texts = [number(value) for value in values]
    return texts[0] if len(set(texts)) == 1 else f"[{', '.join(texts)}]"


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _some(names: Sequence[str]) -> str:
    rest = len(names) - 10
    return ", ".join(names[:10]) + (f" and {rest} more" if rest > 0 else "")
