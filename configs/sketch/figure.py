"""The demo's character: forward kinematics from the rig's values, and how it looks as a drawing.

Lengths are metres in Blender's space: x to the character's left, -y to the viewer, z up. The
picture is SIZE x SIZE pixels, seen from the front: x to the right, y down; the character faces the
viewer.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import rigjit

HERE = Path(__file__).resolve().parent
FACTS = json.loads((HERE / "facts.json").read_text())
SIZE = 64  # pixels
METRES = 2.4  # that the picture shows
CENTER = (0.0, 0.95)  # x and z in its middle
GRID = 32  # cells of the picture that the network sees
_SAMPLES = 24  # of a stroke

JOINTS = [joint["name"] for joint in FACTS["joints"]]
# What a stick figure is drawn of.
LINES = [
    ("pelvis", "chest"),
    ("chest", "neck"),
    ("neck", "head"),
    ("head", "crown"),
    *(
        (f"{one}.{side}", f"{other}.{side}")
        for side in "LR"
        for one, other in (
            ("shoulder", "elbow"),
            ("elbow", "wrist"),
            ("hip", "knee"),
            ("knee", "ankle"),
            ("ankle", "toe"),
        )
    ),
    ("shoulder.L", "shoulder.R"),
    ("hip.L", "hip.R"),
]
_ENDS = np.array([[JOINTS.index(end) for end in line] for line in LINES])

Floats = NDArray[np.floating[Any]]


class Figure:
    """Forward kinematics of the controls in facts.json, in float64."""

    def __init__(self, rig: rigjit.Rig) -> None:
        places = {channel: index for index, channel in enumerate(rig.channels)}
        self._rest = {each["name"]: np.array(each["rest"]) for each in FACTS["controls"]}
        self._channels = {
            name: [
                places.get((name, attribute), -1)
                for attribute in ("translateX", "translateY", "translateZ")
            ]
            for name in self._rest
        }
        self._turns = {
            each["name"]: [
                places[each["name"], attribute]
                for attribute in (
                    ["rotateX"] if each["hinge"] else [f"quaternion{axis}" for axis in "WXYZ"]
                )
            ]
            for each in FACTS["controls"]
        }

    def joints(self, values: Floats) -> Floats:
        """(n, channels) of the rig to (n, joints, 3)."""
        moved: dict[str, Floats] = {}  # each control's matrix times its rest's inverse
        for control in FACTS["controls"]:
            name, rest = control["name"], self._rest[control["name"]]
            basis = self._basis(name, values)
            own = rest @ basis @ np.linalg.inv(rest)
            moved[name] = own if control["parent"] is None else moved[control["parent"]] @ own
        points = [
            moved[joint["control"]] @ np.array([*joint["rest"], 1.0]) for joint in FACTS["joints"]
        ]
        return np.stack(points, axis=1)[..., :3]

    def _basis(self, name: str, values: Floats) -> Floats:
        basis = np.zeros((len(values), 4, 4))
        basis[:] = np.eye(4)
        turn = values[:, self._turns[name]].astype(np.float64)
        basis[:, :3, :3] = _hinge(turn[:, 0]) if turn.shape[1] == 1 else _matrix(turn)
        if min(self._channels[name]) >= 0:
            basis[:, :3, 3] = values[:, self._channels[name]]
        return basis


def _hinge(degrees: Floats) -> Floats:
    """About x."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.zeros((len(degrees), 3, 3))
    matrix[:, 0, 0] = 1
    matrix[:, 1, 1] = matrix[:, 2, 2] = cosine
    matrix[:, 1, 2], matrix[:, 2, 1] = -sine, sine
    return matrix


def _matrix(quaternion: Floats) -> Floats:
    """Of unit quaternions w, x, y, z."""
    w, x, y, z = (quaternion / np.linalg.norm(quaternion, axis=1, keepdims=True)).T
    return np.stack(
        [
            np.stack([1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)], 1),
            np.stack([2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)], 1),
            np.stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], 1),
        ],
        1,
    )


def project(joints: Floats) -> Floats:
    """(..., 3) in metres to (..., 2) in pixels."""
    right = (joints[..., 0] - CENTER[0]) / METRES + 0.5
    down = (CENTER[1] - joints[..., 2]) / METRES + 0.5
    return np.stack([right, down], axis=-1) * SIZE


def draw(points: Floats) -> NDArray[np.float32]:
    """(n, joints, 2) in pixels to what the network sees, (n, GRID, GRID) float32.

    A cell holds the length of the strokes in it, in cells, spread to its neighbours by bilinear
    weights, at most 1. The page does the same to what is drawn there.
    """
    share = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    begins, ends = (points[:, _ENDS[:, side], None] * (GRID / SIZE) - 0.5 for side in (0, 1))
    lengths = np.linalg.norm(ends - begins, axis=-1)[..., 0] / _SAMPLES
    samples = begins + share[:, None] * (ends - begins)
    cells = np.floor(samples).astype(np.int64)
    rest = samples - cells
    first = np.arange(len(points))[:, None, None] * (GRID + 2) ** 2
    count = len(points) * (GRID + 2) ** 2
    picture = np.zeros(count)
    for down in (0, 1):
        for right in (0, 1):
            weight = np.abs(1 - right - rest[..., 0]) * np.abs(1 - down - rest[..., 1])
            # What lies beyond the edge is kept in a margin, which is cut off below.
            x = (cells[..., 0] + right + 1).clip(0, GRID + 1)
            y = (cells[..., 1] + down + 1).clip(0, GRID + 1)
            place = first + y * (GRID + 2) + x
            weights = (weight * lengths[..., None]).ravel()
            picture += np.bincount(place.ravel(), weights, count)
    whole = picture.reshape(len(points), GRID + 2, GRID + 2)[:, 1:-1, 1:-1]
    return np.minimum(whole, 1).astype(np.float32)
