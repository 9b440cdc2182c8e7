"""Turns a neural network's vector into the controller values of a character rig.

>>> import rigjit
>>> rig = rigjit.load("hero.yaml")
>>> message = rig.vec_to_rig(rig.rest_vec)  # MessagePack: {controller: {attribute: float32}}
"""

from rigjit._errors import RigError
from rigjit._remap import Remap, remap
from rigjit._rigjit import (
    ChannelChange,
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

__all__ = [
    "ChannelChange",
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
