"""Expected associations as one compact file, made to be read in a diff: a keyword a line, a member a line, always in order.

The file is YAML. It has what is compared and nothing else: no counters, versions, or constraints.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import groupby
from typing import Any

import yaml

from asnforge.asnfiles.read_text import decode
from asnforge.compare.model import Member, ReadAssociation, ReadProduct
from asnforge.compare.normalize import rule_name
from asnforge.findings import Finding, FindingCode, InputError, quoted
from asnforge.rulefiles.yaml_nodes import Builder, Path_

COMPACT_FILE = FindingCode(
    "C103",
    "invalid compact file of associations",
    "A compact file is YAML: a list of associations with their keywords and products, each product with its members by "
    "exptype. 'asnforge regress SUITE --accept' writes it.",
    wrong="- asn_type: stack",
    right="- asn_type: stack\n  products:\n  - members:\n      science: [a_flat.fits]",
)

ENDINGS = (".yaml", ".yml")

_HEADING = "# The associations expected of a pool. 'asnforge regress SUITE --accept' writes them anew.\n"
_KEYWORDS = ("asn_rule", "asn_type", "asn_id", "asn_pool", "program", "target", "degraded_status")
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_HINT = "let 'asnforge regress SUITE --accept' write the file"


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
        item["file_name"] = association.stable_file_name
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
    InputError
        With one finding: it is no YAML, or not in the form that `write_compact` gives it.
    """
    text, _ = decode(data, file)
    builder = Builder(file)
    try:
        content = builder.build(text)
        return tuple(_association(item, (place,), file, folder) for place, item in enumerate(_list(content, ())))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        said = " ".join(part for part in (error.context, error.problem) if part)
        finding = Finding(COMPACT_FILE.code, f"is no YAML: {said}", file, line, column)
    except yaml.YAMLError as error:
        finding = Finding(COMPACT_FILE.code, f"is no YAML: {' '.join(str(error).split())}", file)
    except InputError as stop:
        finding = replace(stop.findings[0], code=COMPACT_FILE.code, hint=_HINT)
    except _WrongValue as wrong:
        finding = Finding(COMPACT_FILE.code, str(wrong), file, *builder.values[wrong.path], _HINT)
    raise InputError(finding)


class _WrongValue(Exception):
    """A part of the file is not what it must be."""

    def __init__(self, path: Path_, message: str) -> None:
        super().__init__(message)
        self.path = path


def _list(value: Any, path: Path_) -> list[Any]:
    if not isinstance(value, list):
        raise _WrongValue(path, "a list must stand here")
    return value


def _keywords(value: Any, path: Path_, known: Collection[str] | None = None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _WrongValue(path, "keywords with values must stand here")
    for name in value:
        if known is not None and name not in known:
            raise _WrongValue((*path, name), f"{quoted(name)} is no keyword of a compact file")
    return value


def _text(value: Any, path: Path_) -> str:
    if not isinstance(value, str):
        raise _WrongValue(path, "a text must stand here")
    return value


def _association(item: Any, path: Path_, file: str, folder: str) -> ReadAssociation:
    content = _keywords(item, path, (*_KEYWORDS, "file_name", "products"))
    if "products" not in content:
        raise _WrongValue(path, "an association with 'products' must stand here")
    texts = {name: _text(value, (*path, name)) for name, value in content.items() if name != "products"}
    below: Path_ = (*path, "products")
    products = [_read_product(one, (*below, place)) for place, one in enumerate(_list(content["products"], below))]
    file_name = texts.pop("file_name", "")
    ordered = tuple(sorted(products, key=lambda product: (product.name or "", product.members)))
    return ReadAssociation(file, folder, file_name, texts, ordered)


def _read_product(value: Any, path: Path_) -> ReadProduct:
    content = _keywords(value, path, ("name", "members"))
    name = _text(content["name"], (*path, "name")) if "name" in content else None
    below: Path_ = (*path, "members")
    members: list[Member] = [
        (_text(expname, (*below, exptype, place)), exptype)
        for exptype, expnames in _keywords(content.get("members", {}), below).items()
        for place, expname in enumerate(_list(expnames, (*below, exptype)))
    ]
    return ReadProduct(name, tuple(sorted(members)))
