"""From values to vectors."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from rigjit._rigjit import Rig
from rigjit.torch import _rotation
from rigjit.torch._layout import arranged, chosen, delivered
from rigjit.torch._module import DEGREES, RigModule, axes_of, result_dtype


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
        affine, angles, rotations, one_hots, constants = rig.tables()[1:]
        euler, quaternions = (rotations[rotations["quaternion"] == is_one] for is_one in (0, 1))
        self._keep("affine_scale", affine["scale"][:, None], torch.float64)
        self._keep("affine_center", affine["center"][:, None], torch.float64)
        unit = np.where(angles["radians"], 1, DEGREES)
        self._keep("angle_unit", unit[:, None], torch.float64)
        self._keep_euler(euler)
        self._keep("quaternion_is_rows", quaternions["rows"][:, None], torch.bool)
        counts = one_hots["count"].astype(np.int64)
        places = [np.arange(count) for count in counts]
        self._keep("names_index", np.concatenate([*places, []])[:, None], torch.float64)
        self._keep("names_row", np.repeat(np.arange(len(counts)), counts), torch.int64)
        channels = [
            affine["channel"],
            angles["channel"],
            np.take_along_axis(euler["channels"], axes_of(euler), axis=1).T,
            quaternions["channels"].T,
            one_hots["channel"],
            constants["channel"],
        ]
        self._sizes = [each.size for each in channels]
        self._keep_order("channel", np.concatenate([np.ravel(each) for each in channels]))
        columns = [np.stack([rows["a1"].T, rows["a2"].T]) for rows in (euler, quaternions)]
        names = [row["input"] + place for row, place in zip(one_hots, places, strict=True)]
        inputs = [affine["input"], angles["sin"], angles["cos"], *columns, *names]
        order = np.argsort(np.concatenate([np.ravel(each) for each in inputs]))
        self._keep_order("input", order)

    def _keep_euler(self, rows: np.ndarray) -> None:
        unit = np.where(rows["radians"], 1, DEGREES)
        self._keep("euler_unit", np.tile(unit, 3)[:, None], torch.float64)
        along, skew = _rotation.axis_matrices(axes_of(rows).T.ravel())
        self._keep("euler_along", along, torch.float64)
        self._keep("euler_skew", skew, torch.float64)
        self._keep("euler_is_rows", rows["rows"][:, None], torch.bool)

    def forward(self, values: Tensor) -> Tensor:
        """(..., channels) floats, in the order of rig.channels, to (..., vec_size)."""
        self.check(values, self.channel_count, "values", "channels")
        rows = arranged(values, self.channel_order, self.channel_inverse)
        affine, angles, euler, quaternions, one_hots, _ = rows.split_with_sizes(self._sizes)
        angles = angles / self.angle_unit
        names = one_hots.detach().index_select(0, self.names_row) == self.names_index
        parts = [
            (affine - self.affine_center) / self.affine_scale,
            angles.sin(),
            angles.cos(),
            self._columns(self._of_euler(euler), self.euler_is_rows),
            self._columns(self._of_quaternions(quaternions), self.quaternion_is_rows),
            names.to(rows.dtype),
        ]
        vec = torch.cat(parts).to(result_dtype(values))
        return delivered(
            vec, self.input_order, self.input_inverse, (*values.shape[:-1], self.vec_size)
        )

    def _of_euler(self, angles: Tensor) -> Tensor:
        angles = angles / self.euler_unit
        turns = _rotation.about_axes(angles.sin(), angles.cos(), self.euler_along, self.euler_skew)
        turns = turns.reshape(3, 3, 3, len(self.euler_is_rows), turns.shape[-1])
        first, middle, last = turns.unbind(2)
        return _rotation.product(last, _rotation.product(middle, first))

    def _of_quaternions(self, numbers: Tensor) -> Tensor:
        q = numbers.reshape(4, len(self.quaternion_is_rows), numbers.shape[-1])
        is_some = (q.detach() != 0).any(0).to(q.dtype)
        w, x, y, z = q.unbind(0)
        return _rotation.of_quaternion(
            torch.stack([chosen(is_some, w, 1.0), x * is_some, y * is_some, z * is_some])
        )

    @staticmethod
    def _columns(matrices: Tensor, is_rows: Tensor) -> Tensor:
        """Both columns of each, or both rows, component by component."""
        return torch.where(is_rows, matrices, matrices.transpose(0, 1))[:2].flatten(0, 2)
