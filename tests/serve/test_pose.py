"""Vectors to poses and back, in every form, against rigjit in this process and other libraries."""

from __future__ import annotations

import io
import json

import msgpack
import numpy as np
import pytest
import rigjit_clip
import safetensors.numpy
from running import MSGPACK, OCTETS, SAFETENSORS

from rigjit import clips

JSON = "application/json"
NPY = "application/x-npy"
LINES = "application/x-ndjson"


def npy(array) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


BODIES = {
    "octets": (OCTETS, lambda a: a.astype("<f4").tobytes()),
    "npy": (NPY, npy),
    "npy of float64": (NPY, lambda a: npy(a.astype(np.float64))),
    "npy in columns": (NPY, lambda a: npy(np.asfortranarray(a))),
    "json": (JSON, lambda a: json.dumps(a.tolist()).encode()),
    "msgpack": (MSGPACK, lambda a: msgpack.packb(a.tolist())),
    "msgpack of bytes": (
        "application/msgpack",
        lambda a: msgpack.packb(a.tobytes() if a.ndim == 1 else [row.tobytes() for row in a]),
    ),
    "x-msgpack": ("application/x-msgpack", lambda a: msgpack.packb(a.tolist())),
    "safetensors": (SAFETENSORS, lambda a: safetensors.numpy.save({"vectors": a})),
}


@pytest.mark.parametrize("form", BODIES)
def test_every_body_gives_the_same_message(server, rig, vecs, form):
    kind, encode = BODIES[form]
    answer = server.pose("/rigs/hero/pose", encode(vecs[0]), kind)
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == MSGPACK
    assert answer.headers["etag"] == f'"{rig.hash}"'
    assert answer.body == rig.vec_to_rig(vecs[0])
    answer = server.pose("/rigs/hero/pose", encode(vecs), kind)
    assert answer.body == rig.vec_to_rig_batch(vecs).tobytes()


def test_one_row_is_n_except_where_bytes_cannot_say(server, rig, vecs):
    for kind, body in [(JSON, json.dumps(vecs[:1].tolist()).encode()), (NPY, npy(vecs[:1]))]:
        answer = server.pose("/rigs/hero/pose", body, kind, JSON)
        assert answer.body == b"[" + rig.vec_to_json(vecs[0]) + b"]"
    answer = server.pose("/rigs/hero/pose", vecs[:1].tobytes(), OCTETS, JSON)
    assert answer.body == rig.vec_to_json(vecs[0])
    assert server.pose("/rigs/hero/pose", npy(vecs[:0]), NPY, JSON).json == []


@pytest.mark.parametrize(
    "query", ["", "?errors=mask", "?continuous=1", "?errors=mask&continuous=1"]
)
def test_no_pose_at_all(server, query):
    for accept, body in [(MSGPACK, b""), (JSON, b"[]"), (LINES, b""), (OCTETS, b"")]:
        answer = server.pose("/rigs/hero/pose" + query, b"[]", JSON, accept)
        assert (answer.status, answer.body) == (200, body)
    answer = server.pose("/rigs/hero/pose" + query, b"[]", JSON, SAFETENSORS)
    assert len(rigjit_clip.open(answer.body)) == 0
    assert server.pose("/rigs/hero/vector", b"[]", JSON, JSON).json == []


def test_every_answer(server, rig, vecs):
    def ask(accept, query=""):
        answer = server.pose("/rigs/hero/pose" + query, vecs.tobytes(), accept=accept)
        assert (answer.status, answer.headers["content-type"]) == (200, accept)
        return answer.body

    values = rig.vec_to_values_batch(vecs)
    assert ask(JSON) == b"[" + b",".join(map(rig.vec_to_json, vecs)) + b"]"
    assert ask(LINES) == b"".join(rig.vec_to_json(vec) + b"\n" for vec in vecs)
    assert ask(OCTETS) == values.tobytes()
    unpacker = msgpack.Unpacker()
    unpacker.feed(ask("application/x-msgpack"))
    assert list(unpacker) == [rig.vec_to_dict(vec) for vec in vecs]
    clip = rigjit_clip.open(ask(SAFETENSORS, "?fps=30000/1001"))
    assert (len(clip), clip.rig_hash, clip.channels) == (9, rig.hash, rig.channels)
    assert clip.fps == 30000 / 1001
    assert bytes(clip.values) == values.tobytes()


def test_continuous_curves(server, rig, vecs):
    def ask(accept):
        path = "/rigs/hero/pose?continuous=1"
        return server.pose(path, vecs.tobytes(), accept=accept).body

    values = rig.vec_to_values_batch(vecs, continuous=True)
    assert ask(OCTETS) == values.tobytes()
    assert ask(MSGPACK) == rig.vec_to_rig_batch(vecs, continuous=True).tobytes()
    for read, wanted in zip(
        json.loads(ask(JSON)), rig.vec_to_rig_batch(vecs, continuous=True), strict=True
    ):
        for name, attributes in msgpack.unpackb(wanted.tobytes()).items():
            for attribute, value in attributes.items():
                assert np.float32(read[name][attribute]) == np.float32(value)
                assert type(read[name][attribute]) in (type(value), float)


def test_masked_frames(server, rig, vecs):
    bad = vecs.copy()
    bad[3, 0], bad[8, 3:9] = np.nan, 0

    def ask(accept):
        path = "/rigs/hero/pose?errors=mask"
        answer = server.pose(path, bad.tobytes(), accept=accept)
        assert answer.status == 200
        assert answer.headers["rigjit-bad-frames"] == "3,8"
        return answer.body

    unpacker = msgpack.Unpacker()
    unpacker.feed(ask(MSGPACK))
    assert [i for i, pose in enumerate(unpacker) if pose is None] == [3, 8]
    poses = json.loads(ask(JSON))
    assert [i for i, pose in enumerate(poses) if pose is None] == [3, 8]
    assert poses[2] == json.loads(rig.vec_to_json(vecs[2]))
    assert [i for i, line in enumerate(ask(LINES).splitlines()) if line == b"null"] == [3, 8]
    values = np.frombuffer(ask(OCTETS), np.float32).reshape(9, -1)
    assert not values[[3, 8]].any()
    assert values[7].tobytes() == rig.vec_to_values(vecs[7]).tobytes()
    assert not any(rigjit_clip.open(ask(SAFETENSORS))[8])


def test_one_masked_pose(server, rig, vecs):
    bad = np.full(rig.vec_size, np.nan, np.float32)
    for accept, body in [(MSGPACK, b"\xc0"), (JSON, b"null"), (LINES, b"null\n")]:
        answer = server.pose("/rigs/hero/pose?errors=mask", bad.tobytes(), accept=accept)
        assert (answer.body, answer.headers["rigjit-bad-frames"]) == (body, "0")
        good = server.pose("/rigs/hero/pose?errors=mask", vecs[0].tobytes(), accept=accept)
        plain = server.pose("/rigs/hero/pose", vecs[0].tobytes(), accept=accept)
        assert good.body == plain.body


def test_a_bad_frame_is_named(server, rig, vecs):
    bad = vecs.copy()
    bad[5, 4] = np.inf
    answer = server.pose("/rigs/hero/pose", bad.tobytes())
    assert answer.status == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["etag"] == f'"{rig.hash}"'
    error = answer.json["errors"][0]
    assert (error["code"], error["frame"], error["controller"]) == ("not-finite", 5, "root")
    assert error["attribute"] == "rotateX"
    assert (answer.json["status"], answer.json["title"]) == (422, "Unprocessable Content")


def test_many_bad_frames_stay_one_header(server, rig):
    bad = np.full((30_000, rig.vec_size), np.nan, np.float32)
    answer = server.pose("/rigs/hero/pose?errors=mask", bad.tobytes())
    assert answer.body == b"\xc0" * 30_000
    assert len(answer.headers["rigjit-bad-frames"]) < 8000
    assert answer.headers["rigjit-bad-frames"].endswith(",...")
    assert answer.headers["rigjit-bad-frame-count"] == "30000"


POSES = {
    "message": (MSGPACK, lambda rig, vecs: rig.vec_to_rig_batch(vecs).tobytes()),
    "array": (
        MSGPACK,
        lambda rig, vecs: msgpack.packb([rig.vec_to_dict(vec) for vec in vecs]),
    ),
    "doubles": (
        MSGPACK,
        lambda rig, vecs: b"".join(msgpack.packb(rig.vec_to_dict(vec)) for vec in vecs),
    ),
    "json": (JSON, lambda rig, vecs: json.dumps([rig.vec_to_dict(v) for v in vecs]).encode()),
    "lines": (LINES, lambda rig, vecs: b"".join(rig.vec_to_json(v) + b"\n" for v in vecs)),
    "values": (OCTETS, lambda rig, vecs: rig.vec_to_values_batch(vecs).tobytes()),
    "npy": (NPY, lambda rig, vecs: npy(rig.vec_to_values_batch(vecs))),
    "clip": (SAFETENSORS, lambda rig, vecs: rig.clip(vecs)),
}


@pytest.mark.parametrize("form", POSES)
def test_poses_give_vectors(server, rig, vecs, form):
    kind, encode = POSES[form]
    wanted = rig.rig_to_vec_batch(rig.vec_to_rig_batch(vecs))
    answer = server.pose("/rigs/hero/vector", encode(rig, vecs), kind, OCTETS)
    assert answer.status == 200, answer.body
    assert answer.body == wanted.tobytes()


def test_vectors_in_every_form(server, rig, vecs, tmp_path):
    wanted = rig.rig_to_vec_batch(rig.vec_to_rig_batch(vecs))

    def ask(accept, poses=vecs):
        body = rig.vec_to_rig_batch(poses).tobytes()
        return server.pose("/rigs/hero/vector", body, MSGPACK, accept).body

    assert np.float32(json.loads(ask(JSON))).tobytes() == wanted.tobytes()
    assert np.float32(msgpack.unpackb(ask(MSGPACK))).tobytes() == wanted.tobytes()
    assert np.load(io.BytesIO(ask(NPY))).tobytes() == wanted.tobytes()
    assert [np.float32(json.loads(x)).tobytes() for x in ask(LINES).splitlines()] == [
        row.tobytes() for row in wanted
    ]
    (tmp_path / "v.safetensors").write_bytes(ask(SAFETENSORS))
    assert clips.load_vectors(tmp_path / "v.safetensors", rig).tobytes() == wanted.tobytes()
    assert json.loads(ask(JSON, vecs[:1])) == pytest.approx(wanted[0].tolist())


def test_missing_and_extra_channels(server, rig):
    half = json.dumps({"root": {"translateX": 26.0}, "nobody": {"x": 1}}).encode()
    answer = server.pose("/rigs/hero/vector?missing=rest", half, JSON, JSON)
    wanted = rig.rig_to_vec({"root": {"translateX": 26.0}}, missing="rest")
    assert answer.json == pytest.approx(wanted.tolist())
    answer = server.pose("/rigs/hero/vector?extra=error", half, JSON, JSON)
    assert answer.status == 422
    assert {error["code"] for error in answer.json["errors"]} >= {"missing-channels"}


def test_what_accept_says_first(server, vecs):
    def kind(accept):
        return server.pose("/rigs/hero/pose", vecs[0].tobytes(), accept=accept).headers[
            "content-type"
        ]

    assert kind("*/*") == MSGPACK
    assert kind("application/json;q=0.5, application/octet-stream") == OCTETS
    assert kind("text/html, application/*;q=0.1") == MSGPACK
    assert kind("application/vnd.msgpack;q=0, */*") == "application/msgpack"
    assert (
        server.ask("POST", "/rigs/hero/pose", vecs[0].tobytes()).headers["content-type"] == MSGPACK
    )


def test_another_server_and_a_mounted_app(spec_path, rig, vecs):
    """An ASGI server that knows nothing of rigjit's connections gets bytes, below any root."""
    import asyncio

    import rigjit.serve

    app = rigjit.serve.make_app({"hero": spec_path}, host_names=["studio"])

    async def ask(path, body, root=""):
        sent = []

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": root + path,
            "root_path": root,
            "query_string": b"",
            "headers": [(b"host", b"studio")],
        }
        await app(scope, receive, send)
        assert all(type(each["body"]) is bytes for each in sent[1:])
        return sent[0]["status"], b"".join(each["body"] for each in sent[1:])

    wanted = 200, rig.vec_to_rig_batch(vecs).tobytes()
    for root in ("", "/rigs", "/a/b"):
        assert asyncio.run(ask("/rigs/hero/pose", vecs.tobytes(), root)) == wanted
    assert asyncio.run(ask("/rigs/hero/poses", b""))[0] == 404
