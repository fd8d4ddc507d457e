"""Constraints of a rule that contradict each other, and constraints that never decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from asnforge.findings import Finding
from asnforge.lint.context import Subject, error, warning
from asnforge.lint.possible import Columns, Universe, Values, settled
from asnforge.rules.build_constraints import build_constraint
from asnforge.rules.codes import CONTRADICTION, NEVER_DECIDES
from asnforge.rules.constraints import AnyOf, Constraint, Defined, expanded
from asnforge.rules.model import Rule
from asnforge.rules.shared import Located
from asnforge.rules.yaml_text import Step

Place = tuple[str, tuple[Step, ...]]


@dataclass(frozen=True, slots=True)
class Fact:
    """A constraint that an exposure of a rule has to pass; `where` is None for what a key asks."""

    name: str
    constraint: Constraint
    where: Located | None


def undecided(subject: Subject) -> Iterator[Finding]:
    """Contradictions and constraints that never decide, in all rules, attachments and conditions.

    A constraint of a shared part is left alone where it decides in one of the rules that use the part.
    """
    users: Counter[Place] = Counter()
    never: dict[Place, list[Finding]] = {}
    for rule in subject.ruleset.rules:
        facts = [*_of_keys(rule), *_of_select(rule, subject)]
        users.update(_place(fact.where) for fact in facts if fact.where is not None)
        for where, finding in _judge(facts, _universe(facts, rule, subject), f"rule {rule.name}"):
            if where.path[0] == "parts" and finding.severity == "warning":
                never.setdefault(_place(where), []).append(finding)
            else:
                yield finding
    for place, findings in never.items():
        if len(findings) == users[place]:
            yield findings[0]
    for fact in _alone(subject):
        universe = Universe.of([fact.constraint], subject.closed)
        yield from (finding for _, finding in _judge([fact], universe, "the rule set"))


def _place(where: Located) -> Place:
    return where.document.file, where.path


def _alone(subject: Subject) -> Iterator[Fact]:
    """The constraints that are judged on their own: those of attachments, and conditions."""
    seen = set()
    for rule in subject.ruleset.rules:
        for name, where in subject.entries(rule, "attach").items():
            if _place(where) not in seen:
                seen.add(_place(where))
                yield Fact(name, build_constraint(where["when"], subject.shared), where["when"])
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


def _universe(facts: list[Fact], rule: Rule, subject: Subject) -> Universe:
    closed = dict(subject.closed)
    if rule.take_as is not None:
        closed.pop(subject.ruleset.members.exptype, None)
    return Universe.of([fact.constraint for fact in facts], closed)


def _judge(facts: list[Fact], universe: Universe, what: str) -> Iterator[tuple[Located, Finding]]:
    contradictions = list(_contradictions(facts, universe, what))
    yield from contradictions
    if contradictions:
        return
    active = list(facts)
    for fact in reversed(facts):
        if fact.where is None:
            continue
        others = [other for other in active if other is not fact]
        left = universe.left_by([other.constraint for other in others])
        if _settled(fact, others, universe) is True:
            active = others
            because = _because(fact, others, universe)
            message = f"{fact.name} of {what} never decides: {fact.constraint.describe()}{because}"
            yield fact.where, warning(fact.where, NEVER_DECIDES, message)
        elif isinstance(fact.constraint, AnyOf):
            yield from _dead_options(fact.constraint, fact.where, left, universe, what)


def _contradictions(facts: list[Fact], universe: Universe, what: str) -> Iterator[tuple[Located, Finding]]:
    for place, fact in enumerate(facts):
        before = facts[:place]
        if _settled(fact, before, universe) is not False:
            continue
        where = fact.where or next((each.where for each in reversed(before) if each.where is not None), None)
        if where is None:
            continue
        because = _because(fact, before, universe)
        message = f"nothing passes {fact.name} of {what}: {fact.constraint.describe()}{because}"
        yield where, error(where, CONTRADICTION, message)
        return


def _because(fact: Fact, others: list[Fact], universe: Universe) -> str:
    """The one other constraint that settles a fact, in words; or that it takes several or none."""
    if _settled(fact, [], universe) is not None:
        return ", whatever the value is"
    verdict = _settled(fact, others, universe)
    for other in others:
        if _settled(fact, [other], universe) is verdict:
            words = f"asks that {expanded(other.constraint).describe()}"
            words = "is a key, so it is defined" if other.where is None else words
            return f", but {other.name} {words}" if verdict is False else f", as {other.name} {words}"
    return ", by the other constraints together"


def _settled(fact: Fact, others: list[Fact], universe: Universe) -> bool | None:
    """Whether, where others pass, a fact always passes (True), never (False), or it decides (None)."""
    constraints = [other.constraint for other in others]
    same = settled(fact.constraint, constraints) if others else None
    return universe.verdict(fact.constraint, universe.left_by(constraints)) if same is None else same


def _dead_options(
    constraint: AnyOf, where: Located, left: dict[Columns, Values], universe: Universe, what: str
) -> Iterator[tuple[Located, Finding]]:
    if "any" not in where.content or where.path[0] == "parts":
        return
    for option, piece in zip(constraint.parts, where["any"].each(), strict=True):
        if universe.verdict(option, left) is False:
            message = f"nothing in {what} passes this option: {option.describe()}"
            yield piece, warning(piece, NEVER_DECIDES, message)
