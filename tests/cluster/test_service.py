"""`Service` behind Serve's own proxy on two nodes, of which replicas die under load."""

from __future__ import annotations

import http.client
import io
import json
import os
import signal
import threading
import time

import msgpack
import numpy as np
import pytest
from builds import random_vecs
from networks import linear, weights
from processes import workers_at

from rigjit.ray import Service

PORT = 8123
OCTETS = {"Content-Type": "application/octet-stream"}


@pytest.fixture(scope="module")
def model(tmp_path_factory, rig):
    """Four numbers to a vector."""
    return linear(tmp_path_factory.mktemp("model") / "pose.onnx", *weights(rig))


@pytest.fixture(scope="module")
def service(cluster, spec, model):
    """Two replicas, each on a node of its own."""
    from ray import serve

    serve.start(proxy_location="HeadOnly", http_options={"port": PORT})
    deployment = Service.options(num_replicas=2, max_replicas_per_node=1)
    serve.run(deployment.bind(rigs={"hero": str(spec)}, models={"hero": str(model)}), name="rigs")
    return serve


def ask(method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    try:
        connection.request(method, path, body, {**OCTETS, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def replicas() -> list[int]:
    """Their processes."""
    return workers_at("ServeReplica:rigs")


def test_answers_are_those_of_rigjit_serve(service, rig):
    vecs = random_vecs(rig, 3, 1)
    assert len(replicas()) == 2
    status, body = ask("POST", "/rigs/hero/pose", vecs[0].tobytes())
    assert (status, body) == (200, rig.vec_to_rig(vecs[0]))
    status, body = ask("POST", "/rigs/hero/pose", vecs.tobytes(), Accept="application/json")
    assert status == 200
    assert json.loads(body) == [json.loads(rig.vec_to_json(vec)) for vec in vecs]
    status, body = ask("POST", "/rigs/hero/pose", b"123")
    assert status == 422
    assert json.loads(body)["errors"]
    assert ask("GET", "/ready")[0] == 200
    assert ask("GET", "/rigs/none")[0] == 404


def test_a_model_beside_its_rig(service, rig, model):
    """In one hop: what the network predicts, as a pose."""
    given = np.float32([[0.1, -0.2, 0.3, 0.4]])
    file = io.BytesIO()
    np.save(file, given)
    npy = {"Content-Type": "application/x-npy"}
    status, body = ask("POST", "/models/hero/pose", file.getvalue(), **npy)
    weight, bias = weights(rig)
    wanted = rig.vec_to_dict((given @ weight + bias)[0])
    found = msgpack.unpackb(body)
    assert status == 200
    for controller, attributes in wanted.items():
        assert found[controller] == pytest.approx(attributes, abs=1e-3)


def test_a_replica_that_is_killed_under_load(service, rig):
    """Whoever asks again is answered; afterwards there are two again."""
    vecs = random_vecs(rig, 50, 2)
    messages = [rig.vec_to_rig(vec) for vec in vecs]
    ends = threading.Event()
    wrong: list[object] = []
    counts = {"answered": 0, "refused": 0}

    def load():
        number = 0
        while not ends.is_set():
            number = (number + 1) % len(vecs)
            for _ in range(20):
                try:
                    status, body = ask("POST", "/rigs/hero/pose", vecs[number].tobytes())
                except (OSError, http.client.HTTPException):
                    status = 0
                if status == 200:
                    counts["answered"] += 1
                    if body != messages[number]:
                        wrong.append(body)
                    break
                counts["refused"] += 1
                time.sleep(0.2)
            else:
                wrong.append(f"{status} twenty times")

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(2)
    killed = replicas()[0]
    os.kill(killed, signal.SIGKILL)
    before = counts["answered"]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        alive = replicas()
        if len(alive) == 2 and killed not in alive:
            break
        time.sleep(0.5)
    time.sleep(2)
    ends.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(replicas()) == 2
    assert killed not in replicas()
    assert counts["answered"] > before + 20
    assert counts["refused"] < counts["answered"] / 10


def test_a_spec_with_a_mistake_says_so(service, tmp_path):
    (tmp_path / "bad.yaml").write_text("rigjit: 1\ncontrollers: []\n")
    with pytest.raises(RuntimeError):
        service.run(
            Service.bind(rigs={"bad": str(tmp_path / "bad.yaml")}),
            name="bad",
            route_prefix="/bad",
        )
    status = service.status().applications["bad"]
    assert "controllers" in str(status)
