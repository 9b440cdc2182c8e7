"""Names of bones, and an armature that is found again after an undo."""

import bpy

from .problems import GoneError

LIMIT = 63  # bytes of a bone's name; Blender cuts longer ones


def bone_name(bone):
    """The name, or None where Blender cut it inside a character, so that it is no text."""
    try:
        name = bone.name
        name.encode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError, SystemError):
        return None
    return None if name.endswith("\0") or "\ufffd" in name else name


def bone_places(armature):
    """{name: place in pose.bones} of the bones whose names can be read."""
    places = {}
    for place, bone in enumerate(armature.pose.bones):
        name = bone_name(bone)
        if name is not None and armature.pose.bones.get(name) == bone:
            places[name] = place
    return places


def cut(name, limit=LIMIT):
    """The name as a Blender keeps it that cuts at whole characters."""
    return name.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore")


def is_long(name):
    return len(name.encode("utf-8", "replace")) > LIMIT


def bone_path(name, attribute=None):
    """The data path of a pose bone, or of one of its properties."""
    path = f'pose.bones["{bpy.utils.escape_identifier(name)}"]'
    return path if attribute is None else f"{path}.{attribute}"


def custom_path(name, key):
    """The data path of a bone's custom property."""
    return f'{bone_path(name)}["{bpy.utils.escape_identifier(key)}"]'


class Target:
    """An armature object, held by name and session number: references do not outlive an undo."""

    def __init__(self, armature):
        self._name = armature.name
        self._number = getattr(armature, "session_uid", None)  # from Blender 4.1 on

    @property
    def name(self):
        return self._name

    def find(self):
        """The object; GoneError where it was deleted."""
        found = bpy.data.objects.get((self._name, None))
        if not self._is_it(found):
            found = next(filter(self._is_it, bpy.data.objects), None) if self._number else None
        if found is None:
            raise GoneError(f"the armature {self._name!r} is no longer in this file")
        self._name = found.name
        return found

    def _is_it(self, found):
        if found is None or found.type != "ARMATURE" or found.library is not None:
            return False
        return self._number is None or found.session_uid == self._number
