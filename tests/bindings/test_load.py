"""load and loads: options, origins and errors."""

from __future__ import annotations

import errno
import os
import pickle
import subprocess
import sys

import pytest
from small_spec import SPEC

import rigjit

BAD_SPEC = """rigjit: 1
name: bad
controllers:
  - name: c
    transformations:
      - translation: {axis: xyz}
      - rotation1d: {axis: q}
"""


def test_paths_of_every_kind(spec_path):
    hashes = {rigjit.load(path).hash for path in (spec_path, str(spec_path), bytes(spec_path))}
    assert hashes == {rigjit.loads(SPEC).hash}
    assert rigjit.loads(SPEC.encode()).hash in hashes


def test_origin(spec_path, tmp_path):
    code = "import sys, rigjit; print(rigjit.load(sys.argv[1], cache_dir=sys.argv[2]).origin)"
    command = [sys.executable, "-c", code, str(spec_path), str(tmp_path / "cache")]
    origins = [subprocess.check_output(command, text=True).strip() for _ in range(2)]
    assert origins == ["compiled", "cached"]
    assert rigjit.loads(SPEC, cache=False).origin == "compiled"
    assert rigjit.loads(SPEC, cache=False).origin == "compiled"


def test_an_unusable_cache_is_no_error():
    rig = rigjit.loads(SPEC, cache_dir="/dev/null/cache")
    assert rig.origin == "compiled"
    assert rig.cache_note


def test_paths_that_are_no_utf8(tmp_path):
    """Any bytes name a file: os.fsdecode makes text of them, and messages show them printable."""
    directory = os.path.join(os.fsencode(tmp_path), b"n\xe9\xff")
    os.mkdir(directory)
    path = os.path.join(directory, b"bad.yaml")
    with open(path, "w") as file:
        file.write(BAD_SPEC)
    for name in (path, os.fsdecode(path)):
        with pytest.raises(rigjit.RigError) as raised:
            rigjit.load(name)
        error = raised.value.errors[0]
        assert error.file == os.fsdecode(path)
        assert str(raised.value).startswith(f"{tmp_path}/n\\xe9\\xff/bad.yaml:6:")
        assert f"{tmp_path}/n" in repr(error)
        assert pickle.loads(pickle.dumps(raised.value)).errors == raised.value.errors
    with pytest.raises(FileNotFoundError) as missing:
        rigjit.load(directory + b"/none.yaml")
    assert missing.value.filename == directory + b"/none.yaml"
    with pytest.raises(rigjit.RigError, match=r"the base .*cannot read the file"):
        rigjit.loads("{rigjit: 1, base: none.yaml}", base_dir=directory)

    os.mkdir(directory + b"/cache")
    rig = rigjit.loads(SPEC, cache_dir=directory + b"/cache")
    assert os.fsdecode(directory) in rig.cache_note
    rigjit.forget_loaded_rigs()
    assert rigjit.loads(SPEC, cache_dir=directory + b"/cache").origin == "cached"


def test_every_mistake_at_once(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(BAD_SPEC)
    with pytest.raises(rigjit.RigError) as raised:
        rigjit.load(path)
    errors = raised.value.errors
    assert isinstance(raised.value, ValueError)
    assert len(errors) == 2
    assert [error.line for error in errors] == [6, 7]
    assert all(error.file == str(path) for error in errors)
    assert errors[0].code == "unknown-key"
    assert errors[0].suggestion == "axes"
    assert errors[0].path.startswith("$.controllers[0]")
    lines = str(raised.value).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"{path}:6:")
    assert pickle.loads(pickle.dumps(raised.value)).errors == errors


def test_error_of_text_names_no_file():
    with pytest.raises(rigjit.RigError) as raised:
        rigjit.loads(BAD_SPEC)
    assert raised.value.errors[0].file == "<string>"


@pytest.mark.parametrize(
    ("path", "exception", "number"),
    [
        ("/nowhere/a.yaml", FileNotFoundError, errno.ENOENT),
        ("/", IsADirectoryError, errno.EISDIR),
        ("/dev/null/a.yaml", NotADirectoryError, errno.ENOTDIR),
    ],
)
def test_unreadable_file(path, exception, number):
    with pytest.raises(exception) as raised:
        rigjit.load(path)
    assert raised.value.errno == number
    assert raised.value.filename == path


def test_huge_file_is_refused(tmp_path):
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(rigjit.RigError, match="32 MB") as of_file:
        rigjit.load(path)
    with pytest.raises(rigjit.RigError, match="32 MB") as of_text:
        rigjit.loads(" " * (33 << 20))
    (error,), (expected,) = of_file.value.errors, of_text.value.errors
    assert error.file == str(path)
    for field in ("code", "message", "line", "column", "path", "suggestion"):
        assert getattr(error, field) == getattr(expected, field)


def test_wrong_arguments():
    with pytest.raises(TypeError):
        rigjit.load(3)
    with pytest.raises(TypeError):
        rigjit.loads(None)
    with pytest.raises(TypeError, match=r"rigjit\.loads"):
        rigjit.Rig()
    with pytest.raises(rigjit.RigError, match="x86-64-v9"):
        rigjit.loads(SPEC, target="x86-64-v9")


@pytest.mark.parametrize("maker", rigjit.Rig.__mro__)
def test_no_object_is_made_around_load(maker):
    with pytest.raises(TypeError):
        maker.__new__(rigjit.Rig)


def test_pickle(rig):
    restored = pickle.loads(pickle.dumps(rig))
    assert restored.hash == rig.hash
    assert restored.vec_to_rig(rig.rest_vec) == rig.vec_to_rig(rig.rest_vec)


def test_import_leaves_numpy_alone():
    code = "import rigjit, sys; sys.exit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
