"""Turns a neural network's vector into the controller values of a character rig.

>>> import rigjit
>>> rig = rigjit.load("hero.yaml")
>>> message = rig.vec_to_rig(rig.rest_vec)  # MessagePack: {controller: {attribute: float32}}
"""

from rigjit._errors import RigError
from rigjit._remap import Remap, remap
from rigjit._rigjit import (
    ChannelChange,
    ClipWriter,
    CoefficientChange,
    Diff,
    Error,
    Frame,
    InputChange,
    Rig,
    Stream,
    __version__,
    diff,
    load,
    loads,
)

TYPE_CHECKING = False  # typing's own costs its import
if TYPE_CHECKING:
    from rigjit._clip_stream import ClipStreamWriter

__all__ = [
    "ChannelChange",
    "ClipStreamWriter",
    "ClipWriter",
    "CoefficientChange",
    "Diff",
    "Error",
    "Frame",
    "InputChange",
    "Remap",
    "Rig",
    "RigError",
    "Stream",
    "__version__",
    "diff",
    "load",
    "loads",
    "remap",
]


def __getattr__(name: str) -> object:
    """Import what is seldom needed when it is."""
    if name == "ClipStreamWriter":
        from rigjit._clip_stream import ClipStreamWriter

        return ClipStreamWriter
    raise AttributeError(f"module 'rigjit' has no attribute {name!r}")
