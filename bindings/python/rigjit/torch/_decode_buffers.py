"""A rig's plan as buffers, in the order in which Decode computes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from rigjit.torch import _rotation
from rigjit.torch._module import DEGREES, ORDERS, RigModule, axes_of

if TYPE_CHECKING:
    from rigjit import Rig


class DecodeBuffers(RigModule):
    """Constants are (n, 1), to go with (n, frames); limits that no row has are left out.

    rotations: (controller, transformation) of every rotation3d, then of every rotation1d; terms:
    those of all that a loss compares, affine inputs, rotations and enums encoded one_hot.
    """

    def __init__(self, rig: Rig) -> None:
        super().__init__(rig)
        self._limits: dict[str, tuple[bool, bool]] = {}
        tables = rig.tables()
        # Numbers of one type stand together.
        affine = tables.affine[np.argsort(tables.affine["type"], kind="stable")]
        angles, rotations, one_hots = tables[2:5]
        euler, quaternions = (rotations[rotations["quaternion"] == is_one] for is_one in (0, 1))
        self._keep_inputs(affine, angles, rotations, one_hots)
        self._keep_affine(affine)
        self._keep_angles(angles)
        self._keep_rotations(rotations)
        self._keep_euler(euler)
        self._keep_one_hots(one_hots)
        self._keep("constants", tables.constants["value"][:, None], torch.float64)
        turned = np.take_along_axis(euler["channels"], axes_of(euler), axis=1)
        found = [
            affine["channel"],
            angles["channel"],
            turned.T,
            quaternions["channels"].T,
            one_hots["channel"],
            tables.constants["channel"],
        ]
        self._keep_order("channel", np.argsort(np.concatenate([np.ravel(each) for each in found])))
        channels, inputs = rig.channels, rig.inputs
        self.rotations: list[tuple[str, str]] = [
            (channels[row["channels"][0]].controller, "rotation3d") for row in rotations
        ] + [(channels[row["channel"]].controller, "rotation1d") for row in angles]
        self.terms = [
            *(inputs[place][:2] for place in affine["input"]),
            *self.rotations,
            *((channels[row["channel"]].controller, "one_hot") for row in one_hots),
        ]

    def _keep_limits(self, kind: str, rows: Any) -> None:
        """Limits that clamp and limits that refuse, one of them infinite; (n, 1)."""
        refuses = rows["refuses"].T.reshape(-1, 1)
        kept = {"clamps": False, "refuses": False}
        for side, none in (("min", -np.inf), ("max", np.inf)):
            limits = rows[side].astype(np.float64).T.reshape(-1, 1)
            for use, numbers in (
                ("clamps", np.where(refuses, none, limits)),
                ("refuses", np.where(refuses, limits, none)),
            ):
                self._keep(f"{kind}_{use}_{side}", numbers, torch.float64)
                kept[use] |= bool(np.isfinite(numbers).any())
        self._limits[kind] = kept["clamps"], kept["refuses"]

    def _keep_inputs(self, affine: Any, angles: Any, rotations: Any, one_hots: Any) -> None:
        names = [row["input"] + np.arange(row["count"]) for row in one_hots]
        found = [
            affine["input"],
            angles["sin"],
            angles["cos"],
            rotations["a1"].T,
            rotations["a2"].T,
            *names,
        ]
        self._keep_order("input", np.concatenate([np.ravel(each) for each in found]))
        sizes = len(affine), 2 * len(angles), 6 * len(rotations)
        self._sizes = [*sizes, self.vec_size - sum(sizes)]

    def _keep_affine(self, rows: Any) -> None:
        self._keep("affine_scale", rows["scale"][:, None], torch.float64)
        self._keep("affine_center", rows["center"][:, None], torch.float64)
        types = rows["type"]
        self._types = [int((types == 0).sum()), int((types == 1).sum()), int((types > 1).sum())]
        self._keep_limits("affine", rows)

    def _keep_angles(self, rows: Any) -> None:
        unit = np.where(rows["radians"], 1, DEGREES)
        self._keep("angle_unit", unit[:, None], torch.float64)
        names = [self.rig.channels[channel].attribute for channel in rows["channel"]]
        along, skew = _rotation.axis_matrices(["XYZ".index(name[-1]) for name in names])
        self._keep("angle_along", along, torch.float64)
        self._keep("angle_skew", skew, torch.float64)
        self._keep_limits("angle", rows)

    def _keep_rotations(self, rows: Any) -> None:
        """Where a matrix's entries, for column vectors, are among components of b1, b2, b3."""
        count, turns = len(rows), len(self.angle_unit)
        line, column, place = np.ogrid[:3, :3, :count]
        entries = np.where(rows["rows"], line * 3 + column, column * 3 + line) * count + place
        axes = axes_of(rows)
        is_euler = np.flatnonzero(~rows["quaternion"])
        first, second = (axes[is_euler].T[each] for each in (np.s_[:, None], np.s_[None]))
        of_euler = entries[first, second, is_euler]
        of_quaternions = entries[:, :, rows["quaternion"]]
        found = np.concatenate([of_euler.ravel(), of_quaternions.ravel()])
        self._keep_order("entry", found)
        self._count = count
        of_angles = np.arange(9 * turns).reshape(3, 3, turns) + 9 * count
        whole = np.concatenate([entries, of_angles], axis=2).transpose(2, 0, 1)
        self._keep_order("matrix", whole.ravel())

    def _keep_euler(self, rows: Any) -> None:
        parity = [_rotation.AXES[ORDERS[order]][3] for order in rows["order"]]
        self._keep("euler_parity", np.reshape(parity, (-1, 1)), torch.float64)
        unit = np.where(rows["radians"], 1, DEGREES)
        self._keep("euler_unit", unit[:, None], torch.float64)
        axes = axes_of(rows)
        limits = {
            key: np.take_along_axis(rows[key], axes, axis=1) for key in ("min", "max", "refuses")
        }
        self._keep_limits("euler", limits)

    def _keep_one_hots(self, rows: Any) -> None:
        counts = rows["count"].astype(np.int64)
        self.most_names = int(counts.max()) if len(rows) else 0
        places = np.arange(self.most_names)
        is_name = places < counts[:, None]
        self._keep("is_name", is_name[..., None], torch.bool)
        self._keep("names_index", places[:, None], torch.float64)
        begin = np.cumsum(counts) - counts
        self._keep("names_place", begin[:, None] + np.where(is_name, places, 0), torch.int64)
