"""A rig as arrays of indices and coefficients, and its message as bytes with slots.

What NumPy and Numba go through instead of controllers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import msgpack
import numpy as np
from numpy.typing import NDArray

from peers.rig_spec import Attribute, Axes, Constant, Rig, Rotation1d, Rotation3d

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

DEGREES = 180 / np.pi


@dataclass(frozen=True)
class Affine:
    """value[values] = clamp(vec[inputs] * scale + center)"""

    inputs: Indices
    values: Indices
    scale: Floats
    center: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Angles:
    """value[values] = atan2(vec[sine], vec[cosine]) * unit"""

    sine: Indices
    cosine: Indices
    values: Indices
    unit: Floats


@dataclass(frozen=True)
class Rotations:
    """One column each. Those that give angles and those that give quaternions are kept apart.

    inputs: (6, n), a1x a1y a1z a2x a2y a2z, for matrices with the columns a1, a2.
    transposed: a1 and a2 are rows.
    axes, parity: of the rotate order, as rig_spec says.
    values: (3 or 4, n).
    """

    inputs: Indices
    transposed: NDArray[np.bool_]
    axes: Indices
    parity: Floats
    unit: Floats
    values: Indices


@dataclass(frozen=True)
class FlatRig:
    affine: Affine
    angles: Angles
    euler: Rotations
    quaternions: Rotations
    constants: Floats  # one a value; zero where it is none
    message: bytes
    slots: Indices  # where in the message the big-endian float32 of each value begins


@dataclass
class Columns:
    """Rows of a table, collected one by one."""

    rows: defaultdict[str, list[list[float]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, table: str, *row: float) -> None:
        self.rows[table].append(list(row))

    def take(self, table: str, width: int) -> NDArray[np.float64]:
        """(width, rows)"""
        result: NDArray[np.float64] = np.array(self.rows[table], np.float64).reshape(-1, width).T
        return result


def float32(column: NDArray[np.float64]) -> Floats:
    return np.ascontiguousarray(column, np.float32)


def index(column: NDArray[np.float64]) -> Indices:
    return np.ascontiguousarray(column, np.intp)


def unit(degrees: bool) -> float:
    return DEGREES if degrees else 1.0


def collect(rig: Rig) -> Columns:
    columns = Columns()
    for _, transformation, first, value in rig.placed():
        match transformation:
            case Axes(names, scales, centers):
                for i in range(len(names)):
                    limits = (-np.inf, np.inf)
                    columns.add("affine", first + i, value + i, scales[i], centers[i], *limits)
            case Attribute(_, scale, center, low, high):
                low, high = -np.inf if low is None else low, np.inf if high is None else high
                columns.add("affine", first, value, scale, center, low, high)
            case Rotation1d(_, cos_first, degrees):
                sine, cosine = first + cos_first, first + 1 - cos_first
                columns.add("angles", sine, cosine, value, unit(degrees))
            case Rotation3d():
                columns.add(
                    "quaternions" if transformation.quaternion else "euler",
                    *(first + place for place in transformation.places),
                    transformation.layout == "rows",
                    *transformation.axes,
                    transformation.parity,
                    unit(transformation.degrees),
                    *(value + i for i in range(len(transformation.attributes))),
                )
            case Constant(_, constant):
                columns.add("constants", value, constant)
    return columns


def rotations(table: NDArray[np.float64]) -> Rotations:
    return Rotations(
        inputs=index(table[:6]),
        transposed=table[6] != 0,
        axes=index(table[7:10]),
        parity=float32(table[10]),
        unit=float32(table[11]),
        values=index(table[12:]),
    )


def message(rig: Rig) -> tuple[bytes, Indices]:
    """The message with zeros for values, and where they begin."""
    packer = msgpack.Packer(use_single_float=True)
    pieces = [packer.pack_map_header(len(rig.controllers))]
    is_value = [False]
    for controller in rig.controllers:
        names = controller.attributes
        pieces.append(packer.pack(controller.name) + packer.pack_map_header(len(names)))
        is_value.append(False)
        for name in names:
            pieces += [packer.pack(name), packer.pack(0.0)]
            is_value += [False, True]
    ends = np.cumsum([len(piece) for piece in pieces])
    return b"".join(pieces), ends[is_value] - 4


def flatten(rig: Rig) -> FlatRig:
    columns = collect(rig)
    inputs, values, *coefficients = columns.take("affine", 6)
    sine, cosine, angles, units = columns.take("angles", 4)
    text, slots = message(rig)
    constants = np.zeros(len(slots), np.float32)
    places, numbers = columns.take("constants", 2)
    constants[index(places)] = numbers
    return FlatRig(
        Affine(index(inputs), index(values), *map(float32, coefficients)),
        Angles(index(sine), index(cosine), index(angles), float32(units)),
        rotations(columns.take("euler", 15)),
        rotations(columns.take("quaternions", 16)),
        constants,
        text,
        slots,
    )
