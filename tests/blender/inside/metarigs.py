"""Every metarig: {"file", "names", "folder"} -> its spec in the folder, {name: [bones]}.

Where the folder has NAME.safetensors: {name: what that clip does, shown and keyed, "left_out"}.
"""

import os

import bpy
import helper


def export(rj, armature, path):
    text, left_out = rj.spec(armature)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return {"bones": [bone.name for bone in armature.pose.bones], "left_out": left_out}


def apply(rj, armature, path):
    clip = rj.open_clip(path)
    player = rj.Player(armature, clip)
    names = {controller for controller, _ in clip.channels}
    shown, keyed = [], []
    for frame in clip:
        player.show(frame)
        shown.append(helper.bones_now(armature, names))
    _, plan = rj.keyframe(armature, clip)
    for place in range(len(clip)):
        bpy.context.scene.frame_set(clip.start_frame + place)
        keyed.append(helper.bones_now(armature, names))
    return {"shown": shown, "keyed": keyed, "left_out": player.left_out + plan.left_out}


def main(given):
    import rigjit_blender as rj

    helper.open_file(given["file"])
    found = {}
    for name in given["names"]:
        armature = bpy.data.objects[name]
        clip = os.path.join(given["folder"], name + ".safetensors")
        if os.path.exists(clip):
            found[name] = apply(rj, armature, clip)
        else:
            found[name] = export(rj, armature, os.path.join(given["folder"], name + ".yaml"))
    return found


helper.run(main)
