"""pose_loss: what its terms are, weights and reductions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

import rigjit
import rigjit.torch as rigjit_torch

SPEC = """rigjit: 1
controllers:
  - name: hand
    transformations: [rotation3d: {}, translation: {axes: x, scale: 25}]
  - name: elbow
    transformations: [rotation1d: {axis: y}]
  - name: space
    transformations:
      - attribute: {name: to, type: enum, names: [world, chest, hand], encoding: one_hot}
"""


@pytest.fixture(scope="module")
def decode():
    return rigjit_torch.Decode(rigjit.loads(SPEC, cache=False))


def vec(rotation, x, angle, logits):
    six = rotation.as_matrix()[:, :2].T.ravel()
    numbers = [*six, x, np.sin(angle), np.cos(angle), *logits]
    return torch.tensor(numbers, dtype=torch.float64)


@pytest.fixture
def pair():
    one, other = Rotation.random(2, rng=4)
    angle = (one.inv() * other).magnitude()
    return vec(one, 0.5, 0.3, [1, 2, 0.5]), vec(other, 0.1, -0.9, [0, 0, 1]), angle


def terms(angles, rotation):
    if rotation == "geodesic":
        return angles
    return [8 * np.sin(angle / 2) ** 2 for angle in angles]


@pytest.mark.parametrize("rotation", ["chordal", "geodesic"])
def test_terms(decode, pair, rotation):
    a, b, angle = pair
    logits = np.array([1, 2, 0.5])
    entropy = np.log(np.exp(logits).sum()) - logits[2]
    expected = [0.4**2, *terms([angle, 1.2], rotation), entropy]
    loss = rigjit_torch.pose_loss(decode, a, b, rotation=rotation, reduction="sum")
    assert np.isclose(loss.item(), sum(expected), atol=1e-9)
    for weights, wanted in (
        ({"hand": 2.0}, 2 * (expected[0] + expected[1]) + expected[2] + expected[3]),
        ({"rotation1d": 0.0, "one_hot": 3}, expected[0] + expected[1] + 3 * expected[3]),
        ({"*": 0.5, "el*": 4}, 0.5 * (expected[0] + expected[1] + 4 * expected[2] + expected[3])),
    ):
        found = rigjit_torch.pose_loss(decode, a, b, rotation, weights, reduction="sum")
        assert np.isclose(found.item(), wanted, atol=1e-9), weights


def test_reductions(decode, pair):
    a, b, _ = pair
    batch = torch.stack([a, b, a * 0.5])
    each = rigjit_torch.pose_loss(decode, batch, b, reduction="none")
    assert each.shape == (3,)
    assert torch.isclose(rigjit_torch.pose_loss(decode, batch, b), each.mean())
    whole = rigjit_torch.pose_loss(decode, batch, b, reduction="sum")
    assert torch.isclose(whole, each.sum() * 4)
    assert rigjit_torch.pose_loss(decode, batch[:0], batch[:0]).item() == 0


def test_it_teaches(decode, pair):
    a, b, _ = pair
    moving = a.clone().requires_grad_()
    optimizer = torch.optim.Adam([moving], lr=0.05)
    for _ in range(300):
        optimizer.zero_grad()
        loss = rigjit_torch.pose_loss(decode, moving, b, weights={"one_hot": 0})
        loss.backward()
        optimizer.step()
    assert loss.item() < 1e-6
    close = (decode.matrices(moving) - decode.matrices(b)).abs().max()
    assert close.item() < 1e-2


def test_what_is_refused(decode, pair):
    a, b, _ = pair
    with pytest.raises(rigjit.RigError, match="nobody") as raised:
        rigjit_torch.pose_loss(decode, a, b, weights={"nobody": 1, "no_*": 2})
    assert [error.code for error in raised.value.errors] == ["unknown-name"] * 2
    for arguments in ({"rotation": "euler"}, {"reduction": "median"}):
        with pytest.raises(ValueError, match="must be"):
            rigjit_torch.pose_loss(decode, a, b, **arguments)
    with pytest.raises(rigjit.RigError, match="target_vec"):
        rigjit_torch.pose_loss(decode, a, b[:-1])
