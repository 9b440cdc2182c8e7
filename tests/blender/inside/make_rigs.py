"""Rigify's rigs: {"names": [...], "folder": ...} -> the names of all metarigs.

NAME.blend of each of these, generated; metarigs.blend holds every metarig that this Blender ships,
each an object of its name.
"""

import os
import re

import bpy
import helper


def clear():
    for old in list(bpy.data.objects):
        bpy.data.objects.remove(old)


def add_metarig(name):
    getattr(bpy.ops.object, f"armature_{name}_metarig_add")()
    return bpy.context.view_layer.objects.active


def main(given):
    bpy.ops.preferences.addon_enable(module="rigify")
    for name in given["names"]:
        clear()
        metarig = add_metarig(name)
        bpy.ops.pose.rigify_generate()
        rig = bpy.context.view_layer.objects.active
        bpy.data.objects.remove(metarig)
        rig.name = name
        bpy.ops.wm.save_as_mainfile(filepath=os.path.join(given["folder"], name + ".blend"))
    clear()
    pattern = re.compile("armature_(.+)_metarig_add")
    names = [found.group(1) for found in map(pattern.fullmatch, dir(bpy.ops.object)) if found]
    for name in names:
        add_metarig(name).name = name
    bpy.ops.wm.save_as_mainfile(filepath=os.path.join(given["folder"], "metarigs.blend"))
    return names


helper.run(main)
