"""How far values are from each other, in words and in the unit that people use for such a distance."""

from __future__ import annotations

from decimal import Context, Decimal

from asnforge.rules.amounts import spell_number
from asnforge.rules.column_types import ColumnType

_UNITS = {
    "time": ((Decimal(86400), "d"), (Decimal(3600), "h"), (Decimal(60), "min"), (Decimal(1), "s")),
    "angle": ((Decimal(3600), "deg"), (Decimal(60), "arcmin"), (Decimal(1), "arcsec")),
}
MEASURED_IN = {"time": "s", "angle": "arcsec"}
"""The unit of distances of each kind of values but numbers, which are in the unit of their column."""
_DIGITS, _MOST_DIGITS = 4, 25


def distance_words(amount: Decimal, column_type: ColumnType, limit: Decimal | None = None) -> str:
    """A distance with its unit: ``0.6 s``, ``11.05 d``, ``45 arcmin``.

    Parameters
    ----------
    amount : Decimal
        The distance: seconds for times, arcseconds for angles, else in the unit of the column.
    column_type : ColumnType
        The type of the column.
    limit : Decimal or None
        A limit that the distance exceeds or does not reach. As many digits are written as it takes to see that.
    """
    units = _UNITS.get(column_type.kind, ((Decimal(1), column_type.unit),))
    factor, unit = next((entry for entry in units if amount >= entry[0]), units[-1])
    digits = _DIGITS if len(units) > 1 else 10
    value = amount / factor
    rounded = Context(prec=digits).plus(value)
    while limit is not None and (rounded > limit / factor) != (value > limit / factor) and digits < _MOST_DIGITS:
        digits += 1
        rounded = Context(prec=digits).plus(value)
    while limit is not None and rounded == limit / factor != value and digits < _MOST_DIGITS:
        digits += 1
        rounded = Context(prec=digits).plus(value)
    _, _, exponent = rounded.as_tuple()
    exponent = int(exponent)
    return f"{spell_number((int(rounded.scaleb(-exponent)), exponent))} {unit}".rstrip()
