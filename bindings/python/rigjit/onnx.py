"""Which rig a network's ONNX file was made for: written into its metadata, and read again.

An ONNX file is one protobuf message; entries of its metadata are field 14 of it, wherever they
stand (onnx.proto, ModelProto.metadata_props). So a stamp is read and written without any package.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import rigjit
from rigjit._publish import publish
from rigjit._resolved import resolved

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from rigjit import Rig

__all__ = ["Stamp", "read_stamp", "stamp"]

_METADATA = 14 << 3 | 2  # of ModelProto, with the wire type of bytes
_KEY, _VALUE = 1 << 3 | 2, 2 << 3 | 2  # of StringStringEntryProto
_GRAPH = 7 << 3 | 2
_KEYS = ("rigjit.rig_hash", "rigjit.vec_size", "rigjit.spec")


class Stamp(NamedTuple):
    """What a file says of its rig; None where it does not. spec: YAML without bases."""

    rig_hash: str | None
    vec_size: int | None
    spec: str | None


def stamp(
    model: str | PathLike[str],
    rig: Rig | str | PathLike[str],
    output: str | PathLike[str] | None = None,
) -> None:
    """Write a rig's hash, vector size and resolved spec into an ONNX file, or a copy, `output`.

    A stamp that is there is replaced. The file appears whole. rig: a Rig, or the path of its spec.
    ValueError where the file is no ONNX model, RigError for a bad spec, OSError for files.
    """
    if not isinstance(rig, rigjit.Rig):
        rig = rigjit.load(rig)
    with open(model, "rb") as file:
        data = file.read()
    kept = [field for key, _, field in _entries(data, model) if key not in _KEYS]
    values = (rig.hash, str(rig.vec_size), resolved(rig))
    new = [_entry(key, value) for key, value in zip(_KEYS, values, strict=True)]
    publish(os.fspath(model if output is None else output), b"".join([*kept, *new]))


def read_stamp(model: str | PathLike[str]) -> Stamp:
    """The stamp of an ONNX file; ValueError where it is none, OSError where it cannot be read."""
    with open(model, "rb") as file:
        found = {key: value for key, value, _ in _entries(file.read(), model) if key is not None}
    size = found.get("rigjit.vec_size", "")
    return Stamp(
        found.get("rigjit.rig_hash"),
        int(size) if size.isdecimal() else None,
        found.get("rigjit.spec"),
    )


def _entries(data: bytes, model: str | PathLike[str]) -> Iterator[tuple[str | None, str, bytes]]:
    """(key, value, bytes) of every field of a model; the key is None for what is no metadata."""
    fields = list(_fields(data, model))
    if not any(tag == _GRAPH for tag, _, _ in fields):
        raise _no_model(model)
    for tag, content, field in fields:
        if tag != _METADATA:
            yield None, "", field
            continue
        pair = {inner: text for inner, text, _ in _fields(content, model)}
        yield _text(pair.get(_KEY, b"")), _text(pair.get(_VALUE, b"")), field


def _fields(data: bytes, model: str | PathLike[str]) -> Iterator[tuple[int, bytes, bytes]]:
    """(tag, content, bytes) of every field of a protobuf message."""
    place = 0
    while place < len(data):
        begin = place
        tag, place = _varint(data, place, model)
        kind = tag & 7
        if kind == 0:
            end = _varint(data, place, model)[1]
        elif kind == 2:
            size, place = _varint(data, place, model)
            end = place + size
        elif kind in (1, 5):
            end = place + (8 if kind == 1 else 4)
        else:
            raise _no_model(model)
        if end > len(data):
            raise _no_model(model)
        yield tag, data[place:end], data[begin:end]
        place = end


def _varint(data: bytes, place: int, model: str | PathLike[str]) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(data):
            break
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise _no_model(model)


def _no_model(model: str | PathLike[str]) -> ValueError:
    return ValueError(f"{os.fspath(model)}: no ONNX model")


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _entry(key: str, value: str) -> bytes:
    pair = b"".join(
        _number(tag) + _number(len(text)) + text
        for tag, text in ((_KEY, key.encode()), (_VALUE, value.encode()))
    )
    return _number(_METADATA) + _number(len(pair)) + pair


def _number(value: int) -> bytes:
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])
