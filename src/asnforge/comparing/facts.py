"""What associations are recognised by, worked out once for each, so that a table of keys holds numbers alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from asnforge.comparing.model import ReadAssociation
from asnforge.comparing.naming import meaning_of_file_name, rule_name


@dataclass(frozen=True, slots=True)
class Facts:
    """What the keys of an association are made of.

    Attributes
    ----------
    asn_type : str or None
        Its type.
    rule : str
        Its rule's name alone; empty where it is absent.
    names : tuple of str
        The names of its products.
    products, members : int
        Numbers that are equal where all products, or the members of all products, are.
    everything : hashable
        Equal where products and keywords are.
    file_name : str
        What of the file's name is the same from run to run.
    """

    asn_type: str | None
    rule: str
    names: tuple[str, ...]
    products: int
    members: int
    everything: Hashable
    file_name: str


Key = Callable[[Facts], Hashable]

SAME_MEMBERS: tuple[Key, ...] = (
    lambda facts: (facts.everything, facts.file_name),
    lambda facts: facts.everything,
    lambda facts: (facts.asn_type, facts.rule, facts.products),
    lambda facts: facts.products,
    lambda facts: (facts.asn_type, facts.rule, facts.members),
    lambda facts: facts.members,
)
"""Keys of associations with the same members, from the strongest to the weakest."""

SAME_NAMES: tuple[Key, ...] = (lambda facts: (facts.asn_type, facts.rule, facts.names), lambda facts: facts.names)
"""Keys of associations with the same product names."""


class FactBook:
    """The facts of each association of both sides.

    Parameters
    ----------
    associations : iterable of ReadAssociation
        All that will be asked for; they must be kept as long as the book.
    """

    def __init__(self, associations: Iterable[ReadAssociation]) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._facts = {id(association): self._work_out(association) for association in associations}

    def __getitem__(self, association: ReadAssociation) -> Facts:
        return self._facts[id(association)]

    def _number(self, value: Hashable) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    def _work_out(self, association: ReadAssociation) -> Facts:
        keywords = association.keywords
        numbers = [self._number(product.members) for product in association.products]
        products = self._number(("products", *zip(numbers, (p.name for p in association.products), strict=True)))
        members = self._number(("members", *sorted(numbers)))
        everything = (products, tuple(sorted(keywords.items())))
        file_name = meaning_of_file_name(association.file_name, keywords.get("version_id"))
        rule = rule_name(keywords.get("asn_rule", ""))
        return Facts(keywords.get("asn_type"), rule, association.names, products, members, everything, file_name)
