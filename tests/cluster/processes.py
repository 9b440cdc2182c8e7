"""Ray's processes on this machine, by their names."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def workers_at(name: str) -> list[int]:
    """Processes that Ray has named after the task that they run."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                title = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if title.startswith(b"ray::") and name.encode() in title:
                found.append(int(process.name))
    return found


def is_below(node: Any, pid: int) -> bool:
    """Whether a process is one of a node's workers: its raylet has started it."""
    raylets = [each.process.pid for each in node.all_processes.get("raylet", [])]
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return int(status.rpartition(")")[2].split()[1]) in raylets
