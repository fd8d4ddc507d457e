"""Constraints: a closed set of frozen types that say which exposures a rule takes.

Each can be evaluated for all exposures at once, say itself in words, and list the columns that it reads. A match is against
the whole value and without letter case; an undefined value matches nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from asnforge.columns import Column, Mask
from asnforge.rules.regex import compiled


class ColumnSource(Protocol):
    """What a constraint is evaluated on."""

    def column(self, names: tuple[str, ...]) -> Column:
        """For each exposure the first value that is defined in the named columns."""

    def passes(self, constraint: Constraint) -> Mask:
        """The exposures that pass a constraint; evaluated once for each constraint."""


@dataclass(frozen=True, slots=True)
class Defined:
    """A value is there (`wanted` true) or is not (`wanted` false)."""

    columns: tuple[str, ...]
    wanted: bool

    def evaluate(self, exposures: ColumnSource) -> Mask:
        """The exposures that pass."""
        defined = exposures.column(self.columns).defined()
        return defined if self.wanted else ~defined

    def describe(self) -> str:
        """The constraint in words."""
        return f"{_columns(self.columns)} is {'defined' if self.wanted else 'undefined'}"


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of a list, in lower case."""

    columns: tuple[str, ...]
    values: tuple[str, ...]

    def evaluate(self, exposures: ColumnSource) -> Mask:
        """The exposures that pass."""
        return exposures.column(self.columns).mask(frozenset(self.values).__contains__)

    def describe(self) -> str:
        """The constraint in words."""
        if len(self.values) == 1:
            return f"{_columns(self.columns)} is {self.values[0]}"
        return f"{_columns(self.columns)} is one of {', '.join(self.values)}"


@dataclass(frozen=True, slots=True)
class Matches:
    """The whole value matches a regular expression."""

    columns: tuple[str, ...]
    pattern: str

    def evaluate(self, exposures: ColumnSource) -> Mask:
        """The exposures that pass."""
        return exposures.column(self.columns).mask(compiled(self.pattern).matches)

    def describe(self) -> str:
        """The constraint in words."""
        return f"{_columns(self.columns)} matches {self.pattern}"


@dataclass(frozen=True, slots=True)
class InTable:
    """The values of several columns together are a row of a table of the rule set."""

    columns: tuple[str, ...]
    table: str
    rows: frozenset[tuple[str, ...]]

    def evaluate(self, exposures: ColumnSource) -> Mask:
        """The exposures that pass: each value defined, and all together a row of the table."""
        columns = [exposures.column((name,)) for name in self.columns]
        passed = np.zeros(len(columns[0].codes), np.bool_)
        for row in self.rows:
            places = [_place(column, value) for column, value in zip(columns, row, strict=True)]
            if None not in places:
                matching = [column.codes == place for column, place in zip(columns, places, strict=True)]
                passed |= np.logical_and.reduce(matching)
        return passed

    def describe(self) -> str:
        """The constraint in words."""
        return f"({', '.join(name.upper() for name in self.columns)}) is a row of table {self.table}"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part passes."""

    parts: tuple[Constraint, ...]

    def evaluate(self, exposures: ColumnSource) -> Mask:
        """The exposures that pass."""
        mask: Mask = np.logical_and.reduce([exposures.passes(part) for part in self.parts])
        return mask

    def describe(self) -> str:
        """The constraint in words."""
        return " and ".join(_bracketed(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part passes."""

    parts: tuple[Constraint, ...]

    def evaluate(self, exposures: ColumnSource) -> Mask:
        """The exposures that pass."""
        mask: Mask = np.logical_or.reduce([exposures.passes(part) for part in self.parts])
        return mask

    def describe(self) -> str:
        """The constraint in words."""
        return " or ".join(_bracketed(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not pass."""

    part: Constraint

    def evaluate(self, exposures: ColumnSource) -> Mask:
        """The exposures that pass."""
        return ~exposures.passes(self.part)

    def describe(self) -> str:
        """The constraint in words."""
        match self.part:
            case OneOf(columns=columns, values=(value,)):
                return f"{_columns(columns)} is not {value}"
            case OneOf(columns=columns, values=values):
                return f"{_columns(columns)} is none of {', '.join(values)}"
            case Matches(columns=columns, pattern=pattern):
                return f"{_columns(columns)} does not match {pattern}"
            case Defined(columns=columns, wanted=wanted):
                return Defined(columns, not wanted).describe()
            case InTable(columns=columns, table=table):
                return f"({', '.join(name.upper() for name in columns)}) is no row of table {table}"
            case part:
                return f"not {_bracketed(part)}"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that the rule set defines once and constraints use by its name."""

    name: str
    part: Constraint

    def evaluate(self, exposures: ColumnSource) -> Mask:
        """The exposures that pass."""
        return exposures.passes(self.part)

    def describe(self) -> str:
        """The constraint in words."""
        return self.name.replace("_", " ")


Constraint = Defined | OneOf | Matches | InTable | AllOf | AnyOf | Not | Condition


def parts(constraint: Constraint) -> tuple[Constraint, ...]:
    """The constraints that a constraint is made of; none where it reads columns itself."""
    match constraint:
        case AllOf(parts=inner) | AnyOf(parts=inner):
            return inner
        case Not(part=one) | Condition(part=one):
            return (one,)
        case _:
            return ()


def expanded(constraint: Constraint) -> Constraint:
    """The constraint with what conditions stand for in the place of their names."""
    match constraint:
        case AllOf(parts=inner):
            return AllOf(tuple(map(expanded, inner)))
        case AnyOf(parts=inner):
            return AnyOf(tuple(map(expanded, inner)))
        case Not(part=one):
            return Not(expanded(one))
        case Condition(part=one):
            return expanded(one)
        case _:
            return constraint


def leaves(constraint: Constraint) -> Iterator[Defined | OneOf | Matches | InTable]:
    """The constraints inside that read columns, from left to right."""
    if isinstance(constraint, Defined | OneOf | Matches | InTable):
        yield constraint
    for part in parts(constraint):
        yield from leaves(part)


def columns_read(constraint: Constraint) -> frozenset[str]:
    """The names of all columns that a constraint reads."""
    return frozenset(name for leaf in leaves(constraint) for name in leaf.columns)


def _columns(names: tuple[str, ...]) -> str:
    return ", else ".join(name.upper() for name in names)


def _bracketed(constraint: Constraint) -> str:
    words = constraint.describe()
    return f"({words})" if isinstance(constraint, AllOf | AnyOf) else words


def _place(column: Column, value: str) -> int | None:
    return column.values.index(value) if value and value in column.values else None
