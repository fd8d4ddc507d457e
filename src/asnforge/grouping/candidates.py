"""The candidates of a pool's exposures. If a cell cannot be read in full, candidates are lost, but never the exposure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from asnforge.columns import CodeArray, Column, Mask, constant
from asnforge.findings import FindingCode
from asnforge.grouping.arrays import combine
from asnforge.grouping.candidate_cells import Candidate, CandidateCell, CellDefect, read_candidates
from asnforge.grouping.name_values import is_invalid_first
from asnforge.grouping.pool_faults import CellFault, CellProblem, cell_fault
from asnforge.pool.model import Pool
from asnforge.rules.regex import compiled
from asnforge.rules.ruleset import Ruleset

UNREADABLE_CANDIDATES = FindingCode(
    "G117",
    "candidates cannot be read",
    "A cell should list candidates as pairs of an id and a type, such as [('o001', 'observation')]. What is unambiguous is "
    "read: one pair without a list, ids alone, a list up to where it is cut off. The exposure is never lost: it is processed "
    "in the scope over the whole pool, and in those of the candidates that could be read. A candidate without a type has the "
    "type that other exposures give it, or else the type 'unknown'.",
    wrong="FILE|PROPOSAL|CAMERA|CANDIDATES\na_raw.fits|7|red|[('o1', 'night'), ('c5",
    right="FILE|PROPOSAL|CAMERA|CANDIDATES\na_raw.fits|7|red|[('o1', 'night'), ('c5', 'tile')]",
)

_UNKNOWN_TYPE = "unknown"
"""The type of a candidate if neither its cell nor another exposure gives one."""

_PROBLEMS = {
    CellDefect.UNREADABLE: (
        "cannot be read as a list of candidates",
        "so {exposures} can only be in associations over the whole pool",
    ),
    CellDefect.CUT_OFF: ("{is} cut off", "so only the candidates before the cut are read"),
    CellDefect.NOT_AN_ID: (
        "{has} a candidate whose id is not valid in this rule set",
        "so this candidate is ignored",
    ),
}
_UNSAFE = ("{has} a candidate whose id cannot be part of a file name", "so this candidate is ignored")
_TYPE_KNOWN = ("{has} a candidate without a type", "so it has the type that other exposures give it")
_TYPE_UNKNOWN = ("{has} a candidate without a type", f"so its type is {_UNKNOWN_TYPE!r}")


@dataclass(frozen=True, slots=True, eq=False)
class PoolCandidates:
    """The candidates that a pool's exposures name.

    Attributes
    ----------
    lists : tuple of tuple of (id, type)
        The distinct lists of candidates.
    codes : ndarray of int32, shape (rows,)
        For each exposure the index of its list.
    faults : tuple of CellFault
        The cells that could not be read in full.
    """

    lists: tuple[tuple[Candidate, ...], ...]
    codes: CodeArray
    faults: tuple[CellFault, ...]


def pool_candidates(
    pool: Pool, columns: Mapping[str, Column], ruleset: Ruleset, grouped_by: Collection[str]
) -> PoolCandidates:
    """Read the candidates of a pool's exposures; `columns` are the pool's as rules read them.

    A candidate without a type has the type that exposures with the same values in `grouped_by`, the columns that every rule
    groups by, give it: exposures with other values are never in a group with it.
    """
    name = ruleset.candidates.column
    if name is None:
        return PoolCandidates(((),), constant("", len(pool)).codes, ())
    column = columns[name]
    is_id = cache(compiled(ruleset.candidates.id).matches)
    cells = [read_candidates(value, is_id) if value else CandidateCell() for value in column.values]
    problems: dict[tuple[str, str], Mask] = {
        problem: np.array([defect in cell.defects for cell in cells])[column.codes]
        for defect, problem in _PROBLEMS.items()
        if any(defect in cell.defects for cell in cells)
    }
    lists, untyped = [cell.candidates for cell in cells], [cell.untyped for cell in cells]
    ids = {candidate for pairs in lists for candidate, _ in pairs}.union(*untyped)
    unsafe = frozenset(filter(is_invalid_first, ids))
    if unsafe:
        has_unsafe = [
            not unsafe.isdisjoint({*dict(pairs), *others}) for pairs, others in zip(lists, untyped, strict=True)
        ]
        problems[_UNSAFE] = np.array(has_unsafe)[column.codes]
        lists = [tuple(pair for pair in pairs if pair[0] not in unsafe) for pairs in lists]
        untyped = [tuple(candidate for candidate in others if candidate not in unsafe) for others in untyped]
    codes = column.codes
    if any(untyped):
        lists, codes, is_known = _with_types(lists, untyped, column, [columns[key] for key in sorted(grouped_by)])
        rows = np.array(list(map(bool, untyped)))[column.codes]
        problems |= {_TYPE_KNOWN: rows & is_known, _TYPE_UNKNOWN: rows & ~is_known}
    hint = "write [('ID', 'TYPE'), ...]"
    faults = (
        cell_fault(
            pool,
            pool.columns.get(name),
            CellProblem(UNREADABLE_CANDIDATES, name.upper(), problem, effect, hint),
            np.flatnonzero(rows),
        )
        for (problem, effect), rows in problems.items()
        if rows.any()
    )
    return PoolCandidates(tuple(lists), codes, tuple(faults))


def _with_types(
    lists: list[tuple[Candidate, ...]], untyped: list[tuple[str, ...]], column: Column, grouped_by: list[Column]
) -> tuple[list[tuple[Candidate, ...]], CodeArray, Mask]:
    """The lists with types added to ids without one, the list of each row, and the rows whose types are all known."""
    part = combine([key.codes for key in grouped_by]) if grouped_by else np.zeros(len(column.codes), np.int64)
    pairs = np.unique(np.stack([part, column.codes.astype(np.int64)]), axis=1).T.tolist()
    types: dict[tuple[int, str], set[str]] = defaultdict(set)
    for number, code in pairs:
        for candidate, kind in lists[code]:
            types[number, candidate].add(kind)
    lists, codes, is_known = list(lists), column.codes.copy(), np.ones(len(column.codes), np.bool_)
    for number, code in pairs:
        if untyped[code]:
            known_types = {candidate: types[number, candidate] for candidate in untyped[code]}
            typed = {
                (candidate, min(kinds) if len(kinds) == 1 else _UNKNOWN_TYPE)
                for candidate, kinds in known_types.items()
            }
            rows = (part == number) & (column.codes == code)
            codes[rows] = len(lists)
            is_known[rows] = all(len(kinds) == 1 for kinds in known_types.values())
            lists.append(tuple(sorted({*lists[code], *typed})))
    return lists, codes, is_known
