"""Vectors to poses and back: the routes that are asked for each frame."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from rigjit.serve import media, poses, query, read, write
from rigjit.serve.problems import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rigjit.serve.app import App
    from rigjit.serve.exchange import Exchange
    from rigjit.serve.rigs import Loaded, ServedRig
    from rigjit.serve.write import Query

_READ, _MODEL, _CONVERT, _WRITE = range(4)  # places in metrics.STAGES
# Beyond so many bytes of answer a conversion leaves the event loop to others.
_LARGE = 1 << 20
_MAX_HEADER = 4000  # characters of a list of bad frames
_ANSWER_SHARE = 16  # times a body's limit that an answer may have


class PoseRoute:
    """POST /rigs/NAME/pose."""

    def __init__(self, app: App, served: ServedRig) -> None:
        self._app = app
        self._served = served
        self._stages = app.metrics.stages[served.name]

    async def __call__(self, exchange: Exchange) -> None:
        loaded = self._served.loaded
        exchange.etag = loaded.etag
        headers = exchange.headers
        exchange.check_match()
        asked = query.parse(exchange.scope["query_string"], query.POSE[:3])
        form, media_type = media.answer_form(headers.get(b"accept"), media.POSE_ANSWERS)
        body_form = media.body_form(headers.get(b"content-type"), headers.get(b"content-encoding"))
        body = await exchange.body()
        start = perf_counter()
        rig = loaded.rig
        vecs = read.floats(body, body_form, rig.vec_size, rig, "vectors")
        self._stages[_READ] += perf_counter() - start
        app = self._app
        await answer_poses(app, exchange, self._served, loaded, vecs, form, media_type, asked)


async def answer_poses(
    app: App,
    exchange: Exchange,
    served: ServedRig,
    loaded: Loaded,
    vecs: NDArray[Any],
    form: str,
    media_type: bytes,
    asked: Query,
) -> None:
    """Convert vectors and send what became of them."""
    stages = app.metrics.stages[served.name]
    start = perf_counter()
    is_one = vecs.ndim == 1
    extra: list[tuple[bytes, bytes]] = []
    body: Any
    try:
        if is_one and form != media.SAFETENSORS and not asked.mask:
            body = write.pose(loaded.rig, vecs, form)
        else:
            body, extra = await _convert(app, exchange, loaded, vecs, form, asked)
            if is_one and form == media.JSON:
                body = body[1:-1]  # not an array of one
    except ValueError as error:
        count_bad(app, served.name, error)
        raise
    converted = perf_counter()
    stages[_CONVERT] += converted - start
    app.metrics.frames[served.name] += 1 if is_one else len(vecs)
    await exchange.answer(body, media_type, extra)
    stages[_WRITE] += perf_counter() - converted


async def _convert(
    app: App, exchange: Exchange, loaded: Loaded, vecs: NDArray[Any], form: str, asked: Query
) -> tuple[Any, list[tuple[bytes, bytes]]]:
    """n poses, and the header that names the bad ones."""
    vecs = np.atleast_2d(vecs)
    poses.check_count(vecs, exchange.max_frames)
    size = len(vecs) * loaded.pose_size
    if size > _ANSWER_SHARE * app.options.max_body:
        raise Problem(413, f"the answer would have {size} bytes; send the vectors in parts")
    exchange.hold(size)
    rig = loaded.rig
    if size <= _LARGE:
        body, good = write.poses(rig, vecs, form, asked, app.pool)
    else:
        body, good = await asyncio.get_running_loop().run_in_executor(
            app.converter, write.poses, rig, vecs, form, asked, app.large_pool
        )
    if good is None:
        return body, []
    return body, mask_headers(app, exchange.rig, good)


def mask_headers(app: App, name: str, good: NDArray[np.bool_]) -> list[tuple[bytes, bytes]]:
    """Which frames are bad; as many as a header can hold, then "..."."""
    bad = np.flatnonzero(~good)
    if not len(bad):
        return []
    app.metrics.bad_frames[name, "masked"] += len(bad)
    text = ",".join(map(str, bad[: _MAX_HEADER // 2]))
    if len(text) > _MAX_HEADER or len(bad) > _MAX_HEADER // 2:
        text = text[:_MAX_HEADER].rpartition(",")[0] + ",..."
    return [
        (b"rigjit-bad-frames", text.encode()),
        (b"rigjit-bad-frame-count", b"%d" % len(bad)),
    ]


def count_bad(app: App, name: str, error: ValueError) -> None:
    """Count a frame that was refused, by rigjit's code of its first mistake."""
    errors = getattr(error, "errors", None)
    if errors and hasattr(errors[0], "code"):
        app.metrics.bad_frames[name, errors[0].code] += 1


class VectorRoute:
    """POST /rigs/NAME/vector."""

    def __init__(self, app: App, served: ServedRig) -> None:
        self._app = app
        self._served = served

    async def __call__(self, exchange: Exchange) -> None:
        app, loaded, name = self._app, self._served.loaded, self._served.name
        exchange.etag = loaded.etag
        headers = exchange.headers
        exchange.check_match()
        asked = query.parse(exchange.scope["query_string"], query.VECTOR)
        form, media_type = media.answer_form(headers.get(b"accept"), media.VECTOR_ANSWERS)
        body_form = media.body_form(headers.get(b"content-type"), headers.get(b"content-encoding"))
        body = await exchange.body()
        start = perf_counter()
        arguments = (loaded.rig, body, body_form, asked, exchange.max_frames)
        try:
            if len(body) <= _LARGE:
                vecs, good = poses.vectors(*arguments)
            else:
                vecs, good = await asyncio.get_running_loop().run_in_executor(
                    app.converter, poses.vectors, *arguments
                )
        except ValueError as error:
            count_bad(app, name, error)
            raise
        converted = perf_counter()
        stages = app.metrics.stages[name]
        stages[_CONVERT] += converted - start
        app.metrics.frames[name] += 1 if vecs.ndim == 1 else len(vecs)
        exchange.hold(vecs.nbytes)
        extra = [] if good is None else mask_headers(app, name, np.atleast_1d(good))
        await exchange.answer(write.vectors(loaded.rig, vecs, form), media_type, extra)
        stages[_WRITE] += perf_counter() - converted


class LiveRoute:
    """GET and POST /rigs/NAME/live."""

    def __init__(self, app: App, served: ServedRig) -> None:
        self._app = app
        self._served = served

    async def get(self, exchange: Exchange) -> None:
        """The stream."""
        loaded = self._served.loaded
        exchange.etag = loaded.etag
        exchange.check_match()
        if exchange.scope.get("http_version") == "1.0":
            raise Problem(400, "a live stream needs HTTP/1.1: it is chunked")
        headers = [
            (b"content-type", media.LIVE.encode()),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),  # nginx would gather frames
            (b"etag", loaded.etag),
        ]
        if exchange.scope["method"] == "HEAD":
            exchange.status = 200
            await exchange.send({"type": "http.response.start", "status": 200, "headers": headers})
            await exchange.send({"type": "http.response.body", "body": b""})
            return
        exchange.timed = False

        async def send(message: Any) -> None:
            exchange.status = 200
            await exchange.send(message)

        await self._app.live.serve(
            self._served.name, loaded, exchange.scope, exchange.receive, send, headers
        )

    async def post(self, exchange: Exchange) -> None:
        """A vector, or n one after the other, for all who look."""
        loaded = self._served.loaded
        exchange.etag = loaded.etag
        exchange.check_match()
        headers = exchange.headers
        query.parse(exchange.scope["query_string"], ())
        form = media.body_form(headers.get(b"content-type"), headers.get(b"content-encoding"))
        body = await exchange.body()
        vecs = read.floats(body, form, loaded.rig.vec_size, loaded.rig, "vectors")
        poses.check_count(vecs, exchange.max_frames)
        push_live(self._app, self._served, loaded, vecs)
        await exchange.no_content()


def push_live(app: App, served: ServedRig, loaded: Loaded, vecs: NDArray[Any]) -> None:
    """Vectors as frames to all readers; RigError, and nothing sent, where one is no pose."""
    try:
        if vecs.ndim == 1:
            values = loaded.rig.vec_to_values(vecs)[None]
        else:
            values = loaded.rig.vec_to_values_batch(vecs)
    except ValueError as error:
        count_bad(app, served.name, error)
        raise
    app.metrics.frames[served.name] += len(values)
    app.push_live(served.name, loaded, values)
