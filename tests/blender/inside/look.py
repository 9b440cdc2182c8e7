"""{"file", "armature", "controllers"} -> {"bones"}: an armature as it is in the file."""

import bpy
import helper


def main(given):
    helper.open_file(given["file"])
    return {"bones": helper.bones_now(bpy.data.objects[given["armature"]], given["controllers"])}


helper.run(main)
