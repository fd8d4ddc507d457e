"""How far a supporting exposure is from what an attachment requires, in words and in numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support.observatory import pool, rule, ruleset

from asnforge.explain import trace_rules
from asnforge.explain.attachment_outcomes import Difference
from asnforge.explain.differences import differences

TYPES = {
    "DAY": {"type": "time"},
    "TEXP": {"type": "number", "unit": "s"},
    "STEP": {"type": "number", "unit": "s"},
    "RA": {"type": "angle"},
    "DEC": {"type": "angle"},
}
TABLE = """
FILE  PROPOSAL CAMERA INTENT CANDIDATES  BAND GRID DAY                 TEXP STEP RA   DEC
one   7        red    .      o1/night    g    r    2026-03-10          60   0.5  10   0
two   7        red    .      o1/night    h    .    2026-03-12          61   .    10.2 0
other 7        red    setup  o2/night    G    r    2026-02-23T19:12:00 60.6 1    13   0
none  7        red    setup  .           .    .    .                   .    .    .    .
"""
OWN, OTHER, NONE = [0, 1], 2, 3


def found(relation: Any, supporting: int = OTHER, own: list[int] | None = None) -> Difference | None:
    """The difference of one relation; None if it holds."""
    match = {"only": relation} if isinstance(relation, dict) else relation
    attach = {"flat": {"when": {"use": "setup"}, "match": match}}
    image = rule(select={"science": {"use": "science"}}, attach=attach)
    trace = trace_rules(pool(TABLE), ruleset(image, columns=TYPES))
    (traced,) = trace.rules
    rows = np.array(OWN if own is None else own, np.int64)
    both = differences(trace, traced, traced.rule.attach[0], trace.scopes.discovered, rows, supporting)
    assert len(both) <= 1
    return both[0] if both else None


@pytest.mark.parametrize(
    ("relation", "text"),
    [
        (["BAND"], None),
        (["GRID"], None),
        ({"column": "BAND", "own": "GRID"}, "BAND is G, but GRID is r or undefined in the group"),
        ({"column": "GRID", "differs": "yes", "optional": "yes"}, None),
        ({"column": "TEXP", "within": "0.4 s"}, None),
        ({"column": "TEXP", "within": "0.39 s"}, "TEXP differs by 0.4 s, at most 0.39 s"),
        ({"column": "TEXP", "within": {"column": "STEP"}}, "TEXP differs by 0.6 s, at most 0.5 s (STEP)"),
        ({"column": "TEXP", "apart": "1 s"}, "TEXP differs by 0.6 s, at least 1 s"),
        ({"column": "DAY", "within": "14 d"}, "DAY is 14.2 d before, at most 14 d"),
        ({"column": "DAY", "within": "14.1999999 d"}, "DAY is 14.2 d before, at most 14.1999999 d"),
        ({"column": "DAY", "before": "1 d"}, "DAY is 14.2 d before, at most 1 d"),
        ({"column": "DAY", "after": "any"}, "DAY is 14.2 d before, must be after or equal"),
        ({"column": "TEXP", "before": "any"}, None),
        ({"column": "TEXP", "after": "0.5 s"}, "TEXP is 0.6 s more, at most 0.5 s"),
        ({"position": ["RA", "DEC"], "within": "30 arcmin"}, "(RA, DEC) is 2.8 deg away, at most 30 arcmin"),
        (
            {"candidate": {"id": r"o\d", "type": "night"}},
            r"it does not belong to the same as the candidate of type night whose id matches o\d",
        ),
    ],
)
def test_a_relation_that_does_not_hold_is_a_difference(relation: Any, text: str | None) -> None:
    difference = found(relation)
    assert (difference and difference.text) == text


@pytest.mark.parametrize(
    ("relation", "text"),
    [
        (["BAND"], "BAND is undefined, not g or h"),
        ({"column": "BAND", "differs": "yes"}, "BAND is undefined"),
        ({"column": "TEXP", "within": "1 s"}, "TEXP is undefined"),
        ({"column": "DAY", "before": "any"}, "DAY is undefined"),
        ({"position": ["RA", "DEC"], "within": "1 deg"}, "(RA, DEC) is undefined"),
    ],
)
def test_an_undefined_value_is_a_difference(relation: Any, text: str) -> None:
    assert str(found(relation, NONE)) == text


@pytest.mark.parametrize(
    ("relation", "text"),
    [
        (["GRID"], "GRID is r, but GRID is undefined in the group"),
        ({"column": "TEXP", "within": {"column": "STEP"}}, "the limit of TEXP, STEP, is undefined in the group"),
    ],
)
def test_a_value_of_the_group_that_is_undefined_is_a_difference(relation: Any, text: str) -> None:
    assert str(found(relation, own=[1])) == text


@pytest.mark.parametrize(
    ("relation", "numbers"),
    [
        ({"column": "TEXP", "within": "0.3 s"}, (0.4, 0.3, False, "", "s")),
        ({"column": "TEXP", "apart": "1 s"}, (0.6, 1.0, True, "", "s")),
        ({"column": "DAY", "within": "1 d"}, (1226880.0, 86400.0, False, "before", "s")),
        ({"column": "TEXP", "after": "0.5 s"}, (0.6, 0.5, False, "after", "s")),
        (["CAMERA", "CANDIDATES"], (None, None, False, "", "")),
    ],
)
def test_a_difference_has_numbers(relation: Any, numbers: tuple[object, ...]) -> None:
    difference = found(relation)
    assert difference is not None
    assert numbers == (difference.distance, difference.limit, difference.at_least, difference.side, difference.unit)


def test_a_difference_has_the_values_of_both_sides_as_the_pool_spells_them() -> None:
    difference = found({"column": "BAND", "own": "GRID"})
    assert difference is not None
    assert (difference.column, difference.found, difference.in_group) == ("BAND", "G", ("r", "undefined"))
