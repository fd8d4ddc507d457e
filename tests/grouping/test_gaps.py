"""Groups that are divided where values or positions are far apart."""

from __future__ import annotations

from typing import Any

import pytest
from support.observatory import Content, groups, rule

COLUMNS = {
    "START": {"type": "time"},
    "TEXP": {"type": "number", "unit": "s"},
    "RA": {"type": "angle"},
    "DEC": {"type": "angle"},
    "TILES": {"type": "list", "separator": "+"},
}

TIMES = """
FILE PROPOSAL CAMERA FIELD START
a    7        red    1     2026-03-10T20:00
b    7        red    1     2026-03-10T21:00
c    7        red    1     2026-03-10T23:00
d    7        red    1     2026-03-11T01:00:01
e    7        red    2     2026-03-10T20:30
f    7        red    2     .
"""


def found(table: str, group_by: Content, **blocks: Any) -> list[tuple[str, str]]:
    """The keys and files of all groups."""
    made = groups(table, rule(group_by=group_by, **blocks), columns=COLUMNS)
    return [(keys, own) for _, keys, own, _ in made]


def night(gap: str, **more: str) -> Content:
    return {"night": {"column": "START", "gap": gap, **more}}


FIELD = {"field": {"column": "FIELD"}}
FIRST, LAST = "2026-03-10t20:00:00", "2026-03-11t01:00:01"


@pytest.mark.parametrize(
    ("group_by", "result"),
    [
        (night("2 h"), [(FIRST, "a b c e"), (LAST, "d")]),
        (night("30 min"), [(FIRST, "a b e"), ("2026-03-10t23:00:00", "c"), (LAST, "d")]),
        (night("1 d"), [(FIRST, "a b c d e")]),
        (
            {**night("30 min"), **FIELD},
            [
                (f"{FIRST} 1", "a"),
                ("2026-03-10t20:30:00 2", "e"),
                ("2026-03-10t21:00:00 1", "b"),
                ("2026-03-10t23:00:00 1", "c"),
                (f"{LAST} 1", "d"),
            ],
        ),
        (night("2 h", optional="yes"), [(FIRST, "a b c e f"), (LAST, "d f")]),
        (night("2 h", optional="own"), [(".", "f"), (FIRST, "a b c e"), (LAST, "d")]),
        (
            {**FIELD, "night": {"column": "START", "gap": "1 d", "when": {"column": "FIELD", "is": "2"}}},
            [("1 .", "a b c d"), ("2 2026-03-10t20:30:00", "e")],
        ),
    ],
    ids=["the edge joins", "shorter", "longer", "by field", "wildcard", "a value of its own", "for some exposures"],
)
def test_exposures_are_joined_by_steps_of_at_most_the_gap(group_by: Content, result: list[tuple[str, str]]) -> None:
    assert found(TIMES, group_by) == sorted(result)


def test_exposures_with_wildcards_only_form_a_group() -> None:
    table = "FILE PROPOSAL CAMERA START\na 7 red .\nb 7 red ."
    assert found(table, night("2 h", optional="yes")) == [(".", "a b")]
    assert found(table, night("2 h")) == []


POINTINGS = """
FILE PROPOSAL CAMERA TEXP RA     DEC
a    7        red    10   10.0   -5.0
b    7        red    11   10.1   -5.0
c    7        red    30   10.2   -5.05
d    7        red    10   50.0   60
e    7        red    10   50.0   .
"""


@pytest.mark.parametrize(
    ("group_by", "result"),
    [
        ({"at": {"position": ["RA", "DEC"], "gap": "10 arcmin"}}, [("10-5", "a b c"), ("50+60", "d")]),
        (
            {"at": {"position": ["RA", "DEC"], "gap": "6 arcmin"}},
            [("10-5", "a b"), ("10.2-5.05", "c"), ("50+60", "d")],
        ),
        (
            {"at": {"position": ["RA", "DEC"], "gap": "6 arcmin", "optional": "own"}},
            [(".", "e"), ("10-5", "a b"), ("10.2-5.05", "c"), ("50+60", "d")],
        ),
        ({"time": {"column": "TEXP", "gap": "2 s"}}, [("10", "a b d e"), ("30", "c")]),
    ],
)
def test_positions_are_joined_on_the_sphere(group_by: Content, result: list[tuple[str, str]]) -> None:
    assert found(POINTINGS, group_by) == sorted(result)


def test_several_gaps_divide_until_none_divides_further_in_any_order() -> None:
    """Without d, which is elsewhere, the times of a and c are 2 s apart."""
    table = """
    FILE PROPOSAL CAMERA TEXP RA DEC
    a    7        red    10   10 0
    c    7        red    12   10 0
    d    7        red    11   50 0
    """
    keys = {
        "time": {"column": "TEXP", "gap": "1 s"},
        "at": {"position": ["RA", "DEC"], "gap": "1 deg"},
    }
    result = [("10 10+0", "a"), ("11 50+0", "d"), ("12 10+0", "c")]
    assert found(table, keys) == result
    reverse = dict(reversed(keys.items()))
    assert sorted(own for _, own in found(table, reverse)) == ["a", "c", "d"]


TILES = """
FILE PROPOSAL CAMERA TILES FIELD
a    7        red    t1+T2 1
b    7        red    t2    1
c    7        red    t2+t3 2
d    7        red    .     1
"""


@pytest.mark.parametrize(
    ("group_by", "result"),
    [
        ({"tile": {"each": "TILES"}}, [("t1", "a"), ("t2", "a b c"), ("t3", "c")]),
        ({"tile": {"each": "TILES"}, **FIELD}, [("t1 1", "a"), ("t2 1", "a b"), ("t2 2", "c"), ("t3 2", "c")]),
        ({"tile": {"each": "TILES", "optional": "own"}}, [(".", "d"), ("t1", "a"), ("t2", "a b c"), ("t3", "c")]),
        ({"tile": {"each": "TILES", "optional": "yes"}}, [("t1", "a d"), ("t2", "a b c d"), ("t3", "c d")]),
        (
            {"tile": {"each": "TILES", "when": {"column": "FIELD", "is": "1"}}},
            [("t1", "a c"), ("t2", "a b c")],
        ),
    ],
)
def test_an_exposure_is_in_one_group_for_each_entry_of_a_list(group_by: Content, result: list[tuple[str, str]]) -> None:
    assert found(TILES, group_by) == sorted(result)


def test_two_lists_give_all_combinations() -> None:
    table = "FILE PROPOSAL CAMERA TILES\na 7 red t1+t2"
    keys = {"tile": {"each": "TILES"}, "other": {"each": "TILES"}}
    assert found(table, keys) == [("t1 t1", "a"), ("t1 t2", "a"), ("t2 t1", "a"), ("t2 t2", "a")]
