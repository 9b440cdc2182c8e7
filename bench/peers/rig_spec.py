"""A rig's spec as dataclasses, for every peer. Specs are taken to be correct.

rig = rig_spec.read("hero.yaml")
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

# Scalars stay the text that was written: names such as `no` or 1_000 are text.
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True)
class Axes:
    """translation or scale: one input and one value for each attribute."""

    attributes: tuple[str, ...]
    scale: tuple[float, ...]
    center: tuple[float, ...]


@dataclass(frozen=True)
class Attribute:
    name: str
    scale: float
    center: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Rotation1d:
    """Two inputs, sine and cosine."""

    attribute: str
    cos_first: bool
    degrees: bool


@dataclass(frozen=True)
class Rotation3d:
    """Six inputs; three Euler angles, or four components of a quaternion."""

    attributes: tuple[str, ...]
    order: str
    layout: str
    degrees: bool

    @property
    def quaternion(self) -> bool:
        return len(self.attributes) == 4

    @property
    def places(self) -> tuple[int, ...]:
        """Where a1x a1y a1z a2x a2y a2z lie among the six inputs."""
        return (0, 2, 4, 1, 3, 5) if self.layout == "interleaved" else (0, 1, 2, 3, 4, 5)

    @property
    def axes(self) -> tuple[int, int, int]:
        """Of the first, the middle and the last turn: 0, 1, 2 for x, y, z."""
        first, middle, last = ("xyz".index(letter) for letter in self.order)
        return first, middle, last

    @property
    def parity(self) -> int:
        """1 if the order is a cyclic permutation of xyz, else -1."""
        return 1 if self.order in ("xyz", "yzx", "zxy") else -1


@dataclass(frozen=True)
class Constant:
    name: str
    value: float


Transformation = Axes | Attribute | Rotation1d | Rotation3d | Constant


@dataclass(frozen=True)
class Controller:
    name: str
    transformations: tuple[Transformation, ...]

    @property
    def attributes(self) -> list[str]:
        return [name for one in self.transformations for name in names_of(one)]


@dataclass(frozen=True)
class Rig:
    name: str
    controllers: tuple[Controller, ...]

    def placed(self) -> Iterator[tuple[Controller, Transformation, int, int]]:
        """Every transformation with the index of its first input and of its first value."""
        first_input = first_value = 0
        for controller in self.controllers:
            for transformation in controller.transformations:
                yield controller, transformation, first_input, first_value
                first_input += input_count(transformation)
                first_value += len(names_of(transformation))

    @property
    def input_count(self) -> int:
        return sum(input_count(one) for each in self.controllers for one in each.transformations)


def names_of(transformation: Transformation) -> tuple[str, ...]:
    match transformation:
        case Axes(attributes=names) | Rotation3d(attributes=names):
            return names
        case Rotation1d(attribute=name) | Attribute(name=name) | Constant(name=name):
            return (name,)


def input_count(transformation: Transformation) -> int:
    match transformation:
        case Axes(attributes=names):
            return len(names)
        case Attribute():
            return 1
        case Rotation1d():
            return 2
        case Rotation3d():
            return 6
        case Constant():
            return 0


def number(text: str) -> float:
    """As every peer uses it: rounded to float32."""
    return float(np.float32(text))


def per_axis(value: str | list[str], count: int) -> tuple[float, ...]:
    return tuple(number(text) for text in (value if isinstance(value, list) else [value] * count))


def axes(prefix: str, options: dict[str, Any]) -> Axes:
    letters = options.get("axes", "xyz")
    return Axes(
        tuple(prefix + letter.upper() for letter in letters),
        per_axis(options.get("scale", "1"), len(letters)),
        per_axis(options.get("center", "0"), len(letters)),
    )


def refuse_others(kind: str, options: dict[str, Any]) -> None:
    """What no peer knows: types but float, and limits of anything but attributes."""
    unknown = {"limit", *(() if kind == "attribute" else ("min", "max"))} & options.keys()
    if options.get("type", "float") != "float":
        unknown.add("type")
    if unknown:
        raise ValueError(f"the peers know no {min(unknown)!r} of {kind}; measure another rig")


def transformation_of(
    kind: str, options: dict[str, Any], defaults: dict[str, str]
) -> Transformation:
    refuse_others(kind, options)
    degrees = options.get("angle_unit", defaults.get("angle_unit")) != "radians"
    match kind:
        case "translation":
            return axes("translate", options)
        case "scale":
            return axes("scale", options)
        case "attribute":
            low, high = (number(options[key]) if key in options else None for key in ("min", "max"))
            scale, center = number(options.get("scale", "1")), number(options.get("center", "0"))
            return Attribute(options["name"], scale, center, low, high)
        case "rotation1d":
            cos_first = options.get("order") == "cos_sin"
            return Rotation1d("rotate" + options["axis"].upper(), cos_first, degrees)
        case "rotation3d":
            quaternion = options.get("output") == "quaternion"
            return Rotation3d(
                tuple("quaternion" + part for part in "WXYZ")
                if quaternion
                else tuple("rotate" + part for part in "XYZ"),
                options.get("rotate_order", defaults.get("rotate_order", "xyz")),
                options.get("rot6d", defaults.get("rot6d", "columns")),
                degrees,
            )
        case "constant":
            return Constant(options["name"], number(options["value"]))
    raise ValueError(f"unknown transformation {kind!r}")


def parse(text: str) -> Rig:
    document = yaml.load(text, LOADER)
    if "base" in document:
        raise ValueError("the peers know no bases; give them what `rigjit resolve` prints")
    defaults = document.get("defaults", {})
    controllers = []
    for controller in document["controllers"]:
        items = [item for entry in controller["transformations"] for item in entry.items()]
        transformations = tuple(
            transformation_of(kind, options, defaults) for kind, options in items
        )
        controllers.append(Controller(controller["name"], transformations))
    return Rig(document.get("name", ""), tuple(controllers))


def read(path: Path) -> Rig:
    return parse(path.read_text("utf-8"))
