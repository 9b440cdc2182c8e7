"""A rig's values as Rust expressions, and the functions that they are spread over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import AnyStr

import numpy as np

from peers.rig_spec import (
    Attribute,
    Axes,
    Constant,
    Controller,
    Rig,
    Rotation1d,
    Rotation3d,
    Transformation,
    input_count,
)

# rustc's time grows faster than a function's length.
CONTROLLERS_A_FUNCTION = 16


@dataclass(frozen=True)
class Value:
    """`code` is a Rust expression of type f32, or None where the value is `constant`."""

    attribute: str
    code: str | None
    constant: float = 0.0

    @property
    def expression(self) -> str:
        return literal(self.constant) if self.code is None else self.code


@dataclass(frozen=True)
class Body:
    """One controller: statements, then values that use what they define."""

    name: str
    statements: list[str]
    values: list[Value]


# Makes Rust from the controllers.
Emitter = Callable[[list[Body]], str]


def literal(value: float) -> str:
    return f"{np.float32(value)!s}f32"


def text_literal(text: str) -> str:
    """A Rust string literal in ASCII: some characters may not stand in one."""
    plain = {'"': '\\"', "\\": "\\\\"}
    return (
        '"'
        + "".join(plain.get(c, c) if " " <= c <= "~" else f"\\u{{{ord(c):x}}}" for c in text)
        + '"'
    )


def byte_literal(data: bytes) -> str:
    plain = {ord('"'): '\\"', ord("\\"): "\\\\"}
    return (
        'b"'
        + "".join(plain.get(b, chr(b)) if 0x20 <= b <= 0x7E else f"\\x{b:02x}" for b in data)
        + '"'
    )


def affine(place: int, scale: float, center: float) -> str:
    return f"vec[{place}].mul_add({literal(scale)}, {literal(center)})"


def rotation_statement(rotation: Rotation3d, place: int) -> str:
    six = [f"vec[{place + element}]" for element in rotation.places]
    make = "rows" if rotation.layout == "rows" else "columns"
    matrix = f"&{make}([{', '.join(six[:3])}], [{', '.join(six[3:])}])"
    if rotation.quaternion:
        code = f"quaternion({matrix})"
    else:
        code = f"euler({matrix}, {list(rotation.axes)})"
        code = f"degrees({code})" if rotation.degrees else code
    return f"let r{place} = {code};"


def values_of(transformation: Transformation, place: int) -> Iterator[Value]:
    match transformation:
        case Axes(names, scales, centers):
            for i, name in enumerate(names):
                yield Value(name, affine(place + i, scales[i], centers[i]))
        case Attribute(name, scale, center, low, high):
            code = affine(place, scale, center)
            code += "" if low is None else f".max({literal(low)})"
            code += "" if high is None else f".min({literal(high)})"
            yield Value(name, code)
        case Rotation1d(name, cos_first, degrees):
            sine, cosine = (place + 1, place) if cos_first else (place, place + 1)
            code = f"vec[{sine}].atan2(vec[{cosine}])"
            yield Value(name, f"{code}.to_degrees()" if degrees else code)
        case Rotation3d(names):
            for i, name in enumerate(names):
                yield Value(name, f"r{place}[{i}]")
        case Constant(name, value):
            yield Value(name, None, value)


def body(controller: Controller, place: int) -> Body:
    statements = []
    values: list[Value] = []
    for transformation in controller.transformations:
        if isinstance(transformation, Rotation3d):
            statements.append(rotation_statement(transformation, place))
        values += values_of(transformation, place)
        place += input_count(transformation)
    return Body(controller.name, statements, values)


def bodies(rig: Rig) -> list[Body]:
    result = []
    place = 0
    for controller in rig.controllers:
        result.append(body(controller, place))
        place += sum(input_count(one) for one in controller.transformations)
    return result


def pieces(
    name: str, parameters: str, arguments: str, parts: list[list[str]], result: str = ""
) -> tuple[str, str]:
    """Functions that hold `parts`, a few each, and the statements that call them one by one."""
    functions = []
    calls = []
    returned, ending, mark = (f" -> {result}", "Ok(())", "?") if result else ("", "", "")
    for start in range(0, len(parts), CONTROLLERS_A_FUNCTION):
        index = start // CONTROLLERS_A_FUNCTION
        lines = [line for part in parts[start : start + CONTROLLERS_A_FUNCTION] for line in part]
        functions.append(
            f"#[inline(never)]\nfn {name}_{index}(vec: &[f32; SIZE], {parameters}){returned} {{\n"
            + "".join(f"    {line}\n" for line in lines)
            + f"    {ending}\n}}\n"
        )
        calls.append(f"{name}_{index}(vec, {arguments}){mark};")
    return "\n".join(functions), "\n        ".join(calls)


def joined(items: Iterable[AnyStr | Value]) -> list[AnyStr | Value]:
    """The same with neighbouring constants made one."""
    result: list[AnyStr | Value] = []
    for is_value, group in groupby(items, key=lambda item: isinstance(item, Value)):
        if is_value:
            result += group
        else:
            constants = [item for item in group if not isinstance(item, Value)]
            result.append(constants[0][:0].join(constants))
    return result
