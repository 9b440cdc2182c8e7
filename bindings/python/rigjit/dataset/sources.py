"""The frames of one input as vectors, and what is wrong with them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np

import rigjit
from rigjit.dataset.errors_table import Mistake
from rigjit.dataset.resample import Frames
from rigjit.inputs import open_input

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from rigjit import Rig
    from rigjit.dataset.plan import Clip
    from rigjit.inputs import Block

_MAX_FRAMES = 512  # at a time: still in the cache when they are written

_SEVERAL_CLIPS = (
    "its columns clip and frame say that it holds frames of clips, as a data set's shard does; a "
    "data set is built of the clips themselves"
)


class NotReadableError(Exception):
    """A clip that cannot be read, or not to its end."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__(mistakes[0].message)
        self.mistakes = mistakes


class FrameReader:
    """fps: frames a second of an input that says so. note: what is lacking of it, or "".

    A context manager.

    NotReadableError where the input cannot be opened, or read on.
    """

    def __init__(self, clip: Clip, rig: Rig, kind: Any, missing: Any) -> None:
        self._clip = clip
        with _readable(clip):
            self._input = open_input(clip.path, rig, kind=kind, missing=missing)
            if self._input.has_clips:
                self._input.close()
                raise rigjit.RigError([rigjit.Error("several-clips", _SEVERAL_CLIPS)])
        self.fps: Fraction | None = self._input.fps
        self.note = self._input.note

    def __enter__(self) -> FrameReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._input.close()

    def frames(self) -> Iterator[tuple[Frames, list[Mistake]]]:
        """Frames one after another, and what is wrong with the bad ones."""
        blocks = self._input.blocks(_MAX_FRAMES)
        while True:
            with _readable(self._clip):
                block = next(blocks, None)
            if block is None:
                return
            yield _frames_of(block), [Mistake(self._clip.name, *each) for each in block.bad]


def _frames_of(block: Block) -> Frames:
    """With rows for the bad ones too, which are of no meaning."""
    if len(block.rows) == block.count:
        return Frames(block.first_frame, block.rows, np.ones(block.count, np.bool_))
    vecs = np.zeros((block.count, block.rows.shape[1]), np.float32)
    good = np.zeros(block.count, np.bool_)
    vecs[block.frames - block.first_frame] = block.rows
    good[block.frames - block.first_frame] = True
    return Frames(block.first_frame, vecs, good)


@contextlib.contextmanager
def _readable(clip: Clip) -> Iterator[None]:
    try:
        yield
    except rigjit.RigError as error:
        # Without the file's path: it is the machine's, and the clip's name says which it is.
        mistakes = [Mistake(clip.name, None, each.code, each.message) for each in error.errors]
        raise NotReadableError(mistakes) from error
