"""Which files are meant, and what they are called."""

from __future__ import annotations

import os

import pytest

import rigjit
from rigjit import inputs


def make(root, *names):
    for name in names:
        path = os.path.join(os.fsencode(root), name if isinstance(name, bytes) else name.encode())
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "wb").close()


def names(found):
    return [each.name for each in found]


def test_a_directory_stands_for_what_is_read(tmp_path):
    make(tmp_path, "b/walk.v2.npy", "a.JSON", "b/c/x.clip", "b/thumb.png", ".git/a.npy", "b/.y.npy")
    found = inputs.expand([tmp_path])
    assert names(found) == ["a", "b/c/x", "b/walk.v2"]
    assert [each.path for each in found] == [
        str(tmp_path / name) for name in ("a.JSON", "b/c/x.clip", "b/walk.v2.npy")
    ]


def test_a_glob_is_relative_to_what_stands_before_it(tmp_path, monkeypatch):
    make(tmp_path, "clips/one/a.npy", "clips/two/a.npy", "clips/b.npy")
    assert names(inputs.expand([str(tmp_path / "clips/**/*.npy")])) == ["b", "one/a", "two/a"]
    monkeypatch.chdir(tmp_path)
    assert names(inputs.expand(["*/b.npy"])) == ["clips/b"]
    assert names(inputs.expand(["clips/b.npy", "clips/two/a.npy"])) == ["a", "b"]


def test_a_glob_that_matches_directories(tmp_path):
    make(tmp_path, "clips/one/a.npy", "clips/one/thumb.png", "clips/b.npy", "clips/two/.c.npy")
    assert names(inputs.expand([str(tmp_path / "clips/*")])) == ["b", "one/a"]
    assert names(inputs.expand([f"file://{tmp_path}/clips/*"])) == ["b", "one/a"]
    assert names(inputs.expand([str(tmp_path / "clips/**")])) == ["b", "one/a", "one/thumb"]


def test_links_to_directories_are_followed_once(tmp_path):
    make(tmp_path, "clips/b/one.npy", "elsewhere/two.npy")
    (tmp_path / "clips/a").symlink_to("b")  # what lies there itself goes before it
    (tmp_path / "clips/c").symlink_to("../elsewhere")
    (tmp_path / "elsewhere/loop").symlink_to("../clips")
    assert names(inputs.expand([tmp_path / "clips"])) == ["b/one", "c/two"]
    assert names(inputs.expand([tmp_path / "clips/c"])) == ["loop/b/one", "two"]


def test_files_come_once_in_the_order_of_bytes(tmp_path, monkeypatch):
    make(tmp_path, "Z.npy", "a.npy", "é.npy")
    monkeypatch.chdir(tmp_path)
    found = inputs.expand([".", "a.npy", str(tmp_path / "Z.npy"), "./é.npy"])
    assert names(found) == ["Z", "a", "é"]
    assert found == inputs.expand(["."])


def test_names_that_are_no_utf8_survive(tmp_path):
    make(tmp_path, b"caf\xe9/walk.npy", b"caf\xc3\xa9/walk.npy")
    found = inputs.expand([tmp_path])
    assert names(found) == ["caf\\xe9/walk", "café/walk"]
    assert all(os.path.exists(each.path) for each in found)
    assert [name.encode() for name in names(found)]


def test_a_file_with_the_characters_of_a_glob(tmp_path):
    make(tmp_path, "[a].npy", "a.npy")
    assert names(inputs.expand([str(tmp_path / "[a].npy")])) == ["[a]"]


def test_everything_that_is_nothing_is_told_at_once(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(rigjit.RigError) as caught:
        inputs.expand([tmp_path / "empty", tmp_path / "none.npy", str(tmp_path / "*.clip")])
    assert [error.code for error in caught.value.errors] == ["no-input"] * 3
    text = str(caught.value)
    assert "no file matches it" in text
    assert ".safetensors" in text


def test_urls_of_fsspec(tmp_path):
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    for name in ("/takes/b/x.npy", "/takes/a.clip", "/takes/no.txt"):
        memory.pipe_file(name, b"")
    try:
        found = inputs.expand(["memory://takes", "memory:///takes/b/*.npy"])
        assert names(found) == ["a", "b/x"]
        assert names(inputs.expand(["memory://takes/b/x.npy"])) == ["x"]
        with pytest.raises(rigjit.RigError, match="no-input"):
            inputs.expand(["memory://takes/nothing"])
    finally:
        memory.rm("/takes", recursive=True)
    with pytest.raises(rigjit.RigError, match="unknown-url"):
        inputs.expand(["nosuchstore://a"])
