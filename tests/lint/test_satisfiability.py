"""Which constraints always or never pass, given others."""

from __future__ import annotations

from decimal import Decimal

import pytest

from asnforge.lint.satisfiability import Domain, implied_or_contradicted, values_of_derived, values_with_fixed
from asnforge.rules.amounts import read_bound
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
)
from asnforge.rules.derived import Case, Derived

RED = OneOf(("band",), ("red",))
RED_OR_BLUE = OneOf(("band",), ("red", "blue"))
DEFINED = Defined(("band",), True)
LIKE_RED = Matches(("band",), "r.*")
TABLE = InTable(("band", "grid"), "lights", frozenset({("red", "fine"), ("blue", "fine")}))
NUMBER = ColumnType("number", "s")
TIME = ColumnType("time")


def size(comparison: Comparison, bound: str, column_type: ColumnType = NUMBER) -> Bounded:
    amount = read_bound(bound, column_type)
    assert isinstance(amount, Decimal)
    return Bounded(("size",), comparison, amount, bound, column_type)


ROLE = OneOf(("role",), ("science",))


@pytest.mark.parametrize(
    ("constraint", "others", "expected"),
    [
        (RED, [], None),
        (RED, [RED_OR_BLUE], None),
        (RED_OR_BLUE, [RED], True),
        (DEFINED, [RED], True),
        (Not(DEFINED), [RED], False),
        (RED, [Not(DEFINED)], False),
        (LIKE_RED, [RED], True),
        (LIKE_RED, [RED_OR_BLUE], None),
        (LIKE_RED, [Not(RED_OR_BLUE)], None),
        (RED, [TABLE, Not(OneOf(("band",), ("blue",)))], True),
        (TABLE, [OneOf(("band",), ("green",))], False),
        (TABLE, [RED, OneOf(("grid",), ("fine",))], True),
        (TABLE, [RED], None),
        (AnyOf((RED, Not(RED))), [], True),
        (AnyOf((LIKE_RED, Not(LIKE_RED))), [], True),
        (AllOf((RED, Not(RED))), [], False),
        (AllOf((RED, OneOf(("grid",), ("fine",)))), [Not(DEFINED)], False),
        (AnyOf((RED, OneOf(("grid",), ("fine",)))), [RED], True),
        (Condition("x", DEFINED), [RED], True),
        (size("above", "5"), [], None),
        (size("above", "5"), [size("at_least", "5.1")], True),
        (size("above", "5"), [size("at_least", "5")], None),
        (size("at_least", "5"), [size("above", "5")], True),
        (size("at_least", "5"), [size("below", "5")], False),
        (size("at_most", "5"), [size("at_least", "5")], None),
        (size("above", "5"), [size("below", "5.000001")], None),
        (size("above", "1 min"), [OneOf(("size",), ("60", "59.5"))], False),
        (size("at_least", "1 min"), [OneOf(("size",), ("60", "300"))], True),
        (OneOf(("size",), ("60",)), [size("at_least", "60"), size("at_most", "1 min")], None),
        (OneOf(("size",), ("60",)), [size("above", "60")], False),
        (Not(size("above", "5")), [size("at_most", "5")], True),
        (Not(size("above", "5")), [Not(Defined(("size",), True))], True),
        (Defined(("size",), True), [size("above", "5")], True),
        (Matches(("size",), "6.*"), [size("above", "5")], None),
        (AllOf((size("at_least", "5"), size("below", "5"))), [], False),
        (AnyOf((size("at_least", "5"), size("below", "5"))), [Defined(("size",), True)], True),
        (AnyOf((size("above", "5"), size("below", "5"))), [Defined(("size",), True)], None),
        (size("above", "2026-03-14", TIME), [OneOf(("size",), ("2026-03-15t00:00:00",))], True),
        (ROLE, [], None),
        (ROLE, [Not(OneOf(("role",), ("psf",)))], True),
    ],
)
def test_truth_value_of_a_constraint_given_others(
    constraint: Constraint, others: list[Constraint], expected: bool | None
) -> None:
    domain = Domain.of([constraint, *others], {"role": frozenset({"science", "psf"})})
    assert domain.truth_value(constraint, others) is expected


@pytest.mark.parametrize(
    ("constraint", "others", "expected"),
    [
        (LIKE_RED, [LIKE_RED], True),
        (LIKE_RED, [Condition("x", AllOf((RED, LIKE_RED)))], True),
        (LIKE_RED, [Not(LIKE_RED)], False),
        (Not(AnyOf((RED, LIKE_RED))), [Not(RED), Not(LIKE_RED)], True),
        (LIKE_RED, [RED], None),
    ],
)
def test_constraint_that_others_state_literally(
    constraint: Constraint, others: list[Constraint], expected: bool | None
) -> None:
    assert implied_or_contradicted(constraint, others) is expected


DERIVED = {
    "role": Derived("role", (Case(DEFINED, "Science"), Case(RED, "psf"))),
    "level": Derived("level", (Case(ROLE, "flat"), Case(None, "raw"))),
    "copied": Derived("copied", (Case(None, copy="role"),)),
    "open": Derived("open", (Case(None, copy="band"),)),
}


def test_values_of_derived_columns_that_copy_no_other() -> None:
    assert values_of_derived(DERIVED) == {"role": {"science", "psf", ""}, "level": {"flat", "raw"}}


def test_values_of_derived_columns_that_read_a_fixed_one() -> None:
    fixed = values_with_fixed(DERIVED, values_of_derived(DERIVED), {"role": frozenset({"science"})})
    assert fixed == {"role": {"science"}, "level": {"flat"}, "copied": {"science"}}
