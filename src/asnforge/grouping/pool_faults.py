"""What is wrong with a pool's cells and columns, as facts that are merged where a pool is read in parts.

Cells of a column with the same fault are one finding, with their count, the first lines and the first distinct values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from asnforge.columns import Column
from asnforge.findings import Finding, FindingCode, pluralize, quoted
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.numbers import SpelledNumbers, merge_numbers
from asnforge.pool.model import Pool, TextColumn

_VALUES, _ROWS, _RULES = 3, 5, 3
"""How many values, rows and rules a finding names."""


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A way in which cells of one column are wrong.

    Attributes
    ----------
    code : FindingCode
        The finding's code.
    column : str
        The column as findings name it.
    problem : str
        What is wrong, after the column and the values; ``{is}`` and ``{has}`` agree with their number.
    effect : str
        What it means for the exposures; ``{rules}`` is replaced by the rules concerned, ``{exposures}`` by how many there are.
    hint : str
        What would be right.
    """

    code: FindingCode
    column: str
    problem: str
    effect: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class CellFault:
    """Cells of one column with the same problem.

    Attributes
    ----------
    problem : CellProblem
        What is wrong with them.
    rows : int
        How many rows have it.
    first : tuple of int
        The first few of them, by line or row number.
    values : mapping of str to int
        The distinct values, as the pool spells them, each with the first line or row number.
    rules : frozenset of str
        The rules that are concerned, where the effect names them.
    """

    problem: CellProblem
    rows: int
    first: tuple[int, ...]
    values: Mapping[str, int]
    rules: frozenset[str] = frozenset()

    def finding(self, file: str, unit: str) -> Finding:
        """The fault as a finding; `unit` is ``line`` or ``row``."""
        shown = [value for value, _ in sorted(self.values.items(), key=lambda item: (item[1], item[0])) if value]
        values = _listed([quoted(value) for value in shown[:_VALUES]], len(shown), "other value")
        plural = len(shown) > 1
        problem = self.problem.problem.format(**{"is": "are" if plural else "is", "has": "have" if plural else "has"})
        where = ""
        if self.rows > 1:
            where = f" in {self.rows} rows ({unit}s {_listed(list(map(str, self.first)), self.rows, 'more')})"
        rules = sorted(self.rules)
        effect = self.problem.effect.format(
            rules=_listed(rules[:_RULES], len(rules), "more rule") or "no rule",
            exposures="the exposure" if self.rows == 1 else "these exposures",
            leave="leaves" if len(rules) == 1 else "leave",
        )
        subject = f"{self.problem.column} {values}" if values else self.problem.column
        return Finding(
            self.problem.code.code,
            f"{subject} {problem}{where}, {effect}",
            file,
            hint=self.problem.hint,
            severity="warning",
            line=self.first[0] if unit == "line" else None,
            row=self.first[0] if unit == "row" else None,
        )


@dataclass(frozen=True, slots=True)
class PoolFaults:
    """What is wrong with a pool's cells and columns.

    Attributes
    ----------
    cells : tuple of CellFault
        Cells that are wrong.
    columns : tuple of Finding
        Columns that are missing; the same in all parts of a pool.
    numbers : tuple of SpelledNumbers
        Numbers whose different spellings keep exposures apart.
    unit : str
        What rows are counted by: ``line`` or ``row``.
    header_line : int or None
        The header's line.
    """

    cells: tuple[CellFault, ...] = ()
    columns: tuple[Finding, ...] = ()
    numbers: tuple[SpelledNumbers, ...] = ()
    unit: str = "line"
    header_line: int | None = None

    def findings(self, file: str) -> tuple[Finding, ...]:
        """The faults as findings, with the pool's name as the user gave it."""
        columns = (replace(finding, file=file) for finding in self.columns)
        numbers = (column.finding(file, self.header_line) for column in self.numbers)
        cells = (fault.finding(file, self.unit) for fault in self.cells)
        return (*columns, *numbers, *cells)


def merge_faults(parts: Iterable[PoolFaults]) -> PoolFaults:
    """The faults of a whole pool, from those of its parts."""
    parts = list(parts)
    if not parts:
        return PoolFaults()
    cells: dict[CellProblem, list[CellFault]] = defaultdict(list)
    for part in parts:
        for fault in part.cells:
            cells[fault.problem].append(fault)
    return replace(
        parts[0],
        cells=tuple(map(_merged, cells.values())),
        columns=tuple(dict.fromkeys(finding for part in parts for finding in part.columns)),
        numbers=merge_numbers(column for part in parts for column in part.numbers),
    )


def cell_fault(
    pool: Pool, column: TextColumn | Column | None, problem: CellProblem, rows: IndexArray, rules: Iterable[str] = ()
) -> CellFault:
    """The cells of a column that have a problem.

    Parameters
    ----------
    pool : Pool
        The pool, for the lines.
    column : TextColumn, Column or None
        The column with its values; None where the pool does not have it.
    problem : CellProblem
        What is wrong.
    rows : ndarray of int64, shape (rows,)
        The rows that have the problem, at least one.
    rules : iterable of str
        The rules that are concerned.
    """
    rows = rows[np.argsort(pool.lines[rows], kind="stable")]
    lines: list[int] = pool.lines[rows].tolist()
    values: dict[str, int] = {}
    if column is not None:
        used, first = np.unique(column.codes[rows], return_index=True)
        values = {column.values[code]: lines[place] for code, place in zip(used.tolist(), first.tolist(), strict=True)}
    return CellFault(problem, len(rows), tuple(lines[:_ROWS]), values, frozenset(rules))


def _merged(faults: list[CellFault]) -> CellFault:
    values: dict[str, int] = {}
    for fault in faults:
        for value, line in fault.values.items():
            values[value] = min(line, values.get(value, line))
    return CellFault(
        problem=faults[0].problem,
        rows=sum(fault.rows for fault in faults),
        first=tuple(sorted(line for fault in faults for line in fault.first)[:_ROWS]),
        values=values,
        rules=frozenset[str]().union(*(fault.rules for fault in faults)),
    )


def _listed(shown: list[str], total: int, noun: str) -> str:
    """The first of some words: ``a``, ``a and b``, ``a, b, c and 2 other values``."""
    more = total - len(shown)
    if more:
        shown = [*shown, f"{more} more" if noun == "more" else pluralize(more, noun)]
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))
