"""Registers what artists see."""

import bpy

from . import exports, operators, panels, session, settings


def register():
    settings.register()
    for found in (*operators.CLASSES, *exports.CLASSES, *panels.CLASSES):
        bpy.utils.register_class(found)
    bpy.types.TOPBAR_MT_file_import.append(panels.draw_import)
    bpy.types.TOPBAR_MT_file_export.append(panels.draw_export)
    bpy.app.handlers.load_pre.append(session.close_all)
    bpy.app.handlers.save_pre.append(session.before_save)


def unregister():
    session.close_all()
    bpy.app.handlers.load_pre.remove(session.close_all)
    bpy.app.handlers.save_pre.remove(session.before_save)
    bpy.types.TOPBAR_MT_file_export.remove(panels.draw_export)
    bpy.types.TOPBAR_MT_file_import.remove(panels.draw_import)
    for found in reversed((*operators.CLASSES, *exports.CLASSES, *panels.CLASSES)):
        bpy.utils.unregister_class(found)
    settings.unregister()
