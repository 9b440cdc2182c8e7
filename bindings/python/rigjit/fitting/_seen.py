"""What poses of an unknown rig hold: names, types and ranges of attributes, one pass over them."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import rigjit_clip

from rigjit import inputs
from rigjit._errors import RigError
from rigjit._rigjit import Error, _PoseSplitter
from rigjit.fitting._clips import Clips, poses_of
from rigjit.stats._statistics import is_statistics

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


_CHUNK = 1 << 20  # bytes
_MOST_NAMES = 1000  # of an enum
_OTHERS: dict[type, str] = {list: "a list", dict: "a map", bytes: "bytes"}


@dataclass
class Attribute:
    """count: poses that have it; texts, bools: of these, those that have text, true or false; low,
    high: of its numbers, true being 1; whole: whether all of them are; types: of its values;
    others: {what it was in its place: poses}, of what is no value; file: the first that has it."""

    count: int = 0
    texts: int = 0
    bools: int = 0
    whole: bool = True
    low: float = float("inf")
    high: float = float("-inf")
    types: set[type] = field(default_factory=set)
    names: dict[str, None] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)
    file: str = ""

    def add(self, value: Any) -> None:
        """Of one more pose."""
        if (other := self._not_taken(value)) is not None:
            self.others[other] = self.others.get(other, 0) + 1
            return
        if isinstance(value, str):
            self.names.setdefault(value)
            self.texts += 1
        else:
            self.low, self.high = min(self.low, value), max(self.high, value)
            self.bools += isinstance(value, bool)
            self.whole &= value == int(value)
        self.count += 1
        self.types.add(type(value))

    def _not_taken(self, value: Any) -> str | None:
        """What a value is that no channel has; None for one that is fine."""
        if isinstance(value, str):
            is_full = len(self.names) >= _MOST_NAMES and value not in self.names
            return f"more than {_MOST_NAMES:,} names" if is_full else None
        if isinstance(value, (bool, int, float)):
            if value != value:
                return "NaN"
            return None if abs(value) < 3e38 else "beyond float32"
        if value is None:
            return "null"
        return _OTHERS.get(type(value), "no number")


@dataclass
class Seen:
    """controllers: {name: {attribute: Attribute}}, in the order in which they came; poses: how
    many; files: their paths; clips: what clips say beside."""

    controllers: dict[str, dict[str, Attribute]] = field(default_factory=dict)
    poses: int = 0
    clips: Clips = field(default_factory=Clips)
    files: list[str] = field(default_factory=list)

    def add_clip(self, clip: rigjit_clip.Clip) -> None:
        """What a clip says of its channels, before its poses: names of enums come first."""
        self.clips.add(clip, self.files[-1])
        for controller, channels in self.clips.channels.items():
            attributes = self.controllers.setdefault(controller, {})
            for name, said in channels.items():
                found = attributes.setdefault(name, Attribute(file=self.files[-1]))
                found.names = dict.fromkeys([*said.names, *found.names])

    def add(self, pose: dict[str, Any]) -> None:
        self.poses += 1
        for controller, values in pose.items():
            attributes = self.controllers.setdefault(controller, {})
            for name, value in values.items():
                attributes.setdefault(name, Attribute(file=self.files[-1])).add(value)

    def error(self, code: str, message: str, file: str = "") -> RigError:
        """Of a file; without one of all that was seen, and the first file is named."""
        if file:
            return RigError([Error(code, message, file=file)])
        rest = len(self.files) - 1
        more = f" (and {rest} more file{'s' * (rest > 1)})" if rest else ""
        return RigError([Error(code, f"{message}{more}", file=self.files[0])])


def look(files: Sequence[str | os.PathLike[str]]) -> Seen:
    """RigError, with the path, for what holds no names: .npy, Parquet, vectors."""
    seen = Seen()
    for each in inputs.expand(files):
        seen.files.append(each.path)
        try:
            with inputs.local_copy(each.path) as path:
                if is_statistics(inputs.first_bytes(path, 64)):
                    message = "it holds statistics and no poses: `rigjit fit SPEC` takes it"
                    raise RigError([Error("unknown-form", message)])
                for pose in _poses(path, seen):
                    _check(pose)
                    seen.add(pose)
        except (OSError, RigError) as error:
            raise inputs.in_file(error, each.path) from None
    if not seen.poses:
        raise seen.error("no-frames", "there is no pose")
    return seen


def _check(pose: Any) -> None:
    if not isinstance(pose, dict) or not all(
        isinstance(key, str) and isinstance(value, dict) for key, value in pose.items()
    ):
        raise RigError([Error("wrong-type", "a pose is {controller: {attribute: value}}")])


def _poses(path: str, seen: Seen) -> Iterator[Any]:
    kind = inputs.kind_of(path)
    if kind == "safetensors":
        yield from _of_clip(path, seen)
    elif kind == "studio_library":
        with open(path, "rb") as file:
            yield inputs.studio_pose(json.load(file))
    elif kind in ("json", "jsonl"):
        for text in _split(path, "json"):
            try:
                yield json.loads(text)
            except ValueError as error:
                raise RigError([Error("malformed-json", str(error))]) from None
    elif kind == "messages":
        try:
            import msgpack
        except ImportError:
            message = "MessagePack of an unknown rig needs msgpack: pip install 'rigjit[dataset]'"
            raise RigError([Error("no-msgpack", message)]) from None
        for data in _split(path, "msgpack"):
            try:
                yield msgpack.unpackb(data)
            except ValueError as error:
                raise RigError([Error("malformed-messagepack", str(error))]) from None
    else:
        raise RigError([Error("unknown-form", f"{kind} without a rig has no names of attributes")])


def _split(path: str, form: Any) -> Iterator[bytes]:
    splitter = _PoseSplitter(form)
    data = b""
    with open(path, "rb") as file:
        while True:
            part = file.read(max(_CHUNK, len(data)))
            data += part
            while True:
                poses, done = splitter.split(data, not part, 256)
                data = data[done:]
                if not poses:
                    break
                yield from poses
            if not part:
                return


def _of_clip(path: str, seen: Seen) -> Iterator[Any]:

    try:
        clip = rigjit_clip.open(path)
    except ValueError as error:
        raise RigError([Error("malformed-file", str(error))]) from None
    seen.add_clip(clip)
    yield from poses_of(clip)
