"""Everything that differs between two associations, whether it means something or not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from asnforge.compare.model import Change, ReadAssociation


def strict_changes(expected: ReadAssociation, actual: ReadAssociation) -> Iterator[Change]:
    """File names, every keyword of association, product and member, and the order of products and members.

    What a comparison by meaning reports of members and product names is left to it.
    """
    if expected.file_name != actual.file_name and expected.file_name and actual.file_name:
        yield Change("file_name", expected.file_name, actual.file_name)
    if expected.raw is None or actual.raw is None:
        yield from _keyword_changes(expected.keywords, actual.keywords, set())
        return
    yield from _keyword_changes(expected.raw, actual.raw, {"products"})
    one, other = expected.raw["products"], actual.raw["products"]
    if len(one) != len(other):
        return
    if [p.get("name") for p in one] != [p.get("name") for p in other] and expected.names == actual.names:
        yield Change("product_order", _names(one), _names(other))
    for before, after in zip(one, other, strict=True):
        several = (before.get("name") or "") if len(one) > 1 else ""
        yield from _keyword_changes(before, after, {"members", "name"}, product=several)
        yield from _member_changes(before["members"], after["members"], several)


def _member_changes(expected: list[dict[str, Any]], actual: list[dict[str, Any]], product: str) -> Iterator[Change]:
    before = [(member["expname"], member["exptype"]) for member in expected]
    after = [(member["expname"], member["exptype"]) for member in actual]
    if before != after and sorted(before) == sorted(after):
        yield Change("member_order", ", ".join(n for n, _ in before), ", ".join(n for n, _ in after), product=product)
    others = dict(zip(after, actual, strict=True))
    for key, member in zip(before, expected, strict=True):
        if key in others:
            yield from _keyword_changes(member, others[key], {"expname", "exptype"}, member=key[0], product=product)


def _keyword_changes(
    expected: Mapping[str, Any], actual: Mapping[str, Any], apart_from: set[str], **place: str
) -> Iterator[Change]:
    for name in sorted((expected.keys() | actual.keys()) - apart_from):
        if name not in expected or name not in actual or expected[name] != actual[name]:
            both_text = isinstance(expected.get(name, ""), str) and isinstance(actual.get(name, ""), str)
            yield Change(name, _shown(expected, name, both_text), _shown(actual, name, both_text), **place)


def _shown(content: Mapping[str, Any], name: str, plain: bool) -> str | None:
    """A value as text; None where the keyword is absent, which is another thing than null."""
    if name not in content:
        return None
    return content[name] if plain else json.dumps(content[name], sort_keys=True)


def _names(products: list[dict[str, Any]]) -> str:
    return ", ".join(str(product.get("name")) for product in products)
