"""Attachments of a rule changed: relations, the choice, and what attached exposures become."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from support.changed_parts import changed, changed_constraints, replaced, without

from asnforge.rules.attachment import (
    NOTHING,
    Attachment,
    Distance,
    FixedAmount,
    Interval,
    Preference,
    Relation,
    SameValue,
    Side,
)
from asnforge.rules.constraints import OneOf
from asnforge.rules.rule import Rule

_LITTLE = Decimal("1e-6")


def fixed_columns(rule: Rule, attachment: Attachment) -> frozenset[str]:
    """The columns in which all that can be attached have the one value that the rule selects for its own exposures too."""
    if attachment.source != "select":
        return frozenset()
    tests = (select.constraint for select in rule.select if select.name not in attachment.excepted)
    return frozenset(
        test.columns[0] for test in tests if isinstance(test, OneOf) and len(test.values) == len(test.columns) == 1
    )


def changed_attachments(attachment: Attachment, fixed: frozenset[str]) -> Iterator[tuple[str, Attachment]]:
    """The attachment with one part changed; agreement in a column with one value is not removed, as it makes no difference."""
    for change, constraint in changed_constraints(attachment.when) if attachment.when is not None else ():
        yield f"when {change}", replace(attachment, when=constraint)
    for index, relation in enumerate(attachment.match):
        if len(attachment.match) > 1 and not (isinstance(relation, SameValue) and fixed.issuperset(relation.columns)):
            yield f"match {relation.name} removed", replace(attachment, match=without(attachment.match, index))
        for change, other in _relations(relation):
            yield (
                f"match {relation.name}: {change}",
                replace(attachment, match=replaced(attachment.match, index, other)),
            )
    yield from _who(attachment)
    yield from _choices(attachment)
    yield from _members(attachment)
    if attachment.exptype is not None and attachment.product_of is None:
        yield "as removed", replace(attachment, exptype=None)
    if attachment.exptype is not None:
        exptype = f"{attachment.exptype}x"
        yield f"as {exptype}", replace(attachment, exptype=exptype)


def _relations(relation: Relation) -> Iterator[tuple[str, Relation]]:
    """The opposite of a relation, and the relation with each limit missed by little."""
    if isinstance(relation, SameValue):
        yield "equal" if relation.differs else "differs", replace(relation, differs=not relation.differs)
    for limit in ("within", "apart", "before", "after"):
        amount = getattr(relation, limit, None)
        if isinstance(amount, FixedAmount) and amount != NOTHING:
            yield f"{limit} less than {amount.text}", changed(relation, limit, _less(amount))


def changed_options(relation: Relation) -> Iterator[tuple[str, Relation]]:
    """The relation with one of its options removed."""
    match relation:
        case Interval():
            for side in ("before", "after"):
                if getattr(relation, side) is not None:
                    yield f"{side} any", changed(relation, side, None)
        case SameValue():
            yield from _same_values(relation)
        case _:
            pass
    if relation.optional != "no":
        yield "optional no", replace(relation, optional="no")
    if relation.when is not None:
        yield "when removed", replace(relation, when=None)
        for change, constraint in changed_constraints(relation.when):
            yield f"when {change}", replace(relation, when=constraint)


def _same_values(relation: SameValue) -> Iterator[tuple[str, Relation]]:
    if relation.own_columns != relation.columns:
        yield "own removed", replace(relation, own_columns=relation.columns)
    for index, column in enumerate(relation.columns if len(relation.columns) > 1 else ()):
        fewer = without(relation.columns, index)
        yield f"column {column} removed", replace(relation, columns=fewer, own_columns=fewer)
    if relation.instead is not None:
        yield "instead removed", replace(relation, instead=None)


def _less(amount: FixedAmount) -> FixedAmount:
    return replace(amount, value=amount.value - _LITTLE)


def _who(attachment: Attachment) -> Iterator[tuple[str, Attachment]]:
    """The attachment with other exposures that can be attached, or that they are compared with."""
    if attachment.source == "select":
        yield "from pool", replace(attachment, source="pool", excepted=())
    for index, name in enumerate(attachment.excepted):
        yield f"except {name} removed", replace(attachment, excepted=without(attachment.excepted, index))
    if attachment.product_of is not None:
        yield "product_of removed", replace(attachment, product_of=None)
    for index, name in enumerate(attachment.to if len(attachment.to) > 1 else ()):
        yield f"to {name} removed", replace(attachment, to=without(attachment.to, index))


def _members(attachment: Attachment) -> Iterator[tuple[str, Attachment]]:
    """The attachment with other members."""
    for index, member in enumerate(attachment.members):
        fewer = without(attachment.members, index)
        yield f"member {member.exptype} removed", replace(attachment, members=fewer)
        for change in ("name", "exptype"):
            other = changed(member, change, f"{getattr(member, change)}x")
            members = replaced(attachment.members, index, other)
            yield f"member {member.exptype}: another {change}", replace(attachment, members=members)


def _choices(attachment: Attachment) -> Iterator[tuple[str, Attachment]]:
    """The attachment with each part of its choice changed.

    A distance that is preferred in the column that decides next is not removed: the nearest set is the same without it.
    """
    decides = attachment.nearest[0].columns if attachment.nearest else ()
    for index, preference in enumerate(attachment.prefer):
        if not (isinstance(preference.test, Distance) and preference.test.columns == decides):
            fewer = without(attachment.prefer, index)
            yield f"preference {preference.name} removed", replace(attachment, prefer=fewer)
            for change, other in _preferences(preference):
                prefer = replaced(attachment.prefer, index, other)
                yield f"preference {preference.name}: {change}", replace(attachment, prefer=prefer)
    for block in ("prefer", "nearest"):
        if len(items := getattr(attachment, block)) > 1:
            yield f"{block} in reverse", changed(attachment, block, items[::-1])
    yield from _limits(attachment)


def _limits(attachment: Attachment) -> Iterator[tuple[str, Attachment]]:
    """The attachment with another order of sets, other numbers of them, or without sets."""
    for index, nearest in enumerate(attachment.nearest):
        change = f"nearest {', '.join(nearest.columns)} removed"
        yield change, replace(attachment, nearest=without(attachment.nearest, index))
        if nearest.side is not None:
            side: Side = "before" if nearest.side == "after" else "after"
            other = replaced(attachment.nearest, index, replace(nearest, side=side))
            yield f"nearest {', '.join(nearest.columns)} {side}", replace(attachment, nearest=other)
    if attachment.at_most is not None:
        yield f"at most {attachment.at_most + 1}", replace(attachment, at_most=attachment.at_most + 1)
        yield "at_most removed", replace(attachment, at_most=None)
    if attachment.at_least > 1:
        yield f"at least {attachment.at_least - 1}", replace(attachment, at_least=attachment.at_least - 1)
        yield f"at least {attachment.at_least + 1}", replace(attachment, at_least=attachment.at_least + 1)
    if attachment.sets_by:
        yield "sets_by removed", replace(attachment, sets_by=())
    if attachment.each_own:
        yield "each_own no", replace(attachment, each_own=False)


def _preferences(preference: Preference) -> Iterator[tuple[str, Preference]]:
    """The preference with its test changed, and for another number of sets."""
    if isinstance(preference.test, Relation):
        for change, relation in (*_relations(preference.test), *changed_options(preference.test)):
            yield change, replace(preference, test=relation)
    else:
        for change, constraint in changed_constraints(preference.test):
            yield change, replace(preference, test=constraint)
    more = preference.when_more_than
    if isinstance(more, int) and more:
        yield f"when_more_than {more + 1}", replace(preference, when_more_than=more + 1)
        yield f"when_more_than {more - 1}", replace(preference, when_more_than=more - 1)
    elif not isinstance(more, int):
        yield "when_more_than removed", replace(preference, when_more_than=0)
        for index, name in enumerate(more if len(more) > 1 else ()):
            yield f"when_more_than: {name} removed", replace(preference, when_more_than=without(more, index))
