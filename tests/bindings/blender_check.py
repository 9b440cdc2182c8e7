"""Run by Blender: a clip on an armature whose bones are the clip's controllers.

blender --background --python blender_check.py -- FOLDER_OF_THE_EXAMPLE CLIP OUTPUT
"""

import json
import sys

BLOCKED = ("numpy", "msgpack", "rigjit")


class Blocker:
    """Makes Blender's Python one without these modules."""

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in BLOCKED:
            raise ImportError(name + " is not here")


sys.meta_path.insert(0, Blocker())
for module in [name for name in sys.modules if name.split(".")[0] in BLOCKED]:
    del sys.modules[module]

import bpy  # noqa: E402

folder, path, output = sys.argv[sys.argv.index("--") + 1 :]
sys.path.insert(0, folder)
import blender_clip  # noqa: E402
import rigjit_clip  # noqa: E402

clip = rigjit_clip.open(path)
controllers = list(dict.fromkeys(controller for controller, _ in clip.channels))

data = bpy.data.armatures.new("hero")
armature = bpy.data.objects.new("hero", data)
bpy.context.scene.collection.objects.link(armature)
bpy.context.view_layer.objects.active = armature
bpy.ops.object.mode_set(mode="EDIT")
for place, name in enumerate(["unrelated", *controllers]):
    bone = data.edit_bones.new(name)
    bone.head, bone.tail = (place, 0, 0), (place, 1, 0)
bpy.ops.object.mode_set(mode="POSE")
main = armature.pose.bones[controllers[0]]
main["stretch"] = 0.0
TYPED = ("visible", "level", "mode")
for name in TYPED:
    main[name] = 0


def pose():
    evaluated = armature.evaluated_get(bpy.context.evaluated_depsgraph_get())
    bones = {bone.name: [list(row) for row in bone.matrix_basis] for bone in evaluated.pose.bones}
    custom = evaluated.pose.bones[controllers[0]]
    return {"bones": bones, **{name: custom[name] for name in ("stretch", *TYPED)}}


player = blender_clip.PosePlayer(armature, clip)
shown = []
for frame in clip:
    player.show(frame)
    shown.append(pose())

blender_clip.main(path)
keyed = []
for number in range(clip.start_frame, clip.start_frame + len(clip)):
    bpy.context.scene.frame_set(number)
    keyed.append(pose())

render = bpy.context.scene.render
with open(output, "w") as file:
    json.dump({"shown": shown, "keyed": keyed, "fps": render.fps / render.fps_base}, file)
