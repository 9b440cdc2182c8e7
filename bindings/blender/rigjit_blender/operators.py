"""Operators on clips and streams: each changes all that it says, as one undo step, or nothing."""

import bpy
from bpy.props import BoolProperty, IntProperty, StringProperty
from bpy_extras.io_utils import ImportHelper

from . import session
from .keys import keyframe
from .link import Link
from .problems import SceneError
from .settings import FitSettings, PlaceSettings


def in_words(error):
    if isinstance(error, OSError):
        return f"{error.filename or ''}: {error.strerror or error}"
    return str(error)


class Operator(bpy.types.Operator):
    """What all of them have: an armature, and errors as one line."""

    @classmethod
    def poll(cls, context):
        active = context.view_layer.objects.active if context.view_layer else None
        if active is not None and active.type == "ARMATURE":
            return True
        if hasattr(cls, "poll_message_set"):
            cls.poll_message_set("Make an armature the active object")
        return False

    def execute(self, context):
        try:
            text = self.run(context, session.active_armature(context))
        except (SceneError, OSError) as error:
            self.report({"ERROR"}, in_words(error))
            return {"CANCELLED"}
        if text:
            self.report({"INFO"}, text)
        return {"FINISHED"}


def show_report(context, title, lines):
    """Put (name, what, why) into the panel's report."""
    settings = context.window_manager.rigjit
    settings.report.clear()
    settings.report_title = title
    settings.report_place = 0
    for name, what, why in lines:
        line = settings.report.add()
        line.name, line.what, line.why = name, what, why


def plan_lines(plan):
    notes = [(name, "", note) for name, note in plan.notes]
    return plan.left_out + notes


class ImportClip(Operator, ImportHelper, FitSettings, PlaceSettings):
    """Key a clip of rigjit's on the active armature"""

    bl_idname = "rigjit.import_clip"
    bl_label = "rigjit clip"
    bl_options = {"REGISTER", "UNDO"}
    filename_ext = ".safetensors"
    filter_glob: StringProperty(default="*.safetensors;*.clip", options={"HIDDEN"})

    def run(self, context, armature):
        session.end_preview()
        clip = session.load_clip(self.filepath)
        return apply(context, armature, clip, self)


class ApplyClip(Operator):
    """Key the panel's clip on the active armature"""

    bl_idname = "rigjit.apply_clip"
    bl_label = "Apply"
    bl_options = {"REGISTER", "UNDO"}

    def run(self, context, armature):
        session.end_preview()
        settings = context.window_manager.rigjit
        return apply(context, armature, session.load_clip(settings.path), settings)


def apply(context, armature, clip, settings):
    scene = context.scene
    placement = settings.placement(armature, scene)
    action, plan = keyframe(armature, clip, None, settings.choices(), placement)
    scene.frame_set(scene.frame_current, subframe=scene.frame_subframe)
    title = f"{plan.applied} of {plan.channels} channels, {len(clip)} frames: {action.name}"
    show_report(context, title, plan_lines(plan))
    return title


class ReadClip(Operator):
    """Show what the clip is, and which of its channels fit which bones"""

    bl_idname = "rigjit.read_clip"
    bl_label = "Check"

    def run(self, context, armature):
        plan = session.fit_clip(armature, context.window_manager.rigjit)
        title = f"{plan.applied} of {plan.channels} channels fit {armature.name}"
        show_report(context, title, plan_lines(plan))
        return title


class Preview(Operator):
    """Show the clip's frames without keys, by slider or timeline; again: the pose as it was"""

    bl_idname = "rigjit.preview"
    bl_label = "Preview"

    def run(self, context, armature):
        if session.is_previewing():
            session.end_preview()
            return ""
        session.start_preview(armature, context.window_manager.rigjit)
        session.show_preview(context)
        return ""


class PushPose(Operator):
    """Put one frame of the clip, the slider's, on the armature"""

    bl_idname = "rigjit.push_pose"
    bl_label = "Push pose"
    bl_options = {"REGISTER", "UNDO"}

    def run(self, context, armature):
        plan = session.push_pose(armature, context.window_manager.rigjit)
        return f"{plan.applied} of {plan.channels} channels"


class Connect(Operator):
    """Let the active armature follow a live stream"""

    bl_idname = "rigjit.connect"
    bl_label = "Connect"
    host: StringProperty(options={"SKIP_SAVE"})
    port: IntProperty(options={"SKIP_SAVE"})

    def run(self, context, armature):
        session.end_preview()
        settings = context.window_manager.rigjit
        settings.host = self.host or settings.host
        settings.port = self.port or settings.port
        session.set_link(Link(armature, settings.host, settings.port, settings.choices()))
        session.link().start()
        return ""


class Disconnect(bpy.types.Operator):
    """End the live stream; the pose stays"""

    bl_idname = "rigjit.disconnect"
    bl_label = "Disconnect"

    def execute(self, context):
        if session.link() is not None:
            session.link().stop()
        return {"FINISHED"}


class Record(bpy.types.Operator):
    """Keep what comes; again: key it as a new action that begins at the frame where it began"""

    bl_idname = "rigjit.record"
    bl_label = "Record"
    bl_options = {"REGISTER", "UNDO"}
    stop: BoolProperty(options={"SKIP_SAVE", "HIDDEN"})

    def execute(self, context):
        settings = context.window_manager.rigjit
        try:
            if not session.is_recording():
                session.start_recording(context.scene)
                return {"FINISHED"}

            def place(armature):
                return settings.placement(armature, context.scene)

            action, plan, count = session.end_recording(settings.choices(), place)
        except SceneError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        title = f"{count} frames recorded: {action.name}"
        show_report(context, title, plan_lines(plan))
        self.report({"INFO"}, title)
        return {"FINISHED"}


class CopyReport(bpy.types.Operator):
    """Copy the report to the clipboard"""

    bl_idname = "rigjit.copy_report"
    bl_label = "Copy report"

    def execute(self, context):
        settings = context.window_manager.rigjit
        lines = [settings.report_title]
        lines += [f"{line.name}\t{line.what}\t{line.why}" for line in settings.report]
        context.window_manager.clipboard = "\n".join(lines)
        return {"FINISHED"}


CLASSES = (
    ImportClip,
    ApplyClip,
    ReadClip,
    Preview,
    PushPose,
    Connect,
    Disconnect,
    Record,
    CopyReport,
)
