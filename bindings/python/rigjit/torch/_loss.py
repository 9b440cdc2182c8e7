"""How far poses are from each other, as a loss on vectors."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

from rigjit._errors import RigError
from rigjit._rigjit import Error
from rigjit.torch import _rotation
from rigjit.torch._decode import Decode
from rigjit.torch._module import result_dtype

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS = ("translation", "scale", "attribute", "rotation3d", "rotation1d", "one_hot")


def pose_loss(
    decode: Decode,
    vec: Tensor,
    target_vec: Tensor,
    rotation: Literal["chordal", "geodesic"] = "chordal",
    weights: Mapping[str, float] | None = None,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> Tensor:
    """How far vec, (..., vec_size), is from target_vec, which broadcasts to it.

    A term for each rotation: "chordal", the squared Frobenius norm of the difference of the
    matrices (8 sin^2 of half the angle between them, of rotation1d too); or "geodesic", that angle
    in radians, by atan2 of its sine and cosine; its gradient is 0 at no and at half a turn.
    For each translation, scale and attribute, also of whole numbers: the squared difference of both
    inputs, where `scale` and `center` are not applied yet. For each enum encoded one_hot: the
    cross-entropy of its inputs as logits and the target's name, which is not 0 for equal vectors. A
    rotation that the kernel would refuse counts as the identity, without a gradient.

    weights: {pattern of controllers' names ("*_finger_?"), or a kind: number}; the product of all
    that apply. Kinds are translation, scale, attribute, rotation3d, rotation1d and one_hot.
    "mean": weighted, over frames and terms, 0 of no frames; "sum": weighted; "none": (...), the
    weighted mean of each frame. Raises RigError ('wrong-shape', 'unknown-name'), ValueError for an
    unknown rotation or reduction, TypeError.
    """
    if rotation not in ("chordal", "geodesic"):
        raise ValueError(f"rotation must be 'chordal' or 'geodesic', not {rotation!r}")
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction must be 'mean', 'sum' or 'none', not {reduction!r}")
    wide, target = decode.wide(vec), decode.wide(target_vec, "target_vec")
    matrices, targets = decode.matrices_of(wide), decode.matrices_of(target)
    distance = _chordal if rotation == "chordal" else _geodesic
    terms = torch.cat(
        [
            decode.affine_inputs(wide).sub(decode.affine_inputs(target)).square(),
            distance(matrices, targets),
            _cross_entropy(decode, wide, target),
        ],
        -1,
    )
    if weights:
        numbers = _weights(decode, weights)
        factors = torch.tensor(numbers, dtype=terms.dtype, device=terms.device)
        total = sum(numbers)
        terms = terms * factors
    else:
        total = float(terms.shape[-1])
    frames = terms.sum(-1)
    if reduction == "none":
        result = frames / max(total, 1e-300)
    elif reduction == "sum":
        result = frames.sum()
    else:
        result = frames.sum() / max(total * frames.numel(), 1e-300)
    return result.to(result_dtype(vec))


def _chordal(a: Tensor, b: Tensor) -> Tensor:
    return (a - b).square().sum((-2, -1))


def _geodesic(a: Tensor, b: Tensor) -> Tensor:
    between = a.mT @ b
    cosine = (between.diagonal(dim1=-2, dim2=-1).sum(-1) - 1) / 2
    twice = torch.stack(
        [between[..., i, j] - between[..., j, i] for i, j in ((2, 1), (0, 2), (1, 0))], -1
    )
    squared = _rotation.squared(twice) / 4
    # Below this the sine is rounding alone.
    is_zero = squared < 1e-30
    sine = torch.where(is_zero, 1.0, squared).sqrt()
    return _rotation.atan2(torch.where(is_zero, 0.0, sine), cosine, torch.float64)


def _cross_entropy(decode: Decode, wide: Tensor, target: Tensor) -> Tensor:
    if decode.most_names == 0:
        return wide[..., :0]
    logits = decode.logits(wide).log_softmax(-1)
    index = decode.logits(target).argmax(-1, keepdim=True)
    index = index.expand(*logits.shape[:-1], 1)
    return -logits.gather(-1, index).squeeze(-1)


def _weights(decode: Decode, weights: Mapping[str, float]) -> list[float]:
    """One a term."""
    numbers = [1.0] * len(decode.terms)
    unknown = []
    for key, number in weights.items():
        matched = [
            place
            for place, (controller, kind) in enumerate(decode.terms)
            if (kind == key if key in _KINDS else fnmatchcase(controller, key))
        ]
        if not matched and key not in _KINDS:
            message = f"weights has {key!r}, which is the name of no controller and no kind"
            unknown.append(Error("unknown-name", message, path=f"weights[{key!r}]"))
        for place in matched:
            numbers[place] *= float(number)
    if unknown:
        raise RigError(unknown)
    return numbers
