"""Which channel of a clip or stream goes to which property of which bone, and which to none."""

import math
from dataclasses import dataclass, field

from .names import LIMIT, bone_path, bone_places, custom_path, cut, is_long
from .problems import SceneError, check_armature
from .properties import EULER, LINEAR, ORDERS, QUATERNION, lock_of, rotation_property
from .rotation import Rotation


@dataclass(frozen=True)
class Choices:
    """What becomes of channels that do not simply fit.

    missing: channels without a bone or property: "LEAVE" out, or "REFUSE" the clip; locked: "LEAVE"
    or "WRITE"; driven: "LEAVE", or "MUTE" their drivers; modes: "CONVERT" rotations to the mode
    that a bone has, or set each bone to the "CLIP"'s; long_names: "MATCH" a name that Blender had
    to cut, or "LEAVE".
    """

    missing: str = "LEAVE"
    locked: str = "LEAVE"
    driven: str = "LEAVE"
    modes: str = "CONVERT"
    long_names: str = "MATCH"


@dataclass
class Plan:
    """How a schema's channels reach an armature. Names and numbers only, nothing of Blender's.

    direct: [(property, bone, its place, element, channel, factor)]; rotations: those that need
    converting; custom: [(bone, property, bool, int or float, channel)]; modes: {bone: the rotation
    mode it is to have}; mute: data paths and indices of the drivers to be muted; left_out:
    [(controller, attribute, reason)], one entry a channel; notes: [(controller, what)] of what is
    applied in another form.
    """

    direct: list = field(default_factory=list)
    rotations: list = field(default_factory=list)
    custom: list = field(default_factory=list)
    modes: dict = field(default_factory=dict)
    mute: list = field(default_factory=list)
    left_out: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    channels: int = 0

    @property
    def applied(self):
        """How many channels reach the armature."""
        return self.channels - len(self.left_out)


def make_plan(armature, schema, choices=None):
    """The Plan of a clip's or stream's channels on an armature; SceneError where none fits."""
    check_armature(armature)
    plan = _Planner(armature, schema, choices or Choices()).make()
    if plan.applied == 0:
        raise SceneError(
            f"no channel of {schema.rig or 'the clip'!r} fits {armature.name!r}: its first "
            f"controller is {schema.channels[0][0]!r}, {plan.left_out[0][2]}"
        )
    return plan


class _Planner:
    def __init__(self, armature, schema, choices):
        self.bones = armature.pose.bones
        self.places = bone_places(armature)
        self.schema = schema
        self.choices = choices
        self.drivers = drivers_of(armature)
        self.plan = Plan(channels=len(schema.channels))

    def make(self):
        controllers = {}
        for index, (controller, attribute) in enumerate(self.schema.channels):
            controllers.setdefault(controller, {})[attribute] = index
        found = {controller: self.find_bone(controller) for controller in controllers}
        users = {}
        for controller, (bone, _) in found.items():
            users.setdefault(bone, []).append(controller)
        for controller, attributes in controllers.items():
            bone, reason = found[controller]
            rivals = users[bone] if bone is not None else []
            if len(rivals) > 1 and controller != bone:
                other = next(name for name in rivals if name != controller)
                reason = f"{other!r} is the same bone here, {bone!r}"
            if reason:
                self.leave(controller, attributes, reason)
            else:
                self.fit(controller, bone, attributes)
        order = {channel: place for place, channel in enumerate(self.schema.channels)}
        self.plan.left_out.sort(key=lambda entry: order[entry[:2]])
        if self.choices.missing == "REFUSE":
            missing = [entry for entry in self.plan.left_out if entry[2].startswith("no ")]
            if missing:
                controller, attribute, reason = missing[0]
                raise SceneError(
                    f"{len(missing)} channels are missing here, the first "
                    f"{controller}.{attribute}: {reason}"
                )
        return self.plan

    def find_bone(self, controller):
        """(name of the bone or None, why there is none)."""
        names = [controller]
        space = self.schema.namespace + ":"
        if self.schema.namespace and controller.startswith(space):
            names.append(controller[len(space) :])
        for name in names:
            if name in self.places:
                return name, ""
            if is_long(name) and cut(name) in self.places:
                if self.choices.long_names == "LEAVE":
                    return None, f"no bone of this name; {cut(name)!r} is its first {LIMIT} bytes"
                self.note(controller, f"its name is cut at {LIMIT} bytes here")
                return cut(name), ""
        return None, "no bone of this name"

    def fit(self, controller, name, attributes):
        bone = self.bones[self.places[name]]
        rotating = {}
        for attribute, index in attributes.items():
            if attribute in LINEAR:
                prop, element = LINEAR[attribute]
                self.fit_element(controller, bone, name, attribute, prop, element, index, 1.0)
            elif attribute in QUATERNION or attribute in EULER:
                rotating[attribute] = index
            else:
                self.fit_custom(controller, bone, name, attribute, index)
        if rotating:
            self.fit_rotation(controller, bone, name, rotating)

    def fit_element(self, controller, bone, name, attribute, prop, element, index, factor):
        if self.may_write(controller, bone, name, attribute, prop, element):
            place = self.places[name]
            self.plan.direct.append((prop, name, place, element, index, factor))

    def may_write(self, controller, bone, name, attribute, prop, element):
        reason = self.obstacle(bone, name, prop, element)
        if reason:
            self.leave(controller, [attribute], reason)
        return not reason

    def obstacle(self, bone, name, prop, element):
        if self.choices.locked == "LEAVE" and lock_of(bone, prop, element):
            return "locked"
        return self.driver_obstacle(bone_path(name, prop), element) if self.drivers else ""

    def driver_obstacle(self, path, element):
        if (path, element) not in self.drivers:
            return ""
        if self.choices.driven == "LEAVE":
            return "driven"
        self.plan.mute.append((path, element))
        return ""

    def fit_custom(self, controller, bone, name, key, index):
        if key not in bone:
            self.leave(controller, [key], "no custom property of this name")
            return
        kind = type(bone[key])
        if kind not in (bool, int, float):
            self.leave(controller, [key], "the custom property is no single number")
            return
        reason = self.driver_obstacle(custom_path(name, key), 0) if self.drivers else ""
        if reason:
            self.leave(controller, [key], reason)
        else:
            self.plan.custom.append((name, key, kind, index))

    def fit_rotation(self, controller, bone, name, channels):
        quaternion = [channels.get(attribute) for attribute in QUATERNION]
        euler = [channels.get(attribute) for attribute in EULER]
        if None not in quaternion:
            extra = [attribute for attribute in EULER if attribute in channels]
            self.leave(controller, extra, "its quaternion is applied instead")
            self.fit_quaternion(controller, bone, name, quaternion)
        elif any(index is not None for index in euler):
            extra = [attribute for attribute in QUATERNION if attribute in channels]
            self.leave(controller, extra, "the quaternion is not whole")
            self.fit_euler(controller, bone, name, euler)
        else:
            self.leave(controller, channels, "the quaternion is not whole")

    def fit_quaternion(self, controller, bone, name, channels):
        if self.mode_of(bone, name, "QUATERNION") == "QUATERNION":
            for element, (attribute, index) in enumerate(zip(QUATERNION, channels)):
                self.fit_element(
                    controller, bone, name, attribute, "rotation_quaternion", element, index, 1.0
                )
        else:
            self.convert(controller, bone, name, channels, QUATERNION, None)

    def fit_euler(self, controller, bone, name, channels):
        orders = self.schema.rotate_orders
        single = sum(index is not None for index in channels) == 1
        given = orders.get(controller, "").upper()
        mode = self.mode_of(bone, name, given or (bone.rotation_mode if single else "XYZ"))
        # One angle alone is the same rotation in every order; without an order it is the bone's.
        if mode in ORDERS and (single or mode == (given or mode)):
            for element, (attribute, index) in enumerate(zip(EULER, channels)):
                if index is not None:
                    factor = self.to_radians(index)
                    prop = "rotation_euler"
                    self.fit_element(
                        controller, bone, name, attribute, prop, element, index, factor
                    )
        else:
            self.convert(controller, bone, name, channels, EULER, (given or "XYZ").lower())

    def mode_of(self, bone, name, of_clip):
        """The mode that the bone has, or is to have."""
        if self.choices.modes == "CLIP" and of_clip != bone.rotation_mode:
            self.plan.modes[name] = of_clip
            return of_clip
        return bone.rotation_mode

    def convert(self, controller, bone, name, channels, attributes, order):
        mode = bone.rotation_mode
        prop = rotation_property(mode)
        reasons = [
            self.obstacle(bone, name, prop, i) for i in range(4 if mode not in ORDERS else 3)
        ]
        elements = [element for element, reason in enumerate(reasons) if not reason]
        by_axis = dict(zip("XYZ" if mode in ORDERS else "WXYZ", reasons))
        left = False
        for attribute, index in zip(attributes, channels):
            reason = by_axis.get(attribute[-1], "") if elements else next(filter(None, reasons))
            # One angle goes to w and its axis: what the other axes are locked to is no loss.
            if index is not None and reason:
                self.leave(controller, [attribute], reason)
                left = True
        if not elements or (left and sum(index is not None for index in channels) == 1):
            return
        factors = [None if i is None else self.to_radians(i) for i in channels]
        source = "its quaternion" if order is None else f"its angles in {order}"
        self.note(controller, f"{source} converted to {mode.replace('_', ' ').lower()}")
        place = self.places[name]
        rotation = Rotation(name, place, channels, factors, order, mode, elements)
        self.plan.rotations.append(rotation)

    def to_radians(self, index):
        return math.pi / 180 if self.schema.angle_unit_of(index) == "degrees" else 1.0

    def leave(self, controller, attributes, reason):
        self.plan.left_out += [(controller, attribute, reason) for attribute in attributes]

    def note(self, controller, text):
        self.plan.notes.append((controller, text))


def drivers_of(armature):
    """{(data path, index)} of what drivers write that are not muted."""
    animation = armature.animation_data
    if animation is None:
        return frozenset()
    return {(curve.data_path, curve.array_index) for curve in animation.drivers if not curve.mute}
