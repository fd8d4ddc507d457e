"""Counting what decided in one pool: a walk through the results of an evaluation, without evaluating again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from asnforge.associations.members import REPEATED
from asnforge.columns import UNDEFINED, Mask
from asnforge.explain.trace import RuleTrace, Trace
from asnforge.grouping.arrays import combine
from asnforge.rules.constraints import AllOf, AnyOf, Condition, Constraint, Not
from asnforge.rules.describe import describe, describe_repeat, describe_requirement
from asnforge.rules.rule import IMPLICIT_SCIENCE_MEMBER, Key, NamedConstraint

ItemKey = tuple[str, str, object]
"""Kind, name, and what is the same where the same thing is used again."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How often something passed, failed and decided alone."""

    key: ItemKey
    words: str
    counts: tuple[int, int, int]


def count_rule(rule: RuleTrace, trace: Trace) -> Iterator[Counted]:
    """Everything of a rule that can decide, counted for the exposures of one pool."""
    usable = trace.exposures.usable
    passed = [rule.evaluator.passes(select.constraint) for select in rule.rule.select]
    for place, select in enumerate(rule.rule.select):
        alone = _all([usable, *passed[:place], *passed[place + 1 :]])
        yield from _select(rule, select, alone, usable)
    yield from _keys(rule, trace)
    yield from _requirements(rule)
    yield from _attachments(rule, usable)
    for repeat in rule.rule.repeat:
        memberships = rule.result.memberships
        code = memberships.exptypes.index(repeat.repeat_as)
        again = int(((memberships.kind == REPEATED) & (memberships.exptype == code)).sum())
        yield Counted(("repeat", repeat.exptype, repeat), describe_repeat(repeat), (again, 0, again))


def count_derived(trace: Trace) -> Iterator[Counted]:
    """The cases of derived columns: how often each gives the value, as it is the first that holds."""
    rows = trace.exposures.usable
    evaluation = trace.evaluators.for_rule(None)
    for name, derived in trace.ruleset.derived.items():
        waiting = rows.copy()
        for place, case in enumerate(derived.cases, 1):
            passed = rows if case.when is None else rows & evaluation.passes(case.when)
            given = waiting & passed
            waiting &= ~passed
            value = case.copy.upper() if case.copy else case.value or "undefined"
            words = f"{value}, {'else' if case.when is None else f'where {describe(case.when)}'}"
            counts = (int(passed.sum()), int((rows & ~passed).sum()), int(given.sum()))
            yield Counted(("derived", name, (name, place)), words, counts)


def _select(rule: RuleTrace, select: NamedConstraint, alone: Mask, usable: Mask) -> Iterator[Counted]:
    passed = rule.evaluator.passes(select.constraint)
    failed = usable & ~passed
    counts = (int((passed & usable).sum()), int(failed.sum()), int((failed & alone).sum()))
    yield Counted(("constraint", select.name, select.constraint), describe(select.constraint), counts)
    yield from _parts(rule, "part", select.name, select.constraint, alone, False)


def _attachments(rule: RuleTrace, usable: Mask) -> Iterator[Counted]:
    for place, attachment in enumerate(rule.rule.attach):
        passed = rule.evaluator.passes(attachment.when) & usable
        attached = rule.result.memberships.groups.attached_by == place
        words = f"attach where {describe(attachment.when)}"
        counts = (int(passed.sum()), int((usable & ~passed).sum()), int(attached.sum()))
        yield Counted(("attachment", attachment.name, attachment), words, counts)
        yield from _parts(rule, "attachment", attachment.name, attachment.when, usable, False)


def _parts(
    rule: RuleTrace, kind: str, name: str, constraint: Constraint, around: Mask, deciding: bool
) -> Iterator[Counted]:
    """The constraints inside a constraint that read columns.

    Parameters
    ----------
    rule : RuleTrace
        The rule.
    kind, name : str
        What the constraint is, and its name.
    constraint : Constraint
        The constraint.
    around : ndarray of bool, shape (rows,)
        The exposures for which everything around it leaves the decision to it.
    deciding : bool
        Whether it decides by passing, or by failing.
    """
    inner = constraint.part if isinstance(constraint, Not) else constraint
    if isinstance(inner, AllOf | AnyOf | Not | Condition):
        yield from _inside(rule, (kind, name, ()), constraint, around, deciding, constraint)


def _inside(
    rule: RuleTrace, where: ItemKey, constraint: Constraint, around: Mask, deciding: bool, whole: Constraint
) -> Iterator[Counted]:
    kind, name, path = where
    assert isinstance(path, tuple)  # noqa: S101 - the way from the whole constraint to this part
    match constraint:
        case Not(part=part):
            yield from _inside(rule, where, part, around, not deciding, whole)
        case Condition(name=condition, part=part):
            yield from _inside(rule, ("condition", condition, ()), part, around, deciding, part)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            every = isinstance(constraint, AllOf)
            for place, part in enumerate(parts):
                others = [rule.evaluator.passes(other) == every for other in (*parts[:place], *parts[place + 1 :])]
                inner = around & _all(others) if others else around
                yield from _inside(rule, (kind, name, (*path, place)), part, inner, not every, whole)
        case _:
            passed = rule.evaluator.passes(constraint)
            decided = int((around & (passed == deciding)).sum())
            counts = (int(passed.sum()), int((~passed).sum()), decided)
            yield Counted((kind, name, (path, whole)), describe(constraint), counts)


def _keys(rule: RuleTrace, trace: Trace) -> Iterator[Counted]:
    groups = rule.result.memberships.groups
    lacking = {check.name: check for check in rule.criteria if isinstance(check.test, Key)}
    usable = trace.exposures.usable
    for place, key in enumerate(rule.rule.group_by):
        others = [groups.scope + 1, *(groups.keys[:, other] for other in range(groups.keys.shape[1]) if other != place)]
        divided = _divided(combine(others)) if len(groups) else 0
        check = lacking.get(key.name)
        missing = 0
        if check is not None:
            alone = usable & _all(other.passed for other in rule.criteria if other is not check)
            missing = int((alone & ~check.passed).sum())
        failed = 0 if check is None else int((usable & ~check.passed).sum())
        words = f"group by {rule.reader.title(key.columns)}"
        yield Counted(("key", key.name, key), words, (int(groups.own_row.size), failed, divided + missing))
        if key.when is not None:
            bound = rule.own_rows & (rule.evaluator.column(key.columns).codes != UNDEFINED)
            passed = rule.evaluator.passes(key.when) & bound
            counts = (int(passed.sum()), int((bound & ~passed).sum()), int((bound & ~passed).sum()))
            yield Counted(("key when", key.name, key.when), describe(key.when), counts)
            yield from _parts(rule, "key when", key.name, key.when, bound, False)
        if key.instead is not None:
            seen = _instead(rule, key, trace)
            words = f"{key.instead.value} in place of {rule.reader.title(key.columns)}"
            yield Counted(("key instead", key.name, key.instead), words, (seen, 0, seen))


def _instead(rule: RuleTrace, key: Key, trace: Trace) -> int:
    """How many exposures of the rule have the value of a key that stands in place of their own."""
    assert key.instead is not None  # noqa: S101 - the caller asks for such keys alone
    scopes = trace.grouping.scopes
    _, _, candidate = scopes.of_rows(np.flatnonzero(rule.own_rows))
    return int(scopes.matching(key.instead)[candidate].sum())


def _requirements(rule: RuleTrace) -> Iterator[Counted]:
    memberships = rule.result.memberships
    for place, need in enumerate(rule.rule.require):
        if need == IMPLICIT_SCIENCE_MEMBER:
            continue
        lacking = memberships.lacks[place]
        others = [~other for number, other in enumerate(memberships.lacks) if number != place]
        alone = lacking & _all(others) if others else lacking
        counts = (int((~lacking).sum()), int(lacking.sum()), int(alone.sum()))
        yield Counted(("requirement", need.name, need), describe_requirement(need), counts)


def _divided(codes: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
    """How many groups there are beside another that agrees in all other keys."""
    counts = np.unique(codes, return_counts=True)[1]
    return int((counts - 1).sum())


def _all(masks: Iterable[Mask]) -> Mask:
    found: Mask = np.logical_and.reduce(list(masks))
    return found
