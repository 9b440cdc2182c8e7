"""From where to where a channel goes for inputs of ordinary size: the ends of a slider."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rigjit import Rig

_AFFINE = ("translation", "scale", "attribute")
_HALF_TURN = {"degrees": 180.0, "radians": math.pi}


def channel_ranges(rig: Rig) -> list[list[float]]:
    """[[lowest, highest], ...], one a channel: of affine channels those for inputs of -1 and 1."""
    rest = rig.vec_to_values(rig.rest_vec)
    is_affine = np.array([kind in _AFFINE for _, kind, _ in rig.inputs], np.bool_)
    low, high = (_values(rig, np.where(is_affine, end, rig.rest_vec)) for end in (-1, 1))
    found = []
    for place, channel in enumerate(rig.channels):
        ends = sorted((float(low[place]), float(high[place])))
        if channel.transformation.startswith("rotation"):
            width = 1.0 if channel.angle_unit is None else _HALF_TURN[channel.angle_unit]
            ends = [-width, width]
        elif ends[0] == ends[1]:
            ends = [float(rest[place]) - 1, float(rest[place]) + 1]
        found.append(ends)
    return found


def _values(rig: Rig, vec: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of a vector, or of the rest pose where a limit refuses it."""
    try:
        return rig.vec_to_values(vec.astype(np.float32))
    except ValueError:
        return rig.vec_to_values(rig.rest_vec)
