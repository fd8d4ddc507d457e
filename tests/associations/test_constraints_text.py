"""The keyword ``constraints``: what bound a group, line by line."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.observatory import SHARED, Content, generated, pool, rule, ruleset

from asnforge.generation.engine import generate

TABLE = """
FILE PROPOSAL CAMERA BAND GRID FIELD
a    7        red    g    fine 1
b    7        red    r    .    1
c    7        red    R    .    1
"""


def text(**blocks: Any) -> str:
    (association,) = generated(TABLE, rule(**blocks)).associations
    return association.constraints


def test_the_layout() -> None:
    keys = {"field": {"column": "FIELD"}, "slit": {"column": "SLIT", "optional": "yes"}}
    assert text(group_by=keys) == ("Constraints:\n    programme: 7\n    camera: red\n    field: 1\n    slit: undefined")


@pytest.mark.parametrize(
    ("constraint", "line"),
    [
        ({"column": "BAND", "in": ["g", "r", "z"]}, "g|R"),
        ({"column": "FIELD", "is": "1"}, "1"),
        ({"column": "BAND", "matches": "[a-z]"}, "g|R"),
        ({"columns": ["GRID", "BAND"], "defined": "yes"}, "fine|R"),
        ({"column": "SLIT", "defined": "no"}, "undefined"),
        ({"use": "science"}, "science"),
        ({"not": {"use": "sky"}}, "ROLE is not background"),
        ({"not": {"column": "BAND", "in": ["y", "z"]}}, "BAND is none of y, z"),
        ({"any": [{"column": "BAND", "is": "g"}, {"use": "science"}]}, "BAND is g or ROLE is science"),
        ({"all": [{"column": "FIELD", "is": "1"}, {"not": {"use": "sky"}}]}, "FIELD is 1 and ROLE is not background"),
    ],
)
def test_what_bound_a_constraint(constraint: Content, line: str) -> None:
    assert text(select={"mine": constraint}) == f"Constraints:\n    programme: 7\n    camera: red\n    mine: {line}"


def test_a_key_and_a_constraint_of_the_same_name_are_one_line() -> None:
    keys, select = {"field": {"column": "FIELD"}}, {"field": {"column": "FIELD", "is": "1"}}
    assert text(group_by=keys, select=select) == "Constraints:\n    programme: 7\n    camera: red\n    field: 1"


SPELLED = """
FILE PROPOSAL CAMERA BAND  GRID CANDIDATES       START
a    7        Red    F090W .    o1/night+c5/tile 2026-03-14T22:10:00
b    7        RED    f090w .    o1/night         2026-03-14T22:10:00
c    7        red    F090w .    o2/night         2026-03-14T22:10:00
d    8        red    F090w Fine o3/night         2026-03-14T22:10:00
e    8        ReD    F200W .    .                2026-03-14T22:10:00
"""


def lines(line: str, table: str = SPELLED, *, merge: bool = False, **blocks: Any) -> dict[str, str]:
    """One line of the constraints of each association, by its scope and program."""
    found = generate(pool(table), ruleset(rule(**blocks)), merge=merge).associations
    return {
        f"{association.asn_id} {association.program}": value
        for association in found
        for name, _, value in (text.strip().partition(": ") for text in association.constraints.splitlines()[1:])
        if name == line
    }


def test_a_key_is_spelled_as_by_the_exposures_of_its_group() -> None:
    assert lines("camera") == {
        "c5 007": "Red",
        "o1 007": "RED",
        "o2 007": "red",
        "o3 008": "red",
        "z9 007": "RED",
        "z9 008": "ReD",
    }


def test_the_values_of_a_constraint_are_spelled_as_by_the_exposures_of_its_group() -> None:
    select = {"band": {"column": "BAND", "in": ["f090w", "f200w"]}}
    assert lines("band", select=select) == {
        "c5 007": "F090W",
        "o1 007": "F090W",
        "o2 007": "F090w",
        "o3 008": "F090w",
        "z9 007": "F090W",
        "z9 008": "F090w|F200W",
    }


def test_the_order_of_rows_does_not_change_the_spelling() -> None:
    first, header, *rows = SPELLED.splitlines()
    turned = "\n".join([first, header, *reversed(rows)])
    assert lines("camera", turned) == lines("camera")


def test_other_programs_do_not_change_the_spelling() -> None:
    first, header, *rows = SPELLED.splitlines()
    alone = "\n".join([first, header, *(row for row in rows if "8   " in row)])
    expected = {place: value for place, value in lines("camera").items() if place.endswith("8")}
    assert lines("camera", alone) == expected


def test_a_value_of_the_first_defined_column_is_spelled_as_there() -> None:
    keys = {"light": {"columns": ["GRID", "BAND"]}}
    found = generate(pool(SPELLED), ruleset(rule(group_by=keys))).associations
    assert {each.constraints.partition("light: ")[2] for each in found} == {"F090W", "F090w", "Fine", "F200W"}


def test_a_wildcard_is_undefined_whatever_the_spelling() -> None:
    keys = {"slit": {"column": "SLIT", "optional": "yes"}}
    assert set(lines("slit", group_by=keys).values()) == {"undefined"}


def test_a_value_that_the_rule_sets_for_candidates_is_kept() -> None:
    keys = {"band": {"column": "BAND", "instead": {"candidate_id": "c\\d", "candidate_type": "tile", "value": "F090W"}}}
    assert lines("band", group_by=keys)["c5 007"] == "f090w"


@pytest.mark.parametrize(
    ("case", "value"),
    [
        ([{"value": "Own"}], "Own"),
        ([{"copy": "BAND"}], "F090W"),
        ([{"when": {"column": "GRID", "defined": "yes"}, "value": "grid"}, {"copy": "CAMERA"}], "RED"),
        ([{"copy": "BAND", "matching": "(f090).*"}], "F090"),
        ([{"copy": "START", "plus_hours": "-12"}], "2026-03-14T10:10:00"),
        ([{"copy": "START", "plus_hours": "12", "matching": r"(\d{4}-\d{2}-\d{2}t).*"}], "2026-03-15T"),
    ],
)
def test_a_derived_column_is_spelled_as_the_rule_set_or_the_pool_spells_it(case: list[Content], value: str) -> None:
    derived = {**SHARED["derived"], "mixed": {"cases": case}}
    generation = generate(pool(SPELLED), ruleset(rule(group_by={"mixed": {"column": "mixed"}}), derived=derived))
    association = next(each for each in generation.associations if each.asn_id == "o1")
    assert association.constraints.splitlines()[-1] == f"    mixed: {value}"


def test_merged_associations_write_values_that_differ_in_case_alone_once() -> None:
    table = """
    FILE PROPOSAL CAMERA BAND
    a    7        Red    g
    b    7        RED    r
    c    7        red    R
    """
    keys = {"band": {"column": "BAND"}}
    assert lines("camera", table, merge=True, group_by=keys) == {"z9 007": "RED"}
    assert lines("band", table, merge=True, group_by=keys) == {"z9 007": "g|R"}


PLACES = st.sampled_from(["red", "Red", "RED", "blue", "Blue"])


@given(st.lists(st.tuples(st.sampled_from("78"), PLACES), min_size=1, max_size=8))
def test_a_key_has_the_first_spelling_of_its_group(rows: list[tuple[str, str]]) -> None:
    table = "FILE PROPOSAL CAMERA\n" + "\n".join(f"f{i} {program} {camera}" for i, (program, camera) in enumerate(rows))
    expected = sorted(
        min(other for where, other in rows if where == program and other.lower() == camera)
        for program, camera in {(program, camera.lower()) for program, camera in rows}
    )
    found = generate(pool(table), ruleset(rule())).associations
    assert sorted(each.constraints.partition("camera: ")[2] for each in found) == expected
