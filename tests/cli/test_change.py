"""check, resolve and diff of specs with bases and of changed specs."""

from __future__ import annotations

import json

import pytest

BASE = """rigjit: 1
name: biped
controllers:
  - name: "no"
    transformations: [translation: {scale: 25}]
  - name: tail
    transformations: [rotation3d: {}]
"""
HERO = "rigjit: 1\nname: hero\nbase: biped.yaml\ndrop: [tail]\n"


@pytest.fixture
def hero(tmp_path):
    (tmp_path / "biped.yaml").write_text(BASE)
    (tmp_path / "hero.yaml").write_text(HERO)
    return tmp_path / "hero.yaml"


def test_resolve(run, hero, tmp_path):
    result = run("resolve", hero)
    assert result.returncode == 0, result.stderr
    flat = tmp_path / "flat.yaml"
    flat.write_bytes(result.stdout)
    assert b'name: "no"' in result.stdout
    assert b"base" not in result.stdout
    assert run("resolve", flat).stdout == result.stdout
    assert run("diff", hero, flat).returncode == 0
    assert run("resolve", "-", input=HERO.encode(), cwd=tmp_path).stdout == result.stdout


def test_check(run, hero):
    assert run("check", hero).returncode == 0
    assert run("plan", "-", input=HERO.encode(), cwd=hero.parent).returncode == 0
    base = hero.parent / "biped.yaml"
    base.write_text(BASE.replace("25", "0"))
    result = run("check", hero)
    assert result.returncode == 1
    assert result.stdout.decode().startswith(f"{base}:5:")
    (error,) = json.loads(run("check", "--json", hero).stdout)
    assert (error["file"], error["code"]) == (str(base), "zero-scale")
    failed = run("resolve", hero)
    assert (failed.returncode, failed.stdout) == (1, b"")
    assert failed.stderr.decode().startswith(f"{base}:5:")


def test_diff(run, hero):
    base = hero.parent / "biped.yaml"
    equal = run("diff", base, base)
    assert (equal.returncode, equal.stdout, equal.stderr) == (0, b"", b"")
    result = run("diff", base, hero)
    assert result.returncode == 1
    assert b"- vec[3..8] tail rotation3d: a1x" in result.stdout
    different = json.loads(run("diff", "--json", base, hero).stdout)
    assert different["equal"] is False
    assert [change["component"] for change in different["inputs"]][:2] == ["a1x", "a1y"]
    assert different["channels"][0] == {
        "change": "removed",
        "controller": "tail",
        "attribute": "rotateX",
        "old_index": 3,
        "new_index": None,
    }
    same = run("diff", "--json", base, base)
    assert same.returncode == 0
    assert json.loads(same.stdout)["equal"] is True


def test_trouble_of_diff(run, hero, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("rigjit: 1\n")
    for arguments in ([hero], [hero, "/nowhere.yaml"], [bad, hero], [bad, "/nowhere.yaml"]):
        result = run("diff", *arguments)
        assert (result.returncode, result.stdout) == (2, b"")
        assert result.stderr
    both = run("diff", bad, "/nowhere.yaml").stderr
    assert b"bad.yaml" in both
    assert b"nowhere" in both
