"""rigjit's attributes as properties of a pose bone."""

QUATERNION = ("quaternionW", "quaternionX", "quaternionY", "quaternionZ")
EULER = ("rotateX", "rotateY", "rotateZ")
ORDERS = ("XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX")

# attribute: (property, element)
LINEAR = {
    **{"translate" + axis: ("location", i) for i, axis in enumerate("XYZ")},
    **{"scale" + axis: ("scale", i) for i, axis in enumerate("XYZ")},
}
SIZES = {
    "location": 3,
    "scale": 3,
    "rotation_euler": 3,
    "rotation_quaternion": 4,
    "rotation_axis_angle": 4,
}


def rotation_property(mode):
    """The property that a bone in this rotation mode rotates by."""
    if mode == "QUATERNION":
        return "rotation_quaternion"
    return "rotation_axis_angle" if mode == "AXIS_ANGLE" else "rotation_euler"


def lock_of(bone, prop, element):
    """Whether an element of a bone's property is locked in the sidebar."""
    if prop == "location":
        return bone.lock_location[element]
    if prop == "scale":
        return bone.lock_scale[element]
    if prop == "rotation_euler":
        return bone.lock_rotation[element]
    if element == 0:  # w, or the angle about an axis: none of its own unless 4D locks are shown
        return bone.lock_rotation_w if bone.lock_rotations_4d else all(bone.lock_rotation)
    return bone.lock_rotation[element - 1]
