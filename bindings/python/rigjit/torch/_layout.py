"""How a batch lies in memory while it is converted: (n, frames) of float64, kind after kind.

So every operation is elementwise on long rows. On the CPU torch's where, masked_fill and isfinite
take five to twenty times as long as a product, and the gradient of its index_select adds row by
row: so masks are numbers, 0 and 1, and a permutation has its inverse for a gradient.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor
from torch.autograd import Function

if TYPE_CHECKING:
    from collections.abc import Sequence


def arranged(given: Tensor, order: Tensor, inverse: Tensor) -> Tensor:
    """(..., n) as (n, frames) of float64, rows by `order`.

    Gradients too large for the input's dtype become its largest number.
    """
    frames = math.prod(given.shape[:-1])
    return _applied(_Arranged, given.reshape(frames, given.shape[-1]), order, inverse)


def delivered(
    rows: Tensor,
    order: Tensor,
    inverse: Tensor,
    shape: Sequence[int],
    good: Tensor | None = None,
) -> Tensor:
    """The way back: (n, frames) as (frames, n), columns by `order`, in `shape`.

    With `good`, a mask of (frames,): frames where it is 0 have no gradient, and their numbers that
    are not finite are 0.
    """
    if good is None:
        frames = permuted(rows, order, inverse).movedim(0, -1)
    else:
        frames = _applied(_Delivered, rows, good, order, inverse)
    return frames.reshape(*shape)


def permuted(rows: Tensor, order: Tensor, inverse: Tensor) -> Tensor:
    """Rows in another order."""
    return _applied(_Permuted, rows, order, inverse)


def finite(rows: Tensor) -> Tensor:
    """NaN as 0, infinity as a large number. The gradient passes: who takes it has to mask it."""
    return _applied(_Finite, rows)


def not_finite(rows: Tensor) -> Tensor:
    """0, or NaN where a number is not finite: sums of it tell whether one of many is."""
    return rows.detach() * 0.0


def chosen(mask: Tensor, rows: Tensor, other: float = 0.0) -> Tensor:
    """`rows`, which are finite, where the mask is 1, `other` where it is 0."""
    kept = rows * mask
    return kept + (1.0 - mask) * other if other else kept


# Before torch 2.7, which has this, Dynamo may refuse such a function where nothing has a gradient.
_ALL_ARE_TRACED = hasattr(torch.compiler, "is_exporting")


def _applied(function: type[Function], rows: Tensor, *others: Tensor) -> Tensor:
    if not (_ALL_ARE_TRACED or rows.requires_grad) and torch.compiler.is_compiling():
        return cast("Tensor", function.forward(rows, *others))
    return cast("Tensor", function.apply(rows, *others))


class _Arranged(Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(given: Tensor, order: Tensor, inverse: Tensor) -> Tensor:
        return given.movedim(-1, 0).index_select(0, order).to(torch.float64)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        given, _, inverse = inputs
        ctx.dtype = given.dtype
        ctx.save_for_backward(inverse)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        (inverse,) = ctx.saved_tensors
        largest = torch.finfo(ctx.dtype).max
        gradient = gradient.to(ctx.dtype).clamp(-largest, largest)
        return gradient.index_select(0, inverse).movedim(0, -1), None, None


class _Delivered(Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(rows: Tensor, good: Tensor, order: Tensor, inverse: Tensor) -> Tensor:
        rows = rows.nan_to_num(0.0, 0.0, 0.0).index_select(0, order)
        return rows.movedim(0, -1)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        _, good, _, inverse = inputs
        ctx.save_for_backward(good, inverse)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        good, inverse = ctx.saved_tensors
        return gradient.movedim(-1, 0).index_select(0, inverse) * good, None, None, None


class _Permuted(Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(rows: Tensor, order: Tensor, inverse: Tensor) -> Tensor:
        return rows.index_select(0, order)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        ctx.save_for_backward(inputs[2])

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        (inverse,) = ctx.saved_tensors
        return gradient.index_select(0, inverse), None, None


class _Finite(Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(rows: Tensor) -> Tensor:
        # The square of a product of two such numbers is finite still.
        largest = torch.finfo(torch.float32).max
        return rows.nan_to_num(0.0, largest, -largest)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], output: Tensor) -> None:
        pass

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        return gradient
