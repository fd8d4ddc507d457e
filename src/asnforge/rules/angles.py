"""Angles as exact arcseconds: sexagesimal, or a number in a unit (docs/grouping.md#angles)."""

from __future__ import annotations

import re
from fractions import Fraction

from asnforge.rules.units import Exact, multiplied, ratio

_SIXTIETH = r"([0-5]?\d(?:\.\d*)?|60(?:\.0*)?)"
_WITH_COLONS = re.compile(rf"([+-]?) ?(\d{{1,3}})(?: *: *| +){_SIXTIETH}(?:(?: *: *| +){_SIXTIETH})?", re.ASCII)
_WITH_LETTERS = re.compile(
    rf"([+-]?) ?(\d{{1,3}}) ?([hd°]) ?(?:{_SIXTIETH} ?[m'′] ?(?:{_SIXTIETH} ?(?:s|\"|″|''))?)?",
    re.IGNORECASE | re.ASCII,
)
_ONE_NUMBER = re.compile(r"([+-]?) ?(\d{1,3}\.\d*|\.\d+) ?([hd°])", re.IGNORECASE | re.ASCII)
DECIMALS = 11
"""The decimals of an arcsecond to which angles are read, so that different ones differ in the 15 decimals of a degree."""

DECIMALS_OF_DEGREES = 15


def read_sexagesimal(text: str, unit: str) -> Exact | None:
    """An angle of hours or degrees, minutes and seconds in arcseconds; None if it is none.

    Letters say what the first number is; without them it is in `unit`, which must be an hour or a degree.
    """
    found = _ONE_NUMBER.fullmatch(text)
    if found is not None:
        sign, first, letter = found.groups()
        integer, exponent = multiplied(_decimal(first), Fraction(54_000 if letter in "hH" else 3600))
        return rounded((-integer if sign == "-" else integer, exponent))
    found = _WITH_LETTERS.fullmatch(text)
    if found is not None:
        sign, first, letter, minutes, seconds = found.groups()
        unit = "h" if letter in "hH" else "deg"
    else:
        found = _WITH_COLONS.fullmatch(text)
        if found is None:
            return None
        sign, first, minutes, seconds = found.groups()
    if seconds is not None and "." in minutes:
        return None
    scale = ratio(unit, "arcsec")
    if scale not in (3600, 54_000):
        return None
    minute, second = (_decimal(part or "0") for part in (minutes, seconds))
    exponent = min(minute[1], second[1])
    total = int(first) * 3600 * 10**-exponent
    total += minute[0] * 60 * 10 ** (minute[1] - exponent) + second[0] * 10 ** (second[1] - exponent)
    integer, exponent = multiplied((total, exponent), scale / 3600)
    return rounded((-integer if sign == "-" else integer, exponent))


def rounded(value: Exact) -> Exact:
    """An angle in arcseconds, rounded to `DECIMALS`."""
    integer, exponent = value
    if exponent >= -DECIMALS:
        return value
    unit = 10 ** (-DECIMALS - exponent)
    return (2 * integer + unit) // (2 * unit), -DECIMALS


def degrees(value: Exact) -> Exact:
    """An angle in arcseconds as degrees, rounded to 15 decimals."""
    integer, exponent = value
    return (2 * integer * 10 ** (exponent + DECIMALS_OF_DEGREES) + 3600) // 7200, -DECIMALS_OF_DEGREES


def _decimal(text: str) -> Exact:
    whole, _, fraction = text.partition(".")
    return int(whole + fraction), -len(fraction)
