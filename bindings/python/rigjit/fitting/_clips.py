"""What clips say of their channels, for a first spec that reads these clips."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import rigjit_clip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rigjit._rigjit import Rig


@dataclass
class Said:
    """Of a channel: kind, a transformation, None where no rigjit wrote the clip, which is then read
    by names; type: "float", "bool", "int", "enum"; names: of an enum."""

    kind: str | None
    type: str
    names: list[str]


@dataclass
class Clips:
    """channels: {controller: {attribute: Said}} in the order of the clips; orders, units:
    {controller: rotate order}, {(controller, attribute): unit}; conflicts: a line for each. What
    the first clip says holds. Files are told by their names alone."""

    channels: dict[str, dict[str, Said]] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    units: dict[tuple[str, str], str] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    _layouts: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def add(self, clip: rigjit_clip.Clip, path: str) -> None:
        path = os.path.basename(path)
        if clip.rig_hash:
            layout = (clip.metadata["channels"], clip.angle_unit, clip.namespace)
            self._layouts.setdefault(layout, path)
        for controller, order in clip.rotate_orders.items():
            first = self.orders.setdefault(controller, order)
            self._check(f"the rotate order of {controller}", first, order, path)
        for place, (controller, attribute) in enumerate(clip.channels):
            label = f"{controller}.{attribute}"
            if clip.is_angle(place):
                unit = clip.angle_unit_of(place)
                first = self.units.setdefault((controller, attribute), unit)
                self._check(f"the unit of {label}", first, unit, path)
            kind = clip.kinds[place] if clip.rig_hash else None
            said = Said(kind, clip.types.get(place, "float"), clip.enum_names.get(place, []))
            attributes = self.channels.setdefault(controller, {})
            self._merge(attributes.setdefault(attribute, said), said, label, path)

    def _merge(self, first: Said, said: Said, label: str, path: str) -> None:
        if first.kind is None:
            first.kind = said.kind
        self._check(f"the transformation of {label}", first.kind, said.kind or first.kind, path)
        self._check(f"the type of {label}", first.type, said.type, path)
        if first.type == said.type == "enum" and first.names != said.names:
            names, others = ", ".join(first.names), ", ".join(said.names)
            self._check(f"the list of names of {label}", names, others, path)
            first.names = list(dict.fromkeys([*first.names, *said.names]))

    def _check(self, what: str, first: object, other: object, path: str) -> None:
        if first != other:
            self.conflicts.append(f"{what} is {first} in one clip and {other} in {path}")

    def refused(self, rig: Rig) -> list[str]:
        """Which clips the spec of this rig does not read, and why: a line each."""
        clip = rigjit_clip.open(rig.clip(np.empty((0, rig.vec_size), np.float32)))
        own = json.loads(clip.metadata["channels"])
        lines = []
        for (channels, unit, namespace), path in self._layouts.items():
            rows = json.loads(channels)
            why = ""
            if namespace:
                why = f"its names are in the namespace {namespace}"
            elif rows != own:
                why = _difference(rows, own)
            elif unit != clip.angle_unit:
                why = f"its angles are in {unit}"
            if why:
                lines.append(f"clips as {path} are not read with this spec: {why}")
        return lines


def _difference(rows: list[list[Any]], own: list[list[Any]]) -> str:
    for row, mine in zip(rows, own, strict=False):
        if row != mine:
            texts = [f"{'.'.join(each[:2])} ({_meaning(each)})" for each in (row, mine)]
            return f"where they have {texts[0]} it has {texts[1]}"
    return f"they have {len(rows)} channels, it has {len(own)}"


def _meaning(row: list[Any]) -> str:
    return " ".join(str(each) for each in row[2:] if each is not None)


def poses_of(clip: rigjit_clip.Clip) -> Iterator[dict[str, dict[str, Any]]]:
    """The frames, with true, false, whole numbers and names in place of their numbers."""
    convert: list[tuple[str, str, Callable[[float], Any]]] = []
    for place, kind in clip.types.items():
        if kind != "float":
            convert.append((*clip.channels[place], _converter(kind, clip.enum_names.get(place))))
    for place in range(len(clip)):
        pose = clip.pose(place)
        for controller, attribute, change in convert:
            pose[controller][attribute] = change(pose[controller][attribute])
        yield pose


def _converter(kind: str, names: list[str] | None) -> Callable[[float], Any]:
    """What is no value of its type stays the number that it is."""

    def change(value: float) -> Any:
        if value != value or value in (float("inf"), -float("inf")) or value != int(value):
            return value
        if kind == "bool":
            return bool(value) if value in (0, 1) else value
        if names is None:
            return int(value)
        return names[int(value)] if 0 <= value < len(names) else value

    return change
