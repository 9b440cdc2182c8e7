"""Which format a model has, by its first bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from rigjit.models import _onnx, _safetensors, _torch_archive
from rigjit.models._source import MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import BinaryIO

# torch before 1.6 wrote pickles, one after the other; so does `pickle` itself.
_PICKLE = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))


class Format(Protocol):
    """Both raise MalformedError for what is no such file, `stamped` before its first part."""

    def read(self, file: BinaryIO, keys: Sequence[str]) -> Mapping[str, str]:
        """Those of the keys that a file has, with their values."""

    def stamped(self, file: BinaryIO, values: Mapping[str, str]) -> Iterable[bytes | memoryview]:
        """The whole file in parts, with these values and none else of their keys."""


def format_of(file: BinaryIO) -> Format:
    """MalformedError for a pickle; what is nothing else is taken for ONNX: it has no signature."""
    file.seek(0)
    head = file.read(9)
    if head.startswith(b"PK\x03\x04"):
        return _torch_archive
    if head.startswith(_PICKLE):
        raise MalformedError(
            "a pickle, which has no place for a stamp; where torch before 1.6 wrote it, "
            "a newer one makes an archive of it: torch.save(torch.load(path), path)"
        )
    # ONNX has no zeros in its fifth to eighth byte, which such a number has.
    if head[8:] == b"{" and int.from_bytes(head[:8], "little") <= _safetensors.MAX_HEADER:
        return _safetensors
    return _onnx
