"""Find the rows that have some values in several columns, in time that depends on the number of rows found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

import numpy as np

from asnforge.columns import Column
from asnforge.grouping.arrays import IndexArray, offsets, sorted_order


class RowsByValue:
    """The rows of a column by value, ignoring case."""

    def __init__(self, column: Column) -> None:
        self._codes = column.codes
        self._order = sorted_order(column.codes)
        self._starts = offsets(column.codes, len(column.values))
        self._codes_of: dict[str, list[int]] = defaultdict(list)
        for code, value in enumerate(column.values):
            self._codes_of[value.casefold()].append(code)

    def codes_of(self, values: Collection[str]) -> list[int]:
        """The codes of some case-folded values; the empty string is an undefined value."""
        return [code for value in values for code in self._codes_of.get(value, ())]

    def count(self, codes: Sequence[int]) -> int:
        """The number of rows with one of several codes."""
        return int(sum(self._starts[code + 1] - self._starts[code] for code in codes))

    def rows(self, codes: Sequence[int]) -> IndexArray:
        """The rows with one of several codes, in order."""
        parts = [self._order[self._starts[code] : self._starts[code + 1]] for code in codes]
        return np.sort(np.concatenate([np.empty(0, np.int64), *parts]))

    def has(self, rows: IndexArray, codes: Sequence[int]) -> IndexArray:
        """Those of some rows that have one of several codes."""
        kept: IndexArray = rows[np.isin(self._codes[rows], codes)]
        return kept


def rows_in_all(parts: Sequence[tuple[RowsByValue, Sequence[int]]], count: int) -> IndexArray:
    """Of `count` rows those that have in each column one of some codes, in order; only the rarest codes are searched."""
    if not parts:
        return np.arange(count)
    rarest, codes = min(parts, key=lambda part: part[0].count(part[1]))
    rows = rarest.rows(codes)
    for column, accepted in parts:
        if column is not rarest:
            rows = column.has(rows, accepted)
    return rows
