"""The trace of an evaluation: what the rules of a rule set did with a pool."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from asnforge.associations.drafts import Draft, RuleResult
from asnforge.associations.duplicates import Duplicate, resolve_duplicates
from asnforge.associations.keywords import name_files
from asnforge.columns import CodeArray, Mask
from asnforge.explain.in_blocks import InBlocks
from asnforge.explain.model import Exposure
from asnforge.explain.rows_by_value import RowsByValue
from asnforge.explain.rule_trace import RuleTrace
from asnforge.explain.siblings import sibling_codes
from asnforge.generation.engine import ALL_SCOPES, Grouping, group
from asnforge.grouping.arrays import IndexArray, distinct
from asnforge.grouping.attach import Choice, Grouped
from asnforge.grouping.product_rows import ProductRows
from asnforge.grouping.scopes import ScopeChoice
from asnforge.pool.model import Pool
from asnforge.rules.attachment import SameValue
from asnforge.rules.ruleset import Ruleset


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
        self.rows_by_value: dict[tuple[str, bytes, SameValue], RowsByValue] = {}
        self.possible_products: dict[tuple[str, int], tuple[IndexArray, ProductRows]] = {}
        self.choices: dict[tuple[str, str], InBlocks[Choice]] = {}
        self.matching: dict[tuple[str, str, bool], InBlocks[IndexArray]] = {}
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
        return name_files(self.kept, self.exposures, self.grouping.namer, self.ruleset)

    def members(self, draft: Draft) -> Iterator[tuple[int, str, str]]:
        """The members of a draft: row, exptype in lower case, file name in the association."""
        members, template_ids = draft.source.members, draft.source.template_ids
        for index in range(members.starts[draft.group], members.starts[draft.group + 1]):
            row = int(members.row[index])
            yield row, members.exptypes[members.exptype[index]], self.grouping.namer.name(row, int(template_ids[index]))


def trace_rules(pool: Pool, ruleset: Ruleset, choice: ScopeChoice = ALL_SCOPES) -> Trace:
    """Apply the rules of a rule set to a pool, to explain what they do. Errors as for `generate`."""
    return Trace(group(pool, ruleset, choice), ruleset)
