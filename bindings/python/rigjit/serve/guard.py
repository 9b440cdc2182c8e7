"""Who may ask: Host, Origin and token, before anything else of a request is looked at."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rigjit.serve.options import LOOPBACK_NAMES
from rigjit.serve.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

# Of these a second value would leave open which of both counts.
_ONCE = (b"host", b"origin", b"authorization", b"content-type", b"content-length", b"accept")
_MANY_HOSTS = 64  # spellings, with ports, that are remembered


class Guard:
    """Checks the heads of requests; raises the Problem that is answered."""

    def __init__(self, host_names: Iterable[str], token: str | None) -> None:
        self._names = {*LOOPBACK_NAMES, *host_names}
        self._any_name = "*" in self._names
        self._good_hosts: set[bytes] = set()  # names alone, which are good on every connection
        self._token = None if token is None else token.encode("ascii")

    def headers(self, scope: Any) -> dict[bytes, bytes]:
        """The request's headers, of allowed Host and Origin."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if len(headers) != len(scope["headers"]):
            self._check_single(scope["headers"])
        host = headers.get(b"host")
        if host is None:
            if scope.get("http_version", "1.1") != "1.0":
                raise Problem(400, "the request has no Host")
        elif host not in self._good_hosts and not self._any_name:
            self._check_host(host, scope)
        if (origin := headers.get(b"origin")) is not None:
            self._check_origin(origin, host)
        return headers

    def check_token(self, headers: dict[bytes, bytes]) -> None:
        """Problem 401 unless the request has the token, where there is one."""
        if self._token is None:
            return
        kind, _, given = headers.get(b"authorization", b"").partition(b" ")
        is_right = hmac.compare_digest(given.strip(), self._token)
        if kind.lower() != b"bearer" or not is_right:
            raise Problem(
                401,
                "the server wants its token: Authorization: Bearer TOKEN",
                headers=[("www-authenticate", 'Bearer realm="rigjit"')],
            )

    def _check_host(self, host: bytes, scope: Any) -> None:
        name = host_name(host.decode("latin-1"))
        if name in self._names:
            if len(self._good_hosts) < _MANY_HOSTS:
                self._good_hosts.add(host)
            return
        server = scope.get("server")
        if server and name == str(server[0]).lower():  # the address that the connection came to
            return
        raise Problem(
            421, "the server does not answer to this Host; start it with --host-name NAME"
        )

    def _check_origin(self, origin: bytes, host: bytes | None) -> None:
        try:
            place = urlsplit(origin.decode("latin-1"))
            same = (
                place.scheme in ("http", "https")
                and host is not None
                and (
                    _with_port(place.netloc, place.scheme)
                    == _with_port(host.decode("latin-1"), place.scheme)
                )
            )
        except ValueError:
            same = False
        if not same:
            raise Problem(403, "the page that asks is of another origin")

    def _check_single(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        names = [name for name, _ in headers]
        for name in _ONCE:
            if names.count(name) > 1:
                raise Problem(400, f"the request has {name.decode()} more than once")


def host_name(host: str) -> str:
    """The name in a Host header: without port and brackets, in lower case."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _with_port(netloc: str, scheme: str) -> str:
    netloc = netloc.lower()
    has_port = ":" in netloc.rpartition("]")[2]
    return netloc if has_port else f"{netloc}:{443 if scheme == 'https' else 80}"
