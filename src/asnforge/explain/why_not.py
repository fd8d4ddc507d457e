"""Why two exposures are in no association together."""

from __future__ import annotations

import numpy as np

from asnforge.explain.exposure import group_stories
from asnforge.explain.lacking import lacks
from asnforge.explain.model import Apart, WhyNot
from asnforge.explain.nearest import rejections
from asnforge.explain.separation import dividing_keys
from asnforge.explain.trace import Evidence, RuleEvidence
from asnforge.findings import truncated
from asnforge.rules.rule import Attachment

_ORDER = ("incomplete", "once", "key", "attachment", "scope", "left out")


def why_not(evidence: Evidence, one: int, other: int) -> WhyNot:
    """Why two exposures are in no association together, rule by rule.

    Parameters
    ----------
    evidence : Evidence
        What the rules made of the pool.
    one, other : int
        The rows of the two.
    """
    shared = [(rule, _shared(rule, one, other)) for rule in evidence.rules]
    kept = (evidence.kept.get((rule.made, group)) for rule, groups in shared for group in groups)
    together = tuple(sorted({evidence.file_name(draft) for draft in kept if draft is not None}))
    found = [] if together else [_apart(evidence, rule, one, other, groups) for rule, groups in shared]
    distances = _distances(evidence, one, other)
    return WhyNot(
        evidence.exposure(one),
        evidence.exposure(other),
        together,
        tuple(sorted(found, key=lambda apart: (_ORDER.index(apart.how), distances.get(apart.rule, ()), apart.rule))),
    )


def _shared(rule: RuleEvidence, one: int, other: int) -> list[int]:
    group = rule.made.members.group
    shared: list[int] = np.intersect1d(group[rule.members_of(one)], group[rule.members_of(other)]).tolist()
    return shared


def _distances(evidence: Evidence, one: int, other: int) -> dict[str, tuple[int, ...]]:
    """For each rule that rejects one of two exposures, or both, how far it is from selecting them."""
    found: dict[str, tuple[int, ...]] = {}
    for row in (one, other):
        for each in rejections(evidence, row):
            before = found.get(each.rule.rule.name, (0, 0))
            found[each.rule.rule.name] = tuple(map(sum, zip(before, each.distance, strict=True)))
    return found


def _apart(evidence: Evidence, rule: RuleEvidence, one: int, other: int, groups: list[int]) -> Apart:
    return _grouped(evidence, rule, groups) or _divided(evidence, rule, one, other) or _out(evidence, rule, one, other)


def _grouped(evidence: Evidence, rule: RuleEvidence, groups: list[int]) -> Apart | None:
    """They are in one group, which became no association."""
    if not groups:
        return None
    reasons = []
    for group in groups:
        scope_id, scope_type = evidence.grouping.scopes.scopes[rule.made.members.groups.scope[group]]
        reasons.append(f"their group in {scope_id} {' and '.join(lacks(rule, group, scope_type))}")
    return Apart(rule.rule.name, "incomplete", tuple(reasons))


def _divided(evidence: Evidence, rule: RuleEvidence, one: int, other: int) -> Apart | None:
    """The rule takes both, in different groups; or one of them supports the other."""
    name = rule.rule.name
    own = rule.own_rows[one], rule.own_rows[other]
    if not any(own):
        return None
    if all(own):
        files = evidence.exposures.columns[evidence.ruleset.members.file_name].codes
        if files[one] == files[other]:
            return Apart(name, "once", ("they are the same file, which counts once in a group",))
        keys = dividing_keys(evidence, rule, one, other)
        return _scopes(evidence, name, one, other) or (
            Apart(name, "key", keys) if keys else _stood_for(evidence, rule, one, other)
        )
    taken, supporting = (one, other) if own[0] else (other, one)
    for attachment in rule.rule.attach:
        if rule.evaluation.passes(attachment.when)[supporting]:
            reason = _unmatched(evidence, rule, attachment, taken, supporting)
            return _scopes(evidence, name, one, other) or Apart(name, "attachment", (reason,))
    return None


def _stood_for(evidence: Evidence, rule: RuleEvidence, one: int, other: int) -> Apart:
    """They are of one group, in which another line of the pool stands for the file of one of them."""
    reasons = (
        f"{evidence.exposure(row).place} is not in the group: {group.why}"
        for row in (one, other)
        for group in group_stories(evidence, rule, row)
        if group.outcome == "counted once"
    )
    return Apart(rule.rule.name, "once", tuple(dict.fromkeys(reasons)))


def _scopes(evidence: Evidence, name: str, one: int, other: int) -> Apart | None:
    """They share no scope that was looked at."""
    found = [evidence.grouping.scopes.of_rows(np.array([row]))[1].tolist() for row in (one, other)]
    if set(found[0]) & set(found[1]):
        return None
    lists = (" and ".join(evidence.grouping.scopes.scopes[place][0] for place in places) or "none" for places in found)
    return Apart(name, "scope", (f"they share no scope: {', '.join(lists)}",))


def _unmatched(evidence: Evidence, rule: RuleEvidence, attachment: Attachment, taken: int, supporting: int) -> str:
    groups = rule.made.members.groups
    inside = groups.selected.row[np.isin(groups.selected.group, groups.selected.group[groups.selected.row == taken])]
    differing = []
    for name in attachment.match:
        column = rule.evaluation.column((name,))
        if not column.codes[supporting] or not (column.codes[inside] == column.codes[supporting]).any():
            values = sorted({column.values[code] for code in np.unique(column.codes[inside]).tolist()})
            found = column[supporting] or "undefined"
            wanted = " or ".join(value or "undefined" for value in values)
            differing.append(f"{name.upper()} is {truncated(found)}, wanted {truncated(wanted)}")
    place = evidence.exposure(supporting).place
    why = " and ".join(differing) or "no exposure of one group has all that it matches on"
    return f"{place} would be attached by {attachment.name}: {why}"


def _out(evidence: Evidence, rule: RuleEvidence, one: int, other: int) -> Apart:
    """The rule does not take one of them, or neither."""
    reasons = []
    for row in (one, other):
        exposure = evidence.exposure(row)
        if not evidence.exposures.usable[row]:
            reasons.append(f"{exposure.place}: {evidence.fault(row)}")
        elif not rule.own_rows[row]:
            failures = [f"{failure.name}: {failure.text}" for failure in rule.failures(row)]
            reasons.append(
                f"{exposure.place} is rejected by {'; and by '.join(failures)}"
                if failures
                else f"{exposure.place} is in no scope that was looked at"
            )
    return Apart(rule.rule.name, "left out", tuple(reasons))
