"""What attachments had to choose from: the sets that matched a group, and the groups that did not take an exposure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

import numpy as np

from asnforge.columns import UNDEFINED, comparable
from asnforge.explain.attachment_outcomes import AttachmentChoice, MeasuredDistance, Side, SupportingSet
from asnforge.explain.distance_words import MEASURED_IN, distance_words
from asnforge.explain.in_blocks import InBlocks
from asnforge.explain.rule_trace import RuleTrace
from asnforge.explain.trace import Trace
from asnforge.findings import truncated
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.attach import Choice, explain_choices, first_groups, matching_groups
from asnforge.grouping.choice import MET, NOT_ASKED, NOT_PREFERRED, TAKEN, TOO_FAR, TOO_SMALL, is_behind
from asnforge.rules.attachment import Attachment, Nearest
from asnforge.rules.describe_attachments import describe_preference

_SHOWN = 5
"""The number of sets, or of groups, that are named unless all are requested."""

_Outcome = Literal["taken", "too small", "not preferred", "farther"]


def choices_for(
    trace: Trace, rule: RuleTrace, group: int, attachment: Attachment, row: int | None = None, every: bool = False
) -> Iterator[AttachmentChoice]:
    """The choices of an attachment for a group; for a supporting exposure (`row`) only those that it is part of."""
    choice = _choice(trace, rule, group, attachment)
    for number, own_row in enumerate(choice.own_row.tolist()):
        sets = np.arange(*np.searchsorted(choice.choices.problem, (number, number + 1)))
        named = sets if every else sets[:_SHOWN]
        if row is not None:
            of_row = np.unique(choice.choices.set_of[choice.supports.row[choice.choices.support] == row])
            of_row = np.intersect1d(of_row, sets)
            if not len(of_row):
                continue
            named = np.union1d(named, of_row)
        rest = np.setdiff1d(sets, named)
        yield AttachmentChoice(
            attachment.name,
            str(trace.exposure(own_row)) if own_row >= 0 else "",
            tuple(_set(trace, rule, attachment, choice, index) for index in named.tolist()),
            len(rest),
            int((choice.choices.outcome[rest] == TAKEN).sum()),
        )


def passed_over_words(trace: Trace, rule: RuleTrace, group: int, attachment: Attachment, row: int) -> str:
    """Why the set of an exposure is not taken, with its distances and those of the last set that is; empty if it is taken."""
    choice = _choice(trace, rule, group, attachment)
    choices = choice.choices
    own = np.unique(choices.set_of[choice.supports.row[choices.support] == row])
    if not len(own) or (choices.outcome[own] == TAKEN).any():
        return ""
    entry = _set(trace, rule, attachment, choice, int(own[0]))
    words = ", ".join((entry.reason, *entry.distances))
    taken = np.flatnonzero((choices.problem == choices.problem[own[0]]) & (choices.outcome == TAKEN))
    if not len(taken):
        return words
    last = _set(trace, rule, attachment, choice, int(taken[-1]))
    return f"{words}; taken: {', '.join((truncated(last.name), *last.distances))}"


def groups_without(trace: Trace, rule: RuleTrace, row: int, attachment: Attachment) -> IndexArray:
    """The groups that an exposure matches as a supporting one, although the attachment takes it for none of them."""
    if not attachment.has_sets or not rule.can_be_attached(attachment)[row]:
        return np.empty(0, np.int64)
    groups = _matching(trace, rule, attachment, whole_pool=False)[row]
    if attachment.product_of is None:
        return groups
    others = np.setdiff1d(_matching(trace, rule, attachment, whole_pool=True)[row], groups)
    compared = [
        group
        for group in others.tolist()
        if row in (choice := _choice(trace, rule, group, attachment)).supports.row[choice.choices.support]
    ]
    return np.union1d(groups, np.array(compared, np.int64)).astype(np.int64)


def _matching(trace: Trace, rule: RuleTrace, attachment: Attachment, *, whole_pool: bool) -> InBlocks[IndexArray]:
    """For supporting exposures the groups that they match."""
    key = rule.name, attachment.name, whole_pool

    def compute(rows: IndexArray) -> dict[int, IndexArray]:
        found = matching_groups(trace.grouped(rule), rule.groups.attached, attachment, rows, whole_pool=whole_pool)
        bounds = np.searchsorted(found.row, np.append(rows, rows[-1:] + 1)).tolist()
        return {
            row: found.group[start:stop] for row, (start, stop) in zip(rows.tolist(), pairwise(bounds), strict=True)
        }

    if key not in trace.matching:
        rows = np.flatnonzero(rule.can_be_attached(attachment) & ~rule.grouped_rows)
        trace.matching[key] = InBlocks(rows, compute, len)
    return trace.matching[key]


def passed_over_reasons(trace: Trace, rule: RuleTrace, attachment: Attachment) -> tuple[IndexArray, tuple[str, ...]]:
    """Why orphans that match a group are not attached: for each row the index of a text, and the texts; the first is empty."""
    key = rule.name, attachment.name
    if key not in trace.passed_over:
        trace.passed_over[key] = _passed_over_reasons(trace, rule, attachment)
    return trace.passed_over[key]


def _passed_over_reasons(trace: Trace, rule: RuleTrace, attachment: Attachment) -> tuple[IndexArray, tuple[str, ...]]:
    index, texts = np.zeros(len(trace.exposures), np.int64), {"": 0}
    orphans = np.zeros(len(trace.exposures), np.bool_)
    orphans[: len(trace.orphans)] = trace.orphans
    rows = np.flatnonzero(orphans & rule.can_be_attached(attachment) & ~rule.grouped_rows)
    if len(rows) and attachment.has_sets and len(rule.groups.selected.group):
        first = first_groups(trace.grouped(rule), rule.groups.attached, attachment, rows)
        by_group: dict[int, list[int]] = defaultdict(list)
        for group, row in zip(first.tolist(), rows.tolist(), strict=True):
            by_group[group].append(row)
        for group in sorted(by_group.keys() - {-1}):
            choice = _choice(trace, rule, group, attachment)
            support = choice.supports.row[choice.choices.support].tolist()
            outcomes = dict(zip(support, choice.choices.outcome[choice.choices.set_of].tolist(), strict=True))
            for row in by_group[group]:
                index[row] = texts.setdefault(_reason(attachment, outcomes.get(row, -1)), len(texts))
    return index, tuple(texts)


def _reason(attachment: Attachment, outcome: int) -> str:
    """Why an exposure that matches is not attached, in words; empty if it is."""
    its = "its set" if attachment.sets_by else "it"
    if outcome == TOO_FAR and attachment.nearest:
        return f"it matches, but a nearer {'set' if attachment.sets_by else 'one'} is attached"
    if outcome == TOO_FAR:
        return f"it matches, but {'another set' if attachment.sets_by else 'another'} is attached"
    if outcome == TOO_SMALL:
        return f"it matches, but {its} has fewer than {attachment.at_least} files"
    if outcome >= NOT_PREFERRED:
        return f"it matches, but others are preferred: {_preference(attachment, outcome - NOT_PREFERRED)}"
    return ""


def _choice(trace: Trace, rule: RuleTrace, group: int, attachment: Attachment) -> Choice:
    """The choice for a group."""
    key = rule.name, attachment.name

    def compute(groups: IndexArray) -> dict[int, Choice]:
        return explain_choices(trace.grouped(rule), rule.groups.attached, attachment, groups)

    if key not in trace.choices:
        selected = rule.groups.selected
        first = np.full(len(rule.groups), np.iinfo(np.int64).max)
        np.minimum.at(first, selected.group, selected.row)
        trace.choices[key] = InBlocks(np.argsort(first, kind="stable"), compute, _pairs_of)
    return trace.choices[key][group]


def _pairs_of(choice: Choice) -> int:
    """The largest possible number of pairs of a choice."""
    return len(choice.own) * len(choice.choices.support)


def _set(trace: Trace, rule: RuleTrace, attachment: Attachment, choice: Choice, index: int) -> SupportingSet:
    choices = choice.choices
    rows = choice.supports.row[choices.support[choices.set_of == index]]
    outcome, reason = _outcome(attachment, choice, index)
    if attachment.sets_by:
        read = (rule.reader.read((name,), int(rows[0])) for name in attachment.sets_by)
        name = ", ".join(f"{title} {value}" for title, value, _ in read)
    else:
        name = trace.exposure(int(rows[0])).file_name
    distances = [
        _distance(trace, rule, nearest, choice, index, column) for column, nearest in enumerate(attachment.nearest)
    ]
    words, measured = tuple(text for text, _ in distances), tuple(numbers for _, numbers in distances)
    return SupportingSet(name, int(choices.files[index]), outcome, reason, words, measured)


def _outcome(attachment: Attachment, choice: Choice, index: int) -> tuple[_Outcome, str]:
    choices = choice.choices
    outcome = int(choices.outcome[index])
    if outcome == TOO_SMALL:
        return "too small", f"fewer than {attachment.at_least}"
    if outcome >= NOT_PREFERRED:
        return "not preferred", f"others are preferred: {_preference(attachment, outcome - NOT_PREFERRED)}"
    if outcome == TOO_FAR:
        return "farther", _why_farther(attachment, choice, index)
    levels = choices.levels[choices.problem[index]].tolist()
    words = (
        f"{'preferred' if level == MET else 'although not'}: {_preference(attachment, number)}"
        for number, level in enumerate(levels)
        if level != NOT_ASKED
    )
    return "taken", "; ".join(words)


def _why_farther(attachment: Attachment, choice: Choice, index: int) -> str:
    """Why a set is not among those that are taken."""
    if not attachment.nearest:
        return f"at most {attachment.at_most} by file name"
    choices = choice.choices
    taken = np.flatnonzero((choices.problem == choices.problem[index]) & (choices.outcome == TAKEN))
    is_equal = bool((choices.distance[taken[-1]] == choices.distance[index]).all())
    return "as near as the last that is taken, but comes after it" if is_equal else "farther"


def _preference(attachment: Attachment, number: int) -> str:
    return describe_preference(attachment.prefer[number])


def _distance(
    trace: Trace, rule: RuleTrace, nearest: Nearest, choice: Choice, index: int, number: int
) -> tuple[str, MeasuredDistance]:
    """How far a set is in one column, in words and in numbers: ``EXPTIME 0.1 s away``."""
    choices, column = choice.choices, rule.evaluator.column(nearest.columns)
    title, column_type = rule.reader.title(nearest.columns), trace.ruleset.type_of(nearest.columns[0])
    unknown = MeasuredDistance(title, None, "", MEASURED_IN.get(column_type.kind, column_type.unit))
    support = column.codes[choice.supports.row[choices.support[choices.set_of == index]]]
    own = column.codes[choice.own.row[choice.own.problem == choices.problem[index]]]
    support, own = support[support != UNDEFINED], own[own != UNDEFINED]
    if not len(support) or not len(own):
        return f"{title} undefined" + ("" if not len(support) else " in the group"), unknown
    if bool(is_behind(choices.distance[index : index + 1, number])[0]):
        return f"{title} not {nearest.side}", unknown
    if column.amounts is None:
        return f"{title} {nearest.side}", replace(unknown, side=nearest.side or "")
    distance = int(choices.distance[index, number])
    amount = Decimal(f"{distance}e{column.amounts.exponent}")
    (numbers,), _ = comparable([column])
    differences = (numbers[support][:, None] - numbers[own][None, :]).ravel()
    sides = [bool((differences == sign * distance).any()) for sign in (-1, 1)]
    side: Side = ""
    if column_type.kind == "time":
        side = "before" if not sides[1] else "after" if not sides[0] else ""
    words = distance_words(amount, column_type)
    return f"{title} {words} {side or 'away'}", replace(unknown, distance=float(amount), side=side)
