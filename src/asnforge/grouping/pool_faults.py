"""Problems of a pool's cells and columns as values, which are merged if a pool is read in parts.

Cells of a column with the same problem are one finding, with their count, the first lines and the first distinct values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from asnforge.columns import Column
from asnforge.findings import Finding, FindingCode, SourceLocation
from asnforge.grouping.arrays import IndexArray
from asnforge.pool.model import Pool, TextColumn

FAULTY_EXPOSURE = FindingCode(
    "G102",
    "an exposure cannot be used",
    "A file name is empty, is only a directory, has control characters or is too long: its row cannot be in any association. "
    "Or a value cannot be part of a name: then the rules named in the message reject the exposure, and all others can use "
    "it. A value in the name of an association's file can have ASCII letters, digits, '.', '_', '+' and '-'; the name begins "
    "with a letter or digit. A value in the name of a product can have all characters but '/', '\\' and control characters. "
    "Both have at most 80 characters. Change the value, or replace its characters in the rule set: `replace` of a name part.",
    wrong="FILE|PROPOSAL|CAMERA\na_raw.fits|7/x|red",
    right="FILE|PROPOSAL|CAMERA\na_raw.fits|7|red",
)
SPELLED_DIFFERENTLY = FindingCode(
    "G118",
    "equal numbers are spelled differently",
    "The column has no type, so its values are compared as strings: 300, 300.0 and 3.0E2 are three values, and exposures with "
    "them are in three groups. Give the column the type number in the rule set, or the type text if it has identifiers, such "
    "as 007, and not numbers.",
    wrong="FILE|PROPOSAL|CAMERA|FIELD\na_raw.fits|7|red|300\nb_raw.fits|7|red|300.0",
    right="FILE|PROPOSAL|CAMERA|FIELD\na_raw.fits|7|red|300\nb_raw.fits|7|red|300",
)

_VALUES, _ROWS, _RULES, _NUMBERS = 3, 5, 3, 3
"""The most values, rows, rules and numbers that a finding names."""

Spellings = tuple[str, ...]
"""Values that are the same number, sorted."""


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A problem of cells of one column, as findings name it.

    `problem` follows the column and the values; its ``{is}`` and ``{has}`` agree with their number. `effect` is the
    consequence: ``{rules}`` are the rules concerned, ``{reject}`` agrees with their number, and ``{exposures}`` is
    "the exposure" or "these exposures".
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
    rows : int
        The number of rows with the problem.
    first : tuple of int
        The line or row numbers of the first few.
    values : mapping of str to int
        The distinct values, as the pool spells them, each with its first line or row number.
    rules : frozenset of str
        The rules concerned, if the effect names them.
    files : tuple of str
        The files of the first few, if the pool is made from files; they are named instead of rows.
    """

    problem: CellProblem
    rows: int
    first: tuple[int, ...]
    values: Mapping[str, int]
    rules: frozenset[str] = frozenset()
    files: tuple[str, ...] = ()

    def finding(self, file: str, unit: str) -> Finding:
        """The fault as a finding; `unit` is ``line`` or ``row``."""
        values = [value for value, _ in sorted(self.values.items(), key=lambda item: (item[1], item[0])) if value]
        rules = sorted(self.rules)
        problem = self.problem.problem.format_map(
            {"is": "are", "has": "have"} if len(values) > 1 else {"is": "is", "has": "has"}
        )
        effect = self.problem.effect.format(
            rules=_listed("{{rules[{}]}}", len(rules), _RULES, "{more_rules:more rule}") or "no rule",
            exposures="the exposure" if self.rows == 1 else "these exposures",
            reject="rejects" if len(rules) == 1 else "reject",
        )
        subject = "{column}" + " " * bool(values)
        subject += _listed("{{values[{}]:quoted}}", len(values), _VALUES, "{more_values:other value}")
        shown = _listed("{{files[{}]}}" if self.files else "{{lines[{}]}}", self.rows, _ROWS, "{more_rows} more")
        where = f"files ({shown})" if self.files else f"rows ({unit}s {shown})"
        rows = f" in {{rows}} {where}" if self.rows > 1 else ""
        line, row = (self.first[0], None) if unit == "line" else (None, self.first[0])
        return self.problem.code.finding(
            f"{subject} {problem}{rows}, {effect}",
            SourceLocation(self.files[0]) if self.files else SourceLocation(file, line, row=row),
            hint=self.problem.hint,
            severity="warning",
            column=self.problem.column,
            values=tuple(values[:_VALUES]),
            more_values=max(len(values) - _VALUES, 0),
            rows=self.rows,
            lines=self.first,
            files=tuple(Path(path).name for path in self.files),
            more_rows=max(self.rows - _ROWS, 0),
            rules=tuple(rules[:_RULES]),
            more_rules=max(len(rules) - _RULES, 0),
        )


@dataclass(frozen=True, slots=True)
class NumberSpellings:
    """The numbers of a column whose different spellings, in lower case, keep exposures apart."""

    column: str
    spellings: frozenset[Spellings]

    def finding(self, file: str, line: int | None) -> Finding:
        """The problem as a warning."""
        numbers = sorted(self.spellings)
        examples = "; ".join(
            " and ".join(f"{{numbers[{index}][{spelling}]:quoted}}" for spelling in range(min(len(texts), _VALUES)))
            for index, texts in enumerate(numbers[:_NUMBERS])
        )
        return SPELLED_DIFFERENTLY.finding(
            f"{{column}} spells {{count:number}} in several ways ({examples}), so exposures that differ only in this are "
            "treated differently",
            SourceLocation(file, line),
            hint="write type: number for it in the rule set, or type: text if these are different",
            severity="warning",
            column=self.column,
            count=len(numbers),
            numbers=tuple(numbers[:_NUMBERS]),
        )


@dataclass(frozen=True, slots=True)
class PoolFaults:
    """The problems of a pool's cells and columns; `unit` is how rows are counted, ``line`` or ``row``."""

    cells: tuple[CellFault, ...] = ()
    columns: tuple[Finding, ...] = ()
    numbers: tuple[NumberSpellings, ...] = ()
    unit: str = "line"
    header_line: int | None = None

    def findings(self, file: str) -> tuple[Finding, ...]:
        """The problems as findings, with the pool's name as the user gave it."""
        columns = (replace(finding, file=file) for finding in self.columns)
        numbers = (column.finding(file, self.header_line) for column in self.numbers)
        cells = (fault.finding(file, self.unit) for fault in self.cells)
        return (*columns, *numbers, *cells)


def merge_faults(parts: Iterable[PoolFaults]) -> PoolFaults:
    """The problems of a whole pool, from those of its parts."""
    parts = list(parts)
    if not parts:
        return PoolFaults()
    cells: dict[CellProblem, list[CellFault]] = defaultdict(list)
    numbers: dict[str, set[Spellings]] = defaultdict(set)
    for part in parts:
        for fault in part.cells:
            cells[fault.problem].append(fault)
        for column in part.numbers:
            numbers[column.column] |= column.spellings
    return replace(
        parts[0],
        cells=tuple(map(_merged, cells.values())),
        columns=tuple(dict.fromkeys(finding for part in parts for finding in part.columns)),
        numbers=tuple(NumberSpellings(column, frozenset(several)) for column, several in sorted(numbers.items())),
    )


def cell_fault(
    pool: Pool, column: TextColumn | Column | None, problem: CellProblem, rows: IndexArray, rules: Iterable[str] = ()
) -> CellFault:
    """The cells of a column that have a problem, in one or more rows; `column` is None if the pool does not have it."""
    rows = rows[np.argsort(pool.lines[rows], kind="stable")]
    lines: list[int] = pool.lines[rows].tolist()
    values: dict[str, int] = {}
    if column is not None:
        codes, first = np.unique(column.codes[rows], return_index=True)
        values = {column.values[code]: lines[index] for code, index in zip(codes.tolist(), first.tolist(), strict=True)}
    shown = tuple(lines[:_ROWS])
    return CellFault(problem, len(rows), shown, values, frozenset(rules), pool.files_of(shown))


def _merged(faults: Sequence[CellFault]) -> CellFault:
    values: dict[str, int] = {}
    for fault in faults:
        for value, line in fault.values.items():
            values[value] = min(line, values.get(value, line))
    files = {line: file for fault in faults for line, file in zip(fault.first, fault.files, strict=False)}
    first = tuple(sorted(line for fault in faults for line in fault.first)[:_ROWS])
    return CellFault(
        problem=faults[0].problem,
        rows=sum(fault.rows for fault in faults),
        first=first,
        values=values,
        rules=frozenset[str]().union(*(fault.rules for fault in faults)),
        files=tuple(files[line] for line in first if files),
    )


def _listed(item: str, total: int, shown: int, more: str) -> str:
    """The first of some facts in a message: ``a``, ``a and b``, ``a, b, c and 2 other values``."""
    items = [item.format(index) for index in range(min(total, shown))] + [more] * (total > shown)
    return " and ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))
