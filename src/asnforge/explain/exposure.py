"""The story of one exposure: what each rule did with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from heapq import merge

import numpy as np

from asnforge.associations.members import SELECTED
from asnforge.explain.lacking import lacks
from asnforge.explain.model import Explanation, Exposure, GroupStory, RuleStory, Verdict
from asnforge.explain.orphan_reason import orphan_reason
from asnforge.explain.orphans import find_orphans, unreadable
from asnforge.explain.trace import Evidence, RuleEvidence


def explain_exposure(evidence: Evidence, row: int, every: bool = False) -> Explanation:
    """What the rules did with an exposure.

    Parameters
    ----------
    evidence : Evidence
        What the rules made of the pool.
    row : int
        The row of the exposure in the pool.
    every : bool
        Every constraint that failed; else the first of each rule.
    """
    _, scope, _ = evidence.grouping.scopes.of_rows(np.array([row]))
    twin = evidence.stand_in(row)
    return Explanation(
        exposure=evidence.exposure(row),
        scopes=tuple(evidence.grouping.scopes.scopes[place] for place in scope.tolist()),
        orphan=orphan_reason(evidence, row) if evidence.orphans[row] else "",
        stand_in=None if twin is None else evidence.exposure(twin),
        rules=tuple(_story(evidence, rule, row, every, bool(len(scope))) for rule in evidence.rules),
    )


def explain_all(evidence: Evidence, every: bool = False) -> Iterator[Explanation]:
    """What the rules did with each exposure of a pool, by its lines; of one that cannot be read, only why."""
    lost = [
        Explanation(exposure=exposure, scopes=(), orphan=why, stand_in=None, rules=())
        for exposure, why in unreadable(evidence.pool)
    ]
    told = (explain_exposure(evidence, row, every) for row in range(len(evidence.pool)))
    yield from merge(told, lost, key=lambda explanation: explanation.exposure.line)


def places(evidence: Evidence) -> Iterator[tuple[Exposure, str]]:
    """Where each exposure of a pool went, in few words: its associations, why it is an orphan, or which line stands for it."""
    lost = ((exposure, f"orphan: {why}") for exposure, why in unreadable(evidence.pool))
    yield from merge(_places(evidence), lost, key=lambda place: place[0].line)


def _places(evidence: Evidence) -> Iterator[tuple[Exposure, str]]:
    files: dict[int, list[str]] = {}
    for draft in evidence.grouping.kept:
        name = evidence.file_name(draft)
        for row in set(draft.rows().tolist()):
            files.setdefault(row, []).append(name)
    reasons = {exposure.line: entry.reason for entry in find_orphans(evidence) for exposure in entry.exposures}
    for row in range(len(evidence.pool)):
        exposure = evidence.exposure(row)
        twin = evidence.stand_in(row)
        if twin is not None:
            yield exposure, f"{evidence.exposure(twin).place} has the same file"
        else:
            yield exposure, ", ".join(sorted(files.get(row, ()))) or f"orphan: {reasons[exposure.line]}"


def group_stories(evidence: Evidence, rule: RuleEvidence, row: int) -> tuple[GroupStory, ...]:
    """What became of the groups of a rule that an exposure is in, group by group."""
    memberships = rule.made.members
    places = rule.members_of(row)
    by_group: dict[int, list[int]] = {}
    for place in places.tolist():
        by_group.setdefault(int(memberships.group[place]), []).append(place)
    return (
        *(
            _group(evidence, rule, group, _role(evidence, rule, row, group, inside))
            for group, inside in sorted(by_group.items())
        ),
        *_counted_once(evidence, rule, row, by_group.keys()),
    )


def _story(evidence: Evidence, rule: RuleEvidence, row: int, every: bool, looked_at: bool) -> RuleStory:
    name = rule.rule.name
    if not evidence.exposures.usable[row]:
        return RuleStory(name, "unusable", why=evidence.fault(row))
    groups = group_stories(evidence, rule, row)
    if groups:
        return RuleStory(name, _verdict(groups), groups=groups)
    failures = tuple(rule.failures(row))
    if failures:
        return RuleStory(name, "left out", failures if every else failures[:1])
    why = "" if looked_at else "the exposure is in no scope that was looked at"
    return RuleStory(name, "no scope", why=why)


def _verdict(groups: tuple[GroupStory, ...]) -> Verdict:
    outcomes = {group.outcome for group in groups}
    if "association" in outcomes:
        return "taken"
    return next(outcome for outcome in ("duplicate", "incomplete", "counted once") if outcome in outcomes)


def _role(evidence: Evidence, rule: RuleEvidence, row: int, group: int, places: list[int]) -> str:
    memberships = rule.made.members
    codes = dict.fromkeys(memberships.exptype[place] for place in places)
    exptypes = " and ".join(evidence.spelled(memberships.exptypes[code]) for code in codes)
    if memberships.kind[places[0]] == SELECTED:
        return exptypes
    groups = memberships.groups
    found = np.flatnonzero((groups.supporting.row == row) & (groups.supporting.group == group))
    name = rule.rule.attach[groups.attached_by[found[0]]].name if len(found) else ""
    return f"{exptypes}, attached by {name}" if name else exptypes


def _group(evidence: Evidence, rule: RuleEvidence, group: int, role: str) -> GroupStory:
    scope_id, scope_type = evidence.grouping.scopes.scopes[rule.made.members.groups.scope[group]]
    draft = evidence.kept.get((rule.made, group))
    if draft is not None:
        return GroupStory(scope_id, scope_type, role, "association", draft.product, evidence.file_name(draft))
    stays = evidence.stays_for(rule.made, group)
    if stays is None:
        return GroupStory(scope_id, scope_type, role, "incomplete", lacks=lacks(rule, group, scope_type))
    kept, reason = stays
    has = "has the same members" if reason == "same members" else "has these members and more"
    why = f"{kept.source.rule.name} in {kept.scope[0]} {has}"
    product = evidence.dropped[rule.made, group].draft.product
    if product != kept.product and evidence.ruleset.duplicates is None:
        why += f", so {product} is not made"
    return GroupStory(scope_id, scope_type, role, "duplicate", product, evidence.file_name(kept), why=why)


def _counted_once(evidence: Evidence, rule: RuleEvidence, row: int, known: Collection[int]) -> Iterator[GroupStory]:
    """The groups in which another line of the pool stands for the exposure's file."""
    if not rule.own_rows[row]:
        return
    memberships = rule.made.members
    files = evidence.exposures.columns[evidence.ruleset.members.file_name].codes
    groups = memberships.groups.selected.group[memberships.groups.selected.row == row]
    for group in groups[~np.isin(groups, list(known))].tolist():
        inside = memberships.row[memberships.starts[group] : memberships.starts[group + 1]]
        twin = int(inside[files[inside] == files[row]][0])
        scope_id, scope_type = evidence.grouping.scopes.scopes[memberships.groups.scope[group]]
        why = f"{evidence.exposure(twin).place} has the same file and stands for it"
        yield GroupStory(scope_id, scope_type, "", "counted once", why=why)
