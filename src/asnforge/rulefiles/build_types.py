"""The types of columns from rule files, and the values and amounts of rules read with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeVar

from asnforge.findings import FindingCode
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.amounts import Unreadable, read_amount, read_bound, read_value
from asnforge.rules.column_types import TEXT, ColumnType, Kind
from asnforge.rules.units import ARCSEC, is_unit, ratio

INVALID_TYPE = FindingCode(
    "R260",
    "contradictory column type",
    "A number can have a unit, and so can an angle, for cells that are numbers without one; a list has a separator. Texts and "
    "times have neither. Units have astropy's names: https://docs.astropy.org/en/stable/units.",
    wrong="columns:\n  EXPTIME: {type: text, unit: s}",
    right="columns:\n  EXPTIME: {type: number, unit: s}",
)
UNREADABLE_LITERAL = FindingCode(
    "R261",
    "value that is not of the column's type",
    "A value in a rule is read like the cells of the column: a number, a time, an angle or a list. An amount, such as 14 d, "
    "is not negative, and its unit measures what the column does.",
    wrong="conditions:\n  long: {column: EXPTIME, at_least: 5 m}\ncolumns:\n  EXPTIME: {type: number, unit: s}",
    right="conditions:\n  long: {column: EXPTIME, at_least: 5 min}\ncolumns:\n  EXPTIME: {type: number, unit: s}",
)
NO_AMOUNTS_TO_COMPARE = FindingCode(
    "R262",
    "column without amounts",
    "Only numbers, times and angles can be compared by size, added or divided, because other values are strings, of which 9 "
    "comes after 10. Declare the column's type in the block columns, or in the definition of a derived column.",
    wrong="conditions:\n  long: {column: EXPTIME, at_least: 10}\ncolumns:\n  EXPTIME: {}",
    right="conditions:\n  long: {column: EXPTIME, at_least: 10}\ncolumns:\n  EXPTIME: {type: number, unit: s}",
)
DIFFERENT_TYPES = FindingCode(
    "R263",
    "columns of different types",
    "Columns of which the first that is defined gives the value must have the same type, and numbers the same unit, because "
    "there is no telling how their values compare otherwise.",
    wrong="conditions:\n  long: {columns: [EXPTIME, TEXP], at_least: 10}\ncolumns:\n  EXPTIME: {type: number}\n  TEXP: {}",
    right="conditions:\n  long: {columns: [EXPTIME, TEXP], at_least: 10}\ncolumns:\n  EXPTIME: {type: number}\n"
    "  TEXP: {type: number}",
)
NOT_TEXT = FindingCode(
    "R264",
    "column that must be text",
    "The file names of exposures, their lists of candidates and their exptypes are read as they are written, so their columns "
    "have no type.",
    wrong="columns:\n  FILE: {type: number}",
    right="columns:\n  FILE: {also: [FILENAME]}",
)

DEFAULT_SEPARATOR = ","

_T = TypeVar("_T")


def column_types(shared: SharedBlocks) -> Mapping[str, ColumnType]:
    """The types of all columns that declare one, by name in lower case; problems are added to `shared`, once."""
    if "column types" not in shared.built:
        declared = {**shared.entries("columns"), **shared.entries("derived")}
        shared.built["column types"] = {
            name.casefold(): _column_type(node, shared) for name, node in declared.items() if _declares_type(node)
        }
    types: Mapping[str, ColumnType] = shared.built["column types"]
    return types


def check_text_columns(columns: Iterable[str | None], shared: SharedBlocks) -> None:
    """Add a problem to `shared` for each of some columns that has a type other than text."""
    for block in ("columns", "derived"):
        for name, node in shared.entries(block).items():
            column_type = column_types(shared).get(name.casefold(), TEXT)
            if name.casefold() in columns and column_type.kind != "text":
                message, hint = "{column} must be text, but is {type}", "delete its type"
                finding = node.finding(NOT_TEXT, message, hint, column=name, type=str(column_type))
                shared.add_finding(finding)


def type_of(columns: Iterable[str], at: YamlNode, shared: SharedBlocks) -> ColumnType:
    """The type of columns of which the first that is defined is read; different types are added to the findings at a node."""
    names = list(dict.fromkeys(columns))
    types = column_types(shared)
    first = types.get(names[0], TEXT)
    for name in names[1:]:
        other = types.get(name, TEXT)
        if not first.is_comparable(other):
            message = "{first} is {first_type}, but {other} is {other_type}"
            facts = {
                "first": names[0].upper(),
                "first_type": str(first),
                "other": name.upper(),
                "other_type": str(other),
            }
            hint = "declare the same type for both, in the block columns"
            shared.add_finding(at.finding(DIFFERENT_TYPES, message, hint, **facts))
            break
    return first


def checked_value(node: YamlNode, column_type: ColumnType, shared: SharedBlocks) -> str:
    """A value of a rule as the column spells it, in lower case; problems are added to `shared`."""
    text: str = node.value
    if text.casefold() in map(str.casefold, undefined.strings() if (undefined := shared.block("undefined")) else ()):
        return text.casefold()
    return _checked(read_value(text, column_type), text.casefold(), node, shared)


def checked_bound(node: YamlNode, column_type: ColumnType, shared: SharedBlocks) -> Decimal:
    """The amount of a value of a rule; problems are added to `shared`."""
    return _checked(read_bound(node.value, column_type), Decimal(0), node, shared)


def checked_amount(node: YamlNode, column_type: ColumnType, shared: SharedBlocks) -> Decimal:
    """How far apart values of a column are, such as ``14 d``, in the unit of its amounts; problems are added to `shared`."""
    return checked_amount_text(node.value, node, column_type, shared)


def checked_amount_text(text: str, at: YamlNode, column_type: ColumnType, shared: SharedBlocks) -> Decimal:
    """The same for an amount that is not written as it is; problems are those of the node `at`."""
    return _checked(read_amount(text, column_type), Decimal(0), at, shared)


def _checked(value: _T | Unreadable, default: _T, node: YamlNode, shared: SharedBlocks) -> _T:
    if isinstance(value, Unreadable):
        shared.add_finding(node.finding(UNREADABLE_LITERAL, value.message, value.hint, **value.details))
        return default
    return value


def has_amounts(columns: Iterable[str], column_type: ColumnType, what: str, at: YamlNode, shared: SharedBlocks) -> bool:
    """Whether columns are of a type with amounts; if not, a problem is added to `shared`. `what` is what needs them."""
    if not column_type.has_amounts:
        message = "{columns} is {type}, so {what}"
        hint = "declare its type, such as number, in the block columns"
        names = " or ".join(map(str.upper, columns))
        shared.add_finding(
            at.finding(NO_AMOUNTS_TO_COMPARE, message, hint, columns=names, type=str(column_type), what=what)
        )
    return column_type.has_amounts


def _declares_type(node: YamlNode) -> bool:
    return not {"type", "unit", "separator"}.isdisjoint(node.value)


def _column_type(node: YamlNode, shared: SharedBlocks) -> ColumnType:
    kind: Kind = node.value.get("type", "text")
    unit, separator = node.get("unit"), node.get("separator")
    problem, hint = _unit_problem(kind, unit.value) if unit is not None else ("", "")
    if unit is not None and problem:
        shared.add_finding(unit.finding(INVALID_TYPE, problem, hint, unit=unit.value))
    if separator is not None and kind != "list":
        hint = "write type: list, or delete it"
        shared.add_finding(separator.finding(INVALID_TYPE, "only a list has a separator", hint))
    return ColumnType(
        kind,
        unit.value if unit is not None and not problem else "",
        (separator.value if separator is not None else DEFAULT_SEPARATOR) if kind == "list" else "",
    )


def _unit_problem(kind: Kind, unit: str) -> tuple[str, str]:
    """What is wrong with a column's unit, and what to write instead; empty if nothing is."""
    if kind not in ("number", "angle"):
        return f"{'text' if kind == 'text' else f'a {kind}'} has no unit", "write type: number, or delete the unit"
    if not is_unit(unit):
        return "{unit:quoted} is not a unit that astropy knows", "write a unit such as s, min, deg or Jy"
    if kind == "angle" and ratio(unit, ARCSEC) is None:
        return "{unit:quoted} is not a unit of angles", "write deg, hour, rad, arcmin or arcsec"
    return "", ""
