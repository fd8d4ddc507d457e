"""Values and groups of the slow model: rows as dictionaries of strings, and loops. The empty string is undefined."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from itertools import product
from typing import Any

Row = Mapping[str, str]
Value = str | Fraction
Block = Mapping[str, Any]
Combination = tuple[object, ...]
"""The values of the keys of a group; None for a wildcard."""

EVERYTHING = ("z9", "everything")
"""The scope over the whole pool."""

_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_OWN_VALUE = ""
"""The value of an undefined key that is a value of its own."""


class SlowGroups:
    """The groups of a rule.

    Parameters
    ----------
    rule : mapping
        The blocks of a rule file.
    types : mapping of str to str
        The type of each column that has one: number, time, or angle.
    parts : mapping
        The parts that ``use`` names.
    scope : tuple of (id, type)
        The scope in which the rule is applied.
    """

    def __init__(
        self,
        rule: Block,
        types: Mapping[str, str],
        parts: Block | None = None,
        scope: tuple[str, str] = EVERYTHING,
    ) -> None:
        self.rule, self.types, self.parts, self.scope = rule, types, parts or {}, scope

    # Values

    def candidate(self, row: Row) -> tuple[str, str] | None:
        """The candidate that a value can depend on: that of the scope, or over the whole pool the only one of the exposure."""
        if self.scope != EVERYTHING:
            return self.scope
        named = candidates(row)
        return named[0] if len(named) == 1 else None

    def is_candidate(self, row: Row, block: Block, prefix: str = "") -> bool:
        """Whether the candidate of an exposure matches the pattern and type of a block."""
        found = self.candidate(row)
        is_type = found is not None and found[1] == block[f"{prefix}type"]
        return is_type and found is not None and re.fullmatch(block[f"{prefix}id"], found[0]) is not None

    def keyed(self, row: Row, block: Block, key: str = "column") -> Value | None:
        """The value that a key or a relation of equal values reads; None if it is undefined."""
        if "candidate" in block:
            found = self.candidate(row)
            return found[0] if found is not None and self.is_candidate(row, block["candidate"]) else None
        if "instead" in block and self.is_candidate(row, block["instead"], "candidate_"):
            return self.value({"": block["instead"]["value"]}, "")
        return self.first(row, block, key)

    def value(self, row: Row, column: str) -> Value | None:
        """The value of a column, exact if it has a type; None if it is undefined."""
        cell = row.get(column, "")
        if not cell:
            return None
        match self.types.get(column):
            case None:
                return cell.casefold()
            case "time":
                return Fraction(int(datetime.fromisoformat(cell).replace(tzinfo=UTC).timestamp()))
            case _:
                return Fraction(cell)

    def first(self, row: Row, block: Block, key: str = "column") -> Value | None:
        """The first of one or several columns that has a value."""
        columns = block.get("columns", []) if key == "column" and "columns" in block else block.get(key, [])
        for column in [columns] if isinstance(columns, str) else columns:
            if (value := self.value(row, column)) is not None:
                return value
        return None

    def amount(self, written: str | Block, own: Row) -> Fraction | None:
        """An amount, with its unit, or that of a column of the own exposure; None if that is undefined."""
        if isinstance(written, Mapping):
            value = self.value(own, written["column"])
            return value if isinstance(value, Fraction) else None
        number, _, unit = str(written).partition(" ")
        return Fraction(number) * _SECONDS.get(unit, 1)

    def passes(self, constraint: Block, row: Row) -> bool:
        """Whether an exposure passes a constraint."""
        if "all" in constraint:
            return all(self.passes(part, row) for part in constraint["all"])
        if "any" in constraint:
            return any(self.passes(part, row) for part in constraint["any"])
        if "not" in constraint:
            return not self.passes(constraint["not"], row)
        value = self.value(row, constraint["column"])
        if "defined" in constraint:
            return (value is None) is (constraint["defined"] != "yes")
        if value is None:
            return False
        if "is" in constraint:
            return value == self._written(constraint["is"], constraint["column"])
        if "in" in constraint:
            return value in [self._written(text, constraint["column"]) for text in constraint["in"]]
        tests: dict[str, Callable[[Any, Any], bool]] = {
            "at_least": lambda found, limit: found >= limit,
            "at_most": lambda found, limit: found <= limit,
            "above": lambda found, limit: found > limit,
            "below": lambda found, limit: found < limit,
        }
        return all(
            test(value, self._written(constraint[name], constraint["column"]))
            for name, test in tests.items()
            if name in constraint
        )

    def _written(self, text: str, column: str) -> Value | None:
        return self.value({column: str(text)}, column)

    # Groups

    def _grouped(self, rows: Sequence[Row]) -> list[list[Row]]:
        keys = list(self.rule.get("group_by", {}).values())
        plain = [key for key in keys if "gap" not in key]
        gaps = [key for key in keys if "gap" in key]
        by_key: dict[Combination, list[Row]] = {}
        for row in rows:
            values = [self._key_values(row, key) for key in plain]
            if any(None in self._place(row, key) for key in gaps):
                continue
            for combination in product(*values):
                by_key.setdefault(combination, []).append(row)
        groups = [
            [row for combination, members in by_key.items() if _union(combination, union) == union for row in members]
            for union in _largest_unions(by_key)
        ]
        is_changing = True
        while is_changing:
            before = len(groups)
            for key in gaps:
                groups = [part for group in groups for part in self._separated(group, key)]
            is_changing = len(groups) > before
        return [self._preferred(group) for group in groups]

    def _key_values(self, row: Row, key: Block) -> Sequence[object]:
        """The values of a key: one, several for a list, None for a wildcard, and nothing if the exposure is rejected."""
        if "each" in key:
            return sorted({entry.strip() for entry in row.get(key["each"], "").split(",") if entry.strip()})
        if "when" in key and not self.passes(key["when"], row):
            return [None]
        value = self.keyed(row, key)
        if value is None:
            undefined: dict[str, list[object]] = {"own": [_OWN_VALUE], "yes": [None]}
            return undefined.get(key.get("optional", "no"), [])
        return [value]

    def _separated(self, group: Sequence[Row], key: Block) -> list[list[Row]]:
        """The parts of a group that are further apart than the gap."""
        gap = self.amount(key["gap"], {})
        assert gap is not None
        parts: list[list[Row]] = []
        for row in group:
            near = [part for part in parts if any(self._distance(row, other, key) <= gap for other in part)]
            parts = [part for part in parts if part not in near] + [[row, *(each for part in near for each in part)]]
        return parts

    def _place(self, row: Row, key: Block) -> list[Value | None]:
        """The values that a key with a gap compares."""
        return [self.value(row, column) for column in key.get("position", [key.get("column")])]

    def _distance(self, one: Row, other: Row, key: Block) -> Fraction:
        if "position" in key:
            return Fraction(separation(*(self._place(row, key) for row in (one, other))))
        (first,), (second,) = (self._place(row, key) for row in (one, other))
        assert isinstance(first, Fraction)
        assert isinstance(second, Fraction)
        return abs(first - second)

    def _preferred(self, group: list[Row]) -> list[Row]:
        for constraint in self.rule.get("prefer", []):
            passing = [row for row in group if self.passes(constraint, row)]
            if passing:
                return passing
        return group


def candidates(row: Row) -> list[tuple[str, str]]:
    """The candidates that an exposure names."""
    cell = row.get("CANDIDATES", "")
    return list(ast.literal_eval(cell)) if cell else []


def scopes_of(rows: Iterable[Row]) -> list[tuple[str, str]]:
    """All scopes of a pool."""
    return [EVERYTHING, *sorted({candidate for row in rows for candidate in candidates(row)})]


def separation(one: Sequence[Value | None], other: Sequence[Value | None]) -> float:
    """The distance of two positions on the sphere, in degrees."""
    (x1, y1), (x2, y2) = (
        [math.radians(float(angle)) for angle in place if angle is not None] for place in (one, other)
    )
    cosine = math.sin(y1) * math.sin(y2) + math.cos(y1) * math.cos(y2) * math.cos(x1 - x2)
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


def _union(one: Combination, other: Combination) -> Combination | None:
    """The values of both; None if they contradict each other."""
    pairs = list(zip(one, other, strict=True))
    if any(a is not None and b is not None and a != b for a, b in pairs):
        return None
    return tuple(b if a is None else a for a, b in pairs)


def _largest_unions(combinations: Iterable[Combination]) -> list[Combination]:
    """The unions of combinations that do not contradict each other, without those that others contain."""
    unions: set[Combination] = set()
    for combination in combinations:
        unions |= {union for other in unions if (union := _union(combination, other)) is not None} | {combination}
    return [one for one in unions if not any(one != other and _union(one, other) == other for other in unions)]
