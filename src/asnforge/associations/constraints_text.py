"""The keyword ``constraints``: each key and constraint of the rule by name, with what bound it in this group.

docs/format.md has the layout, docs/format.md#keywords the content: the values that bind the group, as
the pool spells them, and the pattern where a constraint binds none. Keys come first, in the order of the rule, then
constraints.
"""

from __future__ import annotations

import re

from asnforge.associations.group_names import GroupNames
from asnforge.grouping.arrays import IndexArray
from asnforge.rules.constraints import Constraint, Defined, Matches, OneOf, expanded
from asnforge.rules.describe import describe
from asnforge.rules.rule import Rule

UNDEFINED_TEXT = "undefined"

_LINE_START = re.compile(r"\n    (?=[A-Za-z]\w*: )")
"""Where the line of a constraint begins; a value of a pool may have lines of its own."""


def constraints_texts(rule: Rule, names: GroupNames, groups: IndexArray) -> list[str]:
    """The text of the constraints of several groups, a line each constraint."""
    values = {key.name: names.spelled_keys(key, groups) for key in rule.group_by}
    for select in rule.select:
        if select.name not in values:
            values[select.name] = _bound(select.constraint, names, groups)
    lines = [[f"\n    {name}: {value or UNDEFINED_TEXT}" for value in found] for name, found in values.items()]
    return list(map("".join, zip(["Constraints:"] * len(groups), *lines, strict=True)))


def constraint_values(text: str) -> list[tuple[str, str]]:
    """The names of keys and constraints in a constraints text with their values, in their order."""
    lines = (line.partition(": ") for line in _LINE_START.split(text)[1:])
    return [(name, value) for name, _, value in lines]


def _bound(constraint: Constraint, names: GroupNames, groups: IndexArray) -> list[str]:
    """What bound a constraint: the values found, where it asks for one; else the constraint itself."""
    inner = expanded(constraint)
    match inner:
        case OneOf(columns=columns) | Matches(columns=columns) | Defined(columns=columns, expected=True):
            return names.spelled_values(columns, groups)
        case Defined(expected=False):
            return [UNDEFINED_TEXT] * len(groups)
        case _:
            return [describe(inner)] * len(groups)
