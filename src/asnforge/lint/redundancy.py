"""Constraints that contradict others of the same rule, and constraints that others imply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from asnforge.findings import Finding, FindingCode
from asnforge.lint.satisfiability import Domain, implied_or_contradicted
from asnforge.lint.subject import Subject, check, in_every_use, warning
from asnforge.rulefiles.build import preferences_of
from asnforge.rulefiles.build_constraints import build_constraint
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.attachment import Relation
from asnforge.rules.constraints import AnyOf, Constraint, Defined, expanded
from asnforge.rules.describe import describe
from asnforge.rules.rule import Rule

CONTRADICTION = FindingCode(
    "R301",
    "contradiction",
    "No exposure can pass the constraint, because of another constraint of the same rule or of the values that the column can "
    "have. So the rule never selects, or never attaches, an exposure.",
    wrong="select:\n  filter: {column: FILTER, is: red}\n  unfiltered: {column: FILTER, defined: no}",
    right="select:\n  filter: {column: FILTER, is: red}",
)
REDUNDANT = FindingCode(
    "R302",
    "redundant constraint",
    "Every exposure that passes the rule's other constraints passes this one too. Remove it, or correct the constraint that is "
    "too narrow.",
    wrong="select:\n  filter: {column: FILTER, is: red}\n  filtered: {column: FILTER, defined: yes}",
    right="select:\n  filter: {column: FILTER, is: red}",
)

_TAKE_AS_HINT = "read a column that take_as does not change, list the exptype under its except, or remove take_as"


@dataclass(frozen=True, slots=True)
class KnownConstraint:
    """A constraint that every exposure of a rule passes; `node` is None for that of a key."""

    name: str
    constraint: Constraint
    node: YamlNode | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The problem with a constraint, or with an option of it, and why; `node` is where it is written."""

    kind: Literal["contradiction", "redundant", "unused option"]
    name: str
    constraint: Constraint
    node: YamlNode
    reason: str = ""
    hint: str = ""

    def finding(self, owner: str) -> Finding:
        """The finding; `owner` is the rule that has the constraint, or the rule set."""
        facts = {"constraint": self.name, "owner": owner, "words": describe(self.constraint), "reason": self.reason}
        if self.kind == "contradiction":
            message = "no exposure passes {constraint} of {owner}: '{words}' {reason}"
            return self.node.finding(CONTRADICTION, message, self.hint, **facts)
        message = "{constraint} of {owner} is redundant: '{words}' {reason}"
        if self.kind == "unused option":
            message = "no exposure passes this option of {constraint} of {owner}: '{words}'"
        return warning(self.node, REDUNDANT, message, self.hint, **facts)


@check
def redundant_constraints(subject: Subject) -> Iterator[Finding]:
    """Contradictions and redundant constraints of rules.

    A constraint of a part is redundant only if it is redundant in every rule that uses the part.
    """
    uses: list[tuple[YamlNode, Finding | None]] = []
    for rule in subject.ruleset.rules:
        known = [*_of_keys(rule), *_of_select(rule, subject)]
        redundant = {}
        for judgement in _judge_in_rule(known, rule, subject):
            finding = judgement.finding(f"rule {rule.name}")
            if judgement.kind == "redundant":
                redundant[judgement.name] = finding
            else:
                yield finding
        uses += [(item.node, redundant.get(item.name)) for item in known if item.node is not None]
    yield from in_every_use(uses)


@check
def undecided_preferences(subject: Subject) -> Iterator[Finding]:
    """Preferences that every exposure or no exposure of a rule passes; for a part, only if so in every rule that uses it."""
    uses: list[tuple[YamlNode, Finding | None]] = []
    for rule in subject.ruleset.rules:
        known = [*_of_keys(rule), *_of_select(rule, subject)]
        for number, node in enumerate(preferences_of(subject.sources(rule)), 1):
            item = KnownConstraint(f"prefer {number}", build_constraint(node, subject.shared), node)
            judgements = (each for each in _judge_in_rule([*known, item], rule, subject) if each.name == item.name)
            judgement = next(judgements, None)
            uses.append((node, None if judgement is None else judgement.finding(f"rule {rule.name}")))
    yield from in_every_use(uses)


@check
def contradictory_attachments(subject: Subject) -> Iterator[Finding]:
    """Attachments whose constraint every exposure or no exposure passes; for a part, only if so in every rule that uses it."""
    uses: list[tuple[YamlNode, Finding | None]] = []
    for rule in subject.ruleset.rules:
        for name, node in subject.entries(rule, "attach").items():
            if "when" not in node.value:
                continue
            known = KnownConstraint(name, build_constraint(node["when"], subject.shared), node["when"])
            judgement = next(_judge_in_rule([known], rule, subject), None)
            uses.append((node["when"], None if judgement is None else judgement.finding(f"rule {rule.name}")))
    yield from in_every_use(uses)


@check
def undecided_preferences_of_attachments(subject: Subject) -> Iterator[Finding]:
    """Preferences of attachments that every exposure or no exposure passes; for a part, only if so in every use."""
    uses: list[tuple[YamlNode, Finding | None]] = []
    for rule in subject.ruleset.rules:
        nodes = subject.entries(rule, "attach")
        for attachment in rule.attach:
            node = nodes[attachment.name]
            known = [item for item in _of_select(rule, subject) if item.name not in attachment.excepted]
            known = known if attachment.source == "select" else []
            if attachment.when is not None:
                known.append(KnownConstraint("when", attachment.when, node["when"]))
            for number, preference in enumerate(attachment.prefer, 1):
                if isinstance(preference.test, Relation):
                    continue
                at = node["prefer"][number - 1]
                item = KnownConstraint(f"prefer {number} of {attachment.name}", preference.test, at)
                judgements = (each for each in _judge_in_rule([*known, item], rule, subject) if each.name == item.name)
                judgement = next(judgements, None)
                uses.append((at, None if judgement is None else judgement.finding(f"rule {rule.name}")))
    yield from in_every_use(uses)


@check
def contradictory_conditions(subject: Subject) -> Iterator[Finding]:
    """Conditions that every exposure or no exposure passes."""
    for name, node in subject.shared.entries("conditions").items():
        known = KnownConstraint(name, build_constraint(node, subject.shared), node)
        for judgement in _judge([known], Domain.of([known.constraint], subject.closed)):
            yield judgement.finding("the rule set")


def _of_keys(rule: Rule) -> Iterator[KnownConstraint]:
    for key in rule.group_by:
        if not key.optional and key.when is None and key.instead is None:
            yield from (KnownConstraint(key.name, Defined(names, True), None) for names in key.readings)


def _of_select(rule: Rule, subject: Subject) -> Iterator[KnownConstraint]:
    nodes = subject.entries(rule, "select")
    for select in rule.select:
        yield KnownConstraint(select.name, select.constraint, nodes[select.name])


def _judge_in_rule(known: list[KnownConstraint], rule: Rule, subject: Subject) -> Iterator[Judgement]:
    """Judge constraints as the rule reads exposure types; if take_as is the reason, the judgement says so."""
    constraints = [item.constraint for item in known]
    judgements = list(_judge(known, Domain.of(constraints, subject.closed_for(rule))))
    if rule.take_as is None:
        yield from judgements
        return
    without = list(_judge(known, Domain.of(constraints, subject.closed)))
    for judgement in judgements:
        if judgement in without:
            yield judgement
        else:
            truth = "never" if judgement.kind == "contradiction" else "always"
            reason = f"is {truth} true, because take_as makes every exposure {rule.take_as.exptype}"
            yield replace(judgement, reason=reason, hint=_TAKE_AS_HINT)


def _judge(known: list[KnownConstraint], domain: Domain) -> Iterator[Judgement]:
    """The first contradiction; if there is none, redundant constraints and unused options, the last one first."""
    for index, item in enumerate(known):
        before = known[:index]
        if _passes(item, before, domain) is False:
            nodes = [other.node for other in (item, *reversed(before)) if other.node is not None]
            if nodes:
                yield Judgement("contradiction", item.name, item.constraint, nodes[0], _reason(item, before, domain))
                return
    remaining = list(known)
    for item in reversed(known):
        others = [other for other in remaining if other is not item]
        if item.node is None:
            continue
        if _passes(item, others, domain) is True:
            remaining = others
            yield Judgement("redundant", item.name, item.constraint, item.node, _reason(item, others, domain))
        elif isinstance(item.constraint, AnyOf) and "any" in item.node.value and item.node.path[0] != "parts":
            for option, node in zip(item.constraint.parts, item.node["any"].items_list(), strict=True):
                if domain.truth_value(option, [other.constraint for other in others]) is False:
                    yield Judgement("unused option", item.name, option, node)


def _passes(item: KnownConstraint, others: list[KnownConstraint], domain: Domain) -> bool | None:
    """Whether a constraint always passes if others pass (True), never passes (False), or this depends (None)."""
    constraints = [other.constraint for other in others]
    stated = implied_or_contradicted(item.constraint, constraints) if others else None
    return domain.truth_value(item.constraint, constraints) if stated is None else stated


def _reason(item: KnownConstraint, others: list[KnownConstraint], domain: Domain) -> str:
    """In words, why a constraint always or never passes: because of one other constraint, of several, or by itself."""
    passes = _passes(item, others, domain)
    if _passes(item, [], domain) is not None:
        return f"is {'always' if passes else 'never'} true"
    verb = "is implied by" if passes else "contradicts"
    for other in others:
        if _passes(item, [other], domain) is passes:
            if other.node is None:
                return f"{verb} the key {other.name}, which must be defined"
            return f"{verb} {other.name}, '{describe(expanded(other.constraint))}'"
    return f"{verb} the other constraints together"
