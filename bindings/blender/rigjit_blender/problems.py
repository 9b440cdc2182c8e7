"""What stops the add-on, as a line for the panel; what is checked before an armature is written."""

import bpy


class SceneError(ValueError):
    """Something in the scene that the artist can put right; the text says what and how."""


class GoneError(SceneError):
    """The armature is no longer in the file."""


def check_armature(armature):
    """SceneError unless this is an armature with bones, as they are outside Edit Mode."""
    if armature is None or getattr(armature, "type", None) != "ARMATURE":
        raise SceneError("no armature: make one the active object")
    if armature.mode == "EDIT":
        raise SceneError(f"{armature.name!r} is in Edit Mode: leave it (Tab)")
    if armature.data.bones and (armature.pose is None or not armature.pose.bones):
        bpy.context.view_layer.update()  # an object that was just made has no pose yet
    if armature.pose is None or not armature.pose.bones:
        raise SceneError(f"the armature {armature.name!r} has no bones")


def check_writable(armature):
    """SceneError where what is written to the armature's pose would be refused or lost."""
    check_armature(armature)
    if armature.library is not None:
        raise SceneError(
            f"{armature.name!r} is linked from {armature.library.filepath}, so its pose cannot be "
            "kept: make a library override of it (Object > Library Override > Make)"
        )
    override = armature.override_library
    if override is not None and getattr(override, "is_system_override", False):
        raise SceneError(
            f"{armature.name!r} is a library override that is not editable: Object > Library "
            "Override > Make, or in the Outliner Library Override > Make > Selected & Content"
        )


def check_action_writable(armature):
    """SceneError where the armature cannot be given another action."""
    animation = armature.animation_data
    if animation is not None and animation.use_tweak_mode:
        raise SceneError(
            f"an NLA strip of {armature.name!r} is being edited: leave tweak mode (Tab in the NLA "
            "editor)"
        )
