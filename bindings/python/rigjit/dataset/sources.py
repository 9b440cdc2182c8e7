"""The frames of one input as vectors, and what is wrong with them."""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING, Any

import numpy as np

import rigjit
from rigjit.dataset.errors_table import Mistake
from rigjit.dataset.resample import Frames
from rigjit.inputs import open_input
from rigjit.serve.problems import describe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from numpy.typing import NDArray

    from rigjit import Rig
    from rigjit.dataset.plan import Clip

_MAX_FRAMES = 4096  # that are converted at once
_FRAME = re.compile(r"^frame \d+: ")


class NotReadableError(Exception):
    """A clip that cannot be read, or not to its end."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__(mistakes[0].message)
        self.mistakes = mistakes


class FrameReader:
    """fps: frames a second of an input that says so. NotReadableError where it cannot be opened."""

    def __init__(self, clip: Clip, rig: Rig, kind: str | None) -> None:
        self._clip, self._rig = clip, rig
        with _readable(clip):
            self._input = open_input(clip.path, rig, kind=kind)
        self.fps: Fraction | None = self._input.fps

    def frames(self) -> Iterator[tuple[Frames, list[Mistake]]]:
        """Frames one after another, and all mistakes in each of them."""
        blocks = iter(self._input.blocks(_MAX_FRAMES))
        while True:
            with _readable(self._clip):
                block = next(blocks, None)
                if block is None:
                    return
                found = self._frames_of(block)
            yield found

    def _frames_of(self, block: Any) -> tuple[Frames, list[Mistake]]:
        clip, first = self._clip.name, block.first_frame
        mistakes = [
            Mistake(clip, bad.frame, bad.code, _plain(bad.message), bad.controller, bad.attribute)
            for bad in block.bad
        ]
        unread = np.array(sorted({bad.frame - first for bad in block.bad}), np.intp)
        if self._input.kind == "vectors":
            vecs = np.ascontiguousarray(block.vectors, np.float32)
            _, good = self._rig.vec_to_values_batch(vecs, errors="mask")
            convert: Any = self._rig.vec_to_values_batch
        else:
            convert = self._rig.values_to_vec_batch
            vecs, good = convert(block.vectors, errors="mask")
        good[unread] = True  # said already
        refused = np.flatnonzero(~good)
        good[unread] = False
        mistakes += self._mistakes_of(convert, block.vectors, refused, first)
        return Frames(first, vecs, good), sorted(mistakes, key=lambda each: each.frame or 0)

    def _mistakes_of(
        self, convert: Any, rows: NDArray[Any], refused: NDArray[np.intp], first: int
    ) -> list[Mistake]:
        """Of each frame by itself: an error of many names but the first ones."""
        found = []
        for place in refused:
            try:
                convert(rows[place : place + 1])
            except rigjit.RigError as error:
                found += [
                    mistake_of(self._clip.name, first + int(place), each, self._rig)
                    for each in error.errors
                ]
        return found


def mistake_of(clip: str, frame: int | None, error: rigjit.Error, rig: Rig | None) -> Mistake:
    """A row of the table of errors; controller and attribute where the error is of one."""
    facts = describe(error, rig)
    message = _FRAME.sub("", facts["message"])
    return Mistake(
        clip, frame, error.code, _plain(message), facts.get("controller"), facts.get("attribute")
    )


@contextlib.contextmanager
def _readable(clip: Clip) -> Iterator[None]:
    try:
        yield
    except rigjit.RigError as error:
        mistakes = [mistake_of(clip.name, None, each, None) for each in error.errors]
        raise NotReadableError(mistakes) from error
    except OSError as error:
        text = error.strerror or str(error)
        raise NotReadableError([Mistake(clip.name, None, "cannot-read", _plain(text))]) from error


def _plain(text: str) -> str:
    """Valid UTF-8 whatever the text is of."""
    return os.fsencode(text).decode("utf-8", "backslashreplace")
