"""A pool's exposures as rules see them: canonical columns, candidates, and which rows can be used at all."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from asnforge.columns import CodeArray, Column, Mask, from_text
from asnforge.findings import Finding, quoted
from asnforge.grouping import codes
from asnforge.grouping.candidates import Candidate
from asnforge.grouping.missing_columns import columns_of_every_rule, missing_columns, require_columns
from asnforge.grouping.named_candidates import named_candidates
from asnforge.grouping.pool_columns import declared_columns
from asnforge.grouping.pool_faults import CellFault, CellProblem, PoolFaults, cell_fault
from asnforge.pool.model import Pool, TextColumn
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import is_unsafe_path_part

_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True, eq=False)
class PreparedPool:
    """What grouping needs of a pool.

    Attributes
    ----------
    pool : Pool
        The pool, with its columns under the names that the rule set declares, and file names without directories.
    columns : mapping of str to Column
        The columns that the rule set reads, without letter case.
    usable : ndarray of bool, shape (rows,)
        The rows whose file name can be used.
    candidates : tuple of tuple of (id, type)
        The distinct lists of candidates.
    candidate_codes : ndarray of int32, shape (rows,)
        For each row the index of its list of candidates.
    faults : PoolFaults
        Columns that are missing, cells that cannot be used or read.
    findings : tuple of Finding
        A warning for each exposure that is listed twice.
    """

    pool: Pool
    columns: dict[str, Column]
    usable: Mask
    candidates: tuple[tuple[Candidate, ...], ...]
    candidate_codes: CodeArray
    faults: PoolFaults
    findings: tuple[Finding, ...]

    def __len__(self) -> int:
        return len(self.pool)

    def fault(self, row: int, file_name: str, *, with_value: bool) -> str:
        """What is wrong with a row that is not usable; `file_name` is the column of file names."""
        problem = _file_name_problem(self.columns[file_name][row]).format(**{"is": "is"})
        spelled = self.pool.columns[file_name][row] if with_value else ""
        return f"{file_name.upper()} {quoted(spelled)} {problem}" if spelled else f"{file_name.upper()} {problem}"


def prepare_pool(pool: Pool, ruleset: Ruleset) -> PreparedPool:
    """The exposures of a pool, for a rule set.

    Raises
    ------
    InputError
        The pool does not have the column of file names, or one that every rule needs.
    """
    given, pool = pool, declared_columns(pool, ruleset)
    require_columns(pool, ruleset)
    rows = len(pool)
    columns = {
        name: from_text(pool.columns.get(name), rows, ruleset.undefined) for name in sorted(ruleset.columns_needed())
    }
    file_name = ruleset.members.file_name
    usable = np.ones(rows, np.bool_)
    cells = list(_unusable_file_names(columns[file_name], file_name, pool, usable))
    named = named_candidates(pool, columns, ruleset, columns_of_every_rule(ruleset))
    line = pool.header_line or None
    faults = PoolFaults((*cells, *named.faults), missing_columns(pool, ruleset), unit=pool.unit, header_line=line)
    findings = tuple(_twice(columns[file_name], given.columns[_name_in(given, file_name, ruleset)], given, usable))
    return PreparedPool(pool, columns, usable, named.lists, named.codes, faults, findings)


def _name_in(pool: Pool, column: str, ruleset: Ruleset) -> str:
    return ruleset.find_column(column, pool.columns) or column


def _unusable_file_names(column: Column, name: str, pool: Pool, usable: Mask) -> Iterator[CellFault]:
    """The file names that cannot be used; their rows are no longer usable. Most pools have none, so that is checked first."""
    together = "".join(column.values)
    is_usual = (
        together.isascii() and not is_unsafe_path_part(together) and max(map(len, column.values)) <= _LONGEST_NAME
    )
    suspects = {"", ".", ".."}.intersection(column.values) if is_usual else column.values
    problems = {value: problem for value in suspects if (problem := _file_name_problem(value))}
    for problem in sorted(set(problems.values())):
        places = [bisect_left(column.values, value) for value, each in problems.items() if each == problem]
        rows = np.flatnonzero(np.isin(column.codes, places))
        if len(rows):
            usable[rows] = False
            effect = "so {exposures} cannot be in any association"
            spelled = pool.columns[name] if problem != "is empty" else None
            yield cell_fault(pool, spelled, CellProblem(codes.FAULTY_EXPOSURE, name.upper(), problem, effect), rows)


def _file_name_problem(value: str) -> str:
    if not value:
        return "is empty"
    if "/" in value or "\\" in value or value in (".", ".."):
        return "{is} a directory, not a file name"
    if not value.isprintable():
        return "cannot be a file name, with a control character in it"
    return "{is} too long for a file name" if len(value.encode()) > _LONGEST_NAME else ""


def _twice(column: Column, spelled: TextColumn, pool: Pool, usable: Mask) -> Iterator[Finding]:
    """A warning for each row whose file an earlier row has, perhaps in another directory."""
    rows = np.flatnonzero(usable)
    names = column.codes[rows]
    order = np.lexsort((pool.lines[rows], names))
    rows, names = rows[order], names[order]
    title = spelled.name.upper()
    for place in np.flatnonzero(names[1:] == names[:-1]).tolist():
        row, first = int(rows[place + 1]), int(rows[np.searchsorted(names, names[place])])
        is_same = spelled[row].casefold() == spelled[first].casefold()
        already = "is on {unit} {first} already" if is_same else "has the same file name as {other} on {unit} {first}"
        yield codes.LISTED_TWICE.finding(
            f"{{column}} {{value}} {already}: it counts once in a group",
            pool.location(row),
            severity="warning",
            column=title,
            value=spelled[row],
            unit=pool.unit,
            first=int(pool.lines[first]),
            other=spelled[first],
        )
