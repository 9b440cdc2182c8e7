"""A stamp in an archive of torch: records of their own, at its end.

Archives are zip files (caffe2/serialize/inline_container.h): every record is below one folder,
uncompressed, its data at a multiple of 64, so that tensors can be mapped. Texts of others are
records `extra/NAME`, which `torch.jit.load` and `torch.export.load` give back.

Nothing that a stamp does not own is moved, and a stamp's records are the last: the next stamp is
written over them. Where a saving call wrote it elsewhere, the directory forgets that one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rigjit.models._source import MalformedError, parts
from rigjit.models._zip_directory import content, new_directory, new_record, read_directory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import BinaryIO

    from rigjit.models._zip_directory import Record

_ALIGNMENT = 64
_MAX_TEXT = 1 << 26  # bytes: twice the longest spec


def read(file: BinaryIO, keys: Sequence[str]) -> Mapping[str, str]:
    records = read_directory(file).records
    folder = _extra_folder(file, records)
    wanted = {folder + key.encode(): key for key in keys}
    found: dict[str, str] = {}
    for record in records:
        key = wanted.get(record.name)
        if key in found:
            raise MalformedError(f"an archive with {key} twice")
        if key is not None:
            found[key] = content(file, record, _MAX_TEXT).decode("utf-8", "replace")
    return found


def stamped(file: BinaryIO, values: Mapping[str, str]) -> Iterator[bytes]:
    directory = read_directory(file)
    folder = _extra_folder(file, directory.records)
    names = {folder + key.encode() for key in values}
    kept = [record for record in directory.records if record.name not in names]
    last = max(record.least_end for record in kept)
    old = [record.begin for record in directory.records if record.begin >= last]
    end = min(old, default=directory.begin)
    tail, entries = b"", [record.entry for record in kept]
    for key, value in values.items():
        data, entry = new_record(folder + key.encode(), value.encode(), end + len(tail), _ALIGNMENT)
        tail += data
        entries.append(entry)
    tail += new_directory(entries, end + len(tail), directory.comment)
    return _joined(parts(file, 0, end), tail)


def _joined(begin: Iterator[bytes], tail: bytes) -> Iterator[bytes]:
    yield from begin
    yield tail


def _extra_folder(file: BinaryIO, records: Sequence[Record]) -> bytes:
    """Where torch looks for texts of others; MalformedError for an archive that is not torch's.

    As torch finds it: the first record's folder has all others, `version` or `.data/version` too.
    """
    named = {record.name: record for record in records}
    if b"serialized_exported_program.json" in named:  # torch.export before 2.8
        return b"extra_files/"
    root = records[0].name.partition(b"/")[0] + b"/" if records else b""
    for name in (b"version", b".data/version"):
        version = named.get(root + name)
        if root and version and content(file, version, _MAX_TEXT).strip().isdigit():
            return root + b"extra/"
    raise MalformedError("a zip archive, but none of torch: it has no version of torch's")
