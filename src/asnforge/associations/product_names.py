"""The values that name groups: their keys, the values among their exposures, and templates filled with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from asnforge.grouping.evaluation import Evaluation
from asnforge.grouping.groups import Groups
from asnforge.grouping.joins import Places, combine, distinct
from asnforge.rules.model import Ruleset
from asnforge.rules.names import NamePart, pieces


class GroupNames:
    """The values and names of a rule's groups (grouping rules, 'Product names'), worked out when they are asked for."""

    def __init__(self, groups: Groups, evaluation: Evaluation, ruleset: Ruleset) -> None:
        self._groups = groups
        self._evaluation = evaluation
        self._parts = ruleset.names
        self._keys = {key.name: place for place, key in enumerate(groups.rule.group_by)}
        self._distinct: dict[tuple[str, ...], list[tuple[str, ...]]] = {}

    def key(self, name: str, group: int) -> str:
        """The value of one of the group's keys; the empty text where it has none."""
        place = self._keys.get(name)
        return "" if place is None else self._groups.key_values[place][self._groups.keys[group, place]]

    def keys(self, name: str, groups: Places) -> list[str]:
        """The value of a key of several groups; the empty text where a group has none."""
        place = self._keys.get(name)
        if place is None:
            return [""] * len(groups)
        return list(map(self._groups.key_values[place].__getitem__, self._groups.keys[groups, place].tolist()))

    def distinct(self, columns: tuple[str, ...], groups: Places) -> list[tuple[str, ...]]:
        """For each group the distinct values, sorted, among its own exposures, of the first column that is defined."""
        if columns not in self._distinct:
            self._distinct[columns] = self._find_distinct(columns)
        return list(map(self._distinct[columns].__getitem__, groups.tolist()))

    def fill(self, template: str, groups: Places, facts: Mapping[str, Sequence[str]]) -> list[str]:
        """A template with the name parts of several groups, in lower case.

        Parameters
        ----------
        template : str
            Name parts of the rule set in braces.
        groups : ndarray of int64
            The groups' numbers.
        facts : mapping of str to sequence of str
            What name parts can have besides keys, for each of the groups: scope, asn_type, rule, version, sequence. A fact that
            the template names itself, such as the product, is filled in where no name part is called so.
        """
        found: list[list[str]] = [[""] * len(groups)]
        for literal, name in pieces(template):
            if literal:
                found.append([literal.lower()] * len(groups))
            if name is not None:
                part = self._parts.get(name)
                found.append(list(facts[name]) if part is None else self._part(part, groups, facts))
        return list(map("".join, zip(*found, strict=True)))

    def _part(self, part: NamePart, groups: Places, facts: Mapping[str, Sequence[str]]) -> list[str]:
        """The text of a name part for several groups."""
        text = cache(lambda values: part.joined(values).lower())
        if part.values_of is None:
            columns = [facts[name] if name in facts else self.keys(name, groups) for name in part.keys]
            return list(map(text, zip(*columns, strict=True)))
        place = self._keys.get(part.values_of)
        if place is None:
            return [text(())] * len(groups)
        return list(map(text, self.distinct(self._groups.rule.group_by[place].columns, groups)))

    def _find_distinct(self, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
        column = self._evaluation.column(columns)
        codes = column.codes[self._groups.own_row]
        defined = codes != 0
        groups, codes = self._groups.own_group[defined], codes[defined]
        found: list[list[str]] = [[] for _ in range(len(self._groups))]
        first, _ = distinct(combine([groups, codes])) if len(groups) else (np.empty(0, np.int64), None)
        for group, code in zip(groups[first].tolist(), codes[first].tolist(), strict=True):
            found[group].append(column.values[code])
        return [tuple(values) for values in found]
