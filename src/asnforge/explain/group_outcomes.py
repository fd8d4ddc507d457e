"""The outcomes of the groups that an exposure is in: an association, a duplicate, or an incomplete group."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import chain

import numpy as np

from asnforge.associations.members import SELECTED
from asnforge.explain.attachment_outcomes import AttachmentChoice
from asnforge.explain.choices import choices_for, groups_without
from asnforge.explain.group_ranges import ranges
from asnforge.explain.model import GroupOutcome
from asnforge.explain.product_failures import unmet_with_chain
from asnforge.explain.rule_trace import RuleTrace
from asnforge.explain.trace import Trace
from asnforge.findings import pluralize, truncated
from asnforge.rules.attachment import Attachment
from asnforge.rules.describe import describe_count, describe_requirement
from asnforge.rules.rule import (
    AttachedRequired,
    CountRequired,
    DistinctRequired,
    MembersRequired,
    Requirement,
    ScopeRequired,
)

_SHOWN_GROUPS = 5
"""The number of groups that are named to which an exposure is not attached, unless all are requested."""


def group_outcomes(trace: Trace, rule: RuleTrace, row: int, every: bool = False) -> tuple[GroupOutcome, ...]:
    """The outcomes of the groups of a rule that an exposure is in, group by group.

    With `every`, all sets that attachments had to choose from, not only the first.
    """
    by_group: dict[int, list[int]] = {}
    for index in rule.members_of(row).tolist():
        by_group.setdefault(int(rule.members.group[index]), []).append(index)
    return (
        *(
            replace(
                _outcome(trace, rule, group, _role(trace, rule, row, indices)),
                ranges=ranges(rule, group),
                choices=_choices(trace, rule, group, row, every),
            )
            for group, indices in sorted(by_group.items())
        ),
        *_duplicate_rows(trace, rule, row, by_group.keys()),
        *_not_preferred(trace, rule, row),
    )


def groups_not_attached_to(
    trace: Trace, rule: RuleTrace, row: int, every: bool = False
) -> tuple[tuple[GroupOutcome, ...], int]:
    """The first groups that an exposure matches as a supporting one, but is not attached to; and the number of the rest."""
    found: dict[int, list[Attachment]] = {}
    for attachment in rule.rule.attach:
        for group in groups_without(trace, rule, row, attachment).tolist():
            found.setdefault(group, []).append(attachment)
    shown = sorted(found) if every else sorted(found)[:_SHOWN_GROUPS]
    outcomes = []
    for group in shown:
        outcome = _outcome(trace, rule, group, "")
        choices = (choices_for(trace, rule, group, attachment, row, every) for attachment in found[group])
        outcomes.append(
            replace(outcome, outcome="not attached", lacks=(), why="", choices=tuple(chain.from_iterable(choices)))
        )
    return tuple(outcomes), len(found) - len(shown)


def _choices(trace: Trace, rule: RuleTrace, group: int, row: int, every: bool) -> tuple[AttachmentChoice, ...]:
    """What attachments had to choose from; for a supporting exposure only those that took it."""
    is_own = group in rule.used_in(row)
    choices: list[AttachmentChoice] = []
    for attachment, taken in zip(rule.rule.attach, rule.groups.attached.taken, strict=True):
        if attachment.has_sets and (is_own or len(taken.places_of(group, row))):
            choices += choices_for(trace, rule, group, attachment, None if is_own else row, every)
    return tuple(choices)


def unmet_words(trace: Trace, rule: RuleTrace, group: int) -> tuple[str, ...]:
    """The requirements that a group does not meet, each with what the group has: ``has 1 member, needs 3 or more``."""
    needs = zip(rule.rule.require, rule.members.unmet, strict=True)
    return tuple(_unmet(need, trace, rule, group) for need, unmet in needs if unmet[group])


def _unmet(need: Requirement, trace: Trace, rule: RuleTrace, group: int) -> str:
    _, scope_type = trace.scopes.scopes[rule.groups.scope[group]]
    if isinstance(need, ScopeRequired):
        return f"is in a scope of type {scope_type}, needs {describe_requirement(need)}"
    if not isinstance(need, DistinctRequired) and need.at_least == 1 and need.at_most is None:
        return unmet_with_chain(trace, rule, group, need)
    where = f" in a scope of type {scope_type}" if need.scope_types else ""
    return f"has {_counted(need, rule, group)}, needs {describe_count(need)}{where}"


def _counted(need: CountRequired, rule: RuleTrace, group: int) -> str:
    """What a group has of what a requirement counts."""
    match need:
        case MembersRequired(exptype=exptype):
            codes = rule.members.exptype[rule.members.starts[group] : rule.members.starts[group + 1]]
            count = sum(exptype in (None, rule.members.exptypes[code]) for code in codes.tolist())
            return pluralize(count, f"{exptype} member" if exptype else "member")
        case AttachedRequired(attachment=name):
            index = [attachment.name for attachment in rule.rule.attach].index(name)
            taken = rule.groups.attached.taken[index]
            files = rule.files[taken.row[taken.group == group]]
            return f"{pluralize(len(np.unique(files)), 'exposure')} attached by {name}"
        case DistinctRequired(column=column):
            values = _distinct(rule, group, column)
            value = f" ({truncated(values[0])})" if len(values) == 1 else ""
            return f"{pluralize(len(values), 'distinct value')} of {column.upper()}{value}"


def _distinct(rule: RuleTrace, group: int, column: str) -> list[str]:
    selected = rule.groups.selected
    start, stop = np.searchsorted(selected.group, (group, group + 1))
    read = rule.evaluator.column((column,))
    return [read.values[code] for code in np.unique(read.codes[selected.row[start:stop]]).tolist() if code]


def _role(trace: Trace, rule: RuleTrace, row: int, indices: list[int]) -> str:
    exptypes = (rule.members.exptypes[code] for code in dict.fromkeys(rule.members.exptype[indices].tolist()))
    words = " and ".join(trace.spellings.get(exptype, exptype) for exptype in exptypes)
    if rule.members.kind[indices[0]] == SELECTED:
        return words
    groups = rule.members.groups
    attachments = groups.attached_by[groups.supporting.places_of(int(rule.members.group[indices[0]]), row)]
    return f"{words}, attached by {rule.rule.attach[attachments[0]].name}" if len(attachments) else words


def _outcome(trace: Trace, rule: RuleTrace, group: int, role: str) -> GroupOutcome:
    scope_id, scope_type = trace.scopes.scopes[rule.groups.scope[group]]
    draft = trace.drafts.get((rule.result, group))
    if draft is not None:
        return GroupOutcome(scope_id, scope_type, role, "association", draft.product, trace.file_names[draft])
    duplicate = trace.duplicates.get((rule.result, group))
    if duplicate is None:
        return GroupOutcome(scope_id, scope_type, role, "incomplete", lacks=unmet_words(trace, rule, group))
    kept, product = duplicate.kept_instead, duplicate.draft.product
    has = "has the same members" if duplicate.reason == "same members" else "has these members and more"
    why = f"{kept.source.rule.name} in {kept.scope[0]} {has}"
    if product != kept.product and trace.ruleset.duplicates is None:
        why += f", so {product} is not created"
    return GroupOutcome(scope_id, scope_type, role, "duplicate", product, trace.file_names[kept], why=why)


def _duplicate_rows(trace: Trace, rule: RuleTrace, row: int, known: Collection[int]) -> Iterator[GroupOutcome]:
    """The groups that have the exposure's file from another row of the pool."""
    for group in rule.groups_of(row).tolist():
        if group not in known:
            rows = rule.rows_of(group)
            used = trace.exposure(int(rows[trace.files[rows] == trace.files[row]][0]))
            scope_id, scope_type = trace.scopes.scopes[rule.groups.scope[group]]
            why = f"{used.position} has the same file and is used instead"
            yield GroupOutcome(scope_id, scope_type, "", "duplicate row", why=why)


def _not_preferred(trace: Trace, rule: RuleTrace, row: int) -> Iterator[GroupOutcome]:
    """The groups in which the rule uses other exposures, as it prefers them."""
    for group in rule.not_preferred_in(row).tolist():
        scope_id, scope_type = trace.scopes.scopes[rule.groups.scope[group]]
        yield GroupOutcome(scope_id, scope_type, "", "not preferred", why=rule.preference_words(group))
