"""Single frames on an armature, for live streams and for scrubbing: nothing is keyed."""

import math
from array import array

from .names import Target
from .plan import Plan, make_plan
from .problems import SceneError, check_writable
from .properties import SIZES

_INT_SIZE = 1 << 31


class Player:
    """Shows frames of a clip or stream on an armature, one array a property for all bones.

    plan says what goes where; left_out what goes nowhere: [(controller, attribute, reason)].
    Nothing of Blender's is kept between frames, so that undo, renamed bones and another rotation
    mode do no harm. Bones that the frames do not speak of keep what they have.
    """

    def __init__(self, armature, schema, choices=None):
        check_writable(armature)
        self._target = Target(armature)
        self._schema = schema
        self._choices = choices
        self._width = len(schema.channels)
        self.plan = Plan()
        self._bind(armature)

    @property
    def left_out(self):
        return self.plan.left_out

    def show(self, frame):
        """Put a frame, clip[i] or what a stream gives, on the armature.

        SceneError where the frame is no pose or the armature is gone or cannot be written; then the
        armature stays as it was.
        """
        armature = self._target.find()
        check_writable(armature)
        # A sum is finite where every float32 of it is.
        if len(frame) != self._width or not math.isfinite(sum(frame)):
            raise SceneError(self._bad(frame))
        bones = armature.pose.bones
        if self._state(bones) != self._bound:
            self._bind(armature)
        for name, w, x, y, z in self._quaternions:
            if not (frame[w] or frame[x] or frame[y] or frame[z]):
                raise SceneError(f"{name}: a quaternion of zeros is no rotation")
        frame = frame if type(frame) is array else array("f", frame)
        written = [
            (name, self._fill(bones, name, runs, places, rotations, frame))
            for name, runs, places, rotations in self._work
        ]
        custom = [
            (bone, key, frame[index] if kind is float else to_kind(kind, frame[index], bone, key))
            for bone, key, kind, index in self.plan.custom
        ]
        for name, values in written:
            bones.foreach_set(name, values)
        for bone, key, value in custom:
            bones[bone][key] = value
        armature.update_tag()  # foreach_set tells nobody

    def _fill(self, bones, name, runs, places, rotations, frame):
        values = self._arrays[name]
        bones.foreach_get(name, values)
        for begin, end, first, last in runs:
            values[begin:end] = frame[first:last]
        for place, index, factor in places:
            values[place] = frame[index] * factor
        size = SIZES[name]
        for rotation in rotations:
            begin = rotation.place * size
            parts = self._convert(rotation, frame, values[begin : begin + size])
            for element in rotation.elements:
                values[begin + element] = parts[element]
        return values

    def _convert(self, rotation, frame, near):
        try:
            return rotation.convert(frame, near)
        except ValueError as error:
            raise SceneError(f"{rotation.bone}: {error}") from None

    def _bad(self, frame):
        if len(frame) != self._width:
            return f"a frame has {len(frame)} values, its channels are {self._width}"
        for (controller, attribute), value in zip(self._schema.channels, frame):
            if not math.isfinite(value):
                return f"{controller}.{attribute} is {value}"
        return "its values are too large"

    def _state(self, bones):
        """What the plan depends on: the bones' names and rotation modes."""
        modes = array("i", bytes(4 * len(bones)))
        bones.foreach_get("rotation_mode", modes)
        try:
            return bones.keys(), modes
        except SystemError:  # a name that Blender cut inside a character
            return len(bones), modes

    def _bind(self, armature):
        plan = make_plan(armature, self._schema, self._choices)
        bones = armature.pose.bones
        for name, mode in plan.modes.items():
            bones[name].rotation_mode = mode
        mute_drivers(armature, plan.mute)
        work = {}
        for prop, _, place, element, index, factor in plan.direct:
            places, _ = work.setdefault(prop, ([], []))
            places.append((place * SIZES[prop] + element, index, factor))
        for rotation in plan.rotations:
            work.setdefault(rotation.property, ([], []))[1].append(rotation)
        self._work = [(prop, *_runs(places), turns) for prop, (places, turns) in work.items()]
        self._arrays = {prop: array("f", bytes(4 * SIZES[prop] * len(bones))) for prop in work}
        self._quaternions = _whole_quaternions(plan)
        self._bound = self._state(bones)
        self.plan = plan


def _runs(places):
    """([(begin, end, first, last)] of neighbours that are copied as they are, [the other places]).

    A slice costs what one or two numbers cost by themselves.
    """
    runs, others = [], []
    for place, index, factor in places:
        if factor != 1.0:
            others.append((place, index, factor))
        elif runs and runs[-1][1] == place and runs[-1][3] == index:
            runs[-1] = (runs[-1][0], place + 1, runs[-1][2], index + 1)
        else:
            runs.append((place, place + 1, index, index + 1))
    return runs, others


def _whole_quaternions(plan):
    """[(bone, the four channels)] of the quaternions that are written as they are."""
    parts = {}
    for prop, name, _, element, index, _ in plan.direct:
        if prop == "rotation_quaternion":
            parts.setdefault(name, {})[element] = index
    return [(name, *map(four.get, range(4))) for name, four in parts.items() if len(four) == 4]


def to_kind(kind, value, bone, key):
    """A number as the type that a custom property has; others would change it, or be refused."""
    if kind is bool:
        return value >= 0.5
    if kind is int and not -_INT_SIZE <= value < _INT_SIZE:
        raise SceneError(f"{bone}.{key} is {value:g}, more than an integer of Blender holds")
    return round(value) if kind is int else value


def mute_drivers(armature, drivers):
    """Mute the drivers of these (data path, index)."""
    wanted = set(drivers)
    for curve in armature.animation_data.drivers if wanted else ():
        if (curve.data_path, curve.array_index) in wanted:
            curve.mute = True
