"""Which values columns can still have once some constraints are passed, and what that leaves another one to decide.

A column's values are looked at one by one: those that any constraint names, no value at all, and one that stands for all
others. Each constraint passes it, does not, or cannot be told (None), as a pattern of a value that nothing names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from asnforge.rules.constraints import (
    AllOf,
    AnyOf,
    Condition,
    Constraint,
    Defined,
    InTable,
    Matches,
    Not,
    OneOf,
    expanded,
    leaves,
)
from asnforge.rules.derived import Derived
from asnforge.rules.regex import compiled

Columns = tuple[str, ...]
Leaf = Defined | OneOf | Matches | InTable
Values = frozenset[str]

UNDEFINED = ""
OTHER = "\0other"
"""Stands for every value that no constraint names."""


def values_of_derived(derived: Mapping[str, Derived]) -> dict[str, Values]:
    """For each derived column that copies no other the values that it can have; in lower case, empty for none."""
    found = {}
    for name, column in derived.items():
        if all(case.copy is None for case in column.cases):
            ends = any(case.when is None for case in column.cases)
            values = {case.value.casefold() for case in column.cases}
            found[name] = frozenset(values if ends else {*values, UNDEFINED})
    return found


def values_given(
    derived: Mapping[str, Derived], closed: Mapping[str, Values], fixed: Mapping[str, Values]
) -> dict[str, Values]:
    """The values of derived columns where some of them have only certain values.

    Parameters
    ----------
    derived : mapping of str to Derived
        All derived columns.
    closed : mapping of str to frozenset of str
        The columns whose values are all known, from `values_of_derived`.
    fixed : mapping of str to frozenset of str
        The only values of some columns, such as the exposure type of a rule that takes every exposure as science.

    Returns
    -------
    dict of str to frozenset of str
        All known values, those of columns that read a fixed one, directly or through others, worked out from it.
    """
    found: dict[str, Values | None] = {**{name: closed.get(name) for name in derived}, **fixed}
    changed, done = set(fixed), set(fixed)

    def work_out(name: str) -> bool:
        """Whether a column reads a fixed one; its values are then worked out."""
        if name not in done and name in derived:
            done.add(name)
            reads_changed = [work_out(inner) for inner in sorted(derived[name].columns_read())]
            if any(reads_changed):
                known = {column: values for column, values in found.items() if values is not None}
                found[name] = _values_of(derived[name], known)
                changed.add(name)
        return name in changed

    for name in derived:
        work_out(name)
    return {name: values for name, values in found.items() if values is not None}


def _values_of(column: Derived, closed: Mapping[str, Values]) -> Values | None:
    """The values of a derived column, without those of cases that nothing passes; None where they are not all known."""
    values: set[str] = set()
    for case in column.cases:
        verdict: bool | None = True
        if case.when is not None:
            universe = Universe.of([case.when], closed)
            verdict = universe.verdict(case.when, universe.left_by([]))
        if verdict is False:
            continue
        if case.copy is None:
            values.add(case.value.casefold())
        elif case.copy in closed:
            values.update(case.taken(value) for value in closed[case.copy])
        else:
            return None
        if verdict is True:
            return frozenset(values)
    return frozenset({*values, UNDEFINED})


@dataclass(frozen=True, slots=True)
class Universe:
    """All values that have to be looked at, for each column or columns that constraints read."""

    values: Mapping[Columns, Values]

    @classmethod
    def of(cls, constraints: Iterable[Constraint], closed: Mapping[str, Values]) -> Universe:
        """The universe of some constraints; `closed` has the columns whose values are all known."""
        values: dict[Columns, set[str]] = {}
        for constraint in constraints:
            for leaf in leaves(constraint):
                for columns, named in _named(leaf):
                    values.setdefault(columns, {UNDEFINED, OTHER}).update(named)
        known = {columns: closed.get(columns[0]) if len(columns) == 1 else None for columns in values}
        return cls({columns: known[columns] or frozenset(found) for columns, found in values.items()})

    def left_by(self, constraints: Iterable[Constraint]) -> dict[Columns, Values]:
        """For each column the values that pass all of some constraints, or of which it cannot be told."""
        left = dict(self.values)
        for constraint in _conjuncts(constraints):
            if isinstance(constraint, InTable):
                for place, name in enumerate(constraint.columns):
                    left[(name,)] &= {row[place] for row in constraint.rows}
            elif (columns := _only_columns(constraint)) is not None:
                left[columns] = _passing(constraint, left[columns])[1]
        return left

    def verdict(self, constraint: Constraint, left: Mapping[Columns, Values]) -> bool | None:
        """Whether a constraint passes all values that are left (True), none (False), or it depends (None)."""
        own = self.left_by([constraint])
        if any(not values & left[columns] for columns, values in own.items()):
            return False
        return _passes(constraint, left)


def _only_columns(constraint: Constraint) -> Columns | None:
    """The columns that a constraint reads, where it reads them as one; None where it reads several."""
    found = list(leaves(constraint))
    read = {leaf.columns for leaf in found}
    return next(iter(read)) if len(read) == 1 and not any(isinstance(leaf, InTable) for leaf in found) else None


def _named(leaf: Leaf) -> Iterable[tuple[Columns, Iterable[str]]]:
    match leaf:
        case OneOf(columns=columns, values=values):
            return [(columns, values)]
        case InTable(columns=columns, rows=rows):
            return [((name,), [row[place] for row in rows]) for place, name in enumerate(columns)]
        case _:
            return [(leaf.columns, ())]


def _conjuncts(constraints: Iterable[Constraint]) -> Iterable[Constraint]:
    """The constraints that must all pass, those inside others among them."""
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


def _passes(constraint: Constraint, left: Mapping[Columns, Values]) -> bool | None:
    """Whether a constraint passes whatever values are left; None where it depends or cannot be told."""
    columns = _only_columns(constraint)
    if columns is not None:
        sure, possible = _passing(constraint, left[columns])
        return True if sure == left[columns] else None if possible else False
    match constraint:
        case Condition(part=part):
            return _passes(part, left)
        case Not(part=part):
            inner = _passes(part, left)
            return None if inner is None else not inner
        case AllOf(parts=parts):
            found = [_passes(part, left) for part in parts]
            return False if False in found else None if None in found else True
        case AnyOf(parts=parts):
            said = set(parts)
            found = [True if _opposite(part) in said else _passes(part, left) for part in parts]
            return True if True in found else None if None in found else False
        case InTable():
            return _in_table(constraint, left)
        case _:
            return None


def _passing(constraint: Constraint, values: Values) -> tuple[Values, Values]:
    """Of a column's values those that a constraint surely passes, and those that it may pass."""
    match constraint:
        case Condition(part=part):
            return _passing(part, values)
        case Not(part=part):
            sure, possible = _passing(part, values)
            return values - possible, values - sure
        case AllOf(parts=parts):
            found = [_passing(part, values) for part in parts]
            return values.intersection(*(sure for sure, _ in found)), values.intersection(*(each for _, each in found))
        case AnyOf(parts=parts):
            found = [_passing(part, values) for part in parts]
            said = set(parts)
            if any(_opposite(part) in said for part in parts):
                return values, values
            return frozenset().union(*(sure for sure, _ in found)), frozenset().union(*(each for _, each in found))
        case Defined(wanted=wanted):
            passing = values - {UNDEFINED} if wanted else values & {UNDEFINED}
            return passing, passing
        case OneOf(values=wanted_values):
            passing = values.intersection(wanted_values)
            return passing, passing
        case Matches(pattern=pattern):
            passing = frozenset(filter(compiled(pattern).matches, values - {UNDEFINED, OTHER}))
            return passing, passing | (values & {OTHER})
        case InTable():
            return frozenset(), values


def settled(constraint: Constraint, others: Iterable[Constraint]) -> bool | None:
    """Whether other constraints say the same (True), the opposite (False), or neither (None), word for word."""
    said = set(_conjuncts(map(expanded, others)))
    own = list(_conjuncts([expanded(constraint)]))
    if any(_opposite(each) in said for each in own):
        return False
    return True if all(each in said for each in own) else None


def _opposite(constraint: Constraint) -> Constraint:
    return constraint.part if isinstance(constraint, Not) else Not(constraint)


def _in_table(table: InTable, left: Mapping[Columns, Values]) -> bool | None:
    allowed = [left[(name,)] for name in table.columns]
    fitting = [row for row in table.rows if all(value in values for value, values in zip(row, allowed, strict=True))]
    if not fitting:
        return False
    combinations = 1
    for values in allowed:
        combinations *= len(values)
    return True if len(fitting) == combinations else None
