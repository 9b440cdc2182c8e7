"""What a server is told: the one place that knows every option, its default and its limits."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Any

# What a URL shows as it is, so that a name needs no escapes on a command line or in a path.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_SIZE = re.compile(r"(\d{1,12})([KMG]?)")
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


class OptionError(ValueError):
    """An option that cannot be used; its text says which, and what to give instead."""


def parse_size(text: str | int) -> int:
    """Bytes of "64M", "200K", "1G" or a plain number."""
    match = _SIZE.fullmatch(str(text).strip().upper())
    if not match:
        raise OptionError(f"no size: {text!r}; give bytes, or a number with K, M or G behind it")
    return int(match[1]) * _UNITS[match[2]]


def is_loopback(host: str) -> bool:
    """Whether what listens there can be reached from this machine alone."""
    return host in LOOPBACK_NAMES or re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None


@dataclass
class Options:
    """Of `make_app` and of `rigjit serve`; the latter adds where to listen.

    rigs: {name: path of a spec}. models: {name of a rig: path of an ONNX file, "path#output"}.
    host_names: further values of Host that are answered, besides loopback and the address that a
    connection came in on; "*" answers all. token: what `Authorization: Bearer` must hold, None for
    nothing. reload: whether specs and models are looked at each second. max_body: bytes of a
    request. max_frames: vectors or poses of a request. max_clients: readers of live streams, all
    rigs together. inspect: whether the page and the rigs' text (plan, IR, machine code) are served.
    files: further files of a page, {path: (content, media type)}, which need no token to be read.
    shared_dir: a directory that the workers of one server share, for live frames and metrics.
    """

    rigs: dict[str, str]
    models: dict[str, str] = field(default_factory=dict)
    host_names: tuple[str, ...] = ()
    token: str | None = None
    reload: bool = True
    max_body: int = 64 << 20
    max_frames: int = 65536
    max_clients: int = 256
    inspect: bool = True
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    shared_dir: str | None = None

    def __post_init__(self) -> None:
        self.rigs = {name: os.fspath(path) for name, path in self.rigs.items()}
        self.models = {name: os.fspath(path) for name, path in self.models.items()}
        self.host_names = tuple(name.lower().strip("[]") for name in _texts(self.host_names))
        self.max_body = parse_size(self.max_body)
        if not self.rigs:
            raise OptionError("no rig to serve: give at least one spec")
        for name in self.rigs:
            check_name(name)
        for name in self.models:
            if name not in self.rigs:
                known = ", ".join(self.rigs)
                raise OptionError(f"a model has the name of its rig; {name!r} is none of: {known}")
        for limit in ("max_body", "max_frames", "max_clients"):
            if int(getattr(self, limit)) < 1:
                raise OptionError(f"{limit} must be 1 or more")
        if self.token is not None and not _is_token(self.token):
            raise OptionError("the token is empty, or has characters other than printable ASCII")


def check_name(name: Any) -> None:
    """Raises OptionError unless a rig can be served under the name."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise OptionError(
            f"{name!r} is no name for a URL: letters, digits, '.', '_' and '-', at most 100 and no "
            "sign first; give another: NAME=PATH"
        )


def _texts(names: Any) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _is_token(token: str) -> bool:
    return bool(token) and all("!" <= character <= "~" for character in token)
