"""A pool's exposures as rules read them: declared columns, folded values, candidates, and which rows can be used at all."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from asnforge.columns import CodeArray, Column, Mask
from asnforge.findings import Finding, FindingCode, quoted
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.candidate_cells import Candidate
from asnforge.grouping.candidates import pool_candidates
from asnforge.grouping.missing_columns import columns_of_every_rule, missing_columns, require_columns
from asnforge.grouping.pool_faults import FAULTY_EXPOSURE, CellFault, CellProblem, PoolFaults, cell_fault
from asnforge.grouping.typed_columns import dates_alone, typed_column
from asnforge.pool.model import Pool, TextColumn
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import is_unsafe_path_part

LISTED_TWICE = FindingCode(
    "G103",
    "an exposure is listed twice",
    "Two rows have the same file name, perhaps in different directories. Both are used, as they may name different candidates, "
    "but a file is a member of a group only once.",
    wrong="FILE|PROPOSAL|CAMERA\na_raw.fits|7|red\na_raw.fits|7|red",
    right="FILE|PROPOSAL|CAMERA\na_raw.fits|7|red",
)

_LONGEST_FILE_NAME = 255
"""The most bytes of a file name."""


@dataclass(frozen=True, slots=True, eq=False)
class PreparedPool:
    """A pool as grouping needs it.

    Attributes
    ----------
    pool : Pool
        The pool, with its columns under the names that the rule set declares, and file names without directories.
    columns : mapping of str to Column
        The columns that the rule set reads, case-folded.
    usable : ndarray of bool, shape (rows,)
        The rows whose file name can be used.
    candidates : tuple of tuple of (id, type)
        The distinct lists of candidates.
    candidate_codes : ndarray of int32, shape (rows,)
        For each row the index of its list of candidates.
    faults : PoolFaults
        Missing columns, and cells that cannot be used or read.
    findings : tuple of Finding
        A warning for each exposure that is listed twice.
    products : tuple of str
        For each of the last rows, which are products and no exposures of the pool, the rule that makes it.
    product_groups : ndarray of int64, shape (products,)
        The group of each product, an index into the groups of its rule.
    product_values : mapping of str to Column
        The values of the products in derived columns, spelled.
    """

    pool: Pool
    columns: dict[str, Column]
    usable: Mask
    candidates: tuple[tuple[Candidate, ...], ...]
    candidate_codes: CodeArray
    faults: PoolFaults
    findings: tuple[Finding, ...]
    products: tuple[str, ...] = ()
    product_groups: IndexArray = field(default_factory=lambda: np.empty(0, np.int64))
    product_values: Mapping[str, Column] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.pool)

    @property
    def exposures(self) -> int:
        """The number of rows that are exposures of the pool; products follow them."""
        return len(self.pool) - len(self.products)

    def is_about(self, product_of: str | None, row: int) -> bool:
        """Whether a row is an exposure of the pool (None), or a product of a rule."""
        return product_of == (None if row < self.exposures else self.products[row - self.exposures])

    def rows_of(self, product_of: str | None) -> Mask:
        """The exposures that a rule can use: those of the pool, or the products of a rule."""
        if not self.products:
            return self.usable.copy() if product_of is None else np.zeros(len(self), np.bool_)
        rows = np.zeros(len(self), np.bool_)
        if product_of is None:
            rows[: self.exposures] = self.usable[: self.exposures]
        else:
            rows[self.exposures :] = [rule == product_of for rule in self.products]
        return rows

    def candidate_ranks(self) -> IndexArray:
        """For each row a number in the order of the highest id of any candidate that it names, shape (rows,)."""
        highest = [max((candidate for candidate, _ in listed), default="") for listed in self.candidates]
        rank = {candidate: number for number, candidate in enumerate(sorted(set(highest)))}
        return np.array([rank[candidate] for candidate in highest], np.int64)[self.candidate_codes]

    def fault(self, row: int, file_name: str, *, with_value: bool) -> str:
        """Why a row cannot be used; `file_name` is the column of file names."""
        problem = _file_name_problem(self.columns[file_name][row]).format_map({"is": "is", "has": "has"})
        value = self.pool.columns[file_name][row] if with_value else ""
        return f"{file_name.upper()} {quoted(value)} {problem}" if value else f"{file_name.upper()} {problem}"


def prepare_pool(pool: Pool, ruleset: Ruleset) -> PreparedPool:
    """Prepare the exposures of a pool for the rules of a rule set; errors as for `require_columns`."""
    declared = _declared_columns(pool, ruleset)
    require_columns(declared, ruleset)
    rows = len(pool)
    columns: dict[str, Column] = {}
    cells: list[CellFault] = []
    for name in sorted(ruleset.columns_needed()):
        columns[name], unreadable = typed_column(name, ruleset.type_of(name), declared, ruleset.undefined)
        cells += [unreadable] if unreadable is not None else []
    cells += dates_alone(declared, ruleset)
    file_name = ruleset.members.file_name
    usable = np.ones(rows, np.bool_)
    cells += _unusable_file_names(columns[file_name], file_name, declared, usable)
    candidates = pool_candidates(declared, columns, ruleset, columns_of_every_rule(ruleset))
    faults = PoolFaults(
        cells=(*cells, *candidates.faults),
        columns=missing_columns(declared, ruleset),
        unit=pool.unit,
        header_line=pool.header_line or None,
    )
    original = pool.columns[ruleset.find_column(file_name, pool.columns) or file_name]
    findings = tuple(_listed_twice(columns[file_name], original, pool, usable))
    return PreparedPool(declared, columns, usable, candidates.lists, candidates.codes, faults, findings)


def base_name(path: str) -> str:
    r"""A file name without its directory, which ends with ``/`` or ``\``; the path itself if no name follows."""
    name = path.replace("\\", "/").rpartition("/")[2].strip()
    return path if name in ("", ".", "..") else name


def _declared_columns(pool: Pool, ruleset: Ruleset) -> Pool:
    """The pool with its columns under the names that the rule set declares, and file names without directories."""
    columns = dict(pool.columns)
    for name in ruleset.other_names:
        if (available := ruleset.find_column(name, columns)) is not None:
            columns[name] = columns[available]
    file_name = ruleset.members.file_name
    if file_name in columns:
        columns[file_name] = _without_directories(columns[file_name])
    return replace(pool, columns=columns)


def _without_directories(column: TextColumn) -> TextColumn:
    together = "".join(column.values)
    if "/" not in together and "\\" not in together:
        return column
    names = list(map(base_name, column.values))
    values = tuple(sorted(set(names)))
    index_of = {value: index for index, value in enumerate(values)}
    codes = np.fromiter((index_of[name] for name in names), np.int32, len(names))[column.codes]
    return TextColumn(column.name, codes, values)


def _unusable_file_names(column: Column, name: str, pool: Pool, usable: Mask) -> Iterator[CellFault]:
    """Mark in `usable` the rows whose file name cannot be used. Most pools have no such row, so that is checked first."""
    together = "".join(column.values)
    is_usual = (
        together.isascii() and not is_unsafe_path_part(together) and max(map(len, column.values)) <= _LONGEST_FILE_NAME
    )
    suspects = {"", ".", ".."}.intersection(column.values) if is_usual else column.values
    problems = {value: problem for value in suspects if (problem := _file_name_problem(value))}
    for problem in sorted(set(problems.values())):
        codes = [bisect_left(column.values, value) for value, reason in problems.items() if reason == problem]
        rows = np.flatnonzero(np.isin(column.codes, codes))
        if len(rows):
            usable[rows] = False
            effect = "so {exposures} cannot be in any association"
            values = pool.columns[name] if problem != "is empty" else None
            yield cell_fault(pool, values, CellProblem(FAULTY_EXPOSURE, name.upper(), problem, effect), rows)


def _file_name_problem(value: str) -> str:
    if not value:
        return "is empty"
    if "/" in value or "\\" in value or value in (".", ".."):
        return "{is} a directory, not a file name"
    if not value.isprintable():
        return "{has} a control character"
    return "{is} too long for a file name" if len(value.encode()) > _LONGEST_FILE_NAME else ""


def _listed_twice(column: Column, original: TextColumn, pool: Pool, usable: Mask) -> Iterator[Finding]:
    """A warning for each row with the file of an earlier row, perhaps in another directory; `original` has the directories."""
    rows = np.flatnonzero(usable)
    names = column.codes[rows]
    order = np.lexsort((pool.lines[rows], names))
    rows, names = rows[order], names[order]
    for index in np.flatnonzero(names[1:] == names[:-1]).tolist():
        row, first = int(rows[index + 1]), int(rows[np.searchsorted(names, names[index])])
        is_same = original[row].casefold() == original[first].casefold()
        already = "is already on {unit} {first}" if is_same else "has the same file name as {other} on {unit} {first}"
        yield LISTED_TWICE.finding(
            f"{{column}} {{value}} {already}: the file is a member of a group only once",
            pool.location(row),
            severity="warning",
            column=original.name.upper(),
            value=original[row],
            unit=pool.unit,
            first=int(pool.lines[first]),
            other=original[first],
        )
