"""The installed add-on, by its operators: {"install", "clip", "folder", "port"} -> what it did."""

import os
import sys
import time

import bpy
import helper


def install(path):
    """Install and enable the zip as an artist does; the name that the package then has."""
    if hasattr(bpy.ops, "extensions") and bpy.app.version >= (4, 2, 0):
        bpy.ops.extensions.package_install_files(
            repo="user_default", filepath=path, enable_on_install=True, overwrite=True
        )
        return "bl_ext.user_default.rigjit_blender"
    bpy.ops.preferences.addon_install(filepath=path)
    bpy.ops.preferences.addon_enable(module="rigjit_blender")
    return "rigjit_blender"


def actions():
    return sorted(action.name for action in bpy.data.actions)


def refused(call, **options):
    try:
        call(**options)
    except RuntimeError as error:
        return str(error)
    return ""


def main(given):
    name = install(given["install"])
    rj = sys.modules[name]
    folder = given["folder"]
    helper.block_foreign_modules()
    armature = helper.new_armature("hero", {"main": None, "turn": None})
    armature.pose.bones["main"]["level"] = 1
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = 25, 1.0
    settings = bpy.context.window_manager.rigjit
    found = {"name": name, "enabled": name in bpy.context.preferences.addons}

    def x_at(frame):
        scene = bpy.context.scene
        scene.frame_set(int(frame // 1), subframe=frame % 1)
        return bpy.data.objects["hero"].pose.bones["main"].location[0]

    # Import, one undo step; the clip has 50 frames a second, the scene 25.
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.rigjit.import_clip("EXEC_DEFAULT", True, filepath=given["clip"])
    found["import"] = {
        "actions": actions(),
        "x": [x_at(10), x_at(10.5), x_at(11)],
        "rate": scene.render.fps,
        "report": settings.report_title,
        "lines": [[line.name, line.what, line.why] for line in settings.report],
    }
    bpy.ops.ed.undo()
    found["undone"] = actions()
    bpy.ops.ed.redo()
    scene = bpy.context.scene
    settings = bpy.context.window_manager.rigjit
    helper.activate(bpy.data.objects["hero"])

    # Into a strip, at the cursor, with the scene's rate set.
    scene.frame_set(31)
    bpy.ops.rigjit.import_clip(
        filepath=given["clip"], into="STRIP", at="CURSOR", frame_rate="SCENE", scene_range=True
    )
    animation = bpy.data.objects["hero"].animation_data
    strip = animation.nla_tracks[0].strips[0]
    found["strip"] = [strip.frame_start, scene.render.fps, scene.frame_start, scene.frame_end]
    animation.nla_tracks.remove(animation.nla_tracks[0])
    scene.render.fps = 50
    bpy.ops.rigjit.import_clip(filepath=given["clip"], into="CURRENT", at="CURSOR")
    found["merged"] = [x_at(10), x_at(31), x_at(32), len(actions())]

    # The panel: check, preview, push.
    animation.action = None
    for bone in bpy.data.objects["hero"].pose.bones:
        bone.location = (0, 0, 0)
    settings.path = given["clip"]
    bpy.ops.rigjit.read_clip()
    found["check"] = settings.report_title
    main_bone = bpy.data.objects["hero"].pose.bones["main"]
    bpy.ops.rigjit.preview()
    settings.preview_frame = 3
    preview = [main_bone.location[0]]
    scene.frame_set(12)
    preview += [settings.preview_frame, main_bone.location[0]]
    bpy.ops.rigjit.preview()
    found["preview"] = [*preview, main_bone.location[0], animation.action is None]
    settings.preview_frame = 2
    bpy.ops.rigjit.push_pose()
    found["pushed"] = main_bone.location[0]

    # Export.
    bpy.ops.rigjit.import_clip(filepath=given["clip"])
    for operator, file in (
        (bpy.ops.rigjit.export_spec, "hero.yaml"),
        (bpy.ops.rigjit.export_poses, "take.jsonl"),
        (bpy.ops.rigjit.export_clip, "take.safetensors"),
    ):
        options = {} if file == "hero.yaml" else {"start": 10, "end": 13}
        operator(filepath=os.path.join(folder, file), **options)
        if file == "hero.yaml":
            lines = [[line.name, line.what, line.why] for line in settings.report]
            found["spec"] = [settings.report_title, lines]
    os.makedirs(os.path.join(folder, "all"))
    bpy.ops.rigjit.export_clips(directory=os.path.join(folder, "all"))
    found["files"] = sorted(os.listdir(os.path.join(folder, "all")))
    found["lines"] = len(settings.report)

    # Hulls and motion, and the worst frames.
    cube = bpy.data.objects.new("cube", bpy.data.meshes.new("cube"))
    cube.data.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)], [], [])
    scene.collection.objects.link(cube)
    cube.vertex_groups.new(name="main").add([0, 1, 2, 3], 1.0, "REPLACE")
    cube.modifiers.new("skin", "ARMATURE").object = bpy.data.objects["hero"]
    hulls, worst = os.path.join(folder, "hero.safetensors"), os.path.join(folder, "worst.jsonl")
    bpy.ops.rigjit.export_collision(filepath=hulls, start=10, end=13)
    found["collision"] = [settings.report_title, len(settings.report)]
    with open(worst, "w", encoding="utf-8") as file:
        file.write('{"frame": 2, "pair": ["main", "turn"], "depth": 0.5}\n')
    bpy.ops.rigjit.mark_penetrations(filepath=worst, start=10)
    found["markers"] = [(marker.name, marker.frame) for marker in scene.timeline_markers]

    # Live.
    bpy.ops.rigjit.connect(host="127.0.0.1", port=given["port"])
    session = sys.modules[name + ".session"]
    end = time.monotonic() + 8
    bpy.ops.rigjit.record()
    while session.link().received < 12 and time.monotonic() < end:
        session.link().poll()
        time.sleep(0.005)
    bpy.ops.rigjit.record()
    found["recorded"] = settings.report_title
    bpy.ops.rigjit.disconnect()
    found["live"] = [session.link().received, session.link().state]

    # What is wrong is one line.
    bad = os.path.join(folder, "bad.safetensors")
    with open(bad, "wb") as file:
        file.write(b"nonsense" * 10)
    before = actions()
    found["refused"] = [
        refused(bpy.ops.rigjit.import_clip, filepath=bad),
        refused(bpy.ops.rigjit.import_clip, filepath=os.path.join(folder, "none.safetensors")),
        refused(bpy.ops.rigjit.export_spec, filepath=os.path.join(folder, "no", "hero.yaml")),
        refused(bpy.ops.rigjit.export_poses, filepath=bad, start=3, end=2),
        refused(bpy.ops.rigjit.record),
        refused(bpy.ops.rigjit.mark_penetrations, filepath=bad),
    ]
    found["same"] = before == actions()
    if not hasattr(bpy.app, "online_access") or not bpy.app.online_access:
        found["online"] = (
            refused(bpy.ops.rigjit.connect, host="192.0.2.7", port=1)
            if hasattr(bpy.app, "online_access")
            else "Online Access"
        )
    rj.unregister()
    rj.register()
    return found


helper.run(main)
