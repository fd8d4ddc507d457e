"""Evaluate each constraint once for all exposures, and compute derived columns on demand."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from asnforge.columns import Column, Mask, coalesce, coalesce_cases, constant, recategorize, spelled, stacked
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.derived_values import as_type, plus, whole_quotient
from asnforge.rules.column_types import TEXT, ColumnType
from asnforge.rules.constraints import Constraint, columns_read
from asnforge.rules.derived import Case, Derived
from asnforge.rules.rule import ExptypeOverride
from asnforge.rules.ruleset import Ruleset

if TYPE_CHECKING:
    from asnforge.grouping.prepared_pool import PreparedPool

_T = TypeVar("_T")
_Derivation = tuple[str, str]
"""How the values of a derived column are spelled, and the column."""

_Columns = Callable[[tuple[str, ...]], Column]


class Evaluator:
    """The columns and constraints of a pool's exposures, each computed once.

    The attribute `unreadable` has, for each derived column and column that it copies, as far as they were needed, the type of
    the derived column, the copied one, and the rows whose text cannot be read as this type.

    Parameters
    ----------
    columns : mapping of str to Column
        The pool's columns.
    derived : mapping of str to Derived
        The definitions of derived columns.
    rows : int
        The number of exposures.
    replaced : mapping of str to Column, optional
        Columns used instead of columns of the pool or derived ones; their values are spelled as in the rule set.
    types : mapping of str to ColumnType, optional
        The types of columns that have one.
    product_values : mapping of str to Column, optional
        The values of the last exposures, which are products, in derived columns (see `PreparedPool`).
    base : Evaluator, optional
        The same without replaced columns: what does not depend on these is computed there.
    known : mapping, optional
        Derived columns of the same exposures without the last ones, as `derived_columns` returns them.
    """

    def __init__(
        self,
        columns: Mapping[str, Column],
        derived: Mapping[str, Derived],
        rows: int,
        replaced: Mapping[str, Column] | None = None,
        types: Mapping[str, ColumnType] | None = None,
        product_values: Mapping[str, Column] | None = None,
        base: Evaluator | None = None,
        known: Mapping[_Derivation, Column] | None = None,
    ) -> None:
        self.rows = rows
        self._known = dict(known or {})
        self._base = base
        self._depends: dict[str, bool] = {}
        self._types = dict(types or {})
        self.unreadable: dict[tuple[str, str], tuple[ColumnType, Column, IndexArray]] = {}
        self._product_values = product_values or {}
        self._pool_columns = dict(columns)
        self._derived = derived
        self._replaced = dict(replaced or {})
        folded = {name: _folded(column) for name, column in self._replaced.items()}
        self._columns: dict[tuple[str, ...], Column] = {
            (name,): column for name, column in (self._pool_columns | folded).items()
        }
        self._spelled: dict[tuple[str, ...], Column] = {(name,): column for name, column in self._replaced.items()}
        self._written: dict[str, Column] = dict(self._replaced)
        self._passes: dict[Constraint, Mask] = {}
        self._remembered: dict[Hashable, Any] = {}

    def column(self, names: tuple[str, ...]) -> Column:
        """For each exposure the first defined value of the named columns."""
        if names not in self._columns:
            base = self._base_for(names)
            self._columns[names] = (
                base.column(names) if base is not None else self._derive("column", names, self.column, str.casefold)
            )
        return self._columns[names]

    def spelled(self, names: tuple[str, ...]) -> Column:
        """The same values as the pool or the rule set spells them, in the order of the spelled values."""
        if names not in self._spelled and (base := self._base_for(names)) is not None:
            self._spelled[names] = base.spelled(names)
        elif names not in self._spelled:
            has_amounts = self._types.get(names[0], TEXT).has_amounts
            is_given = has_amounts or (len(names) == 1 and names[0] in self._pool_columns)
            if is_given:
                self._spelled[names] = spelled(self.column(names))
            elif _has_letters(self.column(names)):
                self._spelled[names] = self._derive("spelled", names, self.spelled, str)
            else:
                self._spelled[names] = self.column(names)
        return self._spelled[names]

    def written(self, name: str) -> Column:
        """A column for file names: values from the rule set keep their spelling, values from the pool are case-folded."""
        if name not in self._written:
            self._written[name] = (
                self._derive("written", (name,), lambda names: self.written(names[0]), str)
                if self._has_capitals(name)
                else self.column((name,))
            )
        return self._written[name]

    def passes(self, constraint: Constraint) -> Mask:
        """The exposures that pass a constraint."""
        if constraint not in self._passes:
            base = self._base_for(columns_read(constraint))
            self._passes[constraint] = constraint.evaluate(self) if base is None else base.passes(constraint)
        return self._passes[constraint]

    def remembered(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """A value that depends on the exposures alone, made once."""
        if key not in self._remembered:
            self._remembered[key] = make()
        value: _T = self._remembered[key]
        return value

    def with_column(self, name: str, column: Column) -> Evaluator:
        """An evaluator of the same exposures with a column replaced; the new values can be in any case."""
        replaced = {**self._replaced, name: column}
        return Evaluator(
            self._pool_columns, self._derived, self.rows, replaced, self._types, self._product_values, base=self
        )

    def _base_for(self, names: Iterable[str]) -> Evaluator | None:
        """The evaluator that can compute something from these columns; None if they depend on a replaced one."""
        return self._base if self._base is not None and not any(map(self._is_changed, names)) else None

    def _is_changed(self, name: str) -> bool:
        """Whether a column is replaced, or derived from one that is."""
        if name not in self._depends:
            derived = None if name in self._pool_columns else self._derived.get(name)
            self._depends[name] = name in self._replaced or (
                derived is not None and any(map(self._is_changed, derived.columns_read()))
            )
        return self._depends[name]

    def derived_columns(self) -> dict[_Derivation, Column]:
        """The derived columns that were computed, each by the way in which it is spelled."""
        return {key: self._known[key] for key in self._known if len(self._known[key].codes) == self.rows}

    def _derive(self, spelling: str, names: tuple[str, ...], column: _Columns, spell: Callable[[str], str]) -> Column:
        """Coalesce columns, or compute a derived one; of exposures with known values only those of the last ones are added."""
        key = spelling, names[0]
        if len(names) > 1 or names[0] not in self._derived:
            return self._compute(names, column, spell)
        known, given = self._known.get(key), self._product_values.get(names[0])
        if known is None or given is None:
            self._known[key] = self._compute(names, column, spell)
        elif len(known.codes) < self.rows:
            last = replace(given, codes=given.codes[len(known.codes) - self.rows :])
            self._known[key] = stacked(known, _spelled_by(last, spell))
        return self._known[key]

    def _compute(self, names: tuple[str, ...], column: _Columns, spell: Callable[[str], str]) -> Column:
        """Coalesce columns, or compute a derived one, from those of `column`; `spell` converts the rule set's values."""
        if len(names) > 1:
            return coalesce([column((name,)) for name in names])
        derived = self._derived.get(names[0])
        if derived is None:
            return constant("", self.rows)
        everywhere = np.ones(self.rows, np.bool_)
        column_type = self._types.get(names[0], TEXT)
        cases = [
            (everywhere if case.when is None else self.passes(case.when), self._value(case, column_type, column, spell))
            for case in derived.cases
        ]
        if column_type.has_amounts:
            self._note_unreadable(derived, column_type, cases)
        computed = coalesce_cases(self.rows, cases)
        given = self._product_values.get(names[0])
        return computed if given is None else _with_last(computed, given, spell)

    def _value(self, case: Case, column_type: ColumnType, column: _Columns, spell: Callable[[str], str]) -> Column:
        """The values of a case, as values of the derived column's type."""
        if case.copy is None:
            fixed = constant(spell(case.value), self.rows)
            return as_type(fixed, fixed, TEXT, column_type.of_values)
        copied, source = column((case.copy,)), self._types.get(case.copy, TEXT)
        if case.has_arithmetic:
            copied = self._calculated(case, source)
            copied = copied if column == self.column else spelled(copied)
        if case.plus_hours or case.matching is not None:
            copied, source = recategorize([case.convert(value) for value in copied.values], copied.codes), TEXT
        if column_type.has_amounts and not source.has_amounts:
            return as_type(copied, self.spelled((case.copy,)) if case.is_plain_copy else copied, source, column_type)
        return as_type(copied, copied, source, column_type)

    def _note_unreadable(self, derived: Derived, column_type: ColumnType, cases: Sequence[tuple[Mask, Column]]) -> None:
        """Remember the rows whose value for a derived column is a text that cannot be read as its type."""
        remaining = np.ones(self.rows, np.bool_)
        for case, (mask, values) in zip(derived.cases, cases, strict=True):
            chosen = mask & remaining & ~values.defined()
            remaining &= ~mask
            if case.copy is not None and not self._types.get(case.copy, TEXT).has_amounts and chosen.any():
                copied = self.column((case.copy,))
                rows = np.flatnonzero(chosen & copied.defined())
                if case.matching is not None:
                    matched = np.array([bool(value and case.convert(value)) for value in copied.values], np.bool_)
                    rows = rows[matched[copied.codes[rows]]]
                if len(rows):
                    self.unreadable[derived.name, case.copy] = column_type, copied, rows

    def _calculated(self, case: Case, column_type: ColumnType) -> Column:
        """The amounts of the copied column, with those of the case added, and divided."""
        result = self.column((case.copy or "",))
        if case.offset:
            result = plus(result, column_type, case.offset)
        if case.divide_by is not None:
            by = case.divide_by
            result = whole_quotient(result, by if isinstance(by, Decimal) else self.column(by))
        return result

    def _has_capitals(self, name: str) -> bool:
        """Whether the rule set defines a value with capital letters for a derived column, or for one that it copies."""
        if name in self._replaced or name in self._pool_columns or name not in self._derived:
            return name in self._replaced
        cases = self._derived[name].cases
        return any(
            self._has_capitals(case.copy) if case.copy else case.value != case.value.casefold() for case in cases
        )


class Evaluators:
    """The evaluators that the rules of a rule set need for the same exposures: one for each override of exptypes.

    Parameters
    ----------
    earlier : Evaluators, optional
        Those of the same exposures without the last ones, which are products.
    """

    def __init__(self, prepared: PreparedPool, ruleset: Ruleset, earlier: Evaluators | None = None) -> None:
        self._exptype = ruleset.members.exptype
        self._plain = Evaluator(
            prepared.columns,
            ruleset.derived,
            len(prepared),
            types=ruleset.column_types,
            product_values=prepared.product_values,
            known=None if earlier is None else earlier.for_rule(None).derived_columns(),
        )
        if earlier is not None:
            self._plain.unreadable |= earlier.for_rule(None).unreadable
        self._overridden: dict[ExptypeOverride, Evaluator] = {}

    def for_rule(self, take_as: ExptypeOverride | None) -> Evaluator:
        """The exposures as read by a rule with this override, if any."""
        if take_as is None:
            return self._plain
        if take_as not in self._overridden:
            rows = self._plain.rows
            excepted = self._plain.column((self._exptype,)).mask(frozenset(take_as.excepted).__contains__)
            cases = [
                (excepted, self._plain.written(self._exptype)),
                (np.ones(rows, np.bool_), constant(take_as.exptype, rows)),
            ]
            self._overridden[take_as] = self._plain.with_column(self._exptype, coalesce_cases(rows, cases))
        return self._overridden[take_as]


def _has_letters(column: Column) -> bool:
    """Whether values can have several spellings; those of amounts have others in upper case."""
    return column.amounts is not None or any(value != value.upper() for value in column.values)


def _folded(column: Column) -> Column:
    return recategorize([value.casefold() for value in column.values], column.codes)


def _with_last(column: Column, last: Column, spell: Callable[[str], str]) -> Column:
    """A column with other values in its last rows, which `spell` converts."""
    return stacked(replace(column, codes=column.codes[: -len(last.codes)]), _spelled_by(last, spell))


def _spelled_by(column: Column, spell: Callable[[str], str]) -> Column:
    if column.amounts is not None:
        return column
    return recategorize([spell(value) for value in column.values], column.codes)
