"""RigToVec and VecToRig in Ray Data."""

from __future__ import annotations

import os
import pickle

import numpy as np
import pytest
from builds import random_vecs, write_clip

import rigjit
from rigjit.dataset import build
from rigjit.ray import RigToVec, VecToRig


@pytest.fixture(scope="module")
def vecs(rig):
    return random_vecs(rig, 300, 1)


def test_pickle_is_the_spec_alone(rig, spec):
    """The place of a worker's cache is the worker's."""
    text = spec.read_text()
    cached = rigjit.load(spec, cache_dir="/some/cache")
    for step in (RigToVec(cached), VecToRig(cached)):
        data = pickle.dumps(step)
        assert text.encode() in data
        assert len(data) < len(text) + 300
        assert b"/some/cache" not in data
        assert os.fsencode(spec) not in data
        assert pickle.loads(data).rig.hash == rig.hash


@pytest.mark.parametrize("form", ["bytes", "rows", "json", "values"])
def test_forms(rig, vecs, form):
    values = rig.vec_to_values_batch(vecs)
    poses = {
        "bytes": np.array([rig.vec_to_rig(vec) for vec in vecs], object),
        "rows": rig.vec_to_rig_batch(vecs),
        "json": np.array([rig.vec_to_json(vec).decode() for vec in vecs], object),
        "values": values,
    }[form]
    batch = pickle.loads(pickle.dumps(RigToVec(rig)))({"pose": poses, "more": np.arange(300)})
    assert set(batch) == {"pose", "more", "vec"}
    assert np.array_equal(batch["vec"], rig.values_to_vec_batch(values))
    back = VecToRig(rig, form="values", output="values")(batch)["values"]
    assert np.allclose(back, values, atol=1e-3)


def test_bad_rows(rig, vecs):
    bad = vecs.copy()
    bad[7] = np.nan
    with pytest.raises(rigjit.RigError, match="frame 7"):
        VecToRig(rig)({"vec": bad})
    found = VecToRig(rig, errors="mask")({"vec": bad})
    assert np.flatnonzero(~found["good"]).tolist() == [7]
    with pytest.raises(ValueError, match="the batch has no column 'vec'; it has pose"):
        VecToRig(rig)({"pose": bad})
    with pytest.raises(ValueError, match="raise or mask"):
        VecToRig(rig, errors="ignore")


def test_on_a_cluster(cluster, rig, spec, tmp_path):
    """A data set's shards to messages and back, by tasks and by actors."""
    import ray

    wanted = write_clip(tmp_path / "clips/walk.safetensors", rig, 3000, 1)
    build(spec, [tmp_path / "clips"], tmp_path / "set")
    rows = ray.data.read_parquet(str(tmp_path / "set/part-00000.parquet"))
    made = rows.map_batches(VecToRig(spec), batch_size=1000).map_batches(
        RigToVec,
        fn_constructor_args=(rig,),
        fn_constructor_kwargs={"output": "again"},
        compute=ray.data.ActorPoolStrategy(size=1),
    )
    table = {row["frame"]: row for row in made.take_all()}
    assert len(table) == 3000
    messages = rig.vec_to_rig_batch(wanted)
    assert all(np.array_equal(table[i]["pose"], messages[i]) for i in range(3000))
    vecs = rig.rig_to_vec_batch(messages)
    assert all(np.array_equal(table[i]["again"], vecs[i]) for i in range(3000))
