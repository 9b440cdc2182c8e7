"""The rotation that a clip's channels mean, in the mode that a bone has."""

import math

from .properties import rotation_property
from .reader import rigjit_clip


class Rotation:
    """Some channels of a frame as the rotation of one bone.

    channels: indices in a frame of w, x, y, z, or of the angles about x, y, z, None where the clip
    has no such channel; factors: of the angles to radians; order: of the angles; mode: the bone's;
    elements: those of its property that are written.
    """

    __slots__ = ("bone", "channels", "elements", "factors", "mode", "order", "place")

    def __init__(self, bone, place, channels, factors, order, mode, elements):
        self.bone = bone
        self.place = place
        self.channels = channels
        self.factors = factors
        self.order = order
        self.mode = mode
        self.elements = elements

    @property
    def property(self):
        return rotation_property(self.mode)

    def convert(self, frame, near=None):
        """The elements of the bone's property, of all that mean this rotation nearest to `near`."""
        if len(self.channels) == 4:
            quaternion = [frame[index] for index in self.channels]
        else:
            angles = [
                0.0 if index is None else frame[index] * factor
                for index, factor in zip(self.channels, self.factors)
            ]
            quaternion = rigjit_clip.quaternion_from_euler(angles, self.order)
        if self.mode == "QUATERNION":
            return near_quaternion(quaternion, near)
        if self.mode == "AXIS_ANGLE":
            return axis_angle(quaternion, near)
        return rigjit_clip.euler_from_quaternion(quaternion, self.mode.lower(), near)


def near_quaternion(quaternion, near):
    """Unit length, and of the two signs the one nearer to `near`."""
    length = math.sqrt(sum(part * part for part in quaternion))
    if not length > 0:
        raise ValueError("a quaternion of zeros is no rotation")
    if near is not None and sum(a * b for a, b in zip(quaternion, near)) < 0:
        length = -length
    return [part / length for part in quaternion]


def axis_angle(quaternion, near):
    """(angle in radians, x, y, z); about the axis of `near` where the angle is zero."""
    w, x, y, z = near_quaternion(quaternion, None)
    length = math.sqrt(x * x + y * y + z * z)
    if near is None:
        near = (0.0, 0.0, 1.0, 0.0)
        if w < 0:
            w, x, y, z = -w, -x, -y, -z
    if length < 1e-9:
        angle, axis = (0.0 if w > 0 else 2 * math.pi), list(near[1:])
        if not any(axis):
            axis = [0.0, 1.0, 0.0]
    else:
        if x * near[1] + y * near[2] + z * near[3] < 0:
            length = -length
        angle, axis = 2 * math.atan2(length, w), [x / length, y / length, z / length]
    turn = 2 * math.pi
    return [angle - turn * round((angle - near[0]) / turn), *axis]


def quaternion_from_axis_angle(angle, x, y, z):
    length = math.sqrt(x * x + y * y + z * z)
    if not length > 0:
        return [1.0, 0.0, 0.0, 0.0]
    sine = math.sin(0.5 * angle) / length
    return [math.cos(0.5 * angle), x * sine, y * sine, z * sine]
