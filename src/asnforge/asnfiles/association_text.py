"""The text of association files (docs/format.md): members as JSON are made once, and joined for each association."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from asnforge.associations.conflicts import BREAKS_SCHEMA
from asnforge.associations.member_cache import CachedMembers, member_text
from asnforge.associations.model import Association, Member, Product
from asnforge.findings import InputError
from asnforge.json_schema import is_valid

_NO_PRODUCTS = b"[]\n}"
"""The end of an association without products."""


def encode(association: Association) -> bytes:
    """An association as the bytes of its file (docs/format.md)."""
    import msgspec

    text = msgspec.json.format(msgspec.json.encode({**association.keywords(), "products": []}), indent=4)
    if association.products:
        products = b",\n".join(map(_product_text, association.products))
        text = b"".join((text.removesuffix(_NO_PRODUCTS), b"[\n", products, b"\n    ]\n}"))
    return text + b"\n"


def encode_all(associations: Iterable[Association], folder: Path) -> Iterator[tuple[Association, bytes]]:
    """Each association with the bytes of its file in a folder; `InputError` if one does not pass the schema ``generated``."""
    for association in associations:
        data = encode(association)
        if not _passes_schema(association):
            path = str(folder / association.file_name)
            raise InputError(BREAKS_SCHEMA.finding("the association does not pass the schema", path))
        yield association, data


def _product_text(product: Product) -> bytes:
    import msgspec

    members = product.members
    texts = members.texts() if isinstance(members, CachedMembers) else list(map(member_text, members))
    text = b",\n".join(texts)
    name = msgspec.json.encode(product.name)
    listed = b"[\n%b\n            ]" % text if texts else b"[]"
    return b'        {\n            "name": %b,\n            "members": %b\n        }' % (name, listed)


def _passes_schema(association: Association) -> bool:
    """Whether an association whose text was made matches the schema, which is checked for members that decide it."""
    products = [
        {
            "name": product.name,
            "members": [
                {
                    "expname": member.expname,
                    "exptype": member.exptype,
                    "exposerr": member.exposerr,
                    "asn_candidate": member.asn_candidate,
                }
                for member in _deciding_members(product)
            ],
        }
        for product in association.products
    ]
    return is_valid({**association.keywords(), "products": products}, "generated")


def _deciding_members(product: Product) -> Sequence[Member]:
    """Members of a product that match the schema if and only if all of them do."""
    members = product.members
    return members.deciding() if isinstance(members, CachedMembers) else members
