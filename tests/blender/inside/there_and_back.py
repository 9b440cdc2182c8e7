"""A clip shown and keyed, and read again as poses and as a clip.

{"file", "armature", "clip", "controllers", "folder"} -> {"shown", "keyed": [{bone: ...}],
"left_out", ...}; poses.jsonl and back.safetensors in the folder.
"""

import os

import bpy
import helper


def main(given):
    import rigjit_blender

    helper.open_file(given["file"])
    armature = bpy.data.objects[given["armature"]]
    clip = rigjit_blender.open_clip(given["clip"])
    names = set(given["controllers"])
    modes = [bone.rotation_mode for bone in armature.pose.bones]
    fresh = helper.bones_now(armature, names)
    player = rigjit_blender.Player(armature, clip)
    shown = []
    for frame in clip:
        player.show(frame)
        shown.append(helper.bones_now(armature, names))
    action, plan = rigjit_blender.keyframe(armature, clip)
    frames = range(clip.start_frame, clip.start_frame + len(clip))
    keyed = []
    for number in frames:
        bpy.context.scene.frame_set(number)
        keyed.append(helper.bones_now(armature, names))
    poses = rigjit_blender.poses(armature, frames)
    count = rigjit_blender.write_jsonl(os.path.join(given["folder"], "poses.jsonl"), poses)
    rigjit_blender.write_clip(os.path.join(given["folder"], "back.safetensors"), armature, frames)
    return {
        "fresh": fresh,
        "shown": shown,
        "keyed": keyed,
        "left_out": player.left_out + plan.left_out,
        "count": count,
        "modes_kept": modes == [bone.rotation_mode for bone in armature.pose.bones],
        "action": action.name,
    }


helper.run(main)
