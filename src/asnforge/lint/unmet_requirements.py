"""Requirements that no group can meet, and those that every group meets."""

from __future__ import annotations

from collections.abc import Iterator

from asnforge.findings import Finding, FindingCode
from asnforge.lint.exptypes import assigned_exptypes, possible_exptypes
from asnforge.lint.subject import Subject, check, in_every_use, warning
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.describe import describe_requirement, listed
from asnforge.rules.rule import (
    AttachedRequired,
    CountRequired,
    DistinctRequired,
    MembersRequired,
    Requirement,
    Rule,
    ScopeRequired,
)

NEVER_MET = FindingCode(
    "R309",
    "requirement that no group can meet",
    "The rule makes groups, but never an association: the requirement contradicts another one, a key, or the exptypes of the "
    "rule's exposures.",
    wrong="group_by:\n  filter: {column: FILTER}\nrequire:\n  filters: {distinct: FILTER, at_least: 2}",
    right="require:\n  filters: {distinct: FILTER, at_least: 2}",
)
ALWAYS_MET = FindingCode(
    "R310",
    "requirement that every group meets",
    "The requirement follows from another one, so it has no effect. Remove it, or correct it.",
    wrong="require:\n  members: {members: any}",
    right="require:\n  members: {members: any, at_least: 2}",
)


@check
def ineffective_requirements(subject: Subject) -> Iterator[Finding]:
    """Requirements that no group meets; and those that every group meets (for a part, in every rule that uses it)."""
    uses: list[tuple[YamlNode, Finding | None]] = []
    for rule in subject.ruleset.rules:
        nodes = subject.entries(rule, "require")
        for need in rule.require:
            facts = {"rule": rule.name, "requirement": need.name, "words": describe_requirement(need)}
            node = nodes.get(need.name)
            if reason := _impossible_members(need, rule, subject):
                message = "no group of {rule} meets {requirement}: {words}, but {reason}"
                own = node if node is not None and node.path[0] != "parts" else subject.documents[rule.name]["rule"]
                yield own.finding(NEVER_MET, message, reason=reason, **facts)
            finding = None
            if node is None:
                continue
            if reason := _contradiction(need, rule):
                message = "no group of {rule} meets {requirement}: {words}, but {reason}"
                yield node.finding(NEVER_MET, message, reason=reason, **facts)
            elif reason := _implication(need, rule):
                message = "every group of {rule} meets {requirement}: {words}, because {reason}"
                finding = warning(node, ALWAYS_MET, message, reason=reason, **facts)
            uses.append((node, finding))
    yield from in_every_use(uses)


def _impossible_members(need: Requirement, rule: Rule, subject: Subject) -> str:
    """Why no exposure of a rule can be one of the required members, which include the science member that every rule needs."""
    possible = possible_exptypes(rule, subject)
    if possible is None or not isinstance(need, MembersRequired) or need.exptype is None or need.exptype in possible:
        return ""
    if need.exptype not in assigned_exptypes(subject):
        return ""
    because = f", because take_as makes every exposure {rule.take_as.exptype}" if rule.take_as else ""
    return f"its members can only be {listed(sorted(possible), 'or')}{because}"


def _contradiction(need: Requirement, rule: Rule) -> str:
    """Why no group can meet a requirement."""
    if not isinstance(need, ScopeRequired) and need.at_most is not None and need.at_least > need.at_most:
        return f"{need.at_least} is more than {need.at_most}"
    if isinstance(need, DistinctRequired) and need.at_least > 1 and not need.scope_types:
        for key in rule.group_by:
            if key.columns == (need.column,) and key.is_plain and not key.optional and key.when is None:
                return f"the key {key.name} allows one value of {need.column.upper()} in a group"
    if isinstance(need, ScopeRequired):
        for other in rule.require[: rule.require.index(need)]:
            if isinstance(other, ScopeRequired) and not _scopes_meet(need, other):
                return _requires(other)
    return ""


def _scopes_meet(left: ScopeRequired, right: ScopeRequired) -> bool:
    if left.one_of and right.one_of:
        return bool(set(left.one_of) & set(right.one_of))
    if left.one_of or right.one_of:
        return not {*left.one_of, *right.one_of} <= {*left.none_of, *right.none_of}
    return True


def _implication(need: Requirement, rule: Rule) -> str:
    """Why every group meets a requirement."""
    if isinstance(need, MembersRequired) and need.exptype is None and need.at_least <= 1 and need.at_most is None:
        return "every group has a member"
    for other in _others(need, rule):
        if _implies(other, need):
            return _requires(other)
        if isinstance(other, ScopeRequired) and not isinstance(need, ScopeRequired) and need.scope_types:
            types = set(need.scope_types)
            if (other.one_of and not types & set(other.one_of)) or (other.none_of and types <= set(other.none_of)):
                return _requires(other)
    return ""


def _requires(other: Requirement) -> str:
    return f"{other.name} requires {describe_requirement(other)}"


def _others(need: Requirement, rule: Rule) -> Iterator[Requirement]:
    """The other requirements; of two equivalent ones, only the first has the second among them."""
    after = False
    for other in rule.require:
        if other is need:
            after = True
        elif after or not _implies(need, other):
            yield other


def _implies(left: Requirement, right: Requirement) -> bool:
    """Whether a group that meets `left` meets `right`."""
    match left, right:
        case MembersRequired(), MembersRequired():
            same = right.exptype == left.exptype or (right.exptype is None and right.at_most is None)
            return same and _implies_count(left, right)
        case AttachedRequired(), AttachedRequired():
            return left.attachment == right.attachment and _implies_count(left, right)
        case DistinctRequired(), DistinctRequired():
            return left.column == right.column and _implies_count(left, right)
        case ScopeRequired(one_of=()), ScopeRequired():
            return bool(right.none_of) and set(right.none_of) <= set(left.none_of)
        case ScopeRequired(one_of=types), ScopeRequired():
            return (not right.one_of or set(types) <= set(right.one_of)) and not set(types) & set(right.none_of)
        case _:
            return False


def _implies_count(left: CountRequired, right: CountRequired) -> bool:
    """Whether the numbers and scopes of a requirement include those of another one of the same kind."""
    types = set(right.scope_types)
    in_all_scopes = not left.scope_types or bool(types and types <= set(left.scope_types))
    below = right.at_most is None or (left.at_most is not None and left.at_most <= right.at_most)
    return left.at_least >= right.at_least and below and in_all_scopes
