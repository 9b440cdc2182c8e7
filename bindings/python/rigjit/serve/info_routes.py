"""What is served, and how it is: rigs, their text, health, metrics and the page."""

from __future__ import annotations

import asyncio
import importlib.resources
import json
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, Router

from rigjit.serve import metrics, openapi
from rigjit.serve.channel_ranges import channel_ranges
from rigjit.serve.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from rigjit.serve.app import App
    from rigjit.serve.exchange import Exchange
    from rigjit.serve.rigs import Loaded, ServedRig

_CHARSET = "; charset=utf-8"
_FILES = {
    "/": ("page.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
    "/rigs.js": ("rigs.js", "text/javascript"),
}
_SAFE = {"x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin"}
# The page may load what this server has, and nothing else.
_PAGE_HEADERS = _SAFE | {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}
_TEXTS = ("plan", "ir", "asm")
_PROGRAMS = ("message", "values", "vector", "message-continuous", "values-continuous")


def info_router(app: App) -> Callable[[Exchange, str], Awaitable[None]]:
    """Answers an exchange with the path that it has below the app."""
    routes = _Routes(app)
    router = Router(routes.all(), redirect_slashes=False)

    async def answer(exchange: Exchange, path: str) -> None:
        # "app" and no root: so that what is not found is raised, and a mounted app finds it.
        scope = {**exchange.scope, "app": app, "path": path, "root_path": ""}
        scope["exchange"] = exchange

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
            await exchange.send(message)

        await router(scope, exchange.receive, send)

    return answer


class _Routes:
    def __init__(self, app: App) -> None:
        self._app = app
        self._files = {}
        if app.options.inspect:
            folder = importlib.resources.files("rigjit.serve") / "page"
            self._files = {
                path: ((folder / name).read_bytes(), kind + _CHARSET)
                for path, (name, kind) in _FILES.items()
            } | app.options.files

    def all(self) -> list[Route]:
        """Every route."""
        routes = [
            Route("/rigs", self.rigs),
            Route("/rigs/{name}", self.rig),
            Route("/health", self.health),
            Route("/ready", self.ready),
            Route("/metrics", self.metrics),
            Route("/openapi.json", self.openapi),
        ]
        if self._app.options.inspect:
            routes.append(Route("/rigs/{name}/text/{kind}", self.text))
            routes += [Route(path, self.file) for path in self._files]
        return routes

    async def rigs(self, request: Request) -> Response:
        """All names."""
        _label(request, "rigs")
        rigs = [self._summary(served) for served in self._app.rigs.values()]
        return JSONResponse({"rigs": rigs}, headers=_SAFE)

    async def rig(self, request: Request) -> Response:
        """What a client has to know of one rig."""
        loaded, etag = self._served(request, "rig")
        name = request.path_params["name"]
        body = self._summary(self._app.rigs[name]) | _details(loaded)
        if name in self._app.models:
            body["model"] = _model(self._app.models[name].file)
        return JSONResponse(body, headers=_SAFE | etag)

    async def text(self, request: Request) -> Response:
        """Plan, IR or machine code."""
        loaded, etag = self._served(request, "text")
        kind = request.path_params["kind"]
        if kind not in _TEXTS:
            raise Problem(404, f"a rig's texts are: {', '.join(_TEXTS)}")
        program = request.query_params.get("program", "message")
        if program not in _PROGRAMS:
            raise Problem(400, f"program is one of: {', '.join(_PROGRAMS)}")
        rig = loaded.rig
        make = {
            "plan": rig.plan,
            "ir": lambda: rig.ir(program=program),  # type: ignore[arg-type]
            "asm": lambda: rig.asm(program=program),  # type: ignore[arg-type]
        }[kind]
        text = await asyncio.get_running_loop().run_in_executor(self._app.converter, make)
        return PlainTextResponse(text, headers=_SAFE | etag)

    async def health(self, request: Request) -> Response:
        """Alive."""
        _label(request, "health")
        return JSONResponse({"alive": True}, headers=_SAFE)

    async def ready(self, request: Request) -> Response:
        """All specs and models in order, or what is not."""
        _label(request, "ready")
        problems = self._app.problems()
        if problems:
            raise Problem(503, "not all is as its files say", problems, [("retry-after", "1")])
        return JSONResponse({"ready": True}, headers=_SAFE)

    async def metrics(self, request: Request) -> Response:
        """Prometheus."""
        _label(request, "metrics")
        await self._app.gather_numbers()
        bad = {problem["rig"] for problem in self._app.problems()}
        rigs = {
            name: (served.rig.hash, served.rig.origin, name in bad)
            for name, served in self._app.rigs.items()
        }
        text = self._app.metrics.text(rigs)
        return Response(text, headers={"content-type": metrics.CONTENT_TYPE} | _SAFE)

    async def openapi(self, request: Request) -> Response:
        """The description of all this."""
        _label(request, "openapi")
        return JSONResponse(openapi.describe(self._app), headers=_SAFE)

    async def file(self, request: Request) -> Response:
        """The page and what it is made of."""
        _label(request, "page")
        body, media_type = self._files[request.url.path]
        return Response(body, headers={"content-type": media_type} | _PAGE_HEADERS)

    def _served(self, request: Request, route: str) -> tuple[Loaded, dict[str, str]]:
        exchange = _label(request, route)
        served = self._app.rigs.get(request.path_params["name"])
        if served is None:
            raise Problem(404, "no rig of that name is served")
        exchange.rig = served.name
        exchange.etag = served.loaded.etag
        exchange.check_match()
        return served.loaded, {"etag": exchange.etag.decode()}

    def _summary(self, served: ServedRig) -> dict[str, Any]:
        rig = served.rig
        return {
            "name": served.name,
            "rig": rig.name,
            "hash": rig.hash,
            "vec_size": rig.vec_size,
            "msgpack_size": rig.msgpack_size,
            "channel_count": len(rig.channels),
            "has_model": served.name in self._app.models,
        }


def _label(request: Request, route: str) -> Exchange:
    exchange: Exchange = request.scope["exchange"]
    exchange.route = route
    return exchange


def _details(loaded: Loaded) -> dict[str, Any]:
    rig = loaded.rig
    channels = rig.channels
    return {
        "origin": rig.origin,
        "target": rig.target,
        "namespace": rig.namespace,
        "metadata": rig.metadata,
        "channels": channels,
        "channel_types": [channel.type for channel in channels],
        "enum_names": [
            {
                "controller": channel.controller,
                "attribute": channel.attribute,
                "names": channel.names,
            }
            for channel in channels
            if channel.type == "enum"
        ],
        "inputs": rig.inputs,
        "rest_vec": rig.rest_vec.tolist(),
        "rest_values": rig.vec_to_values(rig.rest_vec).tolist(),
        "channel_ranges": channel_ranges(rig),
        # Behind the magic and the size: what every live stream and clip says of itself.
        "clip_schema": json.loads(loaded.live_head[12:]),
    }


def _model(file: Any) -> dict[str, Any]:
    return {
        "stamped": file.stamp.rig_hash is not None,
        "inputs": [
            {
                "name": each.name,
                "dtype": each.dtype.name,
                "shape": [None if axis == -1 else axis for axis in each.shape],
            }
            for each in file.inputs
        ],
    }
