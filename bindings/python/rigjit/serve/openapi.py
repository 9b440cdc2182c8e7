"""The server's description of itself: OpenAPI 3.1, of the rigs and models that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rigjit
from rigjit.serve import media, query
from rigjit.serve.problems import MEDIA_TYPE, title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rigjit.serve.app import App

_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_NUMBERS = {"type": "array", "items": {"type": "number"}}
_VECTORS = {"oneOf": [_NUMBERS, {"type": "array", "items": _NUMBERS}]}
_POSE = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "additionalProperties": {"type": ["number", "boolean", "string"]},
    },
}
_POSES = {"oneOf": [_POSE, {"type": "array", "items": _POSE}]}
_PARAMETERS: dict[str, tuple[str, dict[str, Any]]] = {
    "continuous": ("curves that do not jump", {"type": "string", "enum": ["0", "1"]}),
    "fps": ("of a clip", {"type": "string", "pattern": r"^[1-9][0-9]{0,5}(/[1-9][0-9]{0,5})?$"}),
    "errors": ("mask: bad frames are marked", {"type": "string", "enum": ["raise", "mask"]}),
    "live": ("also to those who look", {"type": "string", "enum": ["0", "1"]}),
    "vector": ("the vector, no pose", {"type": "string", "enum": ["0", "1"]}),
    "missing": ("channels that a pose lacks", {"type": "string", "enum": ["error", "rest"]}),
    "extra": ("channels that a rig lacks", {"type": "string", "enum": ["ignore", "error"]}),
    "program": (
        "of the text",
        {"type": "string", "enum": ["message", "values", "vector"]},
    ),
}
_EVERYWHERE = (400, 401, 403, 408, 412, 421, 431, 500, 503)
_OF_BODIES = (406, 409, 413, 415, 422)


def describe(app: App) -> dict[str, Any]:
    """The document."""
    rig = _name(list(app.rigs))
    paths: dict[str, Any] = {
        "/rigs": {"get": _operation("What is served", {200: _json({"type": "object"})})},
        "/rigs/{name}": {
            "get": _operation("Channels, inputs, schema", {200: _json({"type": "object"})}, [rig])
        },
        "/rigs/{name}/pose": {"post": _convert("Vectors to poses", rig, query.POSE[:3], _VECTORS)},
        "/rigs/{name}/vector": {
            "post": _convert("Poses to vectors", rig, query.VECTOR, _POSES, media.VECTOR_ANSWERS)
        },
        "/rigs/{name}/live": {
            "get": _operation(
                "Frames as they come, without end", {200: {media.LIVE: _BINARY}}, [rig]
            ),
            "post": _operation(
                "A vector for all who look", {204: {}}, [rig], _bodies(media.BODIES, _VECTORS)
            ),
        },
        "/health": {"get": _operation("Alive", {200: _json({"type": "object"})})},
        "/ready": {"get": _operation("All in order", {200: _json({"type": "object"})})},
        "/metrics": {"get": _operation("Prometheus", {200: {"text/plain": {"schema": {}}}})},
    }
    if app.options.inspect:
        kind = {
            "name": "kind",
            "in": "path",
            "required": True,
            "schema": {"type": "string", "enum": ["plan", "ir", "asm"]},
        }
        text = {200: {"text/plain": {"schema": {"type": "string"}}}}
        parameters = [rig, kind, *_parameters(("program",))]
        paths["/rigs/{name}/text/{kind}"] = {"get": _operation("As text", text, parameters)}
    if app.models:
        model = _name(list(app.models))
        bodies = _bodies(media.INPUT_BODIES, {})
        answers = {200: dict.fromkeys(media.VECTOR_ANSWERS, _BINARY)}
        parameters = [model, *_parameters(query.POSE)]
        paths["/models/{name}/pose"] = {
            "post": _operation("A model's input to poses", answers, parameters, bodies)
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "rigjit serve", "version": rigjit.__version__},
        "paths": paths,
    }


def _convert(
    summary: str,
    rig: dict[str, Any],
    parameters: Sequence[str],
    schema: Any,
    answers: Sequence[str] = media.POSE_ANSWERS,
) -> dict[str, Any]:
    content = dict.fromkeys(answers, _BINARY) | {media.JSON: {"schema": {}}}
    return _operation(
        summary, {200: content}, [rig, *_parameters(parameters)], _bodies(media.BODIES, schema)
    )


def _operation(
    summary: str,
    answers: dict[int, dict[str, Any]],
    parameters: Sequence[dict[str, Any]] = (),
    bodies: dict[str, Any] | None = None,
) -> dict[str, Any]:
    problems = [*_EVERYWHERE, *((404, 405) if parameters else (405,))]
    if bodies is not None:
        problems += _OF_BODIES
    problem = {"type": "object", "required": ["type", "title", "status", "detail"]}
    content = {MEDIA_TYPE: {"schema": problem}}
    responses = {
        str(status): {"description": title(status), **({"content": each} if each else {})}
        for status, each in answers.items()
    } | {str(status): {"description": title(status), "content": content} for status in problems}
    found: dict[str, Any] = {"summary": summary, "responses": responses}
    if parameters:
        found["parameters"] = list(parameters)
    if bodies is not None:
        found["requestBody"] = {"required": True, "content": bodies}
    return found


def _name(names: list[str]) -> dict[str, Any]:
    schema = {"type": "string", "enum": names}
    return {"name": "name", "in": "path", "required": True, "schema": schema}


def _parameters(names: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "description": _PARAMETERS[name][0], "schema": schema}
        for name in names
        for schema in [_PARAMETERS[name][1]]
    ]


def _bodies(forms: Any, schema: Any) -> dict[str, Any]:
    return {form: {"schema": schema} if form == media.JSON else _BINARY for form in forms}


def _json(schema: Any) -> dict[str, Any]:
    return {media.JSON: {"schema": schema}}
