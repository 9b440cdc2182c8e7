"""Every config and random specs: messages decode, re-encode and agree with the oracle."""

from pathlib import Path

import msgpack
import numpy as np
import oracle
import pytest
import random_spec
import targets
import vectors
from checks import check_message, check_values

import rigjit

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
SEEDS = range(30)


def check_rig(text: str, seed: int, frames: int) -> None:
    spec = oracle.read(text)
    rig = rigjit.loads(text, cache=False)
    assert [tuple(channel) for channel in rig.channels] == spec.channels
    assert [tuple(element) for element in rig.inputs] == spec.inputs
    assert rig.vec_size == len(spec.inputs)
    others = {
        target: rigjit.loads(text, target=target, cache=False)
        for target in targets.RUNNABLE
        if target != rig.target
    }
    for regime in vectors.REGIMES:
        vecs = vectors.make(spec, seed, frames, regime)
        values = np.stack([rig.vec_to_values(vec) for vec in vecs])
        check_values(spec, vecs, values, fma=rig.target in targets.WITH_FMA)
        messages = [rig.vec_to_rig(vec) for vec in vecs]
        for message, row in zip(messages, values, strict=True):
            assert len(message) == rig.msgpack_size
            check_message(spec, message, row)
        check_batches(rig, vecs, messages, values)
        for target, other in others.items():
            check_target(spec, other, vecs, messages, fma=target in targets.WITH_FMA)


def check_target(spec, rig, vecs: np.ndarray, messages: list[bytes], fma: bool) -> None:
    """`messages` are those of the best target."""
    batch = [row.tobytes() for row in rig.vec_to_rig_batch(vecs)]
    if fma:
        assert batch == messages
        return
    values = rig.vec_to_values_batch(vecs)
    check_values(spec, vecs, values, fma=False)
    check_message(spec, batch[0], values[0])


def check_batches(rig, vecs: np.ndarray, messages: list[bytes], values: np.ndarray) -> None:
    batch = rig.vec_to_rig_batch(vecs)
    assert batch.dtype == np.uint8
    assert [row.tobytes() for row in batch] == messages
    rows = rig.vec_to_values_batch(vecs)
    np.testing.assert_array_equal(rows.view(np.uint32), values.view(np.uint32))
    buffer = bytearray(b"\xa5" * (rig.msgpack_size + 8))
    rig.vec_to_rig(vecs[0], out=memoryview(buffer)[: rig.msgpack_size])
    assert buffer == messages[0] + b"\xa5" * 8


@pytest.mark.parametrize("name", sorted(path.name for path in CONFIGS.glob("*.yaml")))
def test_config(name):
    check_rig((CONFIGS / name).read_text("utf-8"), seed=1, frames=4)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_spec(seed):
    check_rig(random_spec.random_spec(seed), seed, frames=12)


def test_random_specs_use_every_part_of_the_format():
    specs = [oracle.read(random_spec.random_spec(seed)) for seed in SEEDS]
    operations = [op for spec in specs for op in spec.operations]
    rotations = [op for op in operations if isinstance(op, oracle.RotationXyz)]
    assert {(op.rotate_order, op.layout) for op in rotations if not op.quaternion} == {
        (order, layout) for order in random_spec.ORDERS for layout in random_spec.LAYOUTS
    }
    assert {op.quaternion for op in rotations} == {op.radians for op in rotations} == {True, False}
    assert {op.order for op in operations if isinstance(op, oracle.Angle)} == {"sin_cos", "cos_sin"}
    lengths = {len(name.encode()) for op in operations for name in (op.controller, *op.attributes)}
    assert lengths >= {31, 32, 255, 256}
    counts = {len(inner) for spec in specs for inner in by_controller(spec).values()}
    assert counts >= {1, 15, 16, 17}
    assert {len(by_controller(spec)) for spec in specs} >= {1, 15, 16}


def by_controller(spec: oracle.Spec) -> dict[str, list[str]]:
    result: dict[str, list[str]] = {}
    for controller, attribute in spec.channels:
        result.setdefault(controller, []).append(attribute)
    return result


@pytest.mark.parametrize("name", ["x" * 65_535, "骨" * 21_845])
def test_longest_names(name):
    check_rig(
        f'rigjit: 1\ncontrollers: [{{name: "{name}", transformations: ['
        f'attribute: {{name: "{name}"}}, constant: {{name: "b", value: 2}}]}}]\n',
        seed=2,
        frames=2,
    )


def test_more_controllers_than_map16_holds():
    text, document = random_spec.many_controllers(70_000)
    spec = oracle.interpret(document)
    rig = rigjit.loads(text, cache=False)
    vec = np.random.default_rng(3).normal(size=70_000).astype(np.float32)
    values = rig.vec_to_values(vec)
    check_values(spec, vec[None], values[None], fma=rig.target in targets.WITH_FMA)
    message = rig.vec_to_rig(vec)
    assert message[:5] == b"\xdf" + (70_000).to_bytes(4, "big")
    check_message(spec, message, values)


def test_rest_vec_is_the_neutral_pose():
    rig = rigjit.load(CONFIGS / "rigify_human.yaml", cache=False)
    pose = msgpack.unpackb(rig.vec_to_rig(rig.rest_vec))
    spec = oracle.read((CONFIGS / "rigify_human.yaml").read_text("utf-8"))
    for op in spec.operations:
        for attribute in op.attributes:
            value = pose[op.controller][attribute]
            if attribute.startswith(("translate", "rotate")):
                assert value == pytest.approx(0, abs=1e-6)
            elif attribute.startswith("scale"):
                assert value == pytest.approx(1, abs=1e-6)


def test_it_gives_the_values_that_were_recorded_with_it():
    text = (CONFIGS / "rigify_human.yaml").read_text("utf-8")
    rig = rigjit.loads(text, cache=False)
    with np.load(CONFIGS / "rigify/human_stress.npz") as take:
        vecs, recorded = take["vec_rows"], take["values"]
    values = rig.vec_to_values_batch(vecs)
    spec = oracle.read(text)
    check_values(spec, vecs, values, fma=rig.target in targets.WITH_FMA)
    affine = [not attribute.startswith("rotate") for _, attribute in spec.channels]
    np.testing.assert_allclose(values[:, affine], recorded[:, affine], rtol=1e-6, atol=3e-7)
