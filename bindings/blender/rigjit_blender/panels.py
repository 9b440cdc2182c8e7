"""The panels in the 3D view's sidebar, the entries of the File menu, dropped files."""

import textwrap

import bpy

from . import session
from .exports import (
    ExportClip,
    ExportClips,
    ExportCollision,
    ExportPoses,
    ExportSpec,
    MarkPenetrations,
)
from .keys import scene_rate
from .operators import (
    ApplyClip,
    Connect,
    CopyReport,
    Disconnect,
    ImportClip,
    Preview,
    PushPose,
    ReadClip,
    Record,
)


class _Panel:
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "rigjit"


class ClipPanel(_Panel, bpy.types.Panel):
    bl_idname = "RIGJIT_PT_clip"
    bl_label = "Clip"

    def draw(self, context):
        layout, settings = self.layout, context.window_manager.rigjit
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(settings, "path")
        layout.operator(ReadClip.bl_idname, icon="VIEWZOOM")
        clip = session.clip()
        if clip is None:
            return
        self.draw_facts(layout, context, clip)
        column = layout.column(align=True)
        column.prop(settings, "into")
        column.prop(settings, "at")
        if abs(clip.fps - scene_rate(context.scene)) > 1e-3:
            column.prop(settings, "frame_rate")
        ticks = layout.column(align=True)
        ticks.use_property_split = False
        ticks.prop(settings, "scene_range")
        ticks.prop(settings, "every_frame")
        row = layout.row(align=True)
        row.operator(ApplyClip.bl_idname, icon="ACTION")
        row.operator(PushPose.bl_idname, icon="POSE_HLT")
        layout.operator(Preview.bl_idname, icon="HIDE_OFF", depress=session.is_previewing())
        if session.is_previewing():
            layout.prop(settings, "preview_frame", slider=True)

    def draw_facts(self, layout, context, clip):
        box = layout.box().column(align=True)
        box.label(text=f"{clip.rig or 'a rig'}, {len(clip)} frames", icon="ARMATURE_DATA")
        box.label(text=f"hash {clip.rig_hash[:12]}…" if clip.rig_hash else "no rig hash: by names")
        rate = scene_rate(context.scene)
        box.label(text=f"{clip.fps:g} frames/s", icon="TIME")
        if abs(clip.fps - rate) > 1e-3:
            row = box.row()
            row.alert = True
            row.label(text=f"the scene has {rate:g}", icon="ERROR")
        plan = session.plan()
        if plan is not None:
            box.label(text=f"{plan.applied} of {plan.channels} fit", icon="CHECKMARK")


class ChoicesPanel(_Panel, bpy.types.Panel):
    bl_idname = "RIGJIT_PT_choices"
    bl_label = "What does not fit"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        layout, settings = self.layout, context.window_manager.rigjit
        layout.use_property_split = True
        layout.use_property_decorate = False
        for name in ("missing", "locked", "driven", "modes", "long_names"):
            layout.prop(settings, name)


class LivePanel(_Panel, bpy.types.Panel):
    bl_idname = "RIGJIT_PT_live"
    bl_label = "Live"

    def draw(self, context):
        layout, settings = self.layout, context.window_manager.rigjit
        row = layout.row(align=True)
        row.prop(settings, "host", text="")
        row.prop(settings, "port", text="")
        link = session.link()
        if link is None or link.state in ("off", "failed"):
            layout.operator(Connect.bl_idname, icon="LINKED")
        else:
            row = layout.row(align=True)
            row.operator(Disconnect.bl_idname, icon="UNLINKED")
            recording = session.is_recording()
            row.operator(
                Record.bl_idname,
                text="Stop and key" if recording else "Record",
                icon="REC",
                depress=recording,
            )
        if link is not None:
            box = layout.box().column(align=True)
            for line in _wrapped(link.status, context):
                box.label(text=line)
            box.label(text=f"{link.rate:.0f} frames/s shown")
            box.label(text=f"{link.missed} missed")
            if link.left_out:
                box.label(text=f"{len(link.left_out)} channels left out")


class ExportPanel(_Panel, bpy.types.Panel):
    bl_idname = "RIGJIT_PT_export"
    bl_label = "Export"

    def draw(self, context):
        column = self.layout.column(align=True)
        column.operator(ExportSpec.bl_idname, text="Spec", icon="TEXT")
        column.operator(ExportClip.bl_idname, text="Clip", icon="ACTION")
        column.operator(ExportClips.bl_idname, text="Clips of all actions", icon="NLA")
        column.operator(ExportPoses.bl_idname, text="Poses", icon="POSE_HLT")


class PenetrationsPanel(_Panel, bpy.types.Panel):
    bl_idname = "RIGJIT_PT_penetrations"
    bl_label = "Penetrations"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        column = self.layout.column(align=True)
        column.operator(ExportCollision.bl_idname, text="Hulls and motion", icon="MESH_ICOSPHERE")
        column.operator(MarkPenetrations.bl_idname, text="Mark worst frames", icon="MARKER")


class ReportList(bpy.types.UIList):
    bl_idname = "RIGJIT_UL_report"

    def draw_item(self, context, layout, data, item, icon, active_data, active_name):
        row = layout.split(factor=0.5)
        row.label(text=f"{item.name}.{item.what}" if item.what else item.name, translate=False)
        row.label(text=item.why, translate=False)


class ReportPanel(_Panel, bpy.types.Panel):
    bl_idname = "RIGJIT_PT_report"
    bl_label = "Report"

    def draw(self, context):
        layout, settings = self.layout, context.window_manager.rigjit
        if not settings.report_title:
            layout.label(text="Nothing yet")
            return
        layout.label(text=settings.report_title, translate=False)
        if settings.report:
            layout.template_list(
                ReportList.bl_idname, "", settings, "report", settings, "report_place", rows=6
            )
            line = settings.report[min(settings.report_place, len(settings.report) - 1)]
            box = layout.box().column(align=True)
            what = f"{line.name} {line.what}".rstrip()
            for text in _wrapped(f"{what}: {line.why}", context):
                box.label(text=text, translate=False)
            layout.operator(CopyReport.bl_idname, icon="COPYDOWN")
        else:
            layout.label(text="All of it fits", icon="CHECKMARK")


def _wrapped(text, context):
    """Lines that a box of the sidebar shows whole."""
    scale = context.preferences.system.ui_scale
    width = max(16, int((context.region.width / scale - 60) / 6.5))
    return textwrap.wrap(text.replace("\n", " "), width)


def draw_import(self, context):
    self.layout.operator(ImportClip.bl_idname, text="rigjit clip (.safetensors)")
    self.layout.operator(MarkPenetrations.bl_idname, text="rigjit penetrations (.jsonl)")


def draw_export(self, context):
    self.layout.operator(ExportSpec.bl_idname, text="rigjit spec (.yaml)")
    self.layout.operator(ExportClip.bl_idname, text="rigjit clip (.safetensors)")
    self.layout.operator(ExportClips.bl_idname, text="rigjit clips of all actions")
    self.layout.operator(ExportPoses.bl_idname, text="rigjit poses (.jsonl)")
    self.layout.operator(ExportCollision.bl_idname, text="rigjit hulls and motion")


CLASSES = [
    ClipPanel,
    ChoicesPanel,
    LivePanel,
    ExportPanel,
    PenetrationsPanel,
    ReportList,
    ReportPanel,
]

if hasattr(bpy.types, "FileHandler"):  # from 4.1 on: clips dropped into the 3D view

    class ClipHandler(bpy.types.FileHandler):
        bl_idname = "RIGJIT_FH_clip"
        bl_label = "rigjit clip"
        bl_import_operator = ImportClip.bl_idname
        bl_file_extensions = ".safetensors;.clip"

        @classmethod
        def poll_drop(cls, context):
            return context.area is not None and context.area.type == "VIEW_3D"

    CLASSES.append(ClipHandler)
