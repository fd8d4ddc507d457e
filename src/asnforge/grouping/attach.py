"""Attach supporting exposures to groups: who can be attached, and what each attachment takes.

See docs/grouping.md#supporting-exposures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from asnforge.columns import CodeArray, Mask
from asnforge.grouping.arrays import IndexArray, combine, distinct, join
from asnforge.grouping.equal_values import join_equal_values
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.grouping.scopes import Scopes
from asnforge.rules.attachment import OWN, Attachment, plain_columns
from asnforge.rules.rule import Rule

if TYPE_CHECKING:
    from asnforge.grouping.choice import Choices
    from asnforge.grouping.pairs import Matching
    from asnforge.grouping.relations import Entries

_EMPTY = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Membership:
    """Pairs of a group and an exposure.

    Attributes
    ----------
    group, row : ndarray of int64, shape (pairs,)
        The group and the row of each pair.
    """

    group: IndexArray
    row: IndexArray

    def places_of(self, group: int, row: int) -> IndexArray:
        """The index of a pair, if it is one of these; they have to be sorted by group and row."""
        start, stop = np.searchsorted(self.group, (group, group + 1))
        places: IndexArray = start + np.arange(*np.searchsorted(self.row[start:stop], (row, row + 1)))
        return places

    def of_groups(self, groups: IndexArray) -> Membership:
        """The pairs of some groups; this has to be sorted by group."""
        kept = np.isin(self.group, groups)
        return Membership(self.group[kept], self.row[kept])


@dataclass(frozen=True, slots=True, eq=False)
class Attached:
    """What the attachments of a rule took.

    Attributes
    ----------
    supporting : Membership
        The exposures attached to groups, each once, sorted by group and row.
    attached_by : ndarray of int64, shape (supporting pairs,)
        The first attachment that took each, an index into `Rule.attach`.
    taken : tuple of Membership
        For each attachment what it took, also what an earlier one took already; sorted likewise.
    levels : tuple of ndarray of int64, shape (groups, preferences, 3)
        For each attachment how many choices of a group did not ask a preference, met it, and did not meet it: the outcomes of
        `asnforge.grouping.choice`. There is one choice for each group, or for each of its own exposures.
    """

    supporting: Membership
    attached_by: IndexArray
    taken: tuple[Membership, ...]
    levels: tuple[IndexArray, ...]


class Grouped(NamedTuple):
    """The groups of a rule before anything is attached: the exposures as the rule reads them, and those that it selects."""

    rule: Rule
    evaluator: Evaluator
    prepared: PreparedPool
    scopes: Scopes
    selected: Membership
    group_scope: CodeArray
    files: CodeArray


class Choice(NamedTuple):
    """All sets of an attachment for some groups: whether chosen or not, and why.

    Attributes
    ----------
    group, own_row : ndarray of int64, shape (choices,)
        For each choice its group, and the own exposure that it is made for; -1 for all of them.
    own, supports : Entries
        The exposures that were compared; `choices` has indices into `supports`.
    choices : Choices
        The sets.
    """

    group: IndexArray
    own_row: IndexArray
    own: Entries
    supports: Entries
    choices: Choices


def can_be_attached(rule: Rule, attachment: Attachment, evaluator: Evaluator, prepared: PreparedPool) -> Mask:
    """The exposures that an attachment can take, whatever the group."""
    key = "can be attached", rule.name, attachment
    return evaluator.remembered(key, lambda: _can_be_attached(rule, attachment, evaluator, prepared))


def _can_be_attached(rule: Rule, attachment: Attachment, evaluator: Evaluator, prepared: PreparedPool) -> Mask:
    mask = prepared.rows_of(attachment.product_of)
    if attachment.when is not None:
        mask &= evaluator.passes(attachment.when)
    if attachment.source == "select":
        tests = [item.constraint for item in rule.select if item.name not in attachment.excepted]
        mask = np.logical_and.reduce([mask, *map(evaluator.passes, tests)])
    return mask


def attach(grouped: Grouped) -> Attached:
    """What each attachment of a rule takes for each group; never a file of the group's own exposures."""
    rule, rows = grouped.rule, len(grouped.prepared)
    taken: dict[str, Membership] = {}
    levels: dict[str, IndexArray] = {}
    for attachment in in_order(rule.attach):
        if plain_columns(attachment) and attachment.takes_all and attachment.to == (OWN,) and not attachment.product_of:
            found = _with_equal_values(attachment, grouped)
        else:
            found, levels[attachment.name] = _chosen(attachment, grouped, taken)
            if attachment.product_of is not None:
                rest = np.setdiff1d(grouped.selected.group, found.group)
                more, more_levels = _chosen(attachment, _in_whole_pool(grouped, rest), taken)
                found = Membership(np.concatenate((found.group, more.group)), np.concatenate((found.row, more.row)))
                levels[attachment.name][rest] = more_levels[rest]
        first, _ = distinct(found.group * rows + found.row)
        taken[attachment.name] = Membership(found.group[first], found.row[first])
    ordered = [taken[attachment.name] for attachment in rule.attach]
    numbers = [np.full(len(item.group), index, np.int64) for index, item in enumerate(ordered)]
    group = np.concatenate([_EMPTY, *(item.group for item in ordered)])
    row = np.concatenate([_EMPTY, *(item.row for item in ordered)])
    first, _ = distinct(group * rows + row)
    nothing = np.zeros((len(grouped.group_scope), 0, 3), np.int64)
    return Attached(
        supporting=Membership(group[first], row[first]),
        attached_by=np.concatenate([_EMPTY, *numbers])[first],
        taken=tuple(ordered),
        levels=tuple(levels.get(attachment.name, nothing) for attachment in rule.attach),
    )


def attach_nothing(rule: Rule) -> Attached:
    """What the attachments of a rule without groups take."""
    nothing = Membership(_EMPTY, _EMPTY)
    levels = tuple(np.zeros((0, len(attachment.prefer), 3), np.int64) for attachment in rule.attach)
    return Attached(nothing, _EMPTY, (nothing,) * len(rule.attach), levels)


def in_order(attachments: Sequence[Attachment]) -> list[Attachment]:
    """Attachments in the order in which they are made: those that are compared with what another one took come after it."""
    waiting, ordered = list(attachments), list[Attachment]()
    while waiting:
        names = {attachment.name for attachment in waiting}
        ready = [attachment for attachment in waiting if names.isdisjoint(attachment.compared_with())]
        if not ready:
            raise ValueError(f"attachments are compared with each other: {', '.join(sorted(names))}")
        ordered += ready
        waiting = [attachment for attachment in waiting if attachment not in ready]
    return ordered


def explain_choices(
    grouped: Grouped, attached: Attached, attachment: Attachment, groups: IndexArray
) -> dict[int, Choice]:
    """All sets that an attachment had for some groups, which are in order, and what became of each, by group."""
    taken = _compared_with(grouped, attached, attachment, groups)
    part = grouped._replace(selected=grouped.selected.of_groups(groups))
    found = _choices_by_group(*_matching(attachment, part, taken))
    if attachment.product_of is not None:
        nothing = np.array([group for group, choice in found.items() if not len(choice.choices.problem)], np.int64)
        if len(nothing):
            found |= _choices_by_group(*_matching(attachment, _in_whole_pool(part, nothing), taken))
    return found


def _choices_by_group(group: IndexArray, own_row: IndexArray, matching: Matching) -> dict[int, Choice]:
    """All choices, group by group."""
    choices, own = matching.all_choices(), matching.own
    groups, first = np.unique(group, return_index=True)
    last = np.append(first[1:], len(group))
    return {
        number: Choice(
            group[start:stop],
            own_row[start:stop],
            own.at(np.arange(*np.searchsorted(own.problem, (start, stop)))).numbered_from(start),
            matching.supports,
            choices.part(start, stop),
        )
        for number, start, stop in zip(groups.tolist(), first.tolist(), last.tolist(), strict=True)
    }


def matching_groups(
    grouped: Grouped, attached: Attached, attachment: Attachment, rows: IndexArray, *, whole_pool: bool = False
) -> Membership:
    """The groups that supporting exposures match, taken or not; `whole_pool`: whatever the scope of the group."""
    groups = np.unique(grouped.selected.group)
    part = _in_whole_pool(grouped, groups) if whole_pool else grouped
    taken = _compared_with(grouped, attached, attachment, groups)
    group, _, matching = _matching(attachment, part, taken, only=rows)
    pairs = matching.all_pairs()
    found = combine([matching.supports.row[pairs.support], group[matching.own.problem[pairs.own]]])
    first, _ = distinct(found) if len(found) else (_EMPTY, _EMPTY)
    return Membership(group[matching.own.problem[pairs.own[first]]], matching.supports.row[pairs.support[first]])


def first_groups(grouped: Grouped, attached: Attached, attachment: Attachment, rows: IndexArray) -> IndexArray:
    """For each row the first group that it matches as a supporting exposure, taken or not; -1 if it matches none."""
    groups = np.unique(grouped.selected.group)
    taken = _compared_with(grouped, attached, attachment, groups)
    group, _, matching = _matching(attachment, grouped, taken, only=rows)
    problem = matching.first_problems()
    found = problem >= 0
    first = np.full(len(grouped.prepared), len(grouped.group_scope), np.int64)
    np.minimum.at(first, matching.supports.row[found], group[problem[found]])
    return np.where(first[rows] < len(grouped.group_scope), first[rows], -1)


def _compared_with(
    grouped: Grouped, attached: Attached, attachment: Attachment, groups: IndexArray
) -> dict[str, Membership]:
    """What the attachments took with which this one is compared."""
    names = [item.name for item in grouped.rule.attach]
    return {name: attached.taken[names.index(name)].of_groups(groups) for name in attachment.compared_with()}


def _in_whole_pool(grouped: Grouped, groups: IndexArray) -> Grouped:
    """Some groups, compared with the products of the whole pool: those for which no product of their own scope was found."""
    everywhere = np.full_like(grouped.group_scope, grouped.scopes.discovered)
    return grouped._replace(selected=grouped.selected.of_groups(groups), group_scope=everywhere)


def _chosen(attachment: Attachment, grouped: Grouped, taken: dict[str, Membership]) -> tuple[Membership, IndexArray]:
    """What an attachment takes, and how its preferences came out in each group."""
    from asnforge.grouping.choice import NOT_ASKED  # most rule sets attach without a choice

    group, _, matching = _matching(attachment, grouped, taken)
    problem, support, levels = matching.taken()
    counts = np.zeros((len(grouped.group_scope), len(attachment.prefer), 3), np.int64)
    for index in range(len(attachment.prefer)):
        counts[:, index] += np.bincount(group * 3 + levels[:, index], minlength=3 * len(counts)).reshape(-1, 3)
    without = np.setdiff1d(np.arange(len(counts)), group)
    counts[without, :, NOT_ASKED] = 1
    return Membership(group[problem], matching.supports.row[support]), counts


def _matching(
    attachment: Attachment, grouped: Grouped, taken: dict[str, Membership], only: IndexArray | None = None
) -> tuple[IndexArray, IndexArray, Matching]:
    """The choices of an attachment: the group of each, the own exposure that it is made for (-1: all), and what matches.

    With `only`, no other supporting exposures are compared than these rows.
    """
    from asnforge.grouping.pairs import Matching
    from asnforge.grouping.relations import Entries

    selected, size = grouped.selected, len(grouped.prepared)
    if attachment.each_own:
        group, own_row = selected.group, selected.row
        parts = {OWN: (np.arange(len(group)), own_row)}
        for name in attachment.compared_with():
            problem, index = join(group, taken[name].group)
            parts[name] = problem, taken[name].row[index]
    else:
        group = np.unique(selected.group)
        own_row = np.full(len(group), -1, np.int64)
        compared_with = {name: taken[name].of_groups(group) for name in attachment.compared_with()}
        parts = {
            name: (np.searchsorted(group, members.group), members.row)
            for name, members in {OWN: selected, **compared_with}.items()
        }
    compared = [parts[name] for name in attachment.to]
    problem, row = (np.concatenate(columns) for columns in zip(*compared, strict=True))
    first, _ = distinct(problem * size + row)
    problem, row = problem[first], row[first]
    scope = grouped.group_scope[group[problem]].astype(np.int64)
    own = Entries(row, scope, grouped.scopes.candidates_of(row, scope), problem)
    counts = []
    for preference in attachment.prefer:
        more = preference.when_more_than
        if isinstance(more, int):
            counts.append(np.full(len(group), more, np.int64))
            continue
        counted = [parts[name] for name in more]
        problems, rows = (np.concatenate(columns) for columns in zip(*counted, strict=True))
        first, _ = distinct(combine([problems, grouped.files[rows]])) if len(problems) else (_EMPTY, _EMPTY)
        counts.append(np.bincount(problems[first], minlength=len(group)))
    own_files = np.unique(selected.group * size + grouped.files[selected.row])
    matching = Matching(
        attachment,
        own,
        _supports(attachment, grouped, only),
        grouped.evaluator,
        grouped.scopes,
        grouped.files,
        least_sets=counts,
        excluded=(group * size, own_files),
    )
    return group, own_row, matching


def _supports(attachment: Attachment, grouped: Grouped, only: IndexArray | None) -> Entries:
    """The exposures that can be attached, in their scopes."""
    from asnforge.grouping.relations import Entries

    rows = np.flatnonzero(can_be_attached(grouped.rule, attachment, grouped.evaluator, grouped.prepared))
    if only is not None:
        rows = np.intersect1d(rows, only)
    row, scope, candidate = grouped.scopes.of_rows(rows)
    return Entries(
        row.astype(np.int64), scope.astype(np.int64), candidate.astype(np.int64), np.zeros(len(row), np.int64)
    )


def _with_equal_values(attachment: Attachment, grouped: Grouped) -> Membership:
    """The pairs of a group and a supporting exposure with the same values in some columns, if there is nothing to choose."""
    supporting = can_be_attached(grouped.rule, attachment, grouped.evaluator, grouped.prepared)
    names, selected = plain_columns(attachment) or (), (grouped.selected.group, grouped.selected.row)
    group, row = join_equal_values(names, grouped.evaluator, grouped.scopes, selected, grouped.group_scope, supporting)
    own_files = np.sort(selected[0] * len(grouped.prepared) + grouped.files[selected[1]])
    pairs = group * len(grouped.prepared) + grouped.files[row]
    kept = own_files[np.minimum(np.searchsorted(own_files, pairs), len(own_files) - 1)] != pairs
    return Membership(group[kept], row[kept])
