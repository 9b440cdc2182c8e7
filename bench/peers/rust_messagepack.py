"""Rust that writes MessagePack directly."""

from __future__ import annotations

from collections.abc import Iterator

import msgpack

from peers.rust_values import Body, Emitter, Value, byte_literal, joined, pieces

# What a float32 begins with in MessagePack.
MARKER = b"\xca"


PACKER = msgpack.Packer(use_single_float=True)


def messagepack_items(made: list[Body], each: Body, marker: bytes) -> Iterator[bytes | Value]:
    """`marker`: MARKER, unless what writes the value writes it too."""
    if each is made[0]:
        yield PACKER.pack_map_header(len(made))
    yield PACKER.pack(each.name) + PACKER.pack_map_header(len(each.values))
    for value in each.values:
        yield PACKER.pack(value.attribute)
        if value.code:
            yield marker
            yield value
        else:
            yield PACKER.pack(value.constant)


def messagepack_parts(made: list[Body], marker: bytes, write: str) -> tuple[list[list[str]], int]:
    """Statements of every controller, and the message's size. `write` has {} for the value."""
    parts = []
    size = 0
    for each in made:
        lines = [*each.statements]
        for item in joined(messagepack_items(made, each, marker)):
            if isinstance(item, Value):
                lines.append(write.format(item.expression))
                size += 5 - len(marker)
            else:
                lines.append(f"out.extend_from_slice({byte_literal(item)});")
                size += len(item)
        parts.append(lines)
    return parts, size


def messagepack_with(function: str, marker: bytes, write: str) -> Emitter:
    def emit(made: list[Body]) -> str:
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


def messagepack_in_place(made: list[Body]) -> str:
    """Constant offsets into the bytes object itself: no Vec, no check, no copy."""
    parts = []
    place = 0
    for each in made:
        lines = [*each.statements]
        for item in joined(messagepack_items(made, each, MARKER)):
            if isinstance(item, Value):
                lines.append(f"put(out, {place}, {item.expression}.to_be_bytes());")
                place += 4
            else:
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
