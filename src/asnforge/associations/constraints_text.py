"""The keyword ``constraints``: each key and constraint of the rule by name, with what bound it in this group.

Techspecs, 'Example Association', has the layout; grouping rules, 'The file', the content: the values that bind the group, and
the pattern where a constraint binds none. Keys come first, in the order of the rule, then constraints.
"""

from __future__ import annotations

from asnforge.associations.product_names import GroupNames
from asnforge.rules.constraints import Constraint, Defined, Matches, OneOf, expanded
from asnforge.rules.model import Rule

UNDEFINED_TEXT = "undefined"


def constraints_text(rule: Rule, names: GroupNames, group: int) -> str:
    """The text of a group's constraints, a line each."""
    lines = {key.name: names.key(key.name, group) or UNDEFINED_TEXT for key in rule.group_by}
    for select in rule.select:
        if select.name not in lines:
            lines[select.name] = _bound(select.constraint, names, group)
    return "\n".join(["Constraints:", *(f"    {name}: {value}" for name, value in lines.items())])


def _bound(constraint: Constraint, names: GroupNames, group: int) -> str:
    """What bound a constraint: the values found, where it asks for one; else the constraint itself."""
    inner = expanded(constraint)
    match inner:
        case OneOf(columns=columns) | Matches(columns=columns) | Defined(columns=columns, wanted=True):
            return "|".join(names.distinct(columns, group)) or UNDEFINED_TEXT
        case Defined(wanted=False):
            return UNDEFINED_TEXT
        case _:
            return inner.describe()
