"""What reports of a run say about an association, without its members: a run can have more members than fit into memory."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from asnforge.associations.member_cache import CachedMembers
from asnforge.associations.model import Association, Product


@dataclass(frozen=True, slots=True)
class ProductSummary:
    """A product: its name, its number of members, and its file and the products that it uses, as for `Product`."""

    name: str
    members: int
    file: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssociationSummary:
    """An association: its file, rule and type, its products, and its members in error.

    `degraded` has the expname and the exposerr of each distinct member for which the observatory noted an error.
    """

    file_name: str
    asn_rule: str
    asn_type: str
    products: tuple[ProductSummary, ...]
    degraded: tuple[tuple[str, str], ...] = ()


def summarize(association: Association, not_degraded: Container[str]) -> AssociationSummary:
    """The summary of an association; those with a degraded_status in `not_degraded` have no members in error."""
    products = tuple(
        ProductSummary(product.name, len(product.members), product.file, product.needs)
        for product in association.products
    )
    degraded: dict[tuple[str, str], None] = {}
    if association.degraded_status not in not_degraded:
        degraded = {error: None for product in association.products for error in _errors(product)}
    return AssociationSummary(
        association.file_name, association.asn_rule, association.asn_type, products, tuple(degraded)
    )


def _errors(product: Product) -> list[tuple[str, str]]:
    """The expname and the exposerr of members in error."""
    members = product.members
    if isinstance(members, CachedMembers) and not members.in_error():
        return []
    return [(member.expname, member.exposerr) for member in members if member.exposerr]
