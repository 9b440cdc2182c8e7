"""A rigjit clip on an armature in Blender, with rigjit_clip.py beside this file and nothing else.

    blender hero.blend --python blender_clip.py -- walk.safetensors [ARMATURE]

Controllers are pose bones of the same name; what has none is left out. `keyframe` makes an action
of a whole clip, `PosePlayer` shows single frames, such as those of a rigjit_clip.stream. Both set
whole arrays with foreach_set, which is much faster than writing property by property.
"""

import math
import os
import sys
from array import array

import bpy

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rigjit_clip

# Maya's names as (property of a pose bone, its elements, index).
PROPERTIES = {
    "quaternionW": ("rotation_quaternion", 4, 0),
    "quaternionX": ("rotation_quaternion", 4, 1),
    "quaternionY": ("rotation_quaternion", 4, 2),
    "quaternionZ": ("rotation_quaternion", 4, 3),
}
for index, axis in enumerate("XYZ"):
    PROPERTIES["translate" + axis] = ("location", 3, index)
    PROPERTIES["rotate" + axis] = ("rotation_euler", 3, index)
    PROPERTIES["scale" + axis] = ("scale", 3, index)
# A property that is set to a value of another type becomes one of that type.
CUSTOM_TYPES = {"float": float, "bool": bool, "int": int, "enum": int}


def channels_of(armature, schema):
    """(index in a frame, bone, attribute, factor) of every channel that the armature has."""
    set_rotation_modes(armature, schema)
    bones = armature.pose.bones
    for index, (controller, attribute) in enumerate(schema.channels):
        if controller in bones:
            is_angle = schema.kinds[index] in ("rotation3d", "rotation1d")
            unit = schema.angle_units.get(index, schema.angle_unit)
            in_degrees = is_angle and attribute.startswith("rotate") and unit == "degrees"
            yield index, bones[controller], attribute, math.pi / 180 if in_degrees else 1.0


def set_rotation_modes(armature, schema):
    """Make every bone rotate as its channels do; Blender's orders are named as rigjit's."""
    bones = armature.pose.bones
    for controller, attribute in schema.channels:
        if controller in bones and attribute == "quaternionW":
            bones[controller].rotation_mode = "QUATERNION"
        elif controller in bones and attribute.startswith("rotate"):
            bones[controller].rotation_mode = schema.rotate_orders.get(controller, "xyz").upper()


def keyframe(armature, clip):
    """Give the armature a new action of the whole clip, and the scene its frame rate."""
    action = bpy.data.actions.new(clip.rig)
    count, width = len(clip), len(clip.channels)
    times = array("f", range(clip.start_frame, clip.start_frame + count))
    # As in BezTriple.interpolation's items; nothing lies between two whole numbers.
    constant, linear = (array("i", [item]) * count for item in (0, 1))
    for index, bone, attribute, factor in channels_of(armature, clip):
        if attribute in PROPERTIES:
            name, _, element = PROPERTIES[attribute]
            path = bone.path_from_id(name)
        elif attribute in bone:
            path, element = (
                f'{bone.path_from_id()}["{bpy.utils.escape_identifier(attribute)}"]',
                0,
            )
        else:
            continue
        points = array("f", bytes(8 * count))
        points[0::2] = times
        points[1::2] = array("f", [value * factor for value in clip.values[index::width]])
        curve = action.fcurves.new(path, index=element, action_group=bone.name)
        curve.keyframe_points.add(count)
        curve.keyframe_points.foreach_set("co", points)
        curve.keyframe_points.foreach_set(
            "interpolation", constant if index in clip.types else linear
        )
        curve.update()
    armature.animation_data_create().action = action
    scene = bpy.context.scene
    scene.render.fps = math.ceil(clip.fps)
    scene.render.fps_base = scene.render.fps / clip.fps
    scene.frame_start, scene.frame_end = clip.start_frame, clip.start_frame + max(count, 1) - 1
    return action


class PosePlayer:
    """Shows frames of a clip or stream on an armature, one array a property for all bones."""

    def __init__(self, armature, schema):
        self.armature = armature
        self.arrays = {}  # property: its values for all bones
        self.places = {}  # property: [(index in the array, index in a frame, factor)]
        self.custom = []  # (bone, name, index in a frame, type)
        order = {bone.name: place for place, bone in enumerate(armature.pose.bones)}
        for index, bone, attribute, factor in channels_of(armature, schema):
            if attribute in PROPERTIES:
                name, size, element = PROPERTIES[attribute]
                place = order[bone.name] * size + element
                self.places.setdefault(name, []).append((place, index, factor))
                if name not in self.arrays:
                    self.arrays[name] = array("f", bytes(4 * size * len(order)))
                    armature.pose.bones.foreach_get(name, self.arrays[name])
            elif attribute in bone:
                kind = schema.types.get(index, "float")
                self.custom.append((bone, attribute, index, CUSTOM_TYPES[kind]))

    def show(self, frame):
        """Put a frame, clip[i] or what a stream gives, on the armature."""
        for name, places in self.places.items():
            values = self.arrays[name]
            for place, index, factor in places:
                values[place] = frame[index] * factor
            self.armature.pose.bones.foreach_set(name, values)
        for bone, attribute, index, of_type in self.custom:
            bone[attribute] = of_type(frame[index])
        self.armature.update_tag()  # foreach_set tells nobody


def main(path, name=None):
    """Keyframe the armature of this name, or the first."""
    armatures = [found for found in bpy.data.objects if found.type == "ARMATURE"]
    keyframe(bpy.data.objects[name] if name else armatures[0], rigjit_clip.open(path))


if __name__ == "__main__" and "--" in sys.argv:
    main(*sys.argv[sys.argv.index("--") + 1 :])
