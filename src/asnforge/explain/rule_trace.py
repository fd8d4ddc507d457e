"""What one rule did with a pool's exposures: its criteria, their results, and the groups of each exposure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from asnforge.associations.drafts import RuleResult
from asnforge.columns import Mask
from asnforge.explain.blame import ColumnReader, constraint_failure, key_failure
from asnforge.explain.model import CriterionKind, Failure
from asnforge.explain.siblings import Columns, required_values
from asnforge.findings import pluralize
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.attach import Membership, can_be_attached
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.key_codes import has_value
from asnforge.grouping.name_values import key_of_column
from asnforge.rules.attachment import Attachment
from asnforge.rules.constraints import Constraint, columns_read
from asnforge.rules.describe import describe
from asnforge.rules.rule import Key, Rule
from asnforge.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True, eq=False)
class Criterion:
    """A constraint of ``select``, or a key that must be defined.

    Attributes
    ----------
    test : Constraint or Key
        The constraint or key.
    passed : ndarray of bool, shape (rows,)
        The exposures that pass it.
    label : str
        Its name in files of cases: its own, or ``key NAME`` for a key with the same name as a constraint.
    """

    kind: CriterionKind
    name: str
    test: Constraint | Key
    passed: Mask
    label: str

    def columns(self) -> frozenset[str]:
        """The columns that it reads."""
        return frozenset(self.test.columns) if isinstance(self.test, Key) else columns_read(self.test)


class _GroupsOfRows:
    """The groups of single exposures."""

    def __init__(self, pairs: Membership) -> None:
        order = np.argsort(pairs.row, kind="stable")
        self._row, self._group = pairs.row[order], pairs.group[order]

    def of(self, row: int) -> IndexArray:
        """The groups of an exposure, in their order."""
        start, stop = np.searchsorted(self._row, (row, row + 1))
        return self._group[start:stop]


class RuleTrace:
    """What one rule did with a pool's exposures."""

    def __init__(self, result: RuleResult, evaluator: Evaluator, ruleset: Ruleset) -> None:
        self.result = result
        self.rule: Rule = result.rule
        self.name = result.rule.name
        self.members = result.members
        self.groups = result.members.groups
        self.evaluator = evaluator
        self.files = result.prepared.columns[ruleset.members.file_name].codes
        self.candidates = result.prepared.rows_of(result.rule.product_of)
        self.reader = ColumnReader(result.prepared.pool, evaluator, result.rule, ruleset)

    def about(self) -> str:
        """What the rule is about, in words."""
        return "exposures" if self.rule.product_of is None else f"products of {self.rule.product_of}"

    def is_about(self, row: int) -> bool:
        """Whether the rule is about exposures of the pool if the row is one, or about products of the rule that makes it."""
        return self.result.prepared.is_about(self.rule.product_of, row)

    def can_be_attached(self, attachment: Attachment) -> Mask:
        """The exposures that an attachment of the rule can take, whatever the group."""
        return can_be_attached(self.rule, attachment, self.evaluator, self.result.prepared)

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """What an exposure must pass to be selected: constraints, then keys, each in the order of the rule."""
        return tuple(self._criteria())

    def failed(self, row: int) -> tuple[Criterion, ...]:
        """The criteria that an exposure does not pass."""
        return tuple(criterion for criterion in self.criteria if not criterion.passed[row])

    def failure(self, criterion: Criterion, row: int) -> Failure:
        """Why an exposure does not pass a criterion."""
        if isinstance(criterion.test, Key):
            return key_failure(criterion.test, self.reader, row, self._required(criterion.test, row))
        return constraint_failure(criterion.name, criterion.test, self.reader, row)

    def why_key_failed(self, criteria: Iterable[Criterion]) -> Iterator[Mask]:
        """For the keys among some criteria the exposures that a key rejects although it may be defined."""
        for criterion in criteria:
            if isinstance(criterion.test, Key):
                yield self._unnamed(criterion.test)
                yield self._too_many(criterion.test)

    def _required(self, key: Key, row: int) -> str:
        """What the value of a key has to be, for an exposure that the key rejects."""
        if self._unnamed(key)[row]:
            return "a value that can be part of a name"
        if self._too_many(key)[row]:
            most = self.reader.ruleset.most_wildcard_groups
            return f"defined in every exposure, as undefined values would make more than {pluralize(most, 'group')}"
        return "defined"

    def failures(self, row: int) -> tuple[Failure, ...]:
        """Why an exposure is not selected, criterion by criterion."""
        return tuple(self.failure(criterion, row) for criterion in self.failed(row))

    def members_of(self, row: int) -> IndexArray:
        """The indices of the members that an exposure is in the rule's groups."""
        start, stop = np.searchsorted(self._sorted_rows, (row, row + 1))
        return self._by_row[start:stop]

    def groups_of(self, row: int) -> IndexArray:
        """The groups that an exposure is in, or would be in if no other row had the same file."""
        return np.union1d(self.members.group[self.members_of(row)], self.used_in(row)).astype(np.int64)

    def used_in(self, row: int) -> IndexArray:
        """The groups for which the rule selects an exposure, and uses it if no other row has the same file."""
        return self._selected.of(row)

    def not_preferred_in(self, row: int) -> IndexArray:
        """The groups for which the rule selects an exposure, but uses only others, which it prefers."""
        return self._passed_over.of(row)

    def selected_for(self, row: int) -> IndexArray:
        """The groups for which the rule selects an exposure, even if it uses only others there."""
        groups: IndexArray = np.union1d(self.used_in(row), self.not_preferred_in(row))
        return groups

    def selected_by(self, group: int) -> IndexArray:
        """The exposures that the rule selects for a group, without those that it does not use."""
        start, stop = np.searchsorted(self.groups.selected.group, (group, group + 1))
        return self.groups.selected.row[start:stop]

    def preference_words(self, group: int) -> str:
        """Why exposures of a group are not used: ``of this group, only exposures where FILE matches .*_b are used``."""
        preference = self.rule.prefer[int(self.groups.preference[group])]
        return f"of this group, only exposures where {describe(preference)} are used"

    def rows_of(self, group: int) -> IndexArray:
        """The rows of a group's members, in the order of the members."""
        return self.members.row[self.members.starts[group] : self.members.starts[group + 1]]

    def unmet(self, group: int) -> list[str]:
        """The names of the requirements that a group does not meet."""
        needs = zip(self.rule.require, self.members.unmet, strict=True)
        return [need.name for need, unmet in needs if unmet[group]]

    @cached_property
    def selected_rows(self) -> Mask:
        """The exposures that the rule selected for a group, even if it uses only others there, which it prefers."""
        return self._mask(self.groups.selected.row) | self._mask(self.groups.passed_over.row)

    @cached_property
    def complete_rows(self) -> Mask:
        """The exposures that the rule selected for a group that meets all requirements."""
        selected = self.groups.selected
        return self._mask(selected.row[self.members.valid()[selected.group]])

    @cached_property
    def grouped_rows(self) -> Mask:
        """The exposures that are used in a group of the rule, complete or not: those selected, and those attached."""
        return self._mask(self.groups.selected.row) | self._mask(self.members.row)

    @cached_property
    def passed_over_rows(self) -> Mask:
        """The exposures that the rule selected for a group in which it uses others, which it prefers."""
        return self._mask(self.groups.passed_over.row)

    @cached_property
    def not_preferred(self) -> tuple[Mask, ...]:
        """For each preference the exposures that are not used in a group because of it."""
        passed_over = self.groups.passed_over
        preference = self.groups.preference[passed_over.group]
        return tuple(self._mask(passed_over.row[preference == index]) for index in range(len(self.rule.prefer)))

    @cached_property
    def rows_with_values(self) -> dict[Columns, Mask]:
        """The exposures with a value that the rule's constraints require, by the columns that have the value."""
        return {
            columns: np.logical_or.reduce([self.evaluator.passes(leaf) for leaf in leaves])
            for columns, leaves in required_values(self.rule).items()
        }

    def is_kept_out(self, row: int) -> bool:
        """Whether an exposure with all values is in no group: no name can have one, or groups would be too many."""
        keys = (*self.rule.keys_in_names(), *self._columns_in_names())
        return any(bool(self._unnamed(key)[row] or self._too_many(key)[row]) for key in keys)

    def _unnamed(self, key: Key) -> Mask:
        """The exposures that are in no group because their value for a key cannot be part of a name."""
        return self._mask(self.groups.unnamed.get(key.name, [])) & ~self.selected_rows

    def _too_many(self, key: Key) -> Mask:
        """The exposures that are in no group because this key is undefined, or the first that is in others (see `NotMade`)."""
        entry = self.groups.not_made
        if entry is None or key not in entry.keys:
            return self._mask([])
        undefined = [~has_value(other, self.evaluator, self.result.prepared)[entry.rows] for other in entry.keys]
        number = np.argmax(undefined, axis=0)
        return self._mask(entry.rows[number == entry.keys.index(key)]) & ~self.selected_rows

    def _columns_in_names(self) -> tuple[Key, ...]:
        """The columns in names that keep exposures out of groups, as keys."""
        keys = {key.name for key in self.rule.keys_in_names()}
        return tuple(key_of_column(name) for name in sorted(self.groups.unnamed.keys() - keys))

    def _mask(self, rows: IndexArray | list[int]) -> Mask:
        mask = np.zeros(len(self.result.prepared), np.bool_)
        mask[rows] = True
        return mask

    @cached_property
    def _selected(self) -> _GroupsOfRows:
        return _GroupsOfRows(self.groups.selected)

    @cached_property
    def _passed_over(self) -> _GroupsOfRows:
        return _GroupsOfRows(self.groups.passed_over)

    @cached_property
    def _by_row(self) -> IndexArray:
        return np.argsort(self.members.row, kind="stable")

    @cached_property
    def _sorted_rows(self) -> IndexArray:
        return self.members.row[self._by_row]

    def _criteria(self) -> Iterator[Criterion]:
        names = {select.name for select in self.rule.select}
        for select in self.rule.select:
            passed = self.evaluator.passes(select.constraint)
            yield Criterion("constraint", select.name, select.constraint, passed, select.name)
        for key in self.rule.keys_in_names():
            unnamed = self._unnamed(key) | self._too_many(key)
            if key.optional and not unnamed.any():
                continue
            passed = (has_value(key, self.evaluator, self.result.prepared) | key.optional) & ~unnamed
            if key.instead is not None:
                passed = passed | self.selected_rows
            yield Criterion("key", key.name, key, passed, f"key {key.name}" if key.name in names else key.name)
        for key in self._columns_in_names():
            yield Criterion("key", key.name, key, ~self._unnamed(key), key.name)
