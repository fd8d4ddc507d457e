"""Why an exposure is in an association, or in none: the evaluation that generates, told in words.

`gather` lets rules work on a pool; `explain_exposure`, `explain_all`, `find_orphans` and `why_not` read what they made.
"""

from asnforge.explaining.evidence import Evidence, gather
from asnforge.explaining.finding import find_exposure, find_exposures
from asnforge.explaining.orphans import find_orphans
from asnforge.explaining.pairs import why_not
from asnforge.explaining.stories import explain_all, explain_exposure, places

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
