"""Values that cannot be part of the name of a file or a product, and the exposures that are rejected because of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from asnforge.columns import Column, Mask
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.pool_faults import FAULTY_EXPOSURE, CellFault, CellProblem, cell_fault
from asnforge.pool.model import Pool
from asnforge.rules.rule import Key, Rule
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import PRODUCT, NamePart, is_unsafe_path_part, parse_template

LONGEST_PART = 80
"""The most characters of a value in a name."""

_FILE_NAME_HINT = (
    f"use letters a-z, digits, '.', '_', '+' and '-', and at most {LONGEST_PART} characters; "
    "a name begins with a letter or digit"
)
_PRODUCT_NAME_HINT = f"use any characters but '/', '\\' and control characters, and at most {LONGEST_PART}"
_FILE_NAME_PART = re.compile(r"[a-z0-9._+-]+")
_BEGINNING = re.compile(r"[a-z0-9]")


def is_invalid_in_file_name(value: str) -> bool:
    """Whether a value, in lower case, cannot be part of an association's file name."""
    return bool(value) and (not _FILE_NAME_PART.fullmatch(value) or len(value) > LONGEST_PART)


def is_invalid_first(value: str) -> bool:
    """Whether an association's file name cannot begin with a value in lower case: it must not look like an option."""
    return is_invalid_in_file_name(value) or bool(value and not _BEGINNING.match(value))


def is_invalid_in_product(value: str) -> bool:
    """Whether a value cannot be part of a product's name, from which a pipeline derives file names."""
    return is_unsafe_path_part(value) or len(value) > LONGEST_PART


_IsInvalid = Callable[[str], bool]
"""Whether a value cannot be at a place in a name: one of the functions above."""


class NameValues:
    """The values of a rule set's keys that cannot be in the names that rules give; each column is checked once."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self.file_name = ruleset.members.file_name
        self._invalid: dict[tuple[Column, _IsInvalid, frozenset[str], tuple[tuple[str, str], ...]], Mask] = {}

    def unusable(self, rule: Rule, key: str, column: Column, *, distinct: bool) -> Mask | None:
        """For each value of a key's column, whether a name of the rule cannot have it; None if all values can be used.

        `distinct` checks the name parts that list all distinct values of the key, instead of those that show its one value.
        """
        masks = [
            self._invalid_values(column, is_invalid, part)
            for is_invalid, part in self._parts(rule)
            if (key == part.values_of if distinct else key in part.keys)
        ]
        if not masks:
            return None
        combined = np.logical_or.reduce(masks)
        return combined if combined.any() else None

    def unusable_columns(self, rule: Rule, evaluator: Evaluator) -> dict[str, Mask]:
        """The exposures that the names of a rule cannot have because of a column that name parts read, by the column."""
        result: dict[str, Mask] = {}
        for is_invalid, part in self._parts(rule):
            for name in part.columns:
                column = evaluator.column((name,))
                invalid = self._invalid_values(column, is_invalid, part)
                if invalid.any():
                    mask = invalid[column.codes]
                    result[name] = result[name] | mask if name in result else mask
        return result

    def is_in_file_name(self, column: str) -> bool:
        """Whether a column's values are part of an association's file name, and not only of a product's."""
        return any(
            column in key.columns and key.name in (*part.keys, part.values_of)
            for rule in self._ruleset.rules
            for key in rule.keys_in_names()
            for is_invalid, part in self._parts(rule)
            if is_invalid is not is_invalid_in_product
        ) or any(
            column in part.columns
            for rule in self._ruleset.rules
            for is_invalid, part in self._parts(rule)
            if is_invalid is not is_invalid_in_product
        )

    def _parts(self, rule: Rule) -> tuple[tuple[_IsInvalid, NamePart], ...]:
        return _parts_of_rules(self._ruleset)[rule.name]

    def _invalid_values(self, column: Column, is_invalid: _IsInvalid, part: NamePart) -> Mask:
        known = (column, is_invalid, frozenset(part.leave_out), part.replace)
        if known not in self._invalid:
            lower = replace(part, keeps_case=False)
            invalid = [is_invalid(lower.written(value)) for value in column.values]
            self._invalid[known] = np.array(invalid, np.bool_)
        return self._invalid[known]


@lru_cache(maxsize=16)
def _parts_of_rules(ruleset: Ruleset) -> Mapping[str, tuple[tuple[_IsInvalid, NamePart], ...]]:
    """The parts of the names that each rule gives, each with what decides whether it cannot have a value."""
    return {rule.name: tuple(_parts_of_rule(rule, ruleset)) for rule in ruleset.rules}


def _parts_of_rule(rule: Rule, ruleset: Ruleset) -> Iterator[tuple[_IsInvalid, NamePart]]:
    for part, is_first in _parts_of(ruleset.file_name_of(rule), rule, ruleset):
        yield is_invalid_first if is_first else is_invalid_in_file_name, part
    templates = [rule.product, *(member.name for attachment in rule.attach for member in attachment.members)]
    if rule.product_file is not None:
        templates.append(rule.product_file)
    for template in templates:
        yield from ((is_invalid_in_product, part) for part, _ in _parts_of(template, rule, ruleset))


def _parts_of(template: str, rule: Rule, ruleset: Ruleset, *, is_first: bool = True) -> Iterator[tuple[NamePart, bool]]:
    """The parts of a template and of the product's name in it, each with whether the name can begin with it."""
    for literal, name in parse_template(template):
        is_first = is_first and not literal
        if name is not None and name in ruleset.names:
            part = ruleset.names[name]
            yield part, is_first and not part.before
        elif name == PRODUCT and template != rule.product:
            yield from _parts_of(rule.product, rule, ruleset, is_first=is_first)
            is_first = is_first and not any(text for text, _ in parse_template(rule.product))


_IN_NAMES = " in names"


def name_of_column(column: str) -> str:
    """The name under which the exposures are recorded that a column in names keeps out of groups."""
    return f"{column}{_IN_NAMES}"


def key_of_column(name: str) -> Key:
    """A column in names as a key that exposures must have a usable value for; `name` is that of `name_of_column`."""
    return Key(name, (name.removesuffix(_IN_NAMES),))


@dataclass(slots=True)
class _Rejected:
    """The rows that a column's values keep out of groups, and the rules concerned."""

    column: Column
    mask: Mask
    rules: set[str] = field(default_factory=set)


def unnamed_faults(
    unnamed: Iterable[tuple[Rule, Mapping[str, IndexArray], Evaluator]],
    pool: Pool,
    name_values: NameValues,
    ruleset: Ruleset,
) -> Iterator[CellFault]:
    """The values that keep exposures out of groups, one fault for each column.

    `unnamed` has for each rule the rows whose value for a key cannot be part of a name, by the key's name (see
    `Groups.unnamed`), and how the rule reads the exposures.
    """
    rejected: dict[str, _Rejected] = {}
    for rule, by_key, evaluator in unnamed:
        if not any(map(len, by_key.values())):
            continue
        keys = rule.keys_in_names()
        names = (key.name for key in keys)
        for key in (*keys, *(key_of_column(name) for name in sorted(by_key.keys() - set(names)))):
            rows = by_key.get(key.name, np.empty(0, np.int64))
            for name in key.columns:  # the first that is defined gives the value
                column = evaluator.column((name,))
                defined = column.defined()[rows]
                if defined.any():
                    entry = rejected.setdefault(name, _Rejected(column, np.zeros(len(pool), np.bool_)))
                    entry.mask[rows[defined]] = True
                    entry.rules.add(rule.name)
                rows = rows[~defined]
    for name, entry in sorted(rejected.items()):
        is_derived = name in ruleset.derived
        kind, hint = ("file", _FILE_NAME_HINT) if name_values.is_in_file_name(name) else ("product", _PRODUCT_NAME_HINT)
        problem = CellProblem(
            FAULTY_EXPOSURE,
            name if is_derived else name.upper(),
            f"cannot be part of a {kind} name",
            "so {rules} {reject} {exposures}",
            hint,
        )
        column_of_values = entry.column if is_derived else pool.columns[name]
        yield cell_fault(pool, column_of_values, problem, np.flatnonzero(entry.mask), entry.rules)
