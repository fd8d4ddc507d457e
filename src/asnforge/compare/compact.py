"""Expected associations in one compact YAML file, for readable diffs: one keyword or member per line, in a fixed order.

The file has only what is compared: no counters, versions or constraints.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import yaml

from asnforge.asnfiles.read_text import decode
from asnforge.compare.model import Member, ReadAssociation, ReadProduct, sort_products
from asnforge.compare.normalize import rule_name
from asnforge.findings import FindingCode, InputError
from asnforge.rulefiles.check_schema import check_schema, with_code
from asnforge.rulefiles.yaml_document import parse_yaml_text

COMPACT_FILE = FindingCode(
    "C103",
    "invalid compact file of associations",
    "A compact file is YAML: a list of associations with their keywords and products, each product with its members by "
    "exptype. 'asnforge regress SUITE --accept' writes it.",
    wrong="- asn_type: stack",
    right="- asn_type: stack\n  products:\n  - members:\n      science: [a_flat.fits]",
)

COMPACT_SUFFIXES = (".yaml", ".yml")

_HEADING = "# The associations expected of a pool. 'asnforge regress SUITE --accept' rewrites them.\n"
_KEYWORDS = ("asn_rule", "asn_type", "asn_id", "asn_pool", "program", "target", "degraded_status")
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def write_compact(associations: Iterable[ReadAssociation]) -> bytes:
    """The bytes of a compact file, independent of the order of the associations."""
    items = sorted((_item(association) for association in associations), key=repr)
    if not items:
        return (_HEADING + "[]\n").encode()
    return (_HEADING + "\n".join(map(_item_text, items))).encode()


def _item_text(item: dict[str, Any]) -> str:
    return yaml.dump(
        [item], Dumper=_Dumper, sort_keys=False, default_flow_style=False, allow_unicode=True, width=1_000_000
    )


def _item(association: ReadAssociation) -> dict[str, Any]:
    keywords = {name: association.keywords[name] for name in _KEYWORDS if name in association.keywords}
    if "asn_rule" in keywords:
        keywords["asn_rule"] = rule_name(keywords["asn_rule"])
    item: dict[str, Any] = dict(keywords)
    if association.file_name:
        item["file_name"] = association.stable_file_name
    item["products"] = [_product(product) for product in association.products]
    return item


def _product(product: ReadProduct) -> dict[str, Any]:
    """A product with its members by exptype, science first."""
    members = sorted(product.members, key=lambda member: (member[1] != "science", member[1], member[0]))
    by_type = {
        exptype: [name for name, _ in same_type]
        for exptype, same_type in groupby(members, key=lambda member: member[1])
    }
    return {**({"name": product.name} if product.name else {}), "members": by_type}


def read_compact(data: bytes, file: str, folder: str = ".") -> tuple[ReadAssociation, ...]:
    """The associations of a compact file.

    Raises
    ------
    InputError
        The file is invalid YAML or does not match the schema; with all problems.
    """
    text, _ = decode(data, file)
    try:
        document = parse_yaml_text(text, file)
        if problems := check_schema(document, "compact"):
            raise InputError(*problems)
    except InputError as stop:
        raise with_code(stop, COMPACT_FILE) from stop
    return tuple(_association(item, file, folder) for item in document.value)


def _association(item: dict[str, Any], file: str, folder: str) -> ReadAssociation:
    keywords = {name: value for name, value in item.items() if name not in ("products", "file_name")}
    return ReadAssociation(
        file, folder, item.get("file_name", ""), keywords, sort_products(map(_read_product, item["products"]))
    )


def _read_product(item: dict[str, Any]) -> ReadProduct:
    members: list[Member] = [
        (expname, exptype) for exptype, expnames in item.get("members", {}).items() for expname in expnames
    ]
    return ReadProduct(item.get("name"), tuple(sorted(members)))
