"""What Decode and Encode share: constants of a rig as buffers, pickles, checks of input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from rigjit._errors import RigError
from rigjit._rigjit import Error, Rig

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike


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
        self.register_buffer(name, torch.as_tensor(np.array(numbers)).to(dtype), persistent=False)

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

    def _checked(self, given: Tensor, size: int, name: str, meaning: str) -> Tensor:
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
        return given


def _remade(
    kind: type[RigModule], arguments: tuple[Any, ...], device: str, is_training: bool
) -> RigModule:
    module = kind(*arguments).train(is_training)
    if torch.device(device).type == "cuda" and not torch.cuda.is_available():
        return module
    return module.to(device)


def result_dtype(given: Tensor) -> torch.dtype:
    """float64 of float64, float32 of all else."""
    return torch.float64 if given.dtype == torch.float64 else torch.float32


class _Widened(torch.autograd.Function):
    """float64 of the input; gradients too large for its dtype become its largest number."""

    generate_vmap_rule = True

    @staticmethod
    def forward(given: Tensor) -> Tensor:
        return given.to(torch.float64, copy=True)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], output: Tensor) -> None:
        ctx.dtype = inputs[0].dtype

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        largest = torch.finfo(ctx.dtype).max
        return gradient.clamp(-largest, largest).to(ctx.dtype)


def widened(given: Tensor) -> Tensor:
    """`given` in float64, with gradients that stay finite."""
    return cast("Tensor", _Widened.apply(given))
