"""Evaluating constraints: each once for all exposures, with derived columns made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from asnforge.columns import Column, Mask, choose, constant, first_defined, recode, spelled
from asnforge.rules.constraints import Constraint
from asnforge.rules.derived import Case, Derived
from asnforge.rules.model import Ruleset, TakeAs

if TYPE_CHECKING:
    from asnforge.grouping.exposures import Exposures


class Evaluation:
    """The columns and constraints of a pool's exposures, each worked out once.

    Parameters
    ----------
    columns : mapping of str to Column
        The pool's columns, and any that stand in for derived ones.
    derived : mapping of str to Derived
        How derived columns are made.
    rows : int
        The count of exposures.
    """

    def __init__(self, columns: Mapping[str, Column], derived: Mapping[str, Derived], rows: int) -> None:
        self.rows = rows
        self._derived = derived
        self._columns: dict[tuple[str, ...], Column] = {(name,): column for name, column in columns.items()}
        self._spelled: dict[tuple[str, ...], Column] = {}
        self._given = frozenset(columns)
        self._passes: dict[Constraint, Mask] = {}

    def column(self, names: tuple[str, ...]) -> Column:
        """For each exposure the first value that is defined in the named columns."""
        if names not in self._columns:
            self._columns[names] = self._make(names, self.column)
        return self._columns[names]

    def spelled(self, names: tuple[str, ...]) -> Column:
        """The same values as the pool or the rule set spells them, in the order of the spelled values."""
        if names not in self._spelled:
            is_given = len(names) == 1 and names[0] in self._given
            self._spelled[names] = spelled(self.column(names)) if is_given else self._make(names, self.spelled)
        return self._spelled[names]

    def passes(self, constraint: Constraint) -> Mask:
        """The exposures that pass a constraint."""
        if constraint not in self._passes:
            self._passes[constraint] = constraint.evaluate(self)
        return self._passes[constraint]

    def with_column(self, name: str, column: Column) -> Evaluation:
        """An evaluation of the same exposures in which a column is another one."""
        columns = {given: self._columns[given,] for given in self._given}
        return Evaluation({**columns, name: column}, self._derived, self.rows)

    def _make(self, names: tuple[str, ...], column: Callable[[tuple[str, ...]], Column]) -> Column:
        if len(names) > 1:
            return first_defined([column((name,)) for name in names])
        derived = self._derived.get(names[0])
        if derived is None:
            return constant("", self.rows)
        everywhere = np.ones(self.rows, np.bool_)
        cases = []
        for case in derived.cases:
            mask = everywhere if case.when is None else self.passes(case.when)
            cases.append((mask, self._value(case, column)))
        return choose(self.rows, cases)

    def _value(self, case: Case, column: Callable[[tuple[str, ...]], Column]) -> Column:
        if case.copy is None:
            return constant(case.value, self.rows)
        copied = column((case.copy,))
        if case.is_plain:
            return copied
        return recode([case.taken(value) for value in copied.values], copied.codes)


class Evaluations:
    """The evaluations that the rules of a rule set need of the same exposures: one for each way to see exptypes."""

    def __init__(self, exposures: Exposures, ruleset: Ruleset) -> None:
        self._exptype = ruleset.members.exptype
        self._plain = Evaluation(exposures.columns, ruleset.derived, len(exposures))
        self._taken: dict[TakeAs, Evaluation] = {}

    def seen_as(self, take_as: TakeAs | None) -> Evaluation:
        """The exposures as a rule sees them that takes each one as some exptype."""
        if take_as is None:
            return self._plain
        if take_as not in self._taken:
            column = self._plain.column((self._exptype,))
            excepted = column.where(frozenset(take_as.excepted).__contains__)
            everywhere = np.ones(self._plain.rows, np.bool_)
            seen = choose(
                self._plain.rows, [(excepted, column), (everywhere, constant(take_as.exptype, self._plain.rows))]
            )
            self._taken[take_as] = self._plain.with_column(self._exptype, seen)
        return self._taken[take_as]
