"""Decode and Encode against the kernel, scipy and finite differences."""

from __future__ import annotations

import copy
import io
import pickle

import numpy as np
import onnxruntime
import pytest
import torch
from random_spec import random_spec
from scipy.spatial.transform import Rotation

import rigjit
import rigjit.torch as rigjit_torch

ORDERS = ("xyz", "yzx", "zxy", "xzy", "yxz", "zyx")
LOCKING = """rigjit: 1
controllers:
  - name: a
    transformations:
      - rotation3d: {rotate_order: zxy}
      - translation: {axes: xyz, scale: 25, center: 3}
      - attribute: {name: pinned, type: bool}
      - attribute: {name: reach, min: -1, max: 2}
      - attribute: {name: space, type: enum, names: [world, chest, hand], encoding: one_hot}
  - name: b
    transformations:
      - rotation1d: {axis: y}
      - constant: {name: IK_FK, value: 1}
  - name: c
    transformations: [rotation3d: {output: quaternion, rot6d: rows}]
"""


@pytest.fixture(scope="module")
def rig():
    return rigjit.loads(LOCKING, cache=False)


@pytest.fixture(scope="module")
def decode(rig):
    return rigjit_torch.Decode(rig)


def vectors(rig, count=50, seed=0):
    return np.random.default_rng(seed).normal(size=(count, rig.vec_size)).astype(np.float32)


def matrix_of(row, values):
    """(n, 3, 3), of a row of tables().rotations."""
    values = values.astype(np.float64)
    if row["quaternion"]:
        return Rotation.from_quat(values[:, row["channels"]], scalar_first=True).as_matrix()
    order = ORDERS[row["order"]]
    angles = values[:, [row["channels"]["xyz".index(axis)] for axis in order]]
    return Rotation.from_euler(order, angles, degrees=not row["radians"]).as_matrix()


def degrees_between(a, b):
    return np.degrees(Rotation.from_matrix(a @ b.swapaxes(-1, -2)).magnitude())


@pytest.mark.parametrize("seed", range(16))
def test_values_are_the_kernels(seed):
    rig = rigjit.loads(random_spec(seed), cache=False)
    decode = rigjit_torch.Decode(rig)
    vecs = vectors(rig, 200, seed)
    values, good = rig.vec_to_values_batch(vecs, errors="mask")
    assert (decode.good(torch.from_numpy(vecs)).numpy() == good).all()
    ours = decode(torch.from_numpy(vecs)).numpy()
    assert ours.dtype == np.float32
    tables = rig.tables()
    for row in tables.affine:
        channel = row["channel"]
        size = np.maximum(abs(vecs[:, row["input"]] * row["scale"]), abs(row["center"]))
        off = abs(ours[:, channel].astype(np.float64) - values[:, channel])[good]
        assert (off <= np.spacing(size.astype(np.float32))[good]).all(), row
    for row in tables.rotations:
        if np.isinf(row["min"]).all() and np.isinf(row["max"]).all() and good.any():
            off = degrees_between(matrix_of(row, ours[good]), matrix_of(row, values[good]))
            assert off.max() <= 1e-4
    others = [*tables.angles["channel"], *tables.one_hots["channel"], *tables.constants["channel"]]
    assert np.allclose(ours[good][:, others], values[good][:, others], rtol=1e-6, atol=2e-5)


@pytest.mark.parametrize("order", ORDERS)
def test_at_and_near_lock(order):
    rig = rigjit.loads(
        "{rigjit: 1, controllers: [{name: c, transformations: "
        f"[rotation3d: {{rotate_order: {order}}}]}}]}}",
        cache=False,
    )
    decode = rigjit_torch.Decode(rig)
    rng = np.random.default_rng(1)
    away = np.concatenate([[0], 10.0 ** -np.arange(1, 8), [30, 60]])
    angles = np.stack(np.meshgrid(rng.uniform(-180, 180, 7), [90, -90], away), -1).reshape(-1, 3)
    triples = np.stack(
        [angles[:, 0], angles[:, 1] + angles[:, 2], rng.permutation(angles[:, 0])], 1
    )
    matrices = Rotation.from_euler(order, triples, degrees=True).as_matrix()
    vecs = matrices[:, :, :2].swapaxes(1, 2).reshape(-1, 6).astype(np.float32)
    row = rig.tables().rotations[0]
    ours = decode(torch.from_numpy(vecs)).numpy()
    assert (
        degrees_between(matrix_of(row, ours), matrix_of(row, rig.vec_to_values_batch(vecs))).max()
        < 1e-4
    )
    assert (
        degrees_between(decode.matrices(torch.from_numpy(vecs)).numpy()[:, 0], matrices).max()
        < 1e-4
    )


def awkward(rig):
    """Zero, parallel, tiny, huge and axis-aligned columns, (0, 0), exact lock, rest."""
    base = vectors(rig, 1)[0]
    slices = rig.slices
    found = [rig.rest_vec.copy()]
    for six in (
        [0] * 6,
        [1, 0, 0, 1, 0, 0],
        [1e-30, 0, 0, 0, 1e-30, 0],
        [1e-42, 0, 0, 0, 1, 0],
        [1e18, 0, 0, 0, 1e18, 0],
        [0, 0, -1, 0, 1, 0],
        [0, 1, 0, 0, 0, 1],
        [1, 0, 0, 1, 1e-5, 0],
        [-1, 0, 0, 0, -1, 0],
        [0, 0, 1, 0, 1, 0],
    ):
        vec = base.copy()
        vec[slices["rotation3d"]] = np.tile(six, len(slices["rotation3d"]) // 6)
        found.append(vec)
    for pair in ([0, 0], [1e-30, 1e-30], [0, -1], [-1, 0], [3e38, 3e38]):
        vec = base.copy()
        vec[slices["rotation1d"]] = np.tile(pair, len(slices["rotation1d"]) // 2)
        found.append(vec)
    return np.stack(found).astype(np.float32)


def test_gradients_are_finite_and_zero_where_the_kernel_refuses(rig, decode):
    vecs = torch.from_numpy(awkward(rig)).requires_grad_()
    good = decode.good(vecs)
    expected = rig.vec_to_values_batch(vecs.detach().numpy(), errors="mask")[1]
    assert (good.numpy() == expected).all()
    assert not good.all()
    for result in (
        decode(vecs),
        decode.matrices(vecs),
        rigjit_torch.pose_loss(decode, vecs, vecs * 0.5),
    ):
        (gradient,) = torch.autograd.grad(result.sum(), vecs)
        assert torch.isfinite(gradient).all()
    (gradient,) = torch.autograd.grad(decode(vecs).sum(), vecs)
    assert (gradient[~good] == 0).all()
    assert (gradient[good] != 0).any(-1).all()


def test_gradients_are_those_of_finite_differences():
    rig = rigjit.loads(LOCKING.replace("type: bool", "scale: 2"), cache=False)
    decode = rigjit_torch.Decode(rig, straight_through=False)
    encode = rigjit_torch.Encode(rig)
    vec = torch.from_numpy(vectors(rig, 3, 5)).double().requires_grad_()
    assert torch.autograd.gradcheck(decode, (vec,))
    assert torch.autograd.gradcheck(decode.matrices, (vec,))
    values = decode(vec).detach().requires_grad_()
    assert torch.autograd.gradcheck(encode, (values,))
    target = torch.from_numpy(vectors(rig, 3, 6)).double()
    for rotation in ("chordal", "geodesic"):
        assert torch.autograd.gradcheck(
            lambda v, r=rotation: rigjit_torch.pose_loss(decode, v, target, rotation=r), (vec,)
        )


def test_straight_through(rig):
    vec = torch.from_numpy(vectors(rig, 4)).requires_grad_()
    pinned = [channel.attribute for channel in rig.channels].index("pinned")
    place = rig.tables().affine["input"][rig.tables().affine["channel"] == pinned][0]
    for through, size in ((True, 1.0), (False, 0.0)):
        values = rigjit_torch.Decode(rig, straight_through=through)(vec)
        (gradient,) = torch.autograd.grad(values[:, pinned].sum(), vec)
        assert (gradient[:, place] == size).all()


def test_a_value_that_is_clamped_has_no_gradient(rig, decode):
    reach = [channel.attribute for channel in rig.channels].index("reach")
    (place,) = rig.tables().affine["input"][rig.tables().affine["channel"] == reach]
    vec = torch.from_numpy(vectors(rig, 3))
    vec[:, place] = torch.tensor([-1.5, 0.5, 2.5])
    values = decode(vec.requires_grad_())[:, reach]
    assert values.tolist() == [-1.0, 0.5, 2.0]
    (gradient,) = torch.autograd.grad(values.sum(), vec)
    assert gradient[:, place].tolist() == [0.0, 1.0, 0.0]


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_spoils_its_own_frame_alone(rig, decode, number):
    vec = torch.from_numpy(vectors(rig, rig.vec_size + 1, 7))
    whole = decode(vec)[-1]
    vec.diagonal().fill_(number)
    good = decode.good(vec)
    assert (good.numpy() == rig.vec_to_values_batch(vec.numpy(), errors="mask")[1]).all()
    values = decode(vec.requires_grad_())
    assert torch.isfinite(values).all()
    assert torch.equal(values[-1], whole)
    (gradient,) = torch.autograd.grad(values.square().sum(), vec)
    assert torch.isfinite(gradient).all()
    assert (gradient[~good] == 0).all()
    assert gradient[-1].any()


def test_encode_gives_the_vector_again(rig, decode):
    vecs = vectors(rig, 40)
    values = rig.vec_to_values_batch(vecs)
    ours = rigjit_torch.Encode(rig)(torch.from_numpy(values))
    assert np.allclose(ours.numpy(), rig.values_to_vec_batch(values), atol=2e-6)


def test_batches_of_any_shape(rig, decode):
    vecs = torch.from_numpy(vectors(rig, 24))
    whole = decode(vecs)
    assert torch.equal(decode(vecs.reshape(2, 3, 4, -1)).reshape(24, -1), whole)
    assert torch.equal(decode(vecs[0]), whole[0])
    assert decode(vecs[:0]).shape == (0, len(rig.channels))
    assert decode.matrices(vecs[:0]).shape == (0, len(decode.rotations), 3, 3)
    assert decode.good(vecs[:0]).shape == (0,)
    mapped = torch.func.vmap(decode)(vecs)
    assert torch.allclose(mapped, whole, atol=1e-6)


def test_names_of_rotations(decode):
    assert decode.rotations == [("a", "rotation3d"), ("c", "rotation3d"), ("b", "rotation1d")]


def test_copies_and_pickles(rig, decode):
    vecs = torch.from_numpy(vectors(rig, 3))
    for other in (copy.deepcopy(decode), pickle.loads(pickle.dumps(decode))):
        assert torch.equal(other(vecs), decode(vecs))
    assert list(decode.parameters()) == []
    assert decode.state_dict() == {}
    assert torch.equal(decode.half()(vecs), decode(vecs))
    buffer = io.BytesIO()
    torch.save(torch.nn.Sequential(torch.nn.Linear(3, rig.vec_size), decode).state_dict(), buffer)


def test_under_autocast(rig, decode):
    vecs = torch.from_numpy(vectors(rig, 5))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = decode(vecs)
    assert inside.dtype == torch.float32
    assert torch.equal(inside, decode(vecs))


def test_compiled_and_exported(rig, decode):
    vecs = torch.from_numpy(vectors(rig, 6))
    compiled = torch.compile(decode, fullgraph=True)
    assert torch.allclose(compiled(vecs), decode(vecs), atol=2e-5)
    shapes = {"vec": {0: torch.export.Dim("frames")}}
    exported = torch.export.export(decode, (vecs[:2],), dynamic_shapes=shapes).module()
    assert torch.allclose(exported(vecs), decode(vecs), atol=2e-5)


@pytest.mark.parametrize("kind", ["translation: {}", "rotation3d: {}", "rotation1d: {axis: x}"])
def test_programs_of_rigs_that_lack_most_kinds_are_saved(kind):
    rig = rigjit.loads(f"rigjit: 1\ncontrollers: [{{name: a, transformations: [{kind}]}}]\n")
    vecs = torch.randn(5, rig.vec_size)
    for module, numbers in (
        (rigjit_torch.Decode(rig), vecs),
        (rigjit_torch.Encode(rig), rigjit_torch.Decode(rig)(vecs)),
    ):
        file = io.BytesIO()
        torch.export.save(torch.export.export(module, (numbers,)), file)
        file.seek(0)
        loaded = torch.export.load(file).module()
        assert torch.allclose(loaded(numbers), module(numbers), atol=2e-5)


def test_in_onnxruntime(rig, decode, tmp_path):
    vecs = np.concatenate([vectors(rig, 6), awkward(rig)])
    quarter = Rotation.from_euler(
        "xyz", np.mgrid[0:4, 0:4, 0:4].reshape(3, -1).T * 90, degrees=True
    )
    turned = np.tile(rig.rest_vec, (64, 1))
    turned[:, :6] = np.round(quarter.as_matrix()[:, :, :2].swapaxes(1, 2).reshape(-1, 6))
    vecs = np.concatenate([vecs, turned]).astype(np.float32)
    path = tmp_path / "decode.onnx"
    shapes = {"vec": {0: torch.export.Dim("frames")}}
    two = torch.from_numpy(vecs[:2])
    torch.onnx.export(
        decode.eval(), (two,), str(path), dynamo=True, dynamic_shapes=shapes, verbose=False
    )
    session = onnxruntime.InferenceSession(path)
    (ours,) = session.run(None, {session.get_inputs()[0].name: vecs})
    values, good = rig.vec_to_values_batch(vecs, errors="mask")
    for row in rig.tables().rotations:
        assert (
            degrees_between(matrix_of(row, ours[good]), matrix_of(row, values[good])).max() < 1e-3
        )
    others = [*rig.tables().affine["channel"], *rig.tables().angles["channel"]]
    assert np.allclose(ours[good][:, others], values[good][:, others], rtol=1e-5, atol=1e-4)


def test_what_is_refused(rig, decode):
    with pytest.raises(rigjit.RigError, match="shape") as raised:
        decode(torch.zeros(3, rig.vec_size + 1))
    assert raised.value.errors[0].code == "wrong-shape"
    for wrong in (np.zeros(rig.vec_size), torch.zeros(rig.vec_size, dtype=torch.int32)):
        with pytest.raises(TypeError):
            decode(wrong)
    with pytest.raises(TypeError):
        rigjit_torch.Decode("hero.yaml")
