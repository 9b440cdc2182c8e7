"""Which files of a data set hold no frames of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rigjit.inputs._stores import first_bytes, is_url

if TYPE_CHECKING:
    from collections.abc import Iterable

MANIFEST = "manifest.json"
ERRORS = "errors.parquet"
_START = b'"format": "rigjit.dataset"'


def without_others(paths: Iterable[str]) -> list[str]:
    """The paths but for what lies beside a data set's shards."""
    known: dict[str, bool] = {}
    return [path for path in paths if not lies_beside_shards(path, known)]


def lies_beside_shards(path: str, known: dict[str, bool] | None = None) -> bool:
    """Whether a path or URL is that of a data set's manifest or errors.

    known: which manifests are those of a data set, as far as one has looked; it is added to.
    """
    known = {} if known is None else known
    place, chain, rest = path.partition("::") if is_url(path) else (path, "", "")
    folder, slash, name = place.rpartition("/")
    if name not in (MANIFEST, ERRORS):
        return False
    manifest = f"{folder}{slash}{MANIFEST}{chain}{rest}"
    if manifest not in known:
        known[manifest] = _START in first_bytes(manifest, 64)
    return known[manifest]
