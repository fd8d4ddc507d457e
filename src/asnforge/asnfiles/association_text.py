"""The text of association files (docs/format.md): members as JSON are made once, and joined for each association."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from types import NoneType
from typing import Any

import msgspec

from asnforge.associations.conflicts import BREAKS_SCHEMA
from asnforge.associations.member_cache import CachedMembers
from asnforge.associations.member_texts import join_members, to_json
from asnforge.associations.model import Association, Product
from asnforge.findings import InputError
from asnforge.json_schema import is_valid

_PLAIN = frozenset({str, NoneType})
_NO_PRODUCTS = "[]\n}"
_MEMBER = ("expname", "exptype", "exposerr", "asn_candidate")

_ProductOutline = tuple[bool, tuple[tuple[str | None, ...], ...]]
"""Whether a product has a name, and its members, in which other strings than exptypes are ``x`` or empty."""

_encoder = msgspec.json.Encoder()


def encode(association: Association) -> bytes:
    """An association as the bytes of its file (docs/format.md)."""
    return _encode(association.keywords(), association.products)


def encode_all(associations: Iterable[Association], folder: Path) -> Iterator[tuple[Association, bytes]]:
    """Each association with the bytes of its file in a folder; `InputError` if one does not pass the schema ``generated``."""
    for association in associations:
        keywords = association.keywords()
        data = _encode(keywords, association.products)
        if not _passes_schema(association, keywords):
            path = str(folder / association.file_name)
            raise InputError(BREAKS_SCHEMA.finding("the association does not pass the schema", path))
        yield association, data


def _encode(keywords: dict[str, Any], products: Sequence[Product]) -> bytes:
    pieces = _keyword_pieces(keywords)
    pieces.append("[\n" if products else "[],\n")
    for product in products:
        members = product.members
        texts = members.texts() if isinstance(members, CachedMembers) else join_members(members)
        pieces.append(f'        {{\n            "name": {to_json(product.name)},\n            "members": [')
        pieces += ("\n", *texts, "\n            ]\n        },\n") if texts else ("]\n        },\n",)
    pieces[-1] = pieces[-1].removesuffix(",\n") + ("\n    ]\n}\n" if products else "\n}\n")
    return "".join(pieces).encode()


def _keyword_pieces(keywords: dict[str, Any]) -> list[str]:
    """The beginning of a file, up to the value of its products, in strings to be joined."""
    values = keywords.values()
    if not _PLAIN.issuperset(map(type, values)):
        text = msgspec.json.format(msgspec.json.encode({**keywords, "products": []}), indent=4).decode()
        return [text.removesuffix(_NO_PRODUCTS)]
    pieces = [*_name_pieces(tuple(keywords))]
    pieces[1::2] = _encoder.encode_lines(values).decode().split("\n")[:-1]
    return pieces


@lru_cache(maxsize=64)
def _name_pieces(names: tuple[str, ...]) -> tuple[str, ...]:
    """What is before each value and before the products, each followed by an empty string that is replaced by the value."""
    pieces: list[str] = []
    for name in (*names, "products"):
        pieces += (f"{',' if pieces else '{'}\n    {to_json(name)}: ", "")
    return tuple(pieces[:-1])


def _passes_schema(association: Association, keywords: dict[str, Any]) -> bool:
    """Whether an association whose text was made matches the schema, which is checked once for all that are alike."""
    types = tuple(map(type, keywords.values()))
    outlines = tuple(map(_outline, association.products))
    products = tuple([outline for outline in outlines if outline is not None])
    if len(products) < len(outlines) or not _PLAIN.issuperset(types):
        return is_valid(association.to_dict(), "generated")
    return _is_outline_valid(tuple(keywords), types, tuple(map(bool, keywords.values())), products)


def _outline(product: Product) -> _ProductOutline | None:
    """The outline of a product; None if anything is neither a string nor null."""
    if type(product.name) not in _PLAIN:
        return None
    members, has_name = product.members, bool(product.name)
    if isinstance(members, CachedMembers) and (exptype := members.first_exptype()) is not None:
        return has_name, (("x", exptype, None, None),)
    outlines: dict[tuple[str | None, ...], None] = {}
    for member in members:
        others = member.expname, member.exposerr, member.asn_candidate
        if not _PLAIN.issuperset(map(type, (member.exptype, *others))):
            return None
        expname, exposerr, asn_candidate = ("x" if value else value for value in others)
        outlines[expname, member.exptype, exposerr, asn_candidate] = None
    return has_name, tuple(outlines)


@lru_cache(maxsize=4096)
def _is_outline_valid(
    names: tuple[str, ...], types: tuple[type, ...], filled: tuple[bool, ...], products: tuple[_ProductOutline, ...]
) -> bool:
    """Whether associations match the schema that have these keywords and products, whatever their strings are.

    The schema restricts strings to those that are not empty, and only an exptype further.
    """
    values = [None if kind is NoneType else "x" * is_filled for kind, is_filled in zip(types, filled, strict=True)]
    content: dict[str, Any] = dict(zip(names, values, strict=True))
    content["products"] = [
        {"name": "x" * has_name, "members": [dict(zip(_MEMBER, member, strict=True)) for member in members]}
        for has_name, members in products
    ]
    return is_valid(content, "generated")
