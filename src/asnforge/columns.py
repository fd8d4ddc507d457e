"""Case-folded categorical columns: integer codes into sorted categories; code 0 is undefined.

docs/grouping.md#values explains the rules. Every value is a string. A value is undefined if the rule set lists it as
undefined, or if the pool does not have its column.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from asnforge.pool.model import TextColumn

CodeArray = NDArray[np.int32]
Mask = NDArray[np.bool_]

UNDEFINED = 0
"""The code of an undefined value, in every column."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A case-folded column: values that differ only in case are the same.

    Attributes
    ----------
    codes : ndarray of int32, shape (rows,)
        For each row the index of its value in `values`; 0 if it is undefined.
    values : tuple of str
        The distinct values, case-folded and sorted, after the empty string, which is undefined. Codes have the order of the
        values, so that results sorted by codes do not depend on the order of rows.
    text : TextColumn or None
        The column of the pool, with its spelling; None for a derived column.
    """

    codes: CodeArray
    values: tuple[str, ...]
    text: TextColumn | None = None

    def mask(self, accept: Callable[[str], bool]) -> Mask:
        """The rows whose value is defined and accepted; `accept` is called once for each distinct value."""
        accepted = np.fromiter((bool(value) and accept(value) for value in self.values), np.bool_, len(self.values))
        mask: Mask = accepted[self.codes]
        return mask

    def defined(self) -> Mask:
        """The rows whose value is defined."""
        mask: Mask = self.codes != UNDEFINED
        return mask

    def __getitem__(self, row: int) -> str:
        """The value of a row; the empty string if it is undefined."""
        return self.values[int(self.codes[row])]


def from_text(column: TextColumn | None, rows: int, undefined: Collection[str]) -> Column:
    """Case-fold a column of a pool; `column` is None if the pool does not have it.

    `undefined` has case-folded values; the empty string is always undefined.
    """
    if column is None:
        return constant("", rows)
    folded = ["" if (text := value.casefold()) in undefined else text for value in column.values]
    return replace(recategorize(folded, column.codes), text=column)


def spelled(column: Column) -> Column:
    """The column with the spelling of the pool; the same rows are undefined."""
    text = column.text
    if text is None or text.values == column.values[1:]:
        return column
    spellings = {value.casefold(): value for value in text.values}
    if len(spellings) == len(text.values):
        values = [spellings[value] for value in column.values[1:]]
        if values == sorted(values):
            return Column(column.codes, ("", *values))
    known = frozenset(column.values)
    return recategorize([value if value.casefold() in known else "" for value in text.values], text.codes)


def recategorize(values: Sequence[str], codes: NDArray[np.integer]) -> Column:
    """Make a column from values in any order, perhaps repeated, and for each row the index of its value."""
    categories = ("", *sorted(set(values) - {""}))
    if categories[1:] == tuple(values):
        return Column((codes + 1).astype(np.int32), categories)
    indices = {category: index for index, category in enumerate(categories)}
    lookup = np.fromiter(map(indices.__getitem__, values), np.int32, len(values))
    return Column(lookup[codes], categories)


def constant(value: str, rows: int) -> Column:
    """A column with the same value in each row."""
    if not value:
        return Column(np.zeros(rows, np.int32), ("",))
    return Column(np.ones(rows, np.int32), ("", value))


def coalesce(columns: Sequence[Column]) -> Column:
    """For each row the first defined value."""
    merged = columns[0]
    for column in columns[1:]:
        codes = np.where(merged.defined(), merged.codes, column.codes + len(merged.values))
        merged = recategorize((*merged.values, *column.values), codes)
    return merged


def coalesce_cases(rows: int, cases: Sequence[tuple[Mask, Column]]) -> Column:
    """For each row the value of the first case whose mask is true there; undefined if there is no such case."""
    values: list[str] = [""]
    codes = np.zeros(rows, np.int64)
    remaining = np.ones(rows, np.bool_)
    for mask, column in cases:
        chosen = mask & remaining
        codes[chosen] = column.codes[chosen] + len(values)
        values.extend(column.values)
        remaining &= ~mask
    return recategorize(values, codes)


def stacked(columns: Sequence[Column]) -> Column:
    """One column with the rows of several, one after another."""
    starts = np.cumsum([0, *(len(column.values) for column in columns)])
    codes = [column.codes + start for column, start in zip(columns, starts, strict=False)]
    return recategorize([value for column in columns for value in column.values], np.concatenate(codes))
