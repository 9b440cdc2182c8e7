"""{"file"} -> a .blend of an armature of two bones."""

import bpy
import helper


def main(given):
    helper.new_armature("hero", {"main": None, "turn": "main"})
    bpy.ops.wm.save_as_mainfile(filepath=given["file"])
    return {}


helper.run(main)
