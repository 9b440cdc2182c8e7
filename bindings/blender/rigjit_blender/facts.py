"""What of a control moves: its free axes, its rotation, its custom properties, their limits."""

import re
from collections import Counter
from dataclasses import dataclass, field

from .names import bone_name, bone_path, custom_path
from .properties import ORDERS, lock_of

AXES = "xyz"
# Names of properties that choose how a rig works, rather than pose it.
SWITCH = re.compile(r"(ik.?fk|fk.?ik|_parent$|^snap|pole_vector)", re.IGNORECASE)
_WHOLE = 16777216  # what a float32, and so an int of rigjit, holds exactly


@dataclass
class Property:
    """A custom property: kind is float, bool, int or enum; limits None where it has none."""

    name: str
    kind: str
    default: float
    low: float = None
    high: float = None
    names: tuple = ()

    @property
    def is_switch(self):
        return SWITCH.search(self.name) is not None


@dataclass
class Control:
    """What of one bone is free.

    location, scale: letters of axes; rotation: "" or "quaternion", "euler", "single" (one angle) or
    "angles" (two); axes: those that rotate; mode: the bone's; limits: {"location", "rotation" or
    "scale": {axis: (low or None, high or None)}}, angles in radians.
    """

    name: str
    mode: str
    location: str = ""
    scale: str = ""
    rotation: str = ""
    axes: str = ""
    limits: dict = field(default_factory=dict)
    properties: list = field(default_factory=list)
    about: str = ""

    @property
    def moves(self):
        return bool(self.location or self.scale or self.rotation or self.properties)


def read_control(armature, bone, drivers):
    """(Control, [(bone, what, why)] of what of it is left out)."""
    name = bone_name(bone)
    control = Control(name, bone.rotation_mode)
    left_out = []

    def free(prop):
        axes = ""
        for element, axis in enumerate(AXES):
            obstacle = _obstacle(bone, name, prop, element, drivers)
            if not obstacle:
                axes += axis
            elif obstacle == "driven":
                left_out.append((name, f"{prop} {axis}", "driven"))
        return axes

    control.location, control.scale = free("location"), free("scale")
    _read_rotation(control, bone, drivers, left_out)
    control.limits = _limits(bone, left_out, name)
    _read_properties(control, bone, drivers, left_out)
    control.about = _about(bone)
    if not control.moves:
        left_out.append((name, "bone", "all of it is locked, driven, or no number"))
    return control, left_out


def main_order(controls):
    """The `rotate_order` of a spec's defaults: only a rotation3d can have another one."""
    for form in ("angles", "euler"):
        orders = Counter(control.mode.lower() for control in controls if control.rotation == form)
        if orders:
            return orders.most_common(1)[0][0]
    return "xyz"


def settle_orders(controls):
    """Make two angles whose order is not the defaults' a whole rotation; [(bone, what, why)]."""
    order, left_out = main_order(controls), []
    for control in controls:
        if control.rotation == "angles" and control.mode.lower() != order:
            control.rotation = "euler"
            (locked,) = set(AXES) - set(control.axes)
            left_out.append((control.name, "rotation", f"{locked} is locked, a rotation3d has all"))
    return left_out


def _obstacle(bone, name, prop, element, drivers):
    if lock_of(bone, prop, element):
        return "locked"
    return "driven" if (bone_path(name, prop), element) in drivers else ""


def _read_rotation(control, bone, drivers, left_out):
    mode = bone.rotation_mode
    if mode in ORDERS:
        prop, first = "rotation_euler", 0
    else:
        first = 1
        prop = "rotation_quaternion" if mode == "QUATERNION" else "rotation_axis_angle"
    obstacles = [_obstacle(bone, control.name, prop, i, drivers) for i in range(3 + first)]
    axes = "".join(axis for axis, why in zip(AXES, obstacles[first:]) if not why)
    if "driven" in obstacles:
        left_out.append((control.name, "rotation", "driven"))
    if first and obstacles[0]:
        if axes and obstacles[0] == "locked":
            left_out.append((control.name, "rotation", "w is locked"))
        axes = ""
    control.axes = axes
    if len(axes) == 1:
        control.rotation = "single"
    elif len(axes) == 2 and mode in ORDERS:
        control.rotation = "angles"
    elif axes:
        control.rotation = "euler" if mode in ORDERS else "quaternion"
        if len(axes) == 2:
            (locked,) = set(AXES) - set(axes)
            left_out.append(
                (control.name, "rotation", f"{locked} is locked, as a quaternion it has all")
            )


def _limits(bone, left_out, name):
    """Of the limit constraints in the bone's own space that always hold."""
    found = {}
    kinds = {"LIMIT_LOCATION": "location", "LIMIT_ROTATION": "rotation", "LIMIT_SCALE": "scale"}
    for constraint in bone.constraints:
        kind = kinds.get(constraint.type)
        if kind is None:
            continue
        if constraint.mute or constraint.influence < 1 or constraint.owner_space != "LOCAL":
            left_out.append(
                (name, f"limits {constraint.name!r}", "muted, weak or not in local space")
            )
            continue
        axes = found.setdefault(kind, {})
        for axis in AXES:
            both = getattr(constraint, f"use_limit_{axis}", False)
            low = getattr(constraint, f"use_min_{axis}", both)
            high = getattr(constraint, f"use_max_{axis}", both)
            if low or high:
                axes[axis] = (
                    getattr(constraint, f"min_{axis}") if low else None,
                    getattr(constraint, f"max_{axis}") if high else None,
                )
    return found


def _read_properties(control, bone, drivers, left_out):
    registered = bone.bl_rna.properties
    for key in bone.keys():
        if key in registered or key == "_RNA_UI":
            continue  # another add-on's settings, such as Rigify's type of a bone
        value = bone[key]
        if type(value) not in (bool, int, float):
            left_out.append((control.name, key, f"a custom property of {_kind_of(value)}"))
        elif (custom_path(control.name, key), 0) in drivers:
            left_out.append((control.name, key, "driven"))
        else:
            control.properties.append(_property(bone, key, value))


def _kind_of(value):
    if isinstance(value, str):
        return "text"
    return f"{len(value)} elements" if hasattr(value, "__len__") else "no number"


def _property(bone, key, value):
    try:
        about = bone.id_properties_ui(key).as_dict()
    except TypeError:  # a property without settings
        about = {}
    default = about.get("default", value)
    if type(value) is bool:
        return Property(key, "bool", float(bool(default)))
    low, high = about.get("min"), about.get("max")
    if type(value) is float:
        low = None if low is None or low < -1e30 else low
        high = None if high is None or high > 1e30 else high
        return Property(key, "float", float(default), low, high)
    items = about.get("items")
    if items:
        numbers = [item[4] for item in items]
        names = [item[1] for item in items]
        names = names if len(set(names)) == len(names) and all(names) else [i[0] for i in items]
        if numbers == list(range(len(items))) and len(set(names)) == len(names) <= 1000:
            return Property(key, "enum", default, 0, len(names) - 1, tuple(names))
        low, high = min(numbers), max(numbers)
    low = None if low is None or low < -_WHOLE else low
    high = None if high is None or high > _WHOLE else high
    return Property(key, "int", default, low, high)


def _about(bone):
    """The facts of a bone for a comment: how it rotates, what it hangs on."""
    mode = bone.rotation_mode
    facts = [mode if mode in ORDERS else mode.replace("_", " ").lower()]
    parent = bone.parent and bone_name(bone.parent)
    if parent:
        facts.append("parent " + parent)
    return ", ".join(facts)
