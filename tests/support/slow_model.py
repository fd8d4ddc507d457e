"""A slow, obvious interpreter of rules: groups and attachments by rows and loops, without anything of asnforge's engine.

It takes the same blocks of a rule file as asnforge does, for one scope, and rows as dictionaries of strings. The empty string
is undefined. docs/grouping.md says what each word means.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from support.slow_groups import EVERYTHING, Block, Row, SlowGroups, Value, candidates, separation

Pair = tuple[Row, Row]
"""A supporting exposure and an exposure that it is compared with."""


@dataclass(frozen=True)
class Group:
    """The files of a group's own exposures, and the attached files, each with the exptype that it becomes."""

    own: frozenset[str]
    attached: frozenset[tuple[str, str]]


class SlowModel(SlowGroups):
    """The groups of a rule, with what is attached to them."""

    def groups(self, rows: Sequence[Row], products: Sequence[Row] = ()) -> frozenset[Group]:
        """All groups of the scope that meet the requirements; `products` are those of the rule that ``product_of`` names."""
        rows = [row for row in rows if self.scope == EVERYTHING or self.scope in candidates(row)]
        own = products if "product_of" in self.rule else self._selected(rows)
        return frozenset(
            self._group(group, taken)
            for group in self._grouped(own)
            if self._is_complete(group, taken := self._taken(group, rows, products))
        )

    def products(self, rows: Sequence[Row], name: Callable[[Row], str], at_least: int) -> list[Row]:
        """The products of the groups with enough files, as exposures of other rules."""
        groups = [group for group in self._grouped(self._selected(rows)) if len(_files(group)) >= at_least]
        made: list[Row] = [{column: self._agreed(group, column) for column in group[0]} for group in groups]
        return [{**row, "FILE": name(row)} for row in made]

    def _selected(self, rows: Sequence[Row]) -> list[Row]:
        select = self.rule.get("select", {})
        return [row for row in rows if all(self.passes(entry, row) for entry in select.values())]

    def _agreed(self, group: Sequence[Row], column: str) -> str:
        """The cell on which a group agrees; else the middle of the least and the greatest value, if there is one."""
        cells = {value: row[column] for row in group if (value := self.value(row, column)) is not None}
        if len(cells) <= 1:
            return next(iter(cells.values()), "")
        numbers = [value for value in cells if isinstance(value, Fraction)]
        if self.types.get(column) not in ("number", "time"):
            return ""
        middle = (min(numbers) + max(numbers)) / 2
        if self.types[column] == "time":
            return datetime.fromtimestamp(int(middle), UTC).replace(tzinfo=None).isoformat()
        return format(Decimal(middle.numerator) / Decimal(middle.denominator), "f")

    def is_unrelated(self, row: Row) -> bool:
        """Whether an exposure can be neither an own exposure nor a supporting one."""
        is_own = all(self.passes(entry, row) for entry in self.rule.get("select", {}).values())
        return not is_own and not any(self._can_support(block, row) for block in self.rule.get("attach", {}).values())

    # Attachments

    def _taken(self, own: list[Row], rows: Sequence[Row], products: Sequence[Row]) -> dict[str, list[Row]]:
        """What each attachment takes for a group, with its own exposures."""
        taken: dict[str, list[Row]] = {"own": own}
        attach: Mapping[str, Block] = self.rule.get("attach", {})
        while len(taken) <= len(attach):
            for name, block in attach.items():
                to = _listed(block.get("to", "own"))
                asked = [entry for part in block.get("prefer", []) for entry in _names(part.get("when_more_than"))]
                if name not in taken and all(part in taken for part in (*to, *asked)):
                    taken[name] = self._attached(block, own, products if "product_of" in block else rows, taken)
        return taken

    def _group(self, own: list[Row], taken: Mapping[str, list[Row]]) -> Group:
        attached: dict[str, str] = {}
        for name, block in self.rule.get("attach", {}).items():
            for row in taken[name]:
                attached.setdefault(row["FILE"], block["as"])
        return Group(_files(own), frozenset(attached.items()))

    def _is_complete(self, own: list[Row], taken: Mapping[str, list[Row]]) -> bool:
        """Whether a group meets the requirements."""
        for need in self.rule.get("require", {}).values():
            if "distinct" in need:
                count = len({value for row in own if (value := self.value(row, need["distinct"])) is not None})
            else:
                count = len(_files(own if "members" in need else taken[need["attached"]]))
            least, most = int(need.get("at_least", 0 if "at_most" in need else 1)), int(need.get("at_most", count))
            if not least <= count <= most:
                return False
        return True

    def _attached(self, block: Block, own: list[Row], rows: Sequence[Row], taken: Mapping[str, list[Row]]) -> list[Row]:
        """The exposures that an attachment takes for one group."""
        supports = [row for row in rows if row["FILE"] not in _files(own) and self._can_support(block, row)]
        others = [row for name in _listed(block.get("to", "own")) for row in taken[name]]
        pairs = [(support, other) for support in supports for other in others if self._matches(block, support, other)]
        if block.get("each_own") == "yes":
            chosen = [
                row
                for one in own
                for row in self._chosen(block, [pair for pair in pairs if pair[1] is one], {**taken, "own": [one]})
            ]
        else:
            chosen = self._chosen(block, pairs, taken)
        return chosen

    def _can_support(self, block: Block, row: Row) -> bool:
        if block.get("from") == "select":
            asked = [entry for name, entry in self.rule["select"].items() if name not in block.get("except", [])]
            if not all(self.passes(entry, row) for entry in asked):
                return False
        return "when" not in block or self.passes(block["when"], row)

    def _matches(self, block: Block, support: Row, other: Row) -> bool:
        return all(self.holds(relation, support, other) for relation in self._relations(block.get("match", {})))

    def _relations(self, match: Block | Sequence[str]) -> Iterator[Block]:
        """The relations of a match; those of the keys of a part that it uses, too."""
        if not isinstance(match, Mapping):
            yield from ({"column": column} for column in match)
            return
        for name, relation in match.items():
            if name == "use":
                yield from (key for part in relation for key in self.parts[part]["group_by"].values())
            else:
                yield relation

    def holds(self, relation: Block, support: Row, own: Row) -> bool:
        """Whether a relation holds for a pair."""
        if "when" in relation and not (self.passes(relation["when"], support) and self.passes(relation["when"], own)):
            return True
        if "position" in relation:
            return self._is_near(relation, support, own)
        value = self.keyed(support, relation)
        other = self.keyed(own, relation, "own" if "own" in relation else "column")
        if value is None or other is None:
            return self._undefined(relation, value is None and other is None)
        if "within" in relation or "apart" in relation:
            amount = self.amount(relation.get("within", relation.get("apart")), own)
            if amount is None:
                return False
            distance = _distance(value, other)
            return distance <= amount if "within" in relation else distance >= amount
        if "before" in relation or "after" in relation:
            return self._is_in_interval(relation, value, other, own)
        return (value != other) if relation.get("differs") == "yes" else (value == other)

    @staticmethod
    def _undefined(relation: Block, both: bool) -> bool:
        return {"yes": True, "own": both}.get(relation.get("optional", "no"), False)

    def _is_in_interval(self, relation: Block, value: Value, other: Value, own: Row) -> bool:
        assert isinstance(value, Fraction)
        assert isinstance(other, Fraction)
        for side, excess in (("before", other - value), ("after", value - other)):
            limit = relation.get(side, "0")
            if limit == "any":
                continue
            amount = self.amount(limit, own)
            if amount is None or excess > amount:
                return False
        return True

    def _is_near(self, relation: Block, support: Row, own: Row) -> bool:
        places = [[self.value(row, column) for column in relation["position"]] for row in (support, own)]
        unknown = [None in place for place in places]
        if any(unknown):
            return self._undefined(relation, all(unknown))
        amount = self.amount(relation["within"], own)
        assert amount is not None
        return separation(*places) <= float(amount)

    def _chosen(self, block: Block, pairs: list[Pair], taken: Mapping[str, list[Row]]) -> list[Row]:
        """The supporting exposures of the sets that are chosen."""
        sets: dict[object, list[Pair]] = {}
        for pair in pairs:
            columns = block.get("sets_by")
            key = pair[0]["FILE"] if columns is None else tuple(self.value(pair[0], column) for column in columns)
            sets.setdefault(key, []).append(pair)
        left = [
            found for found in sets.values() if len(_files(pair[0] for pair in found)) >= int(block.get("at_least", 1))
        ]
        for preference in block.get("prefer", []):
            limit = preference.get("when_more_than", 0)
            if not isinstance(limit, int):
                limit = len(_files(row for name in _listed(limit) for row in taken[name]))
            if len(left) > limit:
                agreeing = [found for found in left if self._agrees(preference, found)]
                left = agreeing or left
        left.sort(key=lambda found: self._order(block, found))
        most = block.get("at_most")
        return [pair[0] for found in (left if most is None else left[: int(most)]) for pair in found]

    def _agrees(self, preference: Block, found: list[Pair]) -> bool:
        tests = ("is", "in", "at_least", "at_most", "above", "below", "defined", "all", "any", "not")
        if any(test in preference for test in tests):
            return any(self.passes(preference, support) for support, _ in found)
        return any(self.holds(preference, support, own) for support, own in found)

    def _order(self, block: Block, found: list[Pair]) -> tuple[object, ...]:
        """What sets are ordered by: distances, the earliest values, the least file name."""
        distances: list[object] = []
        earliest: list[object] = []
        for entry in block.get("nearest", []):
            column = {"column": entry} if isinstance(entry, str) else entry
            side = column.get("side")
            known = [(self.first(support, column), self.first(own, column)) for support, own in found]
            both = [(value, other) for value, other in known if value is not None and other is not None]
            if side is not None:
                both = [(v, o) for v, o in both if (v > o if side == "after" else v < o)]  # type: ignore[operator]
            numbers = [_distance(value, other) for value, other in both]
            distances.append(min(numbers) if numbers else math.inf)
            if side is None:
                values = [value for value, _ in known if isinstance(value, Fraction)]
                earliest.append(min(values) if values else math.inf)
        return (*distances, *earliest, min(support["FILE"] for support, _ in found))


def _distance(value: Value, other: Value) -> Fraction:
    assert isinstance(value, Fraction)
    assert isinstance(other, Fraction)
    return abs(value - other)


def _files(rows: Iterable[Row]) -> frozenset[str]:
    return frozenset(row["FILE"] for row in rows)


def _listed(names: str | Sequence[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _names(limit: object) -> list[str]:
    """The attachments that a preference counts, without numbers."""
    if limit is None or isinstance(limit, int):
        return []
    return _listed(limit)  # type: ignore[arg-type]
