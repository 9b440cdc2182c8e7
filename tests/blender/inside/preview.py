"""{"clip", "folder"} -> previews that are disturbed, undo steps, and what edit mode says."""

import os

import bpy
import helper


def location():
    return bpy.data.objects["hero"].pose.bones["main"].location[0]


def refused(call, **options):
    try:
        call(**options)
    except RuntimeError as error:
        return str(error)
    return ""


def disturbed(settings, session, folder):
    """Undo in the middle, a save, an armature that is deleted."""
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.rigjit.preview()
    shown = []
    for frame, step in ((1, "ed.undo_push"), (2, "ed.undo"), (3, "ed.redo"), (4, None)):
        settings().preview_frame = frame
        shown.append(location())
        if step is not None:
            operator = getattr(bpy.ops.ed, step[3:])
            operator(**({"message": "during"} if step == "ed.undo_push" else {}))
    bpy.ops.rigjit.preview()
    after = location()
    bpy.ops.rigjit.preview()
    bpy.ops.wm.save_as_mainfile(filepath=os.path.join(folder, "saved.blend"))
    saved = [location(), session.is_previewing()]
    helper.new_armature("other", {"main": None})
    bpy.ops.rigjit.preview()
    bpy.data.objects.remove(bpy.data.objects["other"])
    settings().preview_frame = 1
    return {"shown": shown, "after": after, "saved": saved, "deleted": session.is_previewing()}


def undo_of_each():
    """What each operator does, and what is left of it after one undo."""
    found = {}
    for name in ("apply_clip", "push_pose"):
        hero = bpy.data.objects["hero"]
        helper.activate(hero)
        hero.animation_data_clear()
        hero.pose.bones["main"].location[0] = 77
        bpy.ops.ed.undo_push(message="before")
        count = len(bpy.data.actions)
        getattr(bpy.ops.rigjit, name)("EXEC_DEFAULT", True)
        done = [location(), len(bpy.data.actions) - count]
        bpy.ops.ed.undo()
        found[name] = [*done, location(), len(bpy.data.actions) - count]
    return found


def in_edit_mode(folder):
    helper.activate(bpy.data.objects["hero"])
    bpy.ops.object.mode_set(mode="EDIT")
    calls = bpy.ops.rigjit
    said = [
        refused(call)
        for call in (calls.read_clip, calls.apply_clip, calls.preview, calls.push_pose)
    ]
    said.append(refused(calls.connect, host="127.0.0.1", port=1))
    spec = os.path.join(folder, "edit.yaml")
    said.append(refused(calls.export_spec, filepath=spec))
    bpy.ops.object.mode_set(mode="OBJECT")
    return said, os.path.exists(spec)


def main(given):
    import rigjit_blender
    from rigjit_blender import session

    rigjit_blender.register()

    def settings():
        return bpy.context.window_manager.rigjit

    helper.new_armature("hero", {"main": None, "turn": None})
    settings().path = given["clip"]
    return {
        **disturbed(settings, session, given["folder"]),
        "undo": undo_of_each(),
        "edit": in_edit_mode(given["folder"]),
    }


helper.run(main)
