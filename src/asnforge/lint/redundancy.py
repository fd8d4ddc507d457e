"""Constraints of a rule that contradict each other, and constraints that never decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from asnforge.findings import Finding
from asnforge.lint.satisfiability import Domain, implied_or_contradicted
from asnforge.lint.subject import Subject, error, warning
from asnforge.rulefiles.build_constraints import build_constraint
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.codes import CONTRADICTION, NEVER_DECIDES
from asnforge.rules.constraints import AnyOf, Constraint, Defined, expanded
from asnforge.rules.describe import describe
from asnforge.rules.rule import Rule
from asnforge.schema_errors import KeyPath

_WHATEVER = ", whatever the value is"
_TAKEN_HINT = "read a column that take_as does not change, name the exptype in its except, or leave take_as out"

Place = tuple[str, KeyPath]


@dataclass(frozen=True, slots=True)
class Fact:
    """A constraint that an exposure of a rule has to pass; `where` is None for what a key asks."""

    name: str
    constraint: Constraint
    where: YamlNode | None


def undecided(subject: Subject) -> Iterator[Finding]:
    """Contradictions and constraints that never decide, in all rules, attachments and conditions.

    A constraint of a shared part is left alone where it decides in one of the rules that use the part.
    """
    users: Counter[Place] = Counter()
    never: dict[Place, list[Finding]] = {}
    for rule in subject.ruleset.rules:
        facts = [*_of_keys(rule), *_of_select(rule, subject)]
        users.update(_place(fact.where) for fact in facts if fact.where is not None)
        for where, finding in _judge_in(rule, facts, subject):
            if where.path[0] == "parts" and finding.severity == "warning":
                never.setdefault(_place(where), []).append(finding)
            else:
                yield finding
    for place, findings in never.items():
        if len(findings) == users[place]:
            yield findings[0]
    yield from _attachments(subject)
    for fact in _alone(subject):
        domain = Domain.of([fact.constraint], subject.closed)
        yield from (finding for _, finding in _judge([fact], domain, "the rule set"))


def _place(where: YamlNode) -> Place:
    return where.document.file, where.path


def _judge_in(rule: Rule, facts: list[Fact], subject: Subject) -> Iterator[tuple[YamlNode, Finding]]:
    """What is wrong with constraints of a rule, as it sees exposure types, and as they are where take_as is the reason."""
    what = f"rule {rule.name}"
    constraints = [fact.constraint for fact in facts]
    domain = Domain.of(constraints, subject.closed_for(rule))
    if rule.take_as is None:
        yield from _judge(facts, domain, what)
        return
    truncated = {finding.line: finding for _, finding in _judge(facts, Domain.of(constraints, subject.closed), what)}
    for where, finding in _judge(facts, domain, what):
        if truncated.get(finding.line) == finding:
            yield where, finding
            continue
        message = (
            f"{finding.message.removesuffix(_WHATEVER)}, as take_as makes every exposure {rule.take_as.exptype} before"
        )
        yield where, replace(finding, message=message, hint=_TAKEN_HINT)


def _attachments(subject: Subject) -> Iterator[Finding]:
    """What is wrong with the constraints of attachments; for those of shared parts, where it is wrong in every rule."""
    users: Counter[Place] = Counter()
    wrong: dict[Place, list[Finding]] = {}
    for rule in subject.ruleset.rules:
        for name, where in subject.entries(rule, "attach").items():
            users[_place(where)] += 1
            fact = Fact(name, build_constraint(where["when"], subject.shared), where["when"])
            found = [finding for _, finding in _judge_in(rule, [fact], subject)]
            wrong.setdefault(_place(where), []).extend(found[:1])
    for place, findings in wrong.items():
        if findings and len(findings) == users[place]:
            yield findings[0]


def _alone(subject: Subject) -> Iterator[Fact]:
    """The constraints that are judged on their own: conditions."""
    for name in subject.shared.names("conditions"):
        if (condition := subject.shared.find("conditions", name)) is not None:
            yield Fact(name, build_constraint(condition, subject.shared), condition)


def _of_keys(rule: Rule) -> Iterator[Fact]:
    for key in rule.group_by:
        if not key.optional and key.when is None and key.instead is None:
            yield Fact(key.name, Defined(key.columns, True), None)


def _of_select(rule: Rule, subject: Subject) -> Iterator[Fact]:
    places = subject.entries(rule, "select")
    for select in rule.select:
        yield Fact(select.name, select.constraint, places[select.name])


def _judge(facts: list[Fact], domain: Domain, what: str) -> Iterator[tuple[YamlNode, Finding]]:
    contradictions = list(_contradictions(facts, domain, what))
    yield from contradictions
    if contradictions:
        return
    active = list(facts)
    for fact in reversed(facts):
        if fact.where is None:
            continue
        others = [other for other in active if other is not fact]
        if _settled(fact, others, domain) is True:
            active = others
            because = _because(fact, others, domain)
            message = f"{fact.name} of {what} never decides: {describe(fact.constraint)}{because}"
            yield fact.where, warning(fact.where, NEVER_DECIDES, message)
        elif isinstance(fact.constraint, AnyOf):
            yield from _dead_options(fact.constraint, fact.where, others, domain, what)


def _contradictions(facts: list[Fact], domain: Domain, what: str) -> Iterator[tuple[YamlNode, Finding]]:
    for place, fact in enumerate(facts):
        before = facts[:place]
        if _settled(fact, before, domain) is not False:
            continue
        where = fact.where or next((each.where for each in reversed(before) if each.where is not None), None)
        if where is None:
            continue
        because = _because(fact, before, domain)
        message = f"nothing passes {fact.name} of {what}: {describe(fact.constraint)}{because}"
        yield where, error(where, CONTRADICTION, message)
        return


def _because(fact: Fact, others: list[Fact], domain: Domain) -> str:
    """The one other constraint that settles a fact, in words; or that it takes several or none."""
    if _settled(fact, [], domain) is not None:
        return _WHATEVER
    verdict = _settled(fact, others, domain)
    for other in others:
        if _settled(fact, [other], domain) is verdict:
            words = f"asks that {describe(expanded(other.constraint))}"
            words = "is a key, so it is defined" if other.where is None else words
            return f", but {other.name} {words}" if verdict is False else f", as {other.name} {words}"
    return ", by the other constraints together"


def _settled(fact: Fact, others: list[Fact], domain: Domain) -> bool | None:
    """Whether, where others pass, a fact always passes (True), never (False), or it decides (None)."""
    constraints = [other.constraint for other in others]
    same = implied_or_contradicted(fact.constraint, constraints) if others else None
    return domain.truth_value(fact.constraint, constraints) if same is None else same


def _dead_options(
    constraint: AnyOf, where: YamlNode, others: list[Fact], domain: Domain, what: str
) -> Iterator[tuple[YamlNode, Finding]]:
    if "any" not in where.value or where.path[0] == "parts":
        return
    for option, piece in zip(constraint.parts, where["any"].items_list(), strict=True):
        if domain.truth_value(option, [other.constraint for other in others]) is False:
            message = f"nothing in {what} passes this option: {describe(option)}"
            yield piece, warning(piece, NEVER_DECIDES, message)
