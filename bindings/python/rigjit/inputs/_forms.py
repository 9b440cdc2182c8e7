"""Rows of one form as rows of another, with what is wrong with those that have none."""

from __future__ import annotations

import json
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from rigjit._rigjit import loads
from rigjit.inputs._block import Block, block_of, problems_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rigjit._rigjit import Channel, Rig


@lru_cache(maxsize=8)
def forms_of(rig: Rig, form: str, missing: str) -> Forms:
    """A Forms for many files of a rig."""
    return Forms(rig, form, missing)


class Forms:
    """Converts rows of files of one rig. Any thread may use it.

    rig: whose frames they are; form: "vectors" or "values", what comes out; missing: as of
    rig_to_vec, for poses.
    """

    def __init__(self, rig: Rig, form: str, missing: str = "error") -> None:
        if form not in ("vectors", "values"):
            raise ValueError(f"form must be 'vectors' or 'values', not {form!r}")
        self.rig = rig
        self.form = form
        self._missing: Any = missing

    def vectors(self, first_frame: int, vecs: NDArray[np.float32]) -> Block:
        """A block of (n, vec_size) vectors; as vectors they are good where they can be decoded."""
        values, good = self.rig.vec_to_values_batch(vecs, errors="mask")

        def problems(place: int) -> Any:
            frame = first_frame + place
            return problems_of(lambda: self.rig.vec_to_values(vecs[place]), frame, self.rig)

        rows = vecs if self.form == "vectors" else values
        return block_of(first_frame, rows, good, problems)

    def values(self, first_frame: int, values: NDArray[np.float32]) -> Block:
        """A block of (n, channels) values."""
        good: Any
        if self.form == "vectors":
            rows, good = self.rig.values_to_vec_batch(values, errors="mask")
            rig = self.rig
        else:
            values = self._with_constants(values)
            good = np.isfinite(values).all(axis=1)
            if len(self._typed):
                some = np.ascontiguousarray(values[:, self._typed])
                good &= self._plain_typed.values_to_vec_batch(some, errors="mask")[1]
            rows, rig = values, self._plain

        def problems(place: int) -> Any:
            return problems_of(lambda: rig.values_to_vec(values[place]), first_frame + place, rig)

        return block_of(first_frame, rows, good, problems)

    def poses(self, first_frame: int, poses: Sequence[Any] | NDArray[np.uint8]) -> Block:
        """A block of poses: dicts, MessagePack or JSON, as rig_to_vec takes them."""
        rig = self.rig if self.form == "vectors" else self._plain
        rows, good = rig.rig_to_vec_batch(poses, missing=self._missing, errors="mask")

        def problems(place: int) -> Any:
            pose: Any = poses[place]
            pose = pose.tobytes() if isinstance(pose, np.ndarray) else pose
            convert = lambda: rig.rig_to_vec(pose, missing=self._missing)  # noqa: E731
            return problems_of(convert, first_frame + place, rig)

        if self.form == "values":
            rows = rig.vec_to_values_batch(rows)  # with the constants, which no pose needs
        return block_of(first_frame, rows, good, problems)

    def _with_constants(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same, with the rig's constants where a file has no number: it need not have them."""
        some = values[:, self._pinned]
        if np.isfinite(some).all():
            return values
        rest = self.rig.vec_to_values(self.rig.rest_vec)[self._pinned]
        values = values.copy()
        values[:, self._pinned] = np.where(np.isfinite(some), some, rest)
        return values

    @cached_property
    def _pinned(self) -> NDArray[np.intp]:
        kinds = [channel.transformation == "constant" for channel in self.rig.channels]
        return np.flatnonzero(kinds)

    @cached_property
    def _plain(self) -> Rig:
        """A rig of the same channels whose vector is their values.

        Through it poses are read without what a vector leaves out: angles keep their turns, nothing
        is scaled, and limits clamp nothing. What no value of a bool, int or enum is is refused.
        """
        return loads(_plain_spec(self.rig, self.rig.channels, self._missing == "rest"))

    @cached_property
    def _typed(self) -> NDArray[np.intp]:
        """The channels that not every number is a value of."""
        kinds = [
            channel.type != "float" and channel.transformation != "constant"
            for channel in self.rig.channels
        ]
        return np.flatnonzero(kinds)

    @cached_property
    def _plain_typed(self) -> Rig:
        """As `_plain`, of those alone."""
        channels = [self.rig.channels[place] for place in self._typed]
        return loads(_plain_spec(self.rig, channels, False))


def _plain_spec(rig: Rig, channels: Sequence[Channel], keeps_rest: bool) -> str:
    """A spec of some of the rig's channels, each an attribute of its type, taken as it is.

    keeps_rest: those that a pose lacks are to be as at rest; values are then rounded once more.
    """
    rest = dict(
        zip(map(tuple, rig.channels), rig.vec_to_values(rig.rest_vec).tolist(), strict=True)
    )
    controllers: list[dict[str, Any]] = []
    for channel in channels:
        controller, attribute = channel
        value = rest[controller, attribute]
        if not controllers or controllers[-1]["name"] != controller:
            controllers.append({"name": controller, "transformations": []})
        item: dict[str, Any] = {"name": attribute}
        if channel.transformation == "constant":
            kind, item["value"] = "constant", value
        else:
            kind, item["type"] = "attribute", channel.type
            if keeps_rest and channel.type != "enum":
                item["center"] = value
            if channel.type == "enum":
                item["names"] = list(channel.names)
        controllers[-1]["transformations"].append({kind: item})
    # JSON is YAML; its numbers and escapes are what rigjit's YAML takes.
    return json.dumps({"rigjit": 1, "controllers": controllers}, ensure_ascii=False)
