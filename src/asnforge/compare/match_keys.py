"""What associations are recognised by, worked out once for each, so that a table of keys holds numbers alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, replace

from asnforge.compare.model import KEYWORDS, ReadAssociation
from asnforge.compare.normalize import WORDED, meaning_of_file_name, meaning_of_keyword, split_suffix


@dataclass(frozen=True, slots=True)
class Facts:
    """What the keys of an association are made of; a keyword that is absent or ignored is None.

    Attributes
    ----------
    program, pool : str or None
        Its programme and its pool: associations of one programme and pool are paired before any others.
    asn_id, asn_type, rule : str or None
        Its candidate, its type, and its rule's name alone.
    names : tuple of str
        The names of its products.
    products, members : int
        Numbers that are equal where all products, or the members of all products, are.
    everything : hashable
        Equal where products and compared keywords are.
    file_name : str
        What of the file's name is the same from run to run.
    roots : int
        A number that is equal where the exposures are, whatever their suffixes and exptypes; -1 until
        `FactBook.find_roots` works it out, as most associations need none.
    """

    program: str | None
    pool: str | None
    asn_id: str | None
    asn_type: str | None
    rule: str | None
    names: tuple[str, ...]
    products: int
    members: int
    everything: Hashable
    file_name: str
    roots: int = -1


Key = Callable[[Facts], Hashable]

UNCHANGED: tuple[Key, ...] = (
    lambda facts: (facts.everything, facts.file_name),
    lambda facts: facts.everything,
)
"""Keys of associations that are the same."""

IDENTITY: tuple[Key, ...] = (
    lambda facts: (facts.asn_id, facts.names, facts.asn_type, facts.rule),
    lambda facts: (facts.asn_id, facts.names, "rule", facts.rule),
    lambda facts: (facts.asn_id, facts.names, "type", facts.asn_type),
)
"""Keys of associations of one programme that are one association, whatever their members."""

SAME_MEMBERS: tuple[Key, ...] = (
    lambda facts: (facts.asn_type, facts.rule, facts.asn_id, facts.products),
    lambda facts: (facts.asn_type, facts.rule, facts.products),
    lambda facts: facts.products,
    lambda facts: (facts.asn_type, facts.rule, facts.asn_id, facts.members),
    lambda facts: (facts.asn_type, facts.rule, facts.members),
    lambda facts: (facts.asn_id, facts.members),
    lambda facts: facts.members,
)
"""Keys of associations with the same members, from the strongest to the weakest."""

SAME_ROOTS: tuple[Key, ...] = (
    lambda facts: (facts.names, facts.roots),
    lambda facts: (facts.asn_type, facts.rule, facts.asn_id, facts.roots),
    lambda facts: (facts.asn_type, facts.rule, facts.roots),
    lambda facts: (facts.asn_id, facts.roots),
    lambda facts: facts.roots,
)
"""Keys of associations of the same exposures, whatever their suffixes and exptypes, from the strongest to the weakest."""

SAME_NAMES: tuple[Key, ...] = (lambda facts: (facts.asn_type, facts.rule, facts.names), lambda facts: facts.names)
"""Keys of associations with the same product names."""


class FactBook:
    """The facts of each association of both sides.

    Parameters
    ----------
    associations : iterable of ReadAssociation
        All that will be asked for; they must be kept as long as the book.
    ignore : collection of str
        Keywords that are not compared.
    """

    def __init__(self, associations: Iterable[ReadAssociation], ignore: Collection[str] = ()) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._roots: dict[str, str] = {}
        self._exposures: dict[int, frozenset[str]] = {}
        self._keywords = tuple(name for name in KEYWORDS if name not in ignore)
        self._facts = {id(association): self._work_out(association) for association in associations}

    def __getitem__(self, association: ReadAssociation) -> Facts:
        return self._facts[id(association)]

    def _number(self, value: Hashable) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    def exposures(self, association: ReadAssociation) -> frozenset[str]:
        """The exposures of an association: its members' file names without their suffixes; worked out once."""
        found = self._exposures.get(id(association))
        if found is None:
            found = frozenset([self._root(expname) for expname, _ in association.members])
            self._exposures[id(association)] = found
        return found

    def find_roots(self, associations: Iterable[ReadAssociation]) -> None:
        """Work out `Facts.roots` of some associations."""
        for association in associations:
            known = self._facts[id(association)]
            if known.roots < 0:
                self._facts[id(association)] = replace(known, roots=self._number(self.exposures(association)))

    def _root(self, expname: str) -> str:
        root = self._roots.get(expname)
        if root is None:
            root = self._roots[expname] = split_suffix(expname)[0]
        return root

    def _work_out(self, association: ReadAssociation) -> Facts:
        keywords = {
            name: meaning_of_keyword(name, value) if name in WORDED else value
            for name in self._keywords
            if (value := association.keywords.get(name)) is not None
        }
        numbers = [self._number(product.members) for product in association.products]
        products = self._number(("products", *zip(numbers, (p.name for p in association.products), strict=True)))
        members = self._number(("members", *sorted(numbers)))
        return Facts(
            keywords.get("program"),
            keywords.get("asn_pool"),
            keywords.get("asn_id"),
            keywords.get("asn_type"),
            keywords.get("asn_rule"),
            association.names,
            products,
            members,
            (products, *keywords.items()),
            meaning_of_file_name(association.file_name, association.keywords.get("version_id")),
        )
