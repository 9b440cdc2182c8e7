"""rigjit.Broadcast: viewers come and go, and none of them holds up the sender."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import rigjit_clip

import rigjit

SPEC = """
rigjit: 1
name: hero
controllers:
  - name: c
    transformations: [translation: {}, rotation3d: {}]
"""


@pytest.fixture(scope="module")
def rig():
    return rigjit.loads(SPEC)


def frame(rig: rigjit.Rig, x: float) -> np.ndarray:
    vec = rig.rest_vec.copy()
    vec[0] = x
    return vec


def wait_for(holds, seconds: float = 10.0) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.002)


def connect(broadcast: rigjit.Broadcast) -> socket.socket:
    return socket.create_connection(broadcast.address, timeout=10)


def test_viewers_get_frames_as_a_stream(rig):
    with rigjit.Broadcast(rig, fps=30) as broadcast:
        assert broadcast.address[0] == "127.0.0.1"
        assert broadcast.viewers == 0
        broadcast.push(frame(rig, 0))
        with connect(broadcast) as one, connect(broadcast) as two:
            streams = [rigjit_clip.stream(one), rigjit_clip.stream(two)]
            wait_for(lambda: broadcast.viewers == 2)
            for stream in streams:
                assert stream.fps == 30
                assert stream.rig_hash == rig.hash
                assert next(stream)[0] == 0  # what was pushed last
            for x in range(1, 20):
                broadcast.push(frame(rig, x))
                for stream in streams:
                    assert next(stream).tobytes() == rig.vec_to_values(frame(rig, x)).tobytes()
            two.close()
            wait_for(lambda: broadcast.viewers == 1)
            broadcast.push(frame(rig, 99))
            broadcast.close()
            assert [values[0] for values in streams[0]] == [99]
            assert streams[0].complete
    with pytest.raises(ValueError, match="closed"):
        broadcast.push(frame(rig, 0))
    with pytest.raises(ConnectionRefusedError):
        connect(broadcast)


def test_one_who_does_not_read_slows_nobody(rig):
    """Far more than sockets hold is pushed; the other viewer gets the newest frame all the same."""
    controllers = ", ".join(
        f"{{name: c{i}, transformations: [translation: {{}}]}}" for i in range(2000)
    )
    large = rigjit.loads(f"{{rigjit: 1, controllers: [{controllers}]}}")
    count = 2000  # of 24 kB
    with (
        rigjit.Broadcast(large) as broadcast,
        connect(broadcast) as idle,
        connect(broadcast) as busy,
    ):
        wait_for(lambda: broadcast.viewers == 2)
        newest = []

        def read():
            newest.extend(values[0] for values in rigjit_clip.stream(busy))

        reader = threading.Thread(target=read)
        reader.start()
        vec = large.rest_vec.copy()
        for i in range(count):
            vec[0] = i
            broadcast.push(vec)
        wait_for(lambda: newest and newest[-1] == count - 1)
        assert newest == sorted(newest)
        # The idle one has missed most, and has whole frames in order when it looks.
        idle.settimeout(5)
        stream = rigjit_clip.stream(idle)
        seen = []
        while not seen or seen[-1] != count - 1:
            seen.append(next(stream)[0])
        assert seen == sorted(seen)
        assert len(seen) < count
        busy.shutdown(socket.SHUT_RDWR)
        reader.join()


def test_bad_frames_and_rude_viewers(rig):
    with rigjit.Broadcast(rig, continuous=True) as broadcast:
        with pytest.raises(rigjit.RigError):
            broadcast.push(np.full(rig.vec_size, np.nan, np.float32))
        with connect(broadcast) as rude:
            rude.sendall(b"GET / HTTP/1.1\r\n\r\n" * 1000)
            rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with connect(broadcast) as viewer:
            broadcast.push(frame(rig, 5))
            assert next(rigjit_clip.stream(viewer))[0] == 5
        wait_for(lambda: broadcast.viewers == 0)
        assert "0 viewers" in repr(broadcast)
    with rigjit.Broadcast(rig) as first, pytest.raises(OSError, match="in use"):
        rigjit.Broadcast(rig, port=first.address[1])


def test_play(rig, tmp_path):
    """The command sends a file's frames; a bad file is an error before anybody connects."""
    spec, vectors, bad = (tmp_path / name for name in ("hero.yaml", "v.npy", "bad.npy"))
    spec.write_text(SPEC)
    vecs = np.stack([frame(rig, x) for x in range(6)])
    np.save(vectors, vecs)
    np.save(bad, np.full((2, rig.vec_size), np.nan, np.float32))
    script = "import sys; from rigjit._play_command import play; sys.exit(play(sys.argv[1:]))"
    command = [sys.executable, "-c", script, str(spec)]
    options = ["--to", "127.0.0.1:0", "--fps", "50", "--wait"]
    with subprocess.Popen(
        [*command, str(vectors), *options], stdout=subprocess.PIPE, text=True
    ) as process:
        line = process.stdout.readline()
        assert "6 frames" in line
        host, port = line.split()[-1].split(":")
        with socket.create_connection((host, int(port)), timeout=10) as viewer:
            stream = rigjit_clip.stream(viewer)
            assert stream.fps == 50
            assert [values[0] for values in stream][-1] == 5
            assert stream.complete
        assert process.wait(10) == 0
    done = subprocess.run([*command, str(bad), *options], capture_output=True, text=True)
    assert done.returncode == 1
    assert "not-finite" in done.stderr or "finite" in done.stderr
    wrong = subprocess.run([*command, str(vectors), "--to", "x"], capture_output=True, text=True)
    assert wrong.returncode == 2
