"""From the frames of a clip to the rows of a data set: another rate, windows, mirror images."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rigjit.dataset.resample import Frames, Interpolation, Resampler

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from numpy.typing import NDArray

    from rigjit import Rig
    from rigjit.dataset.options import Options

_PIECE_BYTES = 8 << 20  # of windows that are copied at once


class Rows(NamedTuple):
    """frames (n,) int64; vecs (n, vec_size) or (n, window, vec_size) float32; mirrored (n,)."""

    frames: NDArray[np.int64]
    vecs: NDArray[np.float32]
    mirrored: NDArray[np.bool_] | None


class ClipRows:
    """The rows of one clip, in the order of its frames; a mirror image follows its own row."""

    def __init__(
        self, rig: Rig, options: Options, rate: Fraction, interpolation: Interpolation | None
    ) -> None:
        self._rig = rig if options.mirror else None
        self._resampler = None
        if options.fps is not None and options.fps != rate:
            self._resampler = Resampler(interpolation or Interpolation(rig), rate, options.fps)
        self._windows = None
        if options.windows is not None:
            self._windows = _Windows(options.windows, options.stride or options.windows)

    def push(self, frames: Frames) -> Iterator[Rows]:
        """What these frames, which follow those before, complete."""
        resampled = [frames] if self._resampler is None else self._resampler.push(frames)
        for each in resampled:
            if self._windows is None:
                good = np.flatnonzero(each.good)
                vecs = each.vecs if len(good) == len(each.vecs) else each.vecs[good]
                yield self._with_mirrored(good + each.first, vecs)
            else:
                for begins, windows in self._windows.push(each):
                    yield self._with_mirrored(begins, windows)

    def _with_mirrored(self, frames: NDArray[np.int64], vecs: NDArray[np.float32]) -> Rows:
        if self._rig is None or not len(frames):
            return Rows(frames, vecs, None)
        size = vecs.shape[-1]
        mirrored = self._rig.mirror(vecs.reshape(-1, size)).reshape(vecs.shape)
        both = np.stack([vecs, mirrored], axis=1).reshape(-1, *vecs.shape[1:])
        return Rows(np.repeat(frames, 2), both, np.tile([False, True], len(frames)))


class _Windows:
    """Windows that begin at every multiple of the stride; one with a bad frame is left out."""

    def __init__(self, window: int, stride: int) -> None:
        self._window, self._stride = window, stride
        self._begin = 0  # of the next window
        self._held: Frames | None = None

    def push(self, frames: Frames) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        if self._held is not None:
            frames = Frames(
                self._held.first,
                np.concatenate([self._held.vecs, frames.vecs]),
                np.concatenate([self._held.good, frames.good]),
            )
        end = frames.first + len(frames.vecs)
        begins = np.arange(self._begin, end - self._window + 1, self._stride)
        if len(begins):
            yield from self._copy(frames, begins)
            self._begin = int(begins[-1]) + self._stride
        kept = min(max(self._begin - frames.first, 0), len(frames.vecs))
        self._held = Frames(
            frames.first + kept, frames.vecs[kept:].copy(), frames.good[kept:].copy()
        )

    def _copy(
        self, frames: Frames, begins: NDArray[np.int64]
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        bad_before = np.concatenate([[0], np.cumsum(~frames.good)])
        places = begins - frames.first
        begins = begins[bad_before[places + self._window] == bad_before[places]]
        step = max(1, _PIECE_BYTES // (self._window * frames.vecs[:1].nbytes))
        for piece in range(0, len(begins), step):
            some = begins[piece : piece + step]
            places = some[:, None] - frames.first + np.arange(self._window)
            yield some, frames.vecs[places]
