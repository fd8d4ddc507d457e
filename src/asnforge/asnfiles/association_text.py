"""The text of association files (docs/format.md): members as JSON are made once, and joined for each association."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from asnforge.associations.conflicts import BREAKS_SCHEMA
from asnforge.associations.member_cache import CachedMembers
from asnforge.associations.member_texts import join_members
from asnforge.associations.model import Association, Product
from asnforge.findings import InputError
from asnforge.json_schema import is_valid

_NO_PRODUCTS = b"[]\n}"
"""The end of an association without products."""

_PLAIN = frozenset({str, type(None)})
_MEMBER = ("expname", "exptype", "exposerr", "asn_candidate")

_Texts = tuple[str | None, ...]
_ProductOutline = tuple[str, tuple[_Texts, ...]]
"""The name and the members of a product; for both, see `_is_outline_valid`."""


def encode(association: Association) -> bytes:
    """An association as the bytes of its file (docs/format.md)."""
    return _encode(association.keywords(), association.products)


def encode_all(associations: Iterable[Association], folder: Path) -> Iterator[tuple[Association, bytes]]:
    """Each association with the bytes of its file in a folder; `InputError` if one does not pass the schema ``generated``."""
    for association in associations:
        keywords, products = association.keywords(), association.products
        data = _encode(keywords, products)
        if not _passes_schema(association, keywords):
            path = str(folder / association.file_name)
            raise InputError(BREAKS_SCHEMA.finding("the association does not pass the schema", path))
        yield association, data


def _encode(keywords: dict[str, Any], products: Sequence[Product]) -> bytes:
    import msgspec

    text = msgspec.json.format(msgspec.json.encode({**keywords, "products": []}), indent=4)
    if not products:
        return text + b"\n"
    pieces = [text.removesuffix(_NO_PRODUCTS), b"[\n"]
    for product in products:
        name = msgspec.json.encode(product.name)
        pieces.append(b'        {\n            "name": %b,\n            "members": [' % name)
        members = _members(product)
        pieces += (b"\n", *members, b"\n            ]\n        }") if members else (b"]\n        }",)
        pieces.append(b",\n")
    pieces[-1] = b"\n    ]\n}\n"
    return b"".join(pieces)


def _members(product: Product) -> list[bytes]:
    members = product.members
    return members.texts() if isinstance(members, CachedMembers) else join_members(members)


def _passes_schema(association: Association, keywords: dict[str, Any]) -> bool:
    """Whether an association whose text was made matches the schema, which is checked once for all that are alike."""
    outlines = [_outline(product) for product in association.products]
    products = tuple(outline for outline in outlines if outline is not None)
    if len(products) < len(outlines) or not _PLAIN.issuperset(map(type, keywords.values())):
        return is_valid(association.to_dict(), "generated")
    return _is_outline_valid(tuple(keywords), tuple(["x" if value else value for value in keywords.values()]), products)


def _outline(product: Product) -> _ProductOutline | None:
    """The outline of a product; None if anything is neither a string nor null."""
    members, name = product.members, "x" if product.name else ""
    if isinstance(members, CachedMembers) and (exptype := members.first_exptype()) is not None:
        return name, (("x", exptype, None, None),)
    outlines: dict[_Texts, None] = {}
    for member in members:
        others = member.expname, member.exposerr, member.asn_candidate
        if not _PLAIN.issuperset(map(type, (product.name, member.exptype, *others))):
            return None
        expname, exposerr, asn_candidate = ("x" if value else value for value in others)
        outlines[expname, member.exptype, exposerr, asn_candidate] = None
    return name, tuple(outlines)


@lru_cache(maxsize=4096)
def _is_outline_valid(names: tuple[str, ...], texts: _Texts, products: tuple[_ProductOutline, ...]) -> bool:
    """Whether associations match the schema that have these keywords and products, or other strings that are not empty.

    The schema restricts strings to those that are not empty, and only an exptype further.
    """
    content: dict[str, Any] = dict(zip(names, texts, strict=True))
    content["products"] = [
        {"name": name, "members": [dict(zip(_MEMBER, member, strict=True)) for member in members]}
        for name, members in products
    ]
    return is_valid(content, "generated")
