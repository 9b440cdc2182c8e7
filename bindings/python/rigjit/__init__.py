"""Turns a neural network's vector into the controller values of a character rig.

>>> import rigjit
>>> rig = rigjit.load("hero.yaml")
>>> message = rig.vec_to_rig(rig.rest_vec)  # MessagePack: {controller: {attribute: float32}}
"""

from rigjit._errors import RigError
from rigjit._remap import Remap, remap
from rigjit._rigjit import (
    Channel,
    ChannelChange,
    ClipWriter,
    CoefficientChange,
    Diff,
    Error,
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
    from rigjit import clips
    from rigjit import collision as collision
    from rigjit import dataset as dataset
    from rigjit import inputs as inputs
    from rigjit import ray as ray
    from rigjit import stats as stats
    from rigjit._broadcast import Broadcast
    from rigjit._tables import Tables
    from rigjit._warm import warm
    from rigjit.dataset.reader import Dataset as Dataset
    from rigjit.fitting import fit as fit

__all__ = [
    "Broadcast",
    "Channel",
    "ChannelChange",
    "ClipWriter",
    "CoefficientChange",
    "Diff",
    "Error",
    "InputChange",
    "Remap",
    "Rig",
    "RigError",
    "Stream",
    "Tables",
    "__version__",
    "clips",
    "diff",
    "forget_loaded_rigs",
    "load",
    "loaded_rigs_limit",
    "loads",
    "remap",
    "set_loaded_rigs_limit",
    "warm",
]


def __getattr__(name: str) -> object:
    """Import what is seldom needed when it is."""
    if name == "fit":
        return _late_import("rigjit.fitting").fit
    if name in ("clips", "collision", "dataset", "inputs", "ray", "stats"):
        return _late_import(f"rigjit.{name}")
    if name == "Dataset":
        return _late_import("rigjit.dataset").Dataset
    if name == "Broadcast":
        return _late_import("rigjit._broadcast").Broadcast
    if name == "Tables":
        return _late_import("rigjit._tables").Tables
    if name == "warm":
        return _late_import("rigjit._warm").warm
    raise AttributeError(f"module 'rigjit' has no attribute {name!r}")
