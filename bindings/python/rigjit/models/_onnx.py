"""A stamp in an ONNX file.

An ONNX file is one protobuf message, below 2 GB; entries of its metadata are field 14 of it,
wherever they stand (onnx.proto, ModelProto.metadata_props).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rigjit.models._source import MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import BinaryIO

_METADATA = 14 << 3 | 2  # of ModelProto, with the wire type of bytes
_KEY, _VALUE = 1 << 3 | 2, 2 << 3 | 2  # of StringStringEntryProto
_GRAPH = 7 << 3 | 2


def read(file: BinaryIO, keys: Sequence[str]) -> Mapping[str, str]:
    return {key: value for key, value, _ in _entries(file) if key in keys}


def stamped(file: BinaryIO, values: Mapping[str, str]) -> list[bytes | memoryview]:
    kept = [field for key, _, field in _entries(file) if key not in values]
    return [*kept, *(_entry(key, value) for key, value in values.items())]


def _entries(file: BinaryIO) -> list[tuple[str, str, memoryview]]:
    """(key, value, bytes) of every field of a model; the key is empty for what is no metadata."""
    file.seek(0)
    fields = list(_fields(memoryview(file.read())))
    if not any(tag == _GRAPH for tag, _, _ in fields):
        raise _no_model()
    return [
        (*(_pair(content) if tag == _METADATA else ("", "")), field)
        for tag, content, field in fields
    ]


def _pair(content: memoryview) -> tuple[str, str]:
    texts = {tag: bytes(text).decode("utf-8", "replace") for tag, text, _ in _fields(content)}
    return texts.get(_KEY, ""), texts.get(_VALUE, "")


def _fields(data: memoryview) -> Iterator[tuple[int, memoryview, memoryview]]:
    """(tag, content, bytes) of every field of a protobuf message."""
    place = 0
    while place < len(data):
        begin = place
        tag, place = _varint(data, place)
        kind = tag & 7
        if kind == 0:
            end = _varint(data, place)[1]
        elif kind == 2:
            size, place = _varint(data, place)
            end = place + size
        elif kind in (1, 5):
            end = place + (8 if kind == 1 else 4)
        else:
            raise _no_model()
        if end > len(data):
            raise _no_model()
        yield tag, data[place:end], data[begin:end]
        place = end


def _varint(data: memoryview, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(data):
            break
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise _no_model()


def _no_model() -> MalformedError:
    return MalformedError("no ONNX model, safetensors file or archive of torch, or it is damaged")


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
