"""Actions and their curves, in every Blender from 3.4 on."""

import bpy

# From 4.4 on an action has layers, strips and slots; action.fcurves is gone in 5.0.
LAYERED = bpy.app.version >= (4, 4, 0)


class ActionCurves:
    """The curves of one armature in an action, that are made when they are first asked for."""

    def __init__(self, action, armature):
        self.action = action
        self.slot = None
        if LAYERED:
            self.slot = _slot(action, armature)
            self._bag = _channelbag(action, self.slot)
            self._curves = self._bag.fcurves
            self._groups = self._bag.groups
        else:
            self._curves = action.fcurves
            self._groups = action.groups
        self._named = {}

    def new(self, path, index, group):
        """A curve that is not there yet."""
        if not LAYERED:
            return self._curves.new(path, index=index, action_group=group)
        curve = self._curves.new(path, index=index)
        curve.group = self._group(group)
        return curve

    def find(self, path, index):
        """A curve of the action, or None."""
        return self._curves.find(path, index=index)

    def __iter__(self):
        return iter(self._curves)

    def assign(self, armature):
        """Make the action the armature's; the one that it had keeps a user."""
        animation = armature.animation_data_create()
        old = animation.action
        if old is not None and old != self.action:
            old.use_fake_user = True
        animation.action = self.action
        if LAYERED:
            animation.action_slot = self.slot

    def add_strip(self, armature, start):
        """Put the action on an NLA track of its own."""
        track = armature.animation_data_create().nla_tracks.new()
        track.name = self.action.name
        strip = track.strips.new(self.action.name, round(start), self.action)
        if LAYERED:
            strip.action_slot = self.slot
        return strip

    def _group(self, name):
        if name not in self._named:
            found = self._groups.get(name)
            self._named[name] = found if found is not None else self._groups.new(name)
        return self._named[name]


def action_curves(armature):
    """The curves of the armature's action, to be read; empty where it has none."""
    animation = armature.animation_data
    action = animation.action if animation is not None else None
    return curves_of(action, armature) if action is not None else []


def curves_of(action, armature):
    """The curves that an action has for an armature, as a list."""
    if not LAYERED:
        return list(action.fcurves)
    slot = _slot_for(action, armature)
    return [] if slot is None else list(_bag_curves(action, slot))


def _slot_for(action, armature):
    animation = armature.animation_data
    if animation is not None and animation.action == action and animation.action_slot is not None:
        return animation.action_slot
    suitable = [slot for slot in action.slots if slot.target_id_type in ("OBJECT", "UNSPECIFIED")]
    named = [slot for slot in suitable if slot.name_display == armature.name]
    return next(iter(named + suitable), None)


def _slot(action, armature):
    found = _slot_for(action, armature)
    return found if found is not None else action.slots.new(id_type="OBJECT", name=armature.name)


def _channelbag(action, slot):
    layer = action.layers[0] if action.layers else action.layers.new("Layer")
    strip = layer.strips[0] if layer.strips else layer.strips.new(type="KEYFRAME")
    return strip.channelbag(slot, ensure=True)


def _bag_curves(action, slot):
    for layer in action.layers:
        for strip in layer.strips:
            bag = strip.channelbag(slot)
            if bag is not None:
                yield from bag.fcurves
