"""The values of derived columns with amounts: exact sums, whole quotients, and values read as another type."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import Column, categorize, comparable, constant, recategorize
from asnforge.grouping.arrays import combine, distinct
from asnforge.rules.column_types import NUMBER, ColumnType

if TYPE_CHECKING:
    from asnforge.rules.units import Exact


def plus(column: Column, column_type: ColumnType, offset: Decimal) -> Column:
    """A column with an amount added to each value; a time outside the years 1 to 9999 is undefined."""
    if column.amounts is None or len(column.values) == 1:
        return column
    exponent = min(column.amounts.exponent, int(offset.as_tuple().exponent))
    (integers,), (number,) = comparable([column], [offset])
    sums = [(integer + number, exponent) for integer in integers.tolist()]
    return with_amounts([None, *sums[1:]], column.codes, column_type)


def whole_quotient(column: Column, divisor: Column | Decimal) -> Column:
    """A column of numbers divided by another or by a whole number, rounded down.

    The result is undefined if one of the two is undefined or not a whole number, or the divisor is 0.
    """
    rows = len(column.codes)
    divisors = constant("", rows) if isinstance(divisor, Decimal) else divisor
    first, together = distinct(combine([column.codes, divisors.codes]))
    numbers = _whole_numbers(column)
    dividends = map(numbers.__getitem__, column.codes[first].tolist())
    by: Sequence[int | None] = [int(divisor)] if isinstance(divisor, Decimal) else _whole_numbers(divisors)
    quotients = [
        (dividend // each, 0) if dividend is not None and (each := by[code]) else None
        for dividend, code in zip(dividends, divisors.codes[first].tolist(), strict=True)
    ]
    return with_amounts(quotients, together, NUMBER)


def as_type(column: Column, spelled: Column, source: ColumnType, target: ColumnType) -> Column:
    """A column of one type as one of another type: numbers are converted to its unit, and other values are read.

    Parameters
    ----------
    column : Column
        The values.
    spelled : Column
        The same as the pool spells them, as the case of a letter can matter in a unit.
    source, target : ColumnType
        Their type, and that of the result.
    """
    if source.is_comparable(target):
        return column
    from asnforge.rules.amounts import read_texts  # slow to import, and most columns are texts
    from asnforge.rules.units import multiplied, ratio

    if source.kind == target.kind == "number" and column.amounts is not None:
        factor = ratio(source.unit, target.unit) if source.unit and target.unit else None
        if factor is None:
            return column
        exponent = column.amounts.exponent
        numbers = [multiplied((integer, exponent), factor) for integer in column.amounts.integers.tolist()]
        return with_amounts([None, *numbers[1:]], column.codes, target)
    reading = read_texts(spelled.values, target)
    if reading.amounts is not None:
        return categorize(reading.values, reading.amounts, spelled.codes)
    return recategorize(read_texts(column.values, target).values, column.codes)


def _whole_numbers(column: Column) -> list[int | None]:
    """For each code the value, if it is a whole number."""
    if column.amounts is None:
        return [None] * len(column.values)
    unit = 10**-column.amounts.exponent
    numbers = [None if integer % unit else integer // unit for integer in column.amounts.integers.tolist()]
    return [None, *numbers[1:]]


def with_amounts(exact: Sequence[Exact | None], codes: NDArray[np.integer], column_type: ColumnType) -> Column:
    """A column from the amount of each code, spelled as its type is; None, and a time without a spelling, is undefined."""
    from asnforge.rules.amounts import amounts_of, spell

    values = ["" if value is None else spell(value, column_type) for value in exact]
    kept = [value if spelled else None for value, spelled in zip(exact, values, strict=True)]
    return categorize(values, amounts_of(kept), codes)
