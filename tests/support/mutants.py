"""Mutants of a rule: the rule with one element removed or inverted, to test whether its cases detect the change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from asnforge.rules.attachment import Attachment, Distance, FixedAmount, Relation, SameValue
from asnforge.rules.constraints import AllOf, AnyOf, Bounded, Comparison, Condition, Constraint, InTable, Not, OneOf
from asnforge.rules.describe import describe
from asnforge.rules.rule import (
    IMPLICIT_SCIENCE_MEMBER,
    AttachedRequired,
    DistinctRequired,
    Key,
    MembersRequired,
    Repeat,
    Requirement,
    Rule,
    ScopeRequired,
)
from asnforge.rules.templates import FACTS, NamePart, parse_template

_OTHER_EDGE: Mapping[Comparison, Comparison] = {
    "at_least": "above",
    "above": "at_least",
    "at_most": "below",
    "below": "at_most",
}
"""The comparisons that differ only for the bound itself."""


_LITTLE = Decimal("1e-6")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule that differs from the original in one element, with a description of the change."""

    change: str
    rule: Rule


def mutants(
    rule: Rule, names: Mapping[str, NamePart], always_defined: frozenset[str] = frozenset()
) -> Iterator[Mutant]:
    """All mutants of a rule: each element removed, inverted, or changed by one.

    Name parts of the product are removed only if the rule has a key for them; the others are always empty. Keys of products are
    not made optional: a product has a value for each. Neither are keys of columns that are always defined, as what is derived
    from the name of the file.
    """
    for index, select in enumerate(rule.select):
        yield Mutant(f"constraint {select.name} removed", _without_select(rule, index))
        for change, constraint in _constraints(select.constraint):
            changed = replace(select, constraint=constraint)
            yield Mutant(
                f"constraint {select.name}: {change}", replace(rule, select=_with(rule.select, index, changed))
            )
    for index, key in enumerate(rule.group_by):
        yield Mutant(f"key {key.name} removed", replace(rule, group_by=_without(rule.group_by, index)))
        for change, other in _keys(key, rule.product_of is not None or not always_defined.isdisjoint(key.columns)):
            yield Mutant(f"key {key.name}: {change}", replace(rule, group_by=_with(rule.group_by, index, other)))
    for index, attachment in enumerate(rule.attach):
        yield Mutant(f"attachment {attachment.name} removed", _without_attachment(rule, index))
        for change, joined in _attachments(attachment, _fixed_columns(rule, attachment)):
            yield Mutant(
                f"attachment {attachment.name}: {change}", replace(rule, attach=_with(rule.attach, index, joined))
            )
    for index, need in enumerate(rule.require):
        if need == IMPLICIT_SCIENCE_MEMBER:
            continue
        yield Mutant(f"requirement {need.name} removed", replace(rule, require=_without(rule.require, index)))
        for change, requirement in _requirements(need):
            yield Mutant(
                f"requirement {need.name}: {change}", replace(rule, require=_with(rule.require, index, requirement))
            )
    yield from _others(rule)
    yield from _keywords(rule, names)


def _without_select(rule: Rule, index: int) -> Rule:
    """The rule without a constraint, which its attachments then have no exception for either."""
    name = rule.select[index].name
    attach = (
        replace(attachment, excepted=tuple(other for other in attachment.excepted if other != name))
        for attachment in rule.attach
    )
    return replace(rule, select=_without(rule.select, index), attach=tuple(attach))


def _without_attachment(rule: Rule, index: int) -> Rule:
    """The rule without an attachment, which nothing requires, is compared with or counts then."""
    name = rule.attach[index].name
    require = (need for need in rule.require if not (isinstance(need, AttachedRequired) and need.attachment == name))
    attach = (
        replace(
            attachment,
            to=tuple(other for other in attachment.to if other != name),
            prefer=tuple(
                replace(preference, when_more_than=_without_name(preference.when_more_than, name))
                for preference in attachment.prefer
            ),
        )
        for attachment in _without(rule.attach, index)
    )
    return replace(rule, attach=tuple(attach), require=tuple(require))


def _without_name(when_more_than: int | tuple[str, ...], name: str) -> int | tuple[str, ...]:
    if isinstance(when_more_than, int):
        return when_more_than
    return tuple(other for other in when_more_than if other != name)


def _others(rule: Rule) -> Iterator[Mutant]:
    for index, preference in enumerate(rule.prefer):
        yield Mutant(f"preference {index + 1} removed", replace(rule, prefer=_without(rule.prefer, index)))
        for change, constraint in _constraints(preference):
            changed = replace(rule, prefer=_with(rule.prefer, index, constraint))
            yield Mutant(f"preference {index + 1}: {change}", changed)
    for index, repeat in enumerate(rule.repeat):
        yield Mutant(f"repeat {repeat.exptype} removed", replace(rule, repeat=_without(rule.repeat, index)))
        for repeated in _repeats(repeat):
            change = f"repeat {repeat.exptype}: at least {repeated.at_least}"
            yield Mutant(change, replace(rule, repeat=_with(rule.repeat, index, repeated)))
    if rule.take_as is not None:
        yield Mutant("take_as removed", replace(rule, take_as=None))
        for index, exptype in enumerate(rule.take_as.excepted):
            fewer = replace(rule.take_as, excepted=_without(rule.take_as.excepted, index))
            yield Mutant(f"take_as: except {exptype} removed", replace(rule, take_as=fewer))
    if rule.member_name is not None:
        yield Mutant("member_name: text added", replace(rule, member_name=f"other-{rule.member_name}"))
        yield Mutant("member_name removed", replace(rule, member_name=None))


def _keywords(rule: Rule, names: Mapping[str, NamePart]) -> Iterator[Mutant]:
    yield Mutant("asn_type changed", replace(rule, asn_type=f"{rule.asn_type}0"))
    yield Mutant("product: text added", replace(rule, product=f"{rule.product}-other"))
    known = {*FACTS, *(key.name for key in rule.group_by)}
    for name in dict.fromkeys(name for _, name in parse_template(rule.product) if name is not None):
        if names[name].columns or known & {*names[name].keys, names[name].values_of}:
            yield Mutant(f"product: {name} removed", replace(rule, product=rule.product.replace(f"{{{name}}}", "")))


def _constraints(constraint: Constraint) -> Iterator[tuple[str, Constraint]]:
    """The constraint inverted, and with each part of it removed or inverted."""
    yield f"inverted: {describe(constraint)}", _inverted(constraint)
    yield from _inside(constraint)


def _inside(constraint: Constraint) -> Iterator[tuple[str, Constraint]]:
    """The constraint with one of its parts changed."""
    match constraint:
        case Not(part=part) | Condition(part=part):
            for change, changed in _inside(part):
                yield change, replace(constraint, part=changed)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for index, part in enumerate(parts):
                if len(parts) > 1:
                    yield f"removed: {describe(part)}", replace(constraint, parts=_without(parts, index))
                for change, changed in _constraints(part):
                    yield change, replace(constraint, parts=_with(parts, index, changed))
        case _:
            yield from _fewer(constraint)


def _fewer(leaf: Constraint) -> Iterator[tuple[str, Constraint]]:
    """A leaf without one of its several values or of the rows of its table."""
    if isinstance(leaf, OneOf) and len(leaf.values) > 1:
        for index, value in enumerate(leaf.values):
            yield f"value removed: {value}", replace(leaf, values=_without(leaf.values, index))
    if isinstance(leaf, Bounded):
        edge = _OTHER_EDGE[leaf.comparison]
        yield f"{leaf.comparison} is {edge}: {describe(leaf)}", replace(leaf, comparison=edge)
    if isinstance(leaf, InTable):
        for row in sorted(leaf.rows):
            yield f"row removed: {', '.join(row)}", replace(leaf, rows=leaf.rows - {row})


def _inverted(constraint: Constraint) -> Constraint:
    return constraint.part if isinstance(constraint, Not) else Not(constraint)


def _keys(key: Key, always_defined: bool) -> Iterator[tuple[str, Key]]:
    if not always_defined:
        yield f"optional {'no' if key.optional else 'yes'}", replace(key, optional=not key.optional, own=False)
    if key.own:
        yield "optional yes", replace(key, own=False)
    for index, column in enumerate(key.columns if len(key.columns) > 1 else ()):
        yield f"column {column} removed", replace(key, columns=_without(key.columns, index))
    if key.when is not None:
        yield "when removed", replace(key, when=None)
        for change, constraint in _constraints(key.when):
            yield f"when {change}", replace(key, when=constraint)
    if key.instead is not None:
        yield "instead removed", replace(key, instead=None)


def _fixed_columns(rule: Rule, attachment: Attachment) -> frozenset[str]:
    """The columns in which all that can be attached have the one value that the rule selects for its own exposures too."""
    if attachment.source != "select":
        return frozenset()
    tests = (select.constraint for select in rule.select if select.name not in attachment.excepted)
    return frozenset(
        test.columns[0] for test in tests if isinstance(test, OneOf) and len(test.values) == len(test.columns) == 1
    )


def _attachments(attachment: Attachment, fixed: frozenset[str]) -> Iterator[tuple[str, Attachment]]:
    """The attachment with one part changed; agreement in a column with one value is not removed, as it makes no difference."""
    for change, constraint in _constraints(attachment.when) if attachment.when is not None else ():
        yield f"when {change}", replace(attachment, when=constraint)
    for index, relation in enumerate(attachment.match):
        if len(attachment.match) > 1 and not (isinstance(relation, SameValue) and fixed.issuperset(relation.columns)):
            yield f"match {relation.name} removed", replace(attachment, match=_without(attachment.match, index))
        for change, other in _relations(relation):
            yield f"match {relation.name}: {change}", replace(attachment, match=_with(attachment.match, index, other))
    yield from _choices(attachment)
    if attachment.exptype is not None and attachment.product_of is None:
        yield "as removed", replace(attachment, exptype=None)


def _relations(relation: Relation) -> Iterator[tuple[str, Relation]]:
    """The relation with each limit missed by little."""
    match relation:
        case Distance(within=FixedAmount() as within):
            yield f"within less than {within.text}", replace(relation, within=_less(within))
        case Distance(apart=FixedAmount() as apart):
            yield f"apart less than {apart.text}", replace(relation, apart=_less(apart))
        case _:
            pass


def _less(amount: FixedAmount) -> FixedAmount:
    return replace(amount, value=amount.value - _LITTLE)


def _choices(attachment: Attachment) -> Iterator[tuple[str, Attachment]]:
    """The attachment with each part of its choice changed.

    A distance that is preferred in the column that decides next is not removed: the nearest set is the same without it.
    """
    decides = attachment.nearest[0].columns if attachment.nearest else ()
    for index, preference in enumerate(attachment.prefer):
        if not (isinstance(preference.test, Distance) and preference.test.columns == decides):
            fewer = _without(attachment.prefer, index)
            yield f"preference {preference.name} removed", replace(attachment, prefer=fewer)
    for index, nearest in enumerate(attachment.nearest):
        change = f"nearest {', '.join(nearest.columns)} removed"
        yield change, replace(attachment, nearest=_without(attachment.nearest, index))
    if attachment.at_most is not None:
        yield f"at most {attachment.at_most + 1}", replace(attachment, at_most=attachment.at_most + 1)
    if attachment.at_least > 1:
        yield f"at least {attachment.at_least - 1}", replace(attachment, at_least=attachment.at_least - 1)


def _requirements(need: Requirement) -> Iterator[tuple[str, Requirement]]:
    match need:
        case MembersRequired(at_least=at_least):
            yield f"at least {at_least + 1}", replace(need, at_least=at_least + 1)
            if at_least > 1:
                yield f"at least {at_least - 1}", replace(need, at_least=at_least - 1)
        case DistinctRequired(at_least=at_least, scope_types=types):
            yield f"at least {at_least + 1}", replace(need, at_least=at_least + 1)
            if types:
                yield "in all scopes", replace(need, scope_types=())
            for index, kind in enumerate(types if len(types) > 1 else ()):
                yield f"scope type {kind} removed", replace(need, scope_types=_without(types, index))
        case ScopeRequired(one_of=one_of, none_of=none_of):
            yield "inverted", replace(need, one_of=none_of, none_of=one_of)


def _repeats(repeat: Repeat) -> Iterator[Repeat]:
    yield replace(repeat, at_least=repeat.at_least + 1)
    if repeat.at_least > 1:
        yield replace(repeat, at_least=repeat.at_least - 1)


def _without(items: tuple[Any, ...], index: int) -> tuple[Any, ...]:
    return (*items[:index], *items[index + 1 :])


def _with(items: tuple[Any, ...], index: int, item: Any) -> tuple[Any, ...]:
    return (*items[:index], item, *items[index + 1 :])
