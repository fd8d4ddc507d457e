"""Which part of a constraint rejects an exposure, in words."""

from __future__ import annotations

import pytest
from support.observatory import Content, pool, rule, ruleset

from asnforge.explain import trace_rules

NIGHT = """
FILE PROPOSAL CAMERA FIELD BAND GRID INTENT STAR
a    7        red    1     g    .    .      .
b    7        red    none  R    x    setup  .
c    7        red    -     z    x    .      yes
"""
TABLES = {"pairs": {"rows": [["1", "r"], ["2", "g"]]}}
CONDITIONS = {"first": {"all": [{"column": "FIELD", "is": "1"}, {"column": "BAND", "is": "g"}]}}


def failure(constraint: Content, file: str, **blocks: Content) -> str:
    """Why an exposure does not pass a constraint, without ``constraint c requires``."""
    trace = trace_rules(
        pool(NIGHT), ruleset(rule("Image", select={"c": constraint}, **blocks), tables=TABLES, conditions=CONDITIONS)
    )
    (result,) = trace.rules[0].failures("abc".index(file))
    return str(result).removeprefix("constraint c requires ")


FIELD_2 = {"column": "FIELD", "is": "2"}
BAND_G = {"column": "BAND", "is": "g"}


@pytest.mark.parametrize(
    ("constraint", "file", "text"),
    [
        (FIELD_2, "a", "FIELD to be 2, found 1"),
        (FIELD_2, "b", "FIELD to be 2, found undefined (none)"),
        (BAND_G, "b", "BAND to be g, found R"),
        ({"column": "BAND", "in": ["r", "z"]}, "a", "BAND to be one of r, z, found g"),
        ({"not": {"column": "BAND", "in": ["r", "g"]}}, "b", "BAND to be none of r, g, found R"),
        ({"not": BAND_G}, "a", "BAND to be other than g, found g"),
        ({"column": "FIELD", "defined": "yes"}, "c", "FIELD to be defined, found undefined (-)"),
        ({"column": "FIELD", "defined": "no"}, "a", "FIELD to be undefined, found 1"),
        ({"not": {"column": "FIELD", "defined": "yes"}}, "a", "FIELD to be undefined, found 1"),
        ({"column": "BAND", "matches": "[rz]"}, "a", "BAND to be a match of [rz], found g"),
        ({"not": {"column": "BAND", "matches": ".*"}}, "c", "BAND to be other than a match of .*, found z"),
        ({"column": "SLIT", "is": "s1"}, "a", "SLIT to be s1, found undefined (the pool has no such column)"),
        ({"columns": ["GRID", "BAND"], "is": "y"}, "a", "BAND to be y, found g"),
        ({"columns": ["GRID", "BAND"], "is": "y"}, "b", "GRID to be y, found x"),
        ({"columns": ["SLIT", "STAR"], "is": "y"}, "a", "SLIT, else STAR to be y, found undefined"),
        (
            {"table": "pairs", "columns": ["FIELD", "BAND"]},
            "a",
            "(FIELD, BAND) to be a row of table pairs, found (1, g)",
        ),
        ({"column": "role", "is": "setup"}, "c", "role to be setup, found psf (as STAR is defined)"),
        ({"column": "role", "is": "setup"}, "a", "role to be setup, found science"),
        (
            {"all": [FIELD_2, BAND_G]},
            "b",
            "FIELD to be 2, found undefined (none); and BAND to be g, found R",
        ),
        ({"all": [FIELD_2, BAND_G]}, "a", "FIELD to be 2, found 1"),
        (
            {"any": [FIELD_2, {"column": "BAND", "is": "r"}]},
            "a",
            "FIELD to be 2, found 1; or BAND to be r, found g",
        ),
        ({"not": {"use": "first"}}, "a", "FIELD 1 and BAND g not to occur together"),
        ({"not": {"any": [BAND_G, FIELD_2]}}, "a", "BAND to be other than g, found g"),
        ({"any": [{"not": BAND_G}, FIELD_2]}, "a", "(with BAND g) FIELD to be 2, found 1"),
        (
            {"any": [FIELD_2, {"all": [{"column": "GRID", "is": "x"}, {"column": "BAND", "is": "r"}]}]},
            "a",
            "FIELD to be 2, found 1; or (GRID to be x, found undefined; and BAND to be r, found g)",
        ),
        (
            {"all": [{"column": "GRID", "is": "x"}, {"any": [FIELD_2, {"column": "BAND", "is": "r"}]}]},
            "a",
            "GRID to be x, found undefined; and (FIELD to be 2, found 1; or BAND to be r, found g)",
        ),
        (
            {"column": "BAND", "in": [*"abcdefhi", "j"]},
            "a",
            "BAND to be one of a, b, c, d, e, f, h, i, ... (9 in all), found g",
        ),
    ],
)
def test_failure_names_required_and_found_values(constraint: Content, file: str, text: str) -> None:
    assert failure(constraint, file) == text


def test_failure_names_the_exptype_override_of_the_rule() -> None:
    text = failure({"column": "role", "is": "psf"}, "c", take_as={"exptype": "science", "except": ["setup"]})
    assert text == "role to be psf, found science (the rule reads every exposure as science)"


def test_constraint_checks_name_the_conditions_around_them() -> None:
    trace = trace_rules(pool(NIGHT), ruleset(rule(select={"c": {"use": "first"}}), conditions=CONDITIONS))
    (result,) = trace.rules[0].failures(1)
    assert (result.kind, result.name, result.constraint) == ("constraint", "c", "first")
    assert [(check.column, check.conditions, check.excluded) for check in result.readings] == [
        ("FIELD", ("first",), False),
        ("BAND", ("first",), False),
    ]


def test_undefined_key_is_a_failure() -> None:
    trace = trace_rules(pool(NIGHT), ruleset(rule(group_by={"field": {"column": "FIELD"}})))
    (result,) = trace.rules[0].failures(1)
    assert (result.kind, result.name, result.constraint) == ("key", "field", "group by FIELD")
    assert str(result) == "key field requires FIELD to be defined, found undefined (none)"
