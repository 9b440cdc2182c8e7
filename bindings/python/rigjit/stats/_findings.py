"""What is odd about channels, and what one may do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rigjit.stats._arguments import check_limits
from rigjit.stats._statistics import Statistics, check_statistics
from rigjit.stats._text import shown, yaml_name
from rigjit.stats._turns import FLAT_DEGREES, LOCK_DEGREES, middle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rigjit.stats._layout import Rotation

# Values that differ by less than this part of the largest do not move: the last bits of a float32.
STILL = 4 * float(np.finfo(np.float32).eps)
SATURATED = 0.05  # of the frames, at the least or the greatest value as the frame before
JUMP = 10.0  # times the mean of all other steps
JUMP_RANGE = 0.25  # of the range; both together are a jump
JUMP_DEGREES = 45.0  # of a rotation from one frame to the next
MOST_INT = 1 << 24  # that a spec's int can be
FEW_FRAMES = 10  # fewer do not tell a type, or what never moves


class Finding(NamedTuple):
    """kind: one of KINDS; place: of the channel in rig.channels, of a rotation the first that
    moves; subject: "controller.attribute", of a rotation "controller"; text: what; offer: YAML of
    a transformation to put in its place, or of several, a line each, or "".
    """

    kind: str
    place: int
    subject: str
    text: str
    offer: str = ""


# The oddest first: the order of reports and pictures.
KINDS = ("beyond-limits", "jumps", "saturates", "near-lock", "type", "one-axis", "never-moves")


def is_still(low: object, high: object) -> np.ndarray:
    """Whether channels with these least and greatest values do not move."""
    one, other = np.asarray(low, float), np.asarray(high, float)
    return np.asarray(other - one <= STILL * np.maximum(np.abs(one), np.abs(other)))


def find(
    statistics: Statistics, limits: tuple[np.ndarray, np.ndarray] | None = None
) -> list[Finding]:
    """Everything odd, by kind as in KINDS and then in the order of the channels.

    limits: (C,) the rig's min and max, ∓inf for none.
    """
    check_statistics(statistics)
    check_limits(limits, len(statistics.layout.channels))
    if statistics.frames == 0:
        return []
    still = is_still(statistics.low, statistics.high)
    found = [
        *_of_channels(statistics, still, limits),
        *_of_rotations(statistics, still),
    ]
    return sorted(found, key=lambda each: (KINDS.index(each.kind), each.place))


def _of_channels(
    statistics: Statistics, still: np.ndarray, limits: tuple[np.ndarray, np.ndarray] | None
) -> Iterator[Finding]:
    layout = statistics.layout
    is_few = statistics.frames < FEW_FRAMES
    for place, channel in enumerate(layout.channels):
        if channel.transformation == "constant":
            continue
        name = layout.label(place)
        low, high = statistics.low[place], statistics.high[place]
        if limits is not None:
            yield from _beyond(statistics, place, name, limits[0][place], limits[1][place])
        if still[place] and (channel.transformation == "rotation3d" or is_few):
            continue
        if still[place]:
            offer = f"constant: {{name: {yaml_name(channel.attribute)}, value: {_text(low)}}}"
            yield Finding("never-moves", place, name, f"is always {_text(low)}", offer)
            continue
        if channel.type != "float":
            continue
        is_int = statistics.moments.whole[place] and max(-low, high) <= MOST_INT
        if is_int and channel.transformation == "attribute":
            yield from _whole(statistics, place, name)
            continue
        if channel.transformation != "rotation3d":
            yield from _jump(statistics, place, name)
        if not layout.turn[place]:
            yield from _saturates(statistics, place, name, low, high)


def _text(value: float) -> str:
    return str(np.float32(value) + np.float32(0)).removesuffix(".0")  # no -0


def _beyond(
    statistics: Statistics, place: int, name: str, least: float, most: float
) -> Iterator[Finding]:
    low, high = np.float32(statistics.low[place]), np.float32(statistics.high[place])
    if low < np.float32(least):
        yield Finding(
            "beyond-limits", place, name, f"goes down to {_text(low)}, its min is {_text(least)}"
        )
    if high > np.float32(most):
        yield Finding(
            "beyond-limits", place, name, f"goes up to {_text(high)}, its max is {_text(most)}"
        )


def _jump(statistics: Statistics, place: int, name: str) -> Iterator[Finding]:
    steps = statistics.steps
    step, usual = steps.largest[place], steps.usual[place]
    spread = statistics.high[place] - statistics.low[place]
    where = steps.where[place]
    turn = float(statistics.layout.turn[place])
    is_far = step > turn * JUMP_DEGREES / 360 if turn else step > JUMP_RANGE * spread
    if where is not None and is_far and (turn or step > JUMP * usual):
        clip, frame = where
        text = f"jumps by {step:.4g} at frame {frame} of {clip!r}; usual are {usual:.2g}"
        yield Finding("jumps", place, name, text)


def _whole(statistics: Statistics, place: int, name: str) -> Iterator[Finding]:
    layout, low, high = statistics.layout, statistics.low[place], statistics.high[place]
    channel = layout.channels[place]
    if statistics.frames < FEW_FRAMES:
        return
    if low == 0 and high == 1:
        offer = f"attribute: {{name: {yaml_name(channel.attribute)}, type: bool}}"
        yield Finding("type", place, name, "is 0 or 1 in every frame: a bool?", offer)
        return
    offer = (
        f"attribute: {{name: {yaml_name(channel.attribute)}, type: int, "
        f"scale: {_text((high - low) / 2)}, center: {_text((low + high) / 2)}, "
        f"min: {_text(low)}, max: {_text(high)}}}"
    )
    text = f"is a whole number in every frame, from {_text(low)} to {_text(high)}: an int?"
    yield Finding("type", place, name, text, offer)


def _saturates(
    statistics: Statistics, place: int, name: str, low: float, high: float
) -> Iterator[Finding]:
    holds = statistics.holds
    rest = 1.0 if statistics.layout.channels[place].transformation == "scale" else 0.0
    for value, count, word in ((low, holds.at_low, "least"), (high, holds.at_high, "greatest")):
        share = count[place] / statistics.frames
        if share >= SATURATED and value != rest:
            text = f"stays at its {word} value, {_text(value)}, in {share:.0%} of the frames"
            yield Finding("saturates", place, name, text)


def _never_turns(statistics: Statistics, rotation: Rotation) -> Finding:
    names = [statistics.layout.channels[place].attribute for place in rotation.places]
    values = [_text(statistics.low[place]) for place in rotation.places]
    pairs = zip(names, values, strict=True)
    offer = "\n".join(f"constant: {{name: {name}, value: {value}}}" for name, value in pairs)
    text = f"never turns: {', '.join(names)} are always {', '.join(values)}"
    return Finding("never-moves", rotation.places[0], shown(rotation.controller), text, offer)


def _rotation1d(rotation: Rotation, axis: str) -> str:
    """Nothing for a quaternion: its channels would get other names."""
    if rotation.order is None:
        return ""
    unit = "" if rotation.turn == 360 else ", angle_unit: radians"
    return f"rotation1d: {{axis: {axis}{unit}}}"


def _of_rotations(statistics: Statistics, still: np.ndarray) -> Iterator[Finding]:
    turns = statistics.turns
    for index, rotation in enumerate(statistics.layout.rotations):
        if still[list(rotation.places)].all():
            if statistics.frames >= FEW_FRAMES:
                yield _never_turns(statistics, rotation)
            continue
        controller = shown(rotation.controller)
        place = next(each for each in rotation.places if not still[each])
        where = turns.where[index]
        if where is not None and turns.largest[index] > JUMP_DEGREES:
            text = (
                f"turns by {turns.largest[index]:.4g} degrees at frame {where[1]} of {where[0]!r}"
            )
            yield Finding("jumps", place, controller, text)
        # One axis that stays where it is; at rest all three do.
        flat = turns.tilt[index] <= FLAT_DEGREES
        is_flat = flat.sum() == 1 and statistics.frames >= FEW_FRAMES
        if turns.near_lock[index] and not is_flat:
            share = turns.near_lock[index] / turns.count
            text = (
                f"comes within {turns.nearest[index]:.2g} degrees of gimbal lock, in {share:.1%} "
                f"of the frames within {LOCK_DEGREES:g}: compare it as matrices"
            )
            yield Finding("near-lock", middle(rotation), controller, text)
        if is_flat:
            axis = "xyz"[int(flat.argmax())]
            offer = _rotation1d(rotation, axis)
            text = f"turns about {axis} alone: two numbers tell it"
            yield Finding("one-axis", place, controller, text, offer)
