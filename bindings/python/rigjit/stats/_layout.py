"""What the channels of a rig are, for statistics: which are angles, which are one rotation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rigjit.stats._text import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rigjit._rigjit import Channel, Rig


@dataclass(frozen=True)
class Rotation:
    """A rotation3d: the places of its channels, rotateX, rotateY, rotateZ or quaternionW, X, Y, Z.

    order: its rotate order, None for a quaternion; turn: 360 or 2 pi, a whole turn in its unit.
    """

    controller: str
    places: tuple[int, ...]
    order: str | None
    turn: float


class Layout:
    """Of `rig.channels`: turn (C,) is a whole turn where a channel is an angle that a rotation
    writes and 0 elsewhere; signature: what must be the same for statistics to be merged.
    """

    def __init__(self, channels: Sequence[Channel]) -> None:
        self.channels = list(channels)
        self.turn = np.array([_turn(channel) for channel in channels], np.float32)
        self.rotations = _rotations(channels)
        self.signature = [
            [*channel, channel.type, channel.transformation, channel.rotate_order, *channel.names]
            for channel in channels
        ]

    @classmethod
    def of(cls, rig: Rig) -> Layout:
        return cls(rig.channels)

    def label(self, place: int) -> str:
        controller, attribute = self.channels[place]
        return shown(f"{controller}.{attribute}")


def _turn(channel: Channel) -> float:
    if channel.angle_unit is None or channel.attribute.startswith("quaternion"):
        return 0.0
    return 360.0 if channel.angle_unit == "degrees" else 2 * np.pi


def _rotations(channels: Sequence[Channel]) -> list[Rotation]:
    found: list[Rotation] = []
    place = 0
    while place < len(channels):
        channel = channels[place]
        if channel.transformation != "rotation3d":
            place += 1
            continue
        is_quaternion = channel.attribute == "quaternionW"
        count = 4 if is_quaternion else 3
        order = None if is_quaternion else channel.rotate_order
        places = tuple(range(place, place + count))
        found.append(Rotation(channel.controller, places, order, _turn(channel)))
        place += count
    return found


def matrices(values: NDArray[np.floating], rotation: Rotation) -> NDArray[np.float64]:
    """(n, 3, 3) for column vectors, of (n, 3) angles or (n, 4) quaternions of any length.

    The order says which axis turns first: "xyz" is Rz · Ry · Rx, as in Maya and Blender.
    """
    given = np.asarray(values, np.float64)
    if rotation.order is None:
        return _of_quaternions(given)
    angles = given * (2 * np.pi / rotation.turn)
    sine, cosine = np.sin(angles), np.cos(angles)
    result = np.tile(np.eye(3), (len(given), 1, 1))
    for letter in rotation.order:
        axis = "xyz".index(letter)
        i, j = (axis + 1) % 3, (axis + 2) % 3
        turned = np.tile(np.eye(3), (len(given), 1, 1))
        turned[:, i, i] = turned[:, j, j] = cosine[:, axis]
        turned[:, i, j], turned[:, j, i] = -sine[:, axis], sine[:, axis]
        result = turned @ result
    return result


def _of_quaternions(wxyz: NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.linalg.norm(wxyz, axis=1, keepdims=True)
    w, x, y, z = (wxyz / np.where(length > 0, length, 1)).T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.array(rows), -1, 0)
