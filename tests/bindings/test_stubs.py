"""The stubs say what the module has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(sys.version_info < (3, 11), reason="numpy for Python 3.10 has other types")
def test_stubs_match_the_module(tmp_path):
    allowed = tmp_path / "allowed"
    # pybind11's metaclass; constructors that only ever refuse; named from Python 3.12 on.
    results = ["ChannelChange", "CoefficientChange", "Diff", "InputChange", "Rig", "Stream"]
    names = [
        "ClipWriter",
        "Error",
        "_PoseSplitter",
        *results,
        *(f"{name}.__init__" for name in results),
    ]
    lines = [f"rigjit._rigjit.{name}" for name in names]
    lines += [rf"rigjit\.{extra}(\..*)?" for extra in ("dataset", "ray", "serve", "torch")]
    lines += [r"rigjit\._collision_loss(\..*)?", r"rigjit\.collision\.torch"]  # of torch
    lines.append("rigjit.inputs._forms.forms_of")  # lru_cache takes whatever can be hashed
    lines.append("rigjit.collision._Floats")  # numpy's ArrayLike, no union from Python 3.12 on
    allowed.write_text("\n".join(lines))
    command = [
        *(sys.executable, "-m", "mypy.stubtest", "rigjit", "--ignore-missing-stub"),
        *("--allowlist", str(allowed), "--ignore-unused-allowlist"),
        # For the packages of the extras: some have no types, and some Pythons have none of them.
        *("--mypy-config-file", str(Path(__file__).resolve().parents[2] / "pyproject.toml")),
    ]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_typed_program_checks(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import types\n"
        "import numpy as np\n"
        "import rigjit\n"
        "rig = rigjit.load('a.yaml', cache_dir=None)\n"
        "message: bytes = rig.vec_to_rig(rig.rest_vec)\n"
        "messages, mask = rig.vec_to_rig_batch(np.zeros((2, 3)), errors='mask')\n"
        "pose: dict[str, dict[str, float]] = rig.vec_to_dict(rig.rest_vec)\n"
        "text: str = rig.vec_to_json(rig.rest_vec).decode()\n"
        "buffer: bytearray = rig.vec_to_rig([0.5], out=bytearray(9))\n"
        "channel: rigjit.Channel = rig.channels[0]\n"
        "controller, attribute = channel\n"
        "names: tuple[str, ...] = channel.names\n"
        "from rigjit import clips\n"
        "clips.save_vectors('a.safetensors', rig, np.zeros((2, 3)))\n"
        "writer: rigjit.ClipWriter = clips.ClipWriter('a.clip', rig)\n"
        "stream: clips.ClipStreamWriter = rig.clip_stream(None)\n"
        "back = rig.rig_to_vec_batch([message, {'c': {'a': 1.5}}, '{}'])\n"
        "vec, good = rig.values_to_vec_batch(np.zeros((2, 3)), errors='mask')\n"
        "floats: dict[str, dict[str, float]] = {'c': {'a': 1.5}}\n"
        "rig.rig_to_vec(floats, missing='rest')\n"
        "rig.rig_to_vec(types.MappingProxyType(floats))  # type: ignore[arg-type]\n"
        "def first(error: rigjit.RigError) -> str | None:\n"
        "    return error.errors[0].suggestion\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", str(program)]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
