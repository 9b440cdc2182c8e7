"""{"names", "clip"} -> what of a clip fits bones whose names Blender cuts."""

import helper


def main(given):
    import rigjit_blender
    from rigjit_blender.names import bone_name

    armature = helper.new_armature("long", dict.fromkeys(given["names"]))
    clip = rigjit_blender.open_clip(given["clip"])
    player = rigjit_blender.Player(armature, clip)
    player.show(clip[0])
    rigjit_blender.keyframe(armature, clip)
    _, left_out = rigjit_blender.spec(armature)
    return {
        "left_out": player.left_out,
        "spec_left_out": [entry for entry in left_out if "cut inside" in entry[2]],
        "bones": [bone_name(bone) for bone in armature.pose.bones],
    }


helper.run(main)
