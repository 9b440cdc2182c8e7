"""The values that controls have in some frames, as a clip or a pose says them."""

import math
from array import array

import bpy

from .channels import channels_of
from .curves import action_curves
from .names import bone_path, bone_places, custom_path
from .properties import ORDERS, QUATERNION, SIZES
from .rotation import near_quaternion, quaternion_from_axis_angle

# A property that only takes whole numbers, half way between two keys.
_TO_WHOLE = round if bpy.app.version < (4, 0, 0) else int


def sample(armature, controls, frames):
    """(channels, [[one number a channel], one list a frame]); the scene's frame stays.

    Curves are read as they are where nothing else moves a channel; else each frame is evaluated.
    Angles are in degrees, with all their turns; quaternions are of unit length and do not flip.
    """
    channels = channels_of(controls)
    frames = list(frames)
    raw = _raw_keys(channels, armature)
    if not _is_plain(armature, raw):
        columns = _evaluated(armature, raw, frames)
    else:
        columns = _from_curves(armature, raw, frames)
    by_key = dict(zip(raw, columns))
    modes = {control.name: control.mode for control in controls}
    turned = {}
    written = [_column(channel, modes[channel.controller], by_key, turned) for channel in channels]
    return channels, [list(row) for row in zip(*written)] if written else [[] for _ in frames]


def _raw_keys(channels, armature):
    """{(bone, property or None, element or custom property): (data path, index)}."""
    keys = {}
    for channel in channels:
        name = channel.controller
        if channel.prop is None:
            keys[name, None, channel.attribute] = (custom_path(name, channel.attribute), 0)
        elif channel.prop in ("location", "scale"):
            keys[name, channel.prop, channel.element] = (
                bone_path(name, channel.prop),
                channel.element,
            )
        else:
            path = bone_path(name, channel.prop)
            for element in range(SIZES[channel.prop]):
                keys[name, channel.prop, element] = (path, element)
    return keys


def _is_plain(armature, raw):
    """Whether the action's curves alone say what these properties are."""
    animation = armature.animation_data
    if animation is None:
        return True
    if animation.use_nla and any(not track.mute for track in animation.nla_tracks):
        return False
    if animation.action_influence < 1 or animation.action_blend_type != "REPLACE":
        return False
    driven = {(curve.data_path, curve.array_index) for curve in animation.drivers}
    return driven.isdisjoint(raw.values())


def _from_curves(armature, raw, frames):
    curves = {
        (curve.data_path, curve.array_index): curve
        for curve in action_curves(armature)
        if not curve.mute and not (curve.group is not None and curve.group.mute)
    }
    columns = []
    for (name, prop, element), path in raw.items():
        bone = armature.pose.bones[name]
        still = bone[element] if prop is None else getattr(bone, prop)[element]
        if path in curves:
            evaluate = curves[path].evaluate
            column = [evaluate(frame) for frame in frames]
            if prop is None and type(still) is not float:
                column = list(map(_TO_WHOLE, column))
        else:
            column = [still] * len(frames)
        columns.append(column)
    return columns


def evaluated(armature, frames):
    """The armature as each frame has it, one after another; the scene's frame stays."""
    scene = bpy.context.scene
    before = scene.frame_current, scene.frame_subframe
    try:
        for frame in frames:
            whole = math.floor(frame)
            scene.frame_set(whole, subframe=frame - whole)
            yield armature.evaluated_get(bpy.context.evaluated_depsgraph_get())
    finally:
        scene.frame_set(before[0], subframe=before[1])


def _evaluated(armature, raw, frames):
    places = bone_places(armature)
    count = len(armature.pose.bones)
    arrays = {
        prop: array("f", bytes(4 * SIZES[prop] * count)) for _, prop, _ in raw if prop is not None
    }
    rows = []
    for posed in evaluated(armature, frames):
        bones = posed.pose.bones
        for prop, values in arrays.items():
            bones.foreach_get(prop, values)
        rows.append(
            [
                bones[name][element]
                if prop is None
                else arrays[prop][places[name] * SIZES[prop] + element]
                for name, prop, element in raw
            ]
        )
    return list(zip(*rows)) if rows else [[] for _ in raw]


def _column(channel, mode, raw, turned):
    name, prop = channel.controller, channel.prop
    if prop is None:
        return raw[name, None, channel.attribute]
    values = raw.get((name, prop, channel.element))
    if prop in ("location", "scale"):
        return values
    if mode in ORDERS:
        return list(map(math.degrees, values))
    if name not in turned:
        turned[name] = _quaternions(mode, *(raw[name, prop, element] for element in range(4)))
    if channel.attribute in QUATERNION:
        return [quaternion[channel.element] for quaternion in turned[name]]
    return _single(turned[name], channel.element + 1)


def _quaternions(mode, *columns):
    """Unit quaternions that do not flip from one frame to the next."""
    near, found = None, []
    for parts in zip(*columns):
        if mode == "AXIS_ANGLE":
            parts = quaternion_from_axis_angle(*parts)
        elif not any(parts):
            parts = (1.0, 0.0, 0.0, 0.0)  # no rotation, as good as any
        near = near_quaternion(parts, near)
        found.append(near)
    return found


def _single(quaternions, element):
    """The angle of rotations about one axis, in degrees, turn after turn."""
    turn, angle, found = 2 * math.pi, 0.0, []
    for quaternion in quaternions:
        plain = 2 * math.atan2(quaternion[element], quaternion[0])
        angle = plain - turn * round((plain - angle) / turn)
        found.append(math.degrees(angle))
    return found
