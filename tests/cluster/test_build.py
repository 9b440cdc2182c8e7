"""A cluster's data sets have the bytes of those of one machine, whatever dies meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from builds import command, contents, run, wait_for_a_shard, write_clip
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
    # Of what befell Ray nothing is told.
    alone = run(spec, clips, "-o", tmp_path / "alone", "--shard-size", 1)
    assert text == alone.stderr.replace("alone", "set")


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


def test_no_cluster_is_found(tmp_path):
    """Without an address. The cluster of other tests may run, so that Ray's look is blindfolded."""
    code = """
import functools
from ray._private import services
services._cached_find_gcs_addresses = functools.cache(lambda: set())
from rigjit.ray.shards import connected
with connected(""):
    pass
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "RAY_TMPDIR": str(tmp_path)},
    )
    assert done.stderr.splitlines()[-1] == (
        "rigjit.dataset.build_state.DatasetError: no Ray cluster was found: start one with `ray "
        "start --head`, or name one with --ray HOST:PORT or RAY_ADDRESS"
    )


def test_an_address_that_is_none(spec, clips, tmp_path):
    done = run(spec, clips, "-o", tmp_path / "set", "--ray", "nonsense")
    assert done.returncode == 2
    assert "--ray takes the HOST:PORT of a cluster's head" in done.stderr
    assert done.stderr.count("\n") == 1


def test_interrupt(cluster, spec, clips, wanted, tmp_path):
    """The process that talks to Ray ends with the command; on one machine it goes on."""
    words = (spec, clips, "-o", tmp_path / "set", "--shard-size", 1)
    with subprocess.Popen(
        command(*words, "--ray", cluster.address), stderr=subprocess.PIPE, text=True
    ) as builder:
        wait_for_a_shard(builder, tmp_path / "set")
        (driver,) = children_of(builder.pid)
        builder.send_signal(signal.SIGINT)
        text = builder.communicate(timeout=60)[1]
    assert (builder.returncode, text) == (130, "interrupted; the same command goes on from here\n")
    assert not is_there(driver)
    assert run(*words).returncode == 0
    assert contents(tmp_path / "set") == wanted


def test_killed_with_the_process_that_talks_to_ray(cluster, spec, clips, tmp_path):
    words = (spec, clips, "-o", tmp_path / "set", "--shard-size", 1, "--ray", cluster.address)
    with subprocess.Popen(command(*words), stderr=subprocess.DEVNULL) as builder:
        wait_for_a_shard(builder, tmp_path / "set")
        (driver,) = children_of(builder.pid)
        builder.kill()
    for _ in range(100):
        if not is_there(driver):
            return
        time.sleep(0.1)
    raise AssertionError("it lives on")


def test_the_process_that_talks_to_ray_is_killed(cluster, spec, clips, tmp_path):
    words = (spec, clips, "-o", tmp_path / "set", "--shard-size", 1, "--ray", cluster.address)
    with subprocess.Popen(command(*words), stderr=subprocess.PIPE, text=True) as builder:
        wait_for_a_shard(builder, tmp_path / "set")
        (driver,) = children_of(builder.pid)
        os.kill(driver, signal.SIGKILL)
        text = builder.communicate(timeout=60)[1]
    assert builder.returncode == 1
    assert "the process that talks to Ray has ended with exit code -9" in text
    assert "the same command goes on from here" in text


def children_of(pid: int) -> list[int]:
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def is_there(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_a_cluster_that_is_shut_down(spec, clips, wanted, tmp_path):
    """In order, upon which Ray ends whoever is connected to it."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False}
    )
    address = cluster.address
    words = (spec, clips, "-o", tmp_path / "set", "--shard-size", 1)
    try:
        cluster.add_node(num_cpus=1)
        with subprocess.Popen(
            command(*words, "--ray", address), stderr=subprocess.PIPE, text=True
        ) as builder:
            wait_for_a_shard(builder, tmp_path / "set")
            cluster.shutdown()
            errors = builder.communicate(timeout=60)[1]
    finally:
        cluster.shutdown()
    assert builder.returncode == 1
    assert errors == (
        f"rigjit dataset build: the Ray cluster {address} has ended; the same command goes on "
        "from here\n"
    )
    assert not (tmp_path / "set/manifest.json").exists()
    assert run(*words).returncode == 0
    assert contents(tmp_path / "set") == wanted


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
            wait_for_a_shard(builder, tmp_path / "set")
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
