"""From values to vectors."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from rigjit._rigjit import Rig
from rigjit.torch import _rotation
from rigjit.torch._decode import DEGREES, ORDERS
from rigjit.torch._module import RigModule, result_dtype, widened


class Encode(RigModule):
    """values -> vec, as rig.values_to_vec means it, with gradients.

    Columns of rotations have length 1. The values of constants don't matter. A quaternion of zeros
    is the identity with a gradient of 0, and an index that is no name of its enum gives zeros; what
    else rig.values_to_vec would refuse is converted as it is. Enums encoded one_hot have no
    gradient.

    Raises RigError ('wrong-shape') and TypeError. Any batch dimensions, also empty ones.
    """

    def __init__(self, rig: Rig) -> None:
        super().__init__(rig)
        tables = rig.tables()
        affine, angles, rotations, one_hots = tables[1:5]
        self._keep("affine_channel", affine["channel"], torch.int64)
        self._keep("affine_scale", affine["scale"], torch.float64)
        self._keep("affine_center", affine["center"], torch.float64)
        self._keep("angle_channel", angles["channel"], torch.int64)
        unit = np.where(angles["radians"], 1, DEGREES)
        self._keep("angle_unit", unit, torch.float64)
        is_euler = ~rotations["quaternion"]
        self._keep_euler(rotations[is_euler])
        quaternions = rotations[~is_euler]
        self._keep("quaternion_channel", quaternions["channels"].ravel(), torch.int64)
        self._keep("quaternion_is_rows", quaternions["rows"][:, None, None], torch.bool)
        self._keep("one", [1.0, 0, 0, 0], torch.float64)
        counts = one_hots["count"].astype(np.int64)
        self._keep("names_channel", np.repeat(one_hots["channel"], counts), torch.int64)
        places = [np.arange(count) for count in counts]
        self._keep("names_index", np.concatenate([*places, []]), torch.float64)
        columns = [
            np.stack([rows["a1"], rows["a2"]], 1) for rows in (rotations[is_euler], quaternions)
        ]
        inputs = [row["input"] + place for row, place in zip(one_hots, places, strict=True)]
        parts = [affine["input"], angles["sin"], angles["cos"], *columns, *inputs]
        order = np.concatenate([np.ravel(part) for part in parts])
        self._keep("input_order", np.argsort(order), torch.int64)

    def _keep_euler(self, rows: np.ndarray) -> None:
        axes = np.array([_rotation.AXES[ORDERS[order]][:3] for order in rows["order"]], np.int64)
        axes = axes.reshape(-1, 3)
        applied = np.take_along_axis(rows["channels"].astype(np.int64), axes, axis=1)
        self._keep("euler_channel", applied.ravel(), torch.int64)  # in the order of application
        unit = np.where(rows["radians"], 1, DEGREES)
        self._keep("euler_unit", np.repeat(unit, 3), torch.float64)
        along, skew = _rotation.axis_matrices(axes.ravel())
        self._keep("euler_along", along, torch.float64)
        self._keep("euler_skew", skew, torch.float64)
        self._keep("euler_is_rows", rows["rows"][:, None, None], torch.bool)

    def forward(self, values: Tensor) -> Tensor:
        """(..., channels) floats, in the order of rig.channels, to (..., vec_size)."""
        wide = widened(self._checked(values, self.channel_count, "values", "channels"))
        affine = wide.index_select(-1, self.affine_channel) - self.affine_center
        angles = wide.index_select(-1, self.angle_channel) / self.angle_unit
        one_hot = wide.index_select(-1, self.names_channel) == self.names_index
        parts = [
            affine / self.affine_scale,
            angles.sin(),
            angles.cos(),
            self._columns(self._of_euler(wide), self.euler_is_rows),
            self._columns(self._of_quaternions(wide), self.quaternion_is_rows),
            one_hot.to(wide.dtype),
        ]
        vec = torch.cat(parts, -1).index_select(-1, self.input_order)
        return vec.to(result_dtype(values))

    def _of_euler(self, wide: Tensor) -> Tensor:
        angles = wide.index_select(-1, self.euler_channel) / self.euler_unit
        turns = _rotation.about_axes(angles.sin(), angles.cos(), self.euler_along, self.euler_skew)
        turns = turns.reshape(*wide.shape[:-1], len(self.euler_is_rows), 3, 3, 3)
        first, middle, last = turns.unbind(-3)
        return last @ middle @ first

    def _of_quaternions(self, wide: Tensor) -> Tensor:
        numbers = wide.index_select(-1, self.quaternion_channel)
        q = numbers.reshape(*wide.shape[:-1], len(self.quaternion_is_rows), 4)
        is_zero = (q == 0).all(-1, keepdim=True)
        return _rotation.of_quaternion(torch.where(is_zero, self.one, q))

    @staticmethod
    def _columns(matrices: Tensor, is_rows: Tensor) -> Tensor:
        """Both columns of each, or both rows, side by side."""
        return torch.where(is_rows, matrices, matrices.mT)[..., :2, :].flatten(-3)
