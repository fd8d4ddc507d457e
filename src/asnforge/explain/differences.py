"""How far a supporting exposure is from what an attachment requires of it, in words and in numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Context, Decimal

import numpy as np

from asnforge.columns import Column
from asnforge.explain.attachment_outcomes import Difference, Side
from asnforge.explain.distance_words import MEASURED_IN, distance_words
from asnforge.explain.rule_trace import RuleTrace
from asnforge.explain.trace import Trace
from asnforge.findings import truncated
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.relation_tests import sky_distances
from asnforge.grouping.relations import Entries, Matcher
from asnforge.rules.attachment import (
    NOTHING,
    Amount,
    Attachment,
    ColumnAmount,
    Distance,
    Interval,
    Relation,
    SameCandidate,
    SameValue,
    SkyDistance,
)
from asnforge.rules.column_types import ColumnType
from asnforge.rules.describe_attachments import describe_amount, describe_relation

_EXACT = Context(prec=60)


def differences(
    trace: Trace, rule: RuleTrace, attachment: Attachment, scope: int, rows: IndexArray, supporting: int
) -> tuple[Difference, ...]:
    """The relations of an attachment that hold between a supporting exposure and none of some exposures of a group.

    Parameters
    ----------
    scope : int
        The scope in which they are compared, which both are in.
    rows : ndarray of int64
        The exposures of the group with which the attachment compares.
    supporting : int
        The row of the supporting exposure.
    """
    sides = [compared_entries(trace, np.asarray(side, np.int64), scope) for side in (rows, [supporting])]
    found = []
    for relation in attachment.match:
        matcher = Matcher([relation], sides[0], sides[1], rule.evaluator, trace.scopes)
        if not matcher.agrees(np.arange(len(rows)), np.zeros(len(rows), np.int64)).any():
            found.append(_Comparison(trace, rule, rows, supporting).difference(relation))
    return tuple(found)


def compared_entries(trace: Trace, rows: IndexArray, scope: int) -> Entries:
    """Exposures of a scope, as far as it can be compared, for a single choice."""
    scopes = np.full(len(rows), scope, np.int64)
    return Entries(rows, scopes, trace.scopes.candidates_of(rows, scopes), np.zeros(len(rows), np.int64))


@dataclass(frozen=True, slots=True)
class _Compared:
    """Values with distances, and the words for one: ``is {} {}`` for a distance with a side."""

    title: str
    found: str
    in_group: tuple[str, ...]
    column_type: ColumnType
    words: str

    def undefined(self) -> Difference:
        """One of the values is undefined."""
        where = "" if "undefined" in self.found else " in the group"
        return self._difference(f"{self.title} is undefined{where}")

    def without_limit(self, limit: Amount) -> Difference:
        """The limit is undefined."""
        return self._difference(f"the limit of {self.title}, {describe_amount(limit)}, is undefined in the group")

    def at_distance(self, value: Decimal, limit: Decimal, bound: str, *, at_least: bool = False) -> Difference:
        """The distance in words, with what is required of it."""
        words = self.words.format(distance_words(abs(value), self.column_type, limit), self.place(value))
        difference = self._difference(f"{self.title} {words}, {bound}")
        side: Side = "before" if value < 0 else "after"
        return replace(
            difference,
            distance=float(abs(value)),
            limit=float(limit),
            at_least=at_least,
            side=side if self.words.count("{}") > 1 else "",
            unit=MEASURED_IN.get(self.column_type.kind, self.column_type.unit),
        )

    def place(self, value: Decimal) -> str:
        """On which side a value is, in words."""
        places = ("before", "after") if self.column_type.kind == "time" else ("less", "more")
        return places[int(value > 0)]

    def limit_words(self, limit: Amount, value: Decimal) -> str:
        """A limit as the rule has it, with its value if a column has it."""
        words = describe_amount(limit)
        return f"{distance_words(value, self.column_type)} ({words})" if isinstance(limit, ColumnAmount) else words

    def _difference(self, text: str) -> Difference:
        return Difference(self.title, self.found, self.in_group, text)


@dataclass(frozen=True, slots=True, eq=False)
class _Comparison:
    """A supporting exposure and the exposures of a group with which it is compared."""

    trace: Trace
    rule: RuleTrace
    rows: IndexArray
    supporting: int

    def difference(self, relation: Relation) -> Difference:
        """How a relation that does not hold is not met."""
        match relation:
            case SameCandidate():
                return Difference("", "", (), f"it does not belong to {describe_relation(relation)}")
            case SameValue():
                return self._values(relation)
            case SkyDistance():
                return self._positions(relation)
            case Distance() | Interval():
                return self._amounts(relation)

    def _values(self, relation: SameValue) -> Difference:
        title, own_title = (self.rule.reader.title(names) for names in (relation.columns, relation.own_columns))
        found, in_group = self._read(relation.columns, relation.own_columns)
        if relation.differs:
            text = f"{title} is undefined" if found == "undefined" else f"{title} is {truncated(found)} in both"
        elif set(in_group) == {"undefined"}:
            text = f"{title} is {truncated(found)}, but {own_title} is undefined in the group"
        elif title == own_title:
            text = f"{title} is {truncated(found)}, not {truncated(' or '.join(in_group))}"
        else:
            text = f"{title} is {truncated(found)}, but {own_title} is {truncated(' or '.join(in_group))} in the group"
        return Difference(title, found, in_group, text)

    def _positions(self, relation: SkyDistance) -> Difference:
        reader = self.rule.reader
        title = f"({', '.join(reader.title((name,)) for name in relation.position)})"
        _, found, _ = reader.read_together(relation.position, self.supporting)
        in_group = (reader.read_together(relation.own_position, int(row))[1] for row in self.rows)
        compared = _Compared(title, found, tuple(sorted(set(in_group))), ColumnType("angle"), "is {} away")
        measured = sky_distances(relation, self.rule.evaluator)
        known = self.rows[measured.is_known(self.rows, np.full(len(self.rows), self.supporting))]
        distances = measured.distances(known, np.full(len(known), self.supporting)).tolist()
        pairs = [(row, Decimal(repr(distance))) for row, distance in zip(known.tolist(), distances, strict=True)]
        return self._measured(compared, pairs, relation.within) if pairs else compared.undefined()

    def _amounts(self, relation: Distance | Interval) -> Difference:
        title, column_type = self.rule.reader.title(relation.columns), self.trace.ruleset.type_of(relation.columns[0])
        words = "is {} {}" if column_type.kind == "time" else "differs by {}"
        compared = _Compared(title, *self._read(relation.columns, relation.own_columns), column_type, words)
        column, own = self.rule.evaluator.column(relation.columns), self.rule.evaluator.column(relation.own_columns)
        value = _amount(column, self.supporting)
        others = [(row, _amount(own, row)) for row in self.rows.tolist()]
        pairs = [
            (row, _EXACT.subtract(value, other)) for row, other in others if value is not None and other is not None
        ]
        if not pairs:
            return compared.undefined()
        if isinstance(relation, Interval):
            return self._in_interval(compared, pairs, relation)
        if relation.within is None and relation.apart is not None:
            return self._measured(compared, pairs, relation.apart, at_least=True)
        return self._measured(compared, pairs, relation.within or NOTHING)

    def _measured(
        self, compared: _Compared, pairs: list[tuple[int, Decimal]], limit: Amount, *, at_least: bool = False
    ) -> Difference:
        """The distance to the exposure of the group that comes nearest to a limit."""
        limits = ((value, self._limit(limit, row)) for row, value in pairs)
        given = [(value, most) for value, most in limits if most is not None]
        if not given:
            return compared.without_limit(limit)
        value, most = min(given, key=lambda pair: (pair[1] - abs(pair[0])) * (1 if at_least else -1))
        bound = f"at {'least' if at_least else 'most'} {compared.limit_words(limit, most)}"
        return compared.at_distance(value, most, bound, at_least=at_least)

    def _in_interval(self, compared: _Compared, pairs: list[tuple[int, Decimal]], relation: Interval) -> Difference:
        """The distance to the exposure of the group whose interval comes nearest."""
        sides = [(value, (relation.before if value < 0 else relation.after) or NOTHING, row) for row, value in pairs]
        limits = [(value, limit, self._limit(limit, row)) for value, limit, row in sides]
        given = [(value, limit, most) for value, limit, most in limits if most is not None]
        if not given:
            return compared.without_limit(limits[0][1])
        value, limit, most = min(given, key=lambda entry: abs(entry[0]) - entry[2])
        other = relation.after if value < 0 else relation.before
        if limit != NOTHING:
            bound = f"at most {compared.limit_words(limit, most)}"
        elif other == NOTHING:
            bound = "must be equal"
        else:
            bound = f"must be {compared.place(-value)} or equal"
        with_side = replace(compared, words="is {} {}")
        return with_side.at_distance(value, most, bound)

    def _limit(self, limit: Amount, row: int) -> Decimal | None:
        """An amount for an exposure of the group; None if it is undefined."""
        if not isinstance(limit, ColumnAmount):
            return limit.value
        value = _amount(self.rule.evaluator.column(limit.columns), row)
        return None if value is None else _EXACT.multiply(value, limit.factor)

    def _read(self, columns: tuple[str, ...], own_columns: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """The value of the supporting exposure, and the distinct ones of the group, as the pool spells them."""
        _, found, _ = self.rule.reader.read(columns, self.supporting)
        values = (self.rule.reader.read(own_columns, int(row))[1] for row in self.rows)
        return found, tuple(sorted(set(values)))


def _amount(column: Column, row: int) -> Decimal | None:
    return None if column.amounts is None else column.amounts[int(column.codes[row])]
