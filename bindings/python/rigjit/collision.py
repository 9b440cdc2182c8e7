"""Whether a character passes through itself: signed distances of convex hulls, frame after frame.

>>> from rigjit import collision
>>> hulls = collision.Hulls({"hand_l": hand_points, "torso": torso_points})
>>> pairs = hulls.pairs(rest_pose)
>>> distances = hulls.signed_distance(transforms, pairs)  # (frames, len(pairs)) float32

A distance is positive between hulls that are apart, and otherwise minus the depth: the least length
of a translation that separates them. Lengths have the unit of the points and transforms. float32
answers are right within 1e-5 of (radius a + radius b + |distance|), and their sign is always right.
Hulls are immutable; any thread may use them at any time, and calls release the GIL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal, final, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rigjit import _arrays
from rigjit import _collision_input as _input
from rigjit._errors import RigError
from rigjit._rigjit import _collision

if TYPE_CHECKING:
    import torch

_impl = _collision()

__all__ = ["Hull", "Hulls", "PairArray", "contact_dtype", "signed_distance"]

contact_dtype = np.dtype(
    [
        ("frame", np.int32),
        ("pair", np.int32),
        ("distance", np.float32),
        ("normal", np.float32, (3,)),
        ("point_a", np.float64, (3,)),
        ("point_b", np.float64, (3,)),
    ]
)
"""What Hulls.contacts returns an array of."""

# Their length may be read by numpy, or they speak DLPack.
_Floats = ArrayLike
_Path = str | bytes | PathLike[str] | PathLike[bytes]


@final
class Hull:
    """The convex hull of a point cloud. Immutable.

    points: (k, 3) floats, in any unit. Duplicates and points inside don't matter. Raises RigError:
    'too-few-points' below 4, 'not-finite', 'flat-hull' (with the thickness) where all points lie
    within 1e-6 of their size of a plane, 'wrong-shape'.
    """

    __slots__ = ("_hull",)

    def __init__(self, points: _Floats) -> None:
        self._hull = _impl.make_hull(_input.points(points, "points"))

    @property
    def vertices(self) -> NDArray[np.float64]:
        """(v, 3): of the points given, those that span the hull, in their order. Read-only."""
        return self._hull.vertices  # type: ignore[no-any-return]

    @property
    def faces(self) -> NDArray[np.int32]:
        """(f, 3): triangles of vertices, counter-clockwise seen from outside. Read-only."""
        return self._hull.faces  # type: ignore[no-any-return]

    @property
    def thickness(self) -> float:
        """The least extent along the normal of a face."""
        return self._hull.thickness  # type: ignore[no-any-return]

    @property
    def size(self) -> float:
        """The diagonal of the box around the vertices, along the axes."""
        return self._hull.size  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return (
            f"<rigjit.collision.Hull: {len(self.vertices)} vertices, {len(self.faces)} faces, "
            f"{self.size:.3g} long, {self.thickness:.3g} thick>"
        )

    def __reduce__(self) -> tuple[type[Hull], tuple[NDArray[np.float64]]]:
        return Hull, (np.array(self.vertices),)


def _wrapped(hull: Any) -> Hull:
    made = Hull.__new__(Hull)
    made._hull = hull
    return made


def signed_distance(
    hull_a: Hull, hull_b: Hull, pose_a: _Floats | None = None, pose_b: _Floats | None = None
) -> float:
    """The distance of two hulls, in double precision; negative: how deep they overlap.

    pose_a, pose_b: (4, 4) or (3, 4), any invertible affine map for column vectors, which takes the
    hull's points to where they are; None: they are there. Raises RigError: 'not-finite',
    'singular-transform', 'row-vectors' (the last row is not 0 0 0 1), 'wrong-shape', 'no-answer'.
    """
    for name, hull in (("hull_a", hull_a), ("hull_b", hull_b)):
        if not isinstance(hull, Hull):
            raise TypeError(f"{name} must be a Hull, not {type(hull).__name__}")
    return _impl.signed_distance(  # type: ignore[no-any-return]
        hull_a._hull, hull_b._hull, _input.pose(pose_a, "pose_a"), _input.pose(pose_b, "pose_b")
    )


class PairArray(NDArray[np.int32]):
    """(m, 2) int32: pairs of hulls by index, and in `ignored` those left out.

    ignored: [(name, name, why)]. It goes with the array that Hulls.pairs returned, not with what is
    made of it.
    """

    ignored: list[tuple[str, str, str]]

    def __array_finalize__(self, source: object) -> None:
        self.ignored = []


@final
class Hulls:
    """The hulls of a character, in an order. Immutable.

    hulls: {name: points}, (k, 3) floats each as Hull takes them, or Hulls made before. Raises
    RigError with the mistakes of all of them, each with the hull's name.
    """

    __slots__ = ("_hulls", "_places")

    def __init__(self, hulls: Mapping[str, _Floats | Hull]) -> None:
        if not isinstance(hulls, Mapping):
            raise TypeError(f"hulls must be a dict of points, not {type(hulls).__name__}")
        names, given, mistakes = [], [], []
        for name, one in hulls.items():
            if not isinstance(name, str):
                raise TypeError(f"names of hulls must be str, not {type(name).__name__}")
            names.append(name)
            try:
                given.append(one._hull if isinstance(one, Hull) else _input.points(one, name))
            except RigError as error:
                mistakes += error.errors
        if mistakes:
            raise RigError(mistakes)
        self._set(_impl.make_hulls(names, given))

    def _set(self, hulls: Any) -> None:
        self._hulls = hulls
        self._places = {name: place for place, name in enumerate(hulls.names)}

    @classmethod
    def load(cls, path: _Path) -> Hulls:
        """Hulls that save() wrote, or whose points any safetensors file holds.

        Each tensor, F32 or F64 of shape (k, 3), is a hull of its name, in the order of the file.
        Raises OSError where the file cannot be read, and RigError: 'malformed-file', and what Hulls
        raises.
        """
        made = cls.__new__(cls)
        made._set(_impl.load_hulls(path))
        return made

    def save(self, path: _Path) -> None:
        """Write a safetensors file of the vertices, float64 (v, 3) each, in place of what is there.

        Raises OSError where it cannot be written.
        """
        self._hulls.save(path)

    @property
    def names(self) -> list[str]:
        """In the order of transforms."""
        return list(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __getitem__(self, name: str) -> Hull:
        return _wrapped(self._hulls.hull(self._places[name]))

    def __repr__(self) -> str:
        return f"<rigjit.collision.Hulls: {len(self)}>"

    def __reduce__(self) -> tuple[type[Hulls], tuple[dict[str, Hull]]]:
        return Hulls, ({name: self[name] for name in self},)

    def pairs(
        self,
        rest: _Floats,
        parents: Sequence[int | str | None] | Mapping[str, str | None] | None = None,
        slack: float = 0.0,
    ) -> PairArray:
        """The pairs worth looking at, (m, 2) int32, ascending: all but those that are always close.

        rest: (h, 4, 4) or (h, 3, 4), where the hulls are in the rest pose. Left out are parents
        with their children, and pairs that overlap in the rest pose or are no more than `slack`
        apart there; `.ignored` names them and says why.
        parents: of each hull its parent's index or name, None or -1 where it has none; or {child:
        parent}. Raises RigError: those of signed_distance, 'bad-parent', 'bad-slack'.
        """
        transforms = _input.rest_pose(rest, len(self))
        found, ignored = self._hulls.pairs(transforms, self._parents(parents), float(slack))
        pairs: PairArray = found.view(PairArray)
        pairs.ignored = ignored
        return pairs

    @overload
    def signed_distance(
        self,
        transforms: _Floats,
        pairs: ArrayLike,
        max_distance: float = ...,
        out: NDArray[np.float32] | None = None,
        errors: Literal["raise"] = "raise",
        threads: int = 1,
    ) -> NDArray[np.float32]: ...
    @overload
    def signed_distance(
        self,
        transforms: _Floats,
        pairs: ArrayLike,
        max_distance: float = ...,
        out: NDArray[np.float32] | None = None,
        *,
        errors: Literal["mask"],
        threads: int = 1,
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]: ...
    def signed_distance(
        self,
        transforms: _Floats,
        pairs: ArrayLike,
        max_distance: float = np.inf,
        out: NDArray[np.float32] | None = None,
        errors: str = "raise",
        threads: int = 1,
    ) -> NDArray[np.float32] | tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """The distance of each pair in each frame, (n, m) float32; +inf beyond max_distance.

        transforms: (n, h, 4, 4) or (n, h, 3, 4) floats, one for each hull in the order of `names`,
        which take its points to the world: any invertible affine maps for column vectors, as
        Blender's `object.matrix_world @ pose_bone.matrix` (Maya's worldMatrix is for row vectors:
        transpose it). float64 is worth it far from the origin. Whatever speaks DLPack or strided
        arrays are taken; C-contiguous float32 and float64 without a copy.
        pairs: (m, 2) integers, indices into `names`. out: an array for the result, C-contiguous.
        errors: 'raise', or 'mask': returns (distances, mask), where mask[i] is False frame i has a
        bad transform or a pair without an answer, and its distances are NaN. threads: at most, 0:
        every core that this process may run on; the bits are the same for any.
        Raises RigError with all mistakes at once: 'not-finite', 'singular-transform', 'row-vectors'
        with frame and hull, 'bad-pair' (out of range, a hull with itself, twice), 'wrong-shape',
        'bad-max-distance', 'no-answer' (no certain distance was found: never a silent 0).
        """
        where = _input.transforms(transforms, len(self))
        indices = _input.pairs(pairs)
        shape = (len(where), len(indices))
        result = _arrays.output(out, shape, "float32", where)
        mask = _input.mask(errors, len(where))
        self._hulls.signed_distance(
            where, indices, float(max_distance), result, mask, _input.threads(threads)
        )
        return result if mask is None else (result, mask)

    @overload
    def contacts(
        self,
        transforms: _Floats,
        pairs: ArrayLike,
        max_distance: float = 0.0,
        depth: _Floats = 0.0,
        errors: Literal["raise"] = "raise",
        threads: int = 1,
    ) -> NDArray[np.void]: ...
    @overload
    def contacts(
        self,
        transforms: _Floats,
        pairs: ArrayLike,
        max_distance: float = 0.0,
        depth: _Floats = 0.0,
        *,
        errors: Literal["mask"],
        threads: int = 1,
    ) -> tuple[NDArray[np.void], NDArray[np.bool_]]: ...
    def contacts(
        self,
        transforms: _Floats,
        pairs: ArrayLike,
        max_distance: float = 0.0,
        depth: _Floats = 0.0,
        errors: str = "raise",
        threads: int = 1,
    ) -> NDArray[np.void] | tuple[NDArray[np.void], NDArray[np.bool_]]:
        """The pairs that touch, or are at most max_distance apart, by frame and pair.

        Returns an array of contact_dtype: frame, pair (a row of pairs), distance, normal (3),
        point_a (3), point_b (3), in world space. The normal has unit length, points from a to b and
        is the gradient of the distance when b moves; point_b is point_a + distance * normal, the
        points of the hulls nearest to each other or deepest in each other.
        depth: an allowed depth, a number or one a pair: where it is not 0 a pair is in contact
        only if it overlaps deeper (by more than the accuracy, 1e-5 of the sum of the radii), so
        that what overlaps in the rest pose is not reported again.
        All else, and what it raises, as signed_distance; and 'bad-depth'.
        """
        where = _input.transforms(transforms, len(self))
        indices = _input.pairs(pairs)
        depths = np.atleast_1d(_input.float32(depth, "depth"))
        if depths.ndim != 1 or len(depths) not in (1, len(indices)):
            _input.fail(
                "wrong-shape", f"depth has shape {depths.shape}, pairs are {len(indices)}", "depth"
            )
        mask = _input.mask(errors, len(where))
        found = self._hulls.contacts(
            where, indices, float(max_distance), depths, mask, _input.threads(threads)
        )
        result = found.reshape(-1).view(contact_dtype)
        return result if mask is None else (result, mask)

    def loss(
        self,
        transforms: torch.Tensor,
        pairs: ArrayLike,
        margin: float = 0.0,
        reduction: Literal["mean", "sum", "none"] = "mean",
    ) -> torch.Tensor:
        """What pairs that are closer than margin cost: relu(margin - distance), in torch.

        transforms: (n, h, 4, 4) or (n, h, 3, 4) tensor of float32 or float64, as for
        signed_distance; its gradients come from the normals and the points that are nearest or
        deepest. 'none': the sum over pairs of each frame, (n,); 'sum': over frames, too; 'mean':
        that divided by n. The dtype and device are those of transforms; distances are computed on
        the CPU. Needs torch. Raises as signed_distance, and TypeError for what is no tensor.
        """
        from rigjit._collision_loss import penetration_loss

        return penetration_loss(self, transforms, pairs, margin, reduction)

    def _parents(
        self, parents: Sequence[int | str | None] | Mapping[str, str | None] | None
    ) -> NDArray[np.int32] | None:
        if parents is None:
            return None
        if isinstance(parents, Mapping):
            unknown = [name for name in parents if name not in self._places]
            if unknown:
                _input.fail_each("bad-parent", (f"there is no hull {name!r}" for name in unknown))
            given: list[Any] = [parents.get(name) for name in self._places]
        else:
            given = list(parents)
        if len(given) != len(self):
            _input.fail(
                "bad-parent", f"there are {len(given)} parents and {len(self)} hulls", "parents"
            )
        unknown = [name for name in given if isinstance(name, str) and name not in self._places]
        if unknown:
            _input.fail_each("bad-parent", (f"there is no hull {name!r}" for name in unknown))
        places = [
            -1 if one is None else self._places[one] if isinstance(one, str) else int(one)
            for one in given
        ]
        return np.array(np.clip(places, -1, 2**31 - 1), np.int32)
