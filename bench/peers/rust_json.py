"""Rust that writes JSON directly."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np

from peers.rust_values import Body, Emitter, Value, joined, pieces, text_literal

# More than most numbers take: a buffer of that size seldom grows.
DIGITS = 16


def quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def json_items(each: Body, first: bool, last: bool) -> Iterator[str | Value]:
    yield ("{" if first else "") + quoted(each.name) + ":{"
    for i, value in enumerate(each.values):
        yield ("," if i else "") + quoted(value.attribute) + ":"
        yield value if value.code else str(np.float32(value.constant))
    yield "}}" if last else "},"


def direct_json_with(function: str, before: str, write: str) -> Emitter:
    """`write` has {} where the value stands."""

    def emit(made: list[Body]) -> str:
        parts = []
        size = 0
        for each in made:
            lines = [*([before] if before else []), *each.statements]
            for item in joined(json_items(each, each is made[0], each is made[-1])):
                if isinstance(item, Value):
                    lines.append(write.format(item.expression))
                    size += DIGITS
                else:
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
