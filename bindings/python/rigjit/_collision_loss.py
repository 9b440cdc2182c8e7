"""The penalty of hulls that pass through each other, with gradients, in torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from rigjit.collision import Hulls


def penetration_loss(
    hulls: Hulls, transforms: torch.Tensor, pairs: ArrayLike, margin: float, reduction: str
) -> torch.Tensor:
    """See Hulls.loss.

    A distance's gradient when a hull moves is the normal at its witness point: to first order
    d = d0 + normal . ((T_b x_b - p_b) - (T_a x_a - p_a)), with x in the hulls' own spaces.
    """
    if not isinstance(transforms, torch.Tensor):
        raise TypeError(f"transforms must be a torch.Tensor, not {type(transforms).__name__}")
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction must be 'mean', 'sum' or 'none', not {reduction!r}")
    here = transforms.detach().cpu().numpy()
    found = hulls.contacts(here, pairs, max_distance=margin)
    indices = np.asarray(pairs)
    frames = torch.from_numpy(found["frame"].astype(np.int64)).to(transforms.device)

    def number(name: str) -> torch.Tensor:
        return torch.from_numpy(found[name].astype(np.float64)).to(transforms.device)

    def moved(side: int, point: str) -> torch.Tensor:
        """How far the witness point goes with its hull: 0, with a gradient."""
        hull = torch.from_numpy(indices[found["pair"], side].astype(np.int64))
        matrices = transforms[frames, hull.to(transforms.device)][:, :3].double()
        linear, offset = matrices[..., :3], matrices[..., 3]
        world = number(point)
        own = torch.linalg.solve(linear.detach(), world - offset.detach())
        now: torch.Tensor = (linear @ own[..., None]).squeeze(-1) + offset
        return now - now.detach()

    way = (number("normal") * (moved(1, "point_b") - moved(0, "point_a"))).sum(-1)
    penalties = torch.relu(float(margin) - (number("distance") + way))
    each = torch.zeros(len(here), dtype=torch.float64, device=transforms.device)
    each = each.index_add(0, frames, penalties)
    if reduction != "none":
        each = each.sum()
    if reduction == "mean":
        each = each / max(len(here), 1)
    return each.to(transforms.dtype)
