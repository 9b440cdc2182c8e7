"""Clips on bones of every rotation mode.

{"clip", "modes": {bone: mode}} -> {"shown", "keyed": [{bone: ...}], "curves": {path: [values]},
"left_out", "notes"}.
"""

import bpy
import helper


def main(given):
    import rigjit_blender
    from rigjit_blender.curves import action_curves

    clip = rigjit_blender.open_clip(given["clip"])
    armature = helper.new_armature("hero", dict.fromkeys(["unrelated", *given["modes"]]))
    for name, mode in given["modes"].items():
        armature.pose.bones[name].rotation_mode = mode
    armature.scale = (2, 2, 2)
    player = rigjit_blender.Player(armature, clip)
    shown = []
    for frame in clip:
        player.show(frame)
        shown.append(helper.bones_now(armature))
    action, plan = rigjit_blender.keyframe(armature, clip, "take")
    keyed = []
    for number in range(clip.start_frame, clip.start_frame + len(clip)):
        bpy.context.scene.frame_set(number)
        keyed.append(helper.bones_now(armature))
    curves = {
        f"{curve.data_path}[{curve.array_index}]": [point.co[1] for point in curve.keyframe_points]
        for curve in action_curves(armature)
    }
    return {
        "shown": shown,
        "keyed": keyed,
        "curves": curves,
        "left_out": plan.left_out,
        "notes": plan.notes,
        "action": action.name,
    }


helper.run(main)
