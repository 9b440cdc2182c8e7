"""Runs Python code in a process of its own, which must end well, in time and without a word."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

HERE = Path(__file__).parent

# Where a script hangs is shown by its own watchdog, before the test's.
WATCHDOG = "import faulthandler; faulthandler.dump_traceback_later({seconds}, exit=True)\n"


def run_script(
    code: str, *arguments: object, seconds: int = 120, quiet: bool = True, **environment: str
) -> str:
    """What the code printed; with quiet, nothing on stderr and only what print() wrote."""
    result = subprocess.run(
        [
            *(sys.executable, "-c", WATCHDOG.format(seconds=seconds) + textwrap.dedent(code)),
            *map(str, arguments),
        ],
        env={**os.environ, "PYTHONPATH": str(HERE), **environment},
        capture_output=True,
        text=True,
        timeout=seconds + 30,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    if quiet:
        assert result.stderr == ""
    return result.stdout
