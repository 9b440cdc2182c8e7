"""{"file", "armature", "spec", options} -> {"left_out", "text"}."""

import bpy
import helper


def main(given):
    import rigjit_blender

    helper.open_file(given["file"])
    armature = bpy.data.objects[given["armature"]]
    text, left_out = rigjit_blender.spec(armature, **given.get("options", {}))
    with open(given["spec"], "w", encoding="utf-8") as file:
        file.write(text)
    return {"left_out": left_out, "bones": [bone.name for bone in armature.pose.bones]}


helper.run(main)
