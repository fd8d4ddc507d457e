"""The keys that associations are matched by, computed once for each association."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, replace

from asnforge.compare.model import KEYWORDS, ReadAssociation
from asnforge.compare.normalize import NORMALIZED_KEYWORDS, normalize_keyword, split_suffix


@dataclass(frozen=True, slots=True)
class MatchKeys:
    """The parts of an association's keys; an absent or ignored keyword is None.

    Attributes
    ----------
    program, pool : str or None
        The origin: associations of the same program and pool are matched first.
    asn_id, asn_type, rule : str or None
        The candidate, the type, and the rule's name.
    names : tuple of str
        The product names.
    products, members : int
        Numbers that are equal if all products, or the members of all products, are equal.
    content : hashable
        Equal if products and compared keywords are equal.
    file_name : str
        The file's name as it is from run to run.
    exposures : int
        A number that is equal if the exposures are, regardless of their suffixes and exptypes; -1 until
        `KeyIndex.number_exposures` computes it, as most associations are matched without it.
    """

    program: str | None
    pool: str | None
    asn_id: str | None
    asn_type: str | None
    rule: str | None
    names: tuple[str, ...]
    products: int
    members: int
    content: Hashable
    file_name: str
    exposures: int = -1


Key = Callable[[MatchKeys], Hashable]

UNCHANGED: tuple[Key, ...] = (lambda keys: (keys.content, keys.file_name), lambda keys: keys.content)
"""Equal for associations that are the same."""

SAME_IDENTITY: tuple[Key, ...] = (
    lambda keys: (keys.asn_id, keys.names, keys.asn_type, keys.rule),
    lambda keys: (keys.asn_id, keys.names, "rule", keys.rule),
    lambda keys: (keys.asn_id, keys.names, "type", keys.asn_type),
)
"""Equal for associations of one program that are the same association, regardless of their members."""

SAME_MEMBERS: tuple[Key, ...] = (
    lambda keys: (keys.asn_type, keys.rule, keys.asn_id, keys.products),
    lambda keys: (keys.asn_type, keys.rule, keys.products),
    lambda keys: keys.products,
    lambda keys: (keys.asn_type, keys.rule, keys.asn_id, keys.members),
    lambda keys: (keys.asn_type, keys.rule, keys.members),
    lambda keys: (keys.asn_id, keys.members),
    lambda keys: keys.members,
)
"""Equal for associations with the same members, from the strongest key to the weakest."""

SAME_EXPOSURES: tuple[Key, ...] = (
    lambda keys: (keys.names, keys.exposures),
    lambda keys: (keys.asn_type, keys.rule, keys.asn_id, keys.exposures),
    lambda keys: (keys.asn_type, keys.rule, keys.exposures),
    lambda keys: (keys.asn_id, keys.exposures),
    lambda keys: keys.exposures,
)
"""Equal for associations of the same exposures, regardless of suffixes and exptypes, from the strongest to the weakest."""

SAME_NAMES: tuple[Key, ...] = (lambda keys: (keys.asn_type, keys.rule, keys.names), lambda keys: keys.names)
"""Equal for associations with the same product names."""


class KeyIndex:
    """The keys of each association of both sides.

    Parameters
    ----------
    associations : iterable of ReadAssociation
        The associations, which must live as long as the index.
    ignore : collection of str
        Keywords that are not compared.
    """

    def __init__(self, associations: Iterable[ReadAssociation], ignore: Collection[str] = ()) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._roots: dict[str, str] = {}
        self._exposures: dict[int, frozenset[str]] = {}
        self._keywords = tuple(name for name in KEYWORDS if name not in ignore)
        self._keys = {id(association): self._compute(association) for association in associations}

    def __getitem__(self, association: ReadAssociation) -> MatchKeys:
        return self._keys[id(association)]

    def exposures(self, association: ReadAssociation) -> frozenset[str]:
        """The file names of an association's members without their suffixes."""
        exposures = self._exposures.get(id(association))
        if exposures is None:
            exposures = frozenset([self._root(expname) for expname, _ in association.members])
            self._exposures[id(association)] = exposures
        return exposures

    def number_exposures(self, associations: Iterable[ReadAssociation]) -> None:
        """Compute `MatchKeys.exposures` of some associations."""
        for association in associations:
            keys = self._keys[id(association)]
            if keys.exposures < 0:
                number = self._number(self.exposures(association))
                self._keys[id(association)] = replace(keys, exposures=number)

    def _number(self, value: Hashable) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    def _root(self, expname: str) -> str:
        root = self._roots.get(expname)
        if root is None:
            root = self._roots[expname] = split_suffix(expname)[0]
        return root

    def _compute(self, association: ReadAssociation) -> MatchKeys:
        keywords = {
            name: normalize_keyword(name, value) if name in NORMALIZED_KEYWORDS else value
            for name in self._keywords
            if (value := association.keywords.get(name)) is not None
        }
        numbers = [self._number(product.members) for product in association.products]
        products = self._number(("products", *zip(numbers, (p.name for p in association.products), strict=True)))
        return MatchKeys(
            keywords.get("program"),
            keywords.get("asn_pool"),
            keywords.get("asn_id"),
            keywords.get("asn_type"),
            keywords.get("asn_rule"),
            association.names,
            products,
            self._number(("members", *sorted(numbers))),
            (products, *keywords.items()),
            association.stable_file_name,
        )
