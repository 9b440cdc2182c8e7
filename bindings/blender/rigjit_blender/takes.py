"""Poses and clips of what an artist animates, as training data."""

import json
import os
from fractions import Fraction

import bpy

from .controls import choose
from .curves import curves_of
from .facts import read_control, settle_orders
from .plan import drivers_of
from .problems import SceneError, check_armature
from .reader import rigjit_clip
from .sample import sample

_WHOLE = {"bool": bool, "int": int, "enum": int}


def controls_of(armature, which="CONTROLS", bones=None):
    """([Control], [(bone, what, why)] of what is left out)."""
    check_armature(armature)
    chosen, left_out = choose(armature, which, bones)
    drivers = drivers_of(armature)
    controls = []
    for bone in chosen:
        control, left = read_control(armature, bone, drivers)
        left_out += left
        if control.moves:
            controls.append(control)
    return controls, left_out + settle_orders(controls)


def poses(armature, frames, which="CONTROLS", bones=None):
    """[{controller: {attribute: value}}], one pose a frame of the scene, as the armature's spec
    names them: angles in degrees, quaternions of unit length, bools and ints as such.
    """
    controls, _ = controls_of(armature, which, bones)
    channels, rows = sample(armature, controls, frames)
    found = []
    for row in rows:
        pose = {}
        for channel, value in zip(channels, row):
            value = _WHOLE.get(channel.type, float)(value)
            pose.setdefault(channel.controller, {})[channel.attribute] = value
        found.append(pose)
    return found


def write_jsonl(path, poses):
    """Write one pose a line, as `rigjit convert` reads them; how many there were."""
    count = 0
    with open(path, "w", encoding="utf-8") as file:
        for pose in poses:
            file.write(json.dumps(pose, ensure_ascii=False, allow_nan=False) + "\n")
            count += 1
    return count


def write_clip(path, armature, frames, which="CONTROLS", bones=None):
    """Write the frames, one a whole frame of the scene, as a clip; how many there were.

    It has no rig hash: rigjit matches it by the names of its channels.
    """
    controls, _ = controls_of(armature, which, bones)
    frames = list(frames)
    if not controls or not frames:
        raise SceneError(f"{armature.name!r} has no controls, or there are no frames")
    channels, rows = sample(armature, controls, frames)
    return rigjit_clip.write(
        path,
        [channel.row() for channel in channels],
        rows,
        fps=scene_ratio(bpy.context.scene),
        start_frame=int(frames[0]),
        rig=armature.name,
        up_axis="z",
        length_unit="m",
    )


def write_clips(folder, armature, actions=None, which="CONTROLS"):
    """A clip of each action that moves the armature; [(action, path, frames)].

    The armature has each of them for a moment, and its own one afterwards.
    """
    actions = list(bpy.data.actions) if actions is None else list(actions)
    names = [action.name for action in actions if curves_of(action, armature)]
    if not names:
        raise SceneError(f"no action of this file moves {armature.name!r}")
    animation = armature.animation_data_create()
    if animation.use_tweak_mode:
        raise SceneError("an NLA strip is being edited: leave tweak mode (Tab in the NLA editor)")
    before, use_nla = animation.action, animation.use_nla
    slot = getattr(animation, "action_slot", None)
    written = []
    try:
        animation.use_nla = False
        for name in names:
            animation.action = bpy.data.actions[name]
            _choose_slot(animation)
            first, last = map(round, animation.action.frame_range)
            path = os.path.join(folder, _file_name(name, {entry[1] for entry in written}, folder))
            count = write_clip(path, armature, range(first, last + 1), which)
            written.append((name, path, count))
    finally:
        animation.action = before
        if slot is not None:
            animation.action_slot = slot
        animation.use_nla = use_nla
    return written


def scene_ratio(scene):
    """Frames a second as two whole numbers: 24 over 1.001 is 24000 / 1001."""
    rate = Fraction(scene.render.fps) / Fraction(scene.render.fps_base).limit_denominator(10000)
    return rate.numerator, rate.denominator


def _choose_slot(animation):
    if hasattr(animation, "action_slot") and animation.action_slot is None:
        suitable = animation.action_suitable_slots
        if suitable:
            animation.action_slot = suitable[0]


def _file_name(name, taken, folder):
    plain = "".join(c if c.isalnum() or c in "-_. " else "_" for c in name)[:100] or "action"
    number, found = 1, plain + ".safetensors"
    while os.path.join(folder, found) in taken:
        number += 1
        found = f"{plain}_{number}.safetensors"
    return found
