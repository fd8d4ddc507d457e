"""Where a pool can be cut: a column that every rule groups by and that files are named by, so that nothing crosses it."""

from __future__ import annotations

from dataclasses import dataclass

from asnforge.rules.rule import Key
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import NamePart, parse_template


@dataclass(frozen=True, slots=True)
class Division:
    """How the exposures of a pool fall into parts that have nothing to do with each other.

    Attributes
    ----------
    column : str
        The pool's column that divides, in lower case.
    part : NamePart
        The first part of file names, which shows the column's value.
    undefined : frozenset of str
        The texts in lower case that stand for no value.
    """

    column: str
    part: NamePart
    undefined: frozenset[str]

    def of(self, cell: str) -> str | None:
        """The part of the pool that an exposure is in, as file names show it.

        Cells that are shown alike are in one part, as their files are numbered together.

        Parameters
        ----------
        cell : str
            The exposure's value in the dividing column.

        Returns
        -------
        str or None
            The empty text where the value is undefined; None where file names could not be told apart.
        """
        value = cell.strip().casefold()
        if value in self.undefined or not value:
            return ""
        return self.part.join_values((value,)).casefold() if value.isalnum() else None


def find_division(ruleset: Ruleset) -> Division | None:
    """How pools can be cut under a rule set; None where they cannot.

    A fact of the rules, not of an observatory: the first part of all file names is a key that each rule has, always binds
    and needs, from one and the same column of the pool, and that supporting exposures are matched by.
    """
    names = {_first_part(ruleset.file_name_of(rule)) for rule in ruleset.rules}
    name = names.pop() if len(names) == 1 else None
    part = ruleset.names.get(name) if name is not None else None
    if part is None or part.values_of is not None or len(part.keys) != 1:
        return None
    columns = set()
    for rule in ruleset.rules:
        key = next((key for key in rule.group_by if key.name == part.keys[0]), None)
        if key is None or not _always_binds(key):
            return None
        if any(key.columns[0] not in attachment.match for attachment in rule.attach):
            return None
        columns.add(key.columns[0])
    if len(columns) != 1 or columns & ruleset.derived.keys():
        return None
    return Division(columns.pop(), part, ruleset.undefined)


def _first_part(template: str) -> str | None:
    """The name part that a template begins with, if a delimiter follows it."""
    template_pieces = parse_template(template)
    if len(template_pieces) < 2 or template_pieces[0][0]:
        return None
    after = template_pieces[1][0]
    return template_pieces[0][1] if after and not after[0].isalnum() else None


def _always_binds(key: Key) -> bool:
    return not key.optional and key.when is None and key.instead is None and len(key.columns) == 1
