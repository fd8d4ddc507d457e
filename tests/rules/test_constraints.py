"""Each type of constraint: which exposures pass, what it says, what it reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.observatory import Table

from asnforge.rules.constraints import (
    AllOf,
    AnyOf,
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
)
from asnforge.rules.describe import describe

TABLE = Table(
    band=["g", "r", "", "", "r"],
    grid=["", "wide", "fine", "", ""],
    camera=["red", "red", "blue", "blue", ""],
)

BAND_G = OneOf(("band",), ("g",))
FINE = OneOf(("grid",), ("fine",))
RED = Matches(("camera",), "r.d")


@pytest.mark.parametrize(
    ("constraint", "passed", "words"),
    [
        (Defined(("band",), True), "11001", "BAND is defined"),
        (Defined(("band",), False), "00110", "BAND is undefined"),
        (Defined(("band", "grid"), True), "11101", "BAND, else GRID is defined"),
        (Defined(("absent",), False), "11111", "ABSENT is undefined"),
        (BAND_G, "10000", "BAND is g"),
        (OneOf(("band",), ("g", "r")), "11001", "BAND is one of g, r"),
        (OneOf(("band", "grid"), ("r", "fine")), "01101", "BAND, else GRID is one of r, fine"),
        (OneOf(("band",), ("",)), "00000", "BAND is "),
        (RED, "11000", "CAMERA matches r.d"),
        (Matches(("camera",), "R.D"), "11000", "CAMERA matches R.D"),
        (Matches(("camera",), "re"), "00000", "CAMERA matches re"),
        (Matches(("camera",), ".*"), "11110", "CAMERA matches .*"),
        (Matches(("camera",), "red|b"), "11000", "CAMERA matches red|b"),
        (
            InTable(("camera", "band"), "lights", frozenset({("red", "r"), ("red", "z"), ("blue", "r")})),
            "01000",
            "(CAMERA, BAND) is a row of table lights",
        ),
        (InTable(("camera", "band"), "lights", frozenset({("blue", "")})), "00000", None),
        (InTable(("camera",), "nothing", frozenset()), "00000", "(CAMERA) is a row of table nothing"),
        (AllOf((RED, Defined(("grid",), True))), "01000", "CAMERA matches r.d and GRID is defined"),
        (AnyOf((BAND_G, FINE)), "10100", "BAND is g or GRID is fine"),
        (AllOf((RED, AnyOf((BAND_G, FINE)))), "10000", "CAMERA matches r.d and (BAND is g or GRID is fine)"),
        (Not(RED), "00111", "CAMERA does not match r.d"),
        (Not(BAND_G), "01111", "BAND is not g"),
        (Not(OneOf(("band",), ("g", "r"))), "00110", "BAND is none of g, r"),
        (Not(Defined(("band",), True)), "00110", "BAND is undefined"),
        (Not(InTable(("camera",), "lights", frozenset({("red",)}))), "00111", "(CAMERA) is no row of table lights"),
        (Not(AnyOf((BAND_G, FINE))), "01011", "not (BAND is g or GRID is fine)"),
        (Condition("fine_grid", FINE), "00100", "fine grid"),
        (Not(Condition("fine_grid", FINE)), "11011", "not fine grid"),
    ],
)
def test_which_exposures_pass(constraint: Constraint, passed: str, words: str | None) -> None:
    assert "".join("01"[value] for value in constraint.evaluate(TABLE).tolist()) == passed
    if words is not None:
        assert describe(constraint) == words


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
def test_the_columns_that_it_reads(constraint: Constraint, columns: set[str]) -> None:
    assert columns_read(constraint) == columns


def test_expanding_spells_conditions_out() -> None:
    inside = Condition("outer", AllOf((RED, Condition("inner", FINE))))
    assert expanded(Not(AnyOf((BAND_G, inside)))) == Not(AnyOf((BAND_G, AllOf((RED, FINE)))))


def test_leaves_come_from_left_to_right() -> None:
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
def test_de_morgan(one: Constraint, other: Constraint) -> None:
    neither = Not(AnyOf((one, other))).evaluate(TABLE)
    assert neither.tolist() == AllOf((Not(one), Not(other))).evaluate(TABLE).tolist()
    assert neither.tolist() == expanded(Not(AnyOf((one, other)))).evaluate(TABLE).tolist()
