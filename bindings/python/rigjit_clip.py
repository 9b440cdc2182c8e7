"""Reads the clips and live streams that rigjit writes: plain Python >= 3.7 and nothing else.

Copy this one file into a tool that has no rigjit, numpy or msgpack, such as Blender or Maya. It
also writes clips of what such a tool animates, and turns rotations into the form that a node has.

>>> clip = rigjit_clip.open("walk.safetensors")   # a path, or the bytes
>>> len(clip), clip.fps, clip.channels[0]
(240, 24.0, ('root', 'translateX'))
>>> clip[0]                                       # array('f') of one frame, a value a channel
>>> clip.pose(0)["root"]["translateX"]

Whatever is no clip is a ValueError. A clip that is still written, or was cut, has its whole frames.
The bytes are described in rigjit's engine/clips/clip_format.md.

SPDX-License-Identifier: Apache-2.0
"""

import array
import builtins
import contextlib
import itertools
import json
import math
import struct
import sys
import weakref

__all__ = [
    "Clip",
    "Decoder",
    "Stream",
    "euler_from_quaternion",
    "nearest_euler",
    "open",
    "quaternion_from_euler",
    "stream",
    "write",
]

_MAX_HEADER = 100000000  # bytes, of the JSON in a clip and of a stream's schema
_STREAM_MAGIC = b"RIGJITL\n"
_FLOAT = 4  # bytes
_KINDS = {"translation", "rotation3d", "rotation1d", "scale", "attribute", "constant"}
_ORDERS = {"xyz", "yzx", "zxy", "xzy", "yxz", "zyx"}
_UNITS = {"degrees", "radians"}
_TYPES = {"float", "bool", "int", "enum"}
_begun = weakref.WeakKeyDictionary()  # {file: what came of its stream before a read raised}
_ANGLES = frozenset(("rotateX", "rotateY", "rotateZ"))


def open(source):
    """The Clip at a path, or of the bytes of one. OSError where a path cannot be read."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _clip(memoryview(source).cast("B"))
    with builtins.open(source, "rb") as file:
        # What is no clip is not read whole, and nothing that its length promises is allocated.
        size = file.seek(0, 2)
        file.seek(0)
        json_size = _json_size(file.read(8), size)
        return Clip(_header(file.read(json_size)), file.read())


def stream(file):
    """The Stream of a socket, or of anything whose read gives bytes; waits for the schema."""
    return Stream(file)


class Schema:
    """What a clip or a stream says of its frames.

    channels: [(controller, attribute)], one a value of a frame; kinds: what each comes from
    ("translation", "rotation3d", "rotation1d", "scale", "attribute", "constant"); rotate_orders:
    {controller: "zxy"}, letters in the order of application as in Maya and Blender; angle_units:
    {channel: "radians"} for the channels (by index) whose unit is not angle_unit; types: {channel:
    "bool" (0.0 or 1.0), "int" or "enum"} for those (by index) that are no plain floats; enum_names:
    {channel: [name, ...]}, a value is an index of it; fps, and fps_ratio, the same as two whole
    numbers; start_frame; rig, rig_hash ("" where no rigjit wrote it); length_unit,
    angle_unit and up_axis, "" where the rig does not say; namespace: Maya's, which the
    controllers' names are in ("hero:ctrl", "|hero:grp|hero:ctrl"), or ""; metadata: all of it, as
    text.
    """

    def __init__(self, metadata):
        _check(metadata.get("format") == "rigjit.clip", "it is none of rigjit's clips")
        _check(metadata.get("format_version") == "1", "it has a version that is not known here")
        self.metadata = metadata
        self.rig = _text(metadata, "rig")
        self.rig_hash = _text(metadata, "rig_hash")
        self.length_unit = _text(metadata, "length_unit")
        self.angle_unit = _text(metadata, "angle_unit")
        _check(self.angle_unit in _UNITS, "its angle unit is none")
        self.up_axis = _text(metadata, "up_axis")
        self.namespace = _text(metadata, "namespace")
        self.start_frame = _whole(_text(metadata, "start_frame"))
        _check(-(2**63) <= self.start_frame < 2**63, "its start frame is too large")
        rate = _text(metadata, "fps").split("/")
        _check(len(rate) == 2, "its frame rate is no ratio")
        numerator, denominator = map(_whole, rate)
        _check(numerator > 0 and denominator > 0, "its frame rate is not positive")
        divisor = math.gcd(numerator, denominator)
        _check(max(numerator, denominator) // divisor < 2**32, "its frame rate is too large")
        self.fps = numerator / denominator
        self.fps_ratio = (numerator, denominator)
        self._read_channels(_json(_text(metadata, "channels")))
        self._places = None

    def _read_channels(self, rows):
        _check(type(rows) is list and rows, "its channels are no list")
        _check(
            set(map(type, rows)) == {list} and min(map(len, rows)) >= 4,
            "its channels are malformed",
        )
        # Thousands of rows: zip takes a tenth of the time of a loop.
        cells = itertools.chain.from_iterable(rows)
        _check(set(map(type, cells)) <= {str, type(None)}, "a name or another text is none")
        controllers, attributes, kinds, orders = list(zip(*rows))[:4]
        self.channels = list(zip(controllers, attributes))
        self.kinds = list(kinds)
        self.rotate_orders = {
            controller: order for controller, order in zip(controllers, orders) if order is not None
        }
        long_rows = []
        if max(map(len, rows)) > 4:
            long_rows = [(index, row) for index, row in enumerate(rows) if len(row) > 4]
        self.angle_units = {index: row[4] for index, row in long_rows if row[4] is not None}
        self.types = {
            index: row[5] for index, row in long_rows if len(row) > 5 and row[5] is not None
        }
        self.enum_names = {
            index: row[6:] for index, row in long_rows if self.types.get(index) == "enum"
        }
        _check(all(self.enum_names.values()), "an enum has no names")
        for some in (controllers, attributes, *self.enum_names.values()):
            _check_text(some)
        for words, known, what in (
            (kinds, _KINDS, "kind of channel"),
            (orders, _ORDERS | {None}, "rotate order"),
            (self.angle_units.values(), _UNITS, "angle unit"),
            (self.types.values(), _TYPES, "type of channel"),
        ):
            _check(known.issuperset(words), "it has a " + what + " that is none")

    def is_angle(self, index):
        """Whether a channel is an angle: one of a rotation, or what else is called rotateX."""
        return self.channels[index][1] in _ANGLES

    def angle_unit_of(self, index):
        """The unit of an angle: "degrees" or "radians"."""
        return self.angle_units.get(index) or self.angle_unit or "degrees"

    def _pose(self, values):
        if self._places is None:
            places = {}
            for index, (controller, attribute) in enumerate(self.channels):
                places.setdefault(controller, []).append((attribute, index))
            self._places = list(places.items())
        return {
            controller: {attribute: values[index] for attribute, index in attributes}
            for controller, attributes in self._places
        }


class Clip(Schema):
    """A sequence of frames: clip[i] is an array('f') of one value a channel, clip[a:b] a list.

    values: those of all frames, frame after frame, a float32 buffer: not copied, where the bytes
    were given and the machine is little-endian.
    Immutable; any thread may use it.
    """

    def __init__(self, header, data):
        metadata, columns = header
        super().__init__(metadata)
        _check(len(self.channels) == columns, "its channels are not as many as its values")
        self._length = len(data) // (columns * _FLOAT)
        self._frame_size = columns * _FLOAT
        self._data = memoryview(data)[: self._length * self._frame_size]
        if sys.byteorder == "big":
            self._data = memoryview(_floats(self._data)).cast("B")
        # Frames are copied when they are asked for: a copy of all first would double the time.
        self.values = self._data.cast("f")

    def __len__(self):
        return self._length

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._length))]
        place = index + self._length if index < 0 else index
        if not 0 <= place < self._length:
            raise IndexError(f"frame {index} of a clip of {self._length}")
        begin = place * self._frame_size
        frame = array.array("f")
        frame.frombytes(self._data[begin : begin + self._frame_size])
        return frame

    def pose(self, index):
        """{controller: {attribute: value}} of one frame."""
        return self._pose(self[index])


class Stream(Schema):
    """An iterator over the frames of a stream, each an array('f') of one value a channel.

    It ends where the stream does, and leaves out a frame that was cut; `complete` then says whether
    the writer closed it. Waits for every frame; where the file does not (a socket with a timeout,
    or one that does not block) its OSError comes through, nothing is lost, and the next call goes
    on. So does stream(file) where the schema had not come whole. One thread at a time.
    """

    def __init__(self, file):
        self._read = file.recv if hasattr(file, "recv") else file.read
        self._bytes = _take_begun(file)  # what has come and was not given yet
        try:
            super().__init__(self._read_schema())
        except ValueError:
            raise
        except BaseException:
            _keep_begun(file, self._bytes)
            raise
        self._frame_size = len(self.channels) * _FLOAT
        self._ended = False
        self.complete = False

    def __iter__(self):
        return self

    def __next__(self):
        if self._ended or not self._has_frame():
            self._ended = True
            raise StopIteration
        return _floats(self._take(4 + self._frame_size)[4:])

    def pose(self, frame):
        """{controller: {attribute: value}} of a frame that the iterator gave."""
        return self._pose(frame)

    def _read_schema(self):
        begin = len(_STREAM_MAGIC)
        self._wait_for(begin)
        _check(self._bytes[:begin] == _STREAM_MAGIC, "it is none of rigjit's streams")
        _check(self._wait_for(begin + 4), "it was cut within its schema")
        size = struct.unpack_from("<I", self._bytes, begin)[0]
        _check(size <= _MAX_HEADER, "its schema is too long")
        _check(self._wait_for(begin + 4 + size), "it was cut within its schema")
        return _metadata(_json(self._take(begin + 4 + size)[begin + 4 :]))

    def _has_frame(self):
        if not self._wait_for(4):
            return False
        size = struct.unpack_from("<I", self._bytes)[0]
        self.complete = size == 0
        self._ended = size != self._frame_size
        _check(size in (0, self._frame_size), "a frame has another size than its channels")
        return not self.complete and self._wait_for(4 + size)

    def _wait_for(self, size):
        """Whether so many bytes come before the end; a read may give fewer than asked.

        What has come stays where a read raises, as one of a socket with a timeout does.
        """
        while len(self._bytes) < size:
            part = self._read(min(size - len(self._bytes), 1 << 20))
            if part is None:
                raise BlockingIOError("the stream has nothing now: call again, or make it blocking")
            if not part:
                return False
            self._bytes += part
        return True

    def _take(self, size):
        taken = bytes(self._bytes[:size])
        del self._bytes[:size]
        return taken


def _take_begun(file):
    try:
        return _begun.pop(file, None) or bytearray()
    except TypeError:  # of a type that cannot be referred to weakly
        return bytearray()


def _keep_begun(file, data):
    # Else the next call finds the middle of a schema, and refuses it.
    with contextlib.suppress(TypeError):
        _begun[file] = data


class Decoder:
    """The frames of a stream whose bytes come in pieces, as from a socket that does not block.

    schema: the Schema, None until it has come; complete: whether the writer closed the stream;
    count: how many whole frames have come; every: None, or a list that every frame is added to.
    It keeps less than a frame and never waits. One thread at a time.
    """

    def __init__(self):
        self.schema = None
        self.complete = False
        self.count = 0
        self.every = None
        self._bytes = bytearray()
        self._problem = None

    def feed(self, data):
        """The newest whole frame that these bytes end, an array('f'), or None.

        ValueError where they are no stream of rigjit's; from then on at every call.
        """
        if self._problem is None:
            self._bytes += data
            try:
                return self._newest()
            except ValueError as error:
                self._problem = str(error)
                self._bytes.clear()
        raise ValueError(self._problem)

    def _newest(self):
        if self.schema is None and not self._read_schema():
            return None
        size = len(self.schema.channels) * _FLOAT
        begin, newest = 0, None
        while not self.complete and len(self._bytes) - begin >= 4:
            length = struct.unpack_from("<I", self._bytes, begin)[0]
            _check(length in (0, size), "a frame has another size than its channels")
            if length == 0:
                self.complete = True
            elif len(self._bytes) - begin < 4 + size:
                break
            else:
                newest = begin + 4
                self.count += 1
                if self.every is not None:
                    self.every.append(_floats(self._bytes[newest : newest + size]))
            begin += 4 + length
        frame = None if newest is None else _floats(self._bytes[newest : newest + size])
        del self._bytes[:begin]
        _check(not (self.complete and self._bytes), "it goes on behind its end")
        return frame

    def _read_schema(self):
        head = len(_STREAM_MAGIC)
        magic = bytes(self._bytes[:head])
        _check(_STREAM_MAGIC.startswith(magic), "it is none of rigjit's streams")
        if len(self._bytes) < head + 4:
            return False
        size = struct.unpack_from("<I", self._bytes, head)[0]
        _check(size <= _MAX_HEADER, "its schema is too long")
        if len(self._bytes) < head + 4 + size:
            return False
        text = bytes(self._bytes[head + 4 : head + 4 + size])
        self.schema = Schema(_metadata(_json(text)))
        del self._bytes[: head + 4 + size]
        return True


def write(path, channels, frames, fps=(24, 1), start_frame=0, **texts):
    """Write a clip of what a tool animates, which has no rig hash; how many frames it has.

    channels: [(controller, attribute, kind, rotate order or None, angle unit or None, type or None,
    names of an enum)], a channel each; frames: sequences of one number a channel; fps: two whole
    numbers; texts: rig, length_unit, up_axis, angle_unit ("degrees"). ValueError where a number is
    not finite or not as many as the channels; then nothing is written.
    """
    values = array.array("f")
    count = 0
    for frame in frames:
        _check_frame(frame, len(channels), count)
        values.extend(frame)
        count += 1
    unit = texts.get("angle_unit", "degrees")
    rows = []
    for controller, attribute, kind, order, angle_unit, of_type, names in channels:
        row = [controller, attribute, kind, order, angle_unit if angle_unit != unit else None]
        rows.append([*row, of_type, *names])
    metadata = dict.fromkeys(("rig", "length_unit", "up_axis", "namespace", "rig_hash"), "")
    metadata.update(texts, format="rigjit.clip", format_version="1", angle_unit=unit)
    metadata["fps"] = f"{fps[0]}/{fps[1]}"
    metadata["start_frame"] = str(int(start_frame))
    metadata["channels"] = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    Schema(metadata)
    if sys.byteorder == "big":
        values.byteswap()
    data = values.tobytes()
    tensor = {"dtype": "F32", "shape": [count, len(channels)], "data_offsets": [0, len(data)]}
    header = json.dumps({"__metadata__": metadata, "frames": tensor}, ensure_ascii=False)
    text = header.encode("utf-8")
    text += b" " * (-(8 + len(text)) % 512)  # as rigjit pads it
    with builtins.open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)
    return count


def _check_frame(frame, width, place):
    if len(frame) != width or not all(map(math.isfinite, frame)):
        raise ValueError(f"frame {place} has a number that is not finite, or not {width} of them")


# Rotations. Angles are in radians, as (x, y, z) whatever the order; an order is its letters in the
# order of application, "zxy"; quaternions are (w, x, y, z). Shoemake, "Euler Angle Conversion",
# Graphics Gems IV (1994), for its static frames.
_AXES = {
    order: ("xyz".index(order[0]), "xyz".index(order[1]), "xyz".index(order[2]), sign)
    for order, sign in zip(("xyz", "yzx", "zxy", "xzy", "yxz", "zyx"), (1, 1, 1, -1, -1, -1))
}
_LOCK = 1e-7  # the cosine of the middle angle below which the other two are one


def quaternion_from_euler(angles, order):
    """The unit quaternion of three Euler angles."""
    i, j, k, sign = _AXES[order]
    a, b, c = 0.5 * angles[i], 0.5 * sign * angles[j], 0.5 * angles[k]
    ci, cj, ck = math.cos(a), math.cos(b), math.cos(c)
    si, sj, sk = math.sin(a), math.sin(b), math.sin(c)
    q = [cj * ci * ck + sj * si * sk, 0.0, 0.0, 0.0]
    q[1 + i] = cj * si * ck - sj * ci * sk
    q[1 + j] = sign * (cj * si * sk + sj * ci * ck)
    q[1 + k] = cj * ci * sk - sj * si * ck
    return q


def euler_from_quaternion(quaternion, order, near=None):
    """The Euler angles of a quaternion of any length but 0; of all that mean it, those nearest to
    `near`, or without it those within half a turn whose middle angle is within a quarter.
    """
    i, j, k, sign = _AXES[order]
    # Axes of an odd order are a left-handed frame, in which every rotation turns the other way.
    w, x, y, z = quaternion[0], *(sign * quaternion[1 + axis] for axis in (i, j, k))
    norm = w * w + x * x + y * y + z * z
    if not norm > 0:
        raise ValueError("a quaternion of zeros is no rotation")
    s = 2.0 / norm
    first, second = 1 - s * (y * y + z * z), s * (x * y + w * z)
    sine, cosine = s * (w * y - x * z), math.hypot(first, second)
    middle = math.atan2(sine, cosine)
    if cosine > _LOCK:
        outer = math.atan2(second, first)
        inner = math.atan2(s * (y * z + w * x), 1 - s * (x * x + y * y))
    else:
        outer = 0.0 if near is None else sign * near[k]
        inner = math.atan2(-s * (y * z - w * x), 1 - s * (x * x + z * z))
        inner += outer if sine > 0 else -outer
    angles = [0.0, 0.0, 0.0]
    angles[i], angles[j], angles[k] = sign * inner, sign * middle, sign * outer
    return angles if near is None else nearest_euler(angles, order, near)


def nearest_euler(angles, order, near):
    """Of all Euler angles that mean the same rotation, those nearest to `near`."""
    turn, half = 2 * math.pi, math.pi
    _, j, _, _ = _AXES[order]
    other = [angle + half for angle in angles]
    other[j] = half - angles[j]
    found = []
    for triple in (angles, other):
        unwound = [a - turn * round((a - b) / turn) for a, b in zip(triple, near)]
        found.append((sum(abs(a - b) for a, b in zip(unwound, near)), unwound))
    return min(found)[1]


def _clip(data):
    json_size = _json_size(data[:8], len(data))
    return Clip(_header(data[8 : 8 + json_size]), data[8 + json_size :])


def _json_size(head, file_size):
    _check(len(head) == 8, "it is too short")
    size = struct.unpack("<Q", head)[0]
    _check(
        size <= min(_MAX_HEADER, file_size - 8),
        "it was cut within its header, or is no safetensors file",
    )
    return size


def _header(text):
    """Metadata, and how many values a frame has."""
    header = _json(text)
    _check(type(header) is dict, "its header is no JSON object")
    _check(set(header) == {"__metadata__", "frames"}, "it has not exactly one tensor, 'frames'")
    tensor = header["frames"]
    _check(
        type(tensor) is dict and set(tensor) == {"dtype", "shape", "data_offsets"},
        "its tensor is malformed",
    )
    shape, offsets = tensor["shape"], tensor["data_offsets"]
    _check(_are_sizes(shape) and _are_sizes(offsets), "its shape or offsets are none")
    _check(
        tensor["dtype"] == "F32" and offsets == [0, shape[0] * shape[1] * _FLOAT],
        "its offsets and its shape do not agree",
    )
    return _metadata(header["__metadata__"]), shape[1]


def _metadata(strings):
    _check(
        type(strings) is dict and all(type(text) is str for text in strings.values()),
        "its metadata are no strings",
    )
    _check_text([*strings, *strings.values()])
    return strings


def _check_text(texts):
    try:
        "".join(texts).encode("utf-8")
    except (TypeError, UnicodeEncodeError):
        raise ValueError("not a clip: a name or another text is none") from None


def _are_sizes(pair):
    return type(pair) is list and len(pair) == 2 and all(type(n) is int and n >= 0 for n in pair)


def _text(metadata, key):
    _check(key in metadata, "its metadata lack " + key)
    return metadata[key]


def _whole(text):
    digits = text[1:] if text[:1] == "-" else text
    # isdigit alone also takes the digits of other scripts; long ones take Python forever.
    _check(digits.isdigit() and digits.encode("utf-8").isdigit(), "it has a number that is none")
    _check(len(digits) <= 20, "it has a number that is too long")
    return int(text)


def _refuse(text):
    raise ValueError("not a clip: its JSON has " + text[:20])


def _unique(pairs):
    result = dict(pairs)
    _check(len(result) == len(pairs), "its JSON has a key twice")
    return result


def _json(text):
    try:
        if not isinstance(text, str):
            text = str(text, "utf-8")
        return json.loads(
            text,
            object_pairs_hook=_unique,
            parse_int=_whole,
            parse_float=_refuse,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError) as error:
        if str(error).startswith("not a clip"):
            raise
        raise ValueError(f"not a clip: its JSON cannot be read: {error}") from None


def _floats(data):
    values = array.array("f")
    values.frombytes(data)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def _check(holds, problem):
    if not holds:
        raise ValueError("not a clip: " + problem)
