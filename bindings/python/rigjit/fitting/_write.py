"""Puts scales and centers where a spec has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rigjit.fitting._spec_file import SpecFile, anchor_of, copy_of, flow
from rigjit.fitting._walk import DEFAULTS, Controller, Item
from rigjit.stats._text import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# (scales, centers) of an item, one for each of its channels, as text.
Numbers = tuple[tuple[str, ...], tuple[str, ...]]


def number(value: float) -> str:
    """The fewest digits that give the float32 again."""
    return str(np.float32(value) + np.float32(0)).removesuffix(".0")  # no -0


def write(
    controllers: Sequence[Controller],
    target: SpecFile,
    numbers: Callable[[Item], Numbers],
) -> list[str]:
    """Change `target`, the last file of a chain, so that its rig has these numbers.

    numbers: of an affine item. Controllers that stand in a base are written into the target with
    them, so that the base and its other variants stay what they are. What controllers share by an
    anchor stays shared where their numbers agree, and is copied where not. Returns what is to be
    said of that, a line each.
    """
    notes = []
    own = [each for each in controllers if each.file is target]
    inherited = [each for each in controllers if each.file is not target]
    moved = [each for each in inherited if _affine(each)]
    if moved:
        notes.append(
            f"{len(moved)} controller{'s' * (len(moved) > 1)} of {moved[0].file.path}: written "
            "into the new file with new numbers; the base stays as it is"
        )
        own += [_bring(each, target) for each in moved]
    notes += _unshare(own, numbers)
    for controller in own:
        for item in _affine(controller):
            _set(_params(controller, item), numbers(item))
    return notes


def _affine(controller: Controller) -> list[Item]:
    return [item for item in controller.items if item.is_affine]


def _params(controller: Controller, item: Item) -> Any:
    return controller.node["transformations"][item.index][item.kind]


def _bring(controller: Controller, target: SpecFile) -> Controller:
    """A controller of a base as one of the target, which does not know the base's defaults."""
    node = copy_of(controller.node)
    of_base = {**DEFAULTS, **(controller.file.data.get("defaults") or {})}
    of_target = {**DEFAULTS, **(target.data.get("defaults") or {})}
    for item in controller.items:
        params = node["transformations"][item.index][item.kind]
        keys = {"rotation3d": tuple(DEFAULTS), "rotation1d": ("angle_unit",)}.get(item.kind, ())
        for key in keys:
            if key not in params and of_base[key] != of_target[key]:
                params[key] = of_base[key]
                if len(params) == 1:
                    params.fa.set_flow_style()
    if target.data.get("controllers") is None:
        target.data["controllers"] = []
    target.data["controllers"].append(node)
    return Controller(controller.name, target, node, controller.items)


def _unshare(controllers: Sequence[Controller], numbers: Callable[[Item], Numbers]) -> list[str]:
    """Copies what anchors share between those whose numbers differ, from the outside in."""
    notes = []
    # Lists of transformations.
    first: dict[int, tuple[Controller, list[Numbers]]] = {}
    for controller in controllers:
        shared = controller.node["transformations"]
        wanted = [numbers(item) for item in _affine(controller)]
        holder, held = first.setdefault(id(shared), (controller, wanted))
        if held != wanted:
            copy = copy_of(shared)
            if controller.node.fa.flow_style():
                copy.fa.set_flow_style()
            controller.node["transformations"] = copy
            notes.append(_note(controller, shared, holder))
    # Single transformations, and their parameters.
    items: dict[int, tuple[Controller, Numbers]] = {}
    params: dict[int, tuple[Controller, Numbers]] = {}
    for controller in controllers:
        sequence = controller.node["transformations"]
        for item in _affine(controller):
            wanted_numbers = numbers(item)
            entry = sequence[item.index]
            holder, kept = items.setdefault(id(entry), (controller, wanted_numbers))
            if kept != wanted_numbers:
                sequence[item.index] = copy_of(entry)
                notes.append(_note(controller, entry, holder))
                continue
            shared = entry[item.kind]
            holder, kept = params.setdefault(id(shared), (controller, wanted_numbers))
            if kept != wanted_numbers:
                entry[item.kind] = copy_of(shared)
                notes.append(_note(controller, shared, holder))
    return notes


def _note(controller: Controller, shared: Any, holder: Controller) -> str:
    name = anchor_of(shared)
    alias = f"*{name}" if name else "what it shared"
    return shown(
        f"{controller.name}: {alias} is a copy now, its numbers differ from {holder.name}'s"
    )


def _set(params: Any, numbers: Numbers) -> None:
    if not len(params):
        params.fa.set_flow_style()
    for key, values in zip(("scale", "center"), numbers, strict=True):
        found = params.get(key, "1" if key == "scale" else "0")
        if isinstance(found, list) and not anchor_of(found):
            for place, value in enumerate(values):
                found[place] = _kept(found[place], value)
            continue
        before = found if isinstance(found, list) else [found] * len(values)
        if all(_same(old, new) for old, new in zip(before, values, strict=True)):
            continue
        params[key] = values[0] if len(set(values)) == 1 else flow(list(values))


def _same(old: Any, new: str) -> bool:
    return bool(np.float32(old) == np.float32(new))


def _kept(old: Any, new: str) -> Any:
    """The old text where it means the same."""
    return old if _same(old, new) else new
