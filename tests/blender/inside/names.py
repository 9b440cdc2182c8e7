"""{"names", "spec", "clip" or none} -> a rig of these names: its spec, or the clip on it."""

import bpy
import helper


def main(given):
    import rigjit_blender

    armature = helper.new_armature("names", dict.fromkeys(given["names"]))
    first = armature.pose.bones[0]
    for name in given["names"]:
        first[name] = 0.5
    bones = [bone.name for bone in armature.pose.bones]
    if "clip" not in given:
        text, _ = rigjit_blender.spec(armature)
        with open(given["spec"], "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        return {"bones": bones}
    clip = rigjit_blender.open_clip(given["clip"])
    player = rigjit_blender.Player(armature, clip)
    shown = []
    for frame in clip:
        player.show(frame)
        shown.append(helper.bones_now(armature))
    _, plan = rigjit_blender.keyframe(armature, clip)
    keyed = []
    for number in range(len(clip)):
        bpy.context.scene.frame_set(clip.start_frame + number)
        keyed.append(helper.bones_now(armature))
    return {"shown": shown, "keyed": keyed, "left_out": plan.left_out}


helper.run(main)
