"""For scripts that Blender runs: arguments, armatures, what bones have, and an answer as JSON.

Every script is run with a JSON object as its last argument and writes one to the path that is its
"answer". The add-on is the built zip, unless a script installs it itself.
"""

import json
import os
import sys
import traceback

BLOCKED = ("numpy", "msgpack", "rigjit")


class Blocker:
    """Makes Blender's Python one without these modules: the add-on must not need them."""

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in BLOCKED:
            raise ImportError(name + " is not here")
        return None


def arguments():
    return json.loads(sys.argv[-1])


def block_foreign_modules():
    sys.meta_path.insert(0, Blocker())
    for name in [name for name in sys.modules if name.split(".")[0] in BLOCKED]:
        del sys.modules[name]


def run(main):
    """Call main(arguments) and write what it returns; Blender ends at once, without its own end."""
    given = arguments()
    code = 1
    try:
        if "zip" in given:
            block_foreign_modules()
            sys.path.insert(0, given["zip"])
        result = main(given)
        with open(given["answer"], "w", encoding="utf-8") as file:
            json.dump(result, file)
        code = 0
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def open_file(path):
    import bpy

    bpy.ops.wm.open_mainfile(filepath=path)


def new_armature(name, bones):
    """An armature object of these bones, in pose mode; {name: name of its parent or None}."""
    import bpy

    data = bpy.data.armatures.new(name)
    armature = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(armature)
    activate(armature)
    bpy.ops.object.mode_set(mode="EDIT")
    for place, (bone_name, parent) in enumerate(bones.items()):
        bone = data.edit_bones.new(bone_name)
        bone.head, bone.tail = (place, 0, 0), (place, 1, 0)
        if parent is not None:
            bone.parent = data.edit_bones[parent]
    bpy.ops.object.mode_set(mode="POSE")
    return armature


def activate(armature):
    import bpy

    if bpy.context.view_layer.objects.active is not None:
        bpy.ops.object.mode_set(mode="OBJECT")
    for found in bpy.context.view_layer.objects:
        found.select_set(found == armature)
    bpy.context.view_layer.objects.active = armature


def bones_now(armature, names=None):
    """{bone: what its properties are in the evaluated scene}."""
    import bpy

    pose = armature.evaluated_get(bpy.context.evaluated_depsgraph_get()).pose
    found = {}
    for bone in pose.bones:
        if names is not None and bone.name not in names:
            continue
        mode = bone.rotation_mode
        rotation = {"QUATERNION": "rotation_quaternion", "AXIS_ANGLE": "rotation_axis_angle"}
        custom = {key: bone[key] for key in bone.keys() if type(bone[key]) in (bool, int, float)}
        found[bone.name] = {
            "mode": mode,
            "location": list(bone.location),
            "rotation": list(getattr(bone, rotation.get(mode, "rotation_euler"))),
            "scale": list(bone.scale),
            "custom": custom,
            "types": {key: type(value).__name__ for key, value in custom.items()},
        }
    return found
