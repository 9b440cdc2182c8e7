"""Networks in ONNX files: checked against their rig, run in one thread, whatever waits at once."""

from __future__ import annotations

import asyncio
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from rigjit.serve.model_file import ModelFile, load_model
from rigjit.serve.problems import Problem, shorten

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rigjit.serve.rigs import Loaded, ServedRig

logger = logging.getLogger("rigjit.serve")

_MAX_ROWS = 1024  # of one run
_MAX_WAITING = 4096  # requests


@dataclass
class _Job:
    inputs: dict[str, NDArray[Any]]
    rows: int  # of the batch axis; 0 where the model has none
    done: asyncio.Future[NDArray[np.float32]]

    def shape_key(self) -> tuple[Any, ...]:
        """Jobs of one key can be one run."""
        return tuple((name, array.shape[1:], array.dtype) for name, array in self.inputs.items())


class ServedModel:
    """The model of a rig. Requests wait for the run before theirs, and go into the next together.

    Nothing is delayed for a batch's sake: a model that has nothing to do starts at once.
    """

    def __init__(self, rig: ServedRig, source: str, worker: ThreadPoolExecutor) -> None:
        self.name = rig.name
        self._rig = rig
        self._source = source
        self._worker = worker
        self._waiting: list[_Job] = []
        self._task: asyncio.Task[None] | None = None
        self.problem = ""
        self.seconds = 0.0  # spent in runs
        self._signature = _signature(source.partition("#")[0])
        self.file = load_model(source, rig.loaded.rig)

    def check(self, loaded: Loaded) -> None:
        """Problem 409 where the rig is no longer the one that the model was checked with."""
        if loaded.rig.hash != self.file.rig.hash:
            raise Problem(
                409,
                f"the spec of {self.name} has changed under its model: save the model again, or "
                "put the spec back",
                [{"code": "rig-changed", "message": self.file.difference(loaded.rig)}],
            )

    async def run(self, inputs: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
        """(n, vec_size) for inputs with n rows on the batch axis; Problem where the run fails."""
        if len(self._waiting) >= _MAX_WAITING:
            raise Problem(
                503, "too many requests wait for the model", headers=[("retry-after", "1")]
            )
        rows = next(iter(inputs.values())).shape[0] if self.file.has_batch else 0
        job = _Job(inputs, rows, asyncio.get_running_loop().create_future())
        self._waiting.append(job)
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        return await job.done

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                jobs = self._take()
                file = self.file
                results = await loop.run_in_executor(self._worker, self._timed_run, file, jobs)
                for job, result in zip(jobs, results, strict=True):
                    if job.done.done():  # its caller has gone
                        continue
                    if isinstance(result, Problem):
                        job.done.set_exception(result)
                    else:
                        job.done.set_result(result)
        finally:
            self._task = None
            for job in self._waiting:
                job.done.cancel()
            self._waiting.clear()

    def _take(self) -> list[_Job]:
        """The first that waits, and all that can go with it."""
        first = self._waiting[0]
        if not self.file.can_batch:
            return [self._waiting.pop(0)]
        key, rows = first.shape_key(), 0
        taken: list[_Job] = []
        left: list[_Job] = []
        for job in self._waiting:
            fits = not taken or (job.shape_key() == key and rows + job.rows <= _MAX_ROWS)
            if fits:
                rows += job.rows
            (taken if fits else left).append(job)
        self._waiting[:] = left
        return taken

    def _timed_run(self, file: ModelFile, jobs: list[_Job]) -> list[NDArray[np.float32] | Problem]:
        start = perf_counter()
        results = run_jobs(file, jobs)
        self.seconds += perf_counter() - start
        return results

    def changed(self, rig_changed: bool) -> ModelFile | None:
        """The model of a file that has changed, if it fits the rig; blocks while it loads.

        Where the rig has changed, a model that was refused or that names its rig is asked again.
        One that names none stays refused: nobody has said that it fits.
        """
        signature = _signature(self.file.path)
        again = rig_changed and (self.problem or self.file.stamp.rig_hash is not None)
        if signature == self._signature and not again:
            return None
        self._signature = signature
        try:
            file = load_model(self._source, self._rig.loaded.rig)
        except (ValueError, OSError) as error:
            problem = shorten(str(error))
            if problem != self.problem:
                self.problem = problem
                logger.error("model %s goes on as it was: %s", self.name, problem)
            return None
        self.problem = ""
        logger.warning("model %s: %s is read anew", self.name, file.path)
        return file


def run_jobs(file: ModelFile, jobs: list[_Job]) -> list[NDArray[np.float32] | Problem]:
    """One run for all; where that fails, each by itself, so that one fails alone."""
    if len(jobs) > 1:
        try:
            inputs = {
                name: np.concatenate([job.inputs[name] for job in jobs]) for name in jobs[0].inputs
            }
            vecs = file.run(inputs)
            rows = sum(job.rows for job in jobs)
            if len(vecs) == rows:
                ends = np.cumsum([job.rows for job in jobs])
                return [vecs[end - job.rows : end] for job, end in zip(jobs, ends, strict=True)]
        except Exception:  # onnxruntime's own kinds, of which each run below names its own
            logger.debug("model run of %d requests failed", len(jobs), exc_info=True)
    return [_run_alone(file, job) for job in jobs]


def _run_alone(file: ModelFile, job: _Job) -> NDArray[np.float32] | Problem:
    try:
        return file.run(job.inputs)
    except Exception as error:
        message = shorten(str(error))
        return Problem(
            422,
            f"the model does not take this input: {message}",
            [{"code": "model-failed", "message": message}],
        )


def _signature(path: str) -> tuple[int, ...] | str:
    try:
        status = os.stat(path)
    except OSError as error:
        return type(error).__name__
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
