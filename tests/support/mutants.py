"""Mutants of a rule: the rule with one element removed or inverted, to test whether its cases detect the change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from support.changed_attachments import changed_attachments, changed_options, fixed_columns
from support.changed_parts import changed, changed_constraints, replaced, without

from asnforge.rules.attachment import Relation
from asnforge.rules.rule import (
    IMPLICIT_SCIENCE_MEMBER,
    AttachedRequired,
    Key,
    Repeat,
    Requirement,
    Rule,
    ScopeRequired,
)
from asnforge.rules.templates import FACTS, NamePart, parse_template


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
        for change, constraint in changed_constraints(select.constraint):
            changed = replace(select, constraint=constraint)
            yield Mutant(
                f"constraint {select.name}: {change}", replace(rule, select=replaced(rule.select, index, changed))
            )
    for index, key in enumerate(rule.group_by):
        yield Mutant(f"key {key.name} removed", replace(rule, group_by=without(rule.group_by, index)))
        for change, other in _keys(key, rule, not always_defined.isdisjoint(key.columns)):
            yield Mutant(f"key {key.name}: {change}", replace(rule, group_by=replaced(rule.group_by, index, other)))
    for index, attachment in enumerate(rule.attach):
        yield Mutant(f"attachment {attachment.name} removed", _without_attachment(rule, index))
        for change, joined in changed_attachments(attachment, fixed_columns(rule, attachment)):
            yield Mutant(
                f"attachment {attachment.name}: {change}", replace(rule, attach=replaced(rule.attach, index, joined))
            )
    for index, need in enumerate(rule.require):
        if need == IMPLICIT_SCIENCE_MEMBER:
            continue
        yield Mutant(f"requirement {need.name} removed", replace(rule, require=without(rule.require, index)))
        for change, requirement in _requirements(need):
            yield Mutant(
                f"requirement {need.name}: {change}", replace(rule, require=replaced(rule.require, index, requirement))
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
    return replace(rule, select=without(rule.select, index), attach=tuple(attach))


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
        for attachment in without(rule.attach, index)
    )
    return replace(rule, attach=tuple(attach), require=tuple(require))


def _without_name(when_more_than: int | tuple[str, ...], name: str) -> int | tuple[str, ...]:
    if isinstance(when_more_than, int):
        return when_more_than
    return tuple(other for other in when_more_than if other != name)


def _others(rule: Rule) -> Iterator[Mutant]:
    yield from _preferred(rule)
    for index, repeat in enumerate(rule.repeat):
        yield Mutant(f"repeat {repeat.exptype} removed", replace(rule, repeat=without(rule.repeat, index)))
        for repeated in _repeats(repeat):
            change = f"repeat {repeat.exptype}: at least {repeated.at_least}"
            yield Mutant(change, replace(rule, repeat=replaced(rule.repeat, index, repeated)))
    if rule.take_as is not None:
        yield Mutant("take_as removed", replace(rule, take_as=None))
        for index, exptype in enumerate(rule.take_as.excepted):
            fewer = replace(rule.take_as, excepted=without(rule.take_as.excepted, index))
            yield Mutant(f"take_as: except {exptype} removed", replace(rule, take_as=fewer))
    if rule.product_of is not None:
        yield Mutant("product_of removed", replace(rule, product_of=None))
    yield from _file_names(rule)


def _preferred(rule: Rule) -> Iterator[Mutant]:
    if len(rule.prefer) > 1:
        yield Mutant("prefer in reverse", replace(rule, prefer=rule.prefer[::-1]))
    for index, preference in enumerate(rule.prefer):
        yield Mutant(f"preference {index + 1} removed", replace(rule, prefer=without(rule.prefer, index)))
        for change, constraint in changed_constraints(preference):
            changed = replace(rule, prefer=replaced(rule.prefer, index, constraint))
            yield Mutant(f"preference {index + 1}: {change}", changed)


def _file_names(rule: Rule) -> Iterator[Mutant]:
    if rule.product_file is not None:
        yield Mutant("product_file: text added", replace(rule, product_file=f"other-{rule.product_file}"))
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


def _keys(key: Key, rule: Rule, always_defined: bool) -> Iterator[tuple[str, Key]]:
    if not always_defined and rule.product_of is None:
        yield f"optional {'no' if key.optional else 'yes'}", replace(key, optional=not key.optional, own=False)
    if key.own:
        yield "optional yes", replace(key, own=False)
    for index, column in enumerate(key.columns if len(key.columns) > 1 else ()):
        yield f"column {column} removed", replace(key, columns=without(key.columns, index))
    if key.when is not None:
        yield "when removed", replace(key, when=None)
        for change, constraint in changed_constraints(key.when):
            yield f"when {change}", replace(key, when=constraint)
    if key.instead is not None:
        yield "instead removed", replace(key, instead=None)
    if key.separator and rule.product_of is None:  # a product has one entry
        yield "each removed", replace(key, separator="")
    if key.gap is not None:
        for change, gap in (("twice the gap", key.gap.amount * 2), ("half the gap", key.gap.amount / 2)):
            yield change, replace(key, gap=replace(key.gap, amount=gap))


def _requirements(need: Requirement) -> Iterator[tuple[str, Requirement]]:
    if isinstance(need, ScopeRequired):
        yield "inverted", replace(need, one_of=need.none_of, none_of=need.one_of)
        field, types = ("one_of", need.one_of) if need.one_of else ("none_of", need.none_of)
        for index, kind in enumerate(types if len(types) > 1 else ()):
            yield f"scope type {kind} removed", changed(need, field, without(types, index))
        return
    yield f"at least {need.at_least + 1}", replace(need, at_least=need.at_least + 1)
    if need.at_least > 1:
        yield f"at least {need.at_least - 1}", replace(need, at_least=need.at_least - 1)
    if need.at_most is not None:
        yield f"at most {need.at_most + 1}", replace(need, at_most=need.at_most + 1)
        if need.at_most > need.at_least:
            yield f"at most {need.at_most - 1}", replace(need, at_most=need.at_most - 1)
    if need.scope_types:
        yield "in all scopes", replace(need, scope_types=())
    for index, kind in enumerate(need.scope_types if len(need.scope_types) > 1 else ()):
        yield f"scope type {kind} removed", replace(need, scope_types=without(need.scope_types, index))


def _repeats(repeat: Repeat) -> Iterator[Repeat]:
    yield replace(repeat, at_least=repeat.at_least + 1)
    if repeat.at_least > 1:
        yield replace(repeat, at_least=repeat.at_least - 1)


def option_mutants(rules: Iterable[Rule]) -> Iterator[tuple[str, list[Mutant]]]:
    """The changes of each option of a relation of ``match``, with the mutants of all rules that have the relation.

    Parts give many rules the same relation, and cases of one of them are enough.
    """
    found: dict[tuple[Relation, str], list[Mutant]] = {}
    for rule in rules:
        for number, attachment in enumerate(rule.attach):
            for index, relation in enumerate(attachment.match):
                for change, other in changed_options(relation):
                    match = replaced(attachment.match, index, other)
                    attach = replaced(rule.attach, number, replace(attachment, match=match))
                    text = f"attachment {attachment.name}: match {relation.name}: {change}"
                    found.setdefault((relation, change), []).append(Mutant(text, replace(rule, attach=attach)))
    for (relation, change), mutants_of_it in found.items():
        yield f"match {relation.name}: {change}", mutants_of_it
