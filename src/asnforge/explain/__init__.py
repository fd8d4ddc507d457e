"""Why an exposure is in an association, or in none, from the same evaluation as `asnforge generate`.

`explain_pool` answers questions from programs and notebooks (docs/python.md). `trace_rules` applies rules to a pool;
`explain_exposure`, `explain_all`, `find_orphans` and `why_not` interpret the trace, and `Traces` those of several rule sets.
"""

from asnforge.explain.explain_pool import ExplainedPool, explain_pool
from asnforge.explain.exposure import explain_all, explain_exposure, find_exposures, whereabouts
from asnforge.explain.orphans import find_orphans
from asnforge.explain.several_rulesets import Traces
from asnforge.explain.trace import Trace, trace_rules
from asnforge.explain.why_not import why_not

__all__ = [
    "ExplainedPool",
    "Trace",
    "Traces",
    "explain_all",
    "explain_exposure",
    "explain_pool",
    "find_exposures",
    "find_orphans",
    "trace_rules",
    "whereabouts",
    "why_not",
]
