"""From exposures to the rows of a pool: columns from keywords, and columns that several exposures together decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from asnforge.fitsfiles.exposures import Exposure
from asnforge.rules.header_mapping import UNDEFINED_CELL, HeaderMapping, NumberedColumn, RankColumn

Rows = list[dict[str, str]]
"""For each exposure its cells by column name."""


def make_rows(exposures: Sequence[Exposure], mapping: HeaderMapping, file_name: str) -> Rows:
    """The rows of exposures, without candidates.

    Parameters
    ----------
    exposures : sequence of Exposure
        The exposures, sorted by root.
    mapping : HeaderMapping
        What the rule set says about keywords.
    file_name : str
        The column of file names.
    """
    headers = [exposure.header for exposure in exposures]
    columns = {file_name: [mapping.file_name.replace("{root}", exposure.root) for exposure in exposures]}
    columns |= {column.name: column.cells(headers) for column in mapping.columns}
    rows: Rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    for numbered in mapping.numbered:
        _number(rows, exposures, numbered)
    for rank in mapping.ranks:
        _rank(rows, rank)
    return rows


def thing_key(header: Mapping[str, str], column: NumberedColumn) -> tuple[str, ...]:
    """What identifies the thing, such as the target, that an exposure is of; empty if no keyword says it."""
    for keywords in column.keys:
        values = [header.get(keyword, "") for keyword in keywords]
        if all(value and value.casefold() not in column.absent for value in values):
            return (*keywords, *(_rounded(value, column.places) for value in values))
    return ()


def _number(rows: Rows, exposures: Sequence[Exposure], column: NumberedColumn) -> None:
    """Number things from 1 in the order in which they first occur, in each group of rows of its own."""
    numbers: dict[tuple[str, ...], dict[tuple[str, ...], int]] = {}
    for row, exposure in zip(rows, exposures, strict=True):
        key = thing_key(exposure.header, column)
        known = numbers.setdefault(tuple(row.get(name, "") for name in column.within), {})
        row[column.name] = str(known.setdefault(key, len(known) + 1)) if key else UNDEFINED_CELL


def _rank(rows: Rows, column: RankColumn) -> None:
    groups: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for row in rows:
        within, of = _values(row, column.within), _values(row, column.of)
        groups.setdefault(within, set()).add(of)
    ranks = {
        within: {of: str(rank) for rank, of in enumerate(sorted(values, key=_natural), 1)}
        for within, values in groups.items()
    }
    for row in rows:
        row[column.name] = ranks[_values(row, column.within)][_values(row, column.of)]


def _values(row: Mapping[str, str], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(row.get(name, "") for name in names)


def _natural(values: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
    """Sorts numbers of different lengths by value, as their columns have no leading zeros."""
    return tuple((len(value), value) for value in values)


def _rounded(value: str, places: int) -> str:
    try:
        return f"{float(value):.{places}f}"
    except ValueError:
        return value
