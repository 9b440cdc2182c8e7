"""rigjit in Maya: specs of rigs, poses, clips and live streams on them, clips of what is animated.

Copy this file and rigjit_clip.py into a folder of MAYA_SCRIPT_PATH, such as ~/maya/scripts, then

>>> import rigjit_maya
>>> rigjit_maya.show()                                  # the window; rigjit_maya.shelf() a button
>>> text, left_out = rigjit_maya.spec()                 # of the selected controls
>>> report = rigjit_maya.apply_clip("walk.safetensors")

Plain Python from 3.7 on, the standard library and maya.cmds. Values go in and out in the units of
Maya's interface, whatever they are. Nothing is written where anything is wrong with a frame; what
is locked, connected or muted is left alone and reported. It was tested against a stand-in that
follows Autodesk's reference of the commands, and not run in Maya.

SPDX-License-Identifier: Apache-2.0
"""

import json
import math
import os
import re
import socket
import time
from contextlib import contextmanager

import rigjit_clip
from maya import cmds

__all__ = ["Link", "Player", "apply_clip", "apply_pose", "export_clip", "shelf", "show", "spec"]

# As rotateOrder numbers them.
ORDERS = ("xyz", "yzx", "zxy", "xzy", "yxz", "zyx")
ROTATIONS = ("rotateX", "rotateY", "rotateZ")
QUATERNIONS = ("quaternionW", "quaternionX", "quaternionY", "quaternionZ")
TRANSLATIONS = ("translateX", "translateY", "translateZ")
_PARENTS = {axis: axis[:-1] for axis in ROTATIONS + TRANSLATIONS + ("scaleX", "scaleY", "scaleZ")}
_WHOLE_TYPES = {"bool", "enum", "long", "short", "byte"}
_NUMBER_TYPES = _WHOLE_TYPES | {"double", "float", "doubleLinear", "doubleAngle", "floatLinear"}
# Frames a second of the time units that have names; others are "23.976fps".
_RATES = {
    "game": 15,
    "film": 24,
    "pal": 25,
    "ntsc": 30,
    "show": 48,
    "palf": 50,
    "ntscf": 60,
}
_RATIOS = {"23.976fps": (24000, 1001), "29.97fps": (30000, 1001), "59.94fps": (60000, 1001)}
_METRES = {
    "mm": 0.001,
    "cm": 0.01,
    "m": 1.0,
    "km": 1000.0,
    "in": 0.0254,
    "ft": 0.3048,
    "yd": 0.9144,
}


class Plan:
    """Which channel of a clip or stream goes to which plug.

    direct: [(plug, channel, factor, whether it only takes whole numbers)]; rotations: [(node,
    channels, their order or None for a quaternion, factors, the node's order, plugs)]; left_out:
    [(controller, attribute, reason)], one entry a channel.
    """

    def __init__(self, schema, namespace=None):
        self.schema = schema
        self.direct = []
        self.rotations = []
        self.left_out = []
        self._turning = []  # [(plugs of three angles, their order; or of one, None)], as they are
        self._sources = {}  # {plug: (controller, attribute)}
        self._linear = _length_factor(schema.length_unit)
        self._radians = cmds.currentUnit(query=True, angle=True) == "rad"
        controllers = {}
        for index, (controller, attribute) in enumerate(schema.channels):
            controllers.setdefault(controller, {})[attribute] = index
        for controller, attributes in controllers.items():
            self._fit(controller, attributes, namespace)
        if not self.direct and not self.rotations:
            controller, attribute, reason = self.left_out[0]
            raise ValueError(f"nothing of it fits this scene: {controller}.{attribute}: {reason}")
        place = {channel: index for index, channel in enumerate(schema.channels)}
        self.left_out.sort(key=lambda entry: place[entry[:2]])

    def _fit(self, controller, attributes, namespace):
        name = controller
        if namespace is not None:
            name = renamed(controller, self.schema.namespace, namespace)
        nodes = cmds.ls(name, long=True) or []
        if len(nodes) != 1:
            reason = "no node of this name" if not nodes else f"{len(nodes)} nodes of this name"
            self._leave(controller, attributes, reason)
            return
        turning = [a for a in attributes if a in ROTATIONS or a in QUATERNIONS]
        for attribute, index in attributes.items():
            if attribute not in turning:
                self._fit_plug(controller, nodes[0], attribute, index)
        if turning:
            self._fit_rotation(controller, nodes[0], attributes)

    def _fit_plug(self, controller, node, attribute, index, factor=None):
        reason = obstacle(node, attribute)
        if reason:
            self._leave(controller, [attribute], reason)
            return
        of_type = cmds.getAttr(f"{node}.{attribute}", type=True)
        if of_type not in _NUMBER_TYPES:
            self._leave(controller, [attribute], f"it is a {of_type}, not a number")
            return
        if factor is None:
            factor = self._linear if of_type in ("doubleLinear", "floatLinear") else 1.0
        plug = f"{node}.{attribute}"
        self._sources[plug] = controller, attribute
        self.direct.append((plug, index, factor, of_type in _WHOLE_TYPES))

    def _fit_rotation(self, controller, node, attributes):
        quaternion = [attributes.get(name) for name in QUATERNIONS]
        angles = [attributes.get(name) for name in ROTATIONS]
        is_whole = None not in quaternion
        if is_whole:
            self._leave(
                controller,
                [name for name in ROTATIONS if name in attributes],
                "its quaternion is applied instead",
            )
        else:
            self._leave(
                controller,
                [name for name in QUATERNIONS if name in attributes],
                "the quaternion is not whole",
            )
        given = [name for name in ROTATIONS if name in attributes]
        if not is_whole and not given:
            return
        order = (
            ORDERS[int(cmds.getAttr(node + ".rotateOrder"))] if _has(node, "rotateOrder") else "xyz"
        )
        source = self.schema.rotate_orders.get(controller)
        if not is_whole and (len(given) == 1 or source in (None, order)):
            for name in given:
                index = attributes[name]
                self._fit_plug(controller, node, name, index, self._angle(index))
            plugs = [f"{node}.{name}" for name in given if f"{node}.{name}" in self._sources]
            if len(plugs) == 3 and all(self._is_whole(attributes[name]) for name in given):
                self._turning.append((plugs, order))
            else:
                self._turning += [([plug], None) for plug in plugs]
            return
        self._convert(controller, node, quaternion if is_whole else angles, source, order)

    def _convert(self, controller, node, channels, source, order):
        names = QUATERNIONS if len(channels) == 4 else ROTATIONS
        reasons = [obstacle(node, name) for name in ROTATIONS]
        free = [None if why else f"{node}.{name}" for name, why in zip(ROTATIONS, reasons)]
        for name, index in zip(names, channels):
            why = next(filter(None, reasons), "") if name == "quaternionW" and not any(free) else ""
            if name != "quaternionW":
                why = reasons["XYZ".index(name[-1])]
            if index is not None and why:
                self._leave(controller, [name], why)
        if any(free):
            factors = [None if i is None else self._to_radians(i) for i in channels]
            for name, plug in zip(ROTATIONS, free):
                if plug is not None:
                    self._sources[plug] = controller, name
            order_of_clip = None if len(channels) == 4 else source
            self.rotations.append((node, channels, order_of_clip, factors, order, free))

    def _is_whole(self, index):
        return self.schema.kinds[index] == "rotation3d"

    def _to_radians(self, index):
        return math.pi / 180 if self.schema.angle_unit_of(index) == "degrees" else 1.0

    def _angle(self, index):
        """From the clip's unit to the interface's."""
        return self._to_radians(index) * (1.0 if self._radians else 180 / math.pi)

    def _leave(self, controller, attributes, reason):
        self.left_out += [(controller, attribute, reason) for attribute in attributes]

    def values(self, frame, near=None):
        """{plug: value in the interface's units}; near: those of the frame before."""
        bad = next((i for i, value in enumerate(frame) if not math.isfinite(value)), None)
        if bad is not None:
            raise ValueError("{}.{} is {}".format(*self.schema.channels[bad], frame[bad]))
        found = {
            plug: round(frame[index]) if whole else frame[index] * factor
            for plug, index, factor, whole in self.direct
        }
        to_ui = 1.0 if self._radians else 180 / math.pi
        for _, channels, source, factors, order, plugs in self.rotations:
            numbers = [
                0.0 if i is None else frame[i] * (1.0 if source is None else factor)
                for i, factor in zip(channels, factors)
            ]
            if source is not None:
                numbers = rigjit_clip.quaternion_from_euler(numbers, source)
            elif not any(numbers):
                controller = self.schema.channels[channels[0]][0]
                raise ValueError(f"{controller}: a quaternion of zeros is no rotation")
            before = None
            if near is not None and None not in plugs:
                before = [near[plug] / to_ui for plug in plugs]
            angles = rigjit_clip.euler_from_quaternion(numbers, order, before)
            for plug, angle in zip(plugs, angles):
                if plug is not None:
                    found[plug] = angle * to_ui
        return found

    def steady(self, values, near):
        """Angles of values() with the whole turns that are nearest to the frame before."""
        to_ui = 1.0 if self._radians else 180 / math.pi
        for plugs, order in self._turning:
            if any(plug not in values or plug not in near for plug in plugs):
                continue
            angles = [values[plug] / to_ui for plug in plugs]
            before = [near[plug] / to_ui for plug in plugs]
            if order is not None:
                angles = rigjit_clip.nearest_euler(angles, order, before)
            else:
                turn = 2 * math.pi
                angles = [angles[0] - turn * round((angles[0] - before[0]) / turn)]
            values.update((plug, angle * to_ui) for plug, angle in zip(plugs, angles))

    def refused(self, plug, error):
        """Maya would not have this plug written: leave it out from now on."""
        entry = (*self._sources[plug], str(error).strip())
        if entry not in self.left_out:
            self.left_out.append(entry)


def renamed(controller, old, new):
    """A controller's name in another namespace: every part of a path is in it, "" is none."""
    own = old + ":" if old else ""
    to = new + ":" if new else ""
    parts = [
        to + (part[len(own) :] if own and part.startswith(own) else part) if part else part
        for part in controller.split("|")
    ]
    return "|".join(parts)


def obstacle(node, attribute):
    """Why a plug is not written: it is missing, locked, connected or muted; "" where it can be."""
    if not _has(node, attribute):
        return "no attribute of this name"
    for name in (attribute, _PARENTS.get(attribute)):
        if name is None:
            continue
        plug = f"{node}.{name}"
        if cmds.getAttr(plug, lock=True):
            return "locked"
        for source in cmds.listConnections(plug, source=True, destination=False) or []:
            kind = cmds.nodeType(source)
            if kind == "mute":
                return "muted"
            if not kind.startswith("animCurve"):
                return f"connected to {source}"
    return ""


def _has(node, attribute):
    return bool(cmds.attributeQuery(attribute, node=node, exists=True))


@contextmanager
def one_change(name):
    """One step of undo, without keys that Maya sets by itself."""
    auto = cmds.autoKeyframe(query=True, state=True)
    cmds.undoInfo(openChunk=True, chunkName=name)
    try:
        if auto:
            cmds.autoKeyframe(state=False)
        yield
    finally:
        if auto:
            cmds.autoKeyframe(state=True)
        cmds.undoInfo(closeChunk=True)


def _clip(source):
    return source if hasattr(source, "channels") else rigjit_clip.open(source)


def apply_pose(clip, frame=0, namespace=None):
    """Set one frame of a clip, a path or a rigjit_clip.Clip; the Plan. One undo step."""
    clip = _clip(clip)
    player = Player(clip, namespace)
    with one_change("rigjit pose"):
        player.show(clip[frame])
    return player.plan


def apply_clip(clip, start=None, namespace=None, keep_speed=True):
    """Key a clip, a path or a rigjit_clip.Clip, in place of the keys in its range; the Plan.

    start: the first frame's time, else the clip's; namespace: of the character, else as the clip
    says; keep_speed: where the clip's frame rate is not the scene's keys lie between frames. Keys
    of floats are linear, others stepped. One undo step. ValueError, and nothing done, where a
    number is not finite or nothing fits.
    """
    clip = _clip(clip)
    plan = Plan(clip, namespace)
    first = clip.start_frame if start is None else start
    step = frames_a_second() / clip.fps if keep_speed else 1.0
    step = 1.0 if abs(step - 1) < 1e-6 else step
    rows, near = [], None
    for frame in clip:
        values = plan.values(frame, near)
        if near is not None:
            plan.steady(values, near)
        near = values
        rows.append(near)
    if not rows:
        raise ValueError("the clip has no frames yet")
    whole = {plug for plug, _, _, is_whole in plan.direct if is_whole}
    with one_change("rigjit clip"):
        for plug in rows[0]:
            try:
                _key(plug, [row[plug] for row in rows], first, step, plug in whole)
            except RuntimeError as error:
                plan.refused(plug, error)
    return plan


def _key(plug, values, first, step, is_whole):
    """Keys in place of those in their range; a value that stays gets one, two beside others."""
    last = first + step * (len(values) - 1)
    if cmds.keyframe(plug, query=True, keyframeCount=True):
        cmds.cutKey(plug, time=(first, last), clear=True)
    places = range(len(values))
    if all(value == values[0] for value in values):
        beside = cmds.keyframe(plug, query=True, keyframeCount=True) and len(values) > 1
        places = (0, len(values) - 1) if beside else (0,)
    for place in places:
        cmds.setKeyframe(
            plug,
            time=first + step * place,
            value=values[place],
            inTangentType="linear",
            outTangentType="step" if is_whole else "linear",
        )


class Player:
    """Shows frames of a clip or stream without keys; plan.left_out says what goes nowhere."""

    def __init__(self, schema, namespace=None):
        self.plan = Plan(schema, namespace)
        self._before = None

    def show(self, frame):
        """Set a frame; ValueError, and nothing set, where a number of it is none."""
        values = self.plan.values(frame, self._before)
        for plug, value in values.items():
            try:
                cmds.setAttr(plug, value)
            except RuntimeError as error:
                self.plan.refused(plug, error)
        self._before = values


class Link:
    """A character that follows a stream, whenever Maya is idle; the newest frame wins.

    start() connects; stop() ends it. status says what is going on, left_out what goes nowhere;
    shown, received: frames. Keys are not set and nothing goes onto the undo list.
    """

    def __init__(self, host="127.0.0.1", port=7001, namespace=None):
        self.address = (host, port)
        self.namespace = namespace
        self.status = "not connected"
        self.shown = self.received = 0
        self._socket = self._decoder = self._player = self._job = None
        self._retry_at = 0.0
        self._on = False
        self.tell = None  # a function of a text: is called where the status changes
        self._told = ""

    @property
    def left_out(self):
        return self._player.plan.left_out if self._player else []

    def start(self):
        self._on, self._retry_at = True, 0.0
        self.status = "connecting"
        if not cmds.about(batch=True):
            self._job = cmds.scriptJob(event=["idle", self.poll])

    def stop(self):
        self._on = False
        self.status = "not connected"
        self._close()
        self._end_job()

    def _end_job(self):
        if self._job is not None and cmds.scriptJob(exists=self._job):
            cmds.scriptJob(kill=self._job)
        self._job = None

    def poll(self):
        """Show the newest frame that has come; whether one was shown. Never waits."""
        if not self._on:
            return False
        try:
            frame = self._receive()
        except ValueError as error:
            self._on, frame = False, None
            self._close()
            self.status = str(error)
            if self._job is not None:
                cmds.evalDeferred(self._end_job)  # not from within it
        is_shown = frame is not None and self._try(frame)
        if self.tell is not None and self.status != self._told:
            self._told = self.status
            self.tell(self.status)
        return is_shown

    def _try(self, frame):
        """Show it; where the scene will not have it the next frame looks at the scene anew."""
        try:
            self._show(frame)
        except (ValueError, RuntimeError) as error:
            self._player, self.status = None, str(error)
            return False
        return True

    def _show(self, frame):
        if self._player is None:
            self._player = Player(self._schema, self.namespace)
        auto = cmds.autoKeyframe(query=True, state=True)
        cmds.undoInfo(stateWithoutFlush=False)
        try:
            if auto:
                cmds.autoKeyframe(state=False)
            self._player.show(frame)
        finally:
            if auto:
                cmds.autoKeyframe(state=True)
            cmds.undoInfo(stateWithoutFlush=True)
        self.shown += 1
        self.status = self._schema.rig or "a rig"

    def _receive(self):
        if self._socket is None and not self._connect():
            return None
        newest = None
        end = time.monotonic() + 0.02
        while time.monotonic() < end:
            try:
                data = self._socket.recv(1 << 18)
            except (BlockingIOError, InterruptedError):
                return newest
            except OSError as error:
                self._drop(error)
                return newest
            if not data:
                self._drop("the line was dropped")
                return newest
            before = self._decoder.count
            frame = self._decoder.feed(data)
            self.received += self._decoder.count - before
            newest = newest if frame is None else frame
            if self._decoder.schema is not None and self._decoder.schema is not self._schema:
                self._schema, self._player = self._decoder.schema, None
        return newest

    _schema = None

    def _connect(self):
        if time.monotonic() < self._retry_at:
            return False
        try:
            self._socket = socket.create_connection(self.address, timeout=0.05)
        except OSError as error:
            self._drop(error)
            return False
        self._socket.setblocking(False)
        self._decoder = rigjit_clip.Decoder()
        self.status = "connected, waiting for the rig"
        return True

    def _drop(self, why):
        self._close()
        self._retry_at = time.monotonic() + 1.0
        self.status = f"{why}; trying again"

    def _close(self):
        if self._socket is not None:
            self._socket.close()
        self._socket = self._decoder = None


def frames_a_second():
    """The scene's frame rate."""
    numerator, denominator = _rate()
    return numerator / denominator


def _rate():
    unit = cmds.currentUnit(query=True, time=True)
    if unit in _RATIOS:
        return _RATIOS[unit]
    if unit in _RATES:
        return _RATES[unit], 1
    found = re.match(r"([0-9.]+)fps$", unit)
    if found is None:
        raise ValueError(f"the scene's time unit, {unit}, is no frame rate")
    return round(float(found.group(1)) * 1000), 1000


def _length_factor(unit):
    """From a clip's unit of length to the interface's; 1 where the clip says none."""
    if unit not in _METRES:
        return 1.0
    return _METRES[unit] / _METRES[cmds.currentUnit(query=True, linear=True)]


# Specs.


def controls_of(controls=None):
    """Full names of the selected transforms, of those given, or of the members of a set."""
    if controls is None:
        found = cmds.ls(selection=True, long=True, type="transform") or []
    elif isinstance(controls, str):
        found = cmds.ls(cmds.sets(controls, query=True) or [], long=True, type="transform") or []
    else:
        found = cmds.ls(list(controls), long=True, type="transform") or []
    if not found:
        raise ValueError("no controls: select them, or name a set of them")
    return found


def short_name(node):
    """The shortest name that is this node's alone: long where two nodes share one."""
    short = node.rsplit("|", 1)[-1]
    return short if len(cmds.ls(short, long=True) or []) == 1 else node


def spec(controls=None, name=None, namespace=None):
    """(the spec as YAML, [(control, what, why)] of what it leaves out).

    controls: names, a set's name, or None for the selection. Of each its keyable attributes that
    are neither locked nor connected; limits and ranges become min, max, scale and center.
    namespace: of the character, where names are to be without it.
    """
    unit = cmds.currentUnit(query=True, linear=True)
    angle = "radians" if cmds.currentUnit(query=True, angle=True) == "rad" else "degrees"
    up = cmds.upAxis(query=True, axis=True)
    lines, left_out = [], []
    nodes = controls_of(controls)
    free = {node: _free(node, left_out) for node in nodes}
    order = _main_order(free)
    for node in nodes:
        written = _transformations(node, free[node], order, left_out)
        if written:
            lines += [f"  - name: {_text(plain_name(node, namespace))}", "    transformations:"]
            lines += ["      - " + line for line in written]
        else:
            left_out.append((node, "node", "nothing of it is keyable, unlocked and unconnected"))
    if not lines:
        raise ValueError("nothing of these controls can be moved")
    head = [
        "rigjit: 1",
        f"name: {_text(name or namespace or 'rig')}",
        f"metadata: {{source: Maya, unit: {unit}, up_axis: {up}}}",
        f"defaults: {{rotate_order: {order}, angle_unit: {angle}}}",
        "controllers:",
    ]
    return "\n".join(head + lines) + "\n", left_out


def plain_name(node, namespace=None):
    """A node's short name, or its path where that is another's too, without a namespace."""
    name = short_name(node)
    return name if namespace is None else renamed(name, namespace, "")


def _free(node, left_out):
    """Its attributes that go into a spec."""
    free = []
    for attribute in cmds.listAttr(node, keyable=True, scalar=True) or []:
        reason = obstacle(node, attribute)
        if not reason and cmds.getAttr(f"{node}.{attribute}", type=True) not in _NUMBER_TYPES:
            reason = "no number"
        if reason:
            left_out.append((node, attribute, reason))
        else:
            free.append(attribute)
    return free


def _order_of(node):
    return ORDERS[int(cmds.getAttr(node + ".rotateOrder"))]


def _main_order(free):
    """The `rotate_order` of the defaults: two angles of a node have no other, three may."""
    counts = {node: sum(name in ROTATIONS for name in names) for node, names in free.items()}
    for wanted in (2, 3):
        orders = [_order_of(node) for node, count in counts.items() if count == wanted]
        if orders:
            return max(ORDERS, key=orders.count)
    return "xyz"


def _transformations(node, free, order, left_out):
    lines = []
    for kind, names in (("translation", TRANSLATIONS), ("scale", ("scaleX", "scaleY", "scaleZ"))):
        axes = [attribute[-1].lower() for attribute in names if attribute in free]
        if axes and kind == "translation":
            lines.append(_axes_line(node, kind, axes))
        if kind == "translation":
            turns = [name for name in ROTATIONS if name in free]
            lines += _rotation(node, turns, order, left_out)
        elif axes:
            lines.append(_axes_line(node, kind, axes))
    known = set(_PARENTS)
    return [*lines, *(_attribute(node, name) for name in free if name not in known)]


def _limits(node, kind, axis):
    """(low or None, high or None) of transformLimits."""
    flag = {"translation": "translation", "rotation": "rotation", "scale": "scale"}[
        kind
    ] + axis.upper()
    enabled = cmds.transformLimits(
        node, query=True, **{"enable" + flag[0].upper() + flag[1:]: True}
    )
    values = cmds.transformLimits(node, query=True, **{flag: True})
    return tuple(value if on else None for value, on in zip(values, enabled))


def _limit_pairs(limits):
    pairs = []
    for key, side in (("min", 0), ("max", 1)):
        values = [limit[side] for limit in limits]
        if any(value is not None for value in values):
            pairs.append((key, _numbers(values)))
    return pairs


def _axes_line(node, kind, axes):
    limits = [_limits(node, kind, axis) for axis in axes]
    scales, centers = [], []
    for low, high in limits:
        has_range = low is not None and high is not None and high > low
        middle = 1.0 if kind == "scale" else (low + high) / 2 if has_range else 0.0
        reach = max(abs(low - middle), abs(high - middle)) if has_range else 1.0
        scales.append(reach or 1.0)
        centers.append(middle)
    pairs = [("axes", "".join(axes))]
    if any(scale != 1 for scale in scales):
        pairs.append(("scale", _numbers(scales)))
    if any(centers):
        pairs.append(("center", _numbers(centers)))
    return _flow(kind, pairs + _limit_pairs(limits))


def _rotation(node, free, main_order, left_out):
    order = _order_of(node)
    if len(free) == 2 and order != main_order:
        (locked,) = set(ROTATIONS) - set(free)
        left_out.append((node, locked, f"a rotation3d in {order} has all three axes"))
        free = ROTATIONS
    if len(free) == 3:
        limits = [_limits(node, "rotation", axis) for axis in "xyz"]
        pairs = [] if order == main_order else [("rotate_order", order)]
        return [_flow("rotation3d", pairs + _limit_pairs(limits))]
    return [
        _flow(
            "rotation1d",
            [("axis", name[-1].lower()), *_limit_pairs([_limits(node, "rotation", name[-1])])],
        )
        for name in free
    ]


def _attribute(node, name):
    of_type = cmds.getAttr(f"{node}.{name}", type=True)
    query = {"node": node}
    default = float((cmds.attributeQuery(name, listDefault=True, **query) or [0])[0])
    low = high = None
    if of_type != "bool" and of_type != "enum":
        if cmds.attributeQuery(name, minExists=True, **query):
            low = cmds.attributeQuery(name, minimum=True, **query)[0]
        if cmds.attributeQuery(name, maxExists=True, **query):
            high = cmds.attributeQuery(name, maximum=True, **query)[0]
    pairs = [("name", _text(name))]
    names = _enum_names(node, name) if of_type == "enum" else None
    if of_type == "bool":
        pairs.append(("type", "bool"))
    elif names:
        pairs += [("type", "enum"), ("names", "[" + ", ".join(map(_text, names)) + "]")]
        low, high = None, None
    elif of_type in _WHOLE_TYPES:
        pairs.append(("type", "int"))
    span = (0, len(names) - 1) if names else (low, high)
    if None not in span and of_type != "bool":
        reach = max(abs(span[0] - default), abs(span[1] - default))
        if reach not in (0, 1):
            pairs.append(("scale", _number(reach)))
    if default:
        pairs.append(("center", _number(default)))
    pairs += [
        (key, _number(value)) for key, value in (("min", low), ("max", high)) if value is not None
    ]
    return _flow("attribute", pairs)


def _enum_names(node, name):
    """Names where their numbers are 0, 1, 2, …; None where they are others."""
    items = (cmds.attributeQuery(name, node=node, listEnum=True) or [""])[0].split(":")
    plain = [item for item in items if item and "=" not in item]
    return plain if plain == items and len(set(plain)) == len(plain) else None


def _text(name):
    """A name as a YAML scalar."""
    misread = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"}
    plain = re.match(r"[A-Za-z][A-Za-z0-9_]*$", name) and name.lower() not in misread
    return name if plain else json.dumps(name, ensure_ascii=False)


def _number(value):
    text = f"{float(value):.7g}"
    if "e" in text:
        text = f"{float(text):.30f}".rstrip("0").rstrip(".")
    return text


def _numbers(values):
    written = ["none" if value is None else _number(value) for value in values]
    return written[0] if len(set(written)) == 1 else "[" + ", ".join(written) + "]"


def _flow(kind, pairs):
    return f"{kind}: {{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"


# Clips of what is animated.


def export_clip(path, controls=None, start=None, end=None, namespace=None):
    """Write what the controls do as a clip; how many frames there were.

    start, end: whole frames, else the playback range; namespace: as of spec(). What is connected is
    read as well as keys are: the values are those that Maya evaluates. Angles keep their turns.
    """
    first = int(cmds.playbackOptions(query=True, minTime=True)) if start is None else int(start)
    last = int(cmds.playbackOptions(query=True, maxTime=True)) if end is None else int(end)
    if last < first:
        raise ValueError(f"the last frame, {last}, is before the first, {first}")
    channels, plugs = _channels(controls_of(controls), namespace)
    frames = [
        [float(cmds.getAttr(plug, time=number)) for plug in plugs]
        for number in range(first, last + 1)
    ]
    radians = cmds.currentUnit(query=True, angle=True) == "rad"
    return rigjit_clip.write(
        path,
        channels,
        frames,
        fps=_rate(),
        start_frame=first,
        rig=os.path.splitext(os.path.basename(str(path)))[0],
        length_unit=cmds.currentUnit(query=True, linear=True),
        up_axis=cmds.upAxis(query=True, axis=True),
        angle_unit="radians" if radians else "degrees",
    )


def _channels(nodes, namespace):
    unit = "radians" if cmds.currentUnit(query=True, angle=True) == "rad" else "degrees"
    channels, plugs = [], []
    for node in nodes:
        order = _order_of(node)
        free = cmds.listAttr(node, keyable=True, scalar=True) or []
        turns = [name for name in free if name in ROTATIONS]
        for name in free:
            of_type = cmds.getAttr(f"{node}.{name}", type=True)
            if of_type not in _NUMBER_TYPES:
                continue
            kind, names, whole = "attribute", (), None
            if name in ROTATIONS:
                kind = "rotation3d" if len(turns) == 3 else "rotation1d"
            elif name in _PARENTS:
                kind = "translation" if name in TRANSLATIONS else "scale"
            elif of_type == "enum":
                names = tuple(_enum_names(node, name) or ())
                whole = "enum" if names else "int"
            elif of_type in _WHOLE_TYPES:
                whole = "bool" if of_type == "bool" else "int"
            is_angle = name in ROTATIONS
            row = (plain_name(node, namespace), name, kind, order if is_angle else None)
            channels.append((*row, unit if is_angle else None, whole, names))
            plugs.append(f"{node}.{name}")
    return channels, plugs


# What artists see.

_link = None


def show():
    """The window."""
    name = "rigjitWindow"
    if cmds.window(name, exists=True):
        cmds.deleteUI(name)
    cmds.window(name, title="rigjit", widthHeight=(340, 320))
    cmds.columnLayout(adjustableColumn=True, rowSpacing=4)
    for label, call in (
        ("Export spec of the selection…", _ask_spec),
        ("Apply clip…", _ask_clip),
        ("Apply the clip's first pose…", _ask_pose),
        ("Export clip of the selection…", _ask_export),
    ):
        cmds.button(label=label, command=call)
    cmds.textFieldGrp("rigjitNamespace", label="Namespace", text="")
    cmds.separator()
    cmds.textFieldGrp("rigjitAddress", label="Live", text="127.0.0.1:7001")
    cmds.button(label="Connect", command=_connect)
    cmds.button(label="Disconnect", command=_disconnect)
    cmds.scrollField("rigjitReport", editable=False, height=120, text="")
    cmds.showWindow(name)
    return name


def shelf(parent=None):
    """A button on the shelf that is open, or on `parent`."""
    if parent is None:
        parent = cmds.tabLayout("ShelfLayout", query=True, selectTab=True)
    return cmds.shelfButton(
        parent=parent,
        label="rigjit",
        annotation="rigjit: specs, clips and live streams",
        image="commandButton.png",
        imageOverlayLabel="rigjit",
        command="import rigjit_maya; rigjit_maya.show()",
        sourceType="python",
    )


def _report(title, lines):
    text = "\n".join([title, *(f"{name}.{what}: {why}" for name, what, why in lines)])
    if cmds.scrollField("rigjitReport", exists=True):
        cmds.scrollField("rigjitReport", edit=True, text=text)


def _namespace():
    """What the window says, None for an empty field: names as they are in the file."""
    return cmds.textFieldGrp("rigjitNamespace", query=True, text=True).strip().strip(":") or None


def _file(mode, kinds):
    found = cmds.fileDialog2(fileMode=mode, fileFilter=kinds)
    return found[0] if found else None


def _told(action):
    """Run what a button does; what is wrong is a line in the report."""
    try:
        action()
    except (ValueError, OSError, RuntimeError) as error:
        _report(str(error), [])


def _ask_spec(*_):
    def action():
        text, left_out = spec(namespace=_namespace())
        path = _file(0, "Specs (*.yaml)")
        if path:
            with open(path, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            _report(path, left_out)

    _told(action)


def _ask_clip(*_):
    def action():
        path = _file(1, "Clips (*.safetensors *.clip)")
        if path:
            _report("keyed " + path, apply_clip(path, namespace=_namespace()).left_out)

    _told(action)


def _ask_pose(*_):
    def action():
        path = _file(1, "Clips (*.safetensors *.clip)")
        if path:
            _report("posed by " + path, apply_pose(path, namespace=_namespace()).left_out)

    _told(action)


def _ask_export(*_):
    def action():
        path = _file(0, "Clips (*.safetensors)")
        if path:
            count = export_clip(path, namespace=_namespace())
            _report(f"{count} frames: {path}", [])

    _told(action)


def _connect(*_):
    def action():
        global _link
        _disconnect()
        host, _, port = cmds.textFieldGrp("rigjitAddress", query=True, text=True).rpartition(":")
        if not port.isdigit():
            raise ValueError("write host:port, such as 127.0.0.1:7001")
        _link = Link(host or "127.0.0.1", int(port), _namespace())
        _link.tell = lambda status: _report(status, _link.left_out)
        _link.start()
        _report(_link.status, [])

    _told(action)


def _disconnect(*_):
    if _link is not None:
        _link.stop()
