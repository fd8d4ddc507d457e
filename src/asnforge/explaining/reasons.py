"""Why one exposure is in no association, in one sentence."""

from __future__ import annotations

from collections.abc import Iterator

from asnforge.explaining.evidence import Check, Evidence, RuleEvidence
from asnforge.explaining.nearest import nearest, ranking, read
from asnforge.rules.model import DistinctRequired, MembersRequired, Requirement, ScopeRequired

_NAMED = 3
"""So many rules that came equally near are named."""


def orphan_reason(evidence: Evidence, row: int) -> str:
    """Why an exposure that is in no association is in none."""
    if not evidence.exposures.usable[row]:
        return evidence.fault(row, with_value=False)
    if not evidence.looked_at[row]:
        return "it is in no scope that was looked at"
    groups = [(rule, _lacking(rule, row)) for rule in evidence.rules if rule.grouped_rows[row]]
    reasons = [_group_reason(rule, row, needs) for rule, needs in groups]
    if groups and not all(_elsewhere(needs) for _, needs in groups):
        return "; ".join(reasons)
    supporting = sorted({text for rule in evidence.rules for text in _supporting(rule, row)})
    if not reasons and supporting:
        return "; ".join(supporting)
    return "; ".join([*_nearest(evidence, row), *reasons]) or _no_rule(evidence, row)


def involved(evidence: Evidence, row: int) -> list[Check]:
    """The checks whose values the reason of an orphan may name."""
    near = nearest(evidence, row)[:_NAMED]
    if near:
        return [check for _, checks in near for check in checks]
    return [check for *_, checks in ranking(evidence, row)[:1] for check in checks]


def lack_words(need: Requirement) -> str:
    """What a group lacks that does not have something required."""
    match need:
        case MembersRequired(exptype=exptype, at_least=at_least):
            noun = f"{exptype} member" if exptype else "member"
            return f"has no {noun}" if at_least == 1 else f"has fewer than {at_least} {noun}s"
        case DistinctRequired(column=column, at_least=at_least):
            return f"has fewer than {at_least} different {column.upper()}"
        case ScopeRequired(one_of=one_of) if one_of:
            return f"is in no scope of type {' or '.join(one_of)}"
        case ScopeRequired(none_of=none_of):
            return f"is in a scope of type {' or '.join(none_of)}"


def _lacking(rule: RuleEvidence, row: int) -> tuple[Requirement, ...]:
    """What the groups lack that an exposure is in, in the order of the rule."""
    memberships = rule.made.memberships
    groups = rule.groups_of(row)
    return tuple(
        need for need, lacking in zip(rule.rule.require, memberships.lacks, strict=True) if lacking[groups].any()
    )


def _elsewhere(needs: tuple[Requirement, ...]) -> bool:
    """Whether a rule is for other scopes, so that another rule is more to the point."""
    return any(isinstance(need, ScopeRequired) for need in needs)


def _group_reason(rule: RuleEvidence, row: int, needs: tuple[Requirement, ...]) -> str:
    how = "takes it" if rule.own_rows[row] else "attaches it"
    return f"{rule.rule.name} {how}, but the group {' and '.join(map(lack_words, needs))}"


def _supporting(rule: RuleEvidence, row: int) -> Iterator[str]:
    for attachment in rule.rule.attach:
        if rule.evaluation.passes(attachment.when)[row]:
            columns = " and ".join(name.upper() for name in attachment.match)
            yield f"it supports others ({attachment.name}), but no group of its scopes has its {columns}"


def _nearest(evidence: Evidence, row: int) -> Iterator[str]:
    """What the rules failed that came nearest; those that failed in the same way together."""
    together: dict[str, list[str]] = {}
    for rule, checks in nearest(evidence, row)[:_NAMED]:
        together.setdefault(_failed(rule, checks, row), []).append(rule.rule.name)
    for failed, names in together.items():
        yield f"{' and '.join(names)} leave{'s' * (len(names) == 1)} it out by {failed}"


def _failed(rule: RuleEvidence, checks: tuple[Check, ...], row: int) -> str:
    failures = (rule.failure(check, row) for check in checks)
    return "; and by ".join(f"{failure.name}: {failure.text}" for failure in failures)


def _no_rule(evidence: Evidence, row: int) -> str:
    """No rule is near: name the column that keeps the exposure from all, or else what failed in the nearest."""
    ranked = ranking(evidence, row)
    common = frozenset.intersection(*(_columns(checks) for *_, checks in ranked)) if ranked else frozenset()
    if not common or ranked[0][2].is_unnamed(row):
        return f"{ranked[0][2].rule.name} leaves it out by {_failed(*ranked[0][2:], row)}"
    values = ranked[0][2].values
    found = (values.of((name,), row) for name in sorted(common))
    return "no rule takes it: " + " and ".join(f"{column} is {value}" for column, value, _ in found)


def _columns(checks: tuple[Check, ...]) -> frozenset[str]:
    return frozenset(name for check in checks for name in read(check))
