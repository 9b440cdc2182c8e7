"""The zip: the same bytes every time, and valid by Blender's own tool."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import pytest
from conftest import BLENDERS, ROOT


def test_same_bytes(addon, tmp_path):
    build = ROOT / "bindings" / "blender" / "build.py"
    subprocess.run([sys.executable, str(build), str(tmp_path)], check=True, capture_output=True)
    assert (tmp_path / addon.name).read_bytes() == addon.read_bytes()
    with zipfile.ZipFile(addon) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"rigjit_blender"}
    for name in ("__init__.py", "blender_manifest.toml", "rigjit_clip.py", "LICENSE"):
        assert f"rigjit_blender/{name}" in names


def test_valid_as_an_extension(addon, tmp_path):
    """blender_ext.py is plain Python of 3.11 or later; it comes with every bpy from 4.2 on."""
    if sys.version_info < (3, 11):
        pytest.skip("the tool reads TOML with Python 3.11")
    wheels = [found for version, found in BLENDERS.items() if version != "3.4"]
    if not wheels:
        pytest.skip("no bpy wheel here")
    python = wheels[-1].command[0]
    (tool,) = (ROOT / python).parent.parent.rglob("blender_ext.py")
    source = tmp_path / "source"
    with zipfile.ZipFile(addon) as archive:
        archive.extractall(source)
    for command in (
        ["validate", str(source / "rigjit_blender")],
        ["build", "--source-dir", str(source / "rigjit_blender"), "--output-dir", str(tmp_path)],
        ["validate", str(tmp_path / addon.name)],
    ):
        done = subprocess.run([python, str(tool), *command], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(addon) as ours, zipfile.ZipFile(tmp_path / addon.name) as built:
        names = {name.split("/", 1)[1] for name in ours.namelist()}
        assert names == {name for name in built.namelist() if not name.endswith("/")}
