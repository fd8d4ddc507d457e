"""Which associations use products of which others, and products of a run that would be the same file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from asnforge.associations.model import Association
from asnforge.associations.summary import AssociationSummary
from asnforge.findings import Finding, FindingCode
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import file_name_key

SAME_PRODUCT_FILE = FindingCode(
    "G150",
    "products have the same file name",
    "The template product_file gives the same file name to products of several associations, so a member with this name can be "
    "any of them, and a pipeline overwrites one with the other. Use {product} in product_file, or everything in the name of "
    "the product that distinguishes the associations.",
    wrong="product_file: 'bias.fits'",
    right="product_file: '{product}.fits'",
)

_MOST_FILES = 5

_Association = TypeVar("_Association", Association, AssociationSummary, Association | AssociationSummary)


@dataclass(frozen=True, slots=True)
class Dependence:
    """An association, by its file, has a product of another one as a member.

    Attributes
    ----------
    source : str
        The association that makes the product, so it is processed first.
    target : str
        The association that uses the product.
    product_file : str
        The product's file name.
    """

    source: str
    target: str
    product_file: str


def find_dependence(associations: Iterable[Association | AssociationSummary]) -> tuple[Dependence, ...]:
    """The dependence of associations on each other, in the order of those that use products, then by the products' names."""
    associations = tuple(associations)
    makers = _makers(associations)
    return tuple(
        Dependence(maker.file_name, association.file_name, needed)
        for association in associations
        for needed in sorted({needed for product in association.products for needed in product.needs})
        for maker in makers.get(file_name_key(needed), ())
        if maker is not association
    )


def shared_product_files(associations: Iterable[Association], ruleset: Ruleset, pool: str) -> Iterator[Finding]:
    """A warning for each file name, ignoring case, that products with different names have and that a member has.

    It is at the template that gives one of them its file name; `pool` is the path of the pool. Products with the same name have
    a warning of their own.
    """
    associations = tuple(associations)
    locations = {rule.name: rule.product_file_location for rule in ruleset.rules}
    used = {file_name_key(needed) for each in associations for product in each.products for needed in product.needs}
    for name, makers in _makers(associations).items():
        products = {
            product.name for maker in makers for product in maker.products if file_name_key(product.file) == name
        }
        if name in used and len({product.casefold() for product in products}) > 1:
            shown = sorted(products)[:_MOST_FILES]
            yield SAME_PRODUCT_FILE.finding(
                "{count:product} of {pool} have the same file name {file}, which is a member of others: "
                + ", ".join(f"{{products[{index}]}}" for index in range(len(shown)))
                + (" and {more} more" if len(products) > len(shown) else ""),
                locations.get(makers[-1].asn_rule) or pool,
                hint="change product_file of the rule",
                severity="warning",
                pool=pool,
                count=len(products),
                file=next(product.file for product in makers[0].products if file_name_key(product.file) == name),
                products=tuple(shown),
                more=len(products) - len(shown),
            )


def _makers(associations: Sequence[_Association]) -> dict[str, list[_Association]]:
    """The associations that make the product of each file name, ignoring case."""
    makers: dict[str, list[_Association]] = defaultdict(list)
    for association in associations:
        for name in {file_name_key(product.file) for product in association.products if product.file}:
            makers[name].append(association)
    return makers
