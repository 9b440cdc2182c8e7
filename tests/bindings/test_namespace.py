"""namespace=: in every form, in errors, in pickles and in the cache."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys

import msgpack
import numpy as np
import pytest
from small_spec import SPEC

import rigjit


@pytest.fixture(scope="module", params=["hero", "shot:hero", "右手"])
def hero(request):
    return rigjit.loads(SPEC, namespace=request.param)


def plain(name: str, rig: rigjit.Rig) -> str:
    prefix = rig.namespace + ":"
    assert name.startswith(prefix)
    return name.removeprefix(prefix)


def test_every_form(rig, hero):
    vec = rig.rest_vec
    assert [(plain(c, hero), a) for c, a in hero.channels] == rig.channels
    assert [(plain(c, hero), *rest) for c, *rest in hero.inputs] == rig.inputs
    forms = [
        (msgpack.unpackb(hero.vec_to_rig(vec)), msgpack.unpackb(rig.vec_to_rig(vec))),
        (json.loads(hero.vec_to_json(vec)), json.loads(rig.vec_to_json(vec))),
        (hero.vec_to_dict(vec), rig.vec_to_dict(vec)),
    ]
    for pose, expected in forms:
        assert {plain(name, hero): values for name, values in pose.items()} == expected
    np.testing.assert_array_equal(hero.vec_to_values(vec), rig.vec_to_values(vec))
    assert len(hero.vec_to_rig(vec)) == hero.msgpack_size
    assert f"{hero.namespace}:head." in hero.plan()


def test_it_is_no_part_of_the_hash(rig, hero):
    assert hero.hash == rig.hash
    assert rig.namespace == ""


def test_errors_name_it(hero):
    vec = hero.rest_vec
    vec[hero.slices["rotation3d"]] = 0
    with pytest.raises(rigjit.RigError, match=f"{hero.namespace}:head"):
        hero.vec_to_rig(vec)


def test_pickle_keeps_it(hero):
    restored = pickle.loads(pickle.dumps(hero))
    assert restored.namespace == hero.namespace
    assert restored.channels == hero.channels


def test_none_is_the_empty_one(rig):
    for name_space in ("", None):
        assert rigjit.loads(SPEC, namespace=name_space).channels == rig.channels


@pytest.mark.parametrize(
    ("name_space", "code", "suggestion"),
    [
        ("hero:", "invalid-namespace", "hero"),
        (":hero", "invalid-namespace", "hero"),
        ("a::b", "invalid-namespace", "a:b"),
        (":", "invalid-namespace", None),
        ("a\0b", "invalid-namespace", None),
        ("n" * 65_536, "invalid-namespace", None),
    ],
)
def test_bad_namespaces(name_space, code, suggestion):
    with pytest.raises(rigjit.RigError) as raised:
        rigjit.loads(SPEC, namespace=name_space)
    (error,) = raised.value.errors
    assert (error.code, error.suggestion) == (code, suggestion)


def test_names_that_become_too_long():
    with pytest.raises(rigjit.RigError) as raised:
        rigjit.loads(SPEC, namespace="n" * 65_524)
    assert [error.code for error in raised.value.errors] == ["name-too-long"] * 2
    rigjit.loads(SPEC, namespace="n" * (65_535 - len("l_elbow_CTRL:")))


def test_cached_code_is_told_apart(tmp_path, spec_path):
    """In fresh processes: the registry of this one shares nothing with them."""
    code = (
        "import sys, rigjit\n"
        "rig = rigjit.load(sys.argv[1], cache_dir=sys.argv[2], namespace=sys.argv[3])\n"
        "values = rig.vec_to_values(rig.rest_vec)\n"
        "print(rig.origin, next(iter(rig.vec_to_dict(rig.rest_vec))), rig.namespace)\n"
        "assert rig.vec_to_rig(rig.rest_vec).count(rig.namespace.encode()) >= 3\n"
    )

    def run(name_space: str) -> list[str]:
        command = [sys.executable, "-c", code, str(spec_path), str(tmp_path / "cache"), name_space]
        return subprocess.check_output(command, text=True).split()

    # Equally long, so that their messages are too.
    for name_space in ("hero", "idol"):
        names = [f"{name_space}:x_main_CTRL", name_space]
        assert run(name_space) == ["compiled", *names]
        assert run(name_space) == ["cached", *names]
    assert run("")[:2] == ["compiled", "x_main_CTRL"]
    files = sorted(path.name.split("-")[1] for path in (tmp_path / "cache").glob("*.code"))
    assert files == ["message", "message", "message", "values"]
    assert len(list((tmp_path / "cache" / "specs").iterdir())) == 3


def test_rigs_of_a_process_are_told_apart(tmp_path):
    rigs = [rigjit.loads(SPEC, cache_dir=tmp_path, namespace=n) for n in ("hero", "idol", "hero")]
    assert [rig.namespace for rig in rigs] == ["hero", "idol", "hero"]
    assert rigs[2].origin == "memory"
    assert rigs[0].channels == rigs[2].channels != rigs[1].channels


DAG = """
rigjit: 1
mirror: {pairs: [[l_, r_]], translation: [-1, 1, 1], rotation: [1, -1, -1]}
controllers:
  - {name: "|grp|l_ctrl", transformations: [translation: {}]}
  - {name: "|grp|r_ctrl", transformations: [translation: {}]}
  - {name: ":top", transformations: [translation: {axes: x}]}
  - {name: "prop:ctrl", transformations: [translation: {axes: x}]}
"""


def test_names_are_put_into_it_as_maya_does(tmp_path):
    plain_rig, rig = rigjit.loads(DAG), rigjit.loads(DAG, namespace="hero")
    names = list(dict.fromkeys(channel[0] for channel in rig.channels))
    assert names == [
        "|hero:grp|hero:l_ctrl",
        "|hero:grp|hero:r_ctrl",
        ":hero:top",
        "hero:prop:ctrl",
    ]
    assert rig.hash == plain_rig.hash
    vec = np.arange(1, 9, dtype=np.float32)
    pose = rig.vec_to_dict(vec)
    assert list(pose) == names
    assert rig.rig_to_vec(pose).tolist() == vec.tolist()
    assert rig.rig_to_vec(rig.vec_to_json(vec)).tolist() == vec.tolist()
    assert rig.mirror(vec).tolist() == plain_rig.mirror(vec).tolist()
    with pytest.raises(rigjit.RigError, match=r"\|hero:grp\|hero:l_ctrl"):
        rig.vec_to_rig(np.full(8, np.nan, np.float32))
    # A clip of one namespace is not continued by the rig in none.
    path = tmp_path / "walk.safetensors"
    path.write_bytes(rig.clip(vec[None]))
    with pytest.raises(rigjit.RigError, match="the clip's namespace is 'hero', not ''"):
        rigjit.ClipWriter(path, plain_rig, append=True)
    with rigjit.ClipWriter(path, rig, append=True) as writer:
        writer.write(vec)
