"""Expected associations as one compact file, made to be read in a diff: a keyword a line, a member a line, always in order.

The file is YAML. It has what a comparison by meaning looks at and nothing else: no counters, versions, or constraints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import yaml

from asnforge.comparing.codes import COMPACT_FILE
from asnforge.comparing.model import KEYWORDS, Member, ReadAssociation, ReadProduct
from asnforge.comparing.naming import meaning_of_file_name, rule_name
from asnforge.findings import CannotContinue, Finding

ENDINGS = (".yaml", ".yml")

_HEADING = "# The associations expected of a pool. 'asnforge regress SUITE --accept' writes them anew.\n"
_KEYWORDS = ("asn_rule", "asn_type", "asn_id", "program", "target", "degraded_status")
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def write_compact(associations: Iterable[ReadAssociation]) -> bytes:
    """The text of a compact file, in UTF-8: the same bytes for the same associations in any order."""
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
        version_id = association.keywords.get("version_id")
        item["file_name"] = meaning_of_file_name(association.file_name, version_id)
    item["products"] = [_product(product) for product in association.products]
    return item


def _product(product: ReadProduct) -> dict[str, Any]:
    """A product with its members by exptype, science first."""
    members = sorted(product.members, key=lambda member: (member[1] != "science", member[1], member[0]))
    by_type = {exptype: [name for name, _ in some] for exptype, some in groupby(members, key=lambda member: member[1])}
    return {**({"name": product.name} if product.name else {}), "members": by_type}


def read_compact(data: bytes, file: str, folder: str = ".") -> tuple[ReadAssociation, ...]:
    """The associations of a compact file.

    Raises
    ------
    CannotContinue
        With one finding: it is no YAML, or not in the form that `write_compact` gives it.
    """
    try:
        root = yaml.compose(data, Loader=_Loader)
        return tuple(_association(node, file, folder) for node in _items(root))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        said = " ".join(part for part in (error.context, error.problem) if part)
        finding = Finding(COMPACT_FILE.code, f"is no YAML: {said}", file, line, column)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        finding = Finding(COMPACT_FILE.code, f"is no YAML: {' '.join(str(error).split())}", file)
    except _WrongNode as wrong:
        mark = wrong.node.start_mark
        hint = "let asnforge regress SUITE --accept write the file"
        finding = Finding(COMPACT_FILE.code, str(wrong), file, mark.line + 1, mark.column + 1, hint)
    raise CannotContinue(finding)


class _WrongNode(Exception):
    """A part of the file is not what it must be."""

    def __init__(self, node: yaml.Node, wanted: str) -> None:
        super().__init__(f"{wanted} must stand here")
        self.node = node


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    if node is None:
        return []
    if not isinstance(node, yaml.SequenceNode):
        raise _WrongNode(node, "a list")
    return list(node.value)


def _pairs(node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise _WrongNode(node, "keywords with values")
    for key, value in node.value:
        yield _text(key), value


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _WrongNode(node, "a text")
    return str(node.value)


def _association(node: yaml.Node, file: str, folder: str) -> ReadAssociation:
    keywords: dict[str, str] = {}
    products: list[ReadProduct] = []
    for name, value in _pairs(node):
        if name == "products":
            products = [_read_product(product) for product in _items(value)]
        elif name in (*KEYWORDS, "asn_id", "file_name"):
            keywords[name] = _text(value)
        else:
            raise _WrongNode(value, f"no '{name}', which is no keyword of a compact file,")
    if not products:
        raise _WrongNode(node, "an association with 'products'")
    file_name = keywords.pop("file_name", "")
    ordered = tuple(sorted(products, key=lambda product: (product.name or "", product.members)))
    return ReadAssociation(file, folder, file_name, keywords, ordered)


def _read_product(node: yaml.Node) -> ReadProduct:
    name: str | None = None
    members: list[Member] = []
    for key, value in _pairs(node):
        if key == "name":
            name = _text(value)
        elif key == "members":
            members = [(_text(item), exptype) for exptype, items in _pairs(value) for item in _items(items)]
        else:
            raise _WrongNode(value, f"no '{key}', which is no keyword of a product,")
    return ReadProduct(name, tuple(sorted(members)))
