"""From vectors to values and matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from rigjit.torch import _rotation
from rigjit.torch._module import RigModule, result_dtype, widened

if TYPE_CHECKING:
    from rigjit import Rig, Tables

ORDERS = ("xyz", "yzx", "zxy", "xzy", "yxz", "zyx")
DEGREES = 180 / np.pi


class Decode(RigModule):
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
        tables = rig.tables()
        self._keep_affine(tables)
        self._keep_angles(tables)
        self._keep_rotations(tables)
        self._keep_one_hots(tables)
        self._keep("constants", tables.constants["value"], torch.float64)
        self._name(tables)
        order = np.concatenate(
            [
                tables.affine["channel"],
                tables.angles["channel"],
                tables.rotations["channels"][~tables.rotations["quaternion"], :3].ravel(),
                tables.rotations["channels"][tables.rotations["quaternion"]].ravel(),
                tables.one_hots["channel"],
                tables.constants["channel"],
            ]
        )
        self._keep("channel_order", np.argsort(order), torch.int64)

    def _name(self, tables: Tables) -> None:
        """What matrices and terms of a loss are of: (controller, transformation)."""
        channels, inputs = self.rig.channels, self.rig.inputs
        self.rotations: list[tuple[str, str]] = [
            (channels[row["channels"][0]].controller, "rotation3d") for row in tables.rotations
        ] + [(channels[row["channel"]].controller, "rotation1d") for row in tables.angles]
        self.terms = [
            *(inputs[place][:2] for place in tables.affine["input"]),
            *self.rotations,
            *((channels[row["channel"]].controller, "one_hot") for row in tables.one_hots),
        ]

    def _keep_limits(self, kind: str, rows: Any) -> None:
        """Limits that clamp and limits that refuse, one of them infinite."""
        refuses = rows["refuses"]
        for side, none in (("min", -np.inf), ("max", np.inf)):
            limits = rows[side].astype(np.float64)
            self._keep(f"{kind}_{side}", np.where(refuses, none, limits), torch.float64)
            self._keep(f"{kind}_{side}_good", np.where(refuses, limits, none), torch.float64)

    def _keep_affine(self, tables: Tables) -> None:
        rows = tables.affine
        self._keep("affine_input", rows["input"], torch.int64)
        self._keep("affine_scale", rows["scale"], torch.float64)
        self._keep("affine_center", rows["center"], torch.float64)
        self._keep("is_bool", rows["type"] == 1, torch.bool)
        self._keep("is_whole", rows["type"] >= 2, torch.bool)
        self._has_types = bool((rows["type"] != 0).any())
        self._keep_limits("affine", rows)

    def _keep_angles(self, tables: Tables) -> None:
        rows = tables.angles
        self._keep("angle_sin", rows["sin"], torch.int64)
        self._keep("angle_cos", rows["cos"], torch.int64)
        self._keep("angle_unit", np.where(rows["radians"], 1, DEGREES), torch.float64)
        names = [self.rig.channels[channel].attribute for channel in rows["channel"]]
        along, skew = _rotation.axis_matrices(["XYZ".index(name[-1]) for name in names])
        self._keep("angle_along", along, torch.float64)
        self._keep("angle_skew", skew, torch.float64)
        self._keep_limits("angle", rows)

    def _keep_rotations(self, tables: Tables) -> None:
        rows = tables.rotations
        self._count = len(rows)
        self._keep("a1", rows["a1"].ravel(), torch.int64)
        self._keep("a2", rows["a2"].ravel(), torch.int64)
        self._keep("is_rows", rows["rows"][:, None, None], torch.bool)
        self._keep("identity", np.eye(3), torch.float64)
        self._keep("quaternion_rows", np.flatnonzero(rows["quaternion"]), torch.int64)
        is_euler = np.flatnonzero(~rows["quaternion"])
        orders = [_rotation.AXES[ORDERS[order]] for order in rows["order"][is_euler]]
        axes = np.array([order[:3] for order in orders], np.int64).reshape(-1, 3)
        # Of the matrices as one row of numbers: those with rows and columns in the axes' order.
        sorted_entries = is_euler[:, None, None] * 9 + axes[:, :, None] * 3 + axes[:, None, :]
        self._keep("euler_entries", sorted_entries.ravel(), torch.int64)
        self._keep("euler_parity", [order[3] for order in orders], torch.float64)
        back = np.arange(len(axes))[:, None] * 3 + np.argsort(axes, axis=1)
        self._keep("euler_xyz", back.ravel(), torch.int64)
        unit = np.where(rows["radians"][is_euler], 1, DEGREES)
        self._keep("euler_unit", np.repeat(unit, 3), torch.float64)
        limits = {key: rows[key][is_euler].ravel() for key in ("min", "max", "refuses")}
        self._keep_limits("euler", limits)

    def _keep_one_hots(self, tables: Tables) -> None:
        rows = tables.one_hots
        most = int(rows["count"].max()) if len(rows) else 0
        places = np.arange(most)
        self.most_names = most
        is_name = places < rows["count"][:, None]
        inputs = rows["input"][:, None] + np.where(is_name, places, 0)
        self._keep("names_input", inputs.ravel(), torch.int64)
        self._keep("is_name", is_name, torch.bool)
        self._keep("names_index", places, torch.float64)

    def _arguments(self) -> tuple[Any, ...]:
        return (self.rig, self.straight_through)

    def forward(self, vec: Tensor) -> Tensor:
        """(..., vec_size) floats to (..., channels), in the order of rig.channels."""
        wide = self.wide(vec)
        dtype = result_dtype(vec)
        affine, angles, euler, rotations, good = self._parts(wide, dtype)
        parts = [
            affine,
            angles.to(dtype),
            euler.to(dtype),
            self._quaternions(rotations).flatten(-2).to(dtype),
            self._one_hots(wide).to(dtype),
            self.constants.to(dtype).expand(*vec.shape[:-1], -1),
        ]
        values = torch.cat(parts, -1).index_select(-1, self.channel_order)
        return torch.where(good[..., None], values, values.detach())

    def _parts(self, wide: Tensor, dtype: torch.dtype) -> tuple[Tensor, ...]:
        """Affine values, angles, Euler angles; matrices; which frames the kernel converts."""
        affine, is_affine = self._affine(wide, dtype)
        angles, is_angle = self._angles(wide, dtype)
        rotations = self._rotations(wide)
        euler, is_euler = self._euler(rotations, dtype)
        is_rotation = _rotation.is_rotation(*self._columns(wide.detach()))
        is_name = ~torch.isnan(wide.index_select(-1, self.names_input))
        good = torch.cat([is_affine, is_angle, is_rotation, is_euler, is_name], -1).all(-1)
        return affine, angles, euler, rotations, good

    def matrices(self, vec: Tensor) -> Tensor:
        """(..., rotations, 3, 3): every rotation3d, then every rotation1d, before their limits.

        For column vectors, in the order of self.rotations: [(controller, transformation), ...].
        """
        return self.matrices_of(self.wide(vec)).to(result_dtype(vec))

    def matrices_of(self, wide: Tensor) -> Tensor:
        """The same of what wide() gives, in float64."""
        sin, cos, _ = self._sin_cos(wide)
        length = (sin * sin + cos * cos).sqrt()
        angles = _rotation.about_axes(sin / length, cos / length, self.angle_along, self.angle_skew)
        return torch.cat([self._rotations(wide), angles], -3)

    def good(self, vec: Tensor) -> Tensor:
        """(...) bool: the vectors that the kernel converts."""
        # The kernel's vectors are float32.
        wide = self.wide(vec).detach().to(torch.float32).to(torch.float64)
        return self._parts(wide, torch.float32)[-1]

    def wide(self, vec: Tensor, name: str = "vec") -> Tensor:
        """A vector as float64, whose gradient stays finite in its own dtype."""
        return widened(self._checked(vec, self.vec_size, name, "inputs"))

    def affine_inputs(self, wide: Tensor) -> Tensor:
        """(..., affine): the inputs of translations, scales and attributes."""
        return wide.index_select(-1, self.affine_input)

    def _limited(self, values: Tensor, kind: str) -> tuple[Tensor, Tensor]:
        """Values within limits that clamp, and which are within limits that refuse."""
        low, high = self._number(f"{kind}_min"), self._number(f"{kind}_max")
        low, high = low.to(values.dtype), high.to(values.dtype)
        inside = (values >= self._number(f"{kind}_min_good")) & (
            values <= self._number(f"{kind}_max_good")
        )
        values = torch.where(values < low, low, values)
        values = torch.where(values > high, high, values)
        return torch.where(inside, values, values.detach()), inside

    def _affine(self, wide: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        inputs = self.affine_inputs(wide)
        number = inputs.detach() * self.affine_scale + self.affine_center
        is_finite = torch.isfinite(number.to(torch.float32))
        inputs = torch.where(is_finite, inputs, 0.0)
        number = (inputs * self.affine_scale + self.affine_center).to(dtype)
        number = torch.where(is_finite, number, 0.0)
        if self._has_types:
            whole = torch.where(self.is_whole, torch.round(number) + 0.0, number)
            typed = torch.where(self.is_bool, (number >= 0.5).to(dtype), whole)
            if self.straight_through:
                typed = typed.detach() + (number - number.detach())
            number = typed
        values, inside = self._limited(number, "affine")
        return values, is_finite & inside

    def _sin_cos(self, wide: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Sines, cosines and which of them are an angle; the others are that of 0."""
        sin = wide.index_select(-1, self.angle_sin)
        cos = wide.index_select(-1, self.angle_cos)
        length = (sin * sin + cos * cos).detach()
        is_angle = (length > 0) & torch.isfinite(length)
        return torch.where(is_angle, sin, 0.0), torch.where(is_angle, cos, 1.0), is_angle

    def _angles(self, wide: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        sin, cos, is_angle = self._sin_cos(wide)
        values = _rotation.atan2(sin, cos, dtype) * self.angle_unit
        values, inside = self._limited(values, "angle")
        return values, is_angle & inside

    def _columns(self, wide: Tensor) -> tuple[Tensor, Tensor]:
        a1, a2 = wide.index_select(-1, self.a1), wide.index_select(-1, self.a2)
        shape = (*wide.shape[:-1], self._count, 3)
        return a1.reshape(shape), a2.reshape(shape)

    def _rotations(self, wide: Tensor) -> Tensor:
        """(..., rotation3ds, 3, 3)."""
        a1, a2 = self._columns(wide)
        is_rotation = _rotation.is_rotation(a1.detach(), a2.detach())[..., None]
        a1 = torch.where(is_rotation, a1, self.identity[0])
        a2 = torch.where(is_rotation, a2, self.identity[1])
        basis = _rotation.orthonormal(a1, a2)
        return torch.where(self.is_rows, basis, basis.mT)

    def _euler(self, rotations: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """(..., 3 x Euler rotations): rotateX, rotateY, rotateZ of each."""
        entries = rotations.flatten(-3).index_select(-1, self.euler_entries)
        matrices = entries.reshape(*rotations.shape[:-3], len(self.euler_parity), 3, 3)
        angles = _rotation.euler(matrices, self.euler_parity, dtype).flatten(-2)
        return self._limited(angles.index_select(-1, self.euler_xyz) * self.euler_unit, "euler")

    def _quaternions(self, rotations: Tensor) -> Tensor:
        return _rotation.quaternion(rotations.index_select(-3, self.quaternion_rows))

    def logits(self, wide: Tensor) -> Tensor:
        """(..., one_hots, most names) of every enum encoded one_hot; -inf for what is no name."""
        names = wide.index_select(-1, self.names_input)
        return names.reshape(*wide.shape[:-1], len(self.is_name), self.most_names).masked_fill(
            ~self.is_name, -torch.inf
        )

    def _one_hots(self, wide: Tensor) -> Tensor:
        if self.most_names == 0:
            return wide[..., :0]
        logits = self.logits(wide)
        index = torch.where(torch.isnan(logits), -torch.inf, logits).argmax(-1).to(wide.dtype)
        if not self.straight_through:
            return index
        finite = torch.nan_to_num(logits).masked_fill(~self.is_name, -torch.inf)
        mean: Tensor = (finite.softmax(-1) * self.names_index).sum(-1)
        through: Tensor = index + (mean - mean.detach())
        return through
