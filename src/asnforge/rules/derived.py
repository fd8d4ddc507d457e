"""Derived columns: cases give each exposure a fixed value, or a value converted from another column."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from asnforge.rules.constraints import Constraint, columns_read
from asnforge.rules.regex import compiled


@dataclass(frozen=True, slots=True)
class Case:
    """A value of a derived column, and the exposures that have it.

    Attributes
    ----------
    when : Constraint or None
        The exposures that have the value; None: all that remain.
    value : str
        The value, unless a column is copied.
    copy : str or None
        The column whose value is copied.
    plus, minus : str
        The amounts that are added to and subtracted from the copied number, time or angle, as the rule set writes them.
    offset : Decimal
        The sum of both, in the unit of the copied column's amounts.
    divide_by : Decimal or tuple of str or None
        The number by which the copied number is then divided, or the columns, the first of which that is defined is used. The
        result is rounded down; it is undefined if one of the two is not a whole number, or the divisor is 0.
    plus_hours : int
        Hours that are added to a copied date and time (ISO 8601); any other value, such as a date alone, becomes undefined.
    matching : str or None
        A regular expression for the whole copied value, whose first group is the result, or the whole value if it has no
        group; a value that does not match becomes undefined.
    """

    when: Constraint | None
    value: str = ""
    copy: str | None = None
    plus: str = ""
    minus: str = ""
    offset: Decimal = Decimal(0)
    divide_by: Decimal | tuple[str, ...] | None = None
    plus_hours: int = 0
    matching: str | None = None

    @property
    def is_plain_copy(self) -> bool:
        """Whether a copied value is not changed."""
        return not (self.has_arithmetic or self.plus_hours or self.matching is not None)

    @property
    def has_arithmetic(self) -> bool:
        """Whether the amount of a copied value is changed."""
        return bool(self.plus or self.minus or self.divide_by is not None)

    def convert(self, value: str) -> str:
        """The result for a copied value as a string, after arithmetic; the empty string if it is undefined."""
        if value and self.plus_hours:
            value = _add_hours(value, self.plus_hours)
        if value and self.matching is not None:
            match = compiled(self.matching).fullmatch(value)
            return "" if match is None else match[min(1, len(match.spans) - 1)]
        return value


def _add_hours(value: str, hours: int) -> str:
    if len(value) <= len("2026-03-14"):
        return ""
    try:
        moved = (datetime.fromisoformat(value.upper()) + timedelta(hours=hours)).isoformat()
    except (ValueError, OverflowError):
        return ""
    return moved if "T" in value else moved.lower()


@dataclass(frozen=True, slots=True)
class Derived:
    """A column that is computed from others: the first case that an exposure passes gives its value."""

    name: str
    cases: tuple[Case, ...]

    def columns_read(self) -> frozenset[str]:
        """The names of the columns that the cases read."""
        names = {case.copy for case in self.cases if case.copy is not None}
        names.update(*(case.divide_by for case in self.cases if isinstance(case.divide_by, tuple)))
        return frozenset(names).union(*(columns_read(case.when) for case in self.cases if case.when is not None))
