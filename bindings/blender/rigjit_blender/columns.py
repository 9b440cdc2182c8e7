"""A clip's frames as columns: what one property of one bone is in every frame."""

import math
from array import array

from .player import to_kind
from .problems import SceneError
from .properties import EULER
from .reader import rigjit_clip


def check_finite(clip):
    """SceneError at the first number that is none."""
    # A sum is finite where every float32 of it is.
    if math.isfinite(sum(clip.values)):
        return
    width = len(clip.channels)
    for place, value in enumerate(clip.values):
        if not math.isfinite(value):
            controller, attribute = clip.channels[place % width]
            raise SceneError(f"frame {place // width}: {controller}.{attribute} is {value}")


def planned_columns(clip, plan):
    """[(bone, property, element, array('f') of a value a frame)] of all that is no custom property.

    Curves do not jump where the pose does not: quaternions keep their sign, angles their turn.
    """
    columns = [
        (name, prop, element, _column(clip, index, factor))
        for prop, name, _, element, index, factor in plan.direct
    ]
    _steady_quaternions(columns)
    _steady_angles(clip, plan, columns)
    for rotation in plan.rotations:
        columns += _converted(clip, rotation)
    return columns


def custom_columns(clip, plan):
    """[(bone, custom property, whether it only takes whole numbers, array('f'))]."""
    found = []
    for name, key, kind, index in plan.custom:
        column = _column(clip, index, 1.0)
        if kind is not float:
            column = array("f", [to_kind(kind, value, name, key) for value in column])
        found.append((name, key, kind is not float, column))
    return found


def _column(clip, index, factor):
    values = clip.values[index :: len(clip.channels)].tolist()
    return array("f", values if factor == 1.0 else [value * factor for value in values])


def _together(columns, wanted, count):
    """The columns of a bone's property, where all `count` of its elements are there."""
    bones = {}
    for name, prop, element, column in columns:
        if prop == wanted:
            bones.setdefault(name, {})[element] = column
    return {
        name: [parts[i] for i in range(count)]
        for name, parts in bones.items()
        if len(parts) == count
    }


def _steady_quaternions(columns):
    for name, parts in _together(columns, "rotation_quaternion", 4).items():
        w, x, y, z = parts
        if not all(map(any, zip(w, x, y, z))):
            raise SceneError(f"{name}: a quaternion of zeros is no rotation")
        turns = [
            a * b + c * d + e * f + g * h < 0
            for a, b, c, d, e, f, g, h in zip(w[1:], w, x[1:], x, y[1:], y, z[1:], z)
        ]
        if not any(turns):
            continue
        sign = 1.0
        for frame, turn in enumerate(turns, 1):
            sign = -sign if turn else sign
            if sign < 0:
                for column in parts:
                    column[frame] = -column[frame]


def _steady_angles(clip, plan, columns):
    """Triples of a rotation3d and the angle of a rotation1d: whole turns are no motion in them."""
    kinds = {
        (name, element): clip.kinds[index]
        for prop, name, _, element, index, _ in plan.direct
        if prop == "rotation_euler"
    }
    orders = _orders(clip, plan)
    triples = _together(columns, "rotation_euler", 3)
    for name, parts in triples.items():
        if all(kinds[name, element] == "rotation3d" for element in range(3)):
            _steady_triple(parts, orders[name])
    for name, prop, element, column in columns:
        if prop == "rotation_euler" and kinds[name, element] == "rotation1d":
            _unwind(column)


def _orders(clip, plan):
    """{bone: order} of the triples that are written as they are."""
    return {
        name: clip.rotate_orders.get(clip.channels[index][0], "xyz")
        for prop, name, _, _, index, _ in plan.direct
        if prop == "rotation_euler" and clip.channels[index][1] in EULER
    }


def _steady_triple(parts, order):
    # Only where an angle goes more than a quarter can another triple be nearer.
    if all(_largest_step(column) < math.pi / 2 for column in parts):
        return
    near = [column[0] for column in parts]
    for frame in range(1, len(parts[0])):
        near = rigjit_clip.nearest_euler([column[frame] for column in parts], order, near)
        for column, angle in zip(parts, near):
            column[frame] = angle


def _unwind(column):
    if _largest_step(column) <= math.pi:
        return
    turn = 2 * math.pi
    for frame in range(1, len(column)):
        column[frame] -= turn * round((column[frame] - column[frame - 1]) / turn)


def _largest_step(column):
    return max((abs(b - a) for a, b in zip(column, column[1:])), default=0.0)


def _first_axis(rotation, frames):
    """Before the first frame: for an axis and an angle the axis of the first that turns, so that
    frames without a rotation are about it too; None for other modes.
    """
    if rotation.mode != "AXIS_ANGLE":
        return None
    for frame in frames:
        try:
            angle, *axis = rotation.convert(frame)
        except ValueError:
            return None  # told of where it is converted
        if abs(angle) > 1e-3:
            return [0.0, *axis]
    return None


def _converted(clip, rotation):
    """Columns of a rotation whose form differs from the bone's."""
    width = len(clip.channels)
    indices = [index for index in rotation.channels if index is not None]
    columns = (clip.values[index::width].tolist() for index in indices)
    frames = [dict(zip(indices, row)) for row in zip(*columns)]
    near, results = _first_axis(rotation, frames), []
    for frame in frames:
        try:
            near = rotation.convert(frame, near)
        except ValueError as error:
            raise SceneError(f"{rotation.bone}: {error}") from None
        results.append(near)
    return [
        (rotation.bone, rotation.property, element, array("f", [row[element] for row in results]))
        for element in rotation.elements
    ]
