"""The values that columns can still have if some constraints pass, and whether another constraint then passes.

A column's values are enumerated: those that any constraint names, undefined, and one that represents all others. If constraints
compare with bounds, there is one value for each bound and each range between them instead, which represents all amounts in
it. Whether a constraint accepts a value is True, False or unknown (None), as for a pattern and a value that represents others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import lru_cache
from itertools import pairwise
from math import prod

from asnforge.rules.amounts import LARGEST_EXPONENT, LONGEST_CELL, read_bound
from asnforge.rules.constraints import (
    AllOf,
    AnyOf,
    Bounded,
    Condition,
    Constraint,
    Defined,
    InTable,
    Leaf,
    Matches,
    Not,
    OneOf,
    expanded,
    leaves,
    truth_value,
)
from asnforge.rules.derived import Derived
from asnforge.rules.regex import compiled

Columns = tuple[str, ...]
Values = frozenset[str]

UNDEFINED = ""
OTHER = "\0other"
"""Represents every value that no constraint names."""

_AMOUNT = "\0amount "
"""Begins a value that represents all amounts of a range that no constraint names."""

_EXACT = Context(prec=2 * LARGEST_EXPONENT + LONGEST_CELL)


def values_of_derived(derived: Mapping[str, Derived]) -> dict[str, Values]:
    """The possible values, in lower case, of each derived column that copies no other."""
    known = {}
    for name, column in derived.items():
        if all(case.copy is None for case in column.cases):
            is_total = any(case.when is None for case in column.cases)
            values = {case.value.casefold() for case in column.cases}
            known[name] = frozenset(values if is_total else {*values, UNDEFINED})
    return known


def values_with_fixed(
    derived: Mapping[str, Derived], closed: Mapping[str, Values], fixed: Mapping[str, Values]
) -> dict[str, Values]:
    """The possible values of derived columns if some columns, `fixed`, have only certain values.

    Columns that read a fixed one, directly or through others, are evaluated again; `closed` is from `values_of_derived`.
    """
    known: dict[str, Values] = {**closed, **fixed}
    changed, done = set(fixed), set(fixed)

    def evaluate(name: str) -> bool:
        """Whether a column reads a fixed one; if so, its values are updated."""
        if name not in done and name in derived:
            done.add(name)
            if changed & {inner for inner in sorted(derived[name].columns_read()) if evaluate(inner)}:
                changed.add(name)
                values = _values_of(derived[name], known)
                known.pop(name, None)
                if values is not None:
                    known[name] = values
        return name in changed

    for name in derived:
        evaluate(name)
    return known


def _values_of(column: Derived, closed: Mapping[str, Values]) -> Values | None:
    """The values of a derived column, without those of cases that nothing passes; None if they are not all known."""
    values: set[str] = set()
    for case in column.cases:
        passes = True if case.when is None else Domain.of([case.when], closed).truth_value(case.when, [])
        if passes is False:
            continue
        if case.copy is None:
            values.add(case.value.casefold())
        elif case.copy in closed and not case.has_arithmetic:
            values.update(case.convert(value) for value in closed[case.copy])
        else:
            return None
        if passes is True:
            return frozenset(values)
    return frozenset({*values, UNDEFINED})


@dataclass(frozen=True, slots=True)
class Domain:
    """All values to consider, for each column or columns that constraints read."""

    values: Mapping[Columns, Values]

    @classmethod
    def of(cls, constraints: Iterable[Constraint], closed: Mapping[str, Values]) -> Domain:
        """The domain of some constraints; `closed` has the columns whose values are all known."""
        values: dict[Columns, set[str]] = {}
        bounds: dict[Columns, set[Decimal]] = {}
        for constraint in constraints:
            for leaf in leaves(constraint):
                for columns, named in _named_values(leaf):
                    values.setdefault(columns, {UNDEFINED, OTHER}).update(named)
                if isinstance(leaf, Bounded):
                    bounds.setdefault(leaf.columns, set()).add(leaf.bound)
        for columns, several in bounds.items():
            values[columns].remove(OTHER)
            values[columns].update(f"{_AMOUNT}{amount}" for amount in _representatives(sorted(several)))
        known = {columns: closed.get(columns[0]) if len(columns) == 1 else None for columns in values}
        return cls({columns: known[columns] or frozenset(named) for columns, named in values.items()})

    def narrowed_by(self, constraints: Iterable[Constraint]) -> dict[Columns, Values]:
        """For each column the values that pass all of some constraints, or may pass them."""
        remaining = dict(self.values)
        for constraint in _conjuncts(constraints):
            if isinstance(constraint, InTable):
                for index, name in enumerate(constraint.columns):
                    remaining[(name,)] &= {row[index] for row in constraint.rows}
            elif (columns := _only_columns(constraint)) is not None:
                remaining[columns] = _passing(constraint, remaining[columns])[1]
        return remaining

    def truth_value(self, constraint: Constraint, others: Iterable[Constraint]) -> bool | None:
        """Whether a constraint always passes if others pass (True), never passes (False), or this depends (None)."""
        remaining = self.narrowed_by(others)
        if any(not values & remaining[columns] for columns, values in self.narrowed_by([constraint]).items()):
            return False
        return truth_value(constraint, lambda part: _known(part, remaining))


def implied_or_contradicted(constraint: Constraint, others: Iterable[Constraint]) -> bool | None:
    """Whether other constraints state literally the same (True), the opposite (False), or neither (None)."""
    stated = set(_conjuncts(map(expanded, others)))
    own = list(_conjuncts([expanded(constraint)]))
    if any(_opposite(part) in stated for part in own):
        return False
    return True if all(part in stated for part in own) else None


def _representatives(bounds: Sequence[Decimal]) -> Iterator[Decimal]:
    """The bounds, and an amount of each range between them, below and above them."""
    yield from bounds
    yield _EXACT.subtract(bounds[0], Decimal(1))
    yield _EXACT.add(bounds[-1], Decimal(1))
    yield from (_EXACT.divide(_EXACT.add(one, other), Decimal(2)) for one, other in pairwise(bounds))


@lru_cache(maxsize=1024)
def _only_columns(constraint: Constraint) -> Columns | None:
    """The columns that a constraint reads, if it reads them as one value; None if it reads several."""
    inside = list(leaves(constraint))
    read = {leaf.columns for leaf in inside}
    return read.pop() if len(read) == 1 and not any(isinstance(leaf, InTable) for leaf in inside) else None


def _named_values(leaf: Leaf) -> Iterable[tuple[Columns, Iterable[str]]]:
    match leaf:
        case OneOf(columns=columns, values=values):
            return [(columns, values)]
        case InTable(columns=columns, rows=rows):
            return [((name,), [row[index] for row in rows]) for index, name in enumerate(columns)]
        case _:
            return [(leaf.columns, ())]


def _conjuncts(constraints: Iterable[Constraint]) -> Iterator[Constraint]:
    """The constraints that must all pass, including those inside others."""
    for constraint in constraints:
        match constraint:
            case AllOf(parts=parts):
                yield from _conjuncts(parts)
            case Condition(part=part) | Not(part=Not(part=part)):
                yield from _conjuncts([part])
            case Not(part=Condition(part=part)):
                yield from _conjuncts([Not(part)])
            case Not(part=AnyOf(parts=parts)):
                yield from _conjuncts(Not(part) for part in parts)
            case _:
                yield constraint


def _known(constraint: Constraint, remaining: Mapping[Columns, Values]) -> bool | None:
    """The truth value of a constraint if it is the same for all remaining values of the columns; else None."""
    columns = _only_columns(constraint)
    if columns is not None:
        certain, possible = _passing(constraint, remaining[columns])
        return True if certain == remaining[columns] else None if possible else False
    return _in_table(constraint, remaining) if isinstance(constraint, InTable) else _is_tautology(constraint)


@lru_cache(maxsize=1024)
def _passing(constraint: Constraint, values: Values) -> tuple[Values, Values]:
    """The values of one column that certainly pass a constraint, and those that may pass it."""

    def accepts(value: str) -> bool | None:
        return truth_value(constraint, lambda part: _accepts(part, value))

    truth = {value: accepts(value) for value in values}
    return (
        frozenset(value for value in values if truth[value]),
        frozenset(value for value in values if truth[value] is not False),
    )


def _accepts(constraint: Constraint, value: str) -> bool | None:
    match constraint:
        case Defined(expected=expected):
            return (value != UNDEFINED) == expected
        case OneOf(values=values):
            return value != UNDEFINED and value in values
        case Matches(pattern=pattern):
            return None if value[:1] == OTHER[:1] else value != UNDEFINED and compiled(pattern).matches(value)
        case Bounded():
            amount = _amount(value, constraint)
            return amount is not None and constraint.accepts(amount)
        case _:
            return _is_tautology(constraint)


def _amount(value: str, constraint: Bounded) -> Decimal | None:
    """The amount of a value of the constraint's columns; None if it is undefined."""
    if value.startswith(_AMOUNT):
        return Decimal(value.removeprefix(_AMOUNT))
    amount = read_bound(value, constraint.column_type.of_values)
    return amount if isinstance(amount, Decimal) else None


def _is_tautology(constraint: Constraint) -> bool | None:
    """True for a constraint that passes whatever its parts do: one of them or its opposite."""
    parts = constraint.parts if isinstance(constraint, AnyOf) else ()
    return True if any(_opposite(part) in parts for part in parts) else None


def _opposite(constraint: Constraint) -> Constraint:
    return constraint.part if isinstance(constraint, Not) else Not(constraint)


def _in_table(table: InTable, remaining: Mapping[Columns, Values]) -> bool | None:
    allowed = [remaining[(name,)] for name in table.columns]
    fitting = [row for row in table.rows if all(value in values for value, values in zip(row, allowed, strict=True))]
    if not fitting:
        return False
    return True if len(fitting) == prod(map(len, allowed)) else None
