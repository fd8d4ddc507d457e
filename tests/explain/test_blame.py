"""Which part of a constraint decided, in words."""

from __future__ import annotations

import pytest
from support.observatory import Content, pool, rule, ruleset

from asnforge.explain import gather

NIGHT = """
FILE PROPOSAL CAMERA FIELD BAND GRID INTENT STAR
a    7        red    1     g    .    .      .
b    7        red    none  R    x    setup  .
c    7        red    -     z    x    .      yes
"""
TABLES = {"pairs": {"rows": [["1", "r"], ["2", "g"]]}}
CONDITIONS = {"first": {"all": [{"column": "FIELD", "is": "1"}, {"column": "BAND", "is": "g"}]}}


def failure(constraint: Content, file: str, **blocks: Content) -> str:
    """Why an exposure does not pass a constraint."""
    evidence = gather(
        pool(NIGHT), ruleset(rule("Image", select={"c": constraint}, **blocks), tables=TABLES, conditions=CONDITIONS)
    )
    (found,) = evidence.rules[0].failures("abc".index(file))
    assert found.kind == "constraint"
    assert found.name == "c"
    return found.text


FIELD_2 = {"column": "FIELD", "is": "2"}
BAND_G = {"column": "BAND", "is": "g"}


@pytest.mark.parametrize(
    ("constraint", "file", "text"),
    [
        (FIELD_2, "a", "FIELD is 1, wanted 2"),
        (FIELD_2, "b", "FIELD is undefined (none), wanted 2"),
        (BAND_G, "b", "BAND is R, wanted g"),
        ({"column": "BAND", "in": ["r", "z"]}, "a", "BAND is g, wanted one of r, z"),
        ({"not": {"column": "BAND", "in": ["r", "g"]}}, "b", "BAND is R, wanted none of r, g"),
        ({"not": BAND_G}, "a", "BAND is g, wanted not g"),
        ({"column": "FIELD", "defined": "yes"}, "c", "FIELD is undefined (-), wanted defined"),
        ({"column": "FIELD", "defined": "no"}, "a", "FIELD is 1, wanted undefined"),
        ({"not": {"column": "FIELD", "defined": "yes"}}, "a", "FIELD is 1, wanted undefined"),
        ({"column": "BAND", "matches": "[rz]"}, "a", "BAND is g, wanted a match of [rz]"),
        ({"not": {"column": "BAND", "matches": ".*"}}, "c", "BAND is z, wanted no match of .*"),
        ({"column": "SLIT", "is": "s1"}, "a", "SLIT is undefined (the pool has no such column), wanted s1"),
        ({"columns": ["GRID", "BAND"], "is": "y"}, "a", "BAND is g, wanted y"),
        ({"columns": ["GRID", "BAND"], "is": "y"}, "b", "GRID is x, wanted y"),
        ({"columns": ["SLIT", "STAR"], "is": "y"}, "a", "SLIT, else STAR is undefined, wanted y"),
        ({"table": "pairs", "columns": ["FIELD", "BAND"]}, "a", "(FIELD, BAND) is (1, g), wanted a row of table pairs"),
        ({"column": "role", "is": "setup"}, "c", "role is psf (as STAR is defined), wanted setup"),
        ({"column": "role", "is": "setup"}, "a", "role is science, wanted setup"),
        ({"all": [FIELD_2, BAND_G]}, "b", "FIELD is undefined (none), wanted 2; and BAND is R, wanted g"),
        ({"all": [FIELD_2, BAND_G]}, "a", "FIELD is 1, wanted 2"),
        ({"any": [FIELD_2, {"column": "BAND", "is": "r"}]}, "a", "FIELD is 1, wanted 2; or BAND is g, wanted r"),
        ({"not": {"use": "first"}}, "a", "FIELD is 1 and BAND is g, which must not occur together"),
        ({"not": {"any": [BAND_G, FIELD_2]}}, "a", "BAND is g, wanted not g"),
        ({"any": [{"not": BAND_G}, FIELD_2]}, "a", "where BAND is g: FIELD is 1, wanted 2"),
        (
            {"any": [FIELD_2, {"all": [{"column": "GRID", "is": "x"}, {"column": "BAND", "is": "r"}]}]},
            "a",
            "FIELD is 1, wanted 2; or (GRID is undefined, wanted x; and BAND is g, wanted r)",
        ),
        (
            {"all": [{"column": "GRID", "is": "x"}, {"any": [FIELD_2, {"column": "BAND", "is": "r"}]}]},
            "a",
            "GRID is undefined, wanted x; and (FIELD is 1, wanted 2; or BAND is g, wanted r)",
        ),
        (
            {"column": "BAND", "in": [*"abcdefhi", "j"]},
            "a",
            "BAND is g, wanted one of a, b, c, d, e, f, h, i, ... (9 in all)",
        ),
    ],
)
def test_the_parts_that_failed_are_told(constraint: Content, file: str, text: str) -> None:
    assert failure(constraint, file) == text


def test_a_rule_that_takes_all_as_one_type_is_told() -> None:
    text = failure({"column": "role", "is": "psf"}, "c", take_as={"exptype": "science", "except": ["setup"]})
    assert text == "role is science (the rule takes every exposure as science), wanted psf"


def test_readings_name_the_conditions_that_they_are_in() -> None:
    evidence = gather(pool(NIGHT), ruleset(rule(select={"c": {"use": "first"}}), conditions=CONDITIONS))
    (found,) = evidence.rules[0].failures(1)
    assert [(reading.column, reading.conditions, reading.excluded) for reading in found.readings] == [
        ("FIELD", ("first",), False),
        ("BAND", ("first",), False),
    ]


def test_a_key_without_a_value_is_told() -> None:
    evidence = gather(pool(NIGHT), ruleset(rule(group_by={"field": {"column": "FIELD"}})))
    (found,) = evidence.rules[0].failures(1)
    assert (found.kind, found.name, found.constraint) == ("key", "field", "group by FIELD")
    assert found.text == "FIELD is undefined (none), wanted a value, to group by"
