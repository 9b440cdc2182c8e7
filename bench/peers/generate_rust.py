#!/usr/bin/env python3
"""Writes the Rust of one rig: every constant inline, every loop unrolled, a function an output.

    python3 bench/peers/generate_rust.py spec.yaml generated.rs [output ...]

Outputs: those of OUTPUTS below; without any, all of them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgpack
import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

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
    read,
)

# rustc's time grows faster than a function's length.
CONTROLLERS_A_FUNCTION = 16

# What a float32 begins with in MessagePack.
MARKER = b"\xca"


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


Emitter = Callable[[Rig, list[Body]], str]


def literal(value: float) -> str:
    return f"{np.float32(value)!s}f32"


def text_literal(text: str) -> str:
    """A Rust string literal in ASCII: some characters may not stand in one."""
    plain = {'"': '\\"', "\\": "\\\\"}
    return (
        '"'
        + "".join(
            plain.get(c, c) if " " <= c <= "~" else f"\\u{{{ord(c):x}}}" for c in text
        )
        + '"'
    )


def byte_literal(data: bytes) -> str:
    plain = {ord('"'): '\\"', ord("\\"): "\\\\"}
    return (
        'b"'
        + "".join(
            plain.get(b, chr(b)) if 0x20 <= b <= 0x7E else f"\\x{b:02x}" for b in data
        )
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


def hash_map_parts(made: list[Body]) -> list[list[str]]:
    return [
        [
            *each.statements,
            f"let mut values = HashMap::with_capacity({len(each.values)});",
            *(
                f"values.insert({text_literal(value.attribute)}, {value.expression});"
                for value in each.values
            ),
            f"pose.insert({text_literal(each.name)}, values);",
        ]
        for each in made
    ]


def hash_map(rig: Rig, made: list[Body]) -> str:
    functions, calls = pieces("hash_map", "pose: &mut Pose", "&mut pose", hash_map_parts(made))
    return f"""
type Pose = HashMap<&'static str, HashMap<&'static str, f32>>;

{functions}
fn pose(vec: &Bound<'_, PyAny>) -> PyResult<Pose> {{
    with_array(vec, |vec| {{
        let mut pose = HashMap::with_capacity({len(made)});
        {calls}
        Ok(pose)
    }})
}}

#[pyfunction]
fn generated_hash_map(vec: &Bound<'_, PyAny>) -> PyResult<Pose> {{
    pose(vec)
}}

#[pyfunction]
fn generated_json<'py>(vec: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {{
    let text = serde_json::to_vec(&pose(vec)?).expect("finite numbers");
    Ok(PyBytes::new(vec.py(), &text))
}}
"""


def py_dict_with(function: str, key: Callable[[str], str]) -> Emitter:
    def emit(rig: Rig, made: list[Body]) -> str:
        parts = [
            [
                *each.statements,
                "let values = PyDict::new(py);",
                *(
                    f"values.set_item({key(value.attribute)}, {value.expression})?;"
                    for value in each.values
                ),
                f"pose.set_item({key(each.name)}, values)?;",
            ]
            for each in made
        ]
        parameters = "py: Python<'_>, pose: &Bound<'_, PyDict>"
        functions, calls = pieces(function, parameters, "py, &pose", parts, "PyResult<()>")
        return f"""
{functions}
#[pyfunction]
fn {function}<'py>(vec: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {{
    let py = vec.py();
    with_array(vec, |vec| {{
        let pose = PyDict::new(py);
        {calls}
        Ok(pose)
    }})
}}
"""

    return emit


def interned(name: str) -> str:
    return f"intern!(py, {text_literal(name)})"


def joined(
    made: list[Body], text: Callable[[int, Body], Iterator[str | bytes | Value]]
) -> Iterator[tuple[Body, list[str | bytes | Value]]]:
    """What `text` gives, with neighbouring constants made one."""
    for index, each in enumerate(made):
        items: list[str | bytes | Value] = []
        for item in text(index, each):
            if items and isinstance(item, str) and isinstance(items[-1], str):
                items[-1] += item
            elif items and isinstance(item, bytes) and isinstance(items[-1], bytes):
                items[-1] += item
            else:
                items.append(item)
        yield each, items


def quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def json_items(last: int) -> Callable[[int, Body], Iterator[str | bytes | Value]]:
    def items(index: int, each: Body) -> Iterator[str | bytes | Value]:
        yield ("{" if index == 0 else "") + quoted(each.name) + ":{"
        for i, value in enumerate(each.values):
            yield ("," if i else "") + quoted(value.attribute) + ":"
            yield value if value.code else str(np.float32(value.constant))
        yield "}}" if index == last else "},"

    return items


def direct_json_with(function: str, before: str, write: str) -> Emitter:
    """`write` has {} where the value stands."""

    def emit(rig: Rig, made: list[Body]) -> str:
        parts = []
        size = 0
        for each, items in joined(made, json_items(len(made) - 1)):
            lines = [*([before] if before else []), *each.statements]
            for item in items:
                if isinstance(item, Value):
                    lines.append(write.format(item.expression))
                    size += 16
                elif isinstance(item, str):
                    lines.append(f"out.push_str({text_literal(item)});")
                    size += len(item.encode())
            parts.append(lines)
        functions, calls = pieces(function, "out: &mut String", "&mut out", parts)
        return f"""
{functions}
#[pyfunction]
fn {function}<'py>(vec: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {{
    let text = with_array(vec, |vec| {{
        let mut out = String::with_capacity({size});
        {calls}
        Ok(out)
    }})?;
    Ok(PyBytes::new(vec.py(), text.as_bytes()))
}}
"""

    return emit


def messagepack_items(
    count: int, marker: bytes
) -> Callable[[int, Body], Iterator[str | bytes | Value]]:
    """`marker`: 0xca, which a float32 begins with, unless what writes the value writes it too."""
    packer = msgpack.Packer(use_single_float=True)

    def items(index: int, each: Body) -> Iterator[str | bytes | Value]:
        if index == 0:
            yield packer.pack_map_header(count)
        yield packer.pack(each.name) + packer.pack_map_header(len(each.values))
        for value in each.values:
            yield packer.pack(value.attribute)
            if value.code:
                yield marker
                yield value
            else:
                yield packer.pack(value.constant)

    return items


def messagepack_parts(
    made: list[Body], marker: bytes, write: str
) -> tuple[list[list[str]], int]:
    """Statements of every controller, and the message's size. `write` has {} for the value."""
    parts = []
    size = 0
    for each, items in joined(made, messagepack_items(len(made), marker)):
        lines = [*each.statements]
        for item in items:
            if isinstance(item, Value):
                lines.append(write.format(item.expression))
                size += 5 - len(marker)
            elif isinstance(item, bytes):
                lines.append(f"out.extend_from_slice({byte_literal(item)});")
                size += len(item)
        parts.append(lines)
    return parts, size


def messagepack_with(function: str, marker: bytes, write: str) -> Emitter:
    def emit(rig: Rig, made: list[Body]) -> str:
        parts, size = messagepack_parts(made, marker, write)
        functions, calls = pieces(function, "out: &mut Vec<u8>", "&mut out", parts)
        return f"""
{functions}
#[pyfunction]
fn {function}<'py>(vec: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {{
    let message = with_array(vec, |vec| {{
        let mut out = Vec::with_capacity({size});
        {calls}
        Ok(out)
    }})?;
    Ok(PyBytes::new(vec.py(), &message))
}}
"""

    return emit


def messagepack_in_place(rig: Rig, made: list[Body]) -> str:
    """Constant offsets into the bytes object itself: no Vec, no check, no copy."""
    parts = []
    place = 0
    for each, items in joined(made, messagepack_items(len(made), MARKER)):
        lines = [*each.statements]
        for item in items:
            if isinstance(item, Value):
                lines.append(f"put(out, {place}, {item.expression}.to_be_bytes());")
                place += 4
            elif isinstance(item, bytes):
                lines.append(f"put(out, {place}, *{byte_literal(item)});")
                place += len(item)
        parts.append(lines)
    function = "messagepack_in_place"
    functions, calls = pieces(function, f"out: &mut [u8; {place}]", "out", parts)
    return f"""
#[inline(always)]
fn put<const N: usize>(out: &mut [u8; {place}], place: usize, bytes: [u8; N]) {{
    out[place..place + N].copy_from_slice(&bytes);
}}

{functions}
#[pyfunction]
fn {function}<'py>(vec: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {{
    let py = vec.py();
    with_array(vec, |vec| {{
        // SAFETY: new bytes of that size, which nobody else has seen; every one is written.
        let (message, out) = unsafe {{
            let message = ffi::PyBytes_FromStringAndSize(std::ptr::null(), {place});
            let message = Bound::from_owned_ptr_or_err(py, message)?;
            let data = ffi::PyBytes_AsString(message.as_ptr());
            (message, &mut *data.cast::<[u8; {place}]>())
        }};
        {calls}
        Ok(message)
    }})
}}
"""


# The functions of the module that each one makes, and what makes them.
OUTPUTS: dict[str, tuple[list[str], Emitter]] = {
    "hash_map": (["generated_hash_map", "generated_json"], hash_map),
    "py_dict": (["generated_py_dict"], py_dict_with("generated_py_dict", text_literal)),
    "interned_py_dict": (["interned_py_dict"], py_dict_with("interned_py_dict", interned)),
    "json": (
        ["direct_json"],
        direct_json_with("direct_json", "", 'write!(out, "{{}}", {}).unwrap();'),
    ),
    "json_ryu": (
        ["direct_json_ryu"],
        direct_json_with(
            "direct_json_ryu",
            "let mut digits = ryu::Buffer::new();",
            "out.push_str(digits.format_finite({}));",
        ),
    ),
    "messagepack": (
        ["direct_messagepack"],
        messagepack_with(
            "direct_messagepack", MARKER, "out.extend_from_slice(&{}.to_be_bytes());"
        ),
    ),
    "messagepack_rmp": (
        ["messagepack_rmp"],
        messagepack_with("messagepack_rmp", b"", "rmp::encode::write_f32(out, {}).unwrap();"),
    ),
    "messagepack_in_place": (["messagepack_in_place"], messagepack_in_place),
}

HEADER = """// Generated by generate_rust.py: don't edit.
#![allow(unused_imports)]

use std::collections::HashMap;
use std::fmt::Write;

use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::rotation::{columns, degrees, euler, quaternion, rows};
use crate::vector::with_vector;
"""


def generate(rig: Rig, outputs: list[str]) -> str:
    made = bodies(rig)
    functions = [name for output in outputs for name in OUTPUTS[output][0]]
    added = "\n".join(
        f"    module.add_function(wrap_pyfunction!({name}, module)?)?;" for name in functions
    )
    text = HEADER.replace("#![allow(unused_imports)]\n\n", "")
    return f"""{text}
const SIZE: usize = {rig.input_count};

#[inline]
fn with_array<T>(
    vec: &Bound<'_, PyAny>,
    use_array: impl FnOnce(&[f32; SIZE]) -> PyResult<T>,
) -> PyResult<T> {{
    with_vector(vec, SIZE, |vec| use_array(vec.try_into().expect("SIZE elements")))
}}
{"".join(OUTPUTS[output][1](rig, made) for output in outputs)}
pub fn add_functions(module: &Bound<'_, PyModule>) -> PyResult<()> {{
{added}
    Ok(())
}}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="writes the Rust of one rig")
    parser.add_argument("spec", type=Path)
    parser.add_argument("file", type=Path)
    parser.add_argument("outputs", nargs="*", choices=[*OUTPUTS, []], metavar="output")
    arguments = parser.parse_args()
    text = generate(read(arguments.spec), arguments.outputs or list(OUTPUTS))
    arguments.file.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
