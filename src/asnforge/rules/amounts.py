"""Read the cells of columns with a type, and the values and amounts of rules, into exact decimals (docs/grouping.md#types).

The amount of a number is in the column's unit, that of a time in seconds from the beginning of modified Julian dates
(1858-11-17), that of an angle in arcseconds, in which 13:29:53 is a decimal as well. Amounts that say how far apart values are
have the same units.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import partial

import numpy as np

from asnforge.columns import LARGEST_INTEGER, NO_AMOUNTS, Amounts
from asnforge.rules.angles import degrees, read_sexagesimal, rounded
from asnforge.rules.column_types import ColumnType
from asnforge.rules.times import read_time, spell_time, time_of_mjd
from asnforge.rules.units import ARCSEC, SECOND, Exact, is_unit, multiplied, ratio

LONGEST_CELL = 100
"""The most characters of a number, a time or an angle."""

LARGEST_EXPONENT = 308
"""The largest power of ten of a number, as in double precision, and of its smallest digit."""

_NUMBER = re.compile(r"([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eEdD]([+-]?\d{1,3}))?")
_WITH_UNIT = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*([^\d\s.+-].*)")
_MOST_UNKNOWN_UNITS = 100
"""The number of unknown units after which a column is not searched for more units, as astropy parses them slowly."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a value or an amount of a rule cannot be read: a message with the names of details in braces, and a hint."""

    message: str
    hint: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Texts that were read as values of a type.

    Attributes
    ----------
    values : list of str
        For each text its value, spelled in one way; the empty string if the text cannot be read.
    amounts : Amounts or None
        The amount of each value; None for texts and lists.
    """

    values: list[str]
    amounts: Amounts | None


def read_texts(texts: Sequence[str], column_type: ColumnType, unit: str = "") -> Reading:
    """Read the distinct texts of a column.

    Parameters
    ----------
    texts : sequence of str
        The cells, in any case; an empty one is undefined.
    column_type : ColumnType
        The column's type.
    unit : str
        The unit that the pool itself gives for numbers without one; empty if it gives none. If it measures something else than
        the column's unit, these numbers cannot be read.
    """
    if not column_type.has_amounts:
        read = partial(read_list, separator=column_type.separator) if column_type.kind == "list" else str
        return Reading(list(map(read, texts)), None)
    reader = _reader(column_type, unit)
    exact = [reader(text) if text else None for text in texts]
    spell = _SPELL[column_type.kind]
    values = ["" if value is None else spell(value) for value in exact]
    return Reading(
        values, amounts_of([value if spelled else None for value, spelled in zip(exact, values, strict=True)])
    )


def amounts_of(exact: Sequence[Exact | None]) -> Amounts:
    """Amounts by code, from numbers; None for an undefined value."""
    exponent = min((value[1] for value in exact if value is not None), default=0)
    exponent = min(exponent, 0)
    integers = [0 if value is None else value[0] * 10 ** (value[1] - exponent) for value in exact]
    if not integers:
        return NO_AMOUNTS
    is_small = max(integers) <= LARGEST_INTEGER and min(integers) >= -LARGEST_INTEGER
    return Amounts(np.array(integers, np.int64 if is_small else object), exponent)


def read_value(text: str, column_type: ColumnType) -> str | Unreadable:
    """A value of a rule as a column of this type spells it, in lower case; an undefined value is the empty string."""
    if column_type.kind == "text" or not text:
        return text.casefold()
    return read_texts([text.strip()], column_type).values[0].casefold() or _not_of_type(text, column_type)


def read_bound(text: str, column_type: ColumnType) -> Decimal | Unreadable:
    """The amount of a value of a rule, to which those of a column of this type are compared."""
    reading = read_texts(["", text.strip()], column_type)
    amount = reading.amounts[1] if reading.amounts is not None and reading.values[1] else None
    return _not_of_type(text, column_type) if amount is None else amount


def read_amount(text: str, column_type: ColumnType) -> Decimal | Unreadable:
    """How far apart two values of a column are: ``0.5 s``, ``14 d``, ``30 arcmin``.

    A number without a unit has the unit of a column of numbers; for times and angles a unit must be written.
    """
    kind = column_type.kind
    example = _AMOUNTS.get(kind, f"0.5 {column_type.unit}".rstrip())
    text = text.strip()
    value = _number(text)
    parts = _WITH_UNIT.fullmatch(text) if value is None else None
    value = value if parts is None else _number(parts[1])
    if value is None:
        return Unreadable("{text:quoted} is not an amount", f"write one such as {example}", {"text": text})
    if parts is not None:
        details = {"unit": parts[2], "type": str(column_type)}
        hint = f"write the amount in another unit, such as {example}"
        if not is_unit(parts[2]):
            return Unreadable("{unit:quoted} is not a unit that astropy knows", hint, details)
        factor = ratio(parts[2], {"time": SECOND, "angle": ARCSEC}.get(kind, column_type.unit))
        if factor is None:
            hint = hint if kind != "number" or column_type.unit else "leave out the unit, or declare the column's unit"
            return Unreadable("an amount in {unit} cannot be compared with {type}", hint, details)
        value = multiplied(value, factor)
    elif kind != "number":
        return Unreadable("{text:quoted} has no unit", f"write it, as in {example}", {"text": text})
    hint = "leave out the minus sign: an amount has no direction"
    return as_decimal(value) if value[0] >= 0 else Unreadable("{text:quoted} is negative", hint, {"text": text})


def _not_of_type(text: str, column_type: ColumnType) -> Unreadable:
    message = "{value:quoted} is not {type}"
    return Unreadable(message, HINTS[column_type.kind], {"value": text, "type": str(column_type)})


def spell(value: Exact, column_type: ColumnType) -> str:
    """An amount as a column of its type spells it, in lower case; empty for a time outside the years 1 to 9999."""
    return _SPELL[column_type.kind](value)


def is_number(text: object) -> bool:
    """Whether a value of a rule is a number without a unit."""
    return isinstance(text, str) and _number(text.strip()) is not None


def as_decimal(value: Exact) -> Decimal:
    """A number as a decimal."""
    return Decimal(f"{value[0]}e{value[1]}")


def read_list(text: str, separator: str) -> str:
    """The entries of a list, each once and sorted without regard to case, with the separator between them.

    If an entry is empty, so is the result.
    The brackets and quotation marks with which tables print a list of strings are removed.
    """
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    entries = {
        entry.casefold(): entry
        for entry in (part.strip(" \t'\"") for part in (text.split() if separator.isspace() else text.split(separator)))
    }
    return "" if "" in entries else separator.join(entries[folded] for folded in sorted(entries))


def spell_number(value: Exact) -> str:
    """The shortest decimal of a number: ``300``, ``0.25``, ``1.5e-9``; with an exponent below 1e-6 and from 1e21."""
    integer, exponent = value
    if not integer:
        return "0"
    sign, digits = "-" * (integer < 0), str(abs(integer))
    short = digits.rstrip("0")
    exponent += len(digits) - len(short)
    power = exponent + len(short) - 1
    if not -7 < power < 21:
        return f"{sign}{short[0]}{'.' * (len(short) > 1)}{short[1:]}e{power}"
    if exponent >= 0:
        return sign + short + "0" * exponent
    whole = short[:exponent] if power >= 0 else "0"
    return f"{sign}{whole}.{short[exponent:] if power >= 0 else short.zfill(-exponent)}"


def _reader(column_type: ColumnType, unit: str = "") -> Callable[[str], Exact | None]:
    """The function that reads the texts of one column."""
    match column_type.kind:
        case "time":
            return _read_time_or_mjd
        case "angle":
            return _AngleReader(unit or column_type.unit or "deg").read
        case _:
            return _NumberReader(column_type.unit, unit).read


class _NumberReader:
    """Reads numbers, which can have a unit, in the unit of their column."""

    def __init__(self, unit: str, unit_of_numbers: str = "") -> None:
        self._unit = unit
        self._factor = ratio(unit_of_numbers, unit) if unit_of_numbers and unit else Fraction(1)
        self._unknown: set[str] = set()

    def read(self, text: str) -> Exact | None:
        value = _number(text)
        if value is not None:
            if self._factor is None:
                return None
            return value if self._factor == 1 else multiplied(value, self._factor)
        parts = _WITH_UNIT.fullmatch(text) if len(text) <= LONGEST_CELL else None
        value = _number(parts[1]) if parts is not None else None
        if parts is None or value is None or parts[2] in self._unknown or len(self._unknown) > _MOST_UNKNOWN_UNITS:
            return None
        factor = ratio(parts[2], self._unit)
        if factor is None:
            self._unknown.add(parts[2])
            return None
        return multiplied(value, factor)


class _AngleReader:
    """Reads angles in arcseconds: sexagesimal, or numbers in a unit."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._numbers = _NumberReader(ARCSEC, unit)

    def read(self, text: str) -> Exact | None:
        if len(text) > LONGEST_CELL:
            return None
        value = read_sexagesimal(text, self._unit) or self._numbers.read(text)
        return None if value is None else rounded(value)


def _read_time_or_mjd(text: str) -> Exact | None:
    if len(text) > LONGEST_CELL:
        return None
    value = read_time(text)
    return value if value is not None or (number := _number(text)) is None else time_of_mjd(number)


def _number(text: str) -> Exact | None:
    """A number without a unit."""
    if len(text) > LONGEST_CELL or not text.isascii():
        return None
    if text.isdigit():
        return int(text), 0
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    sign, whole, fraction, only_fraction, power = found.groups()
    decimals = fraction or only_fraction or ""
    integer, exponent = int(f"{sign}{whole or ''}{decimals}"), int(power or 0) - len(decimals)
    size = len(whole or "") + len(decimals) + exponent
    return (integer, exponent) if size <= LARGEST_EXPONENT + 1 and exponent >= -2 * LARGEST_EXPONENT else None


def _spell_angle(value: Exact) -> str:
    return spell_number(degrees(value))


_SPELL: dict[str, Callable[[Exact], str]] = {"number": spell_number, "time": spell_time, "angle": _spell_angle}
_AMOUNTS = {"time": "14 d", "angle": "30 arcmin"}

HINTS = {
    "number": "write a number such as 300 or 3.0e2, with a unit if the column has one",
    "time": "write a time such as 2026-03-14T21:00:00, or a modified Julian date (JD - 2400000.5)",
    "angle": "write an angle such as 13:29:53 or 202.47",
    "list": "write entries with one separator between them, and none before the first or after the last",
    "text": "declare the column's type under columns",
}
"""How values of each kind are written."""
