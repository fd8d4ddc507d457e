"""Requirements that no group meets, or that every group meets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from asnforge.findings import Finding
from asnforge.lint.exptypes import exptypes_of_members, given_exptypes
from asnforge.lint.subject import Subject, error, warning
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.codes import ALWAYS_VALID, NEVER_VALID
from asnforge.rules.describe import describe_requirement
from asnforge.rules.rule import DistinctRequired, MembersRequired, Requirement, Rule, ScopeRequired
from asnforge.schema_errors import KeyPath


def requirements(subject: Subject) -> Iterator[Finding]:
    """What is wrong with the requirements of all rules; for those of shared parts, where it is wrong in every rule."""
    users: Counter[tuple[str, KeyPath]] = Counter()
    idle: dict[tuple[str, KeyPath], list[Finding]] = {}
    for rule in subject.ruleset.rules:
        places = subject.entries(rule, "require")
        yield from _members_never_there(rule, places, subject)
        for need in rule.require:
            where = places.get(need.name)
            if where is None:
                continue
            place = (where.document.file, where.path)
            users[place] += 1
            if reason := _never(need, rule):
                yield error(
                    where,
                    NEVER_VALID,
                    f"no group of {rule.name} meets {need.name}: {describe_requirement(need)}, but {reason}",
                )
            elif reason := _always(need, rule):
                message = f"every group of {rule.name} meets {need.name}: {describe_requirement(need)}, as {reason}"
                idle.setdefault(place, []).append(warning(where, ALWAYS_VALID, message))
    yield from (findings[0] for place, findings in idle.items() if len(findings) == users[place])


def _members_never_there(rule: Rule, places: Mapping[str, YamlNode], subject: Subject) -> Iterator[Finding]:
    """Members that are required, or science as every association needs it, of an exptype that no member of the rule has."""
    possible = exptypes_of_members(rule, subject)
    if possible is None:
        return
    known = given_exptypes(subject)
    for need in rule.require:
        if not isinstance(need, MembersRequired) or need.exptype is None or need.exptype in possible:
            continue
        if need.exptype not in known:
            continue
        taken = f", as take_as makes every exposure {rule.take_as.exptype}" if rule.take_as else ""
        can_be = f"its members can only be {' or '.join(sorted(possible))}{taken}"
        where = places.get(need.name)
        if where is None or where.path[0] == "parts":
            where = subject.documents[rule.name]["rule"]
        yield error(
            where, NEVER_VALID, f"no group of {rule.name} meets {need.name}: {describe_requirement(need)}, but {can_be}"
        )


def _others(need: Requirement, rule: Rule) -> Iterator[Requirement]:
    """The other requirements; of two that are equal, the first alone has the other among them."""
    seen = False
    for other in rule.require:
        if other is need:
            seen = True
        elif seen or not _implies(need, other):
            yield other


def _never(need: Requirement, rule: Rule) -> str:
    """Why no group can meet a requirement."""
    if isinstance(need, DistinctRequired) and need.at_least > 1 and not need.scope_types:
        for key in rule.group_by:
            if key.columns == (need.column,) and not key.optional and key.when is None:
                return f"the key {key.name} gives each group one {need.column.upper()}"
    if isinstance(need, ScopeRequired):
        for other in rule.require[: rule.require.index(need)]:
            if isinstance(other, ScopeRequired) and not _scopes_meet(need, other):
                return f"{other.name} asks for {describe_requirement(other)}"
    return ""


def _scopes_meet(one: ScopeRequired, other: ScopeRequired) -> bool:
    if one.one_of and other.one_of:
        return bool(set(one.one_of) & set(other.one_of))
    if one.one_of and other.none_of:
        return not set(one.one_of) <= set(other.none_of)
    if one.none_of and other.one_of:
        return not set(other.one_of) <= set(one.none_of)
    return True


def _always(need: Requirement, rule: Rule) -> str:
    """Why every group meets a requirement."""
    if isinstance(need, MembersRequired) and need.exptype is None and need.at_least == 1:
        return "no group is without members"
    for other in _others(need, rule):
        if _implies(other, need):
            return f"{other.name} asks for {describe_requirement(other)}"
        if isinstance(need, DistinctRequired) and isinstance(other, ScopeRequired) and need.scope_types:
            apart = set(need.scope_types)
            if (other.one_of and not apart & set(other.one_of)) or (other.none_of and apart <= set(other.none_of)):
                return f"{other.name} asks for {describe_requirement(other)}"
    return ""


def _implies(one: Requirement, other: Requirement) -> bool:
    """Whether what meets one requirement meets the other."""
    match one, other:
        case MembersRequired(exptype=given), MembersRequired(exptype=wanted):
            return wanted in (None, given) and one.at_least >= other.at_least
        case DistinctRequired(scope_types=given), DistinctRequired(scope_types=wanted):
            wide = not given or bool(wanted and set(wanted) <= set(given))
            return one.column == other.column and one.at_least >= other.at_least and wide
        case ScopeRequired(), ScopeRequired():
            if one.one_of:
                inside = not other.one_of or set(one.one_of) <= set(other.one_of)
                return inside and not set(one.one_of) & set(other.none_of)
            return bool(other.none_of) and set(other.none_of) <= set(one.none_of)
        case _:
            return False
