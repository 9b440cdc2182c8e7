"""Builds a data set, killed at its first change of a file, then at its second, and so on.

python kill_everywhere.py SPEC CLIPS FOLDER: FOLDER/N is built by a process that is killed at its
Nth change, and by another one that goes on. The last N is the number of changes.
"""

from __future__ import annotations

import os
import signal
import sys

import rigjit
from rigjit.dataset import builder, store


def kill_at(number: int) -> None:
    """Kill this process before its change of that number: files made, renamed, flushed, removed."""
    count = 0

    def counted(function):
        def change(*arguments, **options):
            nonlocal count
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **options)

        return change

    for name in ("replace", "unlink", "rmdir", "makedirs"):
        setattr(store.os, name, counted(getattr(os, name)))
    store.os.fsync = counted(store.os.fsync)
    store.pyarrow.OSFile = counted(store.pyarrow.OSFile)


def main(spec: str, clips: str, folder: str) -> None:
    store.os.fsync = lambda descriptor: None  # a kill takes nothing from the system
    rig = rigjit.load(spec)
    builder.build(rig, [clips], f"{folder}/0", workers=1, shard_size=1)  # imports, for the children
    number = 0
    while True:
        number += 1
        place = f"{folder}/{number}"
        for kill in (True, False):
            child = os.fork()
            if child == 0:
                if kill:
                    kill_at(number)
                builder.build(rig, [clips], place, workers=1, shard_size=1)
                os._exit(0)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            if kill and status == 0:
                return  # there are not as many changes
            assert status == (-signal.SIGKILL if kill else 0), status


if __name__ == "__main__":
    main(*sys.argv[1:])
