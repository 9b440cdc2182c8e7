"""Ray's processes on this machine, by their names."""

from __future__ import annotations

from pathlib import Path


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


def is_below(pid: int, ancestor: int) -> bool:
    """Whether it was started by the other, or by what that has started."""
    while pid > 1 and pid != ancestor:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return False
        pid = int(stat.rpartition(")")[2].split()[1])
    return pid == ancestor
