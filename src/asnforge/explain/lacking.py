"""What a group lacks to become an association, in words."""

from __future__ import annotations

import numpy as np

from asnforge.explain.trace import RuleEvidence
from asnforge.findings import pluralize, truncated
from asnforge.rules.describe import describe_requirement
from asnforge.rules.rule import DistinctRequired, MembersRequired, Requirement


def lacks(evidence: RuleEvidence, group: int, scope_type: str) -> tuple[str, ...]:
    """What a group lacks, a few words for each requirement: ``has no psf member``."""
    memberships = evidence.made.members
    needs = zip(evidence.rule.require, memberships.unmet, strict=True)
    return tuple(_words(need, evidence, group, scope_type) for need, lacking in needs if lacking[group])


def _words(need: Requirement, evidence: RuleEvidence, group: int, scope_type: str) -> str:
    match need:
        case MembersRequired(exptype=exptype, at_least=at_least):
            count = _members(evidence, group, exptype)
            noun = f"{exptype} member" if exptype else "member"
            if not count:
                return f"has no {noun}" + (f", needs {at_least} or more" if at_least > 1 else "")
            return f"has {pluralize(count, noun)}, needs {at_least} or more"
        case DistinctRequired(column=column, at_least=at_least):
            values = _distinct(evidence, group, column)
            found = (
                f"one {column.upper()}, {truncated(values[0])}"
                if len(values) == 1
                else f"{len(values) or 'no'} {column.upper()}"
            )
            where = f" in a scope of type {scope_type}" if need.scope_types else ""
            return f"has {found}, needs {at_least} different ones{where}"
        case _:
            return f"is in a scope of type {scope_type}, needs {describe_requirement(need)}"


def _members(evidence: RuleEvidence, group: int, exptype: str | None) -> int:
    memberships = evidence.made.members
    inside = memberships.exptype[memberships.starts[group] : memberships.starts[group + 1]]
    if exptype is None:
        return len(inside)
    return int((inside == memberships.exptypes.index(exptype)).sum()) if exptype in memberships.exptypes else 0


def _distinct(evidence: RuleEvidence, group: int, column: str) -> list[str]:
    groups = evidence.made.members.groups
    start, stop = np.searchsorted(groups.selected.group, (group, group + 1))
    read = evidence.evaluation.column((column,))
    return [read.values[code] for code in np.unique(read.codes[groups.selected.row[start:stop]]).tolist() if code]
