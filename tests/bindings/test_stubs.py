"""The stubs say what the module has."""

from __future__ import annotations

import subprocess
import sys


def test_stubs_match_the_module(tmp_path):
    allowed = tmp_path / "allowed"
    # pybind11's metaclass; a constructor that only ever refuses; named from Python 3.12 on.
    names = ["ClipWriter", "Error", "Rig", "Rig.__init__", "Frame.__buffer__"]
    allowed.write_text("".join(f"rigjit._rigjit.{name}\n" for name in names))
    command = [
        *(sys.executable, "-m", "mypy.stubtest", "rigjit", "--ignore-missing-stub"),
        *("--allowlist", str(allowed), "--ignore-unused-allowlist"),
    ]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_typed_program_checks(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import numpy as np\n"
        "import rigjit\n"
        "rig = rigjit.load('a.yaml', cache_dir=None)\n"
        "message: bytes = rig.vec_to_rig(rig.rest_vec)\n"
        "messages, mask = rig.vec_to_rig_batch(np.zeros((2, 3)), errors='mask')\n"
        "pose: dict[str, dict[str, float]] = rig.vec_to_dict(rig.rest_vec)\n"
        "text: str = rig.vec_to_json(rig.rest_vec).decode()\n"
        "frame: rigjit.Frame = rig.frame().update([0.5])\n"
        "copy: bytes = bytes(frame)\n"
        "count: int = rig.vec_to_rig_into([0.5], bytearray(9))\n"
        "def first(error: rigjit.RigError) -> str | None:\n"
        "    return error.errors[0].suggestion\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", str(program)]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
