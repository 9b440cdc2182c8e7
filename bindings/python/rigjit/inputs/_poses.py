"""Files of poses: MessagePack, JSON, JSON lines, and poses of Studio Library."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from rigjit._errors import RigError
from rigjit._rigjit import Error, _PoseSplitter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from rigjit._rigjit import Rig
    from rigjit.inputs._block import Block
    from rigjit.inputs._forms import Forms

_SHOWN = 20  # mistakes that are told of one pose
_CHUNK = 1 << 20  # bytes that are read at a time, more only for a pose that is longer


class Poses:
    """Poses one behind the other, or in an array; form: "json" or "msgpack"."""

    rig_hash = None
    fps = None
    start_frame = 0
    frame_count = None
    note = ""

    def __init__(self, file: IO[bytes], form: Any) -> None:
        self._file = file
        self._form = form

    def blocks(self, max_frames: int, forms: Forms) -> Iterator[Block]:
        first = 0
        for poses in self._split(max_frames):
            yield forms.poses(first, poses)
            first += len(poses)

    def close(self) -> None:
        self._file.close()

    def _split(self, most: int) -> Iterator[list[bytes]]:
        self._file.seek(0)
        splitter = _PoseSplitter(self._form)
        data, ended = b"", False
        while True:
            poses, done = splitter.split(data, ended, most)
            data = data[done:]
            if poses:
                yield poses
            elif ended:
                return
            else:
                size = max(_CHUNK, len(data))
                part = self._file.read(size)
                ended = not part
                data += part


def first_pose(file: IO[bytes]) -> bytes:
    """The text of the first pose of a JSON file, b"" where there is none; the file is rewound."""
    try:
        for poses in Poses(file, "json")._split(1):
            return poses[0]
    except RigError:  # whoever reads the file says it
        pass
    finally:
        file.seek(0)
    return b""


def is_studio_pose(file: IO[bytes]) -> bool:
    """Whether a JSON file is a pose of Studio Library: {"metadata": …, "objects": …}."""
    text = first_pose(file)
    if b'"objects"' not in text or b'"attrs"' not in text:
        return False
    try:
        found = json.loads(text)
    except ValueError:
        return False
    objects = found.get("objects")
    return isinstance(objects, dict) and any(
        isinstance(each, dict) and "attrs" in each for each in objects.values()
    )


class StudioPose:
    """The one pose of a pose.json of Studio Library, which `mutils.TransferObject` writes.

    {"metadata": {"angularUnit": "deg", …}, "objects": {name: {"attrs": {attribute: {"type":
    "doubleAngle", "value": 45.0}}}}}: https://github.com/krathjen/studiolibrary. Angles are turned
    into the unit of their channel. A name with a namespace that the rig has not is the rig's
    without it.
    """

    rig_hash = None
    fps = None
    start_frame = 0
    frame_count = 1
    note = ""

    def __init__(self, file: IO[bytes], rig: Rig) -> None:
        try:
            found = json.loads(file.read())
        except (ValueError, RecursionError) as error:
            message = f"it is no pose of Studio Library: {error}"
            raise RigError([Error("malformed-json", message)]) from None
        finally:
            file.close()
        self._pose = _studio_pose(found, rig)

    def blocks(self, max_frames: int, forms: Forms) -> Iterator[Block]:
        yield forms.poses(0, [self._pose])

    def close(self) -> None:
        """The file was read when it was opened."""


def studio_pose(found: Any) -> dict[str, dict[str, Any]]:
    """What such a file says, as it stands: {controller: {attribute: value}}.

    RigError, with up to 20 of what is wrong, by controller and attribute.
    """
    return {
        name: {attribute: entry["value"] for attribute, entry in attributes.items()}
        for name, attributes in _objects(found).items()
    }


def _objects(found: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """{name: {attribute: {"type": …, "value": …}}} of a file."""
    errors: list[Error] = []

    def refuse(lacking: str) -> None:
        errors.append(Error("malformed-pose", f"no pose of Studio Library: {lacking}"))

    objects = found.get("objects") if isinstance(found, dict) else None
    if not isinstance(objects, dict):
        refuse("its objects are no {name: object}")
        objects = {}
    pose = {}
    for name, item in objects.items():
        shown = json.dumps(name, ensure_ascii=False)
        attributes = item.get("attrs") if isinstance(item, dict) else None
        if not isinstance(attributes, dict):
            refuse(f"the object {shown} has no attrs")
            continue
        for attribute, entry in attributes.items():
            if not isinstance(entry, dict) or "value" not in entry:
                refuse(f"{json.dumps(attribute, ensure_ascii=False)} of {shown} has no value")
        pose[name] = attributes
    if errors:
        raise RigError(errors[:_SHOWN])
    return pose


def _studio_pose(found: Any, rig: Rig) -> dict[str, dict[str, Any]]:
    objects = _objects(found)
    metadata = found.get("metadata")
    in_degrees = not isinstance(metadata, dict) or metadata.get("angularUnit", "deg") != "rad"
    names = {controller for controller, _ in rig.channels}
    units = {tuple(channel): channel.angle_unit or "degrees" for channel in rig.channels}
    pose: dict[str, dict[str, Any]] = {}
    for name, attributes in objects.items():
        controller = name if name in names else _in_namespace(name, rig.namespace)
        if controller in pose:
            message = f"it has {controller!r} in several namespaces: save one character alone"
            raise RigError([Error("several-characters", message)])
        values = pose[controller] = {}
        for attribute, entry in attributes.items():
            value = entry["value"]
            unit = units.get((controller, attribute))
            if entry.get("type") == "doubleAngle" and unit and isinstance(value, (int, float)):
                is_right = in_degrees == (unit == "degrees")
                turn = math.radians if in_degrees else math.degrees
                value = value if is_right else turn(value)
            values[attribute] = value
    return pose


def _in_namespace(name: str, namespace: str) -> str:
    """The name in the rig's namespace, each part of a DAG path, in place of its own."""
    parts = [part.rpartition(":")[2] for part in name.split("|")]
    return "|".join(f"{namespace}:{part}" if namespace and part else part for part in parts)
