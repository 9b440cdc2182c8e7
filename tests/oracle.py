"""What a spec means, in float64: the oracle of the Python tests.

Written from configs/README.md alone, sharing nothing with the C++: PyYAML reads the spec and scipy
turns matrices into angles. Specs are taken to be correct; only what is correct has a meaning here.

    spec = oracle.read(text)
    pose = oracle.pose(spec, vec)          # {controller: {attribute: float}}
    values = oracle.evaluate(spec, vecs)   # (frames, channels) float64
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import yaml
from scipy.spatial.transform import Rotation

# Every scalar stays the text that was written: names such as `no` or 1_000 are text in rigjit too.
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

# Places of a1x a1y a1z a2x a2y a2z among a rotation's six inputs.
SIDE_BY_SIDE = (0, 1, 2, 3, 4, 5)
INTERLEAVED = (0, 2, 4, 1, 3, 5)


@dataclass(frozen=True)
class Affine:
    controller: str
    attributes: tuple[str]
    input: int
    scale: np.float32
    center: np.float32
    low: np.float32
    high: np.float32
    kind: str = "float"
    rule: str = "clamp"
    names: tuple[str, ...] = ()

    def values(self, vecs: np.ndarray) -> np.ndarray:
        return self.clamped(fma32(vecs[:, self.input], self.scale, self.center))

    def values_without_fma(self, vecs: np.ndarray) -> np.ndarray:
        """Product and sum in float64, then float32: what targets without an FMA compute."""
        exact = vecs[:, self.input].astype(np.float64) * np.float64(self.scale)
        return self.clamped((exact + np.float64(self.center)).astype(np.float32))

    def clamped(self, value: np.ndarray) -> np.ndarray:
        """Of the type, then within the limits; beyond those that are errors it stays as it is."""
        if self.kind == "bool":
            value = (value >= 0.5).astype(np.float32)
        elif self.kind != "float":
            value = np.round(value) + np.float32(0)  # half to even, no -0
        if self.rule == "error":
            return value[:, None].astype(np.float64)
        value = np.where(value < self.low, self.low, value)
        return np.where(value > self.high, self.high, value)[:, None].astype(np.float64)


@dataclass(frozen=True)
class OneHot:
    controller: str
    attributes: tuple[str]
    input: int
    names: tuple[str, ...]
    kind: str = "enum"

    def values(self, vecs: np.ndarray) -> np.ndarray:
        inputs = vecs[:, self.input : self.input + len(self.names)]
        return inputs.argmax(axis=1)[:, None].astype(np.float64)


@dataclass(frozen=True)
class Constant:
    controller: str
    attributes: tuple[str]
    value: np.float32

    def values(self, vecs: np.ndarray) -> np.ndarray:
        return np.full((len(vecs), 1), self.value, np.float64)


@dataclass(frozen=True)
class Limits:
    """Of an operation's channels."""

    low: np.ndarray
    high: np.ndarray
    rule: str

    @property
    def clamps(self) -> bool:
        return self.rule == "clamp" and bool(np.isfinite([self.low, self.high]).any())

    def clamped(self, values: np.ndarray) -> np.ndarray:
        return np.clip(values, self.low, self.high) if self.rule == "clamp" else values


@dataclass(frozen=True)
class Angle:
    controller: str
    attributes: tuple[str]
    input: int
    order: str
    radians: bool
    limits: Limits

    def values(self, vecs: np.ndarray) -> np.ndarray:
        first, second = vecs[:, self.input : self.input + 2].astype(np.float64).T
        sin, cos = (first, second) if self.order == "sin_cos" else (second, first)
        angle = np.arctan2(sin, cos)[:, None]
        return self.limits.clamped(angle if self.radians else np.degrees(angle))


@dataclass(frozen=True)
class RotationXyz:
    controller: str
    attributes: tuple[str, ...]
    input: int
    rotate_order: str
    layout: str
    radians: bool
    limits: Limits

    @property
    def quaternion(self) -> bool:
        return len(self.attributes) == 4

    def matrices(self, vecs: np.ndarray) -> np.ndarray:
        """(frames, 3, 3), acting on column vectors: Gram-Schmidt of the two columns or rows."""
        places = INTERLEAVED if self.layout == "interleaved" else SIDE_BY_SIDE
        six = vecs[:, [self.input + place for place in places]].astype(np.float64)
        first = unit(six[:, :3])
        second = six[:, 3:] - np.sum(first * six[:, 3:], axis=1, keepdims=True) * first
        # Once more: what the first projection left behind is large where the two are near parallel.
        second = unit(second - np.sum(first * second, axis=1, keepdims=True) * first)
        basis = np.stack([first, second, np.cross(first, second)], axis=1)  # as rows
        return basis if self.layout == "rows" else basis.transpose(0, 2, 1)

    def values(self, vecs: np.ndarray) -> np.ndarray:
        rotations = Rotation.from_matrix(self.matrices(vecs))
        if self.quaternion:
            xyzw = rotations.as_quat()
            wxyz = xyzw[:, [3, 0, 1, 2]]
            return np.where(wxyz[:, :1] < 0, -wxyz, wxyz)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Gimbal lock detected")
            angles = rotations.as_euler(self.rotate_order, degrees=not self.radians)
        return self.limits.clamped(angles[:, [self.rotate_order.index(axis) for axis in "xyz"]])

    def matrices_of_output(self, values: np.ndarray) -> np.ndarray:
        """The matrices of this rotation's written values (frames, 3 or 4)."""
        values = np.asarray(values, np.float64)
        if self.quaternion:
            return Rotation.from_quat(values[:, [1, 2, 3, 0]]).as_matrix()
        applied = values[:, ["xyz".index(axis) for axis in self.rotate_order]]
        return Rotation.from_euler(self.rotate_order, applied, degrees=not self.radians).as_matrix()


Operation = Affine | OneHot | Constant | Angle | RotationXyz


@dataclass(frozen=True)
class Spec:
    name: str
    inputs: list[tuple[str, str, str]]  # (controller, transformation, component)
    channels: list[tuple[str, str]]  # (controller, attribute)
    operations: list[Operation]

    @property
    def kinds(self) -> list[str]:
        """One a channel."""
        return [getattr(op, "kind", "float") for op in self.operations for _ in op.attributes]


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def fma32(v: np.ndarray, scale: np.float32, center: np.float32) -> np.ndarray:
    """v * scale + center with one rounding to float32.

    The product of two float32 is exact in float64. The sum is rounded to odd, which makes the
    second rounding harmless (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums
    using proven algorithms and rounding to odd", 2008).
    """
    product = v.astype(np.float64) * np.float64(scale)
    addend = np.float64(center)
    total = np.atleast_1d(product + addend)
    shadow = total - product
    error = (product - (total - shadow)) + (addend - shadow)
    even = total.view(np.int64) & 1 == 0
    toward = np.where(error > 0, np.inf, -np.inf)
    odd = np.where((error != 0) & even, np.nextafter(total, toward), total)
    with np.errstate(over="ignore", under="ignore"):
        return odd.astype(np.float32)


def per_axis(
    value: str | list[str] | None, count: int, default: str, words: dict[str, str] | None = None
) -> list[np.float32]:
    texts = value if isinstance(value, list) else [default if value is None else value] * count
    return [float32((words or {}).get(text, text)) for text in texts]


def limits_of(options: dict, count: int) -> Limits:
    infinite = {"min": "-inf", "max": "inf"}
    limits = []
    for key, none in infinite.items():
        texts = per_axis(options.get(key), count, none, {"none": none})
        limits.append(np.array(texts, np.float32))
    return Limits(*limits, options.get("limit", "clamp"))


def float32(text: str) -> np.float32:
    return np.float32(text)


class Reader:
    """Goes through a spec in its order and numbers its inputs."""

    def __init__(self, document: dict) -> None:
        self.defaults = document.get("defaults", {})
        self.inputs: list[tuple[str, str, str]] = []
        self.operations: list[Operation] = []
        for controller in document["controllers"]:
            for transformation in controller["transformations"]:
                ((kind, options),) = transformation.items()
                getattr(self, kind)(controller["name"], options)

    def option(self, options: dict, key: str, default: str) -> str:
        return options.get(key, self.defaults.get(key, default))

    def take(self, controller: str, kind: str, components: list[str]) -> int:
        first = len(self.inputs)
        self.inputs += [(controller, kind, component) for component in components]
        return first

    def axes(self, controller: str, kind: str, prefix: str, options: dict) -> None:
        axes = options.get("axes", "xyz")
        scales = per_axis(options.get("scale"), len(axes), "1")
        centers = per_axis(options.get("center"), len(axes), "0")
        limits = limits_of(options, len(axes))
        for i, axis in enumerate(axes):
            place = self.take(controller, kind, [axis])
            name = (prefix + axis.upper(),)
            numbers = (scales[i], centers[i], limits.low[i], limits.high[i])
            self.operations.append(Affine(controller, name, place, *numbers, "float", limits.rule))

    def translation(self, controller: str, options: dict) -> None:
        self.axes(controller, "translation", "translate", options)

    def scale(self, controller: str, options: dict) -> None:
        self.axes(controller, "scale", "scale", options)

    def attribute(self, controller: str, options: dict) -> None:
        name = options["name"]
        kind = options.get("type", "float")
        names = tuple(options.get("names", ()))
        if options.get("encoding") == "one_hot":
            place = self.take(controller, "attribute", [f"{name}.{value}" for value in names])
            self.operations.append(OneHot(controller, (name,), place, names))
            return
        place = self.take(controller, "attribute", [name])
        limits = limits_of(options, 1)
        low, high = limits.low[0], limits.high[0]
        if kind == "int":
            low, high = max(low, np.float32(-(2**24))), min(high, np.float32(2**24))
        if kind == "enum":
            low, high = np.float32(0), np.float32(len(names) - 1)
        coefficients = (float32(options.get("scale", "1")), float32(options.get("center", "0")))
        self.operations.append(
            Affine(controller, (name,), place, *coefficients, low, high, kind, limits.rule, names)
        )

    def constant(self, controller: str, options: dict) -> None:
        value = float32(options["value"])
        self.operations.append(Constant(controller, (options["name"],), value))

    def rotation1d(self, controller: str, options: dict) -> None:
        order = options.get("order", "sin_cos")
        place = self.take(controller, "rotation1d", order.split("_"))
        radians = self.option(options, "angle_unit", "degrees") == "radians"
        name = ("rotate" + options["axis"].upper(),)
        limits = limits_of(options, 1)
        self.operations.append(Angle(controller, name, place, order, radians, limits))

    def rotation3d(self, controller: str, options: dict) -> None:
        layout = self.option(options, "rot6d", "columns")
        components = ["a1x", "a1y", "a1z", "a2x", "a2y", "a2z"]
        if layout == "interleaved":
            components = ["a1x", "a2x", "a1y", "a2y", "a1z", "a2z"]
        place = self.take(controller, "rotation3d", components)
        order = self.option(options, "rotate_order", "xyz")
        radians = self.option(options, "angle_unit", "degrees") == "radians"
        names = tuple("rotate" + axis for axis in "XYZ")
        if options.get("output") == "quaternion":
            names = tuple("quaternion" + part for part in "WXYZ")
        limits = limits_of(options, 3)
        self.operations.append(
            RotationXyz(controller, names, place, order, layout, radians, limits)
        )


def read(text: str) -> Spec:
    return interpret(yaml.load(text, LOADER))


def interpret(document: dict) -> Spec:
    """From what YAML reads; scalars are text."""
    reader = Reader(document)
    channels = [(op.controller, name) for op in reader.operations for name in op.attributes]
    return Spec(document.get("name", ""), reader.inputs, channels, reader.operations)


def evaluate(spec: Spec, vecs: np.ndarray) -> np.ndarray:
    """(frames, inputs) float32 to (frames, channels) float64."""
    vecs = np.asarray(vecs, np.float32)
    return np.concatenate([op.values(vecs) for op in spec.operations], axis=1)


def pose(spec: Spec, vec: np.ndarray) -> dict[str, dict[str, float]]:
    """{controller: {attribute: value}}, in the order of the spec."""
    result: dict[str, dict[str, float]] = {}
    values = evaluate(spec, np.asarray(vec)[None])[0]
    for (controller, attribute), value in zip(spec.channels, values, strict=True):
        result.setdefault(controller, {})[attribute] = float(value)
    return result
