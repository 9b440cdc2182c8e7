"""What the artist chooses: properties of operators and of the panel."""

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from . import controls, session
from .keys import Placement
from .plan import Choices


def _items(*rows):
    return [(key, label, about) for key, label, about in rows]


class FitSettings:
    """Choices of plan.Choices."""

    missing: EnumProperty(
        name="Missing",
        description="Channels of the clip without a bone or property here",
        items=_items(
            ("LEAVE", "Leave out", "Apply the others"),
            ("REFUSE", "Refuse", "Apply nothing"),
        ),
    )
    locked: EnumProperty(
        name="Locked",
        description="Channels that are locked in the sidebar",
        items=_items(
            ("LEAVE", "Leave out", "They keep their value"),
            ("WRITE", "Write", "Locks only keep the mouse away"),
        ),
    )
    driven: EnumProperty(
        name="Driven",
        description="Channels that a driver writes",
        items=_items(
            ("LEAVE", "Leave out", "The driver goes on"),
            ("MUTE", "Mute the driver", "The clip takes its place"),
        ),
    )
    modes: EnumProperty(
        name="Rotation modes",
        description="Bones that rotate in another mode than the clip",
        items=_items(
            ("CONVERT", "Convert", "The bone keeps its mode, the clip's rotation is converted"),
            ("CLIP", "Take the clip's", "The bone gets the mode of the clip"),
        ),
    )
    long_names: EnumProperty(
        name="Long names",
        description="Controllers whose names Blender had to cut at 63 bytes",
        items=_items(
            ("MATCH", "Match", "The bone whose name is the beginning"),
            ("LEAVE", "Leave out", "Only whole names count"),
        ),
    )

    def choices(self):
        return Choices(self.missing, self.locked, self.driven, self.modes, self.long_names)


class PlaceSettings:
    """Choices of keys.Placement."""

    into: EnumProperty(
        name="Into",
        items=_items(
            ("NEW", "New action", "The action that is there stays in the file"),
            ("CURRENT", "Current action", "Its keys within the clip's time are replaced"),
            ("STRIP", "NLA strip", "A new action, as a strip on a track of its own"),
        ),
    )
    at: EnumProperty(
        name="Start",
        items=_items(
            ("CLIP", "Clip's frames", "The frame numbers that the clip has"),
            ("CURSOR", "Current frame", "The clip begins at the current frame"),
        ),
    )
    frame_rate: EnumProperty(
        name="Frame rate",
        description="Where the clip's frame rate is not the scene's",
        items=_items(
            ("CONVERT", "Keep the speed", "Keys are moved, also between frames"),
            ("FRAMES", "Frame by frame", "Every frame of the clip is one of the scene"),
            ("SCENE", "Set the scene's", "The scene gets the clip's frame rate"),
        ),
    )
    every_frame: BoolProperty(
        name="Key every frame", description="Also where nothing moves; else one key", default=False
    )
    scene_range: BoolProperty(
        name="Set scene range", description="The scene begins and ends with the clip", default=False
    )

    def placement(self, armature, scene):
        animation = armature.animation_data
        current = animation.action if animation is not None else None
        return Placement(
            action=current if self.into == "CURRENT" else None,
            start=float(scene.frame_current) if self.at == "CURSOR" else None,
            frame_rate=self.frame_rate,
            strip=self.into == "STRIP",
            every_frame=self.every_frame,
            scene_range=self.scene_range,
        )


def which_property():
    labels = {
        "CONTROLS": "Controls",
        "VISIBLE": "Visible controls",
        "SELECTED": "Selected",
        "COLLECTION": "Bone collection or layer",
        "ALL": "All bones",
    }
    items = [
        (key, labels[key], about[0].upper() + about[1:]) for key, about in controls.CHOICES.items()
    ]
    return EnumProperty(name="Bones", items=items)


class ReportLine(bpy.types.PropertyGroup):
    """A line of the report: name (of the bone or controller), what of it, and why."""

    what: StringProperty()
    why: StringProperty()


class Settings(bpy.types.PropertyGroup, FitSettings, PlaceSettings):
    """What the panel shows and keeps; of the window manager, so that undo leaves it alone."""

    path: StringProperty(
        name="Clip",
        description="A clip of rigjit's",
        subtype="FILE_PATH",
        update=lambda self, context: session.forget_clip(),
    )
    preview_frame: IntProperty(
        name="Frame of the clip", min=0, update=lambda self, context: session.show_preview(context)
    )
    host: StringProperty(name="Host", default="127.0.0.1")
    port: IntProperty(name="Port", default=7001, min=1, max=65535)
    report: CollectionProperty(type=ReportLine)
    report_place: IntProperty()
    report_title: StringProperty()


CLASSES = (ReportLine, Settings)


def register():
    for found in CLASSES:
        bpy.utils.register_class(found)
    bpy.types.WindowManager.rigjit = PointerProperty(type=Settings)


def unregister():
    del bpy.types.WindowManager.rigjit
    for found in reversed(CLASSES):
        bpy.utils.unregister_class(found)
