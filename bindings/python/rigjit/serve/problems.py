"""Problem documents (RFC 9457): every refusal of the server, as JSON that says what and why."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rigjit import Error, Rig

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 64
MAX_TEXT = 2000  # characters of one message

# What cannot be read at all; every other mistake of a body is one of its contents.
_UNREADABLE = re.compile(r"malformed-.*|unknown-form")

_INDICES = re.compile(r"(vecs?|values|poses?)((?:\[\d+\])*)((?:\[\".*)?)", re.DOTALL)


class Problem(Exception):  # noqa: N818  # as RFC 9457 calls it
    """An answer that is no success; raised where it is found, written by the app."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Sequence[dict[str, Any]] = (),
        headers: Sequence[tuple[str, str]] = (),
        close: bool = False,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)
        self.headers = list(headers)
        self.close = close  # the rest of the request is not read

    def body(self) -> bytes:
        """The document."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": title(self.status),
            "status": self.status,
            "detail": shorten(self.detail),
        }
        if self.errors:
            document["errors"] = self.errors[:MAX_ERRORS]
            if len(self.errors) > MAX_ERRORS:
                document["errors_left_out"] = len(self.errors) - MAX_ERRORS
        return json.dumps(document).encode()


def title(status: int) -> str:
    """The phrase of a status."""
    return {413: "Content Too Large", 422: "Unprocessable Content"}.get(
        status, HTTPStatus(status).phrase
    )


def shorten(text: str) -> str:
    """At most MAX_TEXT characters of it."""
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def of_errors(errors: Sequence[Error], rig: Rig | None = None, first_frame: int = 0) -> Problem:
    """What rigjit found wrong with a body: 400 where it cannot be read, else 422."""
    unreadable = all(_UNREADABLE.fullmatch(error.code) for error in errors)
    listed = [describe(error, rig, first_frame) for error in errors[:MAX_ERRORS]]
    more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
    problem = Problem(400 if unreadable else 422, listed[0]["message"] + more, listed)
    problem.errors += [{}] * (len(errors) - len(listed))  # counted, not shown
    return problem


def describe(error: Error, rig: Rig | None = None, first_frame: int = 0) -> dict[str, Any]:
    """code, message, and controller, attribute and frame where the error is of one."""
    found: dict[str, Any] = {"code": error.code, "message": shorten(error.message)}
    for name in ("file", "line", "column", "path", "suggestion"):
        if (value := getattr(error, name)) is not None:
            found[name] = value
    if rig is not None and error.path is not None:
        found.update(_place(error, rig, first_frame))
    return found


def _place(error: Error, rig: Rig, first_frame: int) -> dict[str, Any]:
    match = _INDICES.match(error.path or "")
    if not match:
        return {}
    indices = [int(digits) for digits in re.findall(r"\d+", match[2])]
    place: dict[str, Any] = {}
    message = error.message
    if frame := re.match(r"frame (\d+): ", message):
        place["frame"] = int(frame[1]) + first_frame
        message = message[frame.end() :]
    elif match[1] in ("vecs", "poses") and indices:
        place["frame"] = indices[0] + first_frame
    if match[3]:
        place.update(zip(("controller", "attribute"), _json_keys(match[3]), strict=False))
    elif indices and match[1].startswith("vec") and indices[-1] < rig.vec_size:
        controller = rig.inputs[indices[-1]][0]
        place["controller"] = controller
        # The message begins with what would have been written: "root.translateX: ...".
        if message.startswith(controller + "."):
            place["attribute"] = message[len(controller) + 1 :].split(": ", 1)[0]
    elif indices and match[1] == "values" and indices[-1] < len(rig.channels):
        place["controller"], place["attribute"] = rig.channels[indices[-1]]
    return place


def _json_keys(text: str) -> list[str]:
    """The names in `["root"]["translateX"]`."""
    keys = []
    decoder = json.JSONDecoder()
    while text.startswith('["'):
        try:
            key, end = decoder.raw_decode(text, 1)
        except ValueError:
            break
        keys.append(key)
        text = text[end + 1 :]
    return keys
