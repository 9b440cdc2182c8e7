"""Random poses that a body could have, as values of the demo's rig."""

from __future__ import annotations

import numpy as np
from figure import FACTS, Floats

import rigjit

# Degrees of a turn in any direction, one standard deviation.
_SPREAD = {
    "torso": 9,
    "spine_fk.003": 11,
    "neck": 8,
    "head": 11,
    "upper_arm_fk": 42,
    "thigh_fk": 24,
}
# Degrees of the hinges, from and to: elbows and knees bend one way.
_HINGES = {"forearm_fk": (0, 120), "shin_fk": (0, 100), "foot_fk": (-25, 25)}
_MOVE = 0.06  # metres, of the torso


def random_values(rig: rigjit.Rig, count: int, seed: int) -> Floats:
    """(count, channels) float32: what the spec pins, and poses from a generator of this seed."""
    rng = np.random.default_rng(seed)
    places = {channel: index for index, channel in enumerate(rig.channels)}
    values = np.tile(rig.vec_to_values(rig.rest_vec), (count, 1))
    for control in FACTS["controls"]:
        name = control["name"]
        kind = name.rpartition(".")[0] if name[-2:] in (".L", ".R") else name
        if control["hinge"]:
            low, high = _HINGES[kind]
            share = rng.beta(1.1, 1.8, count) if low == 0 else rng.beta(2, 2, count)
            values[:, places[name, "rotateX"]] = low + (high - low) * share
            continue
        axis = rng.normal(size=(count, 3))
        axis /= np.linalg.norm(axis, axis=1, keepdims=True)
        half = np.radians(rng.normal(0, _SPREAD[kind], count)).clip(-2, 2) / 2
        columns = [places[name, f"quaternion{letter}"] for letter in "WXYZ"]
        values[:, columns] = np.column_stack([np.cos(half), np.sin(half)[:, None] * axis])
    torso = [places["torso", f"translate{axis}"] for axis in "XYZ"]
    values[:, torso] = rng.normal(0, _MOVE, (count, 3))
    return values.astype(np.float32)
