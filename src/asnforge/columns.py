"""Case-folded categorical columns: integer codes into sorted categories; code 0 is undefined.

docs/grouping.md#values explains the rules. Every value is a string; a value of a column with a type has an exact amount as
well. A value is undefined if the rule set lists it as undefined, if it cannot be read, or if the pool does not have its column.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asnforge.pool.model import TextColumn

CodeArray = NDArray[np.int32]
Mask = NDArray[np.bool_]
Integers = NDArray[Any]
"""Whole numbers: int64, or Python's integers as objects if some are larger."""

UNDEFINED = 0
"""The code of an undefined value, in every column."""


LARGEST_INTEGER = 2**62 - 1
"""The largest whole number that is kept as int64, so that a sum or difference of two fits as well."""


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """The exact amounts of a column's values.

    Attributes
    ----------
    integers : ndarray of int64 or object, shape (values,)
        For each code the amount as a whole number of units of ``10 ** exponent``; 0 for an undefined value.
    exponent : int
        The exponent of the unit, 0 or negative.
    """

    integers: Integers
    exponent: int

    def __len__(self) -> int:
        return len(self.integers)

    def __getitem__(self, code: int) -> Decimal | None:
        """The amount of a code; None if it is undefined."""
        return None if code == UNDEFINED else Decimal(f"{int(self.integers[code])}e{self.exponent}")

    def scaled(self, exponent: int) -> Integers:
        """The amounts as whole numbers of an equal or smaller unit, ``10 ** exponent``."""
        factor = 10 ** (self.exponent - exponent)
        if factor == 1:
            return self.integers
        largest = max(abs(int(self.integers.min())), abs(int(self.integers.max())))
        is_small = self.integers.dtype != np.object_ and largest * factor <= LARGEST_INTEGER
        scaled: Integers = (self.integers if is_small else self.integers.astype(object)) * factor
        return scaled


NO_AMOUNTS = Amounts(np.zeros(1, np.int64), 0)
"""The amounts of a column without defined values."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A case-folded column: values that differ only in case are the same.

    Attributes
    ----------
    codes : ndarray of int32, shape (rows,)
        For each row the index of its value in `values`; 0 if it is undefined.
    values : tuple of str
        The distinct values, case-folded and sorted, after the empty string, which is undefined. Codes have the order of the
        values, so that results sorted by codes do not depend on the order of rows. Values with amounts are sorted by them.
    text : TextColumn or None
        The column of the pool, with its spelling; None for a derived column.
    amounts : Amounts or None
        The amounts of the values of a number, a time or an angle (docs/grouping.md#types); None for any other column.
        Different values have different amounts.
    """

    codes: CodeArray
    values: tuple[str, ...]
    text: TextColumn | None = None
    amounts: Amounts | None = None

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
    values, together = column.values, "".join(column.values)
    if together == together.casefold() and not any(value and _is_among(value, values) for value in undefined):
        is_first = values[:1] == ("",)
        return Column(*((column.codes, values) if is_first else (column.codes + 1, ("", *values))), text=column)
    folded = ["" if (text := value.casefold()) in undefined else text for value in column.values]
    return replace(recategorize(folded, column.codes), text=column)


def _is_among(value: str, values: Sequence[str]) -> bool:
    """Whether sorted values have a value."""
    index = bisect_left(values, value)
    return index < len(values) and values[index] == value


def spelled(column: Column) -> Column:
    """The column with the spelling of the pool; the same rows are undefined. Values with amounts have one, in upper case."""
    if column.amounts is not None:
        return replace(column, values=tuple(map(str.upper, column.values)))
    text = column.text
    if text is None or text.values == column.values[1:]:
        return column
    spellings = {value.casefold(): value for value in text.values}
    if not all(map(spellings.__contains__, column.values[1:])):  # a list, whose entries are sorted
        return column
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


def categorize(values: Sequence[str], amounts: Amounts, codes: NDArray[np.integer]) -> Column:
    """Make a column with amounts from values in any order, perhaps repeated, and for each row the index of its value.

    Parameters
    ----------
    values : sequence of str
        The values; those with the same amount are the same. The empty string is undefined.
    amounts : Amounts
        The amount of each value.
    codes : ndarray of int, shape (rows,)
        For each row the index of its value.
    """
    defined = np.flatnonzero(np.fromiter(map(bool, values), np.bool_, len(values)))
    distinct, first, inverse = np.unique(amounts.integers[defined], return_index=True, return_inverse=True)
    lookup = np.zeros(len(values), np.int32)
    lookup[defined] = inverse.reshape(-1) + 1
    categories = ("", *map(values.__getitem__, defined[first].tolist()))
    integers = np.concatenate((np.zeros(1, distinct.dtype), distinct))
    return Column(lookup[codes], categories, amounts=Amounts(integers, amounts.exponent))


def without_amounts(column: Column) -> Column:
    """The column with its values as strings only, in their order."""
    return column if column.amounts is None else recategorize(column.values, column.codes)


def comparable(columns: Sequence[Column], amounts: Sequence[Decimal] = ()) -> tuple[list[Integers], list[int]]:
    """The amounts of columns, and others, as whole numbers of one unit, which can be compared, added and subtracted exactly.

    Parameters
    ----------
    columns : sequence of Column
        Columns with amounts, or without any defined value.
    amounts : sequence of Decimal
        Finite amounts in the same unit: `Amounts` does not say which, so the columns have to be of one type.

    Returns
    -------
    list of ndarray of int64 or object, list of int
        For each column the amounts by code, 0 for an undefined value; and the other amounts. The arrays have the type object if
        a number exceeds `LARGEST_INTEGER`.
    """
    of_columns = [NO_AMOUNTS if len(column.values) == 1 else column.amounts for column in columns]
    known = [each for each in of_columns if each is not None]
    if len(known) < len(of_columns):
        raise ValueError("a column without a type has no amounts")
    exponent = min((each.exponent for each in known), default=0)
    ratios = [amount.as_integer_ratio() for amount in amounts]
    exponent = min([exponent, *(int(amount.as_tuple().exponent) for amount in amounts)])
    numbers = [numerator * 10**-exponent // denominator for numerator, denominator in ratios]
    arrays = [each.scaled(exponent) for each in known]
    if any(abs(number) > LARGEST_INTEGER for number in numbers) or any(array.dtype == np.object_ for array in arrays):
        arrays = [array.astype(object) for array in arrays]
    return arrays, numbers


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
        merged = _concatenated([merged, column], codes)
    return merged


def coalesce_cases(rows: int, cases: Sequence[tuple[Mask, Column]]) -> Column:
    """For each row the value of the first case whose mask is true there; undefined if there is no such case."""
    columns = [constant("", 0)]
    size = 1
    codes = np.zeros(rows, np.int64)
    remaining = np.ones(rows, np.bool_)
    for mask, column in cases:
        chosen = mask & remaining
        codes[chosen] = column.codes[chosen] + size
        columns.append(column)
        size += len(column.values)
        remaining &= ~mask
    return _concatenated(columns, codes)


def stacked(first: Column, second: Column) -> Column:
    """One column with the rows of two, one after another."""
    if first.amounts is None and second.amounts is None:
        values, lookup, lookup_of_second = merged(first.values, second.values)
        return Column(np.concatenate((lookup[first.codes], lookup_of_second[second.codes])), values)
    return _concatenated((first, second), np.concatenate((first.codes, second.codes + len(first.values))))


def merged(first: Sequence[str], second: Sequence[str]) -> tuple[tuple[str, ...], CodeArray, CodeArray]:
    """The values of two sorted sequences without repetitions, sorted, and for each of both the places of its values.

    This is fast if the second one is short.
    """
    places = np.fromiter((bisect_left(first, value) for value in second), np.int64, len(second))
    found = (place < len(first) and first[place] == value for place, value in zip(places.tolist(), second, strict=True))
    is_new = ~np.fromiter(found, np.bool_, len(second))
    new = places[is_new]
    values: list[str] = []
    begin = 0
    for place, value in zip(new.tolist(), compress(second, is_new.tolist()), strict=True):
        values += first[begin:place]
        values.append(value)
        begin = place
    values += first[begin:]
    number = np.bincount(new, minlength=len(first) + 1)
    of_first = np.arange(len(first)) + np.cumsum(number[: len(first)])
    of_second = places + np.cumsum(is_new) - 1
    of_second[~is_new] = of_first[places[~is_new]]
    return tuple(values), of_first.astype(np.int32), of_second.astype(np.int32)


def _concatenated(columns: Sequence[Column], codes: NDArray[np.integer]) -> Column:
    """A column of the values of several, with amounts if all have them; `codes` are indices into the values of all."""
    values = [value for column in columns for value in column.values]
    if all(column.amounts is None for column in columns):
        return recategorize(values, codes)
    if any(column.amounts is None and len(column.values) > 1 for column in columns):
        return recategorize(values, codes)
    amounts = [column.amounts or NO_AMOUNTS for column in columns]
    exponent = min(each.exponent for each in amounts)
    integers = np.concatenate([each.scaled(exponent) for each in amounts])
    return categorize(values, Amounts(integers, exponent), codes)
