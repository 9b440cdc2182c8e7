"""Steps for `map_batches` of Ray Data: poses to vectors, and back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

import rigjit
from rigjit._resolved import resolved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rigjit import Rig

    Batch = dict[str, NDArray[Any]]


class _Step:
    """spec: a Rig, or the path of a spec. Pickles as the spec's text alone.

    A worker loads it once, from the cache that its own environment names. errors: "raise" for a
    RigError with all of a batch's bad rows, "mask" for zeros in their place and a column `good`.
    """

    def __init__(
        self, spec: Rig | str | os.PathLike[str], column: str, output: str, errors: str
    ) -> None:
        if errors not in ("raise", "mask"):
            raise ValueError(f"errors is raise or mask, not {errors!r}")
        rig = spec if isinstance(spec, rigjit.Rig) else rigjit.load(spec)
        self._rig: Rig | None = rig
        self._state = (resolved(rig), rig.namespace, column, output, errors)

    def __getstate__(self) -> tuple[str, ...]:
        return self._state

    def __setstate__(self, state: tuple[str, str, str, str, str]) -> None:
        self._state, self._rig = state, None

    @property
    def rig(self) -> Rig:
        """The rig, loaded when it is first needed in a process."""
        if self._rig is None:
            self._rig = rigjit.loads(self._state[0], namespace=self._state[1] or None)
        return self._rig

    def __call__(self, batch: Batch) -> Batch:
        """The batch, {column: array}, with the output's column."""
        _, _, column, output, errors = self._state
        if column not in batch:
            raise ValueError(f"the batch has no column {column!r}; it has {', '.join(batch)}")
        rows, good = self._convert(batch[column], errors == "mask")
        found = {**batch, output: rows}
        return found if good is None else {**found, "good": good}

    def _convert(
        self, rows: NDArray[Any], masked: bool
    ) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
        raise NotImplementedError


class RigToVec(_Step):
    """Poses to vectors, (n, vec_size) float32 in the column `output`.

    column: messages or JSON, as bytes or text, or as rows of uint8; or values, one a channel, as
    rows of floats. missing, extra: as of `rig.rig_to_vec`.
    """

    def __init__(
        self,
        spec: Rig | str | os.PathLike[str],
        *,
        column: str = "pose",
        output: str = "vec",
        errors: str = "raise",
        missing: str = "error",
        extra: str = "ignore",
    ) -> None:
        super().__init__(spec, column, output, errors)
        self._rules = {"missing": missing, "extra": extra}

    def __getstate__(self) -> Any:
        return super().__getstate__(), self._rules

    def __setstate__(self, state: Any) -> None:
        super().__setstate__(state[0])
        self._rules = state[1]

    def _convert(
        self, rows: NDArray[Any], masked: bool
    ) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
        how: dict[str, Any] = {"errors": "mask"} if masked else {}
        rig: Any = self.rig
        if rows.dtype.kind == "f":
            made = rig.values_to_vec_batch(rows, **how)
        else:
            poses = rows if rows.dtype == np.uint8 else list(rows)
            made = rig.rig_to_vec_batch(poses, **self._rules, **how)
        return made if isinstance(made, tuple) else (made, None)


class VecToRig(_Step):
    """Vectors to messages, (n, msgpack_size) uint8 in the column `output`.

    column: rows of floats, or bytes of float32 as a data set's shards have them. form: "message",
    or "values" for (n, channels) float32.
    """

    def __init__(
        self,
        spec: Rig | str | os.PathLike[str],
        *,
        column: str = "vec",
        output: str = "pose",
        errors: str = "raise",
        form: str = "message",
    ) -> None:
        if form not in ("message", "values"):
            raise ValueError(f"form is message or values, not {form!r}")
        super().__init__(spec, column, output, errors)
        self._form = form

    def __getstate__(self) -> Any:
        return super().__getstate__(), self._form

    def __setstate__(self, state: Any) -> None:
        super().__setstate__(state[0])
        self._form = state[1]

    def _convert(
        self, rows: NDArray[Any], masked: bool
    ) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
        how: dict[str, Any] = {"errors": "mask"} if masked else {}
        convert: Any = self.rig.vec_to_rig_batch
        if self._form == "values":
            convert = self.rig.vec_to_values_batch
        made = convert(_vectors(rows, self.rig.vec_size), **how)
        return made if isinstance(made, tuple) else (made, None)


def _vectors(rows: NDArray[Any], size: int) -> NDArray[Any]:
    """(n, size) of rows of floats, or of bytes of them; of windows all frames are rows."""
    if rows.dtype.kind in "OSV":
        rows = np.frombuffer(b"".join(map(bytes, rows)), "<f4")
    return rows.reshape(-1, size)
