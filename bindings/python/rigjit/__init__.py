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
    _late_import,
    diff,
    forget_loaded_rigs,
    load,
    loaded_rigs_limit,
    loads,
    set_loaded_rigs_limit,
)

TYPE_CHECKING = False  # typing's own costs its import
if TYPE_CHECKING:
    from rigjit._broadcast import Broadcast
    from rigjit._clip_stream import ClipStreamWriter
    from rigjit._warm import warm

__all__ = [
    "Broadcast",
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
    "forget_loaded_rigs",
    "load",
    "loaded_rigs_limit",
    "loads",
    "remap",
    "set_loaded_rigs_limit",
    "warm",
]


_LATE = {
    "Broadcast": "rigjit._broadcast",
    "ClipStreamWriter": "rigjit._clip_stream",
    "warm": "rigjit._warm",
}


def __getattr__(name: str) -> object:
    """Import what is seldom needed when it is."""
    if name in _LATE:
        return getattr(_late_import(_LATE[name]), name)
    raise AttributeError(f"module 'rigjit' has no attribute {name!r}")
