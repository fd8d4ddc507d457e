"""Why two exposures are in no association together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from asnforge.explain.group_outcomes import group_outcomes, unmet_words
from asnforge.explain.group_ranges import range_of
from asnforge.explain.model import Separation, WhyNot
from asnforge.explain.not_attached import not_attached, product_not_attached
from asnforge.explain.orphans import rejections
from asnforge.explain.product_failures import listed_unmet
from asnforge.explain.rule_trace import RuleTrace
from asnforge.explain.trace import Trace
from asnforge.findings import truncated
from asnforge.rules.rule import Key

_ORDER = ("product", "incomplete", "duplicate row", "preference", "key", "attachment", "scope", "rejected")
"""The kinds of separation, the nearest to an association first."""


def why_not(trace: Trace, one: int, other: int) -> WhyNot:
    """Why the exposures of two rows are in no association together, rule by rule."""
    pairs = [_Pair(trace, rule, one, other) for rule in trace.rules]
    drafts = (trace.drafts.get((pair.rule.result, group)) for pair in pairs for group in pair.shared_groups())
    together = tuple(sorted({trace.file_names[draft] for draft in drafts if draft is not None}))
    separations = [] if together else [pair.separation() for pair in pairs]
    through = {} if together else _through_products(trace, one, other)
    separations = [_with_products(entry, through.get(entry.rule, ())) for entry in separations]
    distances: dict[str, Counter[int]] = {}
    for row in (one, other):
        for rejection in rejections(trace, row):
            distances.setdefault(rejection.rule.name, Counter()).update(dict(enumerate(rejection.distance)))

    def nearness(entry: Separation) -> tuple[int, int, int, str]:
        distance = distances.get(entry.rule, Counter())
        return _ORDER.index(entry.how), distance[0], distance[1], entry.rule

    return WhyNot(trace.exposure(one), trace.exposure(other), together, tuple(sorted(separations, key=nearness)))


def _with_products(entry: Separation, through: Iterable[str]) -> Separation:
    """A separation, or that the exposures are in an association with a product, and why not directly."""
    reasons = tuple(through)
    if not reasons:
        return entry
    directly = entry if entry.how == "attachment" else replace(entry, reasons=(), differences=())
    return replace(directly, how="product", reasons=(*reasons, *directly.reasons))


def _through_products(trace: Trace, one: int, other: int) -> dict[str, dict[str, None]]:
    """For each rule with associations of one of the exposures and a product that is made from the other: which these are."""
    reasons: dict[str, dict[str, None]] = defaultdict(dict)
    for draft in trace.kept if trace.exposures.products else ():
        rows = draft.rows().tolist()
        for direct, within in ((one, other), (other, one)):
            for product in (row for row in rows if direct in rows and within in trace.made_from(row)):
                reasons[draft.source.rule.name][
                    f"{trace.exposure(within).position} is in the product "
                    f"{trace.exposure(product).file_name}, which is a member of {trace.file_names[draft]}"
                ] = None
    return reasons


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """Two exposures, by their rows, and a rule that may separate them."""

    trace: Trace
    rule: RuleTrace
    first: int
    second: int

    def shared_groups(self) -> list[int]:
        """The groups that both are members of."""
        groups = self.rule.members.group
        first, second = (groups[self.rule.members_of(row)] for row in (self.first, self.second))
        return [int(group) for group in np.intersect1d(first, second)]

    def separation(self) -> Separation:
        """Why the rule does not put them into one association."""
        return self._incomplete() or self._not_preferred() or self._grouped_apart() or self._rejected()

    def _incomplete(self) -> Separation | None:
        reasons = []
        for group in self.shared_groups():
            scope_id, _ = self.trace.scopes.scopes[self.rule.groups.scope[group]]
            reasons.append(f"their group in {scope_id} {listed_unmet(unmet_words(self.trace, self.rule, group))}")
        return Separation(self.rule.name, "incomplete", tuple(reasons)) if reasons else None

    def _grouped_apart(self) -> Separation | None:
        """The rule selects both for different groups; or it selects one, and the other is a supporting exposure."""
        own = self.rule.selected_rows[self.first], self.rule.selected_rows[self.second]
        if all(own):
            files = self.trace.files
            if files[self.first] == files[self.second]:
                reason = "both have the same file, which a group contains only once"
                return Separation(self.rule.name, "duplicate row", (reason,))
            return self._no_shared_scope() or self._differing_keys() or self._duplicate_row()
        if any(own):
            selected, supporting = (self.first, self.second) if own[0] else (self.second, self.first)
            for attachment in self.rule.rule.attach:
                if self.rule.can_be_attached(attachment)[supporting]:
                    separate = None if self.trace.is_product(supporting) else self._no_shared_scope()
                    return separate or not_attached(self.trace, self.rule, attachment, selected, supporting)
            return product_not_attached(self.trace, self.rule, selected, supporting)
        return None

    def _no_shared_scope(self) -> Separation | None:
        first, second = self.trace.scopes_of(self.first), self.trace.scopes_of(self.second)
        if first.keys() & second.keys():
            return None
        lists = (
            " and ".join(self.trace.scopes.scopes[scope][0] for scope in scopes) or "none" for scopes in (first, second)
        )
        positions = (self.trace.exposure(row).position for row in (self.first, self.second))
        reason = ", ".join(f"{position} is in {scopes}" for position, scopes in zip(positions, lists, strict=True))
        return Separation(self.rule.name, "scope", (f"they share no scope: {reason}",))

    def _differing_keys(self) -> Separation | None:
        """The keys that separate them in a shared scope: their values differ, or one is undefined but must be defined."""
        first, second = self.trace.scopes_of(self.first), self.trace.scopes_of(self.second)
        reasons: dict[str, None] = {}
        for scope in sorted(first.keys() & second.keys()):
            differing, undefined = [], []
            for key in self.rule.rule.group_by:
                if key.gap is not None and (apart := self._apart(key)):
                    differing.append(apart)
                    continue
                title = self.rule.reader.title(key.columns)
                left, right = self._value(key, self.first, first[scope]), self._value(key, self.second, second[scope])
                if left and right and left != right:
                    differing.append(
                        f"key {key.name} separates them: {title} is {truncated(left)} and {truncated(right)}"
                    )
                if None in (left, right):
                    undefined.append(f"key {key.name} requires {title} to be defined for both exposures")
            reasons.update(dict.fromkeys([*differing, *undefined]))
        return Separation(self.rule.name, "key", tuple(reasons)) if reasons else None

    def _value(self, key: Key, row: int, candidate: int) -> str | None:
        """The value of a key for a candidate of an exposure; empty for a wildcard, None if undefined but required."""
        if key.candidate is not None:
            is_such = self.trace.scopes.matching(key.candidate)[candidate]
            return self.trace.scopes.scopes[candidate][0] if is_such else "" if key.optional else None
        if key.instead is not None and self.trace.scopes.matching(key.instead)[candidate]:
            return key.instead.value
        if key.when is not None and not self.rule.evaluator.passes(key.when)[row]:
            return ""
        if key.gap is not None or key.separator:
            return self._value_in_groups(key, row)
        undefined = "undefined" if key.own else "" if key.optional else None
        return self.rule.evaluator.column(key.columns)[row] or undefined

    def _apart(self, key: Key) -> str:
        """How far from each other the groups of both are that a key with a gap separates; empty if it does not."""
        ranges = [self._value_in_groups(key, row) for row in (self.first, self.second)]
        if not all(ranges) or ranges[0] == ranges[1]:
            return ""
        title = " and ".join(map(self.rule.reader.title, key.readings))
        gap = key.gap.text if key.gap is not None else ""
        return f"key {key.name} separates them: {title} {ranges[0]} and {ranges[1]}, with a gap of more than {gap}"

    def _value_in_groups(self, key: Key, row: int) -> str | None:
        """The value of a key in the groups of an exposure; with a gap, the range of values of each group."""
        index = self.rule.rule.group_by.index(key)
        groups = self.rule.selected_for(row).tolist()
        values = dict.fromkeys(
            range_of(self.rule, key, group)
            if key.gap is not None
            else self.rule.groups.key_values[index][int(self.rule.groups.keys[group, index])]
            for group in groups
        )
        undefined = "undefined" if key.own else "" if key.optional else None
        return " or ".join(filter(None, values)) or undefined

    def _not_preferred(self) -> Separation | None:
        """They are selected for one group, which uses only one of them."""
        first, second = map(self.rule.selected_for, (self.first, self.second))
        reasons = [
            f"{self.trace.exposure(row).position} is not used: {self.rule.preference_words(group)}"
            for row in (self.first, self.second)
            for group in np.intersect1d(self.rule.not_preferred_in(row), np.intersect1d(first, second)).tolist()
        ]
        return Separation(self.rule.name, "preference", tuple(dict.fromkeys(reasons))) if reasons else None

    def _duplicate_row(self) -> Separation:
        """They belong to one group, but another row of the pool represents the file of one of them there."""
        reasons = (
            f"{self.trace.exposure(row).position} is not in the group: {group.why}"
            for row in (self.first, self.second)
            for group in group_outcomes(self.trace, self.rule, row)
            if group.outcome == "duplicate row"
        )
        return Separation(self.rule.name, "duplicate row", tuple(dict.fromkeys(reasons)))

    def _rejected(self) -> Separation:
        """The rule rejects one of them, or both."""
        reasons = []
        for row in (self.first, self.second):
            position = self.trace.exposure(row).position
            if not self.trace.exposures.usable[row]:
                reasons.append(f"{position}: {self.trace.fault(row)}")
            elif not self.rule.is_about(row):
                reasons.append(f"{position} is not selected: the rule is about {self.rule.about()}")
            elif not self.rule.selected_rows[row]:
                failures = "; and ".join(map(str, self.rule.failures(row)))
                reasons.append(
                    f"{position} is rejected: {failures}"
                    if failures
                    else f"{position} is in none of the selected scopes"
                )
        return Separation(self.rule.name, "rejected", tuple(reasons))
