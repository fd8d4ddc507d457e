"""Why an exposure is in an association, or in none: the evaluation that generates, told in words.

`gather` lets rules work on a pool; `explain_exposure`, `explain_all`, `find_orphans` and `why_not` read what they made.
"""

from asnforge.explain.exposure import explain_all, explain_exposure, places
from asnforge.explain.orphans import find_orphans
from asnforge.explain.select import find_exposure, find_exposures
from asnforge.explain.trace import Evidence, gather
from asnforge.explain.why_not import why_not

__all__ = [
    "Evidence",
    "explain_all",
    "explain_exposure",
    "find_exposure",
    "find_exposures",
    "find_orphans",
    "gather",
    "places",
    "why_not",
]
