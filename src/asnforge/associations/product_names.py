"""The values that name a group: its keys, the values among its exposures, and templates filled with them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from asnforge.grouping.evaluation import Evaluation
from asnforge.grouping.groups import Groups
from asnforge.grouping.joins import combine, distinct
from asnforge.rules.model import Ruleset
from asnforge.rules.names import pieces


class GroupNames:
    """The values and names of a rule's groups (grouping rules, 'Product names'), worked out when they are asked for."""

    def __init__(self, groups: Groups, evaluation: Evaluation, ruleset: Ruleset) -> None:
        self._groups = groups
        self._evaluation = evaluation
        self._parts = ruleset.names
        self._keys = {key.name: place for place, key in enumerate(groups.rule.group_by)}
        self._distinct: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        self._pieces: dict[str, tuple[tuple[str, str | None], ...]] = {}

    def key(self, name: str, group: int) -> str:
        """The value of one of the group's keys; the empty text where it has none."""
        place = self._keys.get(name)
        return "" if place is None else self._groups.key_values[place][self._groups.keys[group, place]]

    def distinct(self, columns: tuple[str, ...], group: int) -> tuple[str, ...]:
        """The distinct values, sorted, among the group's own exposures, of the first column that is defined."""
        if columns not in self._distinct:
            self._distinct[columns] = self._find_distinct(columns)
        return self._distinct[columns][group]

    def fill(self, template: str, group: int, facts: Mapping[str, str]) -> str:
        """A template with the group's name parts, in lower case.

        Parameters
        ----------
        template : str
            Name parts of the rule set in braces.
        group : int
            The group's number.
        facts : mapping of str to str
            What name parts can have beside keys: scope, asn_type, rule, version, sequence.
        """
        if template not in self._pieces:
            self._pieces[template] = pieces(template)

        def value(name: str) -> str:
            return facts[name] if name in facts else self.key(name, group)

        def distinct_values(name: str) -> tuple[str, ...]:
            place = self._keys.get(name)
            return () if place is None else self.distinct(self._groups.rule.group_by[place].columns, group)

        found = []
        for literal, name in self._pieces[template]:
            found.append(literal)
            if name is not None:
                found.append(self._parts[name].text(value, distinct_values))
        return "".join(found).lower()

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
