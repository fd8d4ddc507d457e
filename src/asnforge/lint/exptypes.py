"""Exptypes: which ones exposures and members can have, and those that no member has or that are spelled in two ways."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from asnforge.findings import Finding, suggestion
from asnforge.lint.satisfiability import UNDEFINED, Domain, Values
from asnforge.lint.subject import Subject, warning
from asnforge.rules.codes import NOT_GIVEN
from asnforge.rules.constraints import Constraint, Defined
from asnforge.rules.rule import Rule

_NEARLY = 0.8


def unknown_exptypes(subject: Subject) -> Iterator[Finding]:
    """Exptypes that are required, repeated or excepted, and that look like one that exposures have, but that none is given."""
    column = subject.ruleset.derived[subject.ruleset.members.exptype]
    given = given_exptypes(subject)
    is_open = any(case.copy is not None for case in column.cases)
    for mention in subject.mentions:
        if mention.kind != "exptype" or mention.name in given:
            continue
        close = get_close_matches(mention.name, given, 1, _NEARLY)
        if close or not is_open:
            message = f"no exposure is given the exptype {mention.name}"
            yield warning(mention.where, NOT_GIVEN, message, suggestion(mention.name, sorted(given)))


def given_exptypes(subject: Subject) -> frozenset[str]:
    """All exptypes that the rule set gives exposures or members, in lower case."""
    column = subject.ruleset.derived[subject.ruleset.members.exptype]
    given = {case.value.casefold() for case in column.cases if case.copy is None}
    for rule in subject.ruleset.rules:
        given.update(each.exptype.casefold() for each in rule.attach if each.exptype is not None)
        given.update(each.repeat_as.casefold() for each in rule.repeat)
        given.update([rule.take_as.exptype.casefold()] if rule.take_as else [])
    return frozenset(given)


def exptypes_of_members(rule: Rule, subject: Subject) -> frozenset[str] | None:
    """The exptypes that members of a rule can have, in lower case; None where they are not all known."""
    selected: list[Constraint] = [select.constraint for select in rule.select]
    selected += [
        Defined(key.columns, True)
        for key in rule.group_by
        if not key.optional and key.when is None and key.instead is None
    ]
    found = _exptypes_left(selected, rule, subject)
    if not found:  # where nothing can be selected, that is reported itself
        return None
    exptypes = set(found)
    for attachment in rule.attach:
        own = _exptypes_left([attachment.when], rule, subject) or frozenset()
        exptypes |= own if attachment.exptype is None else {attachment.exptype.casefold()} if own else set()
    for repeat in rule.repeat:
        if repeat.exptype in exptypes:
            exptypes.add(repeat.repeat_as.casefold())
    return frozenset(exptypes - {UNDEFINED})


def _exptypes_left(constraints: list[Constraint], rule: Rule, subject: Subject) -> Values | None:
    """The exptypes of the exposures that pass some constraints of a rule."""
    column, closed = subject.ruleset.members.exptype, subject.closed_for(rule)
    if column not in closed:
        return None
    # The exptype is read by a constraint that passes always, so that it is among the columns that are narrowed.
    domain = Domain.of([*constraints, Defined((column,), True)], closed)
    return domain.narrowed_by(constraints)[column,]
