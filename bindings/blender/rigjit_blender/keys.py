"""A clip as keys of an action."""

from array import array
from dataclasses import dataclass

import bpy

from .columns import check_finite, custom_columns, planned_columns
from .curves import ActionCurves
from .names import bone_path, custom_path
from .plan import make_plan
from .player import mute_drivers
from .problems import SceneError, check_action_writable, check_writable

# As in the enumerations of Keyframe: what stands between whole numbers, and between others.
_CONSTANT, _LINEAR = 0, 1
_AUTO_CLAMPED = 4


@dataclass(frozen=True)
class Placement:
    """Where keys go.

    action: one to be merged into, or None for a new one; start: the first frame's time in the
    scene, or None for the clip's own; frame_rate: "CONVERT" keeps the clip's speed whatever the
    scene's rate is, "FRAMES" gives every frame of the clip one of the scene, "SCENE" does that and
    sets the scene's rate to the clip's; strip: on an NLA track of its own; every_frame: keys also
    where nothing moves; scene_range: the scene's range becomes the clip's.
    """

    action: object = None
    start: float = None
    frame_rate: str = "CONVERT"
    strip: bool = False
    every_frame: bool = False
    scene_range: bool = False


def keyframe(armature, clip, name=None, choices=None, placement=None):
    """(action, plan): the clip as keys of a new action of this name, or where `placement` says.

    SceneError where the clip is no pose of the armature; nothing is changed then. A channel that
    never moves gets one key.
    """
    placement = placement or Placement()
    check_writable(armature)
    if not placement.strip:
        check_action_writable(armature)
    if len(clip) == 0:
        raise SceneError("the clip has no frames yet")
    plan = make_plan(armature, clip, choices)
    check_finite(clip)
    curves = _curves(clip, plan)
    scene = bpy.context.scene
    times = key_times(clip, placement, scene)
    action = placement.action
    if action is None:
        action = bpy.data.actions.new(name or clip.rig or "clip")
        try:
            target = ActionCurves(action, armature)
            _write_new(target, curves, times, placement.every_frame)
        except BaseException:
            bpy.data.actions.remove(action)
            raise
    else:
        target = ActionCurves(action, armature)
        _merge(target, curves, times, placement.every_frame)
    if placement.strip:
        target.add_strip(armature, times[0])
    else:
        target.assign(armature)
    for bone, mode in plan.modes.items():
        armature.pose.bones[bone].rotation_mode = mode
    mute_drivers(armature, plan.mute)
    _set_scene(scene, clip, placement, times)
    return action, plan


def key_times(clip, placement, scene):
    """The time in the scene of every frame of a clip, array('f')."""
    start = clip.start_frame if placement.start is None else placement.start
    step = 1.0
    if placement.frame_rate == "CONVERT":
        step = scene_rate(scene) / clip.fps
        step = 1.0 if abs(step - 1) < 1e-6 else step
    return array("f", [start + step * frame for frame in range(len(clip))])


def scene_rate(scene):
    return scene.render.fps / scene.render.fps_base


def set_scene_rate(scene, clip):
    """Give the scene the clip's rate, 24000/1001 as 24 and 1.001."""
    numerator, denominator = clip.fps_ratio
    scene.render.fps = max(1, -(-numerator // denominator))
    scene.render.fps_base = scene.render.fps * denominator / numerator


def _set_scene(scene, clip, placement, times):
    if placement.frame_rate == "SCENE":
        set_scene_rate(scene, clip)
    if placement.scene_range:
        scene.frame_start, scene.frame_end = round(times[0]), round(times[-1])


def _curves(clip, plan):
    """[(data path, element, bone, interpolation, values)]."""
    curves = [
        (bone_path(bone, prop), element, bone, _LINEAR, values)
        for bone, prop, element, values in planned_columns(clip, plan)
    ]
    curves += [
        (custom_path(bone, key), 0, bone, _CONSTANT if is_whole else _LINEAR, values)
        for bone, key, is_whole, values in custom_columns(clip, plan)
    ]
    return curves


def _write_new(target, curves, times, every_frame):
    count = len(times)
    points = array("f", bytes(8 * count))
    points[0::2] = times
    handles = array("i", [_AUTO_CLAMPED]) * count
    kinds = {kind: array("i", [kind]) * count for kind in (_CONSTANT, _LINEAR)}
    for path, element, bone, kind, values in curves:
        curve = target.new(path, element, bone)
        keys = curve.keyframe_points
        if values[1:] == values[:-1] and not every_frame:
            keys.add(1)
            keys.foreach_set("co", points[:1] + values[:1])
            keys.foreach_set("interpolation", kinds[kind][:1])
            continue
        points[1::2] = values
        keys.add(count)
        keys.foreach_set("co", points)
        keys.foreach_set("interpolation", kinds[kind])
        keys.foreach_set("handle_left_type", handles)
        keys.foreach_set("handle_right_type", handles)
        # They are in order, and editors compute handles when they make keys curved: no update().


def _merge(target, curves, times, every_frame):
    """Into curves that may be there: their keys within the clip's time go, the others stay."""
    for path, element, bone, kind, values in curves:
        curve = target.find(path, element)
        if curve is None:
            curve = target.new(path, element, bone)
        keys = curve.keyframe_points
        for place in range(len(keys) - 1, -1, -1):
            if times[0] - 1e-3 <= keys[place].co[0] <= times[-1] + 1e-3:
                keys.remove(keys[place], fast=True)
        still = values[1:] == values[:-1] and not every_frame
        # Beside other keys a value that stays needs its end, too.
        places = [0] if still and len(keys) == 0 else [0, -1] if still else range(len(values))
        places = places if len(times) > 1 else [0]
        old = len(keys)
        keys.add(len(places))
        coordinates = array("f", bytes(8 * len(keys)))
        kinds = array("i", bytes(4 * len(keys)))
        keys.foreach_get("co", coordinates)
        keys.foreach_get("interpolation", kinds)
        for to, place in enumerate(places, old):
            coordinates[2 * to : 2 * to + 2] = array("f", (times[place], values[place]))
            kinds[to] = kind
        keys.foreach_set("co", coordinates)
        keys.foreach_set("interpolation", kinds)
        curve.update()
