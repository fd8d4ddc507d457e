"""Why one exposure is in no association, in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from asnforge.explain.nearest import Rejection, nearest, of_sisters, read, rejections
from asnforge.explain.trace import Check, Evidence, RuleEvidence
from asnforge.findings import truncated
from asnforge.rules.describe import describe_unmet
from asnforge.rules.rule import Requirement, ScopeRequired


def orphan_reason(evidence: Evidence, row: int) -> str:
    """Why an exposure that is in no association is in none."""
    if not evidence.exposures.usable[row]:
        return evidence.fault(row, with_value=False)
    if not evidence.looked_at[row]:
        return "it is in no scope that was looked at"
    groups = [(rule, _lacking(rule, row)) for rule in evidence.rules if rule.grouped_rows[row]]
    reasons = [_group_reason(rule, row, needs) for rule, needs in groups]
    supporting = sorted({text for rule in evidence.rules for text in _supporting(rule, row)})
    found = rejections(evidence, row)
    if groups and not all(_elsewhere(needs) for _, needs in groups):
        return "; ".join([*reasons, *_rejected(of_sisters(found), row)])
    if not reasons and supporting:
        return "; ".join([*supporting, *_rejected(of_sisters(found), row)])
    return "; ".join([*_rejected(nearest(found), row), *reasons]) or _no_rule(found, row)


def involved(evidence: Evidence, row: int) -> list[Check]:
    """The checks whose values the reason of an orphan may name."""
    found = rejections(evidence, row)
    return [check for rejection in nearest(found) or found[:1] for check in rejection.failed]


def _lacking(rule: RuleEvidence, row: int) -> tuple[Requirement, ...]:
    """What the groups lack that an exposure is in, in the order of the rule."""
    memberships = rule.made.members
    groups = rule.groups_of(row)
    return tuple(
        need for need, lacking in zip(rule.rule.require, memberships.unmet, strict=True) if lacking[groups].any()
    )


def _elsewhere(needs: tuple[Requirement, ...]) -> bool:
    """Whether a rule is for other scopes, so that another rule is more to the point."""
    return any(isinstance(need, ScopeRequired) for need in needs)


def _group_reason(rule: RuleEvidence, row: int, needs: tuple[Requirement, ...]) -> str:
    how = "selects it" if rule.own_rows[row] else "attaches it"
    return f"{rule.rule.name} {how}, but the group {' and '.join(map(describe_unmet, needs))}"


def _supporting(rule: RuleEvidence, row: int) -> Iterator[str]:
    for attachment in rule.rule.attach:
        if rule.evaluation.passes(attachment.when)[row]:
            columns = " and ".join(name.upper() for name in attachment.match)
            yield f"it supports others ({attachment.name}), but no group of its scopes has its {columns}"


def _rejected(found: Iterable[Rejection], row: int) -> Iterator[str]:
    """By what rules reject an exposure; those that do so by the same together."""
    together: dict[str, list[str]] = {}
    for rejection in found:
        together.setdefault(_failed(rejection, row), []).append(rejection.rule.rule.name)
    for failed, names in together.items():
        yield f"{' and '.join(names)} reject{'s' * (len(names) == 1)} it by {failed}"


def _failed(rejection: Rejection, row: int) -> str:
    failures = (rejection.rule.failure(check, row) for check in rejection.failed)
    return "; and by ".join(f"{failure.name}: {failure.text}" for failure in failures)


def _no_rule(found: Sequence[Rejection], row: int) -> str:
    """No rule is near: name the columns that keep the exposure from all, or else what failed in the nearest."""
    common = frozenset.intersection(*(_columns(rejection.failed) for rejection in found)) if found else frozenset()
    if not common or found[0].rule.is_unnamed(row):
        return next(_rejected(found[:1], row))
    values = found[0].rule.values
    read_as = (values.of((name,), row) for name in sorted(common))
    return "no rule selects it: " + " and ".join(
        f"{truncated(column)} is {truncated(value)}" for column, value, _ in read_as
    )


def _columns(checks: tuple[Check, ...]) -> frozenset[str]:
    return frozenset(name for check in checks for name in read(check))
