#!/usr/bin/env python3
"""What differentiable rotation libraries give where formulas have no derivative, as a table.

    python3 bench/rotations_beside_others.py      # needs torch, scipy and what is to be compared

A row for each library that this Python has: rigjit.torch, roma, PyTorch3D, kornia, pymomentum. All
in float32 on the CPU, as each library's documentation says to call it, without options.

zero, parallel: two columns of zeros, or parallel ones, as a rotation matrix. lock: Euler angles
(x, then y, then z) of a matrix whose middle angle is 90 degrees; the angles are turned into a
matrix again by scipy, in float64. 0, pi: the angle between two rotations that are equal, or half a
turn apart. Gradients are those of the sum of what a function returns, random weights for a matrix.
"""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from scipy.spatial.transform import Rotation
from torch import Tensor

ONE_ROTATION = "{rigjit: 1, controllers: [{name: c, transformations: [rotation3d: {}]}]}"


class Library(NamedTuple):
    """Functions of a batch; None: it has none.

    matrix: (n, 3, 2) columns to (n, 3, 3). angles: (n, 3, 3) to (n, 3) radians about x, y and z, in
    this order about fixed axes. distance: of two (n, 3, 3), (n,) radians.
    """

    matrix: Callable[[Tensor], Tensor] | None
    angles: Callable[[Tensor], Tensor] | None
    distance: Callable[[Tensor, Tensor], Tensor] | None


def of_rigjit() -> Library:
    import rigjit
    import rigjit.torch

    rig = rigjit.loads(ONE_ROTATION, cache=False)
    decode = rigjit.torch.Decode(rig)

    def vec(matrix: Tensor) -> Tensor:
        return matrix[:, :, :2].mT.flatten(1)

    return Library(
        lambda columns: decode.matrices(vec(columns))[:, 0],
        lambda matrix: torch.deg2rad(decode(vec(matrix))),
        lambda a, b: rigjit.torch.pose_loss(
            decode, vec(a), vec(b), rotation="geodesic", reduction="none"
        ),
    )


def of_roma() -> Library:
    import roma

    return Library(
        roma.special_gramschmidt,
        lambda matrix: roma.rotmat_to_euler("xyz", matrix),
        roma.rotmat_geodesic_distance,
    )


def of_pytorch3d() -> Library:
    from pytorch3d import transforms

    def angles(matrix: Tensor) -> Tensor:
        # About moving axes: z first is about fixed ones z last.
        return transforms.matrix_to_euler_angles(matrix, "ZYX").flip(-1)

    return Library(
        lambda columns: transforms.rotation_6d_to_matrix(columns.mT.flatten(1)).mT,
        angles,
        lambda a, b: transforms.so3_relative_angle(a, b),
    )


def of_kornia() -> Library:
    from kornia.geometry import conversions

    def angles(matrix: Tensor) -> Tensor:
        quaternion = conversions.rotation_matrix_to_quaternion(matrix)
        return torch.stack(conversions.euler_from_quaternion(*quaternion.unbind(-1)), -1)

    def distance(a: Tensor, b: Tensor) -> Tensor:
        return conversions.rotation_matrix_to_axis_angle(a.mT @ b).norm(dim=-1)

    return Library(None, angles, distance)


def of_pymomentum() -> Library:
    from pymomentum import quaternion

    def angles(matrix: Tensor) -> Tensor:
        return quaternion.quaternion_to_xyz_euler(quaternion.from_rotation_matrix(matrix))

    def distance(a: Tensor, b: Tensor) -> Tensor:
        axis_angle = quaternion.to_axis_angle(quaternion.from_rotation_matrix(a.mT @ b))
        return axis_angle.norm(dim=-1)

    return Library(None, angles, distance)


# By the name of its distribution.
LIBRARIES = {
    "rigjit": of_rigjit,
    "roma": of_roma,
    "pytorch3d": of_pytorch3d,
    "kornia": of_kornia,
    "pymomentum-cpu": of_pymomentum,
}


def gradient_of(function: Callable[[Tensor], Tensor], given: Tensor) -> tuple[Tensor, str]:
    """What it returns, and its gradient in words: the largest, 0 or NaN."""
    given = given.clone().requires_grad_()
    result = function(given)
    weights = torch.from_numpy(np.random.default_rng(0).uniform(1, 2, result.shape)).to(result)
    if not result.requires_grad:
        return result, "no gradient"
    (gradient,) = torch.autograd.grad((result * weights).sum(), given)
    if not torch.isfinite(gradient).all():
        return result.detach(), "gradient NaN" if gradient.isnan().any() else "gradient infinite"
    largest = gradient.abs().max().item()
    return result.detach(), f"gradient {largest:.1g}" if largest else "gradient 0"


def matrix_cell(function: Callable[[Tensor], Tensor] | None, columns: list[list[float]]) -> str:
    if function is None:
        return "–"
    matrix, gradient = gradient_of(function, torch.tensor([columns]).mT)
    matrix = matrix[0].double()
    if not torch.isfinite(matrix).all():
        kind = "NaN"
    elif torch.equal(matrix, torch.eye(3).double()):
        kind = "identity"
    elif (matrix.mT @ matrix - torch.eye(3)).abs().max() < 1e-5 and torch.linalg.det(matrix) > 0:
        kind = "a rotation"
    else:
        kind = f"no rotation (determinant {torch.linalg.det(matrix).item():.1g})"
    return f"{kind}, {gradient}"


def lock_cell(function: Callable[[Tensor], Tensor] | None, away: float) -> str:
    """Middle angles at 90 degrees, or so many away."""
    if function is None:
        return "–"
    triples = np.random.default_rng(1).uniform(-180, 180, (100, 3))
    triples[:, 1] = 90 - away
    matrices = Rotation.from_euler("xyz", triples, degrees=True).as_matrix()
    given = torch.from_numpy(matrices.astype(np.float32))
    angles, gradient = gradient_of(function, given)
    if not torch.isfinite(angles).all():
        return f"NaN, {gradient}"
    again = Rotation.from_euler("xyz", angles.double().numpy())
    was = Rotation.from_matrix(given.double().numpy())
    off = np.degrees((again * was.inv()).magnitude()).max()
    return f"{off:.1g}°, {gradient}"


def distance_cell(function: Callable[[Tensor, Tensor], Tensor] | None, degrees: float) -> str:
    if function is None:
        return "–"
    one = Rotation.random(100, rng=2)
    other = one * Rotation.from_rotvec(np.radians(degrees) * np.tile([0.6, 0.0, 0.8], (100, 1)))
    a, b = (torch.from_numpy(each.as_matrix().astype(np.float32)) for each in (one, other))
    angles, gradient = gradient_of(lambda given: function(given, b), a)
    if not torch.isfinite(angles).all():
        return f"NaN, {gradient}"
    off = (torch.rad2deg(angles.double()) - degrees).abs().max().item()
    return f"{off:.1g}°, {gradient}"


def version_of(name: str) -> str:
    """Of what is installed; of a source tree what it says itself."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return str(importlib.import_module(name).__version__)


def main() -> None:
    """Print the table."""
    print("| | zero | parallel | at lock | 0.001° from lock | angle 0 | angle pi |")
    print("|---|---|---|---|---|---|---|")
    for name, library_of in LIBRARIES.items():
        try:
            library = library_of()
        except ImportError as error:
            print(f"{name}: {error}")
            continue
        cells = [
            matrix_cell(library.matrix, [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]),
            matrix_cell(library.matrix, [[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]]),
            lock_cell(library.angles, 0.0),
            lock_cell(library.angles, 1e-3),
            distance_cell(library.distance, 0.0),
            distance_cell(library.distance, 180.0),
        ]
        print(f"| {name} {version_of(name)} |", " | ".join(cells), "|")


if __name__ == "__main__":
    main()
