"""From the text of a constraint in a rule file to a `Constraint`."""

from __future__ import annotations

from asnforge.rulefiles.shared_blocks import Located, Shared
from asnforge.rulefiles.yaml_nodes import shortened
from asnforge.rules.codes import CIRCLE, NO_PATTERN, ROW_WIDTH, TOO_MUCH
from asnforge.rules.constraints import AllOf, AnyOf, Condition, Constraint, Defined, InTable, Matches, Not, OneOf, parts
from asnforge.rules.regex import MATCHES_NOTHING, regex_fault

DEEPEST_USE = 8
"""How deep conditions can use each other."""

LARGEST_CONDITION = 2_000
"""How many constraints a condition can stand for."""

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
    return OneOf(columns, tuple(dict.fromkeys(value.casefold() for value in values)))


def column_names(piece: Located) -> tuple[str, ...]:
    """The columns that a piece names under ``column`` or ``columns``, in lower case."""
    content = piece.content
    names = (content["column"],) if "column" in content else content["columns"]
    return tuple(name.casefold() for name in names)


def checked_pattern(piece: Located, shared: Shared) -> str:
    """A regular expression; one that cannot be used is reported, and replaced by one that matches nothing."""
    pattern: str = piece.content
    fault = regex_fault(pattern)
    if fault is None:
        return pattern
    message = f"the regular expression {shortened(pattern)} {fault.message}"
    shared.report(piece.finding(NO_PATTERN.code, message, fault.hint))
    return MATCHES_NOTHING


def check_conditions(shared: Shared) -> None:
    """Build every condition, also those that no rule uses, so that all their faults are reported."""
    for name in shared.names("conditions"):
        found = shared.find("conditions", name)
        if found is not None:
            _built(name, found, shared, ())


def _condition(piece: Located, shared: Shared, using: tuple[str, ...]) -> Constraint:
    name: str = piece.content
    if name in using:
        circle = " -> ".join((*using[using.index(name) :], name))
        shared.report(piece.finding(CIRCLE.code, f"the condition {name} uses itself: {circle}"))
        return NEVER
    found = shared.wanted("conditions", name, piece, "condition")
    return NEVER if found is None else _built(name, found, shared, using)


def _built(name: str, found: Located, shared: Shared, using: tuple[str, ...]) -> Constraint:
    """A condition, made once; one that is too deep or too large is reported, and passes nothing."""
    if ("condition", name) in shared.built:
        made: Condition = shared.built["condition", name]
        return made
    condition, size, depth = Condition(name, NEVER), 1, 1
    message = f"the condition {name} uses others more than {DEEPEST_USE} deep"
    if len(using) < DEEPEST_USE:
        built = Condition(name, build_constraint(found, shared, (*using, name)))
        size, depth = _size(built.part, shared), 1 + _depth(built.part, shared)
        if size > LARGEST_CONDITION:
            message = f"the condition {name} stands for {size} constraints"
        elif depth <= DEEPEST_USE:
            condition, message = built, ""
    if message:
        shared.report(found.finding(TOO_MUCH.code, message))
        size = depth = 1
    shared.built["size", name], shared.built["depth", name] = size, depth
    shared.built["condition", name] = condition
    return condition


def _depth(constraint: Constraint, shared: Shared) -> int:
    """How deep the conditions are that a constraint uses."""
    if isinstance(constraint, Condition):
        depth: int = shared.built.get(("depth", constraint.name), 1)
        return depth
    return max((_depth(part, shared) for part in parts(constraint)), default=0)


def _size(constraint: Constraint, shared: Shared) -> int:
    """How many constraints one stands for, those of the conditions that it uses counted each time."""
    if isinstance(constraint, Condition):
        size: int = shared.built.get(("size", constraint.name), 1)
        return size
    return 1 + sum(_size(part, shared) for part in parts(constraint))


def _in_table(piece: Located, columns: tuple[str, ...], shared: Shared) -> Constraint:
    name: str = piece.content
    found = shared.wanted("tables", name, piece, "table")
    if found is None:
        return NEVER
    if ("table", name) not in shared.built:
        shared.built["table", name] = _rows(found, shared)
    rows: frozenset[tuple[str, ...]] = shared.built["table", name]
    width = len(next(iter(rows)))
    if len(columns) != width:
        message = f"the table {name} has {width} values a row, and {len(columns)} columns are given"
        shared.report(piece.finding(ROW_WIDTH.code, message))
        return NEVER
    return InTable(columns, name, rows)


def _rows(table: Located, shared: Shared) -> frozenset[tuple[str, ...]]:
    rows = [tuple(value.casefold() for value in row.texts()) for row in table["rows"].each()]
    width = len(rows[0])
    for row in table["rows"].each():
        if len(row.content) != width:
            message = f"the row has {len(row.content)} values, the rows before it have {width}"
            shared.report(row.finding(ROW_WIDTH.code, message))
            break
    return frozenset(row for row in rows if len(row) == width)
