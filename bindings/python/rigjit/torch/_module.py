"""What Decode and Encode share: constants of a rig as buffers, pickles, checks of input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from rigjit._errors import RigError
from rigjit._rigjit import Error, Rig
from rigjit.torch import _rotation

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

ORDERS = ("xyz", "yzx", "zxy", "xzy", "yxz", "zyx")
DEGREES = 180 / np.pi


class RigModule(nn.Module):
    """A module without parameters; its buffers are a rig's numbers and in no state_dict.

    It pickles and copies by the rig's spec. Buffers follow .to(device), but keep their dtype
    whatever .half() or .to(dtype) would make of them.
    """

    if TYPE_CHECKING:  # torch says of every buffer that it may be a module

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, rig: Rig) -> None:
        super().__init__()
        if not isinstance(rig, Rig):
            raise TypeError(f"rig must be a rigjit.Rig, not {type(rig).__name__}")
        self.rig = rig
        self.name, self.vec_size = rig.name, rig.vec_size
        self.channel_count = len(rig.channels)

    def _keep(self, name: str, numbers: ArrayLike, dtype: torch.dtype) -> None:
        """Make the buffer `name`."""
        found = np.array(numbers)
        # Empty arrays of numpy may have strides of 0, which torch.export.save does not take.
        buffer = torch.empty(found.shape, dtype=dtype).copy_(torch.as_tensor(found))
        self.register_buffer(name, buffer, persistent=False)

    def _keep_order(self, name: str, order: NDArray[np.integer[Any]]) -> None:
        """Make the buffers `name`_order, a permutation, and `name`_inverse."""
        self._keep(f"{name}_order", order, torch.int64)
        self._keep(f"{name}_inverse", np.argsort(order), torch.int64)

    def _number(self, name: str) -> Tensor:
        return cast("Tensor", getattr(self, name))

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> RigModule:
        for name, buffer in self._buffers.items():
            if buffer is not None:
                moved = fn(buffer)
                is_same = moved.dtype == buffer.dtype
                self._buffers[name] = moved if is_same else buffer.to(moved.device)
        return self

    def _arguments(self) -> tuple[Any, ...]:
        """What makes an equal module."""
        return (self.rig,)

    def __reduce__(self) -> tuple[Any, ...]:
        device = next(iter(self.buffers())).device
        return _remade, (type(self), self._arguments(), str(device), self.training)

    def extra_repr(self) -> str:
        """The rig, in print(module)."""
        return repr(self.rig)

    def check(self, given: Tensor, size: int, name: str, meaning: str) -> None:
        if not isinstance(given, Tensor):
            raise TypeError(f"{name} must be a torch.Tensor, not {type(given).__name__}")
        if not given.is_floating_point():
            raise TypeError(f"{name} must have a float dtype, not {given.dtype}")
        if given.ndim == 0 or given.shape[-1] != size:
            message = (
                f"{name} has shape {tuple(given.shape)}, the rig {self.name!r} has {size} "
                f"{meaning}: (..., {size})"
            )
            raise RigError([Error("wrong-shape", message, path=name)])


def _remade(
    kind: type[RigModule], arguments: tuple[Any, ...], device: str, is_training: bool
) -> RigModule:
    module = kind(*arguments).train(is_training)
    if torch.device(device).type == "cuda" and not torch.cuda.is_available():
        return module
    return module.to(device)


def axes_of(rotations: NDArray[Any]) -> NDArray[np.int64]:
    """(n, 3): axes in the order of application, of rows of Tables.rotations."""
    found = [_rotation.AXES[ORDERS[order]][:3] for order in rotations["order"]]
    return np.array(found, np.int64).reshape(-1, 3)


def result_dtype(given: Tensor) -> torch.dtype:
    """float64 of float64, float32 of all else."""
    return torch.float64 if given.dtype == torch.float64 else torch.float32
