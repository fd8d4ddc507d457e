"""Columns of a rule set: those derived from others, and other names of columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from asnforge.findings import FindingCode
from asnforge.rulefiles.build_constraints import CIRCULAR, build_constraint, checked_regex
from asnforge.rulefiles.build_types import (
    DIFFERENT_TYPES,
    NO_AMOUNTS_TO_COMPARE,
    UNREADABLE_LITERAL,
    checked_amount,
    checked_bound,
    checked_value,
    column_types,
    has_amounts,
)
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.yaml_document import TOO_LARGE, YamlNode
from asnforge.rules.amounts import is_number
from asnforge.rules.column_types import NUMBER, TEXT, ColumnType
from asnforge.rules.derived import Case, Derived
from asnforge.rules.units import ratio

AMBIGUOUS_NAME = FindingCode(
    "R209",
    "ambiguous column name",
    "Another name of a column, in the block columns, must belong to one column only: it cannot be the column itself, a derived "
    "column, a column with other names, or another name of two columns.",
    wrong="columns:\n  EXPTIME: {also: [EXPOSURE]}\n  DURATION: {also: [EXPOSURE]}",
    right="columns:\n  EXPTIME: {also: [EXPOSURE]}\n  DURATION: {also: [LENGTH]}",
)

DEEPEST_DERIVED = 16
"""The longest chain of derived columns."""


def build_derived(shared: SharedBlocks) -> dict[str, Derived]:
    """The derived columns of rule sets by name in lower case; problems are added to `shared`."""
    nodes = {name.casefold(): node for name, node in shared.entries("derived").items()}
    derived = {name: Derived(name, tuple(_cases(name, node, shared))) for name, node in nodes.items()}
    depths: dict[str, int] = {}
    for name in derived:
        for column, cycle in _check_depth(name, (), derived, depths):
            if cycle:
                message = "circular definition of derived column {column:quoted}: {cycle}"
                finding = nodes[column].finding(
                    CIRCULAR, message, "change what one of them reads", column=column, cycle=cycle
                )
            else:
                message = "derived column {column:quoted} is derived through more than {limit} others"
                finding = nodes[column].finding(TOO_LARGE, message, column=column, limit=DEEPEST_DERIVED)
            shared.add_finding(finding)
    return derived


def _cases(name: str, node: YamlNode, shared: SharedBlocks) -> Iterator[Case]:
    column_type = column_types(shared).get(name, TEXT)
    for case in node["cases"].items_list():
        when, value, copy, matching = case.get("when"), case.get("value"), case.get("copy"), case.get("matching")
        built = Case(
            when=build_constraint(when, shared) if when else None,
            value=_fixed_value(value, column_type, shared) if value is not None else "",
            copy=copy.value.casefold() if copy else None,
            matching=checked_regex(matching, shared) if matching else None,
        )
        if copy is None:
            yield built
            continue
        if matching is None:
            _check_conversion(copy, column_type, shared)
        yield _with_arithmetic(built, case, copy, shared)


def _check_conversion(copy: YamlNode, column_type: ColumnType, shared: SharedBlocks) -> None:
    """Add a problem to `shared` if the unit of a copied column measures something else than that of the derived column."""
    source = column_types(shared).get(copy.value.casefold(), TEXT)
    units = [source.unit, column_type.unit]
    if source.kind == column_type.kind == "number" and all(units) and ratio(*units) is None:
        message, column = "{column} is {type}, which cannot be converted to {unit}", copy.value.upper()
        shared.add_finding(
            copy.finding(DIFFERENT_TYPES, message, column=column, type=str(source), unit=column_type.unit)
        )


def _fixed_value(node: YamlNode, column_type: ColumnType, shared: SharedBlocks) -> str:
    """The value of a case, as the rule set spells it unless it is a value of a type."""
    text: str = node.value
    return text if column_type == TEXT else checked_value(node, column_type, shared)


def _with_arithmetic(case: Case, node: YamlNode, copy: YamlNode, shared: SharedBlocks) -> Case:
    """A case with what is added to the copied value, and by what it is divided."""
    column = copy.value.casefold()
    column_type = column_types(shared).get(column, TEXT)
    hours = int(node.value.get("plus_hours", "0"))
    plus, minus, divide_by = node.get("plus"), node.get("minus"), node.get("divide_by")
    if hours and column_type.kind == "time":
        text = f"{abs(hours)} h"
        case = replace(case, offset=Decimal(hours * 3600), plus=text * (hours > 0), minus=text * (hours < 0))
        hours = 0
    case = replace(case, plus_hours=hours)
    if plus is None and minus is None and divide_by is None:
        return case
    what = "it cannot be added to or divided"
    if not has_amounts((column,), column_type, what, copy, shared):
        return case
    for amount, sign in ((plus, 1), (minus, -1)):
        if amount is not None:
            case = replace(case, offset=case.offset + sign * checked_amount(amount, column_type, shared))
    return replace(
        case,
        plus=plus.value if plus is not None else case.plus,
        minus=minus.value if minus is not None else case.minus,
        divide_by=_divisor(divide_by, column, column_type, shared) if divide_by is not None else None,
    )


def _divisor(
    node: YamlNode, column: str, column_type: ColumnType, shared: SharedBlocks
) -> Decimal | tuple[str, ...] | None:
    """A number, or the columns of numbers, by which a column of numbers is divided."""
    if column_type.kind != "number":
        message = "{column} is {type}, which cannot be divided into whole numbers"
        finding = node.finding(NO_AMOUNTS_TO_COMPARE, message, column=column.upper(), type=str(column_type))
        shared.add_finding(finding)
        return None
    if is_number(node.value):
        number = checked_bound(node, NUMBER, shared)
        if number == number.to_integral_value() and number > 0:
            return number
        message, hint = "{value:quoted} is not a whole number from 1", "values are divided into whole numbers"
        shared.add_finding(node.finding(UNREADABLE_LITERAL, message, hint, value=node.value))
        return None
    names = [node] if isinstance(node.value, str) else list(node.items_list())
    divisors = tuple(name.value.casefold() for name in names)
    for name, divisor in zip(names, divisors, strict=True):
        if column_types(shared).get(divisor, TEXT).kind != "number":
            message = "{column} is not a number, so nothing can be divided by it"
            hint = "write type: number for it in the block columns"
            shared.add_finding(name.finding(NO_AMOUNTS_TO_COMPARE, message, hint, column=divisor.upper()))
    return divisors


def _check_depth(
    name: str, path: tuple[str, ...], derived: Mapping[str, Derived], depths: dict[str, int]
) -> Iterator[tuple[str, str]]:
    """Measure the chain of columns that a column is derived from; yield each problem as a column and its cycle, if any."""
    if name in path:
        yield name, " -> ".join((*path[path.index(name) :], name))
        return
    if name in depths:
        return
    inner = sorted(derived[name].columns_read() & derived.keys()) if len(path) <= DEEPEST_DERIVED else []
    for column in inner:
        yield from _check_depth(column, (*path, name), derived, depths)
    depths[name] = 1 + max((depths.get(column, 0) for column in inner), default=0)
    if len(path) + depths[name] > DEEPEST_DERIVED:
        yield name, ""
        depths[name] = 0


def build_other_names(shared: SharedBlocks, derived: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The other names of columns by the name that rules use, all in lower case; problems are added to `shared`.

    Parameters
    ----------
    shared : SharedBlocks
        The blocks of the rule sets.
    derived : collection of str
        The names of derived columns in lower case, which no pool has.
    """
    result: dict[str, tuple[str, ...]] = {}
    columns = shared.entries("columns")
    declared = {name.casefold() for name in columns}
    owners: dict[str, str] = {}
    for name, node in columns.items():
        if name.casefold() in derived:
            message = "{column:quoted} is a derived column, which pools do not have under any name"
            hint = "declare the columns that it is derived from"
            shared.add_finding(node.finding(AMBIGUOUS_NAME, message, hint, column=name))
        names = []
        also = node.get("also")
        for entry in also.items_list() if also is not None else ():
            other = entry.value.casefold()
            problem = _ambiguity(other, name, declared, derived, owners)
            if problem is None:
                owners[other] = name
                names.append(other)
            else:
                facts = {"column": name.upper(), "name": other.upper(), "owner": owners.get(other, "").upper()}
                shared.add_finding(entry.finding(AMBIGUOUS_NAME, *problem, **facts))
        if names:
            result[name.casefold()] = tuple(names)
    return result


def _ambiguity(
    other: str, name: str, declared: Collection[str], derived: Collection[str], owners: Mapping[str, str]
) -> tuple[str, str] | None:
    """The problem with another name of a column, as message and hint."""
    if other == name.casefold():
        return "{name} is listed as another name of itself", "delete it"
    if other in derived:
        return "{name} is a derived column, so it cannot be another name of {column}", "rename one of them"
    if other in declared:
        return "{name} has other names itself", f"list all of them under {name.upper()}"
    if other in owners:
        return "{name} is another name of both {owner} and {column}", "delete one of the two"
    return None
