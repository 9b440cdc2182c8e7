"""Wrong arguments of rigjit.fit, rigjit.fitting and rigjit.stats are told before a file is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_spec import SPEC

import rigjit
from rigjit import stats

pytest.importorskip("ruamel.yaml")


@pytest.fixture
def rig(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("rig.yaml").write_text(SPEC)
    rig = rigjit.loads(SPEC)
    values = rig.vec_to_values_batch(np.tile(rig.rest_vec, (20, 1)))
    values[:, 0] = np.linspace(-3, 5, 20)
    np.save("v0.npy", values)
    Path("a.json").write_bytes(rig.vec_to_json(rig.rest_vec))
    return rig


@pytest.mark.parametrize("path", ["v0.npy", Path("v0.npy")])
def test_one_path_is_enough(rig, path):
    from rigjit import fitting

    assert rigjit.fit("rig.yaml", path).text == rigjit.fit("rig.yaml", [path]).text
    assert stats.collect(rig, path)[0].frames == 20
    assert stats.collect(rig, iter([path]))[0].frames == 20
    assert fitting.infer("a.json") == fitting.infer(iter([Path("a.json")]))


# What must not be read: a path that is not there would be another error.
BOTH = [
    ({"files": 5}, TypeError, "files must be paths, not int"),
    ({"files": None}, TypeError, "files must be paths, not NoneType"),
    ({"files": [b"v0.npy"]}, TypeError, "each of files must be a path .*, not bytes"),
    ({"files": ["none.npy", 3]}, TypeError, "each of files must be a path .*, not int"),
    ({"missing": "x"}, ValueError, "missing must be one of 'error', 'rest', not 'x'"),
    ({"missing": None}, ValueError, "missing must be one of"),
    ({"kind": "vector"}, ValueError, "kind must be one of None, .*'vectors', .*not 'vector'"),
    ({"kind": ["values"]}, ValueError, "kind must be one of"),
    ({"progress": True}, TypeError, "progress must be a function"),
]


@pytest.mark.parametrize(
    ("wrong", "kind", "text"),
    [
        *BOTH,
        ({"spec": None}, TypeError, "spec must be a path"),
        ({"spec": rigjit.loads(SPEC)}, TypeError, r"spec must be a path .*, not Rig"),
        ({"output": 1}, TypeError, "output must be a path"),
        ({"output": b"new"}, TypeError, "output must be a path"),
        (
            {"method": "best"},
            ValueError,
            "method must be one of 'minmax', 'std', 'percentile'",
        ),
        ({"method": None}, ValueError, "method must be one of"),
        ({"method": "percentile", "range": None}, ValueError, "range must be two percentiles"),
        ({"method": "percentile", "range": (1,)}, ValueError, "range must be two percentiles"),
        ({"method": "percentile", "range": (99, 1)}, ValueError, r"lower first, .*, not \(99, 1\)"),
        ({"method": "percentile", "range": "19"}, ValueError, "range must be two percentiles"),
        ({"method": "percentile", "range": ("a", 9)}, ValueError, "range must be two percentiles"),
        ({"method": "percentile", "range": (0, 101)}, ValueError, "range must be two percentiles"),
        ({"method": "percentile", "range": (np.nan, 9)}, ValueError, "range must be two percent"),
    ],
)
def test_fit(rig, wrong, kind, text):
    arguments = {"spec": "rig.yaml", "files": ["none.npy"], "output": "new", **wrong}
    with pytest.raises(kind, match=text):
        rigjit.fit(**arguments)
    assert not Path("new").exists()


@pytest.mark.parametrize(
    ("wrong", "kind", "text"),
    [
        *BOTH,
        ({"rig": "rig.yaml"}, TypeError, r"rig must be a rigjit.Rig, not str: rigjit.load\(path\)"),
        ({"percentiles": [1, 99]}, TypeError, "percentiles must be True or False, not list: frac"),
        ({"fractions": 0.5}, TypeError, "fractions must be numbers from 0 to 1"),
        ({"fractions": "ab"}, TypeError, "fractions must be numbers from 0 to 1"),
        ({"fractions": ["a"]}, TypeError, "fractions must be numbers from 0 to 1"),
        ({"fractions": [1, 99]}, ValueError, r"fractions must lie from 0 to 1 .*, not \[1, 99\]"),
        ({"fractions": [np.nan]}, ValueError, "fractions must lie from 0 to 1"),
    ],
)
def test_collect(rig, wrong, kind, text):
    with pytest.raises(kind, match=text):
        stats.collect(**{"rig": rig, "files": ["none.npy"], **wrong})


def test_infer(rig):
    from rigjit import fitting

    for wrong in ((5,), ([b"a.json"],), ("a.json", 5)):
        with pytest.raises(TypeError, match="path"):
            fitting.infer(*wrong)


def test_what_takes_statistics(rig):
    from rigjit import fitting

    found, percentiles = stats.collect(rig, "v0.npy", fractions=[0, 1])
    pair = (found, percentiles)
    for function in (stats.find, stats.table, stats.summary, found.merge):
        with pytest.raises(TypeError, match=r"must be a rigjit\.stats\.Statistics, not tuple: "):
            function(pair)
    with pytest.raises(TypeError, match="statistics must be"):
        stats.svg(pair, [])
    with pytest.raises(TypeError, match="statistics must be"):
        fitting.fit_statistics("rig.yaml", pair)
    for wrong in (None, percentiles[:1], percentiles[:, 1:]):
        with pytest.raises(ValueError, match="needs percentiles of shape"):
            fitting.fit_statistics("rig.yaml", found, "percentile", None, wrong)
    fitting.fit_statistics("rig.yaml", found, "percentile", None, percentiles)
    with pytest.raises(TypeError, match="limits must be a pair of arrays"):
        stats.find(found, 5)
    with pytest.raises(ValueError, match=r"limits must be two arrays of shape \(\d+,\)"):
        stats.find(found, ([1], [2]))
    with pytest.raises(TypeError, match=r"rig must be a rigjit\.Rig"):
        stats.limits_of("rig.yaml")
    with pytest.raises(TypeError, match=r"rig must be a rigjit\.Rig"):
        stats.Statistics("rig.yaml")
    with pytest.raises(TypeError, match="clip must be text"):
        found.add(np.zeros((1, len(rig.channels))), 5)
