"""Values that an option cannot have: OptionError says which it can, and nothing is built."""

from __future__ import annotations

import os
from fractions import Fraction

import numpy as np
import pytest
from builds import contents, run

import rigjit
from rigjit.dataset import build
from rigjit.dataset.options import OptionError, Options

WRONG = {
    "format": ["csv", None, [], 3],
    "windows": [0, -1, 1.5, "8", True, 10**12, float("nan"), [], (1 << 20) + 1],
    "mirror": ["no", 1, None],
    "fps": [0, -24, "fast", float("nan"), float("inf"), 1e9, 1001, 1e-9, True, [], "1/0"],
    "default_fps": [0, 1e9, None, "fast"],
    "split": [0, 1, -1, 1.5, float("nan"), float("inf"), "0.5", [], 10**400],
    "seed": [1.5, "1", None, 10**30, True],
    "shard_size": [0, -1, 1.5, "64X", None, "", True, []],
    "kind": ["movie", 3, []],
    "missing": ["skip", None, []],
    "on_error": ["ignore", None, []],
    "workers": [-1, 1.5, "2", None, 10**6, True],
    "ray": [True, 3, b"127.0.0.1:6379"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_a_value_that_it_cannot_have(spec, clips, tmp_path, name, value):
    with pytest.raises(OptionError):
        build(spec, [clips[0]], tmp_path / "set", **{name: value})
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize("stride", [0, -1, 1.5, "2", True, 10**30])
def test_a_stride_that_windows_cannot_have(stride):
    with pytest.raises(OptionError, match="stride is a whole number 1 to 2147483647"):
        Options(windows=2, stride=stride)


def test_values_at_their_ends():
    options = Options(windows=np.int64(1 << 20), fps=1000, default_fps=0.001, split=1e-9)
    assert (options.stride, options.fps, options.default_fps) == (1 << 20, 1000, Fraction(1, 1000))
    assert type(options.windows) is int  # which JSON knows
    assert type(Options(split=Fraction(1, 2)).split) is float


def test_an_option_that_does_not_exist(spec, clips, tmp_path):
    with pytest.raises(TypeError, match=r"build\(\) has no option window; it has format, windows"):
        build(spec, [clips[0]], tmp_path / "set", window=8)


@pytest.mark.parametrize("convert", [str, os.fsencode, lambda path: path])
def test_one_input_is_no_row_of_letters(spec, clips, tmp_path, convert):
    build(spec, convert(clips[0]), tmp_path / "set")
    build(spec, [convert(clips[0])], convert(tmp_path / "wanted"))
    assert contents(tmp_path / "set") == contents(tmp_path / "wanted")


@pytest.mark.parametrize("inputs", [3, [3], None, [None]])
def test_inputs_that_are_no_paths(spec, tmp_path, inputs):
    with pytest.raises(TypeError):
        build(spec, inputs, tmp_path / "set")


def test_a_window_that_is_too_long_for_a_row(clips, tmp_path):
    """A page of Parquet ends at 2 GiB."""
    wide = "{rigjit: 1, controllers: ["
    wide += ", ".join(f"{{name: c{i}, transformations: [translation: {{}}]}}" for i in range(200))
    rig = rigjit.loads(wide + "]}", cache=False)
    with pytest.raises(OptionError, match=r"has \d+ bytes, and a row at most 1073741824"):
        build(rig, [clips[0]], tmp_path / "set", windows=1 << 20)
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--windows", "0"], "windows is a whole number 1 to 1048576, not 0"),
        (["--windows", 10**12], "windows is a whole number 1 to 1048576"),
        (["--windows", "2", "--stride", 10**25], "stride is a whole number 1 to"),
        (["--stride", "2"], "stride goes with windows"),
        (["--fps", "fast"], "is no frame rate"),
        (["--fps", "0"], "is no frame rate"),
        (["--fps", "1e9"], "a frame rate is 0.001 to 1000 frames a second, not 1e9"),
        (["--default-fps", "1/5000"], "a frame rate is 0.001 to 1000"),
        (["--split", "1.5"], "split is a share"),
        (["--split", "nan"], "split is a share"),
        (["--seed", 10**30], "seed is a whole number"),
        (["--shard-size", "0"], "no size"),
        (["--workers", "-1"], "workers is a whole number 0 to 1024"),
        (["--workers", 10**6], "workers is a whole number 0 to 1024"),
        (["--format", "csv"], "invalid choice"),
        (["--from", "movie"], "movie"),
        (["-o", ""], "'' is no directory"),
        (["-o", "file://"], "'file://' is no directory"),
    ],
)
def test_wrong_usage(spec, clips, tmp_path, words, text):
    (tmp_path / "here").mkdir()
    done = run(spec, clips[0], "-o", tmp_path / "set", *words, cwd=tmp_path / "here")
    assert done.returncode == 2, done.stderr
    assert text in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
    assert not list((tmp_path / "here").iterdir())


@pytest.mark.parametrize("name", ["", "file://", "a\0b"])
def test_a_directory_that_has_no_name(spec, clips, name):
    with pytest.raises(OptionError, match="is no directory"):
        build(spec, [clips[0]], name)
    with pytest.raises(OptionError, match="is no directory"):
        rigjit.Dataset(name)


def test_places_that_are_no_directory(spec, clips, tmp_path):
    (tmp_path / "file").write_text("x")
    done = run(spec, clips[0], "-o", tmp_path / "file")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"Not a directory: '{tmp_path}/file'" in done.stderr
    assert (tmp_path / "file").read_text() == "x"
    done = run(spec, clips[0], "-o", "-", cwd=tmp_path)
    assert (done.returncode, "a data set is a directory" in done.stderr) == (2, True)
    (tmp_path / "link").symlink_to("made/there")
    assert run(spec, clips[0], "-o", tmp_path / "link").returncode == 0
    assert len(rigjit.Dataset(tmp_path / "link")) == len(rigjit.Dataset(tmp_path / "made/there"))
    with pytest.raises(ValueError, match="no data set: it has no manifest"):
        rigjit.Dataset(tmp_path / "link/manifest.json")
