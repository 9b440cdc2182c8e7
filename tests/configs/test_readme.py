"""The READMEs: every spec in them loads, every Python example runs, every link leads somewhere."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import rigjit

ROOT = Path(__file__).resolve().parents[2]
READMES = ["README.md", "configs/README.md", "bench/README.md"]

BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(info: str) -> list:
    """Parameters (readme, text) of all fenced blocks with this info string."""
    found = []
    for readme in READMES:
        text = (ROOT / readme).read_text("utf-8")
        for match in BLOCK.finditer(text):
            if match[1] == info:
                line = text[: match.start()].count("\n") + 1
                found.append(pytest.param(readme, match[2], id=f"{readme}:{line}"))
    return found


def test_every_block_is_of_a_known_kind():
    kinds = {
        "yaml",
        "yaml fragment",
        "yaml variant",
        "yaml wrong",
        "python",
        "sh",
        "text",
        "cpp",
        "cmake",
    }
    for readme in READMES:
        infos = {match[1] for match in BLOCK.finditer((ROOT / readme).read_text("utf-8"))}
        assert infos <= kinds, readme


@pytest.mark.parametrize(("readme", "text"), blocks("yaml"))
def test_spec(readme, text):
    rig = rigjit.loads(text, cache=False)
    rig.vec_to_rig(rig.rest_vec)


BIPED = """rigjit: 1
metadata: {unit: cm}
controllers:
  - name: root_CTRL
    transformations: [translation: {scale: 25}]
  - name: tail_CTRL
    transformations: [rotation3d: {}]
"""


@pytest.mark.parametrize(("readme", "text"), blocks("yaml variant"))
def test_variant_of_a_biped(readme, text, tmp_path):
    (tmp_path / "biped.yaml").write_text(BIPED)
    rig = rigjit.loads(text, base_dir=tmp_path, cache=False)
    assert list(dict.fromkeys(name for name, _ in rig.channels)) == ["root_CTRL", "cape_CTRL"]
    assert rig.metadata == {"unit": "cm", "take": "3"}


@pytest.mark.parametrize(("readme", "text"), blocks("yaml fragment"))
def test_fragment_is_a_list_of_transformations(readme, text):
    indented = "".join(f"      {line}\n" for line in text.splitlines())
    rigjit.loads(
        f"rigjit: 1\ncontrollers:\n  - name: c\n    transformations:\n{indented}", cache=False
    )


@pytest.mark.parametrize(("readme", "text"), blocks("yaml wrong"))
def test_wrong_spec_gives_the_error_shown(readme, text):
    with pytest.raises(rigjit.RigError) as caught:
        rigjit.loads(text, cache=False)
    shown = str(caught.value).replace("<string>", "hero.yaml")
    assert shown in (ROOT / readme).read_text("utf-8")


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A folder with configs/ and some vectors of its seed rig, and a cache of its own."""
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    rig = rigjit.load(ROOT / "configs/seed.yaml", cache=False)
    np.save(tmp_path / "vectors.npy", np.tile(rig.rest_vec, (3, 1)))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RIGJIT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path


@pytest.mark.parametrize("readme", READMES)
def test_python_examples_run_one_after_the_other(readme, workspace):
    text = (ROOT / readme).read_text("utf-8")
    names: dict = {}
    for match in BLOCK.finditer(text):
        if match[1] == "python":
            line = text[: match.start()].count("\n") + 1
            code = "\n" * line + match[2]
            exec(compile(code, str(ROOT / readme), "exec"), names)


@pytest.mark.parametrize(("readme", "text"), blocks("sh"))
def test_command_lines_run(readme, text, workspace):
    folder = Path(sys.executable).parent
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text], check=True, env={**os.environ, "PATH": path}
    )


@pytest.mark.parametrize(("readme", "text"), blocks("cpp"))
@pytest.mark.skipif(shutil.which("c++") is None, reason="needs a C++ compiler")
def test_cpp_example_compiles(readme, text, tmp_path):
    (tmp_path / "example.cc").write_text(text, "utf-8")
    includes = [f"-I{ROOT / room / 'include'}" for room in ("engine", "frontend")]
    subprocess.run(
        ["c++", "-std=c++17", "-Wall", "-Werror", "-fsyntax-only", *includes, "example.cc"],
        check=True,
        cwd=tmp_path,
    )


@pytest.mark.parametrize("readme", READMES)
def test_named_files_exist(readme):
    """Links, and files in backquotes that have a folder or an extension of ours."""
    text = (ROOT / readme).read_text("utf-8")
    folder = (ROOT / readme).parent
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (folder / target).exists(), target
    for name in re.findall(r"^\| `([^`]+)`", text, re.MULTILINE):
        if re.fullmatch(r"[\w./-]+\.(yaml|py|cc|h|json|npz|md|sh|toml|txt)", name):
            assert (folder / name).exists(), name


def test_error_codes_of_the_frontend_are_documented():
    text = (ROOT / "configs/README.md").read_text("utf-8")
    documented = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", text))
    written = set()
    for source in (ROOT / "frontend").glob("*.cc"):
        code = source.read_text("utf-8")
        for pattern in (r'\badd\(\s*"([a-z]+-[a-z-]+)"', r'[{(]\s*"([a-z]+-[a-z-]+)",\s'):
            written |= set(re.findall(pattern, code))
    assert len(written) > 30
    assert written - documented == set()
