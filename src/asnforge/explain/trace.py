"""The trace of an evaluation: for each rule its criteria, their results, and the groups of each exposure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from asnforge.associations.drafts import Draft, RuleResult
from asnforge.associations.duplicates import Duplicate, resolve_duplicates
from asnforge.associations.keywords import build_associations
from asnforge.columns import CodeArray, Mask
from asnforge.explain.blame import ColumnReader, constraint_failure, key_failure
from asnforge.explain.criteria import Criterion
from asnforge.explain.model import Exposure, Failure
from asnforge.explain.siblings import Columns, required_values, sibling_codes
from asnforge.generation.engine import ALL_SCOPES, Grouping, group
from asnforge.grouping.arrays import IndexArray, distinct
from asnforge.grouping.attach import Choice, Grouped, can_be_attached
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.groups import has_value
from asnforge.grouping.name_values import key_of_column
from asnforge.grouping.product_rows import ProductRows
from asnforge.grouping.scopes import ScopeChoice
from asnforge.pool.model import Pool
from asnforge.rules.attachment import Attachment
from asnforge.rules.describe import describe
from asnforge.rules.rule import Key, Rule
from asnforge.rules.ruleset import Ruleset


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
            return key_failure(criterion.test, self.reader, row, is_unnamed=bool(self._unnamed(criterion.test)[row]))
        return constraint_failure(criterion.name, criterion.test, self.reader, row)

    def failures(self, row: int) -> tuple[Failure, ...]:
        """Why an exposure is not selected, criterion by criterion."""
        return tuple(self.failure(criterion, row) for criterion in self.failed(row))

    def members_of(self, row: int) -> IndexArray:
        """The indices of the members that an exposure is in the rule's groups."""
        start, stop = np.searchsorted(self._sorted_rows, (row, row + 1))
        return self._by_row[start:stop]

    def groups_of(self, row: int) -> IndexArray:
        """The groups that an exposure is in, or would be in if no other row had the same file."""
        own = self.groups.selected.group[self.groups.selected.row == row] if self.selected_rows[row] else ()
        return np.union1d(self.members.group[self.members_of(row)], own).astype(np.int64)

    def not_preferred_in(self, row: int) -> IndexArray:
        """The groups for which the rule selects an exposure, but uses only others, which it prefers."""
        passed_over = self.groups.passed_over
        groups: IndexArray = passed_over.group[passed_over.row == row]
        return groups

    def selected_for(self, row: int) -> IndexArray:
        """The groups for which the rule selects an exposure, even if it uses only others there."""
        selected = self.groups.selected
        groups: IndexArray = np.union1d(selected.group[selected.row == row], self.not_preferred_in(row))
        return groups

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

    def is_unnamed(self, row: int) -> bool:
        """Whether a value that cannot be part of a name keeps an exposure out of every group."""
        return any(bool(self._unnamed(key)[row]) for key in (*self.rule.keys_in_names(), *self._columns_in_names()))

    def _unnamed(self, key: Key) -> Mask:
        """The exposures that are in no group because their value for a key cannot be part of a name."""
        return self._mask(self.groups.unnamed.get(key.name, [])) & ~self.selected_rows

    def _columns_in_names(self) -> tuple[Key, ...]:
        """The columns in names that keep exposures out of groups, as keys."""
        keys = {key.name for key in self.rule.keys_in_names()}
        return tuple(key_of_column(name) for name in sorted(self.groups.unnamed.keys() - keys))

    def _mask(self, rows: IndexArray | list[int]) -> Mask:
        mask = np.zeros(len(self.result.prepared), np.bool_)
        mask[rows] = True
        return mask

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
            unnamed = self._unnamed(key)
            if key.optional and not unnamed.any():
                continue
            passed = (has_value(key, self.evaluator, self.result.prepared) | key.optional) & ~unnamed
            if key.instead is not None:
                passed = passed | self.selected_rows
            yield Criterion("key", key.name, key, passed, f"key {key.name}" if key.name in names else key.name)
        for key in self._columns_in_names():
            yield Criterion("key", key.name, key, ~self._unnamed(key), key.name)


class Trace:
    """What the rules of a rule set did with a pool."""

    def __init__(self, grouping: Grouping, ruleset: Ruleset) -> None:
        self.grouping = grouping
        self.ruleset = ruleset
        self.exposures = grouping.prepared
        self.pool = grouping.prepared.pool
        self.scopes = grouping.scopes
        self.kept = grouping.kept
        self.spellings = ruleset.exptype_spellings()
        self.possible_products: dict[tuple[str, int], ProductRows] = {}
        self.choices: dict[tuple[str, int, str], Choice] = {}
        self.passed_over: dict[tuple[str, str], tuple[IndexArray, tuple[str, ...]]] = {}
        self.product_failures: dict[tuple[object, ...], str] = {}
        self.rejected_by: dict[str, IndexArray] = {}
        self.evaluators = grouping.evaluators
        self.rules = tuple(
            RuleTrace(result, self.evaluators.for_rule(result.rule.take_as), ruleset) for result in grouping.results
        )

    def exposure(self, row: int) -> Exposure:
        """The exposure of a row."""
        file_name = self.pool.columns[self.ruleset.members.file_name][row]
        made_by = self.exposures.products[row - self.exposures.exposures] if self.is_product(row) else ""
        return Exposure(int(self.pool.lines[row]), file_name, self.pool.unit, made_by)

    def grouped(self, rule: RuleTrace) -> Grouped:
        """The groups of a rule before anything is attached."""
        selected, scope = rule.groups.selected, rule.groups.scope
        return Grouped(rule.rule, rule.evaluator, self.exposures, self.scopes, selected, scope, self.files)

    def product_names(self) -> tuple[str, ...]:
        """The file names of the products that rules use, row by row."""
        products = range(self.exposures.exposures, len(self.exposures))
        return tuple(self.exposure(row).file_name for row in products)

    def is_product(self, row: int) -> bool:
        """Whether a row is a product of a rule, and not an exposure of the pool."""
        return row >= self.exposures.exposures

    def made_from(self, row: int) -> Iterator[int]:
        """The exposures and products that a product is made from, as rows, directly or through other products."""
        queue, seen = [row], set[int]()
        while queue:
            more = set(self.own_members(queue.pop())) - seen
            yield from sorted(more)
            seen |= more
            queue.extend(more)

    def own_members(self, row: int) -> list[int]:
        """The members of the group that a product is made from, as rows; none for an exposure of the pool."""
        if not self.is_product(row):
            return []
        product = row - self.exposures.exposures
        rule = next(rule for rule in self.rules if rule.name == self.exposures.products[product])
        members: list[int] = rule.rows_of(int(self.exposures.product_groups[product])).tolist()
        return members

    @property
    def files(self) -> CodeArray:
        """For each exposure the code of its file."""
        return self.exposures.columns[self.ruleset.members.file_name].codes

    @cached_property
    def orphans(self) -> Mask:
        """The exposures that are in no association."""
        return self.grouping.orphans()

    @cached_property
    def in_scope(self) -> Mask:
        """The exposures that are in one of the selected scopes."""
        return np.diff(self.scopes.starts) > 0

    def scopes_of(self, row: int) -> dict[int, int]:
        """The selected scopes of an exposure, each with the candidate that the exposure has in it, as indices."""
        _, scope, candidate = self.scopes.of_rows(np.array([row]))
        return dict(zip(scope.tolist(), candidate.tolist(), strict=True))

    @cached_property
    def with_sibling(self) -> dict[str, Mask]:
        """For each rule, the exposures that have a sibling (same type and observation) in a complete group of the rule."""
        codes = distinct(sibling_codes(self.exposures, self.evaluators.for_rule(None), self.ruleset))[1]
        result = {}
        for rule in self.rules:
            selected = np.zeros(int(codes.max(initial=-1)) + 1, np.bool_)
            selected[codes[rule.complete_rows]] = True
            result[rule.name] = selected[codes]
        return result

    def stand_in(self, row: int) -> Exposure | None:
        """For an exposure neither in an association nor an orphan: the exposure with the same file that is in one."""
        if self.is_product(row) or self.orphans[row] or self.grouping.in_association[row]:
            return None
        return self.exposure(int(self._stand_ins[self.files[row]]))

    @cached_property
    def _stand_ins(self) -> IndexArray:
        """For each code of a file, the first row with this file that is in an association, if there is one."""
        first = np.zeros(int(self.files.max(initial=-1)) + 1, np.int64)
        rows = np.flatnonzero(self.grouping.in_association[: self.exposures.exposures])[::-1]
        first[self.files[rows]] = rows
        return first

    def fault(self, row: int, *, with_value: bool = True) -> str:
        """The problem with an unusable exposure; without its value, the text is the same for all with this problem."""
        return self.exposures.fault(row, self.ruleset.members.file_name, with_value=with_value)

    @cached_property
    def drafts(self) -> dict[tuple[RuleResult, int], Draft]:
        """The groups that became associations."""
        return {(draft.source, draft.group): draft for draft in self.kept}

    @cached_property
    def duplicates(self) -> dict[tuple[RuleResult, int], Duplicate]:
        """The groups that are duplicates, each with the draft that is kept in the end."""
        resolved = resolve_duplicates(self.grouping.duplicates)
        return {(entry.draft.source, entry.draft.group): entry for entry in resolved}

    @cached_property
    def file_names(self) -> dict[Draft, str]:
        """The files of the associations that drafts became."""
        associations = build_associations(
            self.kept, self.exposures, self.grouping.namer, self.ruleset, None, self.grouping.product_files
        )
        return {draft: association.file_name for draft, association in associations.items()}

    def members(self, draft: Draft) -> Iterator[tuple[int, str, str]]:
        """The members of a draft: row, exptype in lower case, file name in the association."""
        members, template_ids = draft.source.members, draft.source.template_ids
        for index in range(members.starts[draft.group], members.starts[draft.group + 1]):
            row = int(members.row[index])
            yield row, members.exptypes[members.exptype[index]], self.grouping.namer.name(row, int(template_ids[index]))


def trace_rules(pool: Pool, ruleset: Ruleset, choice: ScopeChoice = ALL_SCOPES) -> Trace:
    """Apply the rules of a rule set to a pool, to explain what they do. Errors as for `generate`."""
    return Trace(group(pool, ruleset, choice), ruleset)
