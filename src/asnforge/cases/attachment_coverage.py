"""Coverage of attachments: what each relation, preference and other part of the choice changes in what is attached.

A part is decisive for the exposures that would be attached to other groups, or by another attachment, if it were left out
(docs/grouping.md#supporting-exposures). Some preferences never change what is attached, because the nearest set meets them
if any set does. Associations record whether they were met, so they are decisive for the choices that do not meet them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from asnforge.explain.rule_trace import RuleTrace
from asnforge.explain.trace import Trace
from asnforge.findings import pluralize
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.attach import Attached, Grouped, attach
from asnforge.grouping.choice import NOT_MET
from asnforge.rules.attachment import (
    NOTHING,
    OWN,
    Attachment,
    Distance,
    FixedAmount,
    Interval,
    Preference,
    Relation,
    SameValue,
)
from asnforge.rules.candidate_values import CandidateValue
from asnforge.rules.describe import describe, listed
from asnforge.rules.describe_attachments import (
    describe_amount,
    describe_nearest,
    describe_preference,
    describe_relation,
)
from asnforge.rules.rule import AttachedRequired, Rule

_Part = TypeVar("_Part")

_PAIRS = 1 << 20
"""The number of pairs of a group and a supporting exposure that are compared at once."""


@dataclass(frozen=True, slots=True)
class AttachmentPart:
    """A part of an attachment that can be left out.

    Attributes
    ----------
    kind
        Its key in the rule file: ``from``, ``except``, ``match``, ``to``, ``sets_by``, ``at_least``, ``at_most``, ``each_own``,
        ``prefer`` or ``nearest``; for an option of a relation or preference followed by that of the option, as in
        ``match optional``.
    words
        The part in words.
    value
        Equal for the same part of attachments with the same name.
    without
        The attachment without it.
    only_recorded
        The index of a preference that never changes what is attached; None for any other part.
    """

    kind: str
    words: str
    value: object
    without: Attachment
    only_recorded: int | None = None


def attachment_parts(attachment: Attachment) -> Iterator[AttachmentPart]:
    """The parts of an attachment that can be left out."""
    for index, relation in enumerate(attachment.match):
        without = replace(attachment, match=_without(attachment.match, index))
        yield AttachmentPart("match", describe_relation(relation), relation, without)
        for option, words, changed in _options(relation):
            without = replace(attachment, match=_with(attachment.match, index, changed))
            yield AttachmentPart(
                f"match {option}", f"{describe_relation(relation)}: {words}", (option, relation), without
            )
    for kind, words, without in _choice(attachment):
        yield AttachmentPart(kind, words, (words, attachment), without)
    for index, preference in enumerate(attachment.prefer):
        without = replace(attachment, prefer=_without(attachment.prefer, index))
        only_recorded = index if _is_only_recorded(attachment, index) else None
        title = describe_preference(preference)
        yield AttachmentPart("prefer", title, (index, attachment), without, only_recorded)
        for option, words, other in _preference_options(preference):
            without = replace(attachment, prefer=_with(attachment.prefer, index, other))
            yield AttachmentPart(f"prefer {option}", f"{title}: {words}", (option, index, attachment), without)
    for index, nearest in enumerate(attachment.nearest):
        without = replace(attachment, nearest=_without(attachment.nearest, index))
        yield AttachmentPart("nearest", describe_nearest(nearest), (index, attachment), without)


def _choice(attachment: Attachment) -> Iterator[tuple[str, str, Attachment]]:
    """The parts of the choice that are not lists of relations or columns: kind, words, and the attachment without it."""
    if attachment.source == "select":
        yield "from", "only exposures that pass the rule's own constraints", replace(attachment, source="pool")
    for index, name in enumerate(attachment.excepted):
        fewer = replace(attachment, excepted=_without(attachment.excepted, index))
        yield "except", f"the constraint {name.replace('_', ' ')} is ignored", fewer
    if attachment.to != (OWN,):
        for index, name in enumerate(attachment.to):
            words = f"compared with {'own exposures' if name == OWN else f'exposures attached by {name}'}"
            yield "to", words, replace(attachment, to=_without(attachment.to, index) or (OWN,))
    if attachment.sets_by:
        yield "sets_by", f"sets with the same {listed(attachment.sets_by, 'and')}", replace(attachment, sets_by=())
    if attachment.at_least > 1:
        words = f"sets of {pluralize(attachment.at_least, 'file')} or more"
        yield "at_least", words, replace(attachment, at_least=1)
    if attachment.at_most is not None:
        words = f"at most {pluralize(attachment.at_most, 'set' if attachment.sets_by else 'file')}"
        yield "at_most", words, replace(attachment, at_most=None)
    if attachment.each_own:
        yield "each_own", "chosen for each selected exposure", replace(attachment, each_own=False)


def _options(relation: Relation) -> Iterator[tuple[str, str, Relation]]:
    """The options of a relation: the key of each, what it says, and the relation without it."""
    if relation.when is not None:
        yield "when", f"only where {describe(relation.when)}", replace(relation, when=None)
    if relation.optional != "no":
        whom = "every value" if relation.optional == "yes" else "another undefined value"
        yield "optional", f"an undefined value agrees with {whom}", replace(relation, optional="no")
    match relation:
        case SameValue(instead=CandidateValue() as instead):
            yield "instead", f"{instead.value} in the scopes of some candidates", replace(relation, instead=None)
        case Interval(before=before, after=after) if NOTHING not in (before, after):
            if before is not None:
                yield "before", f"at most {describe_amount(before)} before", replace(relation, before=None)
            if after is not None:
                yield "after", f"at most {describe_amount(after)} after", replace(relation, after=None)
        case _:
            pass


def _preference_options(preference: Preference) -> Iterator[tuple[str, str, Preference]]:
    """The options of a preference, as those of a relation."""
    if isinstance(preference.test, Relation):
        for option, words, changed in _options(preference.test):
            yield option, words, replace(preference, test=changed)
    if preference.when_more_than != 0:
        yield "when_more_than", "only if more are left", replace(preference, when_more_than=0)


def count_role(attachment: Attachment, index: int, rule: RuleTrace, exptype: str) -> tuple[int, int, int]:
    """How many attached exposures have another exptype because of an attachment, of an `index` in the rule, with ``as``.

    Returns
    -------
    tuple of int
        The exposures that have the exptype of the attachment, 0, and those of them that would have another one by
        themselves. They are counted for each group; `exptype` is the column with that of an exposure.
    """
    rows = rule.groups.supporting.row[rule.groups.attached_by == index]
    own = rule.evaluator.column((exptype,)).mask(frozenset({(attachment.exptype or "").casefold()}).__contains__)
    return len(rows), 0, int((~own[rows]).sum())


def _is_only_recorded(attachment: Attachment, index: int) -> bool:
    """Whether the one set that is taken meets a preference if any set does, because it is the nearest in the same column."""
    if attachment.at_most != 1 or index != len(attachment.prefer) - 1 or not attachment.nearest:
        return False
    test, nearest = attachment.prefer[index].test, attachment.nearest[0]
    if not isinstance(test, Distance) or not isinstance(test.within, FixedAmount) or nearest.side is not None:
        return False
    return test == Distance(test.name, nearest.columns, nearest.columns, within=test.within)


def count_part(part: AttachmentPart, index: int, rule: RuleTrace, trace: Trace) -> tuple[int, int, int]:
    """How many exposures an attachment takes, takes only without a part, and how many are attached differently without it.

    The attachment is that of an `index` in the rule. Exposures are counted for each group. In a large pool groups are compared
    block by block, and those after the first block in which the part is decisive are not.
    """
    taken = len(rule.groups.attached.taken[index].group)
    if part.only_recorded is not None:
        not_met = int(rule.groups.attached.levels[index][:, part.only_recorded, NOT_MET].sum())
        return taken, 0, not_met
    grouped = trace.grouped(rule)
    groups = np.unique(grouped.selected.group)
    changed = replace(rule.rule, attach=(*rule.rule.attach[:index], part.without, *rule.rule.attach[index + 1 :]))
    size = max(_PAIRS // max(int(rule.can_be_attached(part.without).sum()), 1), 1)
    added = decided = 0
    for start in range(0, len(groups), size):
        block = grouped._replace(selected=grouped.selected.of_groups(groups[start : start + size]))
        more, decided = _compare(block, changed, index)
        added += more
        if decided:
            break
    return taken, added, decided


def _compare(grouped: Grouped, changed: Rule, index: int) -> tuple[int, int]:
    """How many exposures an attachment takes for groups only in the changed rule, and how many are attached differently."""
    with_part, without_part = attach(grouped), attach(grouped._replace(rule=changed))
    size = len(grouped.prepared)
    before, after = (found.taken[index].group * size + found.taken[index].row for found in (with_part, without_part))
    differing = np.setxor1d(_results(grouped, with_part), _results(grouped, without_part))
    return len(np.setdiff1d(after, before)), len(np.unique(differing % (len(grouped.group_scope) * size)))


def _results(grouped: Grouped, attached: Attached) -> IndexArray:
    """What matters to associations, as numbers: what was attached and by what, and what was taken where that is required."""
    rule, size = grouped.rule, len(grouped.prepared)
    pairs = len(grouped.group_scope) * size
    results = [attached.attached_by * pairs + attached.supporting.group * size + attached.supporting.row]
    required = {need.attachment for need in rule.require if isinstance(need, AttachedRequired)}
    for number, (attachment, taken) in enumerate(zip(rule.attach, attached.taken, strict=True), len(rule.attach)):
        if attachment.name in required:
            results.append(number * pairs + taken.group * size + taken.row)
    return np.concatenate(results)


def _without(parts: tuple[_Part, ...], index: int) -> tuple[_Part, ...]:
    return (*parts[:index], *parts[index + 1 :])


def _with(parts: tuple[_Part, ...], index: int, part: _Part) -> tuple[_Part, ...]:
    return (*parts[:index], part, *parts[index + 1 :])
