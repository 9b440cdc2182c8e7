"""From vectors to values and matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor

from rigjit.torch import _rotation
from rigjit.torch._decode_buffers import DecodeBuffers
from rigjit.torch._layout import arranged, chosen, delivered, finite, not_finite, permuted
from rigjit.torch._module import result_dtype

if TYPE_CHECKING:
    from rigjit import Rig


class Inputs(NamedTuple):
    """A batch's inputs by kind, (n, frames) of float64 each, with gradients."""

    affine: Tensor
    sin_cos: Tensor  # (2, n, frames)
    columns: Tensor  # (2, 3, n, frames): a1, a2
    names: Tensor


class Decode(DecodeBuffers):
    """vec -> values, as rig.vec_to_values means it, with gradients.

    straight_through: a bool, int or enum passes gradients as if its number were not rounded, and an
    enum encoded one_hot as if it were the mean of its indices by softmax; False: none. A value that
    is clamped has no gradient, whatever its type.

    What the kernel refuses (`good`) is no error here: a rotation of zero or parallel columns is
    the identity, an angle of (0, 0) and a number that is not finite are 0, a value beyond a limit
    that refuses stays as it is. Values of such a vector have no gradient; of its matrices those
    that are refused have none. Gradients are finite for all finite input. Those of Euler angles
    near gimbal lock are huge: take losses on matrices.

    Raises RigError ('wrong-shape') and TypeError. Any batch dimensions, also empty ones; for
    autograd, torch.func, torch.compile(fullgraph=True), torch.export and ONNX (dynamo=True).
    """

    def __init__(self, rig: Rig, straight_through: bool = True) -> None:
        super().__init__(rig)
        self.straight_through = bool(straight_through)

    def _arguments(self) -> tuple[Any, ...]:
        return (self.rig, self.straight_through)

    def forward(self, vec: Tensor) -> Tensor:
        """(..., vec_size) floats to (..., channels), in the order of rig.channels."""
        rows, good = self._converted(self.inputs_of(vec), result_dtype(vec))
        order = self.channel_order, self.channel_inverse
        shape = (*vec.shape[:-1], self.channel_count)
        return delivered(rows, *order, shape, good.to(rows.dtype))

    def matrices(self, vec: Tensor) -> Tensor:
        """(..., rotations, 3, 3): every rotation3d, then every rotation1d, before their limits.

        For column vectors, in the order of self.rotations: [(controller, transformation), ...].
        """
        inputs = self.inputs_of(vec)
        parts = self._basis(inputs)[0], self._about_axes(inputs)
        rows = torch.cat([part.flatten(0, -2) for part in parts]).to(result_dtype(vec))
        order = self.matrix_order, self.matrix_inverse
        return delivered(rows, *order, (*vec.shape[:-1], len(self.rotations), 3, 3))

    def good(self, vec: Tensor) -> Tensor:
        """(...) bool: the vectors that the kernel converts."""
        # The kernel's vectors are float32.
        inputs = self.inputs_of(vec, dtype=torch.float32)
        return self._converted(inputs, torch.float32)[1].reshape(vec.shape[:-1])

    def inputs_of(self, vec: Tensor, name: str = "vec", dtype: torch.dtype | None = None) -> Inputs:
        """By kind; rounded to `dtype` first, if given."""
        self.check(vec, self.vec_size, name, "inputs")
        rows = arranged(vec.to(dtype or vec.dtype), self.input_order, self.input_inverse)
        affine, sin_cos, columns, names = rows.split_with_sizes(self._sizes)
        frames = rows.shape[-1]
        return Inputs(
            affine,
            sin_cos.reshape(2, len(self.angle_unit), frames),
            columns.reshape(2, 3, self._count, frames),
            names,
        )

    def matrix_entries(self, inputs: Inputs) -> Tensor:
        """(9, rotations, frames): the entries of matrices or of their transposes, all alike."""
        return torch.cat([self._basis(inputs)[0], self._about_axes(inputs)], 1)

    def _converted(self, inputs: Inputs, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """(channels, frames), as `delivered` wants them; (frames,) bool, what the kernel takes."""
        affine, is_affine = self._affine(inputs.affine, dtype)
        angles, is_angle = self._angles(inputs, dtype)
        basis, is_rotation = self._basis(inputs)
        entries = permuted(basis.flatten(0, 1), self.entry_order, self.entry_inverse)
        frames, euler_count = basis.shape[-1], len(self.euler_unit)
        quaternion_count = self._count - euler_count
        of_euler, of_quaternions = entries.split_with_sizes([9 * euler_count, 9 * quaternion_count])
        euler, is_euler = self._euler(of_euler.reshape(9, euler_count, frames), dtype)
        quaternions = _rotation.quaternion(of_quaternions.reshape(9, quaternion_count, frames))
        parts = [
            affine,
            angles,
            euler,
            quaternions.flatten(0, 1),
            self._one_hots(inputs.names),
            self.constants.expand(-1, frames),
        ]
        is_name = ~torch.isnan(inputs.names.detach()).any(0)
        good = is_affine & is_angle & is_rotation & is_euler & is_name
        return torch.cat([part.to(dtype) for part in parts]), good

    def _limited(self, values: Tensor, kind: str) -> tuple[Tensor, Tensor]:
        """Values within limits that clamp; (frames,), which are within limits that refuse."""
        clamps, refuses = self._limits[kind]
        good = values.new_ones(values.shape[-1:], dtype=torch.bool)

        def limits(use: str) -> tuple[Tensor, Tensor]:
            pair = (self._number(f"{kind}_{use}_{side}") for side in ("min", "max"))
            low, high = (limit.to(values.dtype) for limit in pair)
            return low, high

        now = values.detach()
        if refuses:
            low, high = limits("refuses")
            good = ((now >= low) & (now <= high)).all(0)
        if clamps:
            inside = now.clamp(*limits("clamps"))
            values = values * (now == inside).to(values.dtype)
            values = values + (inside - values.detach())
        return values, good

    def _affine(self, inputs: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        numbers = torch.addcmul(self.affine_center, inputs, self.affine_scale).to(dtype)
        is_finite = not_finite(numbers).sum(0) == 0
        floats, bools, wholes = numbers.split_with_sizes(self._types)
        typed = [self._typed(bools, (bools >= 0.5).to(dtype)), self._typed(wholes, wholes.round())]
        values, good = self._limited(torch.cat([floats, *typed]), "affine")
        return values, good & is_finite

    def _typed(self, numbers: Tensor, typed: Tensor) -> Tensor:
        typed = typed.detach() + 0.0
        return typed + (numbers - numbers.detach()) if self.straight_through else typed

    def _sin_cos(self, inputs: Inputs) -> tuple[Tensor, Tensor, Tensor]:
        """Of unit length, and a mask of those that are an angle; the others are that of 0."""
        sin, cos = finite(inputs.sin_cos).unbind(0)
        length = torch.addcmul(sin * sin, cos, cos)
        good = (length.detach() > not_finite(inputs.sin_cos).sum(0)).to(length.dtype)
        shorter = chosen(good, length, 1.0).rsqrt()
        return chosen(good, sin * shorter), chosen(good, cos * shorter, 1.0), good

    def _angles(self, inputs: Inputs, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        sin, cos, is_angle = self._sin_cos(inputs)
        values, good = self._limited(_rotation.atan2(sin, cos, dtype) * self.angle_unit, "angle")
        return values, good & is_angle.bool().all(0)

    def _about_axes(self, inputs: Inputs) -> Tensor:
        """(9, rotation1ds, frames)."""
        sin, cos, _ = self._sin_cos(inputs)
        matrices = _rotation.about_axes(sin, cos, self.angle_along, self.angle_skew)
        return matrices.flatten(0, 1)

    def _basis(self, inputs: Inputs) -> tuple[Tensor, Tensor]:
        """(9, rotation3ds, frames): components of b1, b2, b3; (frames,), where all are columns."""
        a1, a2 = finite(inputs.columns).unbind(0)
        bad = not_finite(inputs.columns).sum((0, 1))
        components, good = _rotation.orthonormal(a1, a2, bad)
        return torch.stack(components), good.bool().all(0)

    def _euler(self, entries: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """(3 x Euler rotations, frames), in the order of application."""
        angles = _rotation.euler(entries, self.euler_parity, dtype) * self.euler_unit
        return self._limited(angles.flatten(0, 1), "euler")

    def logits(self, names: Tensor) -> Tensor:
        """(one_hots, most names, frames) of enums encoded one_hot; -inf for what is no name."""
        padded = names.index_select(0, self.names_place.flatten())
        shape = (*self.names_place.shape, names.shape[-1])
        return padded.reshape(shape).masked_fill(~self.is_name, -torch.inf)

    def _one_hots(self, names: Tensor) -> Tensor:
        if self.most_names == 0:
            return names
        logits = self.logits(names)
        index = torch.where(torch.isnan(logits), -torch.inf, logits).argmax(1).to(names.dtype)
        if not self.straight_through:
            return index
        known = torch.nan_to_num(logits).masked_fill(~self.is_name, -torch.inf)
        mean: Tensor = (known.softmax(1) * self.names_index).sum(1)
        through: Tensor = index + (mean - mean.detach())
        return through
