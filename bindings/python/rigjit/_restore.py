"""What a pickled Rig names: a plain function, which a restricted Unpickler can allow."""

from __future__ import annotations

from typing import Any

from rigjit._rigjit import Rig, _restore


def restore(*arguments: Any) -> Rig:
    """Load a rig from the arguments that Rig.__reduce__ gave, unless its hash is another now."""
    return _restore(*arguments)
