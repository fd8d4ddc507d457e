"""The orphans of a large pool, found piece by piece, so that memory depends on its programs and not on its size."""

from __future__ import annotations

from collections import defaultdict

from asnforge.explain.model import Exposure, Orphans
from asnforge.explain.orphans import find_orphans, sorted_orphans, unreadable_lines
from asnforge.explain.trace import trace_rules
from asnforge.generation.inputs import GenerateOptions
from asnforge.generation.pool_in_pieces import LargePool
from asnforge.pieces.cut_pool import read_piece
from asnforge.pool.file_state import reject_changes


def find_orphans_in_pieces(large: LargePool, options: GenerateOptions) -> tuple[Orphans, ...]:
    """The exposures that are in no association, as `asnforge.explain.orphans.find_orphans`.

    Parameters
    ----------
    large : LargePool
        The pool, cut by `asnforge.generation.pool_in_pieces.cut_large_pool`.
    options : GenerateOptions
        How associations are generated.

    Raises
    ------
    InputError
        As for `asnforge.generate`; or the pool is no longer the one that was cut.
    """
    by_reason: dict[str, list[Exposure]] = defaultdict(list)
    with reject_changes(large.path, large.state):
        for piece in large.cut.pieces:
            pool = read_piece(large.file, piece, options.ruleset.columns_read(), options.text_delimiter)
            for entry in find_orphans(trace_rules(pool, options.ruleset, options.scopes_for(large.name))):
                by_reason[entry.reason] += entry.exposures
    for exposure, why in unreadable_lines(large.cut.findings):
        by_reason[why].append(exposure)
    return sorted_orphans(by_reason)
