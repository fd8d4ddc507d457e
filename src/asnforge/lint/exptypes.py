"""Checks of exptypes: those that no exposure has, and those in two spellings; and the exptypes that members can have."""

from __future__ import annotations

from collections.abc import Iterator

from asnforge.findings import Finding, FindingCode, did_you_mean, suggestion
from asnforge.lint.satisfiability import UNDEFINED, Domain, Values
from asnforge.lint.subject import Subject, check, warning
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.constraints import Constraint, Defined
from asnforge.rules.rule import Rule

UNASSIGNED_EXPTYPE = FindingCode(
    "R312",
    "exptype that no exposure has",
    "A rule requires, repeats or excepts members of an exptype that is neither among the exposure types of the rule set nor "
    "assigned by as or take_as. Most often it is misspelled.",
    wrong="require:\n  sky: {members: backgroud}",
    right="require:\n  sky: {members: background}",
)
TWO_SPELLINGS = FindingCode(
    "R314",
    "exptype in two spellings",
    "Exptypes are compared without case, and all members have the spelling that comes first in the rule set: in the derived "
    "column, then in the rules. Use one spelling; science is in lower case in the format.",
    wrong="take_as: {exptype: Science}",
    right="take_as: {exptype: science}",
)


@check
def unknown_exptypes(subject: Subject) -> Iterator[Finding]:
    """Exptypes in requirements, repeats and exceptions that no exposure has.

    If the column of exposure types copies another column, only those that resemble a known one are reported.
    """
    column = subject.ruleset.derived[subject.ruleset.members.exptype]
    assigned = assigned_exptypes(subject)
    is_open = any(case.copy is not None for case in column.cases)
    for reference in subject.references:
        if reference.kind != "exptype" or reference.name in assigned:
            continue
        if not is_open or did_you_mean(reference.name, assigned, cutoff=0.8):
            hint = suggestion(reference.name, sorted(assigned))
            message = "no exposure has the exptype {exptype}"
            yield warning(reference.node, UNASSIGNED_EXPTYPE, message, hint, exptype=reference.name)


@check
def exptypes_in_two_spellings(subject: Subject) -> Iterator[Finding]:
    """Exptypes that are not spelled as members have them."""
    spellings = subject.ruleset.exptype_spellings()
    for node in _exptype_nodes(subject):
        spelling = spellings.get(node.value.casefold(), node.value)
        if node.value != spelling:
            message = "members have the exptype {spelling}, not {exptype}"
            yield warning(node, TWO_SPELLINGS, message, f"write {spelling}", spelling=spelling, exptype=node.value)


def _exptype_nodes(subject: Subject) -> Iterator[YamlNode]:
    """The strings that assign an exptype to exposures or members."""
    for name, column in subject.shared.entries("derived").items():
        if name.casefold() == subject.ruleset.members.exptype:
            yield from (value for case in column["cases"].items_list() if (value := case.get("value")) is not None)
    for rule in (*subject.documents.values(), *subject.shared.entries("parts").values()):
        for _, attachment in attach.items() if (attach := rule.get("attach")) is not None else ():
            if (exptype := attachment.get("as")) is not None:
                yield exptype
            if (made := attachment.get("members")) is not None:
                yield from (member["exptype"] for member in made.items_list())
        for repeat in repeats.items_list() if (repeats := rule.get("repeat")) is not None else ():
            yield repeat["as"]
        if (take_as := rule.get("take_as")) is not None:
            yield take_as["exptype"]


def assigned_exptypes(subject: Subject) -> frozenset[str]:
    """All exptypes, in lower case, that the rule set assigns to exposures or members."""
    column = subject.ruleset.derived[subject.ruleset.members.exptype]
    assigned = {case.value.casefold() for case in column.cases if case.copy is None}
    for rule in subject.ruleset.rules:
        assigned.update(exptype.casefold() for item in rule.attach for exptype in item.exptypes())
        assigned.update(repeat.repeat_as.casefold() for repeat in rule.repeat)
        assigned.update([rule.take_as.exptype.casefold()] if rule.take_as else [])
    return frozenset(assigned)


def possible_exptypes(rule: Rule, subject: Subject) -> frozenset[str] | None:
    """The exptypes, in lower case, that members of a rule can have; None if they are not all known."""
    keys = [key for key in rule.group_by if not key.optional and key.when is None and key.instead is None]
    constraints = [
        *(select.constraint for select in rule.select),
        *(Defined(names, True) for key in keys for names in key.readings),
    ]
    selected = _exptypes_that_pass(constraints, rule, subject)
    if not selected:  # a rule that cannot select anything is a finding of its own
        return None
    exptypes = set(selected)
    for attachment in rule.attach:
        excepted = {
            *attachment.excepted,
            *(() if attachment.source == "select" else (item.name for item in rule.select)),
        }
        passed = [item.constraint for item in rule.select if item.name not in excepted]
        passed += [attachment.when] if attachment.when is not None else []
        own = _exptypes_that_pass(passed, rule, subject) or frozenset()
        given = attachment.exptypes()
        exptypes |= {exptype.casefold() for exptype in given} if given and own else own
    for repeat in rule.repeat:
        if repeat.exptype in exptypes:
            exptypes.add(repeat.repeat_as.casefold())
    return frozenset(exptypes - {UNDEFINED})


def _exptypes_that_pass(constraints: list[Constraint], rule: Rule, subject: Subject) -> Values | None:
    column, closed = subject.ruleset.members.exptype, subject.closed_for(rule)
    if column not in closed:
        return None
    # A constraint on the exptype, which always passes, includes it in the columns that are narrowed.
    domain = Domain.of([*constraints, Defined((column,), True)], closed)
    return domain.narrowed_by(constraints)[column,]
