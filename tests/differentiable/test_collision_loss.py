"""Hulls.loss against finite differences of the distances."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from rigjit import collision


@pytest.fixture(scope="module")
def hulls():
    rng = np.random.default_rng(2)
    return collision.Hulls({name: rng.normal(size=(60, 3)) for name in "abc"})


def moves(frames, reach):
    rng = np.random.default_rng(3)
    transforms = np.tile(np.eye(4), (frames, 3, 1, 1))
    turns = Rotation.random(frames * 3, rng=rng).as_matrix().reshape(frames, 3, 3, 3)
    transforms[..., :3, :3] = turns @ (np.eye(3) + rng.normal(size=(frames, 3, 3, 3)) * 0.1)
    transforms[..., :3, 3] = rng.normal(size=(frames, 3, 3)) * reach
    return transforms


PAIRS = np.int32([[0, 1], [2, 0], [1, 2]])


def total(hulls, transforms, margin):
    return np.maximum(margin - hulls.signed_distance(transforms, PAIRS).astype(np.float64), 0).sum()


@pytest.mark.parametrize("rows", [3, 4])
def test_values(hulls, rows):
    transforms = moves(30, 3)[:, :, :rows]
    tensor = torch.from_numpy(transforms)
    for margin in (0.0, 0.7):
        wanted = total(hulls, transforms, margin)
        assert np.isclose(hulls.loss(tensor, PAIRS, margin, "sum").item(), wanted, atol=1e-4)
        assert np.isclose(hulls.loss(tensor, PAIRS, margin).item(), wanted / 30, atol=1e-5)
        each = hulls.loss(tensor, PAIRS, margin, "none")
        assert each.shape == (30,)
        assert np.isclose(each.sum().item(), wanted, atol=1e-4)
    assert hulls.loss(tensor.float(), PAIRS).dtype == torch.float32


def test_gradients(hulls):
    """Central differences along random directions, of distances in double precision."""
    rng = np.random.default_rng(5)
    transforms = moves(12, 2)
    tensor = torch.from_numpy(transforms.copy()).requires_grad_()
    hulls.loss(tensor, PAIRS, 0.5, "sum").backward()
    gradient = tensor.grad.numpy()
    assert (gradient[..., 3, :] == 0).all()
    names = hulls.names

    def exact(where):
        found = 0.0
        for frame in where:
            for a, b in PAIRS:
                distance = collision.signed_distance(
                    hulls[names[a]], hulls[names[b]], frame[a], frame[b]
                )
                found += max(0.5 - distance, 0)
        return found

    for _ in range(8):
        way = np.zeros_like(transforms)
        way[..., :3, :] = rng.normal(size=(*transforms.shape[:2], 3, 4))
        step = 1e-6
        slope = (exact(transforms + step * way) - exact(transforms - step * way)) / (2 * step)
        assert np.isclose((gradient * way).sum(), slope, rtol=1e-3, atol=1e-3)


def test_hulls_are_pushed_apart(hulls):
    tensor = torch.from_numpy(moves(1, 0.3)).requires_grad_()
    optimizer = torch.optim.SGD([tensor], lr=0.1)
    for _ in range(200):
        optimizer.zero_grad()
        loss = hulls.loss(tensor, PAIRS, 0.05)
        loss.backward()
        optimizer.step()
    assert hulls.signed_distance(tensor.detach().numpy(), PAIRS).min() > 0


def test_nothing_near_and_nothing_at_all(hulls):
    far = torch.from_numpy(moves(2, 1)) * 1
    far[:, :, 0, 3] += torch.tensor([0.0, 100, 200])
    far.requires_grad_()
    loss = hulls.loss(far, PAIRS)
    loss.backward()
    assert loss.item() == 0
    assert (far.grad == 0).all()
    assert hulls.loss(far[:0], PAIRS).item() == 0


def test_what_is_refused(hulls):
    with pytest.raises(TypeError, match="Tensor"):
        hulls.loss(moves(1, 1), PAIRS)
    with pytest.raises(ValueError, match="reduction"):
        hulls.loss(torch.from_numpy(moves(1, 1)), PAIRS, 0, "median")
