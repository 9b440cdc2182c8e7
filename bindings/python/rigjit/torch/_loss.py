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
from rigjit.torch._layout import chosen
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
    for name, given in (("vec", vec), ("target_vec", target_vec)):
        decode.check(given, decode.vec_size, name, "inputs")
    vec, target_vec = torch.broadcast_tensors(vec, target_vec)
    inputs, targets = decode.inputs_of(vec), decode.inputs_of(target_vec)
    distance = _chordal if rotation == "chordal" else _geodesic
    terms = torch.cat(
        [
            inputs.affine.sub(targets.affine).square(),
            distance(decode.matrix_entries(inputs), decode.matrix_entries(targets)),
            _cross_entropy(decode, inputs.names, targets.names),
        ]
    )
    total = float(len(terms))
    if weights:
        numbers = _weights(decode, weights)
        total = sum(numbers)
        terms = terms * torch.tensor(numbers, dtype=terms.dtype, device=terms.device)[:, None]
    frames = terms.sum(0)
    if reduction == "none":
        result = frames.reshape(vec.shape[:-1]) / max(total, 1e-300)
    elif reduction == "sum":
        result = frames.sum()
    else:
        result = frames.sum() / max(total * frames.numel(), 1e-300)
    return result.to(result_dtype(vec))


def _chordal(a: Tensor, b: Tensor) -> Tensor:
    return (a - b).square().sum(0)


def _geodesic(a: Tensor, b: Tensor) -> Tensor:
    """Of (9, ...), row by row: the skew part of A^T B is the sum of cross products of rows."""
    cosine = ((a * b).sum(0) - 1) / 2
    columns = (each.reshape(3, 3, *each.shape[1:]).unbind(1) for each in (a, b))
    twice = torch.stack(_rotation.cross(*columns)).sum(1)
    squared = _rotation.squared(twice.unbind(0)) / 4
    # Below this the sine is rounding alone.
    is_apart = (squared.detach() >= 1e-30).to(squared.dtype)
    sine = chosen(is_apart, squared, 1.0).sqrt() * is_apart
    return _rotation.atan2(sine, cosine, torch.float64)


def _cross_entropy(decode: Decode, names: Tensor, targets: Tensor) -> Tensor:
    if decode.most_names == 0:
        return names
    logits = decode.logits(names).log_softmax(1)
    index = decode.logits(targets).argmax(1, keepdim=True)
    return -logits.gather(1, index).squeeze(1)


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
