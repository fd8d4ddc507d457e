"""From the text of a constraint in a rule file to a `Constraint`."""

from __future__ import annotations

import re

from asnforge.rules.constraints import AllOf, AnyOf, Condition, Constraint, Defined, InTable, Matches, Not, OneOf
from asnforge.rules.shared import Located, Shared

NEVER = AnyOf(())
"""What stands in for a constraint that could not be built; the fault itself is among the findings."""


def build_constraint(piece: Located, shared: Shared, using: tuple[str, ...] = ()) -> Constraint:
    """A constraint from its piece of a document.

    Parameters
    ----------
    piece : Located
        The constraint, of the right shape.
    shared : Shared
        Where conditions and tables are found, and faults gathered.
    using : tuple of str
        The conditions that this one is part of, to find a condition that uses itself.
    """
    content = piece.content
    if "all" in content:
        return AllOf(tuple(build_constraint(part, shared, using) for part in piece["all"].each()))
    if "any" in content:
        return AnyOf(tuple(build_constraint(part, shared, using) for part in piece["any"].each()))
    if "not" in content:
        return Not(build_constraint(piece["not"], shared, using))
    if "use" in content:
        return _condition(piece["use"], shared, using)
    columns = column_names(piece)
    if "table" in content:
        return _in_table(piece["table"], columns, shared)
    if "defined" in content:
        return Defined(columns, content["defined"] == "yes")
    if "matches" in content:
        return Matches(columns, checked_pattern(piece["matches"], shared))
    values = (content["is"],) if "is" in content else piece["in"].texts()
    return OneOf(columns, tuple(dict.fromkeys(value.lower() for value in values)))


def column_names(piece: Located) -> tuple[str, ...]:
    """The columns that a piece names under ``column`` or ``columns``, in lower case."""
    content = piece.content
    names = (content["column"],) if "column" in content else content["columns"]
    return tuple(name.lower() for name in names)


def checked_pattern(piece: Located, shared: Shared) -> str:
    """A regular expression, reported where it does not compile."""
    pattern: str = piece.content
    try:
        re.compile(pattern, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        shared.report(piece.finding("R203", f"the regular expression {pattern} does not compile: {error}"))
        return "(?!)"
    return pattern


def _condition(piece: Located, shared: Shared, using: tuple[str, ...]) -> Constraint:
    name: str = piece.content
    if name in using:
        circle = " -> ".join((*using[using.index(name) :], name))
        shared.report(piece.finding("R202", f"the condition {name} uses itself: {circle}"))
        return NEVER
    found = shared.wanted("conditions", name, piece, "condition")
    return NEVER if found is None else Condition(name, build_constraint(found, shared, (*using, name)))


def _in_table(piece: Located, columns: tuple[str, ...], shared: Shared) -> Constraint:
    name: str = piece.content
    found = shared.wanted("tables", name, piece, "table")
    if found is None:
        return NEVER
    rows = set()
    for row in found["rows"].each():
        if len(row.content) != len(columns):
            message = (
                f"the row has {len(row.content)} values, the constraint that uses the table {len(columns)} columns"
            )
            shared.report(row.finding("R204", message))
        else:
            rows.add(tuple(value.lower() for value in row.texts()))
    return InTable(columns, name, frozenset(rows))
