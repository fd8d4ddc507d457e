"""Constraints: the exposures that pass, the columns that are read, and the walk through their tree."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.observatory import Table

from asnforge.columns import Column, categorize
from asnforge.rules.amounts import read_texts
from asnforge.rules.column_types import ColumnType
from asnforge.rules.constraints import (
    AllOf,
    AnyOf,
    Bounded,
    Comparison,
    Condition,
    Constraint,
    Defined,
    InTable,
    Matches,
    Not,
    OneOf,
    columns_read,
    expanded,
    leaves,
    parts,
    truth_value,
    walk,
)

TABLE = Table(
    band=["g", "r", "", "", "r"],
    grid=["", "wide", "fine", "", ""],
    camera=["red", "red", "blue", "blue", ""],
)

BAND_G = OneOf(("band",), ("g",))
FINE = OneOf(("grid",), ("fine",))
RED = Matches(("camera",), "r.d")


@pytest.mark.parametrize(
    ("constraint", "passed"),
    [
        (Defined(("band",), True), "11001"),
        (Defined(("band",), False), "00110"),
        (Defined(("band", "grid"), True), "11101"),
        (Defined(("absent",), False), "11111"),
        (BAND_G, "10000"),
        (OneOf(("band",), ("g", "r")), "11001"),
        (OneOf(("band", "grid"), ("r", "fine")), "01101"),
        (OneOf(("band",), ("",)), "00000"),
        (RED, "11000"),
        (Matches(("camera",), "R.D"), "11000"),
        (Matches(("camera",), "re"), "00000"),
        (Matches(("camera",), ".*"), "11110"),
        (Matches(("camera",), "red|b"), "11000"),
        (
            InTable(("camera", "band"), "lights", frozenset({("red", "r"), ("red", "z"), ("blue", "r")})),
            "01000",
        ),
        (InTable(("camera", "band"), "lights", frozenset({("blue", "")})), "00000"),
        (InTable(("camera",), "nothing", frozenset()), "00000"),
        (AllOf((RED, Defined(("grid",), True))), "01000"),
        (AnyOf((BAND_G, FINE)), "10100"),
        (AllOf((RED, AnyOf((BAND_G, FINE)))), "10000"),
        (Not(RED), "00111"),
        (Not(BAND_G), "01111"),
        (Not(OneOf(("band",), ("g", "r"))), "00110"),
        (Not(Defined(("band",), True)), "00110"),
        (Not(InTable(("camera",), "lights", frozenset({("red",)}))), "00111"),
        (Not(AnyOf((BAND_G, FINE))), "01011"),
        (Condition("fine_grid", FINE), "00100"),
        (Not(Condition("fine_grid", FINE)), "11011"),
    ],
)
def test_constraint_selects_exposures(constraint: Constraint, passed: str) -> None:
    assert "".join("01"[value] for value in constraint.evaluate(TABLE).tolist()) == passed


@pytest.mark.parametrize(
    ("constraint", "columns"),
    [
        (BAND_G, {"band"}),
        (Defined(("band", "grid"), True), {"band", "grid"}),
        (InTable(("camera", "band"), "lights", frozenset()), {"camera", "band"}),
        (Not(AllOf((RED, Condition("x", AnyOf((BAND_G, FINE)))))), {"camera", "band", "grid"}),
        (AnyOf(()), set()),
    ],
)
def test_columns_read_includes_all_leaves(constraint: Constraint, columns: set[str]) -> None:
    assert columns_read(constraint) == columns


def test_expanded_replaces_conditions_by_their_constraints() -> None:
    inside = Condition("outer", AllOf((RED, Condition("inner", FINE))))
    assert expanded(Not(AnyOf((BAND_G, inside)))) == Not(AnyOf((BAND_G, AllOf((RED, FINE)))))


def test_leaves_are_in_order() -> None:
    assert list(leaves(AllOf((RED, Not(Condition("x", AnyOf((BAND_G, FINE)))))))) == [RED, BAND_G, FINE]


LEAVES = st.sampled_from([BAND_G, FINE, RED, Defined(("band",), True), Defined(("grid",), False)])
CONSTRAINTS = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(Condition, st.just("x"), inner)
        | st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple))
    ),
    max_leaves=8,
)


@given(CONSTRAINTS, CONSTRAINTS)
def test_negated_disjunction_is_conjunction_of_negations(left: Constraint, right: Constraint) -> None:
    neither = Not(AnyOf((left, right))).evaluate(TABLE)
    assert neither.tolist() == AllOf((Not(left), Not(right))).evaluate(TABLE).tolist()
    assert neither.tolist() == expanded(Not(AnyOf((left, right)))).evaluate(TABLE).tolist()


@given(CONSTRAINTS)
def test_walk_yields_each_constraint_before_its_parts(constraint: Constraint) -> None:
    items = list(walk(constraint))
    assert items[0] == constraint
    assert items[1:] == [item for part in parts(constraint) for item in walk(part)]


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        (RED, True),
        (FINE, False),
        (BAND_G, None),
        (Not(FINE), True),
        (Not(BAND_G), None),
        (Condition("x", RED), True),
        (AllOf((RED, BAND_G)), None),
        (AllOf((FINE, BAND_G)), False),
        (AllOf(()), True),
        (AnyOf((RED, BAND_G)), True),
        (AnyOf((FINE, BAND_G)), None),
        (AnyOf((FINE, Not(RED))), False),
        (AnyOf(()), False),
    ],
)
def test_truth_value_follows_from_known_leaves(constraint: Constraint, expected: bool | None) -> None:
    assert truth_value(constraint, {RED: True, FINE: False}.get) is expected


@given(CONSTRAINTS)
def test_truth_value_of_known_leaves_is_that_of_evaluation(constraint: Constraint) -> None:
    for row, passed in enumerate(constraint.evaluate(TABLE).tolist()):
        known = {leaf: bool(leaf.evaluate(TABLE)[row]) for leaf in leaves(constraint)}
        assert truth_value(constraint, lambda item, known=known: known.get(item)) is passed  # type: ignore[misc]


@pytest.mark.parametrize(
    ("comparison", "bound", "passed"),
    [
        ("at_least", "9.5", "10110"),
        ("above", "9.5", "10010"),
        ("at_most", "9.5", "01100"),
        ("below", "9.5", "01000"),
        ("above", "9.4999999999999999999999999", "10110"),
        ("below", "-1e-300", "00000"),
        ("at_most", "1e300", "11110"),
    ],
)
def test_a_bound_is_compared_exactly(comparison: Comparison, bound: str, passed: str) -> None:
    cells = ["10", "9.25", "9.5", "1e25", ""]
    reading = read_texts(cells, ColumnType("number"))
    assert reading.amounts is not None
    column = categorize(reading.values, reading.amounts, np.arange(len(cells)))
    constraint = Bounded(("size",), comparison, Decimal(bound), bound, ColumnType("number"))
    mask = constraint.evaluate(OneColumn(column))
    assert "".join(map(str, mask.astype(int))) == passed
    amounts = [column.amounts[code] for code in column.codes] if column.amounts is not None else []
    assert mask.tolist() == [amount is not None and constraint.accepts(amount) for amount in amounts]


class OneColumn(Table):
    """A column with amounts, under any name."""

    def __init__(self, column: Column) -> None:
        super().__init__(size=[""] * len(column.codes))
        self._column = column

    def column(self, names: tuple[str, ...]) -> Column:  # noqa: ARG002
        return self._column
