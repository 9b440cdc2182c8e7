"""The transformations of a spec with what each writes, where it stands in which file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rigjit.fitting._spec_file import SpecFile

DEFAULTS = {"rotate_order": "xyz", "angle_unit": "degrees", "rot6d": "columns"}


@dataclass(frozen=True)
class Item:
    """One transformation: kind and params, at `index` of its controller's list; places: of its
    channels in rig.channels; is_affine: whether scale and center make its values and may be
    fitted."""

    kind: str
    params: Any
    index: int
    places: range
    is_affine: bool


@dataclass(frozen=True)
class Controller:
    """name; file: the one that says what it is; node: its mapping there; items."""

    name: str
    file: SpecFile
    node: Any
    items: list[Item]


def controllers_of(files: list[SpecFile]) -> list[Controller]:
    """Of a chain of files, in the order of the rig's channels.

    As configs/README.md says of bases: what is dropped goes first, what is there already is
    replaced where it stands, what is new comes last.
    """
    merged: dict[str, tuple[SpecFile, Any]] = {}
    for file in files:
        for name in file.data.get("drop") or ():
            merged.pop(str(name), None)
        for node in file.data.get("controllers") or ():
            merged[str(node["name"])] = (file, node)
    found = []
    place = 0
    for name, (file, node) in merged.items():
        items = []
        for index, entry in enumerate(node["transformations"]):
            (kind, params), *_ = entry.items()
            count = _channel_count(str(kind), params)
            places = range(place, place + count)
            items.append(Item(str(kind), params, index, places, _is_affine(str(kind), params)))
            place += count
        found.append(Controller(name, file, node, items))
    return found


def _channel_count(kind: str, params: Any) -> int:
    if kind in ("translation", "scale"):
        return len(str(params.get("axes", "xyz")))
    if kind == "rotation3d":
        return 4 if params.get("output") == "quaternion" else 3
    return 1


def _is_affine(kind: str, params: Any) -> bool:
    if kind == "attribute":
        return params.get("type", "float") in ("float", "int")
    return kind in ("translation", "scale")


def numbers(item: Item, key: str) -> list[float]:
    """scale or center of each channel of an affine item."""
    found = item.params.get(key, "1" if key == "scale" else "0")
    if not isinstance(found, list):
        found = [found] * len(item.places)
    return [float(each) for each in found]
