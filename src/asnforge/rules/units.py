"""Units of measurement by astropy's names, with exact ratios between them."""

from __future__ import annotations

import re
import warnings
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

Exact = tuple[int, int]
"""A number as a whole number and an exponent of ten: ``(3005, -1)`` is 300.5."""

ARCSEC, SECOND = "arcsec", "s"
"""The units of the amounts of angles, and of times and durations."""

_UNIT = re.compile(r"[A-Za-z%°µμΩÅ'\"′″][A-Za-z0-9%°µμΩÅ'\"′″*/^._() +-]{0,29}")
_LARGE_POWER = re.compile(r"\d{3}")
_ROUNDING = Context(prec=25)
_DIGITS = 12
"""The digits of astropy's ratios, which are floats, that decide which exact ratio is meant."""

_HOUR_ANGLES = {"h": "hourangle", "hr": "hourangle", "hour": "hourangle", "hours": "hourangle"}
_NOT_ASTROPY = {"sec": "s", "secs": "s", "mins": "min", "hrs": "h"}


@lru_cache(maxsize=1024)
def ratio(unit: str, target: str) -> Fraction | None:
    """How many units of `target` are one `unit`; None if one of them is unknown or they measure different things.

    A unit can have the name of astropy, in lower case as well, or an English plural. An hour that is an angle is 15 degrees.
    """
    if unit == target:
        return Fraction(1)
    is_angle = target in (ARCSEC, "hourangle")
    source, result = _parsed(_HOUR_ANGLES.get(unit.casefold(), unit) if is_angle else unit), _parsed(target)
    if source is None or result is None:
        return None
    try:
        factor = float(source.to(result))
    except Exception:  # astropy raises errors of several kinds for units that cannot be converted
        return None
    return _exact_ratio(factor)


def is_unit(name: str) -> bool:
    """Whether astropy knows a unit."""
    return _parsed(name) is not None


@lru_cache(maxsize=1024)
def _parsed(name: str) -> Any:
    from astropy import units  # slow to import

    if not _UNIT.fullmatch(name) or _LARGE_POWER.search(name):
        return None
    folded = name.casefold()
    for spelling in (name, folded, _NOT_ASTROPY.get(folded), folded.removesuffix("s")):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about units that the FITS standard discourages
                if spelling:
                    return units.Unit(spelling)
        except Exception:  # noqa: S112 - astropy's parsers raise errors of several kinds
            continue
    return None


def _exact_ratio(factor: float) -> Fraction | None:
    """The ratio of whole numbers, or of decimals with few digits, that astropy rounds to a float."""
    if not 0 < factor < float("inf"):
        return None
    for value, inverse in ((factor, False), (1 / factor, True)):
        short = Fraction(f"{value:.{_DIGITS}g}")
        if abs(short - Fraction(value)) <= abs(short) / 10**15:
            return 1 / short if inverse else short
    return Fraction(repr(factor))


def multiplied(value: Exact, factor: Fraction) -> Exact:
    """The product of a number and a ratio, rounded to 25 digits if it has no finite decimal."""
    integer, exponent = value
    numerator, denominator = (integer * factor).as_integer_ratio()
    if denominator == 1:
        return numerator, exponent
    quotient = _ROUNDING.divide(_ROUNDING.create_decimal(numerator), _ROUNDING.create_decimal(denominator))
    integer, exponent_of_quotient = parts_of(quotient)
    return integer, exponent + exponent_of_quotient


def parts_of(amount: Decimal) -> Exact:
    """A finite decimal as a whole number and an exponent of ten."""
    exponent = int(amount.as_tuple().exponent)
    if exponent >= 0:
        return int(amount), 0
    numerator, denominator = amount.as_integer_ratio()
    return numerator * 10**-exponent // denominator, exponent
