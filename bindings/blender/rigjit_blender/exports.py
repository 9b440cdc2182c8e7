"""Operators that write files for rigjit, and the one that reads its answer about penetrations."""

import os

from bpy.props import EnumProperty, IntProperty, StringProperty
from bpy_extras.io_utils import ExportHelper, ImportHelper

from . import norms, penetrations, spec_writer, takes
from .operators import Operator, in_words, show_report
from .problems import SceneError
from .settings import which_property


class ExportSpec(Operator, ExportHelper):
    """Write the spec of the active armature: what of it a network can move"""

    bl_idname = "rigjit.export_spec"
    bl_label = "rigjit spec"
    filename_ext = ".yaml"
    filter_glob: StringProperty(default="*.yaml;*.yml", options={"HIDDEN"})
    which: which_property()
    source: EnumProperty(
        name="Scale and center",
        items=[
            (norms.CHOICES[0], "From limits", "Ranges of limits and custom properties go to -1..1"),
            (norms.CHOICES[1], "From the action", "What the armature's action does goes to -1..1"),
            (norms.CHOICES[2], "From all actions", "What all actions do that move this armature"),
        ],
    )
    switches: EnumProperty(
        name="Switches",
        description="Properties that choose how the rig works, such as IK_FK",
        items=[
            (spec_writer.SWITCHES[0], "Attributes", "A network gives them"),
            (spec_writer.SWITCHES[1], "Constants", "They keep the value that they have now"),
            (spec_writer.SWITCHES[2], "Leave out", "They are not in the spec"),
        ],
    )

    def run(self, context, armature):
        text, left_out, kept = spec_writer.report(
            armature, None, self.which, self.source, self.switches
        )
        with open(self.filepath, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        bones, name = len(armature.pose.bones), os.path.basename(self.filepath)
        title = f"{len(kept)} of {bones} bones are controllers: {name}"
        # What is less than the whole of a control comes first, helpers last.
        parts = [line for line in left_out if line[1] != "bone"]
        kept = [(bone, "", f"in the spec: {what}") for bone, what in kept]
        show_report(context, title, parts + kept + [line for line in left_out if line[1] == "bone"])
        return title


class _ExportFrames(Operator, ExportHelper):
    which: which_property()
    start: IntProperty(name="Start", description="First frame")
    end: IntProperty(name="End", description="Last frame")

    def invoke(self, context, event):
        self.start, self.end = context.scene.frame_start, context.scene.frame_end
        return super().invoke(context, event)

    def frames(self, context):
        scene = context.scene
        start = self.start if self.properties.is_property_set("start") else scene.frame_start
        end = self.end if self.properties.is_property_set("end") else scene.frame_end
        if end < start:
            raise SceneError(f"the last frame, {end}, is before the first, {start}")
        return range(start, end + 1)


class ExportPoses(_ExportFrames):
    """Write the poses of the active armature, one a line, for `rigjit convert`"""

    bl_idname = "rigjit.export_poses"
    bl_label = "rigjit poses"
    filename_ext = ".jsonl"
    filter_glob: StringProperty(default="*.jsonl", options={"HIDDEN"})

    def run(self, context, armature):
        found = takes.poses(armature, self.frames(context), self.which)
        return f"{takes.write_jsonl(self.filepath, found)} poses"


class ExportClip(_ExportFrames):
    """Write what the active armature does as a clip"""

    bl_idname = "rigjit.export_clip"
    bl_label = "rigjit clip"
    filename_ext = ".safetensors"
    filter_glob: StringProperty(default="*.safetensors;*.clip", options={"HIDDEN"})

    def run(self, context, armature):
        count = takes.write_clip(self.filepath, armature, self.frames(context), self.which)
        return f"{count} frames"


class ExportClips(Operator):
    """Write a clip of every action that moves the active armature into a folder"""

    bl_idname = "rigjit.export_clips"
    bl_label = "rigjit clips of all actions"
    directory: StringProperty(subtype="DIR_PATH")
    which: which_property()

    def invoke(self, context, event):
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def run(self, context, armature):
        written = takes.write_clips(self.directory, armature, None, self.which)
        lines = [(name, f"{count} frames", path) for name, path, count in written]
        show_report(context, f"{len(written)} actions", lines)
        return f"{len(written)} clips"


class ExportCollision(_ExportFrames):
    """Write hulls of the active armature's bones, from the vertex groups of its meshes, and where \
the bones go, for `rigjit penetrations`"""

    bl_idname = "rigjit.export_collision"
    bl_label = "rigjit hulls and motion"
    filename_ext = ".safetensors"
    filter_glob: StringProperty(default="*.safetensors", options={"HIDDEN"})

    def run(self, context, armature):
        paths, left_out = penetrations.write_collision(
            self.filepath, armature, self.frames(context)
        )
        title = ", ".join(map(os.path.basename, paths))
        show_report(context, title, left_out)
        return title


class MarkPenetrations(Operator, ImportHelper):
    """Mark the worst frames of a file of `rigjit penetrations -o` in the timeline"""

    bl_idname = "rigjit.mark_penetrations"
    bl_label = "rigjit penetrations"
    bl_options = {"REGISTER", "UNDO"}
    filename_ext = ".jsonl"
    filter_glob: StringProperty(default="*.jsonl", options={"HIDDEN"})
    start: IntProperty(name="Start", description="The frame at which the motion begins")
    count: IntProperty(name="At most", description="How many, the worst first", default=20, min=1)

    @classmethod
    def poll(cls, context):
        return context.scene is not None

    def invoke(self, context, event):
        self.start = context.scene.frame_start
        return super().invoke(context, event)

    def execute(self, context):
        start = self.start if self.properties.is_property_set("start") else None
        try:
            found = penetrations.mark_penetrations(self.filepath, start, self.count)
        except (SceneError, OSError) as error:
            self.report({"ERROR"}, in_words(error))
            return {"CANCELLED"}
        lines = [(pair, f"frame {frame}", "") for frame, pairs, _ in found for pair in pairs]
        show_report(context, f"{len(found)} frames are marked", lines)
        return {"FINISHED"}


CLASSES = (
    ExportSpec,
    ExportPoses,
    ExportClip,
    ExportClips,
    ExportCollision,
    MarkPenetrations,
)
