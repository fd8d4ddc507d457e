"""Keys that group exposures by the entries of lists, or by the gaps between values or positions, from rule files."""

from __future__ import annotations

from decimal import Decimal

from asnforge.findings import FindingCode
from asnforge.rulefiles.build_constraints import column_names
from asnforge.rulefiles.build_types import DEFAULT_SEPARATOR, checked_amount, column_types, has_amounts, type_of
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.column_types import TEXT, ColumnType
from asnforge.rules.rule import Gap

NOT_A_LIST = FindingCode(
    "R295",
    "column without lists",
    "A key with each puts an exposure into one group for each entry of a list, so that its column must have lists. Declare the "
    "column's type in the block columns.",
    wrong="group_by:\n  tile: {each: TILES}\n---\ncolumns:\n  TILES: {}",
    right="group_by:\n  tile: {each: TILES}\n---\ncolumns:\n  TILES: {type: list, separator: ','}",
)
NOT_A_POSITION = FindingCode(
    "R296",
    "position without angles",
    "A position is the right ascension and the declination, in this order. Both columns must have angles: declare it in the "
    "block columns.",
    wrong="group_by:\n  pointing: {position: [RA, DEC], gap: 10 arcmin}\n---\ncolumns:\n  RA: {}\n  DEC: {}",
    right="group_by:\n  pointing: {position: [RA, DEC], gap: 10 arcmin}\n---\n"
    "columns:\n  RA: {type: angle}\n  DEC: {type: angle}",
)

_POSITION = ColumnType("angle", "deg")


def columns_of_key(node: YamlNode) -> tuple[str, ...]:
    """The columns of a key, in lower case: those of which the first defined one is read, one with lists, or a position."""
    if "each" in node.value:
        return (node.value["each"].casefold(),)
    if "position" in node.value:
        return tuple(map(str.casefold, node["position"].strings()))
    return column_names(node)


def entry_separator(node: YamlNode, shared: SharedBlocks) -> str:
    """The separator of the column of a key with ``each``; the empty string for any other key."""
    each = node.get("each")
    if each is None:
        return ""
    column_type = column_types(shared).get(each.value.casefold(), TEXT)
    if column_type.kind != "list":
        message, hint = "{column} is {type}, so it has no entries", "declare it in the block columns: {type: list}"
        shared.add_finding(each.finding(NOT_A_LIST, message, hint, column=each.value.upper(), type=str(column_type)))
        return DEFAULT_SEPARATOR
    return column_type.separator


def check_position(node: YamlNode, shared: SharedBlocks) -> bool:
    """Whether the columns of a position are angles; for each that is not, a problem is added to `shared`."""
    are_angles = True
    for column in node.items_list():
        column_type = column_types(shared).get(column.value.casefold(), TEXT)
        if column_type.kind != "angle":
            message, hint = "{column} is {type}, not an angle", "declare it in the block columns: {type: angle}"
            facts = {"column": column.value.upper(), "type": str(column_type)}
            shared.add_finding(column.finding(NOT_A_POSITION, message, hint, **facts))
            are_angles = False
    return are_angles


def build_gap(node: YamlNode, shared: SharedBlocks) -> Gap | None:
    """The gap of a key, if it has one; problems are added to `shared`."""
    gap, position = node.get("gap"), node.get("position")
    if gap is None:
        return None
    if position is not None:
        check_position(position, shared)
        return Gap(checked_amount(gap, _POSITION, shared), gap.value, is_position=True)
    columns = columns_of_key(node)
    column_type = type_of(columns, node, shared)
    if not has_amounts(columns, column_type, "its values have no gaps", node, shared):
        return Gap(Decimal(0), gap.value)
    return Gap(checked_amount(gap, column_type, shared), gap.value)
