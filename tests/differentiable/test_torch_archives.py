"""What torch makes of its own archives once they have a stamp."""

from __future__ import annotations

import copy
import io
import zipfile

import numpy as np
import pytest
import safetensors.torch
import torch

import rigjit
from rigjit import models
from rigjit.models import _zip_directory

SPEC = """rigjit: 1
name: hero
controllers:
  - name: root
    transformations: [translation: {scale: 25}, rotation3d: {rotate_order: zxy}]
"""


@pytest.fixture(scope="module")
def rig():
    return rigjit.loads(SPEC, cache=False)


@pytest.fixture(scope="module")
def other():
    return rigjit.loads(SPEC.replace("25", "27"), cache=False)


@pytest.fixture(scope="module")
def net(rig):
    torch.manual_seed(5)
    layers = torch.nn.Linear(4, 33), torch.nn.ReLU(), torch.nn.Linear(33, rig.vec_size)
    return torch.nn.Sequential(*layers).eval()


@pytest.fixture
def state(net):
    """Storages that are shared, of odd sizes, and of none."""
    tensors = dict(net.state_dict())
    shared = torch.arange(101, dtype=torch.int16)
    tensors |= {"shared": shared, "part": shared[3:50], "none": torch.zeros(0)}
    tensors |= {"bytes": torch.arange(77, dtype=torch.uint8), "half": torch.ones(5).bfloat16()}
    return tensors


def same(found, wanted):
    assert list(found) == list(wanted)
    for name, tensor in wanted.items():
        assert found[name].dtype == tensor.dtype
        assert torch.equal(found[name], tensor)


def records_of(path):
    """{name: (where its data begin, data)}; zipfile says the one, torch the other."""
    reader = torch._C.PyTorchFileReader(str(path))
    with zipfile.ZipFile(path) as file:
        return {
            info.filename: (
                reader.get_record_offset(info.filename.partition("/")[2]),
                file.read(info),
            )
            for info in file.infolist()
        }


def stamp_is_added(path, rig, other):
    """Nothing else changes, however often it is stamped; all data are aligned as torch's are."""
    before = records_of(path)
    models.stamp(path, rig)
    size = path.stat().st_size
    for each in (other, rig):
        models.stamp(path, each)
    assert path.stat().st_size == size
    after = records_of(path)
    folder = next(iter(before)).partition("/")[0]
    new = {f"{folder}/extra/{key}": text for key, text in models.metadata(rig).items()}
    assert list(after) == [*before, *new]
    assert before.items() <= after.items()
    assert {name: after[name][1].decode() for name in new} == new
    assert all(begin % 64 == 0 for begin, _ in after.values())
    assert models.read_stamp(path) == (rig.hash, rig.vec_size, SPEC)


@pytest.mark.parametrize("limit", [0xFFFFFFFF, 1000], ids=["", "64 bits"])
def test_save(tmp_path, monkeypatch, rig, other, state, limit):
    monkeypatch.setattr(_zip_directory, "LIMIT_32", limit)
    path = tmp_path / "pose.pt"
    torch.save(state, path)
    stamp_is_added(path, rig, other)
    same(torch.load(path, weights_only=True), state)
    same(torch.load(path, weights_only=True, mmap=True), state)
    same(torch.load(io.BytesIO(path.read_bytes())), state)


def test_offsets_that_torch_calculates(tmp_path, monkeypatch, rig, state):
    """It checks them against those that it reads."""
    path = tmp_path / "pose.pt"
    torch.save(state, path)
    models.stamp(path, rig)
    monkeypatch.setenv("TORCH_SERIALIZATION_DEBUG", "1")
    with torch.utils.serialization.config.patch({"load.calculate_storage_offsets": True}):
        same(torch.load(path, mmap=True), state)


def test_objects_of_others_are_not_made(tmp_path, rig):
    """A stamp neither runs nor loses what a pickle holds."""
    path = tmp_path / "trainer.pt"
    torch.save({"epoch": 3, "code": Untouchable()}, path)
    with pytest.raises(RuntimeError, match="made"):
        torch.load(path, weights_only=False)
    models.stamp(path, rig)
    assert models.read_stamp(path).rig_hash == rig.hash
    with pytest.raises(RuntimeError, match="made"):
        torch.load(path, weights_only=False)


class Untouchable:
    def __reduce__(self):
        return make, ()


def make():
    raise RuntimeError("made")


def test_without_checksums(tmp_path, rig, state):
    path = tmp_path / "pose.pt"
    torch.serialization.set_crc32_options(False)
    try:
        torch.save(state, path)
    finally:
        torch.serialization.set_crc32_options(True)
    models.stamp(path, rig)
    same(torch.load(path), state)
    assert models.read_stamp(path).rig_hash == rig.hash


def test_before_1_6(tmp_path, rig, state):
    path = tmp_path / "pose.pt"
    torch.save(state, path, _use_new_zipfile_serialization=False)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"torch.save\(torch.load\(path\), path\)"):
        models.stamp(path, rig)
    assert path.read_bytes() == before
    torch.save(torch.load(path), path)
    models.stamp(path, rig)
    same(torch.load(path), state)


def test_saved_again(tmp_path, rig, state):
    path = tmp_path / "pose.pt"
    torch.save(state, path)
    models.stamp(path, rig)
    torch.save(torch.load(path), path)
    assert models.read_stamp(path) == (None, None, None)


@pytest.fixture
def said(rig):
    return {**models.metadata(rig), "note": "größer"}


def extras(said):
    """What the loading calls fill."""
    return dict.fromkeys(said, "")


@pytest.mark.filterwarnings("ignore")  # torch.jit is deprecated
def test_torchscript(tmp_path, rig, other, net, said):
    path, inputs = tmp_path / "script.pt", torch.randn(3, 4)
    torch.jit.save(torch.jit.script(net), path, _extra_files={"note": "größer"})
    stamp_is_added(path, rig, other)
    found = extras(said)
    assert torch.equal(torch.jit.load(path, _extra_files=found)(inputs), net(inputs))
    assert {key: text.decode() for key, text in found.items()} == said

    torch.jit.save(torch.jit.script(net), path, _extra_files=models.metadata(other))
    assert models.read_stamp(path).rig_hash == other.hash
    models.stamp(path, rig)
    assert models.read_stamp(path) == (rig.hash, rig.vec_size, SPEC)
    found = {"rigjit.rig_hash": ""}
    assert torch.equal(torch.jit.load(path, _extra_files=found)(inputs), net(inputs))
    assert found["rigjit.rig_hash"].decode() == rig.hash


def test_export(tmp_path, rig, other, net, said):
    path, inputs = tmp_path / "pose.pt2", torch.randn(3, 4)
    program = torch.export.export(net, (inputs,))
    torch.export.save(program, path, extra_files={"note": "größer"})
    stamp_is_added(path, rig, other)
    found = extras(said)
    loaded = torch.export.load(path, extra_files=found)
    assert torch.equal(loaded.module()(inputs), net(inputs))
    assert found == said

    torch.export.save(program, path, extra_files=models.metadata(other))
    assert models.read_stamp(path).rig_hash == other.hash
    models.stamp(path, rig)
    found = {"rigjit.rig_hash": ""}
    torch.export.load(path, extra_files=found)
    assert found["rigjit.rig_hash"] == rig.hash


@pytest.mark.filterwarnings("ignore")  # that it is old
def test_export_before_2_8(tmp_path, rig, net):
    """As torch.export.save wrote it then: torch reads it still."""
    from torch._export.serde.schema import SCHEMA_VERSION
    from torch._export.serde.serialize import serialize

    path, inputs = tmp_path / "pose.pt2", torch.randn(3, 4)
    made = serialize(torch.export.export(net, (inputs,)))
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("serialized_exported_program.json", made.exported_program)
        file.writestr("serialized_state_dict.pt", made.state_dict)
        file.writestr("serialized_constants.pt", made.constants)
        file.writestr("serialized_example_inputs.pt", made.example_inputs)
        file.writestr("version", ".".join(map(str, SCHEMA_VERSION)))
    models.stamp(path, rig)
    assert models.read_stamp(path).rig_hash == rig.hash
    found = {"rigjit.rig_hash": ""}
    loaded = torch.export.load(path, extra_files=found)
    assert torch.equal(loaded.module()(inputs), net(inputs))
    assert found["rigjit.rig_hash"] == rig.hash


def test_safetensors(tmp_path, rig, other, net):
    path, wanted = tmp_path / "pose.safetensors", net.state_dict()
    safetensors.torch.save_model(net, path, metadata={"format": "pt", **models.metadata(other)})
    assert models.read_stamp(path).rig_hash == other.hash
    models.stamp(path, rig)
    assert models.read_stamp(path).rig_hash == rig.hash
    same(dict(sorted(safetensors.torch.load_file(path).items())), dict(sorted(wanted.items())))
    again = copy.deepcopy(net)
    torch.nn.init.zeros_(again[0].weight)
    safetensors.torch.load_model(again, path)
    assert np.array_equal(again[0].weight.detach(), net[0].weight.detach())
