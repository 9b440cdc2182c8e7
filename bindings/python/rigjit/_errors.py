"""The exception that carries every mistake found at once."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing's own costs its import
if TYPE_CHECKING:
    from collections.abc import Iterable

    from rigjit._rigjit import Error


SHOWN = 20  # errors in a text, as kShownErrors of rigjit/error.h


class RigError(ValueError):
    """A spec, vector or pose that cannot be used; `errors` lists every mistake in it.

    Its text has a line for each of the first 20 and then counts the others.
    """

    errors: list[Error]

    def __init__(self, errors: Iterable[Error]) -> None:
        self.errors = list(errors)
        super().__init__(self.errors)

    def __str__(self) -> str:
        lines = [str(error) for error in self.errors[:SHOWN]]
        if rest := len(self.errors) - len(lines):
            lines.append(f"and {rest} more error{'s'[: rest > 1]}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        first = f": {self.errors[0]}" if self.errors else ""
        return f"<RigError of {len(self.errors)}{first}>"


RigError.__module__ = "rigjit"


def log_cache_note(rig: str, note: str) -> None:
    """Log why a rig's code was not cached, in a program that has imported logging.

    Nobody listens in another; and a child forked while a thread imports it could not.
    """
    if get_logger := getattr(sys.modules.get("logging"), "getLogger", None):
        get_logger("rigjit").info("%s: %s", rig, note)
