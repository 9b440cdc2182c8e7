"""The ASGI application: which route answers, what goes wrong, what is looked after."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException

import rigjit
from rigjit.serve.body import DisconnectedError, Memory
from rigjit.serve.buffers import BufferPool
from rigjit.serve.exchange import Exchange
from rigjit.serve.guard import Guard
from rigjit.serve.info_routes import info_router
from rigjit.serve.live import LiveHub
from rigjit.serve.live_workers import LiveWorkers
from rigjit.serve.metrics import Metrics
from rigjit.serve.pose_routes import LiveRoute, PoseRoute, VectorRoute
from rigjit.serve.problems import Problem, of_errors
from rigjit.serve.rigs import load_all

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from numpy.typing import NDArray

    from rigjit.serve.exchange import Receive, Send
    from rigjit.serve.models import ServedModel
    from rigjit.serve.options import Options
    from rigjit.serve.rigs import Loaded

    Handler = Callable[[Exchange], Awaitable[None]]

logger = logging.getLogger("rigjit.serve")

_POLL_SECONDS = 1.0
_MIN_MEMORY = 1 << 30  # bytes that all requests together may hold

# What is answered without the token: whether the process lives, and the page that asks for it.
_OPEN = frozenset(("/health", "/", "/page.js", "/page.css", "/rigs.js"))


class App:
    """An ASGI application; `rigjit serve` runs it in uvicorn, and any ASGI server can.

    One event loop at a time. Specs are watched from the first request or the server's start-up on.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.metrics = Metrics(options.rigs, options.shared_dir)
        self.pool = BufferPool()
        self.large_pool = BufferPool()  # of the converter's thread
        self.converter = ThreadPoolExecutor(1, "rigjit-convert")
        self.rigs = load_all(options.rigs)
        self.models: dict[str, ServedModel] = {}
        if options.models:
            from rigjit.serve.models import ServedModel

            worker = ThreadPoolExecutor(1, "rigjit-model")
            self.models = {
                name: ServedModel(self.rigs[name], source, worker)
                for name, source in options.models.items()
            }
        self.live = LiveHub(self.metrics, options.max_clients)
        self._guard = Guard(options.host_names, options.token)
        self._limits = (options.max_body, options.max_frames)
        self._memory = Memory(max(_MIN_MEMORY, 4 * options.max_body))
        self._routes = self._make_routes()
        self._info = info_router(self)
        self._poller: asyncio.Task[None] | None = None
        self._workers: LiveWorkers | None = None
        self._reloader = ThreadPoolExecutor(1, "rigjit-reload")

    def _make_routes(self) -> dict[str, tuple[str, str, dict[str, Handler]]]:
        """{path: (route's label, rig, {method: handler})} of what is asked for each frame."""
        routes: dict[str, tuple[str, str, dict[str, Handler]]] = {}
        for name, served in self.rigs.items():
            live = LiveRoute(self, served)
            routes[f"/rigs/{name}/pose"] = ("pose", name, {"POST": PoseRoute(self, served)})
            routes[f"/rigs/{name}/vector"] = ("vector", name, {"POST": VectorRoute(self, served)})
            methods: dict[str, Handler] = {"GET": live.get, "HEAD": live.get, "POST": live.post}
            routes[f"/rigs/{name}/live"] = ("live", name, methods)
        if self.models:
            from rigjit.serve.model_routes import ModelRoute

            for name, model in self.models.items():
                post: Handler = ModelRoute(self, self.rigs[name], model)
                routes[f"/models/{name}/pose"] = ("model", name, {"POST": post})
        return routes

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._other(scope, receive, send)
            return
        if self._poller is None or self._poller.done():
            self._start()
        exchange = Exchange(scope, receive, send, self._memory, self._limits)
        try:
            await self._answer(exchange)
        except DisconnectedError:
            exchange.status = exchange.status or 499
        finally:
            exchange.release()
            if exchange.status:
                seconds = perf_counter() - exchange.started if exchange.timed else None
                self.metrics.answered(exchange.rig, exchange.route, exchange.status, seconds)

    async def _answer(self, exchange: Exchange) -> None:
        try:
            await self._dispatch(exchange)
        except Problem as problem:
            await exchange.refuse(problem)
        except HTTPException as error:
            await exchange.refuse(_of_http(error))
        except rigjit.RigError as error:
            rig = self.rigs[exchange.rig].rig if exchange.rig else None
            await exchange.refuse(of_errors(error.errors, rig))
        except (DisconnectedError, asyncio.CancelledError):
            raise
        except Exception as error:
            logger.exception("%s %s", exchange.scope["method"], exchange.route)
            if exchange.status:
                raise
            status = 503 if isinstance(error, MemoryError) else 500
            headers = [("retry-after", "1")] if status == 503 else []
            await exchange.refuse(
                Problem(status, "the server failed; its log says why", (), headers)
            )

    async def _dispatch(self, exchange: Exchange) -> None:
        scope = exchange.scope
        path: str = scope["path"]
        if root := scope.get("root_path"):
            path = path.removeprefix(root) or "/"
        found = self._routes.get(path)
        exchange.headers = self._guard.headers(scope)
        if path not in _OPEN and path not in self.options.files:
            self._guard.check_token(exchange.headers)
        if found is None:
            await self._info(exchange, path)
            return
        exchange.route, exchange.rig, methods = found
        handler = methods.get(scope["method"])
        if handler is None:
            exchange.etag = self.rigs[exchange.rig].loaded.etag
            allowed = ", ".join(methods)
            raise Problem(405, f"this takes {allowed}", headers=[("allow", allowed)])
        await handler(exchange)

    async def _other(self, scope: Any, receive: Receive, send: Send) -> None:
        """Lifespan; a WebSocket is refused."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        while scope["type"] == "lifespan":
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def push_live(self, name: str, loaded: Loaded, values: NDArray[Any]) -> None:
        """Frames for all readers of a rig's live stream."""
        self.live.push(name, loaded, values)
        if self._workers is not None and (newest := self.live.newest(name)):
            self._workers.publish(name, loaded, newest)

    async def gather_numbers(self) -> None:
        """Of all workers, for the metrics."""
        if self._workers is not None:
            await self._workers.gather_numbers()

    def problems(self) -> list[dict[str, str]]:
        """What is not in order: specs and models that are not served as they are."""
        found = []
        for name, served in self.rigs.items():
            if served.problem:
                found.append({"code": "spec-problem", "rig": name, "message": served.problem})
        for name, model in self.models.items():
            if model.problem:
                found.append({"code": "model-problem", "rig": name, "message": model.problem})
            try:
                model.check(self.rigs[name].loaded)
            except Problem as problem:
                found.append({"code": "rig-changed", "rig": name, "message": problem.detail})
        return found

    def close(self) -> None:
        """End live streams and stop watching files; requests are answered all the same."""
        self.live.close()
        if self._poller is not None:
            self._poller.cancel()
        if self._workers is not None:
            self._workers.close()
            self._workers = None

    def _start(self) -> None:
        """Watch files in the loop that runs now; the one before it has ended with its tasks."""
        if self.options.shared_dir is not None:
            self._workers = LiveWorkers(self.options.shared_dir, self.rigs, self.live, self.metrics)
        self._poller = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        """Each second: specs and models that have changed, and numbers for the other workers."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                self.metrics.share()
                if self.options.reload:
                    await self._reload(loop)
            except Exception:
                logger.exception("while looking at specs")
            await asyncio.sleep(_POLL_SECONDS)

    async def _reload(self, loop: asyncio.AbstractEventLoop) -> None:
        swapped = set()
        for name, served in self.rigs.items():
            loaded = await loop.run_in_executor(self._reloader, served.changed)
            if loaded is None:
                continue
            old, served.loaded = served.loaded, loaded
            swapped.add(name)
            self.live.rig_changed(name, loaded)
            logger.warning(
                "rig %s: %s has changed, hash %s, was %s",
                *(name, served.path, loaded.rig.hash, old.rig.hash),
            )
        for name, model in self.models.items():
            file = await loop.run_in_executor(self._reloader, model.changed, name in swapped)
            if file is not None:
                model.file = file


def _of_http(error: HTTPException) -> Problem:
    detail = {404: "nothing is served there", 405: "the method is not taken there"}.get(
        error.status_code, error.detail
    )
    return Problem(error.status_code, detail, headers=list((error.headers or {}).items()))
