"""Which keys divide two exposures that one rule takes."""

from __future__ import annotations

import numpy as np

from asnforge.explain.trace import Evidence, RuleEvidence
from asnforge.findings import truncated
from asnforge.rules.rule import Key


def dividing_keys(evidence: Evidence, rule: RuleEvidence, one: int, other: int) -> tuple[str, ...]:
    """What keeps two exposures of one rule in different groups, in every scope that they share.

    Returns
    -------
    tuple of str
        A sentence for each key in which both are bound to different values: two that contradict each other in none are of
        one group. And one for each key that needs a value, where one of them has none in a scope.
    """
    places = [_places(evidence, row) for row in (one, other)]
    found: dict[str, None] = {}
    for scope in sorted(places[0].keys() & places[1].keys()):
        bound = [
            [_value(evidence, rule, key, row, inside[scope]) for key in rule.rule.group_by]
            for row, inside in zip((one, other), places, strict=True)
        ]
        pairs = list(zip(rule.rule.group_by, *bound, strict=True))
        differing = [_differ(rule, key, left, right) for key, left, right in pairs if left and right and left != right]
        found.update(dict.fromkeys(differing))
        found.update({_lacks(rule, key): None for key, left, right in pairs if None in (left, right)})
    return tuple(found)


def _places(evidence: Evidence, row: int) -> dict[int, int]:
    """The scopes of an exposure, each with the candidate that the exposure is seen under in it."""
    _, scope, candidate = evidence.grouping.scopes.of_rows(np.array([row]))
    return dict(zip(scope.tolist(), candidate.tolist(), strict=True))


def _value(evidence: Evidence, rule: RuleEvidence, key: Key, row: int, candidate: int) -> str | None:
    """The value that binds an exposure under a candidate; the empty text for a wildcard, None where it lacks a value."""
    if key.instead is not None and evidence.grouping.scopes.matching(key.instead)[candidate]:
        return key.instead.value
    if key.when is not None and not rule.evaluation.passes(key.when)[row]:
        return ""
    return rule.evaluation.column(key.columns)[row] or ("" if key.optional else None)


def _differ(rule: RuleEvidence, key: Key, left: str, right: str) -> str:
    return f"{key.name} divides them: {rule.values.title(key.columns)} is {truncated(left)} and {truncated(right)}"


def _lacks(rule: RuleEvidence, key: Key) -> str:
    return f"{key.name} needs a value: {rule.values.title(key.columns)} is undefined for one of them"
