"""Which files of a data set hold no frames of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rigjit.inputs._stores import first_bytes, is_url

if TYPE_CHECKING:
    from collections.abc import Iterable

_MANIFEST = "manifest.json"
_OTHERS = (_MANIFEST, "errors.parquet")
_START = b'"format": "rigjit.dataset"'


def without_others(paths: Iterable[str]) -> list[str]:
    """The paths but for what lies beside a data set's shards."""
    known: dict[str, bool] = {}
    kept = []
    for path in paths:
        place, chain, rest = path.partition("::") if is_url(path) else (path, "", "")
        folder, slash, name = place.rpartition("/")
        if name in _OTHERS:
            manifest = f"{folder}{slash}{_MANIFEST}{chain}{rest}"
            if manifest not in known:
                known[manifest] = _START in first_bytes(manifest, 64)
            if known[manifest]:
                continue
        kept.append(path)
    return kept
