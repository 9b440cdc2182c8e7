"""`rigjit serve`: the command line of the server."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from rigjit.serve.options import OptionError, Options, is_loopback, parse_size

if TYPE_CHECKING:
    from collections.abc import Sequence

_MODULES = ("starlette", "uvicorn", "httptools", "uvloop", "prometheus_client", "msgpack", "yaml")
# Keys of a configuration file and of the command line that are the listener's, not the app's.
_LISTENER = {"host": "127.0.0.1", "port": 8760, "workers": 1, "token_file": None, "insecure": False}
_APP = (
    "rigs",
    "models",
    "host_names",
    "reload",
    "max_body",
    "max_frames",
    "max_clients",
    "inspect",
)

_DESCRIPTION = """Serves rigs and models over HTTP, on this machine alone unless --host says more.
ONNX files are trusted input, as code is: serve those alone whose origin you know."""


def main(arguments: Sequence[str]) -> int:
    """Run until SIGTERM or SIGINT; 0 fine, 1 a bad spec or model, 2 wrong usage."""
    from rigjit.serve import missing_packages

    parsed = _parser().parse_args(arguments)
    if problem := missing_packages(*_MODULES):
        return _complain(problem, 2)
    try:
        options, listener = _options(parsed)
        _check_exposure(options, listener)
    except (OptionError, TypeError) as error:
        return _complain(f"rigjit serve: {error}", 2)
    except OSError as error:
        return _complain(f"rigjit serve: {error}", 1)
    from rigjit.serve.server import run

    try:
        return run(options, listener["host"], int(listener["port"]), int(listener["workers"]))
    except (ValueError, OSError) as error:  # RigError and ModelError are ValueErrors
        return _complain(str(error), 1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rigjit serve", description=_DESCRIPTION, allow_abbrev=False, argument_default=None
    )
    add = parser.add_argument
    add("rigs", nargs="*", metavar="[NAME=]SPEC", help="a spec; its name: the file's, or NAME")
    add("--model", action="append", metavar="NAME=FILE.onnx[#OUTPUT]", help="of the rig NAME")
    add("--host", help="address to listen on (127.0.0.1); another needs a token, or --insecure")
    add("--port", type=int, help="8760; 0 for any that is free")
    add("--host-name", action="append", metavar="NAME", help="also answer to this Host")
    add("--token-file", metavar="FILE", help="what Authorization: Bearer must hold")
    add("--insecure", action="store_true", default=None, help="other machines need no token")
    add("--workers", type=int, help="processes (1)")
    add("--config", metavar="FILE.yaml", help="all of this as a file; the command line wins")
    add("--reload", action=argparse.BooleanOptionalAction, help="look at files each second (yes)")
    add("--max-body", metavar="SIZE", help="of a request: bytes, or 64M (64M)")
    add("--max-frames", type=int, metavar="N", help="of a request (65536)")
    add("--max-clients", type=int, metavar="N", help="readers of live streams (256)")
    add("--no-inspect", action="store_const", const=False, dest="inspect", help="no page, no text")
    return parser


def _options(parsed: argparse.Namespace) -> tuple[Options, dict[str, Any]]:
    """What the app is told, and what the listener is: the file's, then the command line's."""
    settings = _read_config(parsed.config) if parsed.config else {}
    given = {key: value for key, value in vars(parsed).items() if value is not None}
    given.pop("config", None)
    if rigs := given.pop("rigs", None):
        settings["rigs"] = _pairs(rigs)
    if models := given.pop("model", None):
        settings["models"] = _models(models)
    if names := given.pop("host_name", None):
        settings["host_names"] = names
    settings.update(given)
    listener = {key: settings.pop(key, default) for key, default in _LISTENER.items()}
    if listener["token_file"] is not None:
        settings["token"] = _read_token(listener["token_file"])
    settings.setdefault("rigs", {})
    if "max_body" in settings:
        settings["max_body"] = parse_size(settings["max_body"])
    if not 1 <= int(listener["workers"]) <= 512:
        raise OptionError("--workers is a number from 1 to 512")
    if not 0 <= int(listener["port"]) <= 65535:
        raise OptionError("--port is a number from 0 to 65535")
    return Options(**settings), listener


def _read_config(path: str) -> dict[str, Any]:
    """A YAML file of the command line's names, with _ for -; paths are relative to it."""
    import yaml

    with open(path, encoding="utf-8") as file:
        try:
            found = yaml.safe_load(file) or {}
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise OptionError(f"{path}: no YAML: {error}") from None
    if not isinstance(found, dict):
        raise OptionError(f"{path}: must be a map of options")
    known = {*_APP, *_LISTENER}
    if unknown := [str(key) for key in found if key not in known]:
        raise OptionError(
            f"{path}: unknown: {', '.join(unknown)}; known: {', '.join(sorted(known))}"
        )
    folder = os.path.dirname(os.path.abspath(path))
    if isinstance(found.get("rigs"), list):
        found["rigs"] = _pairs([str(each) for each in found["rigs"]])
    for key in ("rigs", "models"):
        if key in found:
            if not isinstance(found[key], dict):
                raise OptionError(f"{path}: {key} must be a map of names and paths")
            found[key] = {
                str(name): os.path.join(folder, str(value)) for name, value in found[key].items()
            }
    if found.get("token_file"):
        found["token_file"] = os.path.join(folder, str(found["token_file"]))
    return found


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    """{name: path} of "path" or "name=path"."""
    found: dict[str, str] = {}
    for text in texts:
        name, is_pair, path = text.partition("=")
        if not is_pair or "/" in name:
            name, path = os.path.splitext(os.path.basename(text))[0], text
        if name in found:
            raise OptionError(f"two rigs are called {name!r}; give one another name: NAME={path}")
        found[name] = path
    return found


def _models(texts: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, is_pair, path = text.partition("=")
        if not is_pair or not path:
            raise OptionError(f"--model is NAME=FILE.onnx, with the name of its rig, not {text!r}")
        if name in found:
            raise OptionError(f"two models for rig {name!r}")
        found[name] = path
    return found


def _read_token(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        token = file.read(4096).strip()
    if not token:
        raise OptionError(f"{path}: holds no token")
    if os.stat(path).st_mode & 0o077:
        _complain(f"rigjit serve: {path}: others may read the token; chmod 600", 0)
    return token


def _check_exposure(options: Options, listener: dict[str, Any]) -> None:
    if is_loopback(listener["host"]) or options.token is not None or listener["insecure"]:
        return
    raise OptionError(
        f"--host {listener['host']} can be reached from other machines: give --token-file FILE, "
        "or --insecure if all of them may ask"
    )


def _complain(text: str, code: int) -> int:
    print(text, file=sys.stderr, flush=True)
    return code
