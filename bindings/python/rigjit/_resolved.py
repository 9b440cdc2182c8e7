"""The spec of a rig as one text, for files that say which rig they are for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import rigjit

if TYPE_CHECKING:
    from rigjit import Rig


def resolved(rig: Rig) -> str:
    """The rig's spec, bases merged; ValueError where they have changed since it was loaded."""
    import subprocess

    files: list[tuple[bytes, bytes]] = rig.__reduce__()[1][1]
    if len(files) == 1:
        return files[0][1].decode()
    program = os.path.join(os.path.dirname(os.path.abspath(rigjit.__file__)), "bin", "rigjit")
    path = os.fsdecode(files[0][0])
    done = subprocess.run([program, "resolve", path], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(f"{path}: {done.stderr.strip()}")
    if rigjit.loads(done.stdout, cache=False).hash != rig.hash:
        raise ValueError(f"{path}: it has changed since the rig was loaded")
    return done.stdout
