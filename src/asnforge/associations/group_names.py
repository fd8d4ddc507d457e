"""The values that name groups: their keys, the values among their exposures, and templates filled with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from asnforge.grouping.arrays import IndexArray, combine, distinct
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.groups import Groups
from asnforge.rules.rule import Key
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import NamePart, parse_template


@dataclass(frozen=True, slots=True)
class Spellings:
    """How the pool spells the values of a column.

    Attributes
    ----------
    usual : dict of str to str
        By the value without letter case, its spelling: the only one, or the first in sort order.
    by_group : dict of (int, str) to str
        For values with several spellings, the first in sort order among a group's own exposures, by group and value.
    """

    usual: dict[str, str]
    by_group: dict[tuple[int, str], str]

    def of(self, group: int, value: str) -> str:
        """The spelling of a value in a group."""
        return self.by_group.get((group, value)) or self.usual.get(value, value)


class GroupNames:
    """The values and names of a rule's groups (docs/grouping.md#names), worked out when they are asked for."""

    def __init__(self, groups: Groups, evaluation: Evaluator, ruleset: Ruleset) -> None:
        self._groups = groups
        self._evaluation = evaluation
        self._parts = ruleset.names
        self._keys = {key.name: place for place, key in enumerate(groups.rule.group_by)}
        self._distinct: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        self._spellings: dict[tuple[str, ...], Spellings] = {}

    def key(self, name: str, group: int) -> str:
        """The value of one of the group's keys; the empty text where it has none."""
        place = self._keys.get(name)
        return "" if place is None else self._groups.key_values[place][self._groups.keys[group, place]]

    def keys(self, name: str, groups: IndexArray) -> list[str]:
        """The value of a key of several groups; the empty text where a group has none."""
        place = self._keys.get(name)
        if place is None:
            return [""] * len(groups)
        return list(map(self._groups.key_values[place].__getitem__, self._groups.keys[groups, place].tolist()))

    def distinct(self, columns: tuple[str, ...], groups: IndexArray) -> list[tuple[str, ...]]:
        """For each group the distinct values, sorted, among its own exposures, of the first column that is defined."""
        if columns not in self._distinct:
            self._distinct[columns] = self._find_distinct(columns)
        return list(map(self._distinct[columns].__getitem__, groups.tolist()))

    def spelled_keys(self, key: Key, groups: IndexArray) -> list[str]:
        """The value of a key of several groups, spelled as by the group's own exposures; a value set by the rule is kept."""
        spellings, fixed = self._spellings_of(key.columns), key.instead and key.instead.value
        if not spellings.by_group:
            place = self._keys[key.name]
            texts = [
                value if value == fixed else spellings.usual.get(value, value)
                for value in self._groups.key_values[place]
            ]
            return list(map(texts.__getitem__, self._groups.keys[groups, place].tolist()))
        pairs = zip(groups.tolist(), self.keys(key.name, groups), strict=True)
        return [value if value == fixed else spellings.of(group, value) for group, value in pairs]

    def spelled_values(self, columns: tuple[str, ...], groups: IndexArray) -> list[str]:
        """The values that `distinct` finds, in its order, spelled as by the group's own exposures and joined by ``|``."""
        spellings, found = self._spellings_of(columns), self.distinct(columns, groups)
        if not spellings.by_group:
            usual = spellings.usual
            return list(map(cache(lambda values: "|".join(usual.get(value, value) for value in values)), found))
        pairs = zip(groups.tolist(), found, strict=True)
        return ["|".join(spellings.of(group, value) for value in values) for group, values in pairs]

    def fill(self, template: str, groups: IndexArray, facts: Mapping[str, Sequence[str]]) -> list[str]:
        """A template with the name parts of several groups: values in lower case, all else as the rule set has it.

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
        for literal, name in parse_template(template):
            if literal:
                found.append([literal] * len(groups))
            if name is not None:
                part = self._parts.get(name)
                found.append(list(facts[name]) if part is None else self._part(part, groups, facts))
        return list(map("".join, zip(*found, strict=True)))

    def _part(self, part: NamePart, groups: IndexArray, facts: Mapping[str, Sequence[str]]) -> list[str]:
        """The text of a name part for several groups."""
        text = cache(lambda values: part.join_values(tuple(value.lower() for value in values)))
        if part.values_of is None:
            columns = [facts[name] if name in facts else self.keys(name, groups) for name in part.keys]
            return list(map(text, zip(*columns, strict=True)))
        place = self._keys.get(part.values_of)
        if place is None:
            return [text(())] * len(groups)
        return list(map(text, self.distinct(self._groups.rule.group_by[place].columns, groups)))

    def _spellings_of(self, columns: tuple[str, ...]) -> Spellings:
        if columns not in self._spellings:
            self._spellings[columns] = self._find_spellings(columns)
        return self._spellings[columns]

    def _find_spellings(self, columns: tuple[str, ...]) -> Spellings:
        column = self._evaluation.spelled(columns)
        spelled = column.values[1:]
        folded = list(map(str.casefold, spelled))
        usual = dict(zip(reversed(folded), reversed(spelled), strict=True))
        several = set[str]()
        if len(usual) < len(spelled):
            several = {value for value, text in zip(folded, spelled, strict=True) if usual[value] != text}
        by_group: dict[tuple[int, str], str] = {}
        if several:
            codes = column.codes[self._groups.own_row]
            with_several = np.fromiter(
                (text.casefold() in several for text in column.values), np.bool_, len(column.values)
            )
            concerned = with_several[codes]
            groups, codes = self._groups.own_group[concerned], codes[concerned]
            first, _ = distinct(combine([groups, codes])) if len(groups) else (np.empty(0, np.int64), None)
            for group, code in zip(groups[first].tolist(), codes[first].tolist(), strict=True):
                text = column.values[code]
                by_group.setdefault((group, text.casefold()), text)
        return Spellings(usual, by_group)

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
