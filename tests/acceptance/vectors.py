"""Vectors for a spec: ordinary ones, and those where rotations are hard."""

from __future__ import annotations

import numpy as np
import oracle
from scipy.spatial.transform import Rotation

REGIMES = ["random", "lengths", "near_lock", "lock", "near_parallel"]

SMALLEST_LENGTH = 1e-42
LARGEST_LENGTH = 3e38
SMALLEST_SINE = 1.5e-6  # above the 1e-6 where the two columns count as parallel


def log_uniform(rng: np.random.Generator, low: float, high: float, count: int) -> np.ndarray:
    return np.exp(rng.uniform(np.log(low), np.log(high), count))[:, None]


def directions(rng: np.random.Generator, count: int) -> np.ndarray:
    return oracle.unit(rng.normal(size=(count, 3)))


def sine(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Between the float32 columns, in float64; 0 for a zero column."""
    first, second = first.astype(np.float64), second.astype(np.float64)
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    cross = np.linalg.norm(np.cross(first, second), axis=1)
    return np.divide(cross, lengths, out=np.zeros_like(cross), where=lengths > 0)


def locked(op: oracle.RotationXyz, rng: np.random.Generator, count: int) -> list[np.ndarray]:
    """The middle angle is exactly ±90°: element [last, first applied axis] of the matrix is ±1."""
    first, last = ("xyz".index(op.rotate_order[place]) for place in (0, 2))
    given, axis = (last, first) if op.layout == "rows" else (first, last)
    pair = [directions(rng, count) for _ in range(2)]
    if given < 2:
        pair[given] = np.eye(3)[axis] * rng.choice([-1.0, 1.0], (count, 1))
        if given == 1:
            pair[0][:, axis] = 0
    else:  # the third column is the cross product of the other two
        pair[0][:, axis] = 0
        pair[1][:, axis] = 0
    return pair


def near_lock(op: oracle.RotationXyz, rng: np.random.Generator, count: int) -> list[np.ndarray]:
    """The cosine of the middle angle is 1e-7 to 1e-2."""
    cosine = log_uniform(rng, 1e-7, 1e-2, count)[:, 0]
    angles = rng.uniform(-np.pi, np.pi, (count, 3))
    angles[:, 1] = rng.choice([-1, 1], count) * np.arccos(cosine)
    matrices = Rotation.from_euler(op.rotate_order, angles).as_matrix()
    if op.layout == "rows":
        matrices = matrices.transpose(0, 2, 1)
    return [matrices[:, :, 0], matrices[:, :, 1]]


def near_parallel(rng: np.random.Generator, count: int) -> list[np.ndarray]:
    """The sine between the two columns is 1.5e-6 to 1e-2; half of them point apart."""
    along = directions(rng, count)
    across = np.cross(along, directions(rng, count))
    small = log_uniform(rng, SMALLEST_SINE, 1e-2, count)
    sign = rng.choice([-1, 1], (count, 1))
    return [along, sign * along * np.sqrt(1 - small**2) + oracle.unit(across) * small]


def columns(op: oracle.RotationXyz, rng: np.random.Generator, count: int, regime: str) -> list:
    if regime == "lock":
        pair = locked(op, rng, count)
    elif regime == "near_lock":
        pair = near_lock(op, rng, count)
    elif regime == "near_parallel":
        pair = near_parallel(rng, count)
    else:
        pair = [directions(rng, count), directions(rng, count)]
    shortest, longest = (SMALLEST_LENGTH, LARGEST_LENGTH) if regime == "lengths" else (1e-3, 1e3)
    return [(one * log_uniform(rng, shortest, longest, count)).astype(np.float32) for one in pair]


def rotations(
    op: oracle.RotationXyz, rng: np.random.Generator, count: int, regime: str
) -> np.ndarray:
    """(count, 6) float32 in the order of `op`; every one is a rotation once rounded to float32."""
    pair = columns(op, rng, count, regime)
    while (bad := sine(*pair) < SMALLEST_SINE).any():
        for old, new in zip(pair, columns(op, rng, int(bad.sum()), regime), strict=True):
            old[bad] = new
    places = oracle.INTERLEAVED if op.layout == "interleaved" else oracle.SIDE_BY_SIDE
    six = np.empty((count, 6), np.float32)
    six[:, list(places)] = np.concatenate(pair, axis=1)
    return six


def angles(rng: np.random.Generator, count: int) -> np.ndarray:
    """(count, 2): any finite length, also where one of the two underflows or is a zero."""
    angle = rng.uniform(-np.pi, np.pi, count)
    angle[: count // 8] = rng.integers(-4, 5, count // 8) * np.pi / 4
    pair = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    pair[np.abs(pair) < 1e-9] = rng.choice([0.0, -0.0])
    pair = (pair * log_uniform(rng, SMALLEST_LENGTH, LARGEST_LENGTH, count)).astype(np.float32)
    pair[(pair == 0).all(axis=1)] = (1e-45, 0)
    return pair


def affine(rng: np.random.Generator, count: int) -> np.ndarray:
    """Mostly what a network gives; then zeros, tiny and large numbers."""
    values = rng.normal(size=count) * rng.choice([0.1, 1, 10], count)
    special = rng.random(count) < 0.2
    chosen = rng.choice([0.0, -0.0, 1e-45, -3e-39, 1.0, -1.0, 1e-20, 1e30, -1e30], count)
    return np.where(special, chosen, values).astype(np.float32)


def within(op: oracle.Affine, inputs: np.ndarray) -> np.ndarray:
    """0 instead of what limits refuse; the center is taken to be within them."""
    values = op.values(inputs[:, None].repeat(op.input + 1, axis=1))[:, 0]
    good = (values >= op.low) & (values <= op.high) if op.rule == "error" else True
    return np.where(good, inputs, np.float32(0))


def scores(rng: np.random.Generator, count: int, names: int) -> np.ndarray:
    """What a network gives for the names of an enum: also equal ones and minus infinity."""
    values = rng.choice([1, 0.5, 2], (count, names)) * rng.integers(-3, 4, (count, names))
    special = rng.random((count, names)) < 0.2
    return np.where(special, rng.choice([-np.inf, -0.0, 3.5], (count, names)), values)


def make(spec: oracle.Spec, seed: int, frames: int, regime: str = "random") -> np.ndarray:
    """(frames, inputs) float32 that the spec gives finite values for."""
    rng = np.random.default_rng(seed)
    vecs = np.empty((frames, len(spec.inputs)), np.float32)
    for op in spec.operations:
        if isinstance(op, oracle.RotationXyz):
            vecs[:, op.input : op.input + 6] = rotations(op, rng, frames, regime)
        elif isinstance(op, oracle.Angle):
            pair = angles(rng, frames)
            vecs[:, op.input : op.input + 2] = pair if op.order == "sin_cos" else pair[:, ::-1]
        elif isinstance(op, oracle.Affine):
            vecs[:, op.input] = within(op, affine(rng, frames))
        elif isinstance(op, oracle.OneHot):
            vecs[:, op.input : op.input + len(op.names)] = scores(rng, frames, len(op.names))
    return vecs
