"""What a data set is to the commands that read frames, and inputs that hold the output."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from builds import contents, run, write_clip
from pyarrow import parquet as pq

import rigjit
from rigjit import inputs, stats


def collected(rig, path):
    return stats.collect(rig, [path])[0]


@pytest.fixture(scope="module")
def values(rig, clips):
    """{clip: the values that its vectors stand for}."""
    return {name: rig.vec_to_values_batch(vecs) for name, vecs in clips[1].items()}


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_statistics_are_those_of_its_clips(spec, rig, clips, values, tmp_path, form):
    out = tmp_path / "set"
    assert run(spec, clips[0], "-o", out, "--format", form, "--shard-size", "20K").returncode == 0
    assert len(list(out.glob("part-*"))) > 1
    found = collected(rig, out)
    every = np.concatenate(list(values.values())).astype(np.float64)
    assert (found.clips, found.frames) == (len(values), len(every))
    np.testing.assert_allclose(found.mean, every.mean(axis=0), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.deviation, every.std(axis=0), rtol=1e-9)
    np.testing.assert_array_equal(found.low, every.min(axis=0))
    # No step leads from one clip into the next.
    steps = [np.abs(np.diff(each[:, 0])) for each in values.values()]
    clip = list(values)[int(np.argmax([each.max() for each in steps]))]
    assert found.steps.largest[0] == max(each.max() for each in steps)
    assert found.steps.where[0] == (clip, int(np.argmax(np.abs(np.diff(values[clip][:, 0])))) + 1)
    assert collected(rig, out / f"*.{form}").frames == found.frames


def test_written_again_by_others(spec, rig, clips, tmp_path):
    out = tmp_path / "set"
    assert run(spec, clips[0], "-o", out).returncode == 0
    wanted = collected(rig, out)
    table = pl.read_parquet(out / "part-*.parquet")
    table.write_parquet(tmp_path / "polars.parquet")
    table.write_ipc(tmp_path / "polars.arrow")
    table.with_columns(pl.col("clip").cast(pl.Categorical)).write_parquet(tmp_path / "text.parquet")
    duckdb.sql(f"COPY (FROM '{out}/part-*.parquet') TO '{tmp_path}/duckdb.parquet'")
    for name in ("polars.parquet", "polars.arrow", "text.parquet", "duckdb.parquet"):
        found = collected(rig, tmp_path / name)
        assert (found.clips, found.frames) == (wanted.clips, wanted.frames)
        np.testing.assert_array_equal(found.mean, wanted.mean)
    wrong = table.with_columns(pl.col("vec").bin.slice(4))
    wrong.write_parquet(tmp_path / "wrong.parquet")
    with pytest.raises(rigjit.RigError, match="holds 112 bytes; the rig takes 29 float32"):
        collected(rig, tmp_path / "wrong.parquet")


def test_mirror_images_are_clips_of_their_own(spec, rig, clips, values, tmp_path):
    out = tmp_path / "set"
    assert run(spec, clips[0], "-o", out, "--mirror").returncode == 0
    mirrored = {name: rig.vec_to_values_batch(rig.mirror(vecs)) for name, vecs in clips[1].items()}
    found = collected(rig, out)
    assert (found.clips, found.frames) == (14, 2 * sum(map(len, values.values())))
    both = {**values, **{f"{name} (mirrored)": each for name, each in mirrored.items()}}
    steps = {name: np.abs(np.diff(each[:, 0])) for name, each in both.items()}
    clip = max(steps, key=lambda name: steps[name].max())
    assert found.steps.largest[0] == steps[clip].max()
    assert found.steps.where[0][1] == int(steps[clip].argmax()) + 1


@pytest.mark.parametrize("stride", [1, 3, 7])
def test_a_frame_of_several_windows_counts_once(spec, rig, clips, values, tmp_path, stride):
    out = tmp_path / "set"
    words = ("--windows", 4, "--stride", stride, "--mirror")
    assert run(spec, clips[0], "-o", out, *words).returncode == 0
    blocks = []
    for each in inputs.expand([out]):
        with inputs.open_input(each.path, rig) as file:
            assert file.has_clips
            blocks += list(file.blocks(100, form="values"))
    for name, every in values.items():
        begins = range(0, len(every) - 4 + 1, stride)
        held = sorted({begin + i for begin in begins for i in range(4)})
        some = [block for block in blocks if block.clip == name]
        assert np.concatenate([block.frames for block in some]).tolist() == held
        np.testing.assert_array_equal(np.concatenate([b.rows for b in some]), every[held])
        assert sum(b.count for b in blocks if b.clip == f"{name} (mirrored)") == len(held)


def test_a_table_of_clips_by_channel(rig, values, tmp_path):
    (name, some), (other, more) = list(values.items())[:2]
    table = {
        f"{c}.{a}": np.concatenate([some, more])[:, i] for i, (c, a) in enumerate(rig.channels)
    }
    table["clip"] = [name] * len(some) + [other] * len(more)
    table["frame"] = [*range(100, 100 + len(some)), *range(len(more))]
    table["root.translateX"][103 - 100] = np.nan
    path = tmp_path / "clips.parquet"
    pq.write_table(pa.table(table), path)
    found = collected(rig, path)
    assert (found.clips, found.frames) == (2, len(some) + len(more) - 1)
    assert f"{name}: frame 103: " in found.notes[0]
    pq.write_table(
        pa.table({**table, "frame": pa.array([None] * len(table["clip"]), "int32")}), path
    )
    with pytest.raises(rigjit.RigError, match="'frame' has rows without a value"):
        collected(rig, path)


def test_columns_of_one_name(rig, vecs_table, tmp_path):
    path = tmp_path / "twice.parquet"
    pq.write_table(pa.Table.from_arrays([vecs_table["vec"]] * 2, names=["vec", "vec"]), path)
    with pytest.raises(rigjit.RigError, match="several columns of a name: 'vec'"):
        collected(rig, path)


@pytest.fixture
def vecs_table(rig):
    vecs = np.tile(rig.rest_vec, (5, 1))
    return pa.table({"vec": pa.FixedShapeTensorArray.from_numpy_ndarray(vecs)})


def test_arrow_that_is_cut(spec, rig, clips, tmp_path):
    out = tmp_path / "set"
    assert run(spec, clips[0], "-o", out, "--format", "arrow").returncode == 0
    path = out / "part-00000.arrow"
    whole = path.read_bytes()
    for size in (len(whole) - 30, len(whole) // 2, 7):
        path.write_bytes(whole[:size])
        with pytest.raises(rigjit.RigError, match="no Arrow file, or was cut short"):
            collected(rig, path)


def test_no_data_set_is_built_of_a_data_set(spec, clips, tmp_path):
    out = tmp_path / "set"
    assert run(spec, clips[0], "-o", out).returncode == 0
    found = run(spec, out, "-o", tmp_path / "again")
    assert found.returncode == 1
    (error,) = pq.read_table(tmp_path / "again/errors.parquet").to_pylist()
    assert (error["clip"], error["code"]) == ("part-00000", "several-clips")


@pytest.mark.parametrize("place", ["", "set", "take0/set"])
def test_an_output_among_the_inputs(spec, clips, tmp_path, place):
    folder = tmp_path / "clips"
    shutil.copytree(clips[0], folder)
    assert run(spec, clips[0], "-o", tmp_path / "elsewhere").returncode == 0
    for _ in range(2):
        found = run(spec, folder, "-o", folder / place)
        assert found.returncode == 0, found.stderr
        made = contents(folder / place)
        assert {name: made[name] for name in contents(tmp_path / "elsewhere")} == contents(
            tmp_path / "elsewhere"
        )
    (folder / place / "manifest.json").unlink()
    found = run(spec, folder, "-o", folder / place)
    assert "without its manifest.json" in found.stderr


def test_an_unfinished_output_among_the_inputs(spec, rig, clips, tmp_path):
    folder = tmp_path / "clips"
    shutil.copytree(clips[0], folder)
    last = folder / "zz.safetensors"
    last.write_bytes(b"no clip")
    words = (spec, folder, "-o", folder / "set", "--shard-size", "20K")
    assert run(*words, "--on-error", "stop").returncode == 1
    assert list((folder / "set").glob("part-*"))
    stamp = os.stat(last).st_mtime_ns
    write_clip(last, rig, 10, 1)
    last.write_bytes(last.read_bytes()[:7].ljust(7))
    os.utime(last, ns=(stamp, stamp))
    found = run(*words)
    assert found.returncode == 0, found.stderr
    assert json.loads((folder / "set/manifest.json").read_text())["unreadable"] == 1


@pytest.mark.parametrize("is_named", [True, False])
def test_a_pipe_is_not_waited_for(spec, clips, tmp_path, is_named):
    folder = tmp_path / "clips"
    shutil.copytree(clips[0], folder)
    os.mkfifo(folder / "pipe.npy")
    named = [folder / "pipe.npy"] if is_named else []
    assert run(spec, folder, *named, "-o", tmp_path / "set").returncode == 0
    errors = pq.read_table(tmp_path / "set/errors.parquet").to_pylist()
    assert [(each["clip"], each["code"]) for each in errors] == [("pipe", "unreadable-file")]
    assert "no regular file" in errors[0]["message"]


@pytest.mark.parametrize("name", ["manifest.json", "errors.parquet", "part-00000.parquet"])
def test_no_output_replaces_what_belongs_to_it(spec, clips, tmp_path, name):
    out = tmp_path / "set"
    assert run(spec, clips[0], "-o", out).returncode == 0
    before = contents(out)
    for words in (["fit", spec, out, "-o", out / name], ["stats", spec, out, "-o", out / name]):
        done = subprocess.run([sys.executable, "-m", "rigjit", *words], stderr=subprocess.PIPE)
        assert (done.returncode, b"would overwrite" in done.stderr) == (2, True)
    assert contents(out) == before
