"""The limits of a rig's channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rigjit.stats._arguments import check_rig

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rigjit._rigjit import Rig


def limits_of(rig: Rig) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(C,) min and max of each of rig.channels in its unit, ∓inf for none."""
    check_rig(rig)
    tables = rig.tables()
    low = np.full(len(rig.channels), -np.inf, np.float32)
    high = np.full(len(rig.channels), np.inf, np.float32)
    for table in (tables.affine, tables.angles):
        low[table["channel"]], high[table["channel"]] = table["min"], table["max"]
    euler = tables.rotations[~tables.rotations["quaternion"]]
    places = euler["channels"][:, :3]
    low[places], high[places] = euler["min"], euler["max"]
    return low, high
