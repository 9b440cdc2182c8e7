"""`rigjit.ray.Service`: the server of `rigjit serve` as a deployment of Ray Serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ray import serve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rigjit.serve.app import App


@serve.deployment(max_ongoing_requests=256)
@serve.ingress()
class Service:
    """Every replica holds all rigs and models and answers as `rigjit serve` does.

    `Service.options(num_replicas=4).bind(rigs={"hero": "hero.yaml"}, models={"hero": "pose.onnx"})`
    is an application for `serve.run`; arguments are those of `rigjit.serve.make_app`. Paths are
    read by replicas: every node must see them. A spec or model with a mistake keeps the replica
    from starting, and Ray says why. Live frames reach those who look at the same replica.
    """

    def __init__(
        self, rigs: Mapping[str, str], models: Mapping[str, str] | None = None, **options: Any
    ) -> None:
        self._arguments: tuple[Any, ...] = (rigs, models)
        self._options = options

    def __serve_build_asgi_app__(self) -> App:  # Ray's name
        from rigjit.serve import make_app

        return make_app(*self._arguments, **self._options)
