"""The values that name groups: their keys, the values among their selected exposures, and templates filled with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from asnforge.columns import Column, Mask
from asnforge.grouping.arrays import IndexArray, combine, distinct
from asnforge.grouping.groups import Groups
from asnforge.grouping.scopes import Scopes
from asnforge.rules.rule import Key
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import PRODUCT, NamePart, is_unsafe_path_part, parse_template

Piece = tuple[str, str | None]
"""Literal text of a template, and the name that follows it."""


@dataclass(frozen=True, slots=True)
class _Spellings:
    """The first spelling, in sort order, of each case-folded value of a column; if it has several, also that of each group."""

    usual: dict[str, str]
    by_group: dict[tuple[int, str], str]

    def spell(self, group: int, value: str) -> str:
        return self.by_group.get((group, value)) or self.usual.get(value, value)


_MOST_COMBINED = 4
"""The most values of a combined key that a name has."""


def _shown(values: tuple[str, ...], several: str | None, zero_fill: int) -> tuple[str, ...]:
    """What names have for the values of a combined key."""
    if several is not None and len(values) > 1:
        return (several,)
    padded = sorted({value.rjust(zero_fill, "0") for value in values})
    return tuple(padded) if len(padded) <= _MOST_COMBINED else (f"{padded[0]}-to-{padded[-1]}",)


def _level(counts: list[int]) -> str:
    """How a preference came out in the choices of a group, in words."""
    words = ("not considered", "met", "not met")
    several = [f"{word} for {count}" for word, count in zip(words, counts, strict=True) if count]
    return words[counts.index(max(counts))] if len(several) == 1 else ", ".join(several)


class GroupNames:
    """The values and names of a rule's groups (docs/grouping.md#names), computed on demand."""

    def __init__(self, groups: Groups, scopes: Scopes, ruleset: Ruleset) -> None:
        self._groups = groups
        self._scope_ids = [scope_id for scope_id, _ in scopes.scopes]
        self._parts = ruleset.names
        self._file_name = ruleset.members.file_name
        self._keys = {key.name: index for index, key in enumerate(groups.rule.group_by)}
        self._combined = {key.name: key for key in groups.rule.combined}
        self._distinct: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        self._spellings: dict[tuple[tuple[str, ...], str], _Spellings] = {}

    def keys(self, name: str, groups: IndexArray) -> list[str]:
        """The value of a key of several groups; the empty string for a group without one, and if the rule has no such key."""
        index = self._keys.get(name)
        if index is None:
            return [""] * len(groups)
        return list(map(self._groups.key_values[index].__getitem__, self._groups.keys[groups, index].tolist()))

    def distinct(self, columns: tuple[str, ...], groups: IndexArray) -> list[tuple[str, ...]]:
        """For each group the distinct values, sorted, among its selected exposures, of the first column that is defined."""
        if columns not in self._distinct:
            column = self._groups.evaluator.column(columns)
            values: list[list[str]] = [[] for _ in range(len(self._groups))]
            for group, code in self._pairs(column, column.defined()):
                values[group].append(column.values[code])
            self._distinct[columns] = list(map(tuple, values))
        return list(map(self._distinct[columns].__getitem__, groups.tolist()))

    def spelled_keys(self, key: Key, groups: IndexArray, show: Callable[[str], str] = str) -> list[str]:
        """The value of a key of several groups, spelled as in the group's exposures; a value that the rule sets is kept.

        `show` is applied to each value.
        """
        if not key.columns or key.is_position:
            return list(map(show, self.keys(key.name, groups)))
        spellings, fixed = self._spellings_of(key.columns, key.separator), key.instead and key.instead.value
        if not spellings.by_group:
            usual = spellings.usual
            return self._by_value(
                key.name, groups, lambda value: show(value if value == fixed else usual.get(value, value))
            )
        pairs = zip(groups.tolist(), self.keys(key.name, groups), strict=True)
        return [show(value if value == fixed else spellings.spell(group, value)) for group, value in pairs]

    def _by_value(self, name: str, groups: IndexArray, show: Callable[[str], str]) -> list[str]:
        """What is shown for the value of a key of several groups, found once for each value."""
        index = self._keys[name]
        codes, values = self._groups.keys[groups, index], self._groups.key_values[index]
        used = np.unique(codes).tolist()
        shown = dict(zip(used, (show(values[code]) for code in used), strict=True))
        return list(map(shown.__getitem__, codes.tolist()))

    def spelled_values(
        self, columns: tuple[str, ...], groups: IndexArray, show: Callable[[str], str] = str
    ) -> list[str]:
        """The values that `distinct` gives, in its order, spelled as in the group's exposures and joined by ``|``.

        `show` is applied to the values of each group.
        """
        spellings, values = self._spellings_of(columns), self.distinct(columns, groups)
        if not spellings.by_group:
            usual = spellings.usual
            join = cache(lambda several: show("|".join(usual.get(value, value) for value in several)))
            return list(map(join, values))
        pairs = zip(groups.tolist(), values, strict=True)
        return [show("|".join(spellings.spell(group, value) for value in several)) for group, several in pairs]

    def preferences(self, attachment: int, groups: IndexArray) -> list[str]:
        """How the preferences of an attachment came out in several groups: ``DATE-OBS within 1 d: met``."""
        from asnforge.rules.describe_attachments import describe_preference

        levels = self._groups.attached.levels[attachment][groups]
        titles = [describe_preference(preference) for preference in self._groups.rule.attach[attachment].prefer]
        return [
            "; ".join(f"{title}: {_level(counts)}" for title, counts in zip(titles, of_group, strict=True))
            for of_group in levels.tolist()
        ]

    def fill(self, template: str, groups: IndexArray, **facts: str | Sequence[str]) -> list[str]:
        """Fill a template with the name parts of several groups: values are in lower case, all else is as in the rule set.

        `facts` has the version and sequence of each group, or a string for all, which name parts can contain besides keys,
        scope, asn_type and rule. A fact that the template itself names, such as the product, is filled in unless a name part
        has that name.
        """
        facts |= self._facts(groups)
        columns: list[Sequence[str]] = []
        common = ""
        for literal, name in parse_template(template):
            part = self._parts.get(name or "")
            text = "" if name is None else facts[name] if part is None else self._part(part, groups, facts)
            common += literal
            if isinstance(text, str):
                common += text
            else:
                columns += [[common] * len(groups), text] if common else [text]
                common = ""
        columns.append([common] * len(groups))
        return list(map("".join, zip(*columns, strict=True)))

    def fill_members(self, template: str, groups: IndexArray, rows: IndexArray) -> list[tuple[Piece, ...]]:
        """Fill a template of the names of members that attached exposures become, for pairs of a group and an exposure.

        Name parts have the values of the group, those of columns the values of the exposure. Other names, which are parts of
        the exposure's file name and derived columns, are kept. The results are pieces as `parse_template` returns them.
        """
        count = len(groups)
        facts = {"version": "", "sequence": "", **self._facts(groups)}
        columns: list[list[Piece]] = []
        for literal, name in parse_template(template):
            part = self._parts.get(name or "")
            if part is None and name != PRODUCT:
                columns.append([(literal, name)] * count)
                continue
            filled = (
                self._part(part, groups, facts, rows)
                if part is not None
                else self.fill(self._groups.rule.product, groups)
            )
            values = [filled] * count if isinstance(filled, str) else filled
            columns.append([(literal + ("" if is_unsafe_path_part(value) else value), None) for value in values])
        return list(zip(*columns, strict=True))

    def _facts(self, groups: IndexArray) -> dict[str, str | Sequence[str]]:
        """The facts about associations of several groups that are known before files are named; a string is that of all."""
        rule = self._groups.rule
        scopes = list(map(self._scope_ids.__getitem__, self._groups.scope[groups].tolist()))
        return {"scope": scopes, "asn_type": rule.asn_type, "rule": rule.name}

    def _part(
        self,
        part: NamePart,
        groups: IndexArray,
        facts: Mapping[str, str | Sequence[str]],
        rows: IndexArray | None = None,
    ) -> str | Sequence[str]:
        """A name part of several groups; columns are read for `rows`, or for the first exposure of each group.

        It is a string if it is the same for all groups.
        """
        if self._combined and not self._combined.keys().isdisjoint((*part.keys, part.values_of)):
            return self._combined_part(part, groups, facts)
        joined = cache(part.join_values)
        if part.columns:
            first = self._first_exposures[groups] if rows is None else rows
            evaluator = self._groups.evaluator
            read = evaluator.spelled if part.keeps_case else evaluator.column
            of_columns = (read((name,)) for name in part.columns)
            columns = [list(map(column.values.__getitem__, column.codes[first].tolist())) for column in of_columns]
            return list(map(joined, zip(*columns, strict=True)))
        if part.values_of is None:
            return self._part_of_keys(part, groups, facts)
        index = self._keys.get(part.values_of)
        if index is not None and not self._groups.rule.group_by[index].columns:
            return list(map(joined, zip(self.keys(part.values_of, groups), strict=True)))
        if index is None:
            return [joined(())] * len(groups)
        if not self._groups.rule.group_by[index].has_own_values:
            return [joined((value,)) for value in self._key_of_part(part.values_of, part, groups)]
        if part.keeps_case:
            columns_of_key = self._groups.rule.group_by[index].columns
            spellings = self._spellings_of(columns_of_key)
            pairs = zip(groups.tolist(), self.distinct(columns_of_key, groups), strict=True)
            return [joined(tuple(spellings.spell(group, value) for value in several)) for group, several in pairs]
        return list(map(joined, self.distinct(self._groups.rule.group_by[index].columns, groups)))

    def _part_of_keys(
        self, part: NamePart, groups: IndexArray, facts: Mapping[str, str | Sequence[str]]
    ) -> str | Sequence[str]:
        """A name part with keys and facts, of several groups."""
        constant = {
            name: fact
            for name in part.keys
            if isinstance(fact := facts.get(name, "" if name not in self._keys else ()), str)
        }
        if len(constant) == len(part.keys):
            return part.join_values(tuple(constant.values()))
        if len(part.keys) == 1 and part.keys[0] not in facts and not part.keeps_case:
            return self._by_value(part.keys[0], groups, lambda value: part.join_values((value,)))
        columns = [
            [constant[name]] * len(groups)
            if name in constant
            else facts[name]
            if name in facts
            else self._key_of_part(name, part, groups)
            for name in part.keys
        ]
        return list(map(cache(part.join_values), zip(*columns, strict=True)))

    def _combined_part(self, part: NamePart, groups: IndexArray, facts: Mapping[str, str | Sequence[str]]) -> list[str]:
        """A name part of several groups in which values of its keys are combined."""
        columns: list[Sequence[tuple[str, ...]]] = []
        for name in part.keys if part.values_of is None else (part.values_of,):
            if name in self._combined:
                key = self._combined[name]
                values = self._combined_values(key.columns, part, groups)
                columns.append([_shown(several, key.several, part.zero_fill) for several in values])
            elif name in facts:
                fact = facts[name]
                columns.append([(fact,)] * len(groups) if isinstance(fact, str) else [(value,) for value in fact])
            else:
                columns.append([(value,) for value in self._key_of_part(name, part, groups)])
        return [
            part.join_values(tuple(value for values in row for value in values)) for row in zip(*columns, strict=True)
        ]

    def _combined_values(
        self, columns: tuple[str, ...], part: NamePart, groups: IndexArray
    ) -> Sequence[tuple[str, ...]]:
        """The distinct values of a combined key of several groups; none if it does not read columns."""
        if not columns:
            return [()] * len(groups)
        values = self.distinct(columns, groups)
        if not part.keeps_case:
            return values
        spellings = self._spellings_of(columns)
        pairs = zip(groups.tolist(), values, strict=True)
        return [tuple(spellings.spell(group, value) for value in several) for group, several in pairs]

    def _key_of_part(self, name: str, part: NamePart, groups: IndexArray) -> list[str]:
        """The value of a key in a name part."""
        index = self._keys.get(name)
        if index is None or not part.keeps_case:
            return self.keys(name, groups)
        return self.spelled_keys(self._groups.rule.group_by[index], groups)

    @cached_property
    def _first_exposures(self) -> IndexArray:
        """For each group its selected exposure with the least file name; of rows with one file, that of the least values."""
        selected, evaluator = self._groups.selected, self._groups.evaluator
        read = sorted({name for part in self._parts.values() for name in part.columns})[::-1]
        columns = [*(evaluator.spelled((name,)) for name in read), *(evaluator.column((name,)) for name in read)]
        columns.append(evaluator.column((self._file_name,)))
        order = np.lexsort(np.stack([*(column.codes[selected.row] for column in columns), selected.group]))
        rows: IndexArray = selected.row[order][np.searchsorted(selected.group[order], np.arange(len(self._groups)))]
        return rows

    def _spellings_of(self, columns: tuple[str, ...], separator: str = "") -> _Spellings:
        """The spellings of a column's values; with a separator, those of the entries of its lists."""
        if (columns, separator) not in self._spellings:
            self._spellings[columns, separator] = (
                self._spellings_of_entries(columns, separator) if separator else self._find_spellings(columns)
            )
        return self._spellings[columns, separator]

    def _spellings_of_entries(self, columns: tuple[str, ...], separator: str) -> _Spellings:
        from asnforge.rules.amounts import read_list

        column = self._groups.evaluator.column(columns)
        lists = column.values if column.text is None else [read_list(cell, separator) for cell in column.text.values]
        entries = sorted({entry for value in lists for entry in value.split(separator)}, reverse=True)
        return _Spellings({entry.casefold(): entry for entry in entries}, {})

    def _find_spellings(self, columns: tuple[str, ...]) -> _Spellings:
        column = self._groups.evaluator.spelled(columns)
        spelled = column.values[1:]
        folded = list(map(str.casefold, spelled))
        usual = dict(zip(reversed(folded), reversed(spelled), strict=True))
        by_group: dict[tuple[int, str], str] = {}
        if len(usual) < len(spelled):
            several = {value for value, spelling in zip(folded, spelled, strict=True) if usual[value] != spelling}
            for group, code in self._pairs(column, column.mask(lambda value: value.casefold() in several)):
                spelling = column.values[code]
                by_group.setdefault((group, spelling.casefold()), spelling)
        return _Spellings(usual, by_group)

    def _pairs(self, column: Column, mask: Mask) -> list[tuple[int, int]]:
        """The distinct pairs, sorted, of a group and a code of a column among its selected exposures that are in a mask."""
        row, group = self._groups.selected.row, self._groups.selected.group
        inside = mask[row]
        groups, codes = group[inside], column.codes[row][inside]
        first, _ = distinct(combine([groups, codes]))
        return list(zip(groups[first].tolist(), codes[first].tolist(), strict=True))
