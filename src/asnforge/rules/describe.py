"""Rules in words: the one place that describes constraints, requirements and everything else in a rule file.

Each function describes a part of a rule in a phrase, in a `Style`: plain text for messages and keywords, or Markdown. A
condition appears by its name; describe the `asnforge.rules.constraints.expanded` constraint to spell it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from asnforge.findings import markdown, markdown_code, pluralize
from asnforge.rules.candidate_values import CandidatePattern
from asnforge.rules.constraints import (
    AllOf,
    AnyOf,
    Bounded,
    Condition,
    Constraint,
    Defined,
    InTable,
    Leaf,
    Matches,
    Not,
    OneOf,
)
from asnforge.rules.derived import Case
from asnforge.rules.file_names import UNCHANGED, NameEnding
from asnforge.rules.rule import (
    AttachedRequired,
    CountRequired,
    DistinctRequired,
    ExptypeOverride,
    Key,
    MembersRequired,
    Repeat,
    Requirement,
    ScopeRequired,
)
from asnforge.rules.ruleset import Duplicates, Members
from asnforge.rules.templates import NamePart


@dataclass(frozen=True, slots=True)
class Style:
    """How columns, values, names from rule files and names of conditions are formatted."""

    column: Callable[[str], str]
    value: Callable[[str], str]
    name: Callable[[str], str]
    condition: Callable[[str], str]


def _spaced(name: str) -> str:
    return name.replace("_", " ")


PLAIN = Style(str.upper, str, _spaced, _spaced)
MARKDOWN = Style(
    column=lambda name: markdown(name.upper()),
    value=markdown_code,
    name=lambda name: markdown(_spaced(name)),
    condition=lambda name: f"*{markdown(_spaced(name))}*",
)


def describe(constraint: Constraint, style: Style = PLAIN, *, negated: bool = False) -> str:
    """A constraint or its negation: ``FILTER is one of f1, f2 and GRATING is undefined``."""
    match constraint:
        case Not():
            return describe(constraint.part, style, negated=not negated)
        case Condition():
            return f"{'not ' * negated}{style.condition(constraint.name)}"
        case AllOf(parts=(Bounded() as one, Bounded() as other)) if one.columns == other.columns:
            words = f"{describe(one, style)} and {_comparison(other, style)}"
            return f"not ({words})" if negated else words
        case AllOf() | AnyOf():
            word = " and " if isinstance(constraint, AllOf) else " or "
            words = word.join(_in_brackets(part, style) for part in constraint.parts)
            return f"not ({words})" if negated else words
        case InTable():
            return f"({', '.join(map(style.column, constraint.columns))}) {_predicate(constraint, style, negated)}"
        case _:
            return f"{describe_columns(constraint.columns, style)} {_predicate(constraint, style, negated)}"


def describe_required_value(leaf: Leaf, *, negated: bool = False, limit: int = 8) -> str:
    """What a constraint requires of the value: ``undefined``, ``f1``, ``one of f1, f2``, ``other than f1``, ``at least 10 s``.

    Parameters
    ----------
    leaf : Defined, OneOf, Matches, Bounded or InTable
        The constraint.
    negated : bool
        Describe what its negation requires.
    limit : int
        The number of values that are listed.
    """
    match leaf:
        case Defined():
            return _predicate(leaf, PLAIN, negated).removeprefix("is ")
        case OneOf(values=values) if len(values) > 1:
            more = f", ... ({len(values)} in all)" if len(values) > limit else ""
            return f"{'none' if negated else 'one'} of {', '.join(values[:limit])}{more}"
        case Bounded():
            return f"{'not ' * negated}{_comparison(leaf)}"
        case Matches(pattern=pattern):
            words = f"a match of {pattern}"
        case _:
            words = _predicate(leaf, PLAIN, negated=False).removeprefix("is ")
    return f"other than {words}" if negated else words


def _predicate(leaf: Leaf, style: Style, negated: bool) -> str:
    match leaf:
        case Defined(expected=expected):
            return "is defined" if expected != negated else "is undefined"
        case OneOf(values=(value,)):
            return f"is {'not ' * negated}{style.value(value)}"
        case OneOf(values=values):
            return f"is {'none' if negated else 'one'} of {', '.join(map(style.value, values))}"
        case Matches(pattern=pattern):
            return f"{'does not match' if negated else 'matches'} {style.value(pattern)}"
        case Bounded():
            return f"is {'not ' * negated}{_comparison(leaf, style)}"
        case InTable(table=table):
            return f"is {'no' if negated else 'a'} row of table {style.value(table)}"


def _comparison(leaf: Bounded, style: Style = PLAIN) -> str:
    return f"{leaf.comparison.replace('_', ' ')} {style.value(leaf.text)}"


def _in_brackets(constraint: Constraint, style: Style) -> str:
    inner = constraint
    while isinstance(inner, Not) and isinstance(inner.part, Not):
        inner = inner.part.part
    words = describe(inner, style)
    return f"({words})" if isinstance(inner, AllOf | AnyOf) else words


def describe_columns(columns: Iterable[str], style: Style = PLAIN) -> str:
    """Columns of which the first defined one is read: ``FILTER, else PUPIL``."""
    return ", else ".join(map(style.column, columns))


def describe_requirement(need: Requirement) -> str:
    """What a group needs: ``2 or more psf members``."""
    match need:
        case ScopeRequired(one_of=()):
            return f"a scope of a type other than {listed(need.none_of, 'or')}"
        case ScopeRequired():
            return f"a scope of type {listed(need.one_of, 'or')}"
        case MembersRequired(at_least=1, at_most=None) | AttachedRequired(at_least=1, at_most=None):
            words = _counted(need, several=False)
            return f"{'an' if words[0] in 'aeiou' else 'a'} {words}{_in_scopes(need)}"
        case _:
            return f"{describe_count(need)} {_counted(need, several=need.at_most != 1)}{_in_scopes(need)}"


def describe_unmet(need: Requirement) -> str:
    """The problem with a group that does not meet a requirement: ``has no psf member``."""
    match need:
        case ScopeRequired(one_of=()):
            return f"is in a scope of type {listed(need.none_of, 'or')}"
        case ScopeRequired():
            return f"is not in a scope of type {listed(need.one_of, 'or')}"
        case MembersRequired(at_least=1, at_most=None) | AttachedRequired(at_least=1, at_most=None):
            return f"has no {_counted(need, several=False)}"
        case _ if need.at_most is None:
            return f"has fewer than {need.at_least} {_counted(need, several=True)}"
        case _ if need.at_least == 0:
            return f"has more than {need.at_most} {_counted(need, several=need.at_most != 1)}"
        case _:
            return f"does not have {describe_count(need)} {_counted(need, several=need.at_most != 1)}"


def describe_count(need: CountRequired) -> str:
    """The number that is needed: ``2 or more``, ``at most 3``, ``exactly 1``, ``2 to 4``."""
    if need.at_most is None:
        return f"{need.at_least} or more"
    if need.at_least == 0:
        return f"at most {need.at_most}"
    return f"exactly {need.at_least}" if need.at_least == need.at_most else f"{need.at_least} to {need.at_most}"


def _counted(need: CountRequired, *, several: bool) -> str:
    """What is counted, in the singular or plural."""
    plural = "s" if several else ""
    match need:
        case MembersRequired():
            return f"{need.exptype} member{plural}" if need.exptype else f"member{plural}"
        case AttachedRequired():
            return f"exposure{plural} attached by {need.attachment}"
        case DistinctRequired():
            return f"distinct value{plural} of {need.column.upper()}"


def _in_scopes(need: CountRequired) -> str:
    return f" in a scope of type {listed(need.scope_types, 'or')}" if need.scope_types else ""


def describe_key(key: Key, style: Style = PLAIN) -> str:
    """The columns of a key, and for which exposures it is a wildcard: ``FILTER (wildcard when undefined)``."""
    reasons = ["undefined"] if key.has_wildcards else []
    reasons += [describe(key.when, style, negated=True)] if key.when is not None else []
    if key.candidate is not None:
        return describe_candidate(key.candidate, style)
    if key.separator:
        words = f"each entry of {describe_columns(key.columns, style)}"
    else:
        words = " and ".join(describe_columns(names, style) for names in key.readings)
    if key.gap is not None:
        words += f", joined by steps of at most {key.gap.text}"
    words += " (undefined is a value of its own)" if key.own else ""
    words += f" (wildcard when {' or '.join(reasons)})" if reasons else ""
    if (instead := key.instead) is not None:
        words += f"; {style.value(instead.value)} in the scopes of candidates of type "
        words += f"{style.value(instead.candidate_type)} whose id matches {style.value(instead.candidate_id)}"
    return words


def describe_candidate(candidate: CandidatePattern, style: Style = PLAIN) -> str:
    """A kind of candidate: ``the candidate of type tile whose id matches c.*``."""
    pattern = style.value(candidate.candidate_id)
    return f"the candidate of type {style.value(candidate.candidate_type)} whose id matches {pattern}"


def describe_repeat(repeat: Repeat, style: Style = PLAIN) -> str:
    """Which members are repeated."""
    where = f", if there are {repeat.at_least} or more" if repeat.at_least > 1 else ""
    return f"each {style.value(repeat.exptype)} member is repeated as {style.value(repeat.repeat_as)}{where}"


def describe_override(take_as: ExptypeOverride, style: Style = PLAIN) -> str:
    """The exptype that exposures have for a rule."""
    excepted = f", except {listed(map(style.value, take_as.excepted), 'and')}" if take_as.excepted else ""
    return f"every exposure is read as {style.value(take_as.exptype)}{excepted}"


def describe_case(case: Case, style: Style = PLAIN) -> str:
    """A case of a derived column: its value, and the exposures that have it."""
    words = style.value(case.value) if case.value else "undefined"
    if case.copy is not None:
        words = f"the value of {style.column(case.copy)}"
        if case.plus_hours:
            hours = pluralize(abs(case.plus_hours), "hour")
            words += f", {hours} {'earlier' if case.plus_hours < 0 else 'later'}"
        words += f" plus {style.value(case.plus)}" if case.plus else ""
        words += f" minus {style.value(case.minus)}" if case.minus else ""
        if case.divide_by is not None:
            by = case.divide_by
            divisor = style.value(str(by)) if isinstance(by, Decimal) else describe_columns(by, style)
            words += f", divided by {divisor} and rounded down"
        words += f", the part that matches {style.value(case.matching)}" if case.matching is not None else ""
    return f"{words} where {describe(case.when, style)}" if case.when is not None else words


def describe_duplicates(duplicates: Duplicates | None) -> str:
    """Which associations are dropped as duplicates, in a sentence or two."""
    if duplicates == "keep":
        return "No association is dropped as a duplicate of another."
    product = " and the same product name" if duplicates == "members_and_product" else ", whatever their product names"
    return (
        f"Of associations with the same members{product}, one is kept: that of the highest scope id, then of the last rule "
        "by name. Of those with the same product name, one with only some of the members of another is dropped."
    )


def describe_wildcard_limit(most: int) -> str:
    """How many groups undefined values can make, in a sentence."""
    return (
        f"Undefined values of optional keys make at most {pluralize(most, 'group')} of a rule, in a scope and for the same "
        "values of all other keys. If there would be more, none of these groups is made."
    )


def describe_member_names(members: Members, style: Style = PLAIN) -> str:
    """Which file names are changed for members, in a sentence."""
    column = style.column(members.file_name)
    if members.parts == NameEnding():
        if members.name == UNCHANGED:
            return f"Members have the file names in {column}."
        return f"A file name in {column} becomes {style.value(members.name)}."
    suffix, extensions = members.parts.suffix, members.parts.extensions
    endings = [listed(map(style.value, extensions), "or")] if extensions else ["an extension"]
    ending = " and ".join([style.value(suffix), *endings] if suffix else endings)
    name = style.value(members.name)
    return f"A file name in {column} that ends in {ending} becomes {name}; any other is kept unchanged."


def describe_name_part(part: NamePart, style: Style = PLAIN) -> str:
    """What a part of a name consists of."""
    if part.columns:
        words = listed(map(style.column, part.columns), "and")
    elif part.values_of:
        words = f"all values of {style.name(part.values_of)}"
    else:
        words = listed(map(style.name, part.keys), "and")
    words += ", as the pool spells it" if part.keeps_case else ""
    for new, pairs in groupby(part.replace, key=itemgetter(1)):
        olds = listed((style.value(old) for old, _ in pairs), "and")
        words += f", {olds} {f'replaced by {style.value(new)}' if new else 'removed'}"
    if part.zero_fill:
        words += f", padded with zeros to {part.zero_fill} characters"
    if part.sort and len(part.keys) + len(part.columns) != 1:
        words += f", sorted and joined by {style.value(part.join)}"
    words += f", preceded by {style.value(part.before)}" if part.before else ""
    words += f", followed by {style.value(part.after)}" if part.after else ""
    words += f", omitted if it is {listed(map(style.value, part.leave_out), 'or')}" if part.leave_out else ""
    return words + (f"; {style.value(part.empty)} if there is none" if part.empty else "")


def listed(words: Iterable[str], conjunction: str) -> str:
    """Words as a list in a sentence: ``one, two and three``."""
    *first, last = words
    return f"{', '.join(first)} {conjunction} {last}" if first else last
