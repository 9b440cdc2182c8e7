"""The channels that a spec of some controls has, and where in Blender each is read."""

from dataclasses import dataclass

from .facts import AXES
from .properties import EULER, ORDERS, QUATERNION, rotation_property


@dataclass(frozen=True)
class Channel:
    """A channel of a spec, of a clip and of a pose.

    kind: as a clip calls it; order: lower case, of an angle; type: None for a float; prop and
    element: of the bone, or prop None for the custom property `attribute`.
    """

    controller: str
    attribute: str
    kind: str
    prop: str = None
    element: int = 0
    order: str = None
    type: str = None
    names: tuple = ()

    @property
    def is_angle(self):
        return self.attribute in EULER and self.prop is not None

    def row(self):
        """As rigjit_clip.write takes it."""
        unit = "degrees" if self.is_angle else None
        return (
            self.controller,
            self.attribute,
            self.kind,
            self.order,
            unit,
            self.type,
            self.names if self.type == "enum" else (),
        )


def channels_of(controls):
    """The channels of these controls, in the order of their spec."""
    found = []
    for control in controls:
        name = control.name
        found += [
            Channel(name, "translate" + axis.upper(), "translation", "location", AXES.index(axis))
            for axis in control.location
        ]
        found += _rotation(control)
        found += [
            Channel(name, "scale" + axis.upper(), "scale", "scale", AXES.index(axis))
            for axis in control.scale
        ]
        found += [
            Channel(
                name,
                prop.name,
                "attribute",
                type=None if prop.kind == "float" else prop.kind,
                names=prop.names,
            )
            for prop in control.properties
        ]
    return found


def _rotation(control):
    prop = rotation_property(control.mode)
    if control.rotation == "quaternion":
        return [
            Channel(control.name, attribute, "rotation3d", prop, element)
            for element, attribute in enumerate(QUATERNION)
        ]
    kind = "rotation3d" if control.rotation == "euler" else "rotation1d"
    axes = AXES if control.rotation == "euler" else control.axes if control.rotation else ""
    order = control.mode.lower() if control.mode in ORDERS else "xyz"
    return [
        Channel(control.name, EULER[AXES.index(axis)], kind, prop, AXES.index(axis), order)
        for axis in axes
    ]
