"""rigjit on a Ray cluster: steps for Ray Data, and a deployment for Ray Serve.

`rigjit dataset build --ray` is the whole build of a data set there. Needs `pip install
'rigjit[ray]'` on every node. Nothing of it is imported by `import rigjit`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rigjit.ray.batches import RigToVec, VecToRig
    from rigjit.ray.service import Service

__all__ = ["RigToVec", "Service", "VecToRig"]

_PLACES = {"RigToVec": "batches", "VecToRig": "batches", "Service": "service"}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
