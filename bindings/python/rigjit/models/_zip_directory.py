"""The directory at the end of a zip archive, and the records that it lists; all little-endian.

Python's zipfile checks checksums, which torch may leave out (`set_crc32_options`), and writes a
directory of its own, where torch's is to stay as it is. Sections are of PKWARE's APPNOTE.TXT 6.3.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, NamedTuple

from rigjit.models._source import MalformedError, read_at, size_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

_LOCAL = struct.Struct("<4s5H3I2H")  # 4.3.7
_ENTRY = struct.Struct("<4s6H3I5H2I")  # 4.3.12
_END = struct.Struct("<4s4H2IH")  # 4.3.16
_END64 = struct.Struct("<4sQ2H2I4Q")  # 4.3.14
_LOCATOR = struct.Struct("<4sIQI")  # 4.3.15
_LIMITS = (0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)  # of what _END says: the rest is in _END64
_MAX_COMMENT = 0xFFFF
_STORED, _DEFLATED = 0, 8
_UTF8 = 1 << 11
_VERSION = 45  # the first with 64-bit sizes
_DATE = 1 << 5 | 1  # 1980-01-01: equal bytes for equal contents
_ID64 = 1  # of the extra field with 64-bit sizes, 4.5.3

# From this on, a 32-bit field says that a 64-bit one follows.
LIMIT_32 = 0xFFFFFFFF


class Record(NamedTuple):
    """size, packed_size: bytes; begin: of its local header in the file; entry: its directory's."""

    name: bytes
    method: int
    size: int
    packed_size: int
    begin: int
    entry: bytes

    @property
    def least_end(self) -> int:
        """Its data end here or later: the local header may have extra fields."""
        return self.begin + _LOCAL.size + len(self.name) + self.packed_size


class Directory(NamedTuple):
    """Records in its order; begin: where in the file it begins."""

    records: list[Record]
    begin: int
    comment: bytes


def read_directory(file: BinaryIO) -> Directory:
    """MalformedError where the file is no archive, or more or less than one."""
    file_size = size_of(file)
    tail_size = min(file_size, _END.size + _MAX_COMMENT)
    tail = read_at(file, file_size - tail_size, tail_size)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _END.size:
        raise _damaged("it has no end of a directory")
    *_, count, size, begin, comment_size = _END.unpack_from(tail, place)
    comment = tail[place + _END.size :]
    if len(comment) != comment_size:
        raise _damaged("something follows its end")
    end = file_size - tail_size + place
    if place >= _LOCATOR.size and tail[place - _LOCATOR.size :].startswith(b"PK\x06\x07"):
        end = _LOCATOR.unpack_from(tail, place - _LOCATOR.size)[2]
        if end + _END64.size > file_size:
            raise _damaged("its end is elsewhere")
        signature, *_, count, size, begin = _END64.unpack(read_at(file, end, _END64.size))
        if signature != b"PK\x06\x06":
            raise _damaged("its end is elsewhere")
    if begin + size != end:
        raise _damaged("its directory does not lead to its end")
    records = _records(read_at(file, begin, size), begin)
    if len(records) != count:
        raise _damaged(f"its directory has {len(records)} entries of {count}")
    return Directory(records, begin, comment)


def _records(directory: bytes, limit: int) -> list[Record]:
    found, place = [], 0
    while place < len(directory):
        if len(directory) - place < _ENTRY.size or directory[place : place + 4] != b"PK\x01\x02":
            raise _damaged("its directory cannot be read")
        fields = _ENTRY.unpack_from(directory, place)
        name_size, extra_size, comment_size = fields[10:13]
        begin, place = place, place + _ENTRY.size + name_size + extra_size + comment_size
        entry = directory[begin:place]
        name = entry[_ENTRY.size : _ENTRY.size + name_size]
        extra = entry[_ENTRY.size + name_size : len(entry) - comment_size]
        packed_size, size, start = _sizes(extra, fields[8], fields[9], fields[16])
        record = Record(name, fields[4], size, packed_size, start, entry)
        if len(entry) != place - begin or record.least_end > limit:
            raise _damaged("its directory cannot be read")
        found.append(record)
    return found


def _sizes(extra: bytes, packed_size: int, size: int, begin: int) -> tuple[int, int, int]:
    """These, from the extra field where the entry has no room for them."""
    place, wide = 0, b""
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, place)
        if kind == _ID64:
            wide = extra[place + 4 : place + 4 + length]
        place += 4 + length
    found = []
    for value in (size, packed_size, begin):
        if value == 0xFFFFFFFF and wide:
            if len(wide) < 8:
                raise _damaged("its directory cannot be read")
            value, wide = int.from_bytes(wide[:8], "little"), wide[8:]
        found.append(value)
    return found[1], found[0], found[2]


def content(file: BinaryIO, record: Record, max_size: int) -> bytes:
    """Of a record; MalformedError where it has more than max_size bytes or cannot be read."""
    if max(record.size, record.packed_size) > max_size:
        raise _damaged(f"its record {_shown(record)} has more than {max_size} bytes")
    header = _LOCAL.unpack(read_at(file, record.begin, _LOCAL.size))
    if header[0] != b"PK\x03\x04":
        raise _damaged(f"its record {_shown(record)} is elsewhere")
    data = read_at(file, record.begin + _LOCAL.size + sum(header[-2:]), record.packed_size)
    if record.method == _DEFLATED:
        try:
            data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, max_size)
        except zlib.error as error:
            raise _damaged(f"its record {_shown(record)} cannot be read: {error}") from error
    elif record.method != _STORED:
        raise _damaged(f"its record {_shown(record)} is packed by method {record.method}")
    if len(data) != record.size:
        raise _damaged(f"its record {_shown(record)} has {len(data)} bytes of {record.size}")
    return data


def new_record(name: bytes, data: bytes, begin: int, alignment: int) -> tuple[bytes, bytes]:
    """A record's bytes, data at a multiple of alignment, and its entry of the directory."""
    facts = (_VERSION, _UTF8, _STORED, 0, _DATE, zlib.crc32(data), len(data), len(data), len(name))
    # torch's own field for it: `FB`, its size, any bytes.
    padding = -(begin + _LOCAL.size + len(name) + 4) % alignment
    header = _LOCAL.pack(b"PK\x03\x04", *facts, 4 + padding)
    header += name + struct.pack("<2sH", b"FB", padding) + b"Z" * padding
    extra = struct.pack("<2HQ", _ID64, 8, begin) if begin >= LIMIT_32 else b""
    place = 0xFFFFFFFF if extra else begin
    entry = _ENTRY.pack(b"PK\x01\x02", _VERSION, *facts, len(extra), 0, 0, 0, 0, place)
    return header + data, entry + name + extra


def new_directory(entries: Sequence[bytes], begin: int, comment: bytes) -> bytes:
    """A directory that begins there, and the archive's end."""
    directory = b"".join(entries)
    facts = (len(entries), len(entries), len(directory), begin)
    end = begin + len(directory)
    narrow = (min(value, limit) for value, limit in zip(facts, _LIMITS, strict=True))
    return b"".join(
        (
            directory,
            _END64.pack(b"PK\x06\x06", _END64.size - 12, _VERSION, _VERSION, 0, 0, *facts),
            _LOCATOR.pack(b"PK\x06\x07", 0, end, 1),
            _END.pack(b"PK\x05\x06", 0, 0, *narrow, len(comment)),
            comment,
        )
    )


def _shown(record: Record) -> str:
    return repr(record.name.decode("utf-8", "replace"))


def _damaged(why: str) -> MalformedError:
    return MalformedError(f"a damaged archive: {why}")
