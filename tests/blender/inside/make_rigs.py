"""Rigify's metarigs, generated: {"names": [...], "folder": ...} -> {name: how many bones}."""

import os

import bpy
import helper


def main(given):
    bpy.ops.preferences.addon_enable(module="rigify")
    found = {}
    for name in given["names"]:
        for old in list(bpy.data.objects):
            bpy.data.objects.remove(old)
        getattr(bpy.ops.object, f"armature_{name}_metarig_add")()
        metarig = bpy.context.view_layer.objects.active
        bpy.ops.pose.rigify_generate()
        rig = bpy.context.view_layer.objects.active
        bpy.data.objects.remove(metarig)
        rig.name = name
        found[name] = len(rig.pose.bones)
        bpy.ops.wm.save_as_mainfile(filepath=os.path.join(given["folder"], name + ".blend"))
    return found


helper.run(main)
