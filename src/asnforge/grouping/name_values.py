"""Values that cannot be part of a name: which characters the names of files and products can have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np

from asnforge.columns import Column, Mask
from asnforge.rules.rule import Rule
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import PRODUCT, NamePart, is_unsafe_path_part, parse_template

LONGEST_PART = 80
"""How many characters a value in a name can have."""

FILE_NAME_RULE = (
    "allowed are letters a-z, digits, '.', '_', '+' and '-', after a first letter or digit, "
    f"{LONGEST_PART} characters at most"
)
PRODUCT_NAME_RULE = f"allowed are all characters but '/', '\\' and control characters, {LONGEST_PART} at most"

_IN_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9._+-]*")


def file_name_fault(value: str) -> bool:
    """Whether a value, in lower case, cannot be part of an association's file name."""
    return bool(value) and (not _IN_FILE_NAME.fullmatch(value) or len(value) > LONGEST_PART)


def product_name_fault(value: str) -> bool:
    """Whether a value cannot be part of a product's name, from which a pipeline makes names of files."""
    return is_unsafe_path_part(value) or len(value) > LONGEST_PART


class NameValues:
    """The values of a rule set's keys that cannot be in the names that rules make; each column is checked once."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self._faults: dict[tuple[Column, bool, frozenset[str]], Mask] = {}

    def unusable(self, rule: Rule, key: str, column: Column, *, distinct: bool) -> Mask | None:
        """For each value of a key's column, whether a name of the rule cannot have it; None where all values can be used.

        Parameters
        ----------
        rule : Rule
            The rule.
        key : str
            The name of one of its keys.
        column : Column
            The key's values.
        distinct : bool
            Whether the names are meant that show all distinct values of the key, else those that show its one value.
        """
        found = [
            self._fault(column, in_file, part)
            for in_file, part in self._parts(rule)
            if (key == part.values_of if distinct else key in part.keys)
        ]
        together = np.logical_or.reduce(found) if found else None
        return together if together is not None and together.any() else None

    def is_in_file_name(self, column: str) -> bool:
        """Whether a column's values are part of an association's file name, else only of a product's."""
        return any(
            column in key.columns and key.name in (*part.keys, part.values_of)
            for rule in self._ruleset.rules
            for key in rule.group_by
            for in_file, part in self._parts(rule)
            if in_file
        )

    def _parts(self, rule: Rule) -> Iterator[tuple[bool, NamePart]]:
        """The parts of a rule's names: whether each is of the file's name, else of the product's, and the part."""
        yield from ((True, part) for part in self._parts_of(self._ruleset.file_name_of(rule), rule))
        yield from ((False, part) for part in self._parts_of(rule.product, rule))

    def _parts_of(self, template: str, rule: Rule) -> Iterator[NamePart]:
        """The parts of a template, those of the product's name too where it contains that."""
        for _, name in parse_template(template):
            if name is not None and name in self._ruleset.names:
                yield self._ruleset.names[name]
            elif name == PRODUCT and template != rule.product:
                yield from self._parts_of(rule.product, rule)

    def _fault(self, column: Column, in_file: bool, part: NamePart) -> Mask:
        known = (column, in_file, frozenset(part.leave_out))
        if known not in self._faults:
            self._faults[known] = np.array(list(_faults(column.values, in_file, known[2])), np.bool_)
        return self._faults[known]


def _faults(values: Iterable[str], in_file: bool, leave_out: frozenset[str]) -> Iterator[bool]:
    fault = file_name_fault if in_file else product_name_fault
    return (value not in leave_out and fault(value) for value in values)
