"""{"file", "pictures", "hulls"} -> hulls and motion of the walk, by the capsules of its picture."""

import sys

import bpy
import helper


def main(given):
    import rigjit_blender

    sys.path.insert(0, given["pictures"])
    import picture

    helper.open_file(given["file"])
    rig = bpy.data.objects["human"]
    picture.make_body(rig)
    paths, _ = rigjit_blender.write_collision(given["hulls"], rig, range(1, 25))
    return {"paths": paths}


helper.run(main)
