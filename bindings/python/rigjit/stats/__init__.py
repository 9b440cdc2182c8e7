"""Statistics of the poses of a rig: what `rigjit stats` and `rigjit fit` print and draw.

>>> from rigjit import stats
>>> statistics, _ = stats.collect(rig, ["clips/"])
>>> print(stats.table(statistics))
>>> for finding in stats.find(statistics):
...     print(finding.subject, finding.text)

Values are those of the files, one a channel: scales, centers and limits of the rig play no part.
"""

from rigjit.stats._collect import collect
from rigjit.stats._findings import KINDS, Finding, find
from rigjit.stats._limits import limits_of
from rigjit.stats._percentiles import Histogram, Ranks
from rigjit.stats._plot import svg
from rigjit.stats._statistics import Statistics
from rigjit.stats._table import findings_text, summary, table

__all__ = [
    "KINDS",
    "Finding",
    "Histogram",
    "Ranks",
    "Statistics",
    "collect",
    "find",
    "findings_text",
    "limits_of",
    "summary",
    "svg",
    "table",
]
