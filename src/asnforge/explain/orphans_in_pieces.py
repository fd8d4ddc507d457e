"""The orphans of a large pool, found piece by piece, so that memory depends on its programs and not on its size."""

from __future__ import annotations

from collections import defaultdict

from asnforge.explain.model import Exposure, Orphans
from asnforge.explain.orphans import sorted_orphans, unreadable_lines
from asnforge.explain.several_rulesets import Traces, trace_inputs
from asnforge.generation.inputs import GenerateOptions
from asnforge.generation.pool_in_pieces import LargePool, read_pieces
from asnforge.pool.file_state import reject_changes


def find_orphans_in_pieces(large: LargePool, options: GenerateOptions) -> tuple[Orphans, ...]:
    """The exposures that are in no association, as `asnforge.explain.several_rulesets.Traces.orphans`.

    Parameters
    ----------
    large : LargePool
        The pool, cut by `asnforge.generation.pool_in_pieces.cut_large_pool`.
    options : GenerateOptions
        How associations are generated, without chosen ids.

    Raises
    ------
    InputError
        As for `asnforge.generate`; or the pool is no longer the one that was cut.
    NotSeparable
        A condition has a value that no exposure has, or no exposure passes all conditions.
    """
    by_reason: dict[str, list[Exposure]] = defaultdict(list)
    with reject_changes(large.path, large.state):
        for sources in read_pieces(large, options):
            for entry in Traces(trace_inputs(sources, options)).orphans():
                by_reason[entry.reason] += entry.exposures
            del sources
    for exposure, why in unreadable_lines(large.cut.findings):
        by_reason[why].append(exposure)
    return sorted_orphans(by_reason)
