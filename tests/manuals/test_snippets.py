"""The manuals' snippets: every spec loads, every Python example, command and program runs."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from manual_texts import BLOCK, MANUALS, ROOT, blocks

import rigjit

# Those that are run here, and those that only show something.
RUN = {"yaml", "yaml fragment", "yaml variant", "yaml wrong", "text pose", "python", "sh", "cpp"}
SHOWN = {"text", "cmake", "llvm"}


def test_there_are_manuals():
    assert {"README.md", "bindings/python/README.md", "configs/README.md"} <= set(MANUALS)


@pytest.mark.parametrize("manual", MANUALS)
def test_every_block_is_of_a_known_kind(manual):
    infos = {match[1] for match in BLOCK.finditer((ROOT / manual).read_text("utf-8"))}
    assert infos <= RUN | SHOWN


@pytest.mark.parametrize(("manual", "text"), blocks("yaml"))
def test_spec(manual, text):
    rig = rigjit.loads(text, cache=False)
    rig.vec_to_rig(rig.rest_vec)


@pytest.mark.parametrize(("manual", "text"), blocks("text pose"))
def test_vector_and_pose_belong_to_the_spec_before(manual, text):
    """The first line is a vector of that spec, the rest what it gives, as JSON."""
    manual_text = (ROOT / manual).read_text("utf-8")
    specs = [m for m in BLOCK.finditer(manual_text[: manual_text.index(text)]) if m[1] == "yaml"]
    rig = rigjit.loads(specs[-1][2], cache=False)
    vec, pose = text.split("\n", 1)
    made = rig.vec_to_dict(np.float32(json.loads(vec)))
    shown = json.loads(pose)
    assert {c: list(attributes) for c, attributes in made.items()} == {
        c: list(attributes) for c, attributes in shown.items()
    }
    for controller, attributes in shown.items():
        assert made[controller] == pytest.approx(attributes, abs=1e-5)


BIPED = """rigjit: 1
metadata: {unit: cm}
controllers:
  - name: root_CTRL
    transformations: [translation: {scale: 25}]
  - name: tail_CTRL
    transformations: [rotation3d: {}]
"""


@pytest.mark.parametrize(("manual", "text"), blocks("yaml variant"))
def test_variant_of_a_biped(manual, text, tmp_path):
    (tmp_path / "biped.yaml").write_text(BIPED)
    rig = rigjit.loads(text, base_dir=tmp_path, cache=False)
    assert list(dict.fromkeys(name for name, _ in rig.channels)) == ["root_CTRL", "cape_CTRL"]
    assert rig.metadata == {"unit": "cm", "take": "3"}


@pytest.mark.parametrize(("manual", "text"), blocks("yaml fragment"))
def test_fragment_is_a_list_of_transformations(manual, text):
    indented = "".join(f"      {line}\n" for line in text.splitlines())
    rigjit.loads(
        f"rigjit: 1\ncontrollers:\n  - name: c\n    transformations:\n{indented}", cache=False
    )


@pytest.mark.parametrize(("manual", "text"), blocks("yaml wrong"))
def test_wrong_spec_gives_the_error_shown(manual, text):
    with pytest.raises(rigjit.RigError) as caught:
        rigjit.loads(text, cache=False)
    shown = str(caught.value).replace("<string>", "hero.yaml")
    assert shown in (ROOT / manual).read_text("utf-8")


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A folder with configs/, rigs/, some vectors of the seed rig, and a cache of its own."""
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    rig = rigjit.load(ROOT / "configs/seed.yaml", cache=False)
    np.save(tmp_path / "vectors.npy", np.tile(rig.rest_vec, (3, 1)))
    (tmp_path / "rigs").mkdir()
    shutil.copy(ROOT / "configs/seed.yaml", tmp_path / "rigs/hero.yaml")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RIGJIT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path


# Manuals whose commands and Python build on each other; their packages.
STORIES = {"bindings/python/training.md": ("onnx", "onnxruntime", "pyarrow", "ruamel.yaml")}


@pytest.mark.parametrize("manual", MANUALS)
def test_python_examples_run_one_after_the_other(manual, workspace):
    for package in STORIES.get(manual, ()):
        pytest.importorskip(package)
    text = (ROOT / manual).read_text("utf-8")
    names: dict = {}
    for match in BLOCK.finditer(text):
        if match[1] == "sh" and manual in STORIES:
            run_commands(match[2], workspace)
        if match[1] == "python":
            line = text[: match.start()].count("\n") + 1
            code = "\n" * line + match[2]
            exec(compile(code, str(ROOT / manual), "exec"), names)


@pytest.mark.parametrize(("manual", "text"), blocks("sh", besides=STORIES))
def test_command_lines_run(manual, text, workspace):
    run_commands(text, workspace)


def run_commands(text, workspace):
    """With the programs beside this Python, and `/farm` inside the workspace."""
    path = f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"
    text = text.replace("/farm/", f"{workspace}/farm/")
    subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text], check=True, env={**os.environ, "PATH": path}
    )


@pytest.mark.parametrize(("manual", "text"), blocks("cpp"))
@pytest.mark.skipif(shutil.which("c++") is None, reason="needs a C++ compiler")
def test_cpp_example_compiles(manual, text, tmp_path):
    (tmp_path / "example.cc").write_text(text, "utf-8")
    includes = [f"-I{ROOT / room / 'include'}" for room in ("engine", "frontend")]
    subprocess.run(
        ["c++", "-std=c++17", "-Wall", "-Werror", "-fsyntax-only", *includes, "example.cc"],
        check=True,
        cwd=tmp_path,
    )


@pytest.mark.parametrize(("manual", "text"), blocks("cmake"))
def test_cmake_is_that_of_the_example(manual, text):
    """tests/install builds that one against the installed package."""
    example = (ROOT / "tests/install/example/CMakeLists.txt").read_text("utf-8")
    assert set(text.replace("(app ", "(example ").splitlines()) <= set(example.splitlines())
