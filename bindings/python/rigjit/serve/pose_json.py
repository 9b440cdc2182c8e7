"""Values, one a channel, as the JSON of a pose: for curves, which no vector gives."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rigjit import Rig


def pose_json(rig: Rig, values: NDArray[np.float32]) -> bytes:
    """{controller: {attribute: value}} as text; float32 in the shortest digits that say it."""
    text: list[str] = []
    last = None
    for channel, value in zip(rig.channels, values, strict=True):
        controller, attribute = channel
        if controller != last:
            text.append(("}," if text else "{") + json.dumps(controller, ensure_ascii=False) + ":{")
            last = controller
        else:
            text.append(",")
        text.append(f"{json.dumps(attribute, ensure_ascii=False)}:{_number(value, channel.type)}")
    return "".join([*text, "}}"]).encode()


def _number(value: Any, kind: str) -> str:
    if kind == "float":
        return str(value)  # numpy's scalar: the digits of a float32
    if kind == "bool":
        return "true" if value else "false"
    return str(int(value))
