"""Specs with bases from Python: loading, errors, pickling."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

import rigjit

BASE = """rigjit: 1
name: biped
metadata: {unit: cm}
controllers:
  - name: root
    transformations: [translation: {scale: 25}]
  - name: tail
    transformations: [rotation1d: {axis: x}]
"""
HERO = "rigjit: 1\nname: hero\nbase: biped.yaml\ndrop: [tail]\n"


@pytest.fixture
def hero(tmp_path):
    (tmp_path / "biped.yaml").write_text(BASE)
    path = tmp_path / "hero.yaml"
    path.write_text(HERO)
    return path


def test_load(hero):
    rig = rigjit.load(hero)
    assert (rig.name, rig.vec_size, rig.metadata) == ("hero", 3, {"unit": "cm"})
    assert rig.vec_to_values([1, 2, 3]).tolist() == [25, 50, 75]


def test_loads_wants_a_directory(hero):
    rig = rigjit.loads(HERO, base_dir=hero.parent)
    assert rig.hash == rigjit.load(hero).hash
    assert rigjit.loads(HERO, base_dir=bytes(hero.parent)).hash == rig.hash
    with pytest.raises(rigjit.RigError, match="base_dir") as raised:
        rigjit.loads(HERO)
    (error,) = raised.value.errors
    assert (error.code, error.line, error.column) == ("unknown-directory", 3, 7)


def test_relative_paths(hero, monkeypatch):
    monkeypatch.chdir(hero.parent)
    assert rigjit.load("hero.yaml").hash == rigjit.loads(HERO, base_dir="").hash


def test_every_mistake_names_its_file(hero):
    base = hero.parent / "biped.yaml"
    base.write_text(BASE.replace("25", "0"))
    hero.write_text(HERO + "bogus: 1\n")
    with pytest.raises(rigjit.RigError) as raised:
        rigjit.load(hero)
    places = [(error.file, error.line, error.code) for error in raised.value.errors]
    assert places == [(str(hero), 5, "unknown-key"), (str(base), 6, "zero-scale")]
    base.unlink()
    with pytest.raises(rigjit.RigError, match=r"biped\.yaml.*No such file"):
        rigjit.load(hero)


def test_pickle_needs_no_file(hero, tmp_path):
    rig = rigjit.load(hero)
    (hero.parent / "biped.yaml").write_text(BASE.replace("25", "1"))
    pickled = pickle.dumps(rig)
    (hero.parent / "biped.yaml").unlink()
    hero.unlink()
    restored = pickle.loads(pickled)
    assert restored.hash == rig.hash
    code = (
        "import pickle, sys\n"
        "rig = pickle.loads(sys.stdin.buffer.read())\n"
        "again = pickle.loads(pickle.dumps(rig))\n"
        "print(rig.hash, again.hash, rig.plan().count('25'))"
    )
    for cache in ("cold", "warm"):
        env = {"RIGJIT_CACHE_DIR": str(tmp_path / "other")}
        out = subprocess.run(
            [sys.executable, "-c", code], input=pickled, env=env, capture_output=True, check=True
        )
        assert out.stdout.split() == [rig.hash.encode(), rig.hash.encode(), b"3"], cache


def test_plan_is_that_of_the_load(hero):
    rig = rigjit.load(hero, cache=False)
    (hero.parent / "biped.yaml").write_text(BASE.replace("25", "1"))
    assert "fma(vec[0], 25, 0)" in rig.plan()
    assert "fma(vec[0], 1, 0)" in rigjit.load(hero).plan()
