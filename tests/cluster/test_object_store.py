"""Clips and data sets in an object store, by s3fs and a server that speaks S3."""

from __future__ import annotations

import multiprocessing
import pickle
import subprocess
import sys
import time

import boto3
import numpy as np
import pytest
from builds import command, contents, run, write_clip
from moto.server import ThreadedMotoServer

import rigjit
from rigjit import stats
from rigjit.dataset import build


@pytest.fixture(scope="module")
def store(environment):
    """A bucket `studio`; what starts from here on finds it."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        client = boto3.client("s3")
        client.create_bucket(Bucket="studio")
        yield client
    server.stop()


def objects(store, folder):
    """{name: bytes} of all below a folder."""
    found = store.list_objects_v2(Bucket="studio", Prefix=f"{folder}/").get("Contents", [])
    keys = [each["Key"] for each in found]
    return {
        key.removeprefix(f"{folder}/"): store.get_object(Bucket="studio", Key=key)["Body"].read()
        for key in keys
    }


@pytest.fixture(scope="module")
def clips(tmp_path_factory, store, rig):
    """Clips in folders, one with a bad frame, and a file that is none: here and in the bucket."""
    folder = tmp_path_factory.mktemp("takes")
    for number in range(6):
        write_clip(folder / f"walks/{number}.safetensors", rig, 3000, number)
    values = rig.vec_to_values_batch(np.tile(rig.rest_vec, (20, 1)))
    values[3, 0] = np.nan
    np.save(folder / "bad.npy", values)
    (folder / "noise.json").write_text("noise")
    for name, data in contents(folder).items():
        store.put_object(Bucket="studio", Key=f"clips/{name}", Body=data)
    return folder


@pytest.fixture(scope="module")
def wanted(tmp_path_factory, spec, clips):
    folder = tmp_path_factory.mktemp("wanted") / "set"
    build(spec, [clips], folder, shard_size=1)
    return contents(folder)


def words(spec, name, *more):
    return (spec, "s3://studio/clips", "-o", f"s3://studio/{name}", "--shard-size", 1, *more)


def test_bytes_are_those_of_a_directory(store, spec, clips, wanted):
    for _ in range(2):  # the second time it is there
        done = run(*words(spec, "set", "--workers", 2))
        assert done.returncode == 0, done.stderr
        assert objects(store, "set") == wanted
    other = run(spec, "s3://studio/clips/walks/*.safetensors", "-o", "s3://studio/set")
    assert other.returncode == 1
    assert "s3://studio/set: holds another data set" in other.stderr


def test_killed_and_resumed(store, spec, clips, wanted):
    with subprocess.Popen(command(*words(spec, "killed"))) as builder:
        while not any(name.startswith("part-") for name in objects(store, "killed")):
            assert builder.poll() is None, "too fast to be killed"
            time.sleep(0.002)
        builder.kill()
    assert "manifest.json" not in objects(store, "killed")
    done = run(*words(spec, "killed"))
    assert done.returncode == 0, done.stderr
    assert objects(store, "killed") == wanted


def test_two_builders(store, spec, clips, wanted):
    """Nothing locks: they write the same bytes, and the second to end says so."""
    with subprocess.Popen(
        command(*words(spec, "two")), stderr=subprocess.PIPE, text=True
    ) as builder:
        done = run(*words(spec, "two"))
        text = builder.communicate(timeout=120)[1]
    for code, said in ((done.returncode, done.stderr), (builder.returncode, text)):
        assert code == 0 or "another builder has ended there meanwhile" in said
    assert objects(store, "two") == wanted
    assert run(*words(spec, "two")).returncode == 0


def test_rows(store, spec, clips):
    build(spec, ["s3://studio/clips/walks"], "s3://studio/rows")
    dataset = rigjit.Dataset("s3://studio/rows", spec)
    (vecs,) = dataset.batches(len(dataset))
    assert len(vecs) == 18_000
    assert np.array_equal(pickle.loads(pickle.dumps(dataset))[7], vecs[7])
    with multiprocessing.get_context("fork").Pool(2) as pool:  # as torch's loaders do
        rows = pool.map(dataset.__getitem__, range(0, 18_000, 3000))
    assert np.array_equal(np.stack(rows), vecs[::3000])


def test_a_data_set_among_its_inputs(store, spec, clips, wanted):
    for _ in range(2):
        done = run(*words(spec, "clips/set"))
        assert done.returncode == 0, done.stderr
        assert objects(store, "clips/set") == wanted
    found, _ = stats.collect(rigjit.load(spec), ["s3://studio/clips/set"])
    dataset = rigjit.Dataset("s3://studio/clips/set", spec)
    assert found.frames == len(dataset)
    assert found.clips == len({dataset.info(row).clip for row in range(0, len(dataset), 10)})


def test_fitted(store, spec, clips, tmp_path):
    here = rigjit.fit(spec, [clips / "walks"], method="percentile")
    there = rigjit.fit(spec, ["s3://studio/clips/walks/*"], method="percentile")
    assert there.text == here.text
    done = subprocess.run(
        [sys.executable, "-m", "rigjit", "stats", spec, "s3://studio/clips/walks"],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "root.translateX" in done.stdout


def test_a_first_spec(store, rig, clips, tmp_path):
    from rigjit import fitting

    clip = clips / "walks/0.safetensors"
    here = fitting.infer([clip], tmp_path / "here.yaml")
    there = fitting.infer(["s3://studio/clips/walks/0.safetensors"], tmp_path / "there.yaml")
    assert here.text == there.text


def test_what_is_not_there(store, spec, clips):
    done = run(spec, "s3://studio/nothing", "s3://nobody/clips", "-o", "s3://studio/none")
    assert done.returncode == 1
    assert "s3://studio/nothing: error: there is no such file" in done.stderr
    assert "s3://nobody/clips: error: there is no such file" in done.stderr
    done = run(spec, "s3://studio/clips", "-o", "s3://nobody/set")
    assert done.returncode == 1
    assert "s3://nobody/set: there is no bucket 'nobody'; make it first" in done.stderr
    assert [bucket["Name"] for bucket in store.list_buckets()["Buckets"]] == ["studio"]


def test_no_server(store, spec, clips, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    for place in (("s3://studio/clips", "-o", "here"), (clips, "-o", "s3://studio/there")):
        done = run(spec, *place)
        assert done.returncode == 1
        assert "s3://studio/" in done.stderr
        assert "Could not connect to the endpoint" in done.stderr
        assert "Traceback" not in done.stderr
