"""The exception that carries every mistake found at once."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing's own costs its import
if TYPE_CHECKING:
    from collections.abc import Iterable

    from rigjit._rigjit import Error


class RigError(ValueError):
    """A spec, vector or pose that cannot be used; `errors` lists every mistake in it."""

    errors: list[Error]

    def __init__(self, errors: Iterable[Error]) -> None:
        self.errors = list(errors)
        super().__init__(self.errors)

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


RigError.__module__ = "rigjit"


def log_cache_note(rig: str, note: str) -> None:
    """Log why a rig's code was not cached, in a program that has imported logging.

    Nobody listens in another; and a child forked while a thread imports it could not.
    """
    if get_logger := getattr(sys.modules.get("logging"), "getLogger", None):
        get_logger("rigjit").info("%s: %s", rig, note)
