"""Whether relations of two values other than equality hold: differences, amounts, and positions on the sphere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import UNDEFINED, Column, Mask, comparable
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.evaluate import Evaluator
from asnforge.rules.attachment import (
    Amount,
    ColumnAmount,
    Distance,
    Interval,
    Relation,
    SameCandidate,
    SameValue,
    SkyDistance,
)

RelationTest = Callable[[IndexArray, IndexArray], Mask]
"""For pairs of rows, of an exposure of a group and of a supporting one, whether a relation holds."""

_Values = NDArray[Any]

_Holds = Callable[[_Values, _Values | int], _Values]
"""Whether differences are within a limit."""

_TOLERANCE = 1e-9
"""The rounding of a distance on the sphere, in arcseconds, so that the largest distance is included."""


def tests_of(relation: Relation, evaluator: Evaluator) -> RelationTest:
    """The test of a relation that is not one of equal values."""
    return evaluator.remembered(("test", relation), lambda: _test_of(relation, evaluator))


def _test_of(relation: Relation, evaluator: Evaluator) -> RelationTest:
    match relation:
        case SameValue():
            test = _same_value(relation, evaluator)
        case Distance():
            test = _distance(relation, evaluator)
        case Interval():
            test = _interval(relation, evaluator)
        case SkyDistance():
            test = _sky_distance(relation, evaluator)
        case SameCandidate():
            raise TypeError("candidates are compared as equal values")
    if relation.when is None:
        return test
    passes = evaluator.passes(relation.when)
    return lambda own, support: ~(passes[own] & passes[support]) | test(own, support)


def search_limits(relation: Distance | Interval, evaluator: Evaluator) -> tuple[IndexArray, IndexArray] | None:
    """For each row, as the exposure of a group, the first code of the column that can match, and the code after the last one.

    None if the relation cannot be searched in sorted values.
    """
    return evaluator.remembered(("limits", relation), lambda: _search_limits(relation, evaluator))


def _search_limits(relation: Distance | Interval, evaluator: Evaluator) -> tuple[IndexArray, IndexArray] | None:
    if relation.optional != "no" or relation.when is not None:
        return None
    before, after = _limits(relation)
    if before is None and after is None:
        return None
    column, own = evaluator.column(relation.columns), evaluator.column(relation.own_columns)
    size = len(column.values)
    first, last = np.ones(evaluator.rows, np.int64), np.full(evaluator.rows, size, np.int64)
    for amount, sign, limit in ((before, -1, first), (after, 1, last)):
        if amount is None:
            continue
        values, own_values, by, scale = _scaled(column, own, amount, evaluator)
        if size == 1:
            continue
        edges = own_values[own.codes] * scale + sign * by
        limit[:] = np.searchsorted(values[1:] * scale, edges, "left" if sign < 0 else "right") + 1
        if isinstance(amount, ColumnAmount):
            limit[evaluator.column(amount.columns).codes == UNDEFINED] = size if sign < 0 else 0
    first[own.codes == UNDEFINED] = size
    return first, last


def _limits(relation: Distance | Interval) -> tuple[Amount | None, Amount | None]:
    if isinstance(relation, Interval):
        return relation.before, relation.after
    return relation.within, relation.within


def _scaled(
    column: Column, own: Column, amount: Amount, evaluator: Evaluator
) -> tuple[_Values, _Values, _Values | int, int]:
    """The amounts of both columns by code, an amount (by row if a column has it), all whole numbers; and a factor.

    The values have to be multiplied by the factor to be comparable with the amount.
    """
    if not isinstance(amount, ColumnAmount):
        (values, own_values), (by,) = comparable([column, own], [amount.value])
        return values, own_values, by, 1
    given = evaluator.column(amount.columns)
    (values, own_values, amounts), _ = comparable([column, own, given])
    numerator, denominator = amount.factor.as_integer_ratio()
    if amount.factor == 1:
        return values, own_values, amounts[given.codes], 1
    return (
        values.astype(object),
        own_values.astype(object),
        amounts[given.codes].astype(object) * numerator,
        denominator,
    )


def _undefined(relation: SameValue | Distance | Interval | SkyDistance, own: Mask, support: Mask) -> Mask:
    """Whether a relation holds for pairs of which a value is undefined."""
    if relation.optional == "no":
        return np.zeros(len(own), np.bool_)
    if relation.optional == "yes":
        return np.ones(len(own), np.bool_)
    both = own & support
    return ~both if isinstance(relation, SameValue) and relation.differs else both


def _same_value(relation: SameValue, evaluator: Evaluator) -> RelationTest:
    column, own_column = evaluator.column(relation.columns), evaluator.column(relation.own_columns)
    index = {value: code for code, value in enumerate(column.values)}
    lookup = np.array([index.get(value, -1) for value in own_column.values], np.int64)

    def test(own: IndexArray, support: IndexArray) -> Mask:
        first, second = lookup[own_column.codes[own]], column.codes[support]
        undefined = first == UNDEFINED, second == UNDEFINED
        return np.where(
            undefined[0] | undefined[1], _undefined(relation, *undefined), (first != second) == relation.differs
        )

    return test


def _distance(relation: Distance, evaluator: Evaluator) -> RelationTest:
    limits: list[tuple[Amount | None, _Holds]] = [
        (relation.within, lambda difference, limit: abs(difference) <= limit),
        (relation.apart, lambda difference, limit: abs(difference) >= limit),
    ]
    return _differences(relation, limits, evaluator)


def _interval(relation: Interval, evaluator: Evaluator) -> RelationTest:
    limits: list[tuple[Amount | None, _Holds]] = [
        (relation.before, lambda difference, limit: -difference <= limit),
        (relation.after, lambda difference, limit: difference <= limit),
    ]
    return _differences(relation, limits, evaluator)


def _differences(
    relation: Distance | Interval, limits: Sequence[tuple[Amount | None, _Holds]], evaluator: Evaluator
) -> RelationTest:
    """A test of how much more the value of the supporting exposure is than that of the own one; a limit can be None."""
    column, own_column = evaluator.column(relation.columns), evaluator.column(relation.own_columns)
    scaled = [
        (_scaled(column, own_column, amount, evaluator), amount, is_met)
        for amount, is_met in limits
        if amount is not None
    ]

    def test(own: IndexArray, support: IndexArray) -> Mask:
        first, second = own_column.codes[own], column.codes[support]
        undefined = first == UNDEFINED, second == UNDEFINED
        holds = np.ones(len(own), np.bool_)
        for (values, own_values, by, scale), amount, is_met in scaled:
            difference = (values[second] - own_values[first]) * scale
            holds &= is_met(difference, by[own] if isinstance(by, np.ndarray) else by).astype(np.bool_)
            holds &= _is_given(amount, evaluator, own)
        return np.where(undefined[0] | undefined[1], _undefined(relation, *undefined), holds)

    return test


def _is_given(amount: Amount, evaluator: Evaluator, own: IndexArray) -> Mask | bool:
    """Whether the exposure of the group has the amount."""
    return not isinstance(amount, ColumnAmount) or evaluator.column(amount.columns).defined()[own]


class SkyDistances(NamedTuple):
    """How far positions are from each other.

    Attributes
    ----------
    vectors : tuple of two ndarray of float, shape (rows, 3)
        The positions on the unit sphere: of exposures of groups, and of supporting ones.
    defined : tuple of two ndarray of bool, shape (rows,)
        Whether they have a position.
    """

    vectors: tuple[NDArray[np.float64], NDArray[np.float64]]
    defined: tuple[Mask, Mask]

    def is_known(self, own: IndexArray, support: IndexArray) -> Mask:
        """The pairs of rows of which both have a position."""
        known: Mask = self.defined[0][own] & self.defined[1][support]
        return known

    def distances(self, own: IndexArray, support: IndexArray) -> NDArray[np.float64]:
        """The distances of pairs of rows, in arcseconds."""
        chord = np.linalg.norm(self.vectors[0][own] - self.vectors[1][support], axis=1)
        arcseconds: NDArray[np.float64] = np.degrees(2 * np.arcsin(np.minimum(chord / 2, 1))) * 3600
        return arcseconds


def sky_distances(relation: SkyDistance, evaluator: Evaluator) -> SkyDistances:
    """The positions that a relation compares."""
    own, support = (
        [evaluator.column((name,)) for name in position] for position in (relation.own_position, relation.position)
    )
    return SkyDistances(
        (_vectors(*own), _vectors(*support)),
        (own[0].defined() & own[1].defined(), support[0].defined() & support[1].defined()),
    )


def _sky_distance(relation: SkyDistance, evaluator: Evaluator) -> RelationTest:
    measured, within = sky_distances(relation, evaluator), relation.within
    limits: NDArray[np.float64] | float
    if isinstance(within, ColumnAmount):
        column = evaluator.column(within.columns)
        limits = _floats(column)[column.codes] * float(within.factor)
    else:
        limits = float(within.value)

    def test(own: IndexArray, support: IndexArray) -> Mask:
        limit = limits[own] if isinstance(limits, np.ndarray) else limits
        undefined = ~measured.defined[0][own], ~measured.defined[1][support]
        holds = (measured.distances(own, support) <= limit + _TOLERANCE) & _is_given(within, evaluator, own)
        return np.where(undefined[0] | undefined[1], _undefined(relation, *undefined), holds)

    return test


def _vectors(longitude: Column, latitude: Column) -> NDArray[np.float64]:
    """Positions on the unit sphere, by row."""
    lon, lat = (np.radians(_floats(column)[column.codes] / 3600) for column in (longitude, latitude))
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def _floats(column: Column) -> NDArray[np.float64]:
    """The amounts of a column by code: for an angle in arcseconds."""
    if column.amounts is None:
        return np.zeros(len(column.values))
    unit = float(Decimal(1).scaleb(column.amounts.exponent))
    return column.amounts.integers.astype(np.float64) * unit
