"""Frames of every form are those that were written."""

from __future__ import annotations

import json
import os

import msgpack
import numpy as np
import pytest
import rigjit_clip
import safetensors.numpy
from small_spec import SPEC

import rigjit
from rigjit import inputs


@pytest.fixture(scope="module")
def rig():
    return rigjit.loads(SPEC)


@pytest.fixture(scope="module")
def vecs(rig):
    rng = np.random.default_rng(7)
    return rng.normal(size=(300, rig.vec_size)).astype(np.float32)


@pytest.fixture(scope="module")
def values(rig, vecs):
    return rig.vec_to_values_batch(vecs)


def read(path, rig, form="vectors", max_frames=64, **options):
    """(rows, errors, Input) of a whole file; blocks follow each other."""
    with inputs.open_input(path, rig, **options) as file:
        blocks = list(file.blocks(max_frames, form=form))
    first = 0
    for block in blocks:
        assert block.first_frame == first
        assert block.count <= max_frames
        assert len(block.rows) == len(block.frames)
        places = set(block.frames.tolist()) | {error.frame for error in block.bad}
        assert places == set(range(first, first + block.count))
        first += block.count
    rows = np.concatenate([block.rows for block in blocks]) if blocks else None
    return rows, [error for block in blocks for error in block.bad], file


def test_clips(rig, vecs, values, tmp_path):
    path = tmp_path / "a.clip"
    path.write_bytes(rig.clip(vecs, fps="24000/1001", start_frame=101))
    rows, bad, file = read(path, rig)
    assert rows.tobytes() == rig.values_to_vec_batch(values).tobytes()
    assert not bad
    assert (file.kind, file.rig_hash, str(file.fps)) == ("clip", rig.hash, "24000/1001")
    assert (file.frame_count, file.start_frame, file.note) == (300, 101, "")
    rows, _, _ = read(path, rig, "values")
    assert rows.tobytes() == values.tobytes()


def test_a_clip_that_was_cut_has_its_whole_frames(rig, vecs, values, tmp_path):
    path = tmp_path / "a.clip"
    path.write_bytes(rig.clip(vecs)[: -4 * len(rig.channels) - 5])
    rows, _, file = read(path, rig, "values")
    assert rows.tobytes() == values[:298].tobytes()
    assert "298 of 300" in file.note


def test_a_clip_of_another_rig_is_refused_with_the_difference(rig, vecs, tmp_path):
    other = rigjit.loads(SPEC.replace("l_elbow_CTRL", "r_elbow_CTRL"))
    path = tmp_path / "a.clip"
    path.write_bytes(other.clip(vecs))
    with pytest.raises(rigjit.RigError) as caught:
        inputs.open_input(path, rig)
    assert caught.value.errors[0].code == "rig-mismatch"
    assert caught.value.errors[0].file == str(path)
    assert "l_elbow_CTRL.rotateY" in str(caught.value)


def test_a_clip_is_read_by_the_spec_that_was_fitted_to_it(rig, vecs, values, tmp_path):
    path = tmp_path / "a.clip"
    path.write_bytes(rig.clip(vecs, fps=30))
    other = SPEC.replace("scale: 25", "scale: 3").replace("min: 0, max: 1", "min: -9")
    fitted = rigjit.loads(other)
    rows, bad, file = read(path, fitted)
    assert rows.tobytes() == fitted.values_to_vec_batch(values).tobytes()
    assert not bad
    assert (file.rig_hash, file.fps) == (rig.hash, 30)
    order = rigjit.loads(SPEC.replace("rotate_order: zxy", "rotate_order: xyz"))
    with pytest.raises(rigjit.RigError, match=r"rig-mismatch"):
        inputs.open_input(path, order)
    vectors = tmp_path / "b.safetensors"
    rigjit.clips.save_vectors(vectors, rig, vecs)
    with pytest.raises(rigjit.RigError, match=r"rig-mismatch"):
        inputs.open_input(vectors, fitted)


def test_clips_of_tools_go_by_names(rig, values, tmp_path):
    channels = [(*c, c.transformation, c.rotate_order, None, None, []) for c in rig.channels]
    order = np.random.default_rng(1).permutation(len(channels))
    extra = ("tail", "rotateX", "rotation1d", None, None, None, [])
    frames = np.concatenate([values[:, order], np.ones((300, 1))], axis=1)
    path = tmp_path / "a.clip"
    rigjit_clip.write(path, [*(channels[i] for i in order), extra], frames.tolist())
    rows, bad, file = read(path, rig, "values")
    assert rows.tobytes() == values.tobytes()
    assert not bad
    assert file.rig_hash is None

    rigjit_clip.write(path, channels[2:], values[:, 2:].tolist())
    with pytest.raises(rigjit.RigError, match=r"lacks 2 channels: x_main_CTRL\.translateX"):
        inputs.open_input(path, rig)
    rows, _, _ = read(path, rig, missing="rest")
    at_rest = values.copy()
    at_rest[:, :2] = 0
    assert rows.tobytes() == rig.values_to_vec_batch(at_rest).tobytes()


def test_files_of_vectors(rig, vecs, values, tmp_path):
    path = tmp_path / "a.safetensors"
    rigjit.clips.save_vectors(path, rig, vecs)
    rows, _, file = read(path, rig)
    assert rows.tobytes() == vecs.tobytes()
    assert file.kind == "vectors"
    assert read(path, rig, "values")[0].tobytes() == values.tobytes()
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(rigjit.RigError, match="cut short"):
        inputs.open_input(path, rig)
    other = rigjit.loads(SPEC.replace("scale: 25", "scale: 26"))
    with pytest.raises(rigjit.RigError, match="rig-mismatch"):
        inputs.open_input(path, other)


@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", "<f2"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy(rig, values, tmp_path, dtype, order):
    path = tmp_path / "a.npy"
    array = np.array(values, dtype, order=order)
    np.save(path, array)
    rows, _, file = read(path, rig, "values")
    assert rows.tobytes() == array.astype("<f4").tobytes()
    assert (file.kind, file.frame_count) == ("values", 300)


def test_npy_of_vectors_is_said(rig, vecs, values, tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, vecs)
    assert read(path, rig, kind="vectors")[0].tobytes() == vecs.tobytes()
    with pytest.raises(rigjit.RigError, match="--from vectors"):
        inputs.open_input(path, rig)
    np.save(path, values[0])
    assert read(path, rig, "values")[0].tobytes() == values[0].tobytes()
    np.save(path, values.astype(int))
    with pytest.raises(rigjit.RigError, match="wrong-dtype"):
        inputs.open_input(path, rig)
    np.save(path, values)
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(rigjit.RigError, match="cut-short"):
        inputs.open_input(path, rig)


def test_a_matrix_of_somebody_else(rig, vecs, values, tmp_path):
    path = tmp_path / "a.safetensors"
    safetensors.numpy.save_file({"poses": values.astype("f8")}, path)
    rows, _, file = read(path, rig, "values")
    assert rows.tobytes() == values.tobytes()
    assert file.kind == "safetensors"
    safetensors.numpy.save_file({"vectors": vecs}, path)
    assert read(path, rig)[0].tobytes() == vecs.tobytes()
    safetensors.numpy.save_file({"vectors": vecs, "more": vecs}, path)
    with pytest.raises(rigjit.RigError, match="2 tensors"):
        inputs.open_input(path, rig)


@pytest.mark.parametrize("form", ["messages", "own", "array", "json", "jsonl", "json array"])
def test_poses(rig, vecs, values, tmp_path, form):
    poses = [rig.vec_to_dict(vec) for vec in vecs]
    path = tmp_path / ("a.jsonl" if form == "jsonl" else "a")
    if form == "messages":
        path.write_bytes(b"".join(map(msgpack.packb, poses)))
    elif form == "own":
        path.write_bytes(b"".join(map(rig.vec_to_rig, vecs)))
    elif form == "array":
        path.write_bytes(msgpack.packb(poses))
    elif form == "json array":
        path.write_text(json.dumps(poses, indent=1))
    else:
        path.write_text("\n".join(map(json.dumps, poses)))
    rows, bad, file = read(path, rig)
    assert rows.tobytes() == rig.values_to_vec_batch(values).tobytes()
    assert not bad
    assert file.kind == {"own": "messages", "array": "messages", "json array": "json"}.get(
        form, form
    )
    assert read(path, rig, "values")[0].tobytes() == values.tobytes()


def test_values_of_poses_keep_turns_and_what_is_beyond_limits(rig, tmp_path):
    pose = rig.vec_to_dict(rig.rest_vec)
    pose["l_elbow_CTRL"]["rotateY"] = 725.5
    pose["head"]["rotateX"] = -1000.0
    pose["x_main_CTRL"]["stretch"] = 3.0
    del pose["x_main_CTRL"]["IK_FK"]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(pose))
    rows, _, _ = read(path, rig, "values")
    found = dict(zip(rig.channels, rows[0].tolist(), strict=True))
    assert found["l_elbow_CTRL", "rotateY"] == 725.5
    assert found["head", "rotateX"] == -1000
    assert found["x_main_CTRL", "stretch"] == 3
    assert found["x_main_CTRL", "IK_FK"] == 1
    del pose["head"]["scaleX"]
    path.write_text(json.dumps(pose))
    rows, _, _ = read(path, rig, "values", missing="rest")
    assert dict(zip(rig.channels, rows[0].tolist(), strict=True))["head", "scaleX"] == 1


def test_bad_frames_are_named(rig, values, tmp_path):
    bad_values = values.copy()
    bad_values[5, 0] = np.nan
    bad_values[70] = np.inf
    path = tmp_path / "a.npy"
    np.save(path, bad_values)
    for form in ("vectors", "values"):
        rows, bad, _ = read(path, rig, form)
        assert len(rows) == 298
        assert bad[0] == (5, "not-finite", bad[0].message, "x_main_CTRL", "translateX")
        assert {error.frame for error in bad} == {5, 70}
    path = tmp_path / "a.jsonl"
    pose = rig.vec_to_dict(rig.rest_vec)
    poses = [json.dumps(pose), "{}", json.dumps({**pose, "head": {**pose["head"], "scaleX": "a"}})]
    path.write_text("\n".join(poses))
    rows, bad, _ = read(path, rig)
    assert len(rows) == 1
    assert bad[0][:2] == (1, "missing-channels")
    assert bad[1][:2] == (2, "wrong-type")
    assert bad[1][3:] == ("head", "scaleX")


def test_a_constant_need_not_be_a_number(rig, values, tmp_path):
    path = tmp_path / "a.npy"
    place = rig.channels.index(("x_main_CTRL", "IK_FK"))
    without = values.copy()
    without[4, place] = np.nan
    np.save(path, without)
    for form in ("vectors", "values"):
        rows, bad, _ = read(path, rig, form)
        assert not bad
        assert len(rows) == 300
    assert rows.tobytes() == values.tobytes()


def test_bad_vectors_are_named(rig, vecs, tmp_path):
    bad_vecs = vecs.copy()
    bad_vecs[9, rig.slices["rotation3d"]] = 0
    path = tmp_path / "a.npy"
    np.save(path, bad_vecs)
    rows, bad, _ = read(path, rig, kind="vectors")
    assert len(rows) == 299
    assert bad[0][:2] == (9, "zero-column")
    assert bad[0][3:] == ("head", "rotateX")


def test_a_text_that_breaks_off_gives_what_comes_before(rig, tmp_path):
    path = tmp_path / "a.msgpack"
    message = rig.vec_to_rig(rig.rest_vec)
    path.write_bytes(message * 5 + message[:-3])
    with inputs.open_input(path, rig) as file:
        blocks = file.blocks()
        assert next(blocks).count == 5
        with pytest.raises(rigjit.RigError) as caught:
            next(blocks)
    assert caught.value.errors[0].file == str(path)
    assert caught.value.errors[0].code == "malformed-messagepack"


@pytest.mark.parametrize("kind", ["values", "vectors"])
def test_a_kind_of_arrays_is_said_of_arrays_alone(rig, vecs, tmp_path, kind):
    (tmp_path / "a.clip").write_bytes(rig.clip(vecs))
    (tmp_path / "a.msgpack").write_bytes(rig.vec_to_rig(vecs[0]))
    (tmp_path / "a.json").write_bytes(rig.vec_to_json(vecs[0]))
    for name, found in (("a.clip", "clip"), ("a.msgpack", "messages"), ("a.json", "json")):
        rows, bad, file = read(tmp_path / name, rig, "values", kind=kind)
        assert (file.kind, bad) == (found, [])
        np.testing.assert_allclose(rows[0], rig.vec_to_values(vecs[0]), rtol=1e-6, atol=1e-6)
    np.save(tmp_path / "a.npy", vecs if kind == "vectors" else rig.vec_to_values_batch(vecs))
    assert read(tmp_path / "a.npy", rig, kind=kind)[2].kind == kind


def test_studio_library(rig, values, tmp_path):
    objects: dict = {}
    for (controller, attribute), value in zip(rig.channels, values[3].tolist(), strict=True):
        is_angle = attribute.startswith("rotate")
        attrs = objects.setdefault(f"hero:{controller}", {"attrs": {}})["attrs"]
        attrs[attribute] = {
            "type": "doubleAngle" if is_angle else "double",
            "value": float(np.radians(value)) if is_angle else value,
        }
    objects["hero:tail"] = {"attrs": {"note": {"type": "string", "value": "x"}}}
    path = tmp_path / "smile.pose"
    path.mkdir()
    text = json.dumps({"metadata": {"angularUnit": "rad"}, "objects": objects}, indent=2)
    (path / "pose.json").write_text(text)
    (found,) = inputs.expand([tmp_path])
    assert found.name == "smile.pose/pose"
    rows, bad, file = read(found.path, rig, "values")
    assert not bad
    assert file.kind == "studio_library"
    np.testing.assert_allclose(rows[0], values[3], rtol=1e-6)
    objects["villain:head"] = objects["hero:head"]
    (path / "pose.json").write_text(json.dumps({"objects": objects}))
    with pytest.raises(rigjit.RigError, match="several-characters"):
        inputs.open_input(found.path, rig)


def test_studio_library_that_is_broken(rig, tmp_path):
    path = tmp_path / "pose.json"
    objects = {"a": {"attrs": {"tx": {"value": 1}, "ty": {"type": "double"}}}, "b": {}, "c": 1}
    path.write_text(json.dumps({"objects": objects}))
    with pytest.raises(rigjit.RigError) as caught:
        inputs.open_input(path, rig)
    assert [error.message.partition(": ")[2] for error in caught.value.errors] == [
        '"ty" of "a" has no value',
        'the object "b" has no attrs',
        'the object "c" has no attrs',
    ]
    with pytest.raises(rigjit.RigError, match='"ty" of "a" has no value'):
        inputs.studio_pose({"objects": objects})


def test_parquet(rig, vecs, values, tmp_path):
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    binary = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(4 * rig.vec_size), len(vecs), [None, pa.py_buffer(vecs.tobytes())]
    )
    tensor = pa.FixedShapeTensorArray.from_numpy_ndarray(vecs)
    lists = pa.array(vecs.tolist(), pa.list_(pa.float64()))
    for column in (binary, tensor, lists):
        table = pa.table({"frame": np.arange(len(vecs)), "vec": column})
        table = table.replace_schema_metadata({"rigjit.rig_hash": rig.hash})
        pq.write_table(table, path, row_group_size=100)
        rows, bad, file = read(path, rig)
        assert rows.tobytes() == vecs.tobytes()
        assert not bad
        assert (file.kind, file.frame_count, file.rig_hash) == ("parquet", 300, rig.hash)
    columns = {f"{c}.{a}": values[:, i] for i, (c, a) in enumerate(rig.channels) if a != "IK_FK"}
    pq.write_table(pa.table(dict(reversed(columns.items()))), path)
    assert read(path, rig, "values")[0].tobytes() == values.tobytes()
    columns.pop("head.rotateX")
    pq.write_table(pa.table(columns), path)
    with pytest.raises(rigjit.RigError, match=r"lacks 1: head\.rotateX"):
        inputs.open_input(path, rig)


def test_parquet_that_is_cut_or_of_another_rig(rig, vecs, tmp_path):
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    table = pa.table({"vec": pa.FixedShapeTensorArray.from_numpy_ndarray(vecs)})
    pq.write_table(
        table.replace_schema_metadata(
            {"rigjit.rig_hash": "0" * 32, "rigjit.spec": SPEC.replace("l_elbow", "r_elbow")}
        ),
        path,
    )
    with pytest.raises(rigjit.RigError, match=r"rig-mismatch") as caught:
        inputs.open_input(path, rig)
    assert "r_elbow_CTRL" in str(caught.value)
    pq.write_table(table, path)
    whole = path.read_bytes()
    for size in (len(whole) - 20, 5):
        path.write_bytes(whole[:size])
        with pytest.raises(rigjit.RigError, match=r"malformed-file") as caught:
            inputs.open_input(path, rig)
        assert caught.value.errors[0].file == str(path)


@pytest.mark.parametrize(
    "content", [b"", b"\x01\x02", b"hello", b"\x93NUMPY\x01\x00", b"PK\x03\x04"]
)
def test_what_is_no_input(rig, tmp_path, content):
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9.npy")
    with open(path, "wb") as file:
        file.write(content)
    with pytest.raises(rigjit.RigError) as caught:
        inputs.open_input(os.fsdecode(path), rig)
    assert caught.value.errors[0].file.endswith("caf\\xe9.npy")
    str(caught.value).encode()


def test_what_cannot_be_read(rig, tmp_path):
    for path in (tmp_path / "none.npy", tmp_path):
        with pytest.raises(rigjit.RigError, match="unreadable-file"):
            inputs.open_input(path, rig)


def test_urls(rig, values, tmp_path):
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    path = tmp_path / "a.npy"
    np.save(path, values)
    memory.pipe_file("/a.npy", path.read_bytes())
    try:
        assert read("memory://a.npy", rig, "values")[0].tobytes() == values.tobytes()
        with pytest.raises(rigjit.RigError, match="unreadable-file"):
            inputs.open_input("memory://b.npy", rig)
    finally:
        memory.rm("/a.npy")


def test_a_block_is_all_that_is_in_memory(rig, values, tmp_path):
    import tracemalloc

    path = tmp_path / "a.npy"
    np.save(path, np.tile(values, (200, 1)))
    for form, order in (("vectors", "C"), ("values", "F")):
        np.save(path, np.array(np.tile(values, (200, 1)), order=order))
        tracemalloc.start()
        with inputs.open_input(path, rig) as file:
            count = sum(block.count for block in file.blocks(1000, form=form))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == 60_000
        assert peak < 1_000_000  # of 3 MB
