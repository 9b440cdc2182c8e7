"""A spec of an armature's controls, as a person would write it."""

import math
from collections import Counter

import bpy

from . import mirror, norms
from .facts import AXES, main_order
from .problems import SceneError
from .properties import ORDERS
from .takes import controls_of
from .yaml_text import comment, flow, number, numbers, text

SWITCHES = ("ATTRIBUTE", "CONSTANT", "LEAVE")


def spec(armature, bones=None, which="CONTROLS", source="LIMITS", switches="ATTRIBUTE"):
    """(the spec as YAML, [(bone, what, why)] of what it leaves out).

    bones: names, or None for those that `which` says: controls.CHOICES. source: of scale and
    center, "LIMITS", the "ACTION" of the armature, or all "ACTIONS" that move it. switches:
    properties that choose how a rig works, IK_FK and the like, are attributes that a network gives,
    constants with their value now, or left out. SceneError where nothing can move.
    """
    text, left_out, _ = report(armature, bones, which, source, switches)
    return text, left_out


def report(armature, bones=None, which="CONTROLS", source="LIMITS", switches="ATTRIBUTE"):
    """What spec() gives, and [(bone, its transformations in words)] of what is in it."""
    controls, left_out = controls_of(armature, which, bones)
    if not controls:
        raise SceneError(f"{armature.name!r} has no control that moves: choose other bones")
    found = norms.ranges(armature, controls, source)
    order = main_order(controls)
    lines, kept = _head(armature, controls, order, left_out), []
    for control in controls:
        written = _transformations(armature, control, found, order, switches, left_out)
        if written:
            lines.append(f"  - name: {text(control.name)}  # {comment(control.about)}")
            lines += ["    transformations:", *("      - " + line for line in written)]
            kept.append((control.name, _in_words(written)))
        else:
            left_out.append((control.name, "bone", "its switches are all that it has"))
    return "\n".join(lines) + "\n", left_out, kept


def _in_words(written):
    kinds = Counter(line.split(":", 1)[0] for line in written)
    return ", ".join(kind if count == 1 else f"{count} {kind}s" for kind, count in kinds.items())


def _head(armature, controls, order, left_out):
    version = ".".join(map(str, bpy.app.version[:2]))
    lines = [
        f"# {len(controls)} controls of {comment(armature.name)}, from Blender {version}.",
        "rigjit: 1",
        f"name: {text(armature.name)}",
        "metadata: {source: Blender "
        + version
        + ", unit: m, up_axis: z, space: local to the bone}",
        f"defaults: {{rotate_order: {order}, angle_unit: degrees}}",
    ]
    pairs = mirror.pairs_of([control.name for control in controls])
    if pairs:
        (left, right) = pairs[0]
        signs = "translation: [-1, 1, 1], rotation: [1, -1, -1]"
        alone = mirror.unlike(controls, pairs)
        if alone:
            lines += ["mirror:", f"  pairs: [[{text(left)}, {text(right)}]]"]
            lines += ["  " + sign for sign in signs.replace("], ", "]\n").split("\n")]
            lines.append("  controllers:  # unlike what is named as their other side")
            lines += [f"    {text(name)}: {{partner: {text(name)}}}" for name in alone]
            left_out += [(name, "mirror", "unlike its other side") for name in alone]
        else:
            lines.append(f"mirror: {{pairs: [[{text(left)}, {text(right)}]], {signs}}}")
    return [*lines, "controllers:"]


def _transformations(armature, control, found, order, switches, left_out):
    lines = []
    if control.location:
        lines.append(_linear(control, "translation", "location", control.location, found))
    lines += _rotation(control, order)
    if control.scale:
        lines.append(_linear(control, "scale", "scale", control.scale, found))
    for prop in control.properties:
        if prop.is_switch and switches == "LEAVE":
            left_out.append((control.name, prop.name, "a switch of how the rig works"))
        elif prop.is_switch and switches == "CONSTANT":
            now = armature.pose.bones[control.name][prop.name]
            pairs = [("name", text(prop.name)), ("value", number(now))]
            lines.append(flow("constant", pairs))
            left_out.append((control.name, prop.name, "a switch, as a constant"))
        else:
            lines.append(_attribute(control, prop, found))
    return lines


def _linear(control, kind, prop, axes, found):
    scales, centers = norms.linear(control, prop, axes, found)
    pairs = [("axes", axes)]
    if any(scale != 1 for scale in scales):
        pairs.append(("scale", numbers(scales)))
    if any(centers):
        pairs.append(("center", numbers(centers)))
    return flow(kind, pairs + _limits(control, prop, axes, 1.0))


def _limits(control, kind, axes, factor):
    spans = [control.limits.get(kind, {}).get(axis, (None, None)) for axis in axes]
    pairs = []
    for key, side in (("min", 0), ("max", 1)):
        values = [None if span[side] is None else span[side] * factor for span in spans]
        if any(value is not None for value in values):
            pairs.append((key, numbers(values)))
    return pairs


def _rotation(control, order):
    in_degrees = 180 / math.pi
    if control.rotation == "quaternion":
        return [flow("rotation3d", [("output", "quaternion")])]
    if control.rotation == "euler":
        own = control.mode.lower()
        pairs = [] if own == order else [("rotate_order", own)]
        return [flow("rotation3d", pairs + _limits(control, "rotation", AXES, in_degrees))]
    if not control.rotation:
        return []
    lines = []
    for axis in control.axes:
        pairs = [("axis", axis)]
        if control.mode in ORDERS:
            pairs += _limits(control, "rotation", axis, in_degrees)
        lines.append(flow("rotation1d", pairs))
    return lines


def _attribute(control, prop, found):
    scale, center = norms.attribute(control, prop, found)
    pairs = [("name", text(prop.name))]
    if prop.kind != "float":
        pairs.append(("type", prop.kind))
    if prop.kind == "enum":
        pairs.append(("names", "[" + ", ".join(text(name) for name in prop.names) + "]"))
    if scale != 1:
        pairs.append(("scale", number(scale)))
    if center != 0:
        pairs.append(("center", number(center)))
    if prop.kind in ("float", "int"):
        pairs += [
            (key, number(value))
            for key, value in (("min", prop.low), ("max", prop.high))
            if value is not None
        ]
    return flow("attribute", pairs)
