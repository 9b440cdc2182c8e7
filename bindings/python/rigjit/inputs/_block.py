"""Frames of a file as arrays, and what is wrong with those that are not there."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rigjit._errors import RigError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from rigjit._rigjit import Error, Rig

_SHOWN = 20  # mistakes that are told of one frame


class FrameError(NamedTuple):
    """What is wrong with a frame of a file.

    frame: its place in the file, from 0; code and message: as of RigError; controller, attribute:
    None where the mistake is of no channel.
    """

    frame: int
    code: str
    message: str
    controller: str | None
    attribute: str | None


@dataclass(frozen=True)
class Block:
    """Frames of a file.

    first_frame, count: the first of them and how many, bad ones counted; rows: (n, width) float32,
    the good ones; frames: (n,) int64, the place in the file of each; bad: the mistakes of the
    others, up to 20 of one frame. They follow each other, but where Input.has_clips: there clip
    says of which clip of the file they are, and places are the clip's.
    """

    first_frame: int
    count: int
    rows: NDArray[np.float32]
    frames: NDArray[np.int64]
    bad: list[FrameError] = field(default_factory=list)
    clip: str | None = None


def block_of(
    first_frame: int,
    rows: NDArray[np.float32],
    good: NDArray[np.bool_] | None,
    problems: Callable[[int], Sequence[FrameError]],
) -> Block:
    """A Block of (n, width) rows and their mask; problems(i): what is wrong with row i."""
    frames = np.arange(first_frame, first_frame + len(rows), dtype=np.int64)
    if good is None or good.all():
        return Block(first_frame, len(rows), rows, frames)
    bad = [error for place in np.flatnonzero(~good).tolist() for error in problems(place)]
    return Block(first_frame, len(rows), rows[good], frames[good], bad)


def problems_of(convert: Callable[[], object], frame: int, rig: Rig) -> list[FrameError]:
    """What `convert`, of one frame of a rig, raises."""
    try:
        convert()
    except RigError as error:
        return [_frame_error(each, frame, rig) for each in error.errors[:_SHOWN]]
    raise AssertionError("a frame is bad in a batch and good by itself")


_ELEMENT = re.compile(r"(values|vec)\[(\d+)\]$")
_CHANNEL = re.compile(r'pose\[("(?:[^"\\]|\\.)*")\]\[("(?:[^"\\]|\\.)*")\]$')


def _frame_error(error: Error, frame: int, rig: Rig) -> FrameError:
    path, message = error.path or "", error.message
    controller = attribute = None
    if found := _CHANNEL.match(path):
        controller, attribute = json.loads(found[1]), json.loads(found[2])
    elif (found := _ELEMENT.match(path)) and found[1] == "values":
        controller, attribute = rig.channels[int(found[2])]
    elif found:
        controller = rig.inputs[int(found[2])][0]
        if message.startswith(f"{controller}."):
            attribute = message[len(controller) + 1 :].partition(": ")[0]
    return FrameError(frame, error.code, message, controller, attribute)
