"""rigjit_client.py against a running server; and that the oldest Python at hand takes it."""

from __future__ import annotations

import array
import json
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import rigjit_client
import rigjit_clip
from networks import linear, weights
from running import serving

CLIENT = Path(rigjit_client.__file__)


@pytest.fixture(scope="module")
def serves(tmp_path_factory, spec_path, rig):
    tmp_path = tmp_path_factory.mktemp("client")
    model = linear(tmp_path / "m.onnx", *weights(rig))
    with serving(tmp_path, spec_path, "--model", f"hero={model}") as running:
        yield running


@pytest.fixture
def client(serves):
    made = rigjit_client.Client(serves.url, timeout=5)
    yield made
    made.close()


def test_calls(client, rig, vecs):
    message = rig.vec_to_rig(vecs[0])
    for vec in (vecs[0], vecs[0].tolist(), vecs[0].tobytes(), array.array("f", vecs[0].tolist())):
        assert client.pose("hero", vec) == message
    assert client.pose("hero", vecs[0].astype(np.float64)) == message
    assert client.pose("hero", vecs[:, :]) == rig.vec_to_rig_batch(vecs).tobytes()
    assert client.dict("hero", vecs[0]) == json.loads(rig.vec_to_json(vecs[0]))
    clip = rigjit_clip.open(client.clip("hero", vecs, fps="24000/1001"))
    assert (len(clip), clip.fps) == (9, 24000 / 1001)
    assert len(rigjit_clip.open(client.clip("hero", vecs[0]))) == 1
    vec = np.array(
        json.loads(client.infer("hero", [1, 0, 0, 1], query="vector=1", accept="application/json"))
    )
    assert client.infer("hero", [1, 0, 0, 1]) == rig.vec_to_rig(vec)
    assert client.infer("hero", np.float32([1, 0, 0, 1])) == rig.vec_to_rig(vec)
    assert client.infer("hero", np.float32([1, 0, 0, 1]).tobytes()) == rig.vec_to_rig(vec)
    assert client.rigs()[0]["hash"] == rig.hash
    assert client.rig("hero")["vec_size"] == rig.vec_size


def test_errors(client, serves, vecs):
    bad = vecs[0].copy()
    bad[0] = np.nan
    with pytest.raises(rigjit_client.Error, match="NaN") as caught:
        client.pose("hero", bad)
    assert caught.value.status == 422
    assert caught.value.errors[0]["controller"] == "root"
    with pytest.raises(rigjit_client.Error) as caught:
        client.dict("nobody/../hero", vecs[0])
    assert caught.value.status == 404
    with pytest.raises(rigjit_client.Error) as caught:
        next(client.live("nobody"))
    assert caught.value.status == 404
    with pytest.raises(rigjit_client.Error) as caught:
        rigjit_client.Client("http://127.0.0.1:9", timeout=2).pose("hero", vecs[0])
    assert caught.value.status == 0
    with pytest.raises(ValueError, match="url"):
        rigjit_client.Client("127.0.0.1:8760")


def test_threads_have_connections_of_their_own(client, rig, vecs):
    wrong = []

    def ask(index):
        for _ in range(30):
            if client.pose("hero", vecs[index]) != rig.vec_to_rig(vecs[index]):
                wrong.append(index)

    threads = [threading.Thread(target=ask, args=(index,)) for index in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_live_frames(serves, rig, vecs):
    client = rigjit_client.Client(serves.url, timeout=0.3)
    live = client.live("hero")
    begin = time.monotonic()
    while next(live) is not None:
        pass
    for _ in range(10):  # what times out is not asked again: nothing is missed
        next(live)
    assert time.monotonic() - begin < 11 * 0.3 + 2
    for vec in vecs:
        client.show("hero", vec)
    frames = [next(live) for _ in vecs]
    assert [frame.tobytes() for frame in frames] == [rig.vec_to_values(v).tobytes() for v in vecs]
    assert live.channels == rig.channels
    assert live.schema["rig_hash"] == rig.hash
    read = live.pose(frames[0])
    assert read["root"]["translateX"] == rig.vec_to_dict(vecs[0])["root"]["translateX"]
    live.close()


def test_live_comes_back(tmp_path, spec_path, rig, vecs):
    with serving(tmp_path, spec_path) as server:
        port = server.port
        client = rigjit_client.Client(server.url, timeout=0.5)
        live = client.live("hero")
        next(live)
        client.show("hero", vecs[0])
        assert next(live).tobytes() == rig.vec_to_values(vecs[0]).tobytes()
    begin = time.monotonic()
    assert next(live) is None
    assert time.monotonic() - begin < 1.5
    other = tmp_path / "hero.yaml"
    other.write_text(spec_path.read_text() + "      - attribute: {name: more}\n")
    with serving(tmp_path, other, "--port", str(port)) as server:
        vec = json.loads(server.ask("GET", "/rigs/hero").body)["rest_vec"]
        end = time.monotonic() + 10
        frame = None
        client.show("hero", vec)
        while frame is None and time.monotonic() < end:
            frame = next(live)
        assert live.changed
        assert live.channels[-1][1] == "more"
        assert len(frame) == len(live.channels)
    live.close()


def test_tokens(tmp_path, spec_path, vecs):
    (tmp_path / "token").write_text("some-token")
    with serving(tmp_path, spec_path, "--token-file", tmp_path / "token") as server:
        good = rigjit_client.Client(server.url, token="some-token", timeout=1)
        assert good.pose("hero", vecs[0])
        good.show("hero", vecs[0])
        assert next(good.live("hero")) is not None
        for call in (lambda c: c.pose("hero", vecs[0]), lambda c: next(c.live("hero"))):
            with pytest.raises(rigjit_client.Error) as caught:
                call(rigjit_client.Client(server.url, timeout=1))
            assert caught.value.status == 401


def oldest_python() -> str:
    for name in ("python3.7", "python3.8", "python3.9", "python3.10"):
        path = shutil.which(name)
        if path and not subprocess.run([path, "-c", "1"], capture_output=True).returncode:
            return path
    return sys.executable


def test_the_oldest_python_without_any_package(serves, rig, vecs, tmp_path):
    shutil.copy(CLIENT, tmp_path)
    code = (
        "import sys, rigjit_client as r; c = r.Client(sys.argv[1]);"
        "sys.stdout.buffer.write(c.pose('hero', [float(x) for x in sys.argv[2:]]))"
    )
    command = [oldest_python(), "-S", "-c", code, serves.url, *map(str, vecs[0].tolist())]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=30)
    assert done.stdout == rig.vec_to_rig(vecs[0]), done.stderr
