"""Amounts from their nodes in a rule file: how far values of a column may be from each other."""

from __future__ import annotations

from decimal import Decimal

from asnforge.rulefiles.build_constraints import column_names
from asnforge.rulefiles.build_types import checked_amount, checked_amount_text, has_amounts, type_of
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.attachment import NOTHING, Amount, ColumnAmount, FixedAmount
from asnforge.rules.column_types import ColumnType


def build_amount(node: YamlNode, column_type: ColumnType, shared: SharedBlocks) -> Amount:
    """An amount for values of a type; problems are added to `shared`."""
    if not column_type.has_amounts:
        return NOTHING
    if not isinstance(node.value, dict):
        return FixedAmount(checked_amount(node, column_type, shared), node.value)
    columns = column_names(node)
    given = type_of(columns, node, shared)
    factor = Decimal(1)
    if has_amounts(columns, given, "it gives no amount", node, shared) and given.kind != "angle":
        factor = checked_amount_text(f"1 {given.unit}".strip(), node, column_type, shared)
    return ColumnAmount(columns, factor)
