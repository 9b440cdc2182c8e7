"""Carries vectors, values and a network's output layer of an old rig over to a new one."""

from __future__ import annotations

from rigjit._rigjit import _late_import, _remap

TYPE_CHECKING = False  # typing's own costs its import
if TYPE_CHECKING:
    from os import PathLike
    from typing import Any, TypeAlias

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from rigjit._rigjit import Rig

    _Source: TypeAlias = Rig | str | bytes | PathLike[str] | PathLike[bytes]


class Remap:
    """new_vec[i] = old_vec[inputs[i]] * gain[i] + bias[i], or fill[i] where inputs[i] is -1.

    Made by rigjit.remap. Every channel that is made by carried inputs means in the new rig what it
    did in the old one, within float32 rounding and up to the limits (min, max) of both. The arrays
    are read-only; use it from any thread.

    inputs: int64, one an input of the new rig: its index in the old vector, or -1.
    gain, bias: float64, for changed scale and center; 1 and 0 elsewhere, 0 where not carried.
    fill: float32, the new rig's rest_vec; where the old rig had a constant, what gives its value.
    channels: int64, one a channel of the new rig: its index among the old values, or -1 where the
        old rig has none of this name or one whose number means something else (another angle unit
        or rotate order).
    not_carried: [(controller, attributes, reason), ...] of the inputs that are -1.
    """

    __slots__ = ("bias", "channels", "fill", "gain", "inputs", "not_carried", "old_vec_size")

    old_vec_size: int
    inputs: NDArray[np.int64]
    gain: NDArray[np.float64]
    bias: NDArray[np.float64]
    fill: NDArray[np.float32]
    channels: NDArray[np.int64]
    not_carried: list[tuple[str, tuple[str, ...], str]]

    def __init__(self, old: _Source, new: _Source) -> None:
        (
            self.old_vec_size,
            self.inputs,
            self.gain,
            self.bias,
            self.fill,
            self.channels,
            self.not_carried,
        ) = _remap(old, new)

    def apply(self, vecs: ArrayLike, fill: ArrayLike | None = None) -> NDArray[np.float32]:
        """The vectors of the new rig that mean what `vecs` did: float32 (..., new size).

        vecs: floats (..., old size), one vector or a batch of any shape. fill: what stands where
        nothing is carried, a number or floats that broadcast to the result; default: self.fill.
        Raises RigError for a wrong shape, TypeError for a wrong dtype.
        """
        np, _arrays = _late_import("numpy"), _late_import("rigjit._arrays")
        old = _arrays.floats(vecs, "vecs")
        if old.ndim == 0 or old.shape[-1] != self.old_vec_size:
            self._fail("vecs", old.shape, f"(..., {self.old_vec_size})")
        is_carried = self.inputs >= 0
        result = np.empty((*old.shape[:-1], len(self.inputs)), np.float32)
        result[...] = self.fill if fill is None else _arrays.number_or_floats(fill, "fill")
        # Too large for float32 becomes infinite, which the conversion then names.
        with np.errstate(over="ignore", invalid="ignore"):
            carried = old[..., self.inputs[is_carried]].astype(np.float64) * self.gain[is_carried]
            result[..., is_carried] = carried + self.bias[is_carried]
        return result

    def apply_layer(
        self, weight: ArrayLike, bias: ArrayLike | None = None, fill: ArrayLike | None = None
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Weight and bias of a linear layer that puts out vectors of the new rig.

        weight: floats (old size, features) as torch.nn.Linear keeps it; bias: (old size,), or None
        for a layer without one. Returns (new size, features) and (new size,) of weight's dtype: new
        outputs are what apply() makes of the old ones. Outputs that are not carried are constant,
        `fill`: a number or (new size,); default: self.fill.
        Raises RigError for a wrong shape, TypeError for a wrong dtype.
        """
        np, _arrays = _late_import("numpy"), _late_import("rigjit._arrays")
        old_weight = _arrays.floats(weight, "weight")
        old_bias = _arrays.floats(np.zeros(self.old_vec_size) if bias is None else bias, "bias")
        if old_weight.ndim != 2 or old_weight.shape[0] != self.old_vec_size:
            self._fail("weight", old_weight.shape, f"({self.old_vec_size}, features)")
        if old_bias.shape != (self.old_vec_size,):
            self._fail("bias", old_bias.shape, f"({self.old_vec_size},)")
        is_carried = self.inputs >= 0
        index = self.inputs[is_carried]
        gain = self.gain[is_carried]
        new_weight = np.zeros((len(self.inputs), old_weight.shape[1]))
        new_weight[is_carried] = old_weight[index].astype(np.float64) * gain[:, None]
        new_bias = np.empty(len(self.inputs))
        new_bias[...] = self.fill if fill is None else _arrays.number_or_floats(fill, "fill")
        new_bias[is_carried] = old_bias[index].astype(np.float64) * gain + self.bias[is_carried]
        with np.errstate(over="ignore"):
            return new_weight.astype(old_weight.dtype), new_bias.astype(old_weight.dtype)

    def __repr__(self) -> str:
        carried = int((self.inputs >= 0).sum())
        return (
            f"<rigjit.Remap: {self.old_vec_size} inputs to {len(self.inputs)}, {carried} carried>"
        )

    def __str__(self) -> str:
        """What is not carried, and why, a line each."""
        lines = [
            f"{controller}.{', '.join(attributes)}: {reason}"
            for controller, attributes, reason in self.not_carried
        ]
        return "\n".join([repr(self), *lines])

    def _fail(self, name: str, shape: tuple[int, ...], wanted: str) -> None:
        from rigjit._errors import RigError
        from rigjit._rigjit import Error

        message = f"{name} has shape {shape}, the old rig's has shape {wanted}"
        raise RigError([Error("wrong-shape", message, path=name)])


Remap.__module__ = "rigjit"


def remap(old: _Source, new: _Source) -> Remap:
    """How to carry vectors of the rig `old` over to `new`, each a Rig or the path of a spec.

    A spec is read and not compiled. Raises RigError with every mistake of a spec, OSError where a
    file cannot be read.
    """
    return Remap(old, new)
