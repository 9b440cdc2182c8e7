"""Turns a neural network's vector into the controller values of a character rig.

>>> import rigjit
>>> rig = rigjit.load("hero.yaml")
>>> message = rig.vec_to_rig(rig.rest_vec)  # MessagePack: {controller: {attribute: float32}}
"""

from rigjit._errors import RigError
from rigjit._rigjit import Error, Frame, Rig, Stream, __version__, load, loads

__all__ = ["Error", "Frame", "Rig", "RigError", "Stream", "__version__", "load", "loads"]
