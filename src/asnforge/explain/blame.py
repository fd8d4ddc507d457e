"""Which part of a constraint rejected an exposure, from the stored results of the evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from asnforge.columns import UNDEFINED
from asnforge.explain.model import ConstraintCheck, Failure
from asnforge.grouping.evaluate import Evaluator
from asnforge.pool.model import Pool
from asnforge.rules.constraints import AllOf, AnyOf, Condition, Constraint, InTable, Leaf, Not
from asnforge.rules.describe import describe, describe_candidate, describe_key, describe_required_value
from asnforge.rules.rule import Key, Rule
from asnforge.rules.ruleset import Ruleset

_Blame = tuple[tuple[ConstraintCheck, ...], str]


@dataclass(frozen=True, slots=True, eq=False)
class ColumnReader:
    """The values of a pool's exposures as a rule reads them, in words."""

    pool: Pool
    evaluator: Evaluator
    rule: Rule
    ruleset: Ruleset

    def title(self, columns: tuple[str, ...]) -> str:
        """The names of columns of which the first defined one is read."""
        return ", else ".join(map(self._name, columns))

    def is_defined(self, columns: tuple[str, ...], row: int) -> bool:
        """Whether one of several columns is defined."""
        return any(self._is_defined(column, row) for column in columns)

    def read(self, columns: tuple[str, ...], row: int) -> tuple[str, str, str]:
        """The first defined column, its value as the pool spells it, and the reason for the value of a derived column."""
        for column in columns:
            if len(columns) == 1 or self._is_defined(column, row):
                return self._name(column), *self._value(column, row)
        return self.title(columns), "undefined", ""

    def read_together(self, columns: tuple[str, ...], row: int) -> tuple[str, str, str]:
        """The same for all columns together: ``(FIELD, BAND)``, ``(1, g)``."""
        values, reasons = zip(*(self._value(column, row) for column in columns), strict=True)
        return f"({', '.join(map(self._name, columns))})", f"({', '.join(values)})", "; ".join(filter(None, reasons))

    def _name(self, column: str) -> str:
        return column if column in self.ruleset.derived else column.upper()

    def _is_defined(self, column: str, row: int) -> bool:
        return bool(self.evaluator.column((column,)).codes[row] != UNDEFINED)

    def _value(self, column: str, row: int) -> tuple[str, str]:
        if column in self.ruleset.derived:
            return self.evaluator.column((column,))[row] or "undefined", self._reason(column, row)
        cells = self.pool.columns.get(column)
        if cells is None:
            return "undefined", "the pool has no such column"
        if self._is_defined(column, row):
            return cells[row], ""
        column_type = self.ruleset.type_of(column)
        is_read = column_type.kind == "text" or cells[row].casefold() in self.ruleset.undefined
        why = "" if is_read else f", which cannot be read as {column_type}"
        return (f"undefined ({cells[row]}{why})" if cells[row] else "undefined"), ""

    def _reason(self, column: str, row: int) -> str:
        override = self.rule.take_as
        if override is not None and column == self.ruleset.members.exptype:
            kept = self.evaluator.column((column,))[row] in override.excepted
            return "" if kept else f"the rule reads every exposure as {override.exptype}"
        for case in self.ruleset.derived[column].cases:
            if case.when is not None and self.evaluator.passes(case.when)[row]:
                return f"as {describe(case.when)}"
        return ""


def constraint_failure(name: str, constraint: Constraint, reader: ColumnReader, row: int) -> Failure:
    """Why an exposure does not pass a constraint."""
    checks, text = _blame(constraint, reader, row, required=True)
    return Failure("constraint", name, describe(constraint), checks, f"requires {text}")


def key_failure(key: Key, reader: ColumnReader, row: int, required: str = "defined") -> Failure:
    """Why a key rejects an exposure; `required` is what its value has to be, in words."""
    candidates = reader.ruleset.candidates.column
    columns = key.columns if key.candidate is None or candidates is None else (candidates,)
    columns = next((names for names in key.readings if not reader.is_defined(names, row)), columns)
    column, value, because = reader.read(columns, row)
    if key.candidate is not None:
        required = f"a name of {describe_candidate(key.candidate)}"
    check = ConstraintCheck(column, value, required, because)
    return Failure(
        "key",
        key.name,
        f"group by {' and '.join(map(reader.title, key.readings)) or describe_key(key)}",
        (check,),
        f"requires {check}",
    )


def failed_leaves(
    constraint: Constraint, evaluator: Evaluator, row: int, required: bool = True
) -> Iterator[tuple[Leaf, bool]]:
    """The parts that keep a constraint from passing for an exposure, each with whether it should have passed."""
    match constraint:
        case Not(part=part):
            yield from failed_leaves(part, evaluator, row, not required)
        case Condition(part=part):
            yield from failed_leaves(part, evaluator, row, required)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                if evaluator.passes(part)[row] != required:
                    yield from failed_leaves(part, evaluator, row, required)
        case _:
            yield constraint, required


def _blame(constraint: Constraint, reader: ColumnReader, row: int, required: bool) -> _Blame:
    """The checks that keep a constraint from having the result `required`, and the words for them after ``requires``."""
    match constraint:
        case Not(part=part):
            return _blame(part, reader, row, not required)
        case Condition(name=name, part=part):
            checks, text = _blame(part, reader, row, required)
            return tuple(replace(check, conditions=(name, *check.conditions)) for check in checks), text
        case AllOf(parts=parts) | AnyOf(parts=parts):
            failed = [
                _blame(part, reader, row, required) for part in parts if reader.evaluator.passes(part)[row] != required
            ]
            is_conjunction = isinstance(constraint, AllOf) == required
            text = _conjunction(failed) if is_conjunction else _disjunction(failed)
            return tuple(check for checks, _ in failed for check in checks), text
        case _:
            read = reader.read_together if isinstance(constraint, InTable) else reader.read
            column, value, because = read(constraint.columns, row)
            required_value = describe_required_value(constraint, negated=not required)
            check = ConstraintCheck(column, value, required_value, because, excluded=not required)
            return (check,), str(check)


def _conjunction(failed: list[_Blame]) -> str:
    """The words for failed parts if every one of them must have the other result."""
    texts = dict.fromkeys(text for _, text in failed)
    return "; and ".join(f"({text})" if "; or " in text and len(texts) > 1 else text for text in texts)


def _disjunction(failed: list[_Blame]) -> str:
    """The words for failed parts if it is enough that one of them has the other result.

    These are the required values, after the values found that are accepted only together with them.
    """
    excluded = [checks for checks, _ in failed if all(check.excluded for check in checks)]
    values = " and ".join(dict.fromkeys(check.column_and_value() for checks in excluded for check in checks))
    texts = dict.fromkeys(text for checks, text in failed if checks not in excluded)
    required = "; or ".join(f"({text})" if "; and " in text and len(texts) > 1 else text for text in texts)
    if values and required:
        return f"(with {values}) {required}"
    if len(failed) == 1 or required:
        return required or failed[0][1]
    return f"{values} not to occur together"
