"""A rig's conversions as differentiable torch modules, for training: `pip install rigjit[torch]`.

>>> import rigjit.torch
>>> decode = rigjit.torch.Decode(rig)
>>> values = decode(vec)  # (..., vec_size) -> (..., channels), as rig.vec_to_values means it
>>> loss = rigjit.torch.pose_loss(decode, vec, target_vec)

Rotations, sums and products are computed in float64 and rounded once, so that a device must have
it; results are float32, of float64 input float64, also under autocast. The kernel is the authority.
"""

from rigjit.torch._decode import Decode
from rigjit.torch._encode import Encode
from rigjit.torch._loss import pose_loss

__all__ = ["Decode", "Encode", "pose_loss"]
