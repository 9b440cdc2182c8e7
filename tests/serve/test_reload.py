"""Specs that change under a running server, and workers that die."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from running import OCTETS, serving

import rigjit


@pytest.fixture
def path(tmp_path, spec_path):
    """A spec of one's own."""
    own = tmp_path / "specs" / "hero.yaml"
    own.parent.mkdir()
    own.write_text(spec_path.read_text())
    return own


def served_hash(server):
    return server.ask("GET", "/rigs/hero").json["hash"]


def is_ready(server):
    return server.ask("GET", "/ready").status == 200


def test_a_new_spec_is_served(tmp_path, path, vecs):
    with serving(tmp_path, path) as server:
        old = served_hash(server)
        new = tmp_path / "new.yaml"
        new.write_text(path.read_text().replace("scale: 25", "scale: 50"))
        os.replace(new, path)
        server.wait_until(lambda: served_hash(server) != old)
        rig = rigjit.load(path)
        assert served_hash(server) == rig.hash
        assert server.pose("/rigs/hero/pose", vecs[0].tobytes()).body == rig.vec_to_rig(vecs[0])
        assert server.pose("/rigs/hero/pose", vecs.tobytes(), if_match=f'"{old}"').status == 412
        assert str(path) in server.log()


def break_it(path):
    path.write_text("rigjit: 1\ncontrollers: [")


def empty_it(path):
    path.write_text("")


def remove_it(path):
    path.unlink()


def make_it_a_directory(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("harm", [break_it, empty_it, remove_it, make_it_a_directory])
def test_a_spec_that_is_none_changes_nothing(tmp_path, path, vecs, rig, harm):
    text = path.read_text()
    with serving(tmp_path, path) as server:
        assert is_ready(server)
        harm(path)
        server.wait_until(lambda: not is_ready(server))
        problem = server.ask("GET", "/ready")
        assert problem.status == 503
        assert problem.json["errors"][0]["rig"] == "hero"
        assert str(path) in problem.json["errors"][0]["message"]
        assert str(path) in server.log()
        assert server.pose("/rigs/hero/pose", vecs[0].tobytes()).body == rig.vec_to_rig(vecs[0])
        assert b'rigjit_spec_problem{rig="hero"} 1.0' in server.ask("GET", "/metrics").body
        if path.is_dir():
            path.rmdir()
        path.write_text(text)
        server.wait_until(lambda: is_ready(server))
        assert "good again" in server.log()


def test_a_base_is_watched_too(tmp_path, path):
    base = path.with_name("base.yaml")
    shutil.copy(path, base)
    path.write_text("rigjit: 1\nbase: base.yaml\n")
    with serving(tmp_path, path) as server:
        old = served_hash(server)
        base.write_text(base.read_text().replace("scale: 25", "scale: 75"))
        server.wait_until(lambda: served_hash(server) != old)


def test_no_reload(tmp_path, path):
    with serving(tmp_path, path, "--no-reload") as server:
        old = served_hash(server)
        path.write_text(path.read_text().replace("scale: 25", "scale: 50"))
        time.sleep(2.5)
        assert served_hash(server) == old


def workers_of(server):
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    found = []
    for pid in children.read_text().split():
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            if b"spawn_main" in file.read():
                found.append(int(pid))
    return found


def test_a_killed_worker_is_replaced(tmp_path, path, vecs, rig):
    with serving(tmp_path, path, "--workers", "2") as server:
        assert server.pose("/rigs/hero/pose", vecs[0].tobytes()).status == 200
        server.wait_until(lambda: len(workers_of(server)) == 2)
        killed = workers_of(server)[0]
        os.kill(killed, signal.SIGKILL)
        server.wait_until(lambda: killed not in workers_of(server) and len(workers_of(server)) == 2)
        assert server.pose("/rigs/hero/pose", vecs[0].tobytes()).body == rig.vec_to_rig(vecs[0])
        assert f"Child process [{killed}] died" in server.log()
        assert server.stop() < 5


def test_workers_count_together(tmp_path, path, vecs):
    with serving(tmp_path, path, "--workers", "2") as server:
        for _ in range(40):
            headers = {"Content-Type": OCTETS, "Connection": "close"}
            assert server.ask("POST", "/rigs/hero/pose", vecs.tobytes(), headers).status == 200
        for _ in range(10):  # whichever worker answers
            found = server.ask("GET", "/metrics").body
            assert b'rigjit_requests_total{rig="hero",route="pose",status="200"} 40.0' in found
            assert b'rigjit_frames_total{rig="hero"} 360.0' in found


def test_what_is_said_of_a_rig(server, rig):
    found = server.ask("GET", "/rigs/hero").json
    assert found["channels"] == [list(each) for each in rig.channels]
    assert found["channel_types"] == [channel.type for channel in rig.channels]
    assert found["inputs"] == [list(each) for each in rig.inputs]
    assert found["rest_vec"] == rig.rest_vec.tolist()
    assert found["enum_names"][0]["names"] == ["world", "chest"]
    assert found["clip_schema"]["rig_hash"] == rig.hash
    assert (found["vec_size"], found["msgpack_size"]) == (rig.vec_size, rig.msgpack_size)
    assert {each["name"] for each in server.ask("GET", "/rigs").json["rigs"]} == {"hero", "seed"}
    for kind, text in (("plan", rig.plan()), ("ir", rig.ir()), ("asm", rig.asm())):
        answer = server.ask("GET", f"/rigs/hero/text/{kind}")
        assert answer.body.decode() == text
        assert answer.headers["content-type"].startswith("text/plain")
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert json.loads(server.ask("GET", "/openapi.json").body)["openapi"].startswith("3.1")
