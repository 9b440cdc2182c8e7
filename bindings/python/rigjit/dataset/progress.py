"""How far a build is: for a terminal, a bar with frames a second and the time left."""

from __future__ import annotations

import sys
from typing import Any


class Progress:
    """Counts bytes of input, by which the time that is left is told, and frames."""

    def __init__(self, total: int, shown: bool | None) -> None:
        from tqdm import tqdm

        if sys.stderr is None:  # closed
            shown = False
        self._frames = 0
        self._bar: Any = tqdm(
            total=total,
            # None: on a terminal only.
            disable=None if shown is None else not shown,
            unit="B",
            unit_scale=True,
            leave=False,
            bar_format="{percentage:3.0f}%|{bar}| {postfix[0]} left {remaining}",
            postfix=[""],
        )

    def show(self, size: int, frames: int) -> None:
        """What is done by now, in all."""
        self._frames = frames
        if self._bar.disable:
            return
        seconds = max(self._bar.format_dict["elapsed"], 1e-9)
        self._bar.postfix[0] = f"{frames} frames, {frames / seconds:,.0f}/s,"
        self._bar.update(size - self._bar.n)

    def close(self) -> None:
        self._bar.close()
