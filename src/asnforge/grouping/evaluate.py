"""Evaluating constraints: each once for all exposures, with derived columns made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from asnforge.columns import Column, Mask, coalesce, coalesce_cases, constant, recategorize, spelled
from asnforge.rules.constraints import Constraint
from asnforge.rules.derived import Case, Derived
from asnforge.rules.rule import ExptypeOverride
from asnforge.rules.ruleset import Ruleset

if TYPE_CHECKING:
    from asnforge.grouping.prepared_pool import PreparedPool

_Columns = Callable[[tuple[str, ...]], Column]


class Evaluator:
    """The columns and constraints of a pool's exposures, each worked out once.

    Parameters
    ----------
    columns : mapping of str to Column
        The pool's columns, and any that replace derived ones.
    derived : mapping of str to Derived
        How derived columns are made.
    rows : int
        The count of exposures.
    replaced : mapping of str to Column, optional
        Those that replace derived ones, with their values as the rule set spells them.
    """

    def __init__(
        self,
        columns: Mapping[str, Column],
        derived: Mapping[str, Derived],
        rows: int,
        replaced: Mapping[str, Column] | None = None,
    ) -> None:
        self.rows = rows
        self._replaced = dict(replaced or {})
        self._derived = derived
        self._columns: dict[tuple[str, ...], Column] = {(name,): column for name, column in columns.items()}
        self._spelled: dict[tuple[str, ...], Column] = {(name,): column for name, column in self._replaced.items()}
        self._written: dict[str, Column] = dict(self._replaced)
        self._given = frozenset(columns)
        self._passes: dict[Constraint, Mask] = {}

    def column(self, names: tuple[str, ...]) -> Column:
        """For each exposure the first value that is defined in the named columns."""
        if names not in self._columns:
            self._columns[names] = self._make(names, self.column, str.casefold)
        return self._columns[names]

    def spelled(self, names: tuple[str, ...]) -> Column:
        """The same values as the pool or the rule set spells them, in the order of the spelled values."""
        if names not in self._spelled:
            is_given = len(names) == 1 and names[0] in self._given
            self._spelled[names] = spelled(self.column(names)) if is_given else self._make(names, self.spelled, str)
        return self._spelled[names]

    def written(self, name: str) -> Column:
        """A column for file names: values that the rule set gives are spelled as there, those of the pool are case-folded."""
        if name not in self._written:
            keeps_case = self._keeps_case(name)
            self._written[name] = (
                self._make((name,), lambda names: self.written(names[0]), str) if keeps_case else self.column((name,))
            )
        return self._written[name]

    def passes(self, constraint: Constraint) -> Mask:
        """The exposures that pass a constraint."""
        if constraint not in self._passes:
            self._passes[constraint] = constraint.evaluate(self)
        return self._passes[constraint]

    def with_column(self, name: str, column: Column) -> Evaluator:
        """An evaluation of the same exposures in which a column, its values in any case, replaces another one."""
        columns = {given: self._columns[given,] for given in self._given}
        folded = recategorize([value.casefold() for value in column.values], column.codes)
        return Evaluator({**columns, name: folded}, self._derived, self.rows, {**self._replaced, name: column})

    def _make(self, names: tuple[str, ...], column: _Columns, text: Callable[[str], str]) -> Column:
        """A column of several, or a derived one, of what `column` gives and of what `text` makes of the rule set's values."""
        if len(names) > 1:
            return coalesce([column((name,)) for name in names])
        derived = self._derived.get(names[0])
        if derived is None:
            return constant("", self.rows)
        everywhere = np.ones(self.rows, np.bool_)
        cases = []
        for case in derived.cases:
            mask = everywhere if case.when is None else self.passes(case.when)
            cases.append((mask, self._value(case, column, text)))
        return coalesce_cases(self.rows, cases)

    def _value(self, case: Case, column: _Columns, text: Callable[[str], str]) -> Column:
        if case.copy is None:
            return constant(text(case.value), self.rows)
        copied = column((case.copy,))
        if case.is_plain_copy:
            return copied
        return recategorize([case.convert(value) for value in copied.values], copied.codes)

    def _keeps_case(self, name: str) -> bool:
        """Whether a derived column, or one that it copies, is given a value with capital letters."""
        if name in self._replaced or name in self._given or name not in self._derived:
            return name in self._replaced
        cases = self._derived[name].cases
        return any(self._keeps_case(case.copy) if case.copy else case.value != case.value.casefold() for case in cases)


class Evaluators:
    """The evaluations that the rules of a rule set need of the same exposures: one for each way to see exptypes."""

    def __init__(self, exposures: PreparedPool, ruleset: Ruleset) -> None:
        self._exptype = ruleset.members.exptype
        self._plain = Evaluator(exposures.columns, ruleset.derived, len(exposures))
        self._taken: dict[ExptypeOverride, Evaluator] = {}

    def for_rule(self, take_as: ExptypeOverride | None) -> Evaluator:
        """The exposures as a rule sees them that takes each one as some exptype."""
        if take_as is None:
            return self._plain
        if take_as not in self._taken:
            column = self._plain.column((self._exptype,))
            excepted = column.mask(frozenset(take_as.excepted).__contains__)
            everywhere = np.ones(self._plain.rows, np.bool_)
            own, taken = self._plain.written(self._exptype), constant(take_as.exptype, self._plain.rows)
            seen = coalesce_cases(self._plain.rows, [(excepted, own), (everywhere, taken)])
            self._taken[take_as] = self._plain.with_column(self._exptype, seen)
        return self._taken[take_as]
