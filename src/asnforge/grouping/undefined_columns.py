"""What follows for constraints and derived columns from columns in which every value is undefined."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from asnforge.rules.constraints import Constraint, Defined, InTable, Leaf, OneOf, columns_read, truth_value
from asnforge.rules.derived import Case, Derived
from asnforge.rules.ruleset import Ruleset


class UndefinedColumns(Collection[str]):
    """The columns that a pool does not have, and the derived columns that are undefined because of it.

    Parameters
    ----------
    missing : collection of str
        The pool's missing columns, in lower case.
    ruleset : Ruleset
        The rules, for the derived columns.
    """

    def __init__(self, missing: Collection[str], ruleset: Ruleset) -> None:
        self._missing = frozenset(missing)
        self._derived: Mapping[str, Derived] = ruleset.derived
        self._undefined: set[str] = set(missing)
        while found := {name for name in self._derived if name not in self._undefined and self._is_undefined(name)}:
            self._undefined |= found

    def __contains__(self, name: object) -> bool:
        return name in self._undefined

    def __iter__(self) -> Iterator[str]:
        return iter(self._undefined)

    def __len__(self) -> int:
        return len(self._undefined)

    def sources(self, columns: Collection[str]) -> tuple[str, ...]:
        """The missing columns of the pool behind some columns, derived ones among them, sorted."""
        found: set[str] = set()
        seen: set[str] = set()
        waiting = list(columns)
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                derived = self._derived.get(name)
                found.update([name] if derived is None else [])
                waiting.extend(() if derived is None else derived.columns_read())
        return tuple(sorted(found & self._missing))

    def sources_of(self, constraint: Constraint) -> tuple[str, ...]:
        """The missing columns of the pool that a constraint reads, through derived columns as well, sorted."""
        return self.sources(columns_read(constraint))

    def values_lost(self, name: str) -> dict[str, tuple[str, ...]]:
        """The values of a derived column that no case gives any more, each with the missing columns that it would need."""
        cases = self._derived[name].cases if name in self._derived else ()
        lost: dict[str, set[str]] = {}
        for case in cases:
            if case.copy is None and case.when is not None and self.never(case.when):
                lost.setdefault(case.value.casefold(), set()).update(self.sources_of(case.when))
        given = {case.value.casefold() for case in cases if case.copy is None and not self._is_dead(case)}
        return {value: tuple(sorted(columns)) for value, columns in lost.items() if value and value not in given}

    def never(self, constraint: Constraint) -> bool:
        """Whether no exposure can pass a constraint."""
        return truth_value(constraint, self._known) is False

    def _known(self, constraint: Constraint) -> bool | None:
        """Whether every exposure passes a constraint that reads columns (True), none does (False), or it depends (None)."""
        if not isinstance(constraint, Leaf):
            return None
        undefined = (any if isinstance(constraint, InTable) else all)(name in self for name in constraint.columns)
        match constraint:
            case Defined(expected=expected):
                return not expected if undefined else None
            case OneOf(columns=(name,), values=values) if name in self._derived and not undefined:
                possible = self._possible(name)
                lost = possible is not None and not possible.intersection(values) and bool(self.values_lost(name))
                return False if lost else None
            case _:
                return False if undefined else None

    def _is_dead(self, case: Case) -> bool:
        """Whether a case gives no exposure a value."""
        if case.when is not None and self.never(case.when):
            return True
        return not case.value if case.copy is None else case.copy in self

    def _is_undefined(self, name: str) -> bool:
        """Whether a derived column is undefined for want of the pool's columns."""
        cases = self._derived[name].cases
        return all(map(self._is_dead, cases)) and bool(self.sources((name,)))

    def _possible(self, name: str) -> frozenset[str] | None:
        """The values that a derived column can have; None where it copies another column."""
        alive = [case for case in self._derived[name].cases if not self._is_dead(case)]
        if any(case.copy is not None for case in alive):
            return None
        return frozenset(case.value.casefold() for case in alive)
