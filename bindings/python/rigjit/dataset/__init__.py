"""Data sets: clips and poses become shards of a rig's vectors, and are read again.

`rigjit dataset build`, or `build`; `Dataset` reads. Needs `pip install 'rigjit[dataset]'`. Nothing
of it is imported by `import rigjit`.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rigjit.dataset.build_state import DatasetError
    from rigjit.dataset.builder import Summary, build
    from rigjit.dataset.reader import Dataset, Info
    from rigjit.dataset.shard_job import StoppedError

__all__ = ["Dataset", "DatasetError", "Info", "StoppedError", "Summary", "build"]

_PLACES = {
    "Dataset": "reader",
    "DatasetError": "build_state",
    "Info": "reader",
    "StoppedError": "shard_job",
    "Summary": "builder",
    "build": "builder",
}
_MODULES = ("pyarrow", "fsspec", "tqdm")


def missing_packages() -> str:
    """One line that says what to install, or ""."""
    missing = [name for name in _MODULES if importlib.util.find_spec(name) is None]
    if not missing:
        return ""
    return f"rigjit dataset lacks {', '.join(missing)}: pip install 'rigjit[dataset]'"


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if problem := missing_packages():
        raise ImportError(problem)
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
