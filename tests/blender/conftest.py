"""Real Blenders: Debian's, and the bpy wheels that environment.sh puts into the source tree."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INSIDE = Path(__file__).resolve().parent / "inside"
IN_CI = os.environ.get("CI") == "true"
# 5.3 needs a Python 3.13, which a machine need not have.
NEEDED = ("3.4", "4.2", "5.0")
WHEELS = ("4.2", "4.5", "5.0", "5.3")


@dataclass(frozen=True)
class Blender:
    """One Blender: version "3.4", and the command that runs a script in it."""

    version: str
    command: tuple[str, ...]

    def command_line(self, file: Path, *words: object) -> subprocess.CompletedProcess[str]:
        """bindings/blender/command.py on a .blend, as in its documentation."""
        script = str(ROOT / "bindings" / "blender" / "command.py")
        if self.command[0] == "blender":
            command = ["blender", "-b", str(file), "--python", script, "--"]
        else:
            opening = f"import bpy, runpy; bpy.ops.wm.open_mainfile(filepath={str(file)!r})"
            opening += f"; runpy.run_path({script!r}, run_name='__main__')"
            command = [*self.command, "-c", opening, "--"]
        command += map(str, words)
        return subprocess.run(command, capture_output=True, text=True, timeout=300)

    def run(self, script: str, tmp: Path, **given):
        """What a script of inside/ answers."""
        answer = tmp / "answer.json"
        answer.unlink(missing_ok=True)
        words = json.dumps({**given, "answer": str(answer)}, default=str)
        environment = {**os.environ, "PYTHONPATH": str(INSIDE)}
        environment["BLENDER_USER_RESOURCES"] = str(tmp / "resources")
        environment["BLENDER_USER_SCRIPTS"] = str(tmp / "resources" / "scripts")
        environment["BLENDER_USER_CONFIG"] = str(tmp / "resources" / "config")
        if self.command[0] == "blender":
            command = ["blender", "-b", "--factory-startup", "--python-use-system-env"]
            command += ["--python", str(INSIDE / script), "--", words]
        else:
            command = [*self.command, str(INSIDE / script), words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-8000:]
        return json.loads(answer.read_text("utf-8"))


def _found() -> dict[str, Blender]:
    found = {}
    if shutil.which("blender"):
        found["3.4"] = Blender("3.4", ("blender",))
    for version in WHEELS:
        python = ROOT / f".venv-bpy-{version}" / "bin" / "python"
        if python.exists():
            found[version] = Blender(version, (str(python),))
    return found


BLENDERS = _found()


@pytest.fixture(scope="session", params=sorted({*NEEDED, *BLENDERS}))
def blender(request) -> Blender:
    """Each Blender in turn; in CI one that is missing is a failure."""
    if request.param not in BLENDERS:
        assert not IN_CI, f"Blender {request.param} is not installed: see tests/blender/README.md"
        pytest.skip(
            f"Blender {request.param} is not here: tests/blender/environment.sh installs it"
        )
    return BLENDERS[request.param]


@pytest.fixture(scope="session")
def addon(tmp_path_factory) -> Path:
    """The zip that artists install."""
    folder = tmp_path_factory.mktemp("addon")
    build = ROOT / "bindings" / "blender" / "build.py"
    done = subprocess.run(
        [sys.executable, str(build), str(folder)], capture_output=True, text=True, check=True
    )
    return Path(done.stdout.strip())


@pytest.fixture(scope="session")
def rigjit_program() -> str:
    """The console script of the installed package, or what RIGJIT_PROGRAM names."""
    return os.environ.get("RIGJIT_PROGRAM", str(Path(sys.executable).parent / "rigjit"))


@dataclass(frozen=True)
class Rigs:
    """NAME.blend in a folder for each of Rigify's rigs that were generated, metarigs.blend."""

    folder: Path
    generated: tuple[str, ...]
    metarigs: tuple[str, ...]


@pytest.fixture(scope="session")
def rigs(blender, tmp_path_factory) -> Rigs:
    """Made in this Blender. The human's face takes a while: only in the oldest and the newest; with
    RIGJIT_LONG=1 every rig is generated in each.
    """
    folder = tmp_path_factory.mktemp("rigs")
    ends = min(BLENDERS, key=_number), max(BLENDERS, key=_number)
    names = ("basic_human", "human") if blender.version in ends else ("basic_human",)
    if os.environ.get("RIGJIT_LONG") == "1":
        animals = ("basic_quadruped", "bird", "cat", "horse", "shark", "wolf")
        names = ("basic_human", "human", *animals)
    metarigs = blender.run("make_rigs.py", folder, names=names, folder=folder)
    return Rigs(folder, names, tuple(metarigs))


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
