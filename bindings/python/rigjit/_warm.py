"""Makes rigs ready before the first frame, or before a process forks its workers."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, SupportsIndex

import rigjit._arrays  # noqa: F401  # numpy, for all children at once
from rigjit._errors import RigError
from rigjit._rigjit import _thread_count, load, loaded_rigs_limit, set_loaded_rigs_limit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

    from rigjit._rigjit import Error, Rig


def warm(
    paths: Iterable[str | bytes | PathLike[str] | PathLike[bytes]],
    *,
    programs: Iterable[str] = ("message", "values"),
    threads: SupportsIndex | float = 0,
    **options: Any,
) -> list[Rig]:
    """Load the rigs of spec files in parallel, compile what is not cached, and keep them.

    Later loads of the same specs with the same options share these rigs, in this process and in
    those forked from it, as long as they are among those loaded last: the limit of loaded rigs is
    raised to the number of paths where it is lower. No thread is left behind; numpy is imported.

    programs: what to have ready besides "message", which always is: "values" (vec_to_values,
    vec_to_dict, vec_to_json, clips), "vector" (rig_to_vec, values_to_vec), "continuous" (batches
    with continuous=True, streams). threads: 0 for one a core. options: those of load. Returns the
    rigs in the order of the paths. Raises RigError with the mistakes of all specs, OSError where a
    file cannot be read.
    """
    if isinstance(paths, (str, bytes, os.PathLike)):
        raise TypeError(f"paths must be a list of paths, not one: pass [{paths!r}]")
    if isinstance(programs, str):
        raise TypeError(f"programs must be a list of names, not one: pass [{programs!r}]")
    wanted = set(programs)
    if unknown := sorted(wanted - {"message", *_FIRST_CALLS}):
        known = ", ".join(["message", *_FIRST_CALLS])
        raise ValueError(f"unknown program {unknown[0]!r}; there are {known}")
    threads = _thread_count(threads)

    def prepare(path: str | bytes | PathLike[str] | PathLike[bytes]) -> Rig | RigError:
        try:
            rig = load(path, **options)
            for program in sorted(wanted - {"message"}):
                _FIRST_CALLS[program](rig)
            return rig
        except RigError as error:
            return error

    paths = list(paths)
    # Not less, should another thread raise it meanwhile.
    if len(paths) > loaded_rigs_limit():
        set_loaded_rigs_limit(max(len(paths), loaded_rigs_limit()))
    with ThreadPoolExecutor(threads or len(os.sched_getaffinity(0)), "rigjit-warm") as pool:
        results = list(pool.map(prepare, paths))
    errors: list[Error] = []
    rigs: list[Rig] = []
    for result in results:
        if isinstance(result, RigError):
            errors += result.errors
        else:
            rigs.append(result)
    if errors:
        raise RigError(errors)
    return rigs


def _first_values(rig: Rig) -> None:
    rig.vec_to_values(rig.rest_vec)


def _first_vector(rig: Rig) -> None:
    rig.values_to_vec(rig.vec_to_values(rig.rest_vec))


def _first_continuous(rig: Rig) -> None:
    stream = rig.stream()
    stream.push(rig.rest_vec)
    stream.push_values(rig.rest_vec)


# A program is compiled by the first call that needs it.
_FIRST_CALLS = {
    "values": _first_values,
    "vector": _first_vector,
    "continuous": _first_continuous,
}
