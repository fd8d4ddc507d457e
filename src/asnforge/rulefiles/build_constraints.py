"""Constraints from their nodes in a rule file."""

from __future__ import annotations

from collections.abc import Sequence

from asnforge.findings import FindingCode
from asnforge.rulefiles.build_types import checked_bound, checked_value, column_types, has_amounts, type_of
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.yaml_document import TOO_LARGE, YamlNode
from asnforge.rules.candidate_values import CandidateValue
from asnforge.rules.column_types import TEXT, ColumnType
from asnforge.rules.constraints import (
    COMPARISONS,
    AllOf,
    AnyOf,
    Bounded,
    Condition,
    Constraint,
    Defined,
    InTable,
    Matches,
    Not,
    OneOf,
    parts,
)
from asnforge.rules.regex import MATCHES_NOTHING, regex_problem

CIRCULAR = FindingCode(
    "R202",
    "circular definition",
    "A condition that uses itself, or a derived column that reads itself, directly or through others, cannot be evaluated.",
    wrong="conditions:\n  calm: {not: {use: calm}}",
    right="conditions:\n  calm: {not: {column: WIND, is: gale}}",
)
INVALID_REGEX = FindingCode(
    "R203",
    "invalid regular expression",
    "Regular expressions are matched by RE2, in a time that grows linearly with the length of the value: "
    "https://github.com/google/re2/wiki/Syntax. It has no references to groups and no flags (case is always ignored), and no "
    "lookahead or lookbehind: use all, any and not in the rule instead. \\d, \\w, \\s and \\b are ASCII only; \\pL is "
    "any letter. Put the expression in single quotes, so that YAML does not change backslashes.",
    wrong="select:\n  seeing: {column: SEEING, matches: '(?!0).*'}",
    right="select:\n  seeing: {not: {column: SEEING, matches: '0.*'}}",
)
ROW_LENGTH = FindingCode(
    "R204",
    "table row of the wrong length",
    "Each row of a table has one value for each column of the constraint that uses the table, in the same order.",
    wrong="tables:\n  paths: {rows: [[g, east], [r]]}",
    right="tables:\n  paths: {rows: [[g, east], [r, west]]}",
)

DEEPEST_USE = 8
"""The longest chain of conditions that use each other."""

LARGEST_CONDITION = 2_000
"""The largest number of constraints in a condition, with those of the conditions that it uses."""

NEVER = AnyOf(())
"""Replaces a constraint that could not be built; the problem itself is among the findings."""


def build_constraint(node: YamlNode, shared: SharedBlocks, using: tuple[str, ...] = ()) -> Constraint:
    """A constraint from its node, which matches the schema; problems are added to `shared`.

    Parameters
    ----------
    node : YamlNode
        The constraint.
    shared : SharedBlocks
        The conditions and tables.
    using : tuple of str
        The conditions that this constraint is part of, to detect a condition that uses itself.
    """
    content = node.value
    if "all" in content:
        return AllOf(tuple(build_constraint(part, shared, using) for part in node["all"].items_list()))
    if "any" in content:
        return AnyOf(tuple(build_constraint(part, shared, using) for part in node["any"].items_list()))
    if "not" in content:
        return Not(build_constraint(node["not"], shared, using))
    if "use" in content:
        return _use(node["use"], shared, using)
    columns = column_names(node)
    if "table" in content:
        return _in_table(node["table"], columns, shared)
    if "defined" in content:
        return Defined(columns, content["defined"] == "yes")
    if "matches" in content:
        return Matches(columns, checked_regex(node["matches"], shared))
    column_type = type_of(columns, node, shared)
    if not COMPARISONS.keys().isdisjoint(content):
        return _bounded(columns, column_type, node, shared)
    values = (node["is"],) if "is" in content else node["in"].items_list()
    return OneOf(columns, tuple(dict.fromkeys(checked_value(value, column_type, shared) for value in values)))


def _bounded(columns: tuple[str, ...], column_type: ColumnType, node: YamlNode, shared: SharedBlocks) -> Constraint:
    """One comparison, or two that must both pass."""
    if not has_amounts(columns, column_type, "its values cannot be compared by size", node, shared):
        return NEVER
    bounds = [
        Bounded(columns, comparison, checked_bound(bound, column_type, shared), bound.value, column_type)
        for comparison in COMPARISONS
        if (bound := node.get(comparison)) is not None
    ]
    return bounds[0] if len(bounds) == 1 else AllOf(tuple(bounds))


def column_names(node: YamlNode) -> tuple[str, ...]:
    """The columns under ``column`` or ``columns``, in lower case."""
    names = (node.value["column"],) if "column" in node.value else node.value["columns"]
    return tuple(name.casefold() for name in names)


def checked_regex(node: YamlNode, shared: SharedBlocks) -> str:
    """A regular expression; an invalid one is replaced by one that matches nothing, and its problem added to `shared`."""
    pattern: str = node.value
    problem = regex_problem(pattern)
    if problem is None:
        return pattern
    message = "regular expression {pattern:quoted} {problem}"
    shared.add_finding(node.finding(INVALID_REGEX, message, problem.hint, pattern=pattern, problem=problem.message))
    return MATCHES_NOTHING


def build_candidate_value(node: YamlNode, column_type: ColumnType, shared: SharedBlocks) -> CandidateValue:
    """The value of a key in the scopes of some candidates, as a column of this type spells it."""
    pattern = checked_regex(node["candidate_id"], shared)
    value = checked_value(node["value"], column_type, shared)
    return CandidateValue(pattern, node.value["candidate_type"].casefold(), value)


def check_conditions(shared: SharedBlocks) -> None:
    """Build every condition, even if no rule uses it, so that all problems are found."""
    for name, node in shared.entries("conditions").items():
        _condition(name, node, shared, ())


def _use(node: YamlNode, shared: SharedBlocks, using: tuple[str, ...]) -> Constraint:
    name: str = node.value
    if name in using:
        cycle = " -> ".join((*using[using.index(name) :], name))
        message = "circular definition of condition {condition:quoted}: {cycle}"
        shared.add_finding(node.finding(CIRCULAR, message, "remove one use", condition=name, cycle=cycle))
        return NEVER
    condition = shared.require("conditions", name, node, "condition")
    return NEVER if condition is None else _condition(name, condition, shared, using)


def _condition(name: str, node: YamlNode, shared: SharedBlocks, using: tuple[str, ...]) -> Constraint:
    """A condition, built only once; a condition that is too deep or too large is reported, and no exposure passes it."""
    if ("condition", name) in shared.built:
        known: Condition = shared.built["condition", name]
        return known
    condition, size, depth = Condition(name, NEVER), 1, 1
    problem = "condition {condition:quoted} uses others more than {limit} levels deep"
    limit = DEEPEST_USE
    if len(using) < DEEPEST_USE:
        built = Condition(name, build_constraint(node, shared, (*using, name)))
        size, depth = _size(built.part, shared), 1 + _depth(built.part, shared)
        if size > LARGEST_CONDITION:
            problem = "condition {condition:quoted} expands to {size} constraints; the limit is {limit}"
            limit = LARGEST_CONDITION
        elif depth <= DEEPEST_USE:
            condition, problem = built, ""
    if problem:
        shared.add_finding(node.finding(TOO_LARGE, problem, condition=name, size=size, limit=limit))
        size = depth = 1
    shared.built["size", name], shared.built["depth", name] = size, depth
    shared.built["condition", name] = condition
    return condition


def _depth(constraint: Constraint, shared: SharedBlocks) -> int:
    """How deeply the conditions that a constraint uses are nested."""
    if isinstance(constraint, Condition):
        depth: int = shared.built.get(("depth", constraint.name), 1)
        return depth
    return max((_depth(part, shared) for part in parts(constraint)), default=0)


def _size(constraint: Constraint, shared: SharedBlocks) -> int:
    """The number of constraints in a constraint, with those of the conditions that it uses."""
    if isinstance(constraint, Condition):
        size: int = shared.built.get(("size", constraint.name), 1)
        return size
    return 1 + sum(_size(part, shared) for part in parts(constraint))


def _in_table(node: YamlNode, columns: tuple[str, ...], shared: SharedBlocks) -> Constraint:
    name: str = node.value
    table = shared.require("tables", name, node, "table")
    if table is None:
        return NEVER
    types = tuple(column_types(shared).get(column, TEXT) for column in columns)
    length = len(table.value["rows"][0])
    if len(columns) != length:
        message = "table {table:quoted} has {length:value} per row, but the constraint has {columns:column}"
        shared.add_finding(node.finding(ROW_LENGTH, message, table=name, length=length, columns=len(columns)))
        return NEVER
    if ("table", name, types) not in shared.built:
        shared.built["table", name, types] = _rows(table, types, shared)
    rows: frozenset[tuple[str, ...]] = shared.built["table", name, types]
    return InTable(columns, name, rows)


def _rows(table: YamlNode, types: Sequence[ColumnType], shared: SharedBlocks) -> frozenset[tuple[str, ...]]:
    """The rows of a table, read as columns of these types spell their values."""
    rows = []
    has_types = any(column_type != TEXT for column_type in types)
    for row in table["rows"].items_list():
        if len(row.value) != len(types):
            message = "the row has {length:value}, but the first row has {expected}"
            shared.add_finding(row.finding(ROW_LENGTH, message, length=len(row.value), expected=len(types)))
            break
        if has_types:
            rows.append(tuple(checked_value(*pair, shared) for pair in zip(row.items_list(), types, strict=True)))
        else:
            rows.append(tuple(map(str.casefold, row.strings())))
    return frozenset(rows)
