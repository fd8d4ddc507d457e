"""Which differences are a renaming: of nothing but names, each of which only one side has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from asnforge.compare.model import Change, ReadAssociation
from asnforge.compare.normalize import meaning_of_file_name

_SHARED = "_*"
"""How the name of a file ends without its counter: a name that several files share, and that none of them has to itself."""


class NewNames:
    """The names of products and files of both sides.

    Parameters
    ----------
    expected, actual : sequence of ReadAssociation
        All associations that are compared with each other.
    """

    def __init__(self, expected: Sequence[ReadAssociation], actual: Sequence[ReadAssociation]) -> None:
        self._sides = expected, actual
        self._known: tuple[frozenset[str], frozenset[str]] | None = None

    def is_renaming(self, one: ReadAssociation, other: ReadAssociation, changes: Iterable[Change]) -> bool:
        """Whether two associations differ in names only, and the other side has none of these names.

        Parameters
        ----------
        one, other : ReadAssociation
            The expected association and the actual one.
        changes : iterable of Change
            What differs between them.
        """
        for change in changes:
            if change.what == "product_name":
                before, after = change.expected or "", change.actual or ""
            elif change.what == "file_name":
                before, after = _file(one), _file(other)
            else:
                return False
            if not before.endswith(_SHARED) and before in self._names[1]:
                return False
            if not after.endswith(_SHARED) and after in self._names[0]:
                return False
        return True

    @property
    def _names(self) -> tuple[frozenset[str], frozenset[str]]:
        """Of each side; collected only where something differs in names alone."""
        if self._known is None:
            expected, actual = (frozenset(name for each in side for name in _all_names(each)) for side in self._sides)
            self._known = expected, actual
        return self._known


def _all_names(association: ReadAssociation) -> tuple[str, ...]:
    return (*association.names, _file(association))


def _file(association: ReadAssociation) -> str:
    return meaning_of_file_name(association.file_name, association.keywords.get("version_id"))
