"""Live streams of well-behaved and other servers."""

from __future__ import annotations

import io

import numpy as np
import pytest
from rotations import degrees_between, of_bone, of_pose
from servers import Servers

import rigjit

SPEC = """
rigjit: 1
name: hero
controllers:
  - name: main
    transformations:
      - translation: {}
      - attribute: {name: level, type: int, min: 0, max: 5}
  - name: turn
    transformations: [rotation3d: {rotate_order: zxy}]
  - name: nobody
    transformations: [translation: {axes: x}]
"""


@pytest.fixture
def servers():
    found = Servers()
    yield found
    found.close()


def stream_bytes(rig: rigjit.Rig, vecs: np.ndarray) -> bytes:
    file = io.BytesIO()
    with rig.clip_stream(file) as stream:
        stream.write_batch(vecs)
    return file.getvalue()


def test_live(blender, addon, tmp_path, servers):
    rig = rigjit.loads(SPEC)
    rng = np.random.default_rng(3)
    vecs = (rig.rest_vec + rng.normal(scale=0.4, size=(200, rig.vec_size))).astype(np.float32)
    whole = stream_bytes(rig, vecs)
    frame_size = 4 + 4 * len(rig.channels)
    head = whole[: len(whole) - 4 - 200 * frame_size]
    frames = [
        whole[len(head) + i * frame_size : len(head) + (i + 1) * frame_size] for i in range(200)
    ]

    def follow(connection, number):
        """Everything in odd pieces, at the pace of a game, closed properly."""
        for begin in range(0, len(whole), 777):
            connection.sendall(whole[begin : begin + 777])
            servers.wait(0.002)
        servers.wait(20)

    def dropping(connection, number):
        """Ten frames and half of one, then the line is cut."""
        connection.sendall(head + b"".join(frames[:10]) + frames[10][:9])

    def nonsense(connection, number):
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        servers.wait(20)

    def stall(connection, number):
        connection.sendall(head + frames[0] + frames[1][:11])
        servers.wait(20)

    def silent(connection, number):
        servers.wait(20)

    def endless(connection, number):
        connection.sendall(head)
        index = 0
        while servers.wait(0.004):
            connection.sendall(frames[index % 200])
            index += 1

    answer = blender.run(
        "live.py",
        tmp_path,
        zip=addon,
        flag=tmp_path / "flag",
        ports={
            "follow": servers.serve(follow),
            "refused": servers.serve(dropping, when=tmp_path / "flag"),
            "nonsense": servers.serve(nonsense),
            "stall": servers.serve(stall),
            "silent": servers.serve(silent),
            "endless": servers.serve(endless),
        },
    )

    follow_answer = answer["follow"]
    assert follow_answer["received"] == 200
    assert follow_answer["missed"] == 200 - follow_answer["shown"]
    assert follow_answer["left_out"] == [["nobody", "translateX", "no bone of this name"]]
    last = rig.vec_to_dict(vecs[-1])
    bones = follow_answer["bones"]
    assert bones["main"]["location"] == pytest.approx(
        [last["main"]["translate" + axis] for axis in "XYZ"], abs=1e-6
    )
    assert bones["main"]["custom"]["level"] == last["main"]["level"]
    angle = degrees_between(of_bone(bones["turn"]), of_pose(last["turn"], "zxy"))
    assert angle <= 2e-4

    refused = answer["refused"]
    assert refused["received"] >= 20  # of two connections: it came again
    assert any(state == "waiting" and "no server" in status for state, status in refused["seen"])
    assert any("dropped" in status for _, status in refused["seen"])

    assert answer["nonsense"]["state"] == "failed"
    assert answer["nonsense"]["shown"] == 0
    assert answer["stall"]["shown"] == 1
    assert "waiting for a frame" in answer["stall"]["status"]
    assert "waiting for the rig" in answer["silent"]["status"]
    for case in ("nonsense", "stall", "silent"):
        assert answer[case]["longest"] < 0.5  # seconds: nothing waits

    assert "Edit Mode" in answer["edit"]["edit"]
    assert answer["edit"]["renamed"][0][2] == "no bone of this name"
    assert answer["edit"]["state"] == "failed"
    assert "no longer in this file" in answer["edit"]["status"]

    assert answer["undo"]["after"] > 3
    recorded = answer["record"]
    assert len(recorded["frames"]) >= 30
    assert recorded["values"] == pytest.approx(recorded["frames"], abs=1e-6)
