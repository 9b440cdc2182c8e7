"""What the inverse is measured against: the same maths in Python, generated flat, and in numpy.

Both read a rig's own description (inputs and channels) and the coefficients from the YAML of
medium_rig.py; rotations are xyz in degrees, rot6d columns.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import yaml

Pose = dict[str, dict[str, float]]


@dataclass
class Inverse:
    """A medium rig's operations, as indices into its channels and its vector."""

    channels: list[tuple[str, str]] = field(default_factory=list)
    size: int = 0  # of the vector
    affine: list[tuple[int, int, float, float]] = field(default_factory=list)
    angles: list[tuple[int, int]] = field(default_factory=list)
    rotations: list[tuple[int, int]] = field(default_factory=list)  # of the first channel and input


def read(text: str) -> Inverse:
    inverse = Inverse()
    for controller in yaml.safe_load(text)["controllers"]:
        for transformation in controller["transformations"]:
            ((kind, options),) = transformation.items()
            add(inverse, controller["name"], kind, options)
    return inverse


def add(inverse: Inverse, controller: str, kind: str, options: dict) -> None:
    channel = len(inverse.channels)
    if kind == "rotation3d":
        inverse.rotations.append((channel, inverse.size))
        inverse.channels += [(controller, f"rotate{axis}") for axis in "XYZ"]
        inverse.size += 6
    elif kind == "rotation1d":
        inverse.angles.append((channel, inverse.size))
        inverse.channels.append((controller, f"rotate{options['axis'].upper()}"))
        inverse.size += 2
    else:
        prefix = "translate" if kind == "translation" else "scale"
        axes = options["axes"]
        scales = np.broadcast_to(options.get("scale", 1), len(axes)).tolist()
        centers = np.broadcast_to(options.get("center", 0), len(axes)).tolist()
        for axis, scale, center in zip(axes, scales, centers, strict=True):
            inverse.affine.append((len(inverse.channels), inverse.size, scale, center))
            inverse.channels.append((controller, prefix + axis.upper()))
            inverse.size += 1


def flat_python(inverse: Inverse) -> Callable[[Pose], list[float]]:
    """One line a value, as a generator for one rig would write it; returns a list of floats."""
    names = [f"p[{controller!r}][{attribute!r}]" for controller, attribute in inverse.channels]
    lines = ["def to_vec(p, sin=math.sin, cos=math.cos):", f"  v = [0.0] * {inverse.size}"]
    for channel, place, scale, center in inverse.affine:
        lines.append(f"  v[{place}] = ({names[channel]} - {center!r}) * {1 / scale!r}")
    to_radians = repr(math.pi / 180)
    for channel, place in inverse.angles:
        lines.append(f"  a = {names[channel]} * {to_radians}")
        lines.append(f"  v[{place}] = sin(a); v[{place + 1}] = cos(a)")
    for channel, place in inverse.rotations:
        for axis, name in zip("abc", names[channel : channel + 3], strict=True):
            lines.append(f"  {axis} = {name} * {to_radians}")
        lines.append(
            "  sa = sin(a); ca = cos(a); sb = sin(b); cb = cos(b); sc = sin(c); cc = cos(c)"
        )
        lines.append(f"  v[{place}] = cc * cb; v[{place + 1}] = sc * cb; v[{place + 2}] = -sb")
        lines.append(f"  v[{place + 3}] = cc * sb * sa - sc * ca")
        lines.append(f"  v[{place + 4}] = sc * sb * sa + cc * ca; v[{place + 5}] = cb * sa")
    lines.append("  return v")
    scope: dict = {"math": math}
    exec("\n".join(lines), scope)
    return scope["to_vec"]


def vectorised(inverse: Inverse) -> Callable[[Pose], np.ndarray]:
    """The pose's values in one array, in the order of the rig, then numpy on all of a kind."""
    channel, place, scale, center = (
        np.array(column) for column in zip(*inverse.affine, strict=True)
    )
    factor = (1 / scale).astype(np.float32)
    center = center.astype(np.float32)
    angle_channels, angle_places = np.array(inverse.angles).T
    rotation_channels, rotation_places = np.array(inverse.rotations).T
    euler_channels = rotation_channels[:, None] + np.arange(3)
    six_places = rotation_places[:, None] + np.arange(6)
    to_radians = np.float32(np.pi / 180)

    def to_vec(pose: Pose) -> np.ndarray:
        flat = [value for attributes in pose.values() for value in attributes.values()]
        values = np.array(flat, np.float32)
        vec = np.empty(inverse.size, np.float32)
        vec[place] = (values[channel] - center) * factor
        angle = values[angle_channels] * to_radians
        vec[angle_places] = np.sin(angle)
        vec[angle_places + 1] = np.cos(angle)
        euler = values[euler_channels] * to_radians
        (sa, sb, sc), (ca, cb, cc) = np.sin(euler).T, np.cos(euler).T
        columns = [cc * cb, sc * cb, -sb, cc * sb * sa - sc * ca, sc * sb * sa + cc * ca, cb * sa]
        vec[six_places] = np.stack(columns, axis=1)
        return vec

    return to_vec
