"""Models behind a URL: what they answer, which are refused, and what a changed spec does."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import threading

import numpy as np
import pytest
from networks import linear, weights
from onnx import TensorProto
from running import MSGPACK, OCTETS, refused, serving

import rigjit
import rigjit.onnx

JSON = "application/json"
NPY = "application/x-npy"


def npy(array) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@pytest.fixture(scope="module")
def model(tmp_path_factory, rig):
    return linear(tmp_path_factory.mktemp("model") / "pose.onnx", *weights(rig))


@pytest.fixture(scope="module")
def inputs():
    return np.random.default_rng(5).normal(size=(6, 4)).astype(np.float32)


@pytest.fixture(scope="module")
def serves(tmp_path_factory, spec_path, model):
    tmp_path = tmp_path_factory.mktemp("models")
    with serving(tmp_path, spec_path, "--model", f"hero={model}") as running:
        yield running


def wanted(rig, inputs):
    weight, bias = weights(rig)
    return (inputs @ weight + bias).astype(np.float32)


def ask(server, body, kind, accept=JSON, query=""):
    return server.pose("/models/hero/pose" + query, body, kind, accept)


def test_every_body(serves, rig, inputs):
    one, many = inputs[0], inputs
    for kind, body in [
        (NPY, npy(one)),
        (NPY, npy(one.astype(np.float64))),
        (JSON, json.dumps(one.tolist()).encode()),
        (JSON, json.dumps({"x": one.tolist()}).encode()),
        (OCTETS, one.tobytes()),
    ]:
        answer = ask(serves, body, kind, MSGPACK)
        assert answer.status == 200, answer.body
        assert answer.headers["etag"] == f'"{rig.hash}"'
        vec = np.float32(ask(serves, body, kind, JSON, "?vector=1").json)
        assert np.allclose(vec, wanted(rig, one), atol=1e-6)
        assert answer.body == rig.vec_to_rig(vec)
    for kind, body in [
        (NPY, npy(many)),
        (JSON, json.dumps(many.tolist()).encode()),
        (OCTETS, many.tobytes()),
    ]:
        assert len(ask(serves, body, kind).json) == 6
        vecs = np.frombuffer(ask(serves, body, kind, OCTETS, "?vector=1").body, np.float32)
        assert np.allclose(vecs.reshape(6, -1), wanted(rig, many), atol=1e-6)
    assert len(ask(serves, npy(many[:1]), NPY).json) == 1


def test_what_is_no_input(serves, inputs):
    for kind, body, status in [
        (NPY, npy(inputs[:, :3]), 422),
        (NPY, npy(inputs[:0]), 422),
        (JSON, b"[[1, 2], [3]]", 422),
        (JSON, b'["a", "b", "c", "d"]', 422),
        (JSON, b'{"y": [1, 2, 3, 4]}', 422),
        (JSON, b"[", 400),
        (NPY, b"nothing", 400),
        (OCTETS, b"abc", 422),
        (OCTETS, b"", 422),
        (MSGPACK, b"\x90", 415),
    ]:
        answer = ask(serves, body, kind)
        assert answer.status == status, (body, answer.body)
        assert answer.json["detail"]
    bad = inputs.copy()
    bad[4] = np.nan
    answer = ask(serves, npy(bad), NPY)
    assert (answer.status, answer.json["errors"][0]["frame"]) == (422, 4)
    answer = ask(serves, npy(bad), NPY, JSON, "?errors=mask")
    assert (answer.headers["rigjit-bad-frames"], answer.json[4]) == ("4", None)


def test_what_waits_goes_together(serves, rig, inputs):
    """Forty askers at once, each with its own input: each gets its own answer."""
    answers = {}

    def one(index):
        body = npy(inputs[index % 6] + index)
        answers[index] = ask(serves, body, NPY, OCTETS, "?vector=1&errors=mask").body

    threads = [threading.Thread(target=one, args=(index,)) for index in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index, body in answers.items():
        vec = np.frombuffer(body, np.float32)
        assert np.allclose(vec, wanted(rig, inputs[index % 6] + index), atol=1e-4)
    spent = re.search(rb'stage="model"} (\S+)', serves.ask("GET", "/metrics").body)[1]
    assert float(spent) > 0


def test_live_shows_what_the_model_says(serves, rig, inputs):
    import http.client

    import rigjit_clip

    connection = http.client.HTTPConnection("127.0.0.1", serves.port, timeout=10)
    connection.request("GET", "/rigs/hero/live")
    stream = rigjit_clip.stream(connection.getresponse())
    vec = np.float32(ask(serves, npy(inputs[0]), NPY, JSON, "?live=1&vector=1").json)
    assert next(stream).tobytes() == rig.vec_to_values(vec).tobytes()
    connection.close()


def test_what_does_not_fit_does_not_start(tmp_path, spec_path, rig):
    weight, bias = weights(rig)

    def fails(path):
        return refused(spec_path, "--model", f"hero={path}", code=1)

    assert "last dimension of 14" in fails(linear(tmp_path / "a.onnx", weight[:, 1:], bias[1:]))
    small = linear(tmp_path / "b.onnx", weight[:, 1:], bias[1:], shown_size="m")
    assert "of 14" in fails(small)  # onnxruntime finds it out
    two = linear(tmp_path / "c.onnx", weight, bias, outputs=("first", "second"))
    assert f"{two}#OUTPUT" in fails(two)
    assert "no output 'third'" in fails(f"{two}#third")
    (tmp_path / "d.onnx").write_bytes(b"no model at all")
    assert "d.onnx: no ONNX model" in fails(tmp_path / "d.onnx")
    assert "e.onnx" in fails(tmp_path / "e.onnx")
    other = rigjit.loads(spec_path.read_text().replace("scale: 25", "scale: 26"))
    stamped = linear(tmp_path / "g.onnx", weight, bias)
    rigjit.onnx.stamp(stamped, other)
    said = fails(stamped)
    assert other.hash in said
    assert "26" in said  # the diff
    assert "rigjit stamp" in said


def test_a_named_output_and_another_type(tmp_path, spec_path, rig):
    weight, bias = weights(rig)
    path = linear(
        tmp_path / "m.onnx", weight, bias, outputs=("first", "vec"), kind=TensorProto.INT64, batch=1
    )
    rigjit.onnx.stamp(path, rig)
    with serving(tmp_path, spec_path, "--model", f"hero={path}") as server:
        answer = server.pose("/models/hero/pose?vector=1", b"[1, 2, 0, 1]", JSON, JSON)
        assert np.allclose(answer.json, wanted(rig, np.array([1, 2, 0, 1])), atol=1e-6)
        for body in (b"[1.5, 2, 0, 1]", b"[1, 2, 0, 9223372036854775808]", b"[[1, 2, 0, 1]] "):
            wanted_status = 200 if body.endswith(b" ") else 422
            assert server.pose("/models/hero/pose", body, JSON, JSON).status == wanted_status
        assert server.ask("GET", "/rigs/hero").json["model"]["stamped"] is True


def test_a_spec_that_changes_under_its_model(tmp_path, spec_path, rig, inputs):
    path = tmp_path / "hero.yaml"
    path.write_text(spec_path.read_text())
    model = linear(tmp_path / "m.onnx", *weights(rig))
    with serving(tmp_path, path, "--model", f"hero={model}") as server:

        def status():
            return server.pose("/models/hero/pose", npy(inputs), NPY).status

        assert status() == 200
        path.write_text(path.read_text().replace("scale: 25", "scale: 26"))
        server.wait_until(lambda: status() == 409)
        problem = server.pose("/models/hero/pose", npy(inputs), NPY).json
        assert "26" in problem["errors"][0]["message"]
        assert server.ask("GET", "/ready").status == 503
        assert server.pose("/rigs/hero/pose", rig.rest_vec.tobytes()).status == 200
        rigjit.onnx.stamp(model, path)
        server.wait_until(lambda: status() == 200)
        model.write_bytes(b"half a mod")
        server.wait_until(lambda: server.ask("GET", "/ready").status == 503)
        assert "m.onnx" in server.log()
        assert status() == 200


def test_stamps(tmp_path, rig, spec_path):
    import onnx

    path = linear(tmp_path / "m.onnx", *weights(rig))
    assert rigjit.onnx.read_stamp(path) == (None, None, None)
    before = onnx.load(path)
    rigjit.onnx.stamp(path, spec_path, tmp_path / "stamped.onnx")
    rigjit.onnx.stamp(tmp_path / "stamped.onnx", rig)
    assert rigjit.onnx.read_stamp(path).rig_hash is None
    after = onnx.load(tmp_path / "stamped.onnx")
    metadata = {each.key: each.value for each in after.metadata_props}
    assert metadata == {
        "rigjit.rig_hash": rig.hash,
        "rigjit.vec_size": str(rig.vec_size),
        "rigjit.spec": spec_path.read_text(),
    }
    assert after.graph == before.graph
    base = tmp_path / "variant.yaml"
    base.write_text(f"rigjit: 1\nbase: {spec_path}\nname: variant\n")
    rigjit.onnx.stamp(path, base)
    spec = rigjit.onnx.read_stamp(path).spec
    assert "base" not in spec
    assert rigjit.loads(spec).hash == rig.hash


@pytest.mark.parametrize("data", [b"", b"abc", b"\x3a\xff\xff\xff\xff\x0f", b"\xff" * 30])
def test_what_is_no_model_is_not_stamped(tmp_path, rig, data):
    path = tmp_path / "m.onnx"
    path.write_bytes(data)
    with pytest.raises(ValueError, match="no ONNX model"):
        rigjit.onnx.stamp(path, rig)
    assert path.read_bytes() == data


def run(*arguments):
    command = [sys.executable, "-m", "rigjit", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr


def test_stamp_and_check_as_commands(tmp_path, rig, spec_path):
    path = linear(tmp_path / "m.onnx", *weights(rig))
    assert "does not say" in run("check", spec_path, "--model", path)[1]
    assert run("stamp", path, spec_path) == (0, "")
    assert run("check", spec_path, "--model", path) == (0, "")
    other = tmp_path / "other.yaml"
    other.write_text(spec_path.read_text().replace("scale: 25", "scale: 27"))
    code, said = run("check", other, f"--model={path}")
    assert code == 1
    assert "27" in said
    assert run("check", tmp_path / "none.yaml", "--model", path)[0] == 1
    assert run("check", spec_path, "--model", spec_path)[0] == 1
    assert run("stamp", spec_path, spec_path)[0] == 1
    assert run("stamp")[0] == 2
