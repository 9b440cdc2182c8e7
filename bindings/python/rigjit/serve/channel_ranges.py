"""From where to where a channel goes for inputs of ordinary size: the ends of a slider."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rigjit import Rig

_AFFINE = ("translation", "scale", "attribute")
_TURN = 180.0  # degrees


def channel_ranges(rig: Rig) -> list[list[float]]:
    """[[lowest, highest], ...], one a channel: of affine channels those for inputs of -1 and 1."""
    rest = rig.vec_to_values(rig.rest_vec)
    is_affine = np.array([kind in _AFFINE for _, kind, _ in rig.inputs], np.bool_)
    low, high = (_values(rig, np.where(is_affine, end, rig.rest_vec)) for end in (-1, 1))
    found = []
    for place, (_, attribute) in enumerate(rig.channels):
        ends = sorted((float(low[place]), float(high[place])))
        if ends[0] == ends[1]:
            width = _turn(rig) if attribute.startswith("rotate") else 1.0
            ends = [float(rest[place]) - width, float(rest[place]) + width]
            if attribute.startswith(("rotate", "quaternion")):
                ends = [-width, width]
        found.append(ends)
    return found


def _values(rig: Rig, vec: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of a vector, or of the rest pose where a limit refuses it."""
    try:
        return rig.vec_to_values(vec.astype(np.float32))
    except ValueError:
        return rig.vec_to_values(rig.rest_vec)


def _turn(rig: Rig) -> float:
    """Half a turn in the rig's unit."""
    import io

    head = io.BytesIO()
    rig.clip_stream(head)
    unit = json.loads(head.getvalue()[12:])["angle_unit"]
    return _TURN if unit == "degrees" else float(np.pi)
