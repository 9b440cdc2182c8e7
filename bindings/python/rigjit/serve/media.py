"""Media types: what a request's body is, and which form of an answer it asks for."""

from __future__ import annotations

from functools import lru_cache
from typing import NoReturn

from rigjit.serve.problems import Problem

OCTETS = "application/octet-stream"
MSGPACK = "application/vnd.msgpack"
JSON = "application/json"
LINES = "application/x-ndjson"
NPY = "application/x-npy"
SAFETENSORS = "application/vnd.safetensors"
LIVE = "application/vnd.rigjit.live"

_MSGPACK_NAMES = (MSGPACK, "application/msgpack", "application/x-msgpack")

# What vectors and poses are read from.
BODIES = {form: form for form in (OCTETS, JSON, LINES, NPY, SAFETENSORS)}
BODIES |= dict.fromkeys(_MSGPACK_NAMES, MSGPACK)
POSE_ANSWERS = (MSGPACK, JSON, LINES, OCTETS, SAFETENSORS)
VECTOR_ANSWERS = (*POSE_ANSWERS, NPY)
INPUT_BODIES = (NPY, JSON, OCTETS)  # of models


@lru_cache(256)
def body_form(content_type: bytes | None, encoding: bytes | None = None) -> str:
    """The form of a body; bytes of no declared type are octets. Problem 415 for others."""
    if encoding is not None and encoding.strip().lower() not in (b"", b"identity"):
        raise Problem(
            415,
            "the body is compressed; send it as it is",
            headers=[("accept-encoding", "identity")],
        )
    name = b"" if content_type is None else content_type.split(b";", 1)[0].strip().lower()
    form = BODIES.get(name.decode("latin-1")) if name else OCTETS
    if form is None:
        refuse_body(tuple(BODIES))
    return form


def refuse_body(taken: tuple[str, ...]) -> NoReturn:
    """Problem 415 that says what is taken."""
    known = ", ".join(taken)
    raise Problem(415, f"Content-Type is none of: {known}", headers=[("accept-post", known)])


@lru_cache(256)
def answer_form(accept: bytes | None, offered: tuple[str, ...]) -> tuple[str, bytes]:
    """The form to answer in, and its name as the caller calls it; Problem 406 if there is none.

    Of equally welcome forms the one that stands first in `offered`.
    """
    if accept is None or not accept.strip():
        return offered[0], offered[0].encode()
    ranges = [_media_range(part) for part in accept.decode("latin-1").lower().split(",")]
    best: tuple[float, int, str, str] | None = None
    for place, form in enumerate(offered):
        for name in _MSGPACK_NAMES if form == MSGPACK else (form,):
            quality = _quality(name, ranges)
            if quality > 0 and (best is None or (quality, -place) > best[:2]):
                best = (quality, -place, form, name)
    if best is None:
        raise Problem(406, f"Accept takes none of: {', '.join(offered)}")
    return best[2], best[3].encode()


def _media_range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                quality = min(max(float(value), 0.0), 1.0)
            except ValueError:
                quality = 0.0
    return name, quality if quality == quality else 0.0


def _quality(name: str, ranges: list[tuple[str, float]]) -> float:
    """That of the most specific range which the name is in, 0 for none."""
    kind = name.split("/")[0] + "/*"
    for wanted in (name, kind, "*/*"):
        found = [quality for pattern, quality in ranges if pattern == wanted]
        if found:
            return max(found)
    return 0.0
