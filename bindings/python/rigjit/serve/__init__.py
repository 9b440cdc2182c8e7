"""An HTTP server for rigs and models: `rigjit serve`, or `make_app` for another ASGI server.

Needs `pip install 'rigjit[serve]'`, models `rigjit[onnx]` too. Nothing of it is imported by
`import rigjit`.
"""

from __future__ import annotations

import importlib.util
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from rigjit.serve.app import App

__all__ = ["make_app"]

_MODULES = ("starlette", "prometheus_client", "msgpack", "yaml")


def missing_packages(*modules: str) -> str:
    """One line that says what to install for modules that cannot be found, or ""."""
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if not missing:
        return ""
    return f"rigjit serve lacks {', '.join(missing)}: pip install 'rigjit[serve]'"


def make_app(
    rigs: Mapping[str, str | PathLike[str]],
    models: Mapping[str, str | PathLike[str]] | None = None,
    **options: Any,
) -> App:
    """The ASGI application that serves the specs `rigs`, {name: path}.

    models: {name of its rig: path of an ONNX file}, or "path#output" where a model has several
    outputs. options: the fields of `rigjit.serve.options.Options`. Every spec is compiled and every
    model loaded and compared with its rig before it returns. Raises RigError with the mistakes of
    all specs, `rigjit.serve.models.ModelError` where a model does not fit, OSError where a file
    cannot be read, ImportError with what to install.
    """
    if problem := missing_packages(*_MODULES):
        raise ImportError(problem)
    from rigjit.serve.app import App
    from rigjit.serve.options import Options

    paths = {name: os.fspath(path) for name, path in rigs.items()}
    sources = {name: os.fspath(path) for name, path in (models or {}).items()}
    return App(Options(paths, sources, **options))
