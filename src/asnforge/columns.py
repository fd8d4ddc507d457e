"""Columns as rules see them: case-folded, undefined values known, codes in the order of the values.

Source of the facts: docs/grouping.md#values. Every value is text; a value that the rule set lists as undefined is
undefined, and so is every value of a column that the pool does not have.
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
    """A case-folded column: values that differ in letter case only are one value.

    Attributes
    ----------
    codes : ndarray of int32, shape (rows,)
        For each row the place of its value in `values`; 0 where it is undefined.
    values : tuple of str
        The distinct values, case-folded and sorted; the first is the empty text, for undefined. As the order of codes is the
        order of values, the order of rows cannot show in anything that is sorted by codes.
    text : TextColumn or None
        The pool's column that this one was made of, with the pool's spelling; None for any other column.
    """

    codes: CodeArray
    values: tuple[str, ...]
    text: TextColumn | None = None

    def mask(self, accept: Callable[[str], bool]) -> Mask:
        """The rows whose value is defined and accepted; each distinct value is asked about once."""
        accepted = np.fromiter((bool(value) and accept(value) for value in self.values), np.bool_, len(self.values))
        mask: Mask = accepted[self.codes]
        return mask

    def defined(self) -> Mask:
        """The rows whose value is defined."""
        mask: Mask = self.codes != UNDEFINED
        return mask

    def __getitem__(self, row: int) -> str:
        """The value of one row; the empty text where it is undefined."""
        return self.values[int(self.codes[row])]


def from_text(column: TextColumn | None, rows: int, undefined: Collection[str]) -> Column:
    """A column of a pool as rules see it.

    Parameters
    ----------
    column : TextColumn or None
        The pool's column, None where the pool has none of that name.
    rows : int
        The count of the pool's rows.
    undefined : collection of str
        The case-folded values that are undefined; the empty string always is.
    """
    if column is None:
        return constant("", rows)
    folded = ["" if (text := value.casefold()) in undefined else text for value in column.values]
    return replace(recategorize(folded, column.codes), text=column)


def spelled(column: Column) -> Column:
    """A column with the values as the pool spells them, sorted; the same rows are undefined."""
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


def recategorize(texts: Sequence[str], codes: NDArray[np.integer]) -> Column:
    """A column from texts in any order, with repetitions, and for each row the place of its text."""
    values = ("", *sorted(set(texts) - {""}))
    if values[1:] == tuple(texts):
        return Column((codes + 1).astype(np.int32), values)
    places = {value: place for place, value in enumerate(values)}
    lookup = np.fromiter((places[text] for text in texts), np.int32, len(texts))
    return Column(lookup[codes], values)


def constant(value: str, rows: int) -> Column:
    """A column with the same value in each row."""
    if not value:
        return Column(np.zeros(rows, np.int32), ("",))
    return Column(np.ones(rows, np.int32), ("", value))


def coalesce(columns: Sequence[Column]) -> Column:
    """For each row the first value that is defined."""
    merged = columns[0]
    for column in columns[1:]:
        texts = (*merged.values, *column.values)
        merged = recategorize(texts, np.where(merged.defined(), merged.codes, column.codes + len(merged.values)))
    return merged


def coalesce_cases(rows: int, cases: Sequence[tuple[Mask, Column]]) -> Column:
    """For each row the value of the first case whose mask holds; undefined where none does.

    Parameters
    ----------
    rows : int
        The count of rows.
    cases : sequence of (mask, column)
        In order of precedence, each of `rows` rows.
    """
    texts: list[str] = [""]
    codes = np.zeros(rows, np.int64)
    open_rows = np.ones(rows, np.bool_)
    for mask, column in cases:
        taken = mask & open_rows
        codes[taken] = column.codes[taken] + len(texts)
        texts.extend(column.values)
        open_rows &= ~mask
    return recategorize(texts, codes)
