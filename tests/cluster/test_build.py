"""A cluster's data sets have the bytes of those of one machine, whatever dies meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import numpy as np
import pytest
from builds import command, contents, write_clip
from processes import is_below, workers_at

from rigjit.dataset import StoppedError, build


@pytest.fixture(scope="module")
def clips(tmp_path_factory, rig):
    """Twelve clips, one with bad frames, and a file that is none."""
    folder = tmp_path_factory.mktemp("clips")
    for number in range(12):
        write_clip(folder / f"{number:02d}.safetensors", rig, 40_000, number)
    values = rig.vec_to_values_batch(np.tile(rig.rest_vec, (20, 1)))
    values[[3, 9], 0] = np.nan
    np.save(folder / "bad.npy", values)
    (folder / "noise.json").write_text("noise")
    return folder


@pytest.fixture(scope="module")
def wanted(tmp_path_factory, spec, clips):
    folder = tmp_path_factory.mktemp("wanted") / "set"
    build(spec, [clips], folder, workers=1, shard_size=1)
    return contents(folder)


def test_a_worker_that_is_killed(cluster, spec, clips, wanted, tmp_path):
    words = (spec, clips, "-o", tmp_path / "set", "--shard-size", 1, "--ray", cluster.address)
    with subprocess.Popen(command(*words), stderr=subprocess.PIPE, text=True) as builder:
        while not (found := workers_at("BuildShard")):
            assert builder.poll() is None, builder.communicate()[1]
            time.sleep(0.002)
        for pid in found:
            os.kill(pid, signal.SIGKILL)
        text = builder.communicate(timeout=120)[1]
    assert builder.returncode == 0, text
    assert contents(tmp_path / "set") == wanted


def test_a_node_that_is_killed(spec, clips, wanted, tmp_path):
    """With all that runs on it, in the middle of a shard; another one takes its place."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False}
    )
    words = (spec, clips, "-o", tmp_path / "set", "--shard-size", 1, "--ray", cluster.address)
    try:
        node = cluster.add_node(num_cpus=1)
        raylet = node.all_processes["raylet"][0].process.pid
        with subprocess.Popen(
            command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as builder:
            while not (found := workers_at("BuildShard")):
                assert builder.poll() is None, builder.communicate()[1]
                time.sleep(0.002)
            assert all(is_below(pid, raylet) for pid in found)
            for pid in (raylet, *found):
                os.kill(pid, signal.SIGKILL)
            cluster.remove_node(node, allow_graceful=False)
            assert len(list((tmp_path / "set").glob("part-*"))) < 12
            cluster.add_node(num_cpus=1)
            output, errors = builder.communicate(timeout=240)
        assert builder.returncode == 0, errors
        assert output == f"{tmp_path}/set: 480018 rows of 14 clips in 14 shards\n"
    finally:
        cluster.shutdown()
    assert contents(tmp_path / "set") == wanted


def test_stop_at_the_first_mistake(cluster, spec, clips, wanted, tmp_path):
    options = {"ray": cluster.address, "shard_size": 1}
    with pytest.raises(StoppedError, match=r"frame 3: root\.translateX|noise"):
        build(spec, [clips], tmp_path / "set", on_error="stop", **options)
    build(spec, [clips], tmp_path / "set", workers=2, shard_size=1)
    assert contents(tmp_path / "set") == wanted


def test_no_cluster(spec, clips, tmp_path):
    done = subprocess.run(
        command(spec, clips, "-o", tmp_path / "set", "--ray", "127.0.0.1:1"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "the Ray cluster 127.0.0.1:1 failed: [Errno 111] Connection refused" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_cluster_that_goes_away(spec, clips, wanted, tmp_path):
    """Its head is killed: the command says so, and goes on without it."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False}
    )
    words = (spec, clips, "-o", tmp_path / "set", "--shard-size", 1)
    try:
        with subprocess.Popen(
            command(*words, "--ray", cluster.address), stderr=subprocess.PIPE, text=True
        ) as builder:
            while not list((tmp_path / "set").glob("part-*")):
                assert builder.poll() is None
                time.sleep(0.002)
            cluster.head_node.kill_all_processes(check_alive=False, allow_graceful=False)
            errors = builder.communicate(timeout=120)[1]
            assert builder.returncode == 1
            assert f"Ray cluster {cluster.address} does not answer any more" in errors
            assert "the same command goes on from here" in errors
            assert "Traceback" not in errors
    finally:
        cluster.shutdown()
    assert not (tmp_path / "set/manifest.json").exists()
    build(spec, [clips], tmp_path / "set", workers=2, shard_size=1)
    assert contents(tmp_path / "set") == wanted
