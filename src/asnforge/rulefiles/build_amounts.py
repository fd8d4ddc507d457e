"""Amounts from their nodes in a rule file."""

from __future__ import annotations

from decimal import Decimal

from asnforge.rulefiles.build_constraints import column_names
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.attachment import NOTHING, Amount, ColumnAmount, FixedAmount

_UNITS: dict[str, Decimal | int] = {
    "s": 1,
    "min": 60,
    "h": 3600,
    "d": 86400,
    "arcsec": Decimal(1) / 3600,
    "arcmin": Decimal(1) / 60,
    "deg": 1,
}


def build_amount(node: YamlNode | None) -> Amount:
    """An amount for a comparison of columns; 0 without a node."""
    if node is None:
        return NOTHING
    if isinstance(node.value, dict):
        return ColumnAmount(column_names(node))
    number, _, unit = node.value.partition(" ")
    return FixedAmount(Decimal(number) * _UNITS.get(unit, 1), node.value)
