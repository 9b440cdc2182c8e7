"""A stamp in a safetensors file: `__metadata__` of its header.

The file is the header's size (8 bytes, little-endian), the header (JSON), and the tensors, whose
offsets count from the end of the header: it may grow and they stay as they are.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from rigjit.models._source import MalformedError, parts, read_at, size_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import BinaryIO

MAX_HEADER = 100_000_000  # bytes; the library reads no longer one
_ALIGNMENT = 8  # bytes: where the library lets tensors begin
_METADATA = "__metadata__"
_FRAMES = ("rigjit.clip", "rigjit.vectors")


def read(file: BinaryIO, keys: Sequence[str]) -> Mapping[str, str]:
    metadata = _header(file)[0]
    return {key: metadata[key] for key in keys if key in metadata}


def stamped(file: BinaryIO, values: Mapping[str, str]) -> Iterator[bytes]:
    metadata, tensors, begin = _header(file)
    if metadata.get("format") in _FRAMES:
        raise MalformedError("frames of a rig, no model: it says of which rig it is")
    kept = {key: value for key, value in metadata.items() if key not in values}
    header = _text({_METADATA: {**kept, **values}, **tensors})
    if len(header) > MAX_HEADER:
        raise MalformedError(f"its header would be longer than {MAX_HEADER} bytes")
    return _joined(header, parts(file, begin, size_of(file)))


def _joined(header: bytes, tensors: Iterator[bytes]) -> Iterator[bytes]:
    yield len(header).to_bytes(8, "little")
    yield header
    yield from tensors


def _header(file: BinaryIO) -> tuple[dict[str, str], dict[str, Any], int]:
    """`__metadata__`, the tensors' entries, and where their bytes begin."""
    size = int.from_bytes(read_at(file, 0, 8), "little")
    rest = size_of(file) - 8 - size
    if rest < 0:
        raise MalformedError(f"a safetensors file whose header, {size} bytes, is cut by {-rest}")
    try:
        header = json.loads(
            read_at(file, 8, size).decode(), object_pairs_hook=_unique, parse_constant=_refuse
        )
        metadata = header.pop(_METADATA, None)
        metadata = {} if metadata is None else metadata
        end = max((_end(entry) for entry in header.values()), default=0)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _unreadable(error) from error
    if end != rest:
        raise MalformedError(
            f"a safetensors file with {rest} bytes of tensors, where its header says {end}"
        )
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise MalformedError("a safetensors file whose __metadata__ is no object of texts")
    return metadata, header, 8 + size


def _end(tensor: Any) -> int:
    begin, end = tensor["data_offsets"]
    if type(begin) is not int or type(end) is not int or not 0 <= begin <= end:
        raise ValueError(f"data_offsets are {[begin, end]}")
    return end


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name!r} is there twice")
        found[name] = value
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _text(header: dict[str, Any]) -> bytes:
    """As JSON, with spaces so that what follows is aligned."""
    try:
        text = json.dumps(
            header, ensure_ascii=False, separators=(",", ":"), allow_nan=False
        ).encode()
    except (ValueError, RecursionError) as error:  # half of a surrogate pair, 1e999
        raise _unreadable(error) from error
    return text + b" " * (-len(text) % _ALIGNMENT)


def _unreadable(error: Exception) -> MalformedError:
    return MalformedError(f"a safetensors file whose header cannot be read: {error}")
