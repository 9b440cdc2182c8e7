"""The pose that an armature had, to be put back."""

from array import array

from .names import Target
from .player import to_kind
from .properties import SIZES


class Snapshot:
    """The properties that a plan writes, of the bones that it writes, as they are now."""

    def __init__(self, armature, plan):
        self._target = Target(armature)
        self._bones = {}
        bones = armature.pose.bones
        for name, prop in _written(plan):
            self._bones[name, prop] = array("f", getattr(bones[name], prop))
        self._custom = {(name, key): bones[name][key] for name, key, _, _ in plan.custom}

    def restore(self):
        """Put the pose back; GoneError where the armature was deleted."""
        armature = self._target.find()
        bones = armature.pose.bones
        for (name, prop), values in self._bones.items():
            if name in bones:
                setattr(bones[name], prop, values[: SIZES[prop]])
        for (name, key), value in self._custom.items():
            if name in bones and key in bones[name]:
                bones[name][key] = to_kind(type(bones[name][key]), value, name, key)
        armature.update_tag()


def _written(plan):
    found = {(name, prop) for prop, name, _, _, _, _ in plan.direct}
    return found | {(rotation.bone, rotation.property) for rotation in plan.rotations}
