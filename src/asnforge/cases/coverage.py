"""Coverage: how often each constraint, key, requirement and part of an attachment passed, failed, and was decisive.

A constraint is decisive for an exposure that would be treated differently if only this constraint had the other result: it
fails while everything else that is required passes, or it passes where one of several is enough and no other passes.
Constraints come before keys: keys are not decisive for an exposure that fails a constraint. Shared parts and conditions, which
are written once and used by several rules, are counted once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from asnforge.associations.members import REPEATED
from asnforge.cases.attachment_coverage import attachment_parts, count_part, count_role
from asnforge.cases.case_pool import make_pool
from asnforge.columns import UNDEFINED, Mask
from asnforge.explain.rule_trace import RuleTrace
from asnforge.explain.trace import Trace, trace_rules
from asnforge.grouping.arrays import IndexArray, combine
from asnforge.grouping.key_codes import has_value
from asnforge.rules.attachment import Attachment
from asnforge.rules.constraints import AllOf, AnyOf, Condition, Constraint, Not
from asnforge.rules.describe import describe, describe_key, describe_repeat, describe_requirement
from asnforge.rules.describe_attachments import describe_attachment
from asnforge.rules.rule import IMPLICIT_SCIENCE_MEMBER, Key
from asnforge.rules.ruleset import Ruleset

_ItemKey = tuple[str, str, object]
"""Kind, name, and a value that is equal for all uses of the same item."""


@dataclass(frozen=True, slots=True)
class Item:
    """A constraint, key, requirement or other item of a rule set that can be decisive.

    Attributes
    ----------
    kind
        ``constraint``, ``part`` of a constraint, ``condition``: a part of one, ``key``, ``key optional``, ``key when``,
        ``key instead``, ``prefer``, ``requirement``, ``attachment``, ``as``, ``members``, ``take_as``, ``take_as except``,
        ``repeat``, ``derived``; for parts of attachments the kinds of
        `asnforge.cases.attachment_coverage.AttachmentPart`.
    rules
        The rules that use it.
    passed, failed, decided
        The number of exposures; for requirements, of groups. For parts of attachments they are counted for each group: those
        that it takes, those that it would take only without the part, and those that would be attached differently.
    """

    kind: str
    name: str
    words: str
    rules: tuple[str, ...]
    passed: int
    failed: int
    decided: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """All items of a rule set, in the order of its rules."""

    items: tuple[Item, ...]

    def never_decisive(self) -> tuple[Item, ...]:
        """The items that were never decisive."""
        return tuple(item for item in self.items if not item.decided)


@dataclass(frozen=True, slots=True)
class _Count:
    """How often an item passed, failed and was decisive, in one pool and rule."""

    key: _ItemKey
    words: str
    counts: tuple[int, int, int]


def find_coverage(ruleset: Ruleset, traces: Iterable[Trace], whole: bool = True) -> Coverage:
    """How often each item of a rule set was decisive, in the traces of some or all of its rules on pools.

    Derived columns, which all rules share, are counted for a `whole` rule set.
    """
    rules: dict[_ItemKey, dict[str, None]] = {}
    words: dict[_ItemKey, str] = {}
    totals: dict[_ItemKey, IndexArray] = {}
    for rule, count in _counts(trace_rules(make_pool("", {}, {}, ruleset), ruleset), whole):
        words.setdefault(count.key, count.words)
        totals.setdefault(count.key, np.zeros(3, np.int64))
        rules.setdefault(count.key, {}).update({rule: None} if rule else {})
    for trace in traces:
        for _, count in _counts(trace, whole):
            if count.key in totals:
                totals[count.key] += count.counts
    return Coverage(
        tuple(Item(key[0], key[1], words[key], tuple(rules[key]), *map(int, total)) for key, total in totals.items())
    )


def _counts(trace: Trace, whole: bool) -> Iterator[tuple[str, _Count]]:
    for rule in trace.rules:
        for count in _count_rule(rule, trace):
            yield rule.name, count
    for count in _count_derived(trace) if whole else ():
        yield "", count


def _count_rule(rule: RuleTrace, trace: Trace) -> Iterator[_Count]:
    usable = rule.candidates
    passed = [rule.evaluator.passes(select.constraint) for select in rule.rule.select]
    for index, select in enumerate(rule.rule.select):
        others_pass = _all([usable, *passed[:index], *passed[index + 1 :]])
        counts = _passed_failed_decisive(passed[index], usable, others_pass)
        yield _Count(("constraint", select.name, select.constraint), describe(select.constraint), counts)
        yield from _count_parts(rule, "part", select.name, select.constraint, others_pass)
    yield from _count_keys(rule, trace)
    yield from _count_preferences(rule)
    for index, need in enumerate(rule.rule.require):
        if need != IMPLICIT_SCIENCE_MEMBER:
            met = ~rule.members.unmet[index]
            others_met = [~unmet for other, unmet in enumerate(rule.members.unmet) if other != index]
            counts = _passed_failed_decisive(met, np.ones_like(met), _all([np.ones_like(met), *others_met]))
            yield _Count(("requirement", need.name, need), describe_requirement(need), counts)
    for index, attachment in enumerate(rule.rule.attach):
        passes = rule.can_be_attached(attachment)
        attached = int((rule.groups.attached_by == index).sum())
        counts = (int((usable & passes).sum()), int((usable & ~passes).sum()), attached)
        yield _Count(("attachment", attachment.name, attachment), f"attach {describe_attachment(attachment)}", counts)
        if attachment.when is not None:
            yield from _count_parts(rule, "attachment", attachment.name, attachment.when, usable)
        for part in attachment_parts(attachment):
            key = part.kind, attachment.name, part.value
            yield _Count(key, part.words, count_part(part, index, rule, trace))
        yield from _count_becoming(attachment, index, rule, trace)
    yield from _count_override(rule, trace)
    for repeat in rule.rule.repeat:
        code = rule.members.exptypes.index(repeat.repeat_as)
        repeated = int(((rule.members.kind == REPEATED) & (rule.members.exptype == code)).sum())
        yield _Count(("repeat", repeat.exptype, repeat), describe_repeat(repeat), (repeated, 0, repeated))


def _count_becoming(attachment: Attachment, index: int, rule: RuleTrace, trace: Trace) -> Iterator[_Count]:
    """What attached exposures become: ``as`` has an effect on those of another exptype, ``members`` on all."""
    if attachment.exptype is not None and not (attachment.product_of and attachment.exptype == attachment.name):
        counts = count_role(attachment, index, rule, trace.ruleset.members.exptype)
        yield _Count(("as", attachment.name, attachment.exptype), f"as {attachment.exptype}", counts)
    attached = int((rule.groups.attached_by == index).sum())
    for member in attachment.members:
        words = f"each becomes {member.name} as {member.exptype}"
        yield _Count(("members", attachment.name, member), words, (attached, 0, attached))


def _count_override(rule: RuleTrace, trace: Trace) -> Iterator[_Count]:
    """The exptype that exposures have for a rule: it has an effect on those of another, and its exceptions on theirs."""
    if (take_as := rule.rule.take_as) is None:
        return
    own = trace.evaluators.for_rule(None).column((trace.ruleset.members.exptype,))
    excepted = own.mask(frozenset(take_as.excepted).__contains__)
    other = own.mask(lambda exptype: exptype != take_as.exptype.casefold())
    rows = rule.selected_rows | rule.grouped_rows
    changed, kept = int((rows & other & ~excepted).sum()), int((rows & excepted).sum())
    words = f"every exposure is read as {take_as.exptype}"
    yield _Count(("take_as", take_as.exptype, take_as), words, (changed, kept, changed))
    for exptype in take_as.excepted:
        count = int((rows & other & own.mask(frozenset({exptype}).__contains__)).sum())
        yield _Count(("take_as except", exptype, take_as), f"except {exptype}", (count, 0, count))


def _count_preferences(rule: RuleTrace) -> Iterator[_Count]:
    """The preferences: one is decisive for the exposures that are not used because of it."""
    selected, passed_over = rule.groups.selected, rule.groups.passed_over
    for index, preference in enumerate(rule.rule.prefer):
        level = rule.groups.preference
        used = int((level[selected.group] == index).sum())
        not_used = int((level[passed_over.group] == index).sum())
        words = f"prefer {describe(preference)}"
        yield _Count(("prefer", str(index + 1), preference), words, (used, not_used, not_used))


def _passed_failed_decisive(passed: Mask, counted: Mask, others_pass: Mask) -> tuple[int, int, int]:
    failed = counted & ~passed
    return int((counted & passed).sum()), int(failed.sum()), int((failed & others_pass).sum())


def _count_derived(trace: Trace) -> Iterator[_Count]:
    """The cases of derived columns: a case is decisive for exposures that get its value, as it is the first that passes."""
    usable = trace.exposures.rows_of(None)
    evaluator = trace.evaluators.for_rule(None)
    for name, derived in trace.ruleset.derived.items():
        remaining = usable.copy()
        for number, case in enumerate(derived.cases, 1):
            passed = usable if case.when is None else usable & evaluator.passes(case.when)
            decisive = remaining & passed
            remaining &= ~passed
            value = case.copy.upper() if case.copy else case.value or "undefined"
            words = f"{value}, {'else' if case.when is None else f'where {describe(case.when)}'}"
            counts = (int(passed.sum()), int((usable & ~passed).sum()), int(decisive.sum()))
            yield _Count(("derived", name, (name, number)), words, counts)


def _count_parts(rule: RuleTrace, kind: str, name: str, constraint: Constraint, rows: Mask) -> Iterator[_Count]:
    """The parts of a constraint that read columns, for exposures for which the constraint is decisive by failing."""
    inner = constraint.part if isinstance(constraint, Not) else constraint
    if isinstance(inner, AllOf | AnyOf | Not | Condition):
        yield from _count_leaves(rule, (kind, name, ()), constraint, rows, False, constraint)


def _count_leaves(
    rule: RuleTrace,
    key: tuple[str, str, tuple[int, ...]],
    constraint: Constraint,
    rows: Mask,
    decisive_result: bool,
    whole: Constraint,
) -> Iterator[_Count]:
    """The leaves of a part of the constraint `whole`; the key is its kind, its name, and the path to the part.

    The part is decisive if it has the decisive result for one of the `rows`, for which no other part decides.
    """
    kind, name, path = key
    match constraint:
        case Not(part=part):
            yield from _count_leaves(rule, key, part, rows, not decisive_result, whole)
        case Condition(name=condition, part=part):
            yield from _count_leaves(rule, ("condition", condition, ()), part, rows, decisive_result, part)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            every = isinstance(constraint, AllOf)
            results = [rule.evaluator.passes(part) == every for part in parts]
            for index, part in enumerate(parts):
                part_rows = _all([rows, *results[:index], *results[index + 1 :]])
                yield from _count_leaves(rule, (kind, name, (*path, index)), part, part_rows, not every, whole)
        case _:
            passed = rule.evaluator.passes(constraint)
            decisive = int((rows & (passed == decisive_result)).sum())
            counts = (int(passed.sum()), int((~passed).sum()), decisive)
            yield _Count((kind, name, (path, whole)), describe(constraint), counts)


def _count_keys(rule: RuleTrace, trace: Trace) -> Iterator[_Count]:
    groups = rule.groups
    criteria = {criterion.name: criterion for criterion in rule.criteria if isinstance(criterion.test, Key)}
    usable = rule.candidates
    for index, key in enumerate(rule.rule.group_by):
        title = " and ".join(map(rule.reader.title, key.readings)) or describe_key(key)
        others = [groups.scope + 1, *(groups.keys[:, other] for other in range(groups.keys.shape[1]) if other != index)]
        decisive = _equal_to_another(combine(others)) if len(groups) else 0
        failed = 0
        criterion = criteria.get(key.name)
        if criterion is not None:
            others_pass = _all([usable, *(other.passed for other in rule.criteria if other is not criterion)])
            _, failed, missing = _passed_failed_decisive(criterion.passed, usable, others_pass)
            decisive += missing
        yield _Count(("key", key.name, key), f"group by {title}", (groups.selected.row.size, failed, decisive))
        if key.optional:
            bound = rule.selected_rows & (usable if key.when is None else rule.evaluator.passes(key.when))
            defined = has_value(key, rule.evaluator, rule.result.prepared)
            without = int((bound & ~defined).sum())
            words = f"{title} may be undefined" + (", which is a value of its own" if key.own else "")
            yield _Count(("key optional", key.name, key), words, (int((bound & defined).sum()), 0, without))
        if key.when is not None:
            bound = rule.selected_rows & (rule.evaluator.column(key.columns).codes != UNDEFINED)
            counts = _passed_failed_decisive(rule.evaluator.passes(key.when), bound, bound)
            yield _Count(("key when", key.name, key.when), describe(key.when), counts)
            yield from _count_parts(rule, "key when", key.name, key.when, bound)
        if key.instead is not None:
            _, _, candidate = trace.scopes.of_rows(np.flatnonzero(rule.selected_rows))
            count = int(trace.scopes.matching(key.instead)[candidate].sum())
            words = f"{key.instead.value} instead of {title}"
            yield _Count(("key instead", key.name, key.instead), words, (count, 0, count))


def _equal_to_another(codes: IndexArray) -> int:
    """How many groups agree with another one in all other keys."""
    return len(codes) - len(np.unique(codes))


def _all(masks: Iterable[Mask]) -> Mask:
    result: Mask = np.logical_and.reduce(list(masks))
    return result
