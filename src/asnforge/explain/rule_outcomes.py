"""What a rule did with an exposure; for many exposures, one value for all with the same outcome."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from asnforge.columns import CodeArray, Mask
from asnforge.explain.group_outcomes import group_outcomes, groups_not_attached_to
from asnforge.explain.model import RuleOutcome
from asnforge.explain.orphans import cells_of_candidates
from asnforge.explain.rule_trace import RuleTrace
from asnforge.explain.trace import Trace
from asnforge.findings import pluralize
from asnforge.grouping.arrays import IndexArray, IntArray, combine, distinct, offsets

_MOST_REMEMBERED = 500
"""The number of outcomes of a rule that are remembered at a time."""

_BY_GROUPS, _NOT_APPLICABLE = -1, -2
"""The numbers of exposures that are not rejected, and of those that a rule is not about."""


def rule_outcome(trace: Trace, rule: RuleTrace, row: int, every: bool) -> RuleOutcome:
    """What a rule did with the exposure of a row, with all constraints that failed (`every`) or only the first."""
    if not trace.exposures.usable[row]:
        return RuleOutcome(rule.name, "unusable", why=trace.fault(row))
    groups = group_outcomes(trace, rule, row, every)
    if groups:
        outcomes = {group.outcome for group in groups}
        if "association" in outcomes:
            return RuleOutcome(rule.name, "selected", groups=groups)
        verdict = next(
            outcome for outcome in ("duplicate", "incomplete", "duplicate row", "not preferred") if outcome in outcomes
        )
        return RuleOutcome(rule.name, verdict, groups=groups)
    groups, more = groups_not_attached_to(trace, rule, row, every)
    if groups:
        why = f"and {pluralize(more, 'more group')}; --all shows them" if more else ""
        return RuleOutcome(rule.name, "not attached", groups=groups, why=why)
    if not rule.is_about(row):
        return RuleOutcome(rule.name, "not applicable", why=f"the rule is about {rule.about()}")
    failures = rule.failures(row)
    if failures:
        return RuleOutcome(rule.name, "rejected", failures if every else failures[:1])
    why = "" if trace.in_scope[row] else "the exposure is in none of the selected scopes"
    return RuleOutcome(rule.name, "no scope", why=why)


class RuleOutcomes:
    """The outcomes of a rule for all exposures of a pool: the same value for those with the same outcome.

    Exposures that are rejected have the same outcome if the same constraints fail and their cells are the same in the columns
    that these read. Exposures in groups have the same outcome if they are in the same groups with the same roles.

    Parameters
    ----------
    every : bool
        All constraints that failed, or only the first.
    """

    def __init__(self, trace: Trace, rule: RuleTrace, every: bool) -> None:
        self._trace, self._rule, self._every = trace, rule, every
        self._remembered: dict[int | bytes, RuleOutcome] = {}
        is_grouped = rule.grouped_rows | rule.selected_rows
        may_match = np.zeros(len(trace.exposures), np.bool_)
        for attachment in rule.rule.attach:
            if attachment.has_sets:
                may_match |= rule.can_be_attached(attachment)
        is_rejected = trace.exposures.usable & rule.candidates & ~is_grouped & ~may_match
        numbers = self._rejections(np.flatnonzero(is_rejected[: trace.exposures.exposures]))
        is_other = trace.exposures.usable & ~rule.candidates & ~is_grouped & ~may_match
        numbers[is_other[: trace.exposures.exposures]] = _NOT_APPLICABLE
        self._number = numbers.data
        members = rule.members
        by_row = np.argsort(members.row, kind="stable")
        roles: list[IntArray] = [members.group, members.exptype, members.kind, self._attached_by()]
        self._roles = combine(roles)[by_row]
        self._starts = offsets(members.row, len(trace.exposures)).data
        is_alone = np.bincount(trace.files, minlength=1)[trace.files] == 1
        has_sets = any(attachment.has_sets for attachment in rule.rule.attach)
        is_shared = is_grouped & is_alone & ~rule.passed_over_rows & trace.exposures.usable & (not has_sets)
        self._is_shared = is_shared.data

    def __getitem__(self, row: int) -> RuleOutcome:
        """The outcome for the exposure of a row, which is not a product."""
        key: int | bytes = self._number[row]
        if key == _BY_GROUPS:
            if not self._is_shared[row]:
                return rule_outcome(self._trace, self._rule, row, self._every)
            key = self._roles[self._starts[row] : self._starts[row + 1]].tobytes()
        outcome = self._remembered.get(key)
        if outcome is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = outcome = rule_outcome(self._trace, self._rule, row, self._every)
        return outcome

    def _rejections(self, rows: IndexArray) -> CodeArray:
        """For each exposure a number that is the same for those rejected for the same reasons; else `_BY_GROUPS`."""
        numbers = np.full(self._trace.exposures.exposures, _BY_GROUPS, np.int32)
        count = 0
        for failed, part in self._by_failed_criteria(rows):
            criteria = [self._rule.criteria[index] for index in failed]
            names = {name for criterion in criteria for name in criterion.columns()}
            names |= cells_of_candidates(self._trace, criteria)
            sources = sorted(self._trace.ruleset.with_sources(names) & self._trace.pool.columns.keys())
            codes: list[IntArray] = [self._trace.pool.columns[name].codes[part] for name in sources]
            codes += [mask[part].astype(np.int64) for mask in self._rule.why_key_failed(criteria)]
            numbers[part] = count + (distinct(combine(codes))[1] if codes else 0)
            count = int(numbers[part].max()) + 1
        return numbers

    def _by_failed_criteria(self, rows: IndexArray) -> Iterator[tuple[list[int], IndexArray]]:
        """The rows by the criteria that fail, those that are part of the outcome; without rows that pass all."""
        failed: Mask = np.array([~criterion.passed[rows] for criterion in self._rule.criteria])
        if not len(rows) or not len(failed):
            return
        rows, failed = rows[failed.any(axis=0)], failed[:, failed.any(axis=0)]
        if not self._every:
            first = np.argmax(failed, axis=0)
            yield from (([index], rows[first == index]) for index in np.unique(first).tolist())
            return
        bits = np.packbits(failed, axis=0).T.copy()
        _, pattern = distinct(combine(list(bits.T)))
        for index in range(int(pattern.max(initial=-1)) + 1):
            chosen = np.flatnonzero(pattern == index)
            yield np.flatnonzero(failed[:, chosen[0]]).tolist(), rows[chosen]

    def _attached_by(self) -> IndexArray:
        """For each member the attachment that took it, from 1; 0 for a member that the rule selects."""
        members, supporting = self._rule.members, self._rule.groups.supporting
        size = len(self._trace.exposures)
        pairs, own = supporting.group * size + supporting.row, members.group * size + members.row
        index = np.searchsorted(pairs, own)
        result = np.zeros(len(own), np.int64)
        found = np.flatnonzero(index < len(pairs))
        found = found[pairs[index[found]] == own[found]]
        result[found] = self._rule.groups.attached_by[index[found]] + 1
        return result
