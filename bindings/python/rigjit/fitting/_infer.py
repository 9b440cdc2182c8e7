"""A first spec from poses alone, and what was guessed."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rigjit._errors import RigError
from rigjit._rigjit import loads
from rigjit.fitting._attributes import (
    are,
    first,
    is_taken,
    mixture,
    quoted,
    some,
)
from rigjit.fitting._seen import look
from rigjit.fitting._transformations import ROTATE, Transformations
from rigjit.stats._arguments import check_path, paths_of
from rigjit.stats._findings import FEW_FRAMES
from rigjit.stats._text import shown, yaml_name

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from rigjit._rigjit import Error
    from rigjit.fitting._seen import Attribute, Seen

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
    constant. What clips of rigjit say of their channels holds, so that the spec reads the clips.
    output: where it is written; None: nowhere. RigError for files that cannot be read, for an
    output that is one of them, for names that no spec takes, and where no attribute has a value
    that a rig can have ("no-attributes").
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
        self._unit = self._main_unit()
        self._order = self._main_order()
        self._transformations = Transformations(seen, self._unit, self._notes)
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
            items = self._transformations.of(controller, attributes)
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
        if self._is_few and self._transformations.is_guessed:
            count = "1 pose is" if seen.poses == 1 else f"{seen.poses} poses are"
            self._say(
                f"{count} too few to tell what never moves: nothing is a constant, "
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
            f"{label} ({', '.join(found.others) or 'in no pose'})"
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
            if name in ROTATE and said.kind in kinds
        ]

    def _guess_unit(self) -> str:
        units = set(self._seen.clips.units.values())
        if units:
            return units.pop() if len(units) == 1 else "degrees"
        angles = [
            max(abs(found.low), abs(found.high))
            for attributes in self._seen.controllers.values()
            for name, found in attributes.items()
            if name in ROTATE and found.count and not found.names and not found.bools
        ]
        if not self._is_few and angles and 0.5 < max(angles) <= _RADIANS:
            self._say(f"angles are radians: none is beyond {max(angles):.3g}")
            return "radians"
        if angles:
            self._say("angles are degrees")
        return "degrees"
