"""Which pairs of exposures relations allow, by how far apart their values are, and whether one relation decides another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from asnforge.rules.attachment import (
    Amount,
    Distance,
    FixedAmount,
    Interval,
    Relation,
    SameValue,
    SkyDistance,
)

_ANY = Decimal("Infinity")
_SMALLEST = Decimal("1e-999")
"""Less than any difference of two different values."""


@dataclass(frozen=True, slots=True)
class _Range:
    """The differences of a supporting exposure's value and that of the group's exposure that a relation allows.

    From `low` to `high`, and at least `apart` in size.
    """

    low: Decimal = -_ANY
    high: Decimal = _ANY
    apart: Decimal = Decimal(0)

    def is_within(self, other: _Range) -> bool:
        """Whether another range has all of this one."""
        return other.low <= self.low and self.high <= other.high and other.apart <= self.apart

    def is_empty(self) -> bool:
        """Whether it has no difference at all."""
        return self.low > self.high or self.apart > max(-self.low, self.high)

    def both(self, other: _Range) -> _Range:
        """The differences that are in both ranges."""
        return _Range(max(self.low, other.low), min(self.high, other.high), max(self.apart, other.apart))


def is_implied(relation: Relation, required: Relation) -> bool:
    """Whether every pair for which `required` holds meets the relation as well."""
    if replace(relation, name="") == replace(required, name=""):
        return True
    if required.when is not None or (required.optional != "no" and relation.optional != required.optional):
        return False
    ranges = _ranges(relation, required)
    return ranges is not None and ranges[1].is_within(ranges[0])


def is_contradicted(relation: Relation, required: Relation) -> bool:
    """Whether no pair for which `required` holds meets the relation."""
    if relation.when is not None or required.when is not None or "no" not in (relation.optional, required.optional):
        return False
    ranges = _ranges(relation, required)
    return ranges is not None and ranges[0].both(ranges[1]).is_empty()


def _ranges(relation: Relation, required: Relation) -> tuple[_Range, _Range] | None:
    """The ranges of two relations of the same values; None if they are about different ones, or not about known amounts."""
    if _compared(relation) is None or _compared(relation) != _compared(required):
        return None
    ranges = _range(relation), _range(required)
    return None if ranges[0] is None or ranges[1] is None else (ranges[0], ranges[1])


def _compared(relation: Relation) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The columns on both sides."""
    match relation:
        case SameValue() | Distance() | Interval():
            return relation.columns, relation.own_columns
        case SkyDistance():
            return relation.position, relation.own_position
        case _:
            return None


def _range(relation: Relation) -> _Range | None:
    """The differences that a relation allows; None if the exposure of the group gives an amount, or it is not about amounts."""
    match relation:
        case SameValue(instead=None, differs=differs):
            return _Range(apart=_SMALLEST) if differs else _Range(Decimal(0), Decimal(0))
        case Distance(within=within, apart=apart):
            most, least = _value(within, _ANY), _value(apart, Decimal(0))
            return None if most is None or least is None else _Range(-most, most, least)
        case Interval(before=before, after=after):
            low, high = _value(before, _ANY), _value(after, _ANY)
            return None if low is None or high is None else _Range(-low, high)
        case SkyDistance(within=within):
            most = _value(within, _ANY)
            return None if most is None else _Range(-most, most)
        case _:
            return None


def _value(amount: Amount | None, otherwise: Decimal) -> Decimal | None:
    """An amount of the rule file, or what it is without one; None if the exposure of the group gives it."""
    if amount is None:
        return otherwise
    return amount.value if isinstance(amount, FixedAmount) else None
