"""Scale and center of a spec's channels: from limits, or from what actions do."""

import bpy

from .curves import curves_of
from .problems import SceneError
from .sample import sample

CHOICES = ("LIMITS", "ACTION", "ACTIONS")


def ranges(armature, controls, source):
    """{(controller, attribute): (least, greatest)} of what moves, {} where limits are asked for.

    source: "LIMITS"; "ACTION": the frames of the action that the armature has; "ACTIONS": those of
    every action of the file that moves it.
    """
    if source == "LIMITS":
        return {}
    animation = armature.animation_data
    own = animation.action if animation is not None else None
    actions = [own] if source == "ACTION" else list(bpy.data.actions)
    actions = [action for action in actions if action and curves_of(action, armature)]
    if not actions:
        raise SceneError(
            f"no action moves {armature.name!r}: take scale and center from its limits"
        )
    found = {}
    for name in [action.name for action in actions]:
        _add_action(found, armature, controls, bpy.data.actions[name])
    return found


def _add_action(found, armature, controls, action):
    animation = armature.animation_data_create()
    before, slot = animation.action, getattr(animation, "action_slot", None)
    use_nla = animation.use_nla
    first, last = map(round, action.frame_range)
    try:
        animation.use_nla = False
        if before != action:
            animation.action = action
            if hasattr(animation, "action_slot") and animation.action_slot is None:
                animation.action_slot = next(iter(animation.action_suitable_slots), None)
        channels, rows = sample(armature, controls, range(first, last + 1))
    finally:
        if before != action:
            animation.action = before
            if slot is not None:
                animation.action_slot = slot
        animation.use_nla = use_nla
    for channel, column in zip(channels, zip(*rows)):
        key = channel.controller, channel.attribute
        low, high = found.get(key, (column[0], column[0]))
        found[key] = min(low, *column), max(high, *column)


def linear(control, kind, axes, found):
    """(scales, centers) of the axes of a translation or scale: the range goes to -1..1.

    Scales keep 1 as their center, so that the rest pose is in the middle.
    """
    word = "translate" if kind == "location" else "scale"
    scales, centers = [], []
    for axis in axes:
        attribute = word + axis.upper()
        span = found.get((control.name, attribute)) or control.limits.get(kind, {}).get(axis)
        if span is None or None in span:
            span = None
        if kind == "scale":
            scales.append(max(abs(span[0] - 1), abs(span[1] - 1)) if span else 1.0)
            centers.append(1.0)
        else:
            scales.append((span[1] - span[0]) / 2 if span else 1.0)
            centers.append((span[0] + span[1]) / 2 if span else 0.0)
    # What never moves has no range; any scale does.
    return [scale if scale > 1e-6 else 1.0 for scale in scales], centers


def attribute(control, prop, found):
    """(scale, center) of a custom property: its default in the middle, as in the rest pose."""
    span = found.get((control.name, prop.name))
    if span is None and prop.low is not None and prop.high is not None:
        span = prop.low, prop.high
    if span is None:
        return 1.0, float(prop.default)
    scale = max(abs(span[0] - prop.default), abs(span[1] - prop.default))
    return (scale if scale > 1e-6 else 1.0), float(prop.default)
