"""Constraints: a closed set of frozen types that select exposures, and the one walker of their tree.

A constraint is evaluated for all exposures at once. Values are compared as a whole and without case; an undefined value
matches nothing.

To add a type of constraint that reads columns, write its class here with `columns` and `evaluate`, add it to `Leaf`,
describe it in `asnforge.rules.describe` (mypy reports the missing case), and read it from rule files: in
`asnforge.rulefiles.build_constraints` and the schema. Everything else treats it as a `Leaf`; lint reasons about its values if
`asnforge.lint.satisfiability` knows them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal, Protocol

import numpy as np

from asnforge.columns import UNDEFINED, Column, Mask, comparable
from asnforge.rules.column_types import ColumnType
from asnforge.rules.regex import compiled

Comparison = Literal["at_least", "above", "at_most", "below"]

COMPARISONS: Mapping[Comparison, Callable[[Any, Any], Any]] = {
    "at_least": operator.ge,
    "above": operator.gt,
    "at_most": operator.le,
    "below": operator.lt,
}
"""The comparisons with a bound, by the words of rule files."""


class ColumnSource(Protocol):
    """The exposures on which a constraint is evaluated."""

    def column(self, names: tuple[str, ...]) -> Column:
        """For each exposure, the value of the first of the named columns that is defined."""

    def passes(self, constraint: Constraint) -> Mask:
        """The exposures that pass a constraint, which is evaluated only once."""


@dataclass(frozen=True, slots=True)
class Defined:
    """The value is defined (`expected` true) or undefined (`expected` false)."""

    columns: tuple[str, ...]
    expected: bool

    def evaluate(self, exposures: ColumnSource) -> Mask:
        """The exposures that pass."""
        defined = exposures.column(self.columns).defined()
        return defined if self.expected else ~defined


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of a list, in lower case."""

    columns: tuple[str, ...]
    values: tuple[str, ...]

    def evaluate(self, exposures: ColumnSource) -> Mask:
        """The exposures that pass."""
        return exposures.column(self.columns).mask(frozenset(self.values).__contains__)


@dataclass(frozen=True, slots=True)
class Matches:
    """The whole value matches a regular expression."""

    columns: tuple[str, ...]
    pattern: str

    def evaluate(self, exposures: ColumnSource) -> Mask:
        """The exposures that pass."""
        return exposures.column(self.columns).mask(compiled(self.pattern).matches)


@dataclass(frozen=True, slots=True)
class Bounded:
    """The number, time or angle is on one side of a bound.

    Attributes
    ----------
    comparison : {"at_least", "above", "at_most", "below"}
        How an amount that passes compares with the bound.
    bound : Decimal
        The bound, in the unit of the column's amounts.
    text : str
        The bound as the rule set writes it.
    column_type : ColumnType
        The type of the columns.
    """

    columns: tuple[str, ...]
    comparison: Comparison
    bound: Decimal
    text: str
    column_type: ColumnType

    def accepts(self, amount: Decimal) -> bool:
        """Whether an amount passes."""
        return bool(COMPARISONS[self.comparison](amount, self.bound))

    def evaluate(self, exposures: ColumnSource) -> Mask:
        """The exposures that pass."""
        column = exposures.column(self.columns)
        (integers,), (bound,) = comparable([column], [self.bound])
        accepted = COMPARISONS[self.comparison](integers, bound).astype(np.bool_)
        accepted[UNDEFINED] = False
        mask: Mask = accepted[column.codes]
        return mask


@dataclass(frozen=True, slots=True)
class InTable:
    """The values of several columns together are a row of a table of the rule set."""

    columns: tuple[str, ...]
    table: str
    rows: frozenset[tuple[str, ...]]

    def evaluate(self, exposures: ColumnSource) -> Mask:
        """The exposures that pass: each value is defined, and all together are a row of the table."""
        columns = [exposures.column((name,)) for name in self.columns]
        passed = np.zeros(len(columns[0].codes), np.bool_)
        for row in self.rows:
            if all(value and value in column.values for column, value in zip(columns, row, strict=True)):
                pairs = zip(columns, row, strict=True)
                passed |= np.logical_and.reduce([column.codes == column.values.index(value) for column, value in pairs])
        return passed


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part passes."""

    parts: tuple[Constraint, ...]

    def evaluate(self, exposures: ColumnSource) -> Mask:
        """The exposures that pass."""
        mask: Mask = np.logical_and.reduce([exposures.passes(part) for part in self.parts])
        return mask


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part passes."""

    parts: tuple[Constraint, ...]

    def evaluate(self, exposures: ColumnSource) -> Mask:
        """The exposures that pass."""
        mask: Mask = np.logical_or.reduce([exposures.passes(part) for part in self.parts])
        return mask


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not pass."""

    part: Constraint

    def evaluate(self, exposures: ColumnSource) -> Mask:
        """The exposures that pass."""
        return ~exposures.passes(self.part)


@dataclass(frozen=True, slots=True)
class Condition:
    """A constraint that the rule set defines once, and that others use by its name."""

    name: str
    part: Constraint

    def evaluate(self, exposures: ColumnSource) -> Mask:
        """The exposures that pass."""
        return exposures.passes(self.part)


Leaf = Defined | OneOf | Matches | Bounded | InTable
"""A constraint that reads columns and has no parts."""

Constraint = Leaf | AllOf | AnyOf | Not | Condition


def parts(constraint: Constraint) -> tuple[Constraint, ...]:
    """The parts of a constraint; none for a leaf."""
    match constraint:
        case AllOf() | AnyOf():
            return constraint.parts
        case Not() | Condition():
            return (constraint.part,)
        case _:
            return ()


def walk(constraint: Constraint) -> Iterator[Constraint]:
    """A constraint and everything inside it, each before its parts, from left to right."""
    yield constraint
    for part in parts(constraint):
        yield from walk(part)


def leaves(constraint: Constraint) -> Iterator[Leaf]:
    """The leaves of a constraint, from left to right."""
    return (item for item in walk(constraint) if isinstance(item, Leaf))


def expanded(constraint: Constraint) -> Constraint:
    """A constraint with its conditions replaced by their constraints."""
    match constraint:
        case Condition():
            return expanded(constraint.part)
        case AllOf() | AnyOf():
            return replace(constraint, parts=tuple(map(expanded, constraint.parts)))
        case Not():
            return Not(expanded(constraint.part))
        case _:
            return constraint


def truth_value(constraint: Constraint, known: Callable[[Constraint], bool | None]) -> bool | None:
    """Whether a constraint is true, false or unknown (None), from what is known of it or of its parts (Kleene's logic).

    Parameters
    ----------
    constraint : Constraint
        The constraint.
    known : callable
        The truth value of a constraint as far as the caller knows it; called for every constraint before its parts.
    """
    value = known(constraint)
    if value is not None:
        return value
    match constraint:
        case Not():
            value = truth_value(constraint.part, known)
            return None if value is None else not value
        case Condition():
            return truth_value(constraint.part, known)
        case AllOf() | AnyOf():
            decisive = isinstance(constraint, AnyOf)
            values = {truth_value(part, known) for part in constraint.parts}
            return decisive if decisive in values else None if None in values else not decisive
        case _:
            return None


def columns_read(constraint: Constraint) -> frozenset[str]:
    """The names of all columns that a constraint reads."""
    return frozenset(name for leaf in leaves(constraint) for name in leaf.columns)
