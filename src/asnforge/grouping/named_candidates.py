"""The candidates of all exposures of a pool: what the column lists, and what of it could not be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from asnforge.columns import CodeArray, Column, Mask, constant
from asnforge.grouping import candidates, codes
from asnforge.grouping.arrays import combine
from asnforge.grouping.candidates import UNKNOWN_TYPE, Candidate, CandidateCell
from asnforge.grouping.name_values import file_name_fault
from asnforge.grouping.pool_faults import CellFault, CellProblem, cell_fault
from asnforge.pool.model import Pool
from asnforge.rules.regex import compiled
from asnforge.rules.ruleset import Ruleset

_HINT = "write [('ID', 'TYPE'), ...]"
_PROBLEMS = {
    candidates.CellProblem.UNREADABLE: (
        "cannot be read as a list of candidates",
        "so {exposures} can only be in associations over the whole pool",
    ),
    candidates.CellProblem.CUT_OFF: ("{is} cut off", "so only the candidates before the cut are read"),
    candidates.CellProblem.NOT_AN_ID: (
        "{has} a candidate whose id is not valid in this rule set",
        "so this candidate is ignored",
    ),
}
_UNSAFE = ("{has} a candidate whose id cannot be part of a file name", "so this candidate is ignored")
_TYPE_FOUND = ("{has} a candidate without a type", "so it has the type that other exposures give it")
_TYPE_UNKNOWN = ("{has} a candidate without a type", f"so its type is {UNKNOWN_TYPE!r}")


@dataclass(frozen=True, slots=True, eq=False)
class NamedCandidates:
    """The candidates that a pool's exposures name.

    Attributes
    ----------
    lists : tuple of tuple of (id, type)
        The distinct lists of candidates.
    codes : ndarray of int32, shape (rows,)
        For each exposure the index of its list.
    faults : tuple of CellFault
        The cells that could not be read in full. Such a cell costs candidates, never the exposure.
    """

    lists: tuple[tuple[Candidate, ...], ...]
    codes: CodeArray
    faults: tuple[CellFault, ...]


def named_candidates(
    pool: Pool, columns: Mapping[str, Column], ruleset: Ruleset, together: Collection[str]
) -> NamedCandidates:
    """The candidates of a pool's exposures.

    Parameters
    ----------
    pool : Pool
        The pool, for findings.
    columns : mapping of str to Column
        Its columns as rules read them.
    ruleset : Ruleset
        The rules, for the candidates' column and what an id is.
    together : collection of str
        The columns that every rule groups by. A candidate without a type has the one that exposures with the same values
        give it: others are never in one group with it.
    """
    name = ruleset.candidates.column
    if name is None:
        return NamedCandidates(((),), constant("", len(pool)).codes, ())
    column = columns[name]
    is_id = cache(compiled(ruleset.candidates.id).matches)
    cells = [candidates.read_candidates(value, is_id) if value else CandidateCell() for value in column.values]
    problems: dict[tuple[str, str], Mask] = {}

    def add(problem: tuple[str, str], concerned: list[bool]) -> None:
        if any(concerned):
            problems[problem] = np.array(concerned)[column.codes]

    for kind, problem in _PROBLEMS.items():
        add(problem, [kind in cell.problems for cell in cells])
    add(_UNSAFE, [any(map(file_name_fault, _ids(cell))) for cell in cells])
    lists = [tuple(pair for pair in cell.candidates if not file_name_fault(pair[0])) for cell in cells]
    untyped = [tuple(each for each in cell.untyped if not file_name_fault(each)) for cell in cells]
    found = column.codes
    if any(untyped):
        lists, found, is_known = _with_types(lists, untyped, column, [columns[each] for each in sorted(together)])
        rows = np.array([bool(ids) for ids in untyped])[column.codes]
        problems |= {_TYPE_FOUND: rows & is_known, _TYPE_UNKNOWN: rows & ~is_known}
    shown = name.upper()
    faults = (
        cell_fault(
            pool,
            pool.columns.get(name),
            CellProblem(codes.UNREADABLE_CANDIDATES, shown, *problem, hint=_HINT),
            np.flatnonzero(rows),
        )
        for problem, rows in problems.items()
        if rows.any()
    )
    return NamedCandidates(tuple(lists), found, tuple(faults))


def _ids(cell: CandidateCell) -> tuple[str, ...]:
    return (*(candidate for candidate, _ in cell.candidates), *cell.untyped)


def _with_types(
    lists: list[tuple[Candidate, ...]], untyped: list[tuple[str, ...]], column: Column, together: list[Column]
) -> tuple[list[tuple[Candidate, ...]], CodeArray, Mask]:
    """The lists with types for ids without one, the list of each row, and the rows whose types were all found."""
    part = combine([each.codes for each in together]) if together else np.zeros(len(column.codes), np.int64)
    pairs = np.unique(np.stack([part, column.codes.astype(np.int64)]), axis=1)
    types: dict[tuple[int, str], set[str]] = defaultdict(set)
    for of_part, code in pairs.T.tolist():
        for candidate, kind in lists[code]:
            types[of_part, candidate].add(kind)
    lists, found, is_known = list(lists), column.codes.copy(), np.ones(len(column.codes), np.bool_)
    for of_part, code in pairs.T.tolist():
        if untyped[code]:
            given = {candidate: types[of_part, candidate] for candidate in untyped[code]}
            typed = {(each, min(kinds) if len(kinds) == 1 else UNKNOWN_TYPE) for each, kinds in given.items()}
            rows = (part == of_part) & (column.codes == code)
            found[rows] = len(lists)
            is_known[rows] = all(len(kinds) == 1 for kinds in given.values())
            lists.append(tuple(sorted({*lists[code], *typed})))
    return lists, found, is_known
