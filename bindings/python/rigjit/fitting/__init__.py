"""Specs from poses: scale and center fitted to what moves, and first specs from nothing.

`rigjit.fit` is `fit` of here; `rigjit fit` on the command line. Needs ruamel.yaml: `pip install
'rigjit[dataset]'`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rigjit._rigjit import load
from rigjit.fitting._fit import METHODS, Fitted, fit_statistics
from rigjit.fitting._infer import Inferred, infer
from rigjit.inputs import KINDS
from rigjit.stats._arguments import check_choice, check_path, check_progress, paths_of

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

__all__ = ["METHODS", "Fitted", "Inferred", "fit", "fit_statistics", "infer"]


def fit(
    spec: str | os.PathLike[str],
    files: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    output: str | os.PathLike[str] | None = None,
    *,
    method: str = "minmax",
    range: tuple[float, float] = (1.0, 99.0),
    kind: str | None = None,
    missing: str = "error",
    progress: Callable[[int], object] | None = None,
) -> Fitted:
    """Fit scale and center of the spec at a path to poses, and write it to `output`.

    files: clips, messages, JSON, Parquet, safetensors, .npy of values, directories, globs, URLs and
    files of statistics, as rigjit.stats.collect takes them with kind and missing. method: "minmax",
    "std" or "percentile", the percentiles those of `range`. output: None writes nothing; the file
    appears whole. Comments, order and anchors of the spec stay. Bools and enums keep what they
    have; rotations and constants have neither scale nor center.
    RigError for bad specs and files and for an output that is one of them, except the spec itself,
    which may be written anew; OSError where the output cannot be written; TypeError and
    ValueError for arguments, before any file is read.
    """
    from rigjit._outputs import bases_of, check_outputs
    from rigjit._publish import publish
    from rigjit.stats import collect

    check_path("spec", spec)
    files = paths_of(files)
    if output is not None:
        check_path("output", output)
    check_choice("method", method, METHODS)
    check_choice("kind", kind, (None, *KINDS))
    check_choice("missing", missing, ("error", "rest"))
    check_progress(progress)
    fractions = _fractions(range) if method == "percentile" else None
    rig = load(spec)
    if output is not None:
        check_outputs([output], files, bases_of(rig))
    statistics, percentiles = collect(
        rig, files, kind=kind, missing=missing, fractions=fractions, progress=progress
    )
    fitted = fit_statistics(spec, statistics, method, output, percentiles)
    if output is not None:
        publish(output, fitted.text.encode())
    return fitted


def _fractions(range: Any) -> tuple[float, float]:
    """Of two percentiles."""
    try:
        low, high = map(float, range)
    except (TypeError, ValueError):
        low, high = 0.0, 0.0
    if isinstance(range, str) or not 0 <= low < high <= 100:
        raise ValueError(
            f"range must be two percentiles, the lower first, as (0.5, 99.5), not {range!r}"
        )
    return low / 100, high / 100
