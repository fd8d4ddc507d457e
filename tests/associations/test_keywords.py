"""Associations: every keyword of the format, with the constraints line by line; file names and their sequence."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.observatory import SHARED, Content, generated, pool, rule, ruleset

from asnforge import __version__
from asnforge.associations.model import Association, Member, Product
from asnforge.generation.engine import generate

KEYS = {"field": {"column": "FIELD"}, "band": {"column": "BAND", "optional": "yes"}}
IMAGE = rule(group_by=KEYS)


def test_all_keywords_of_an_association() -> None:
    table = """
    FILE    PROPOSAL CAMERA FIELD BAND TROUBLE CANDIDATES
    b_raw.f 7        Red    X1    G    .       O1/NIGHT+c1/tile
    a_raw.f 7        red    x1    g    Door.   .
    """
    first, second = generated(table, IMAGE, version_id="v2").associations
    assert first == Association(
        file_name="p007-o1_v2_stack_01_asn.json",
        asn_type="stack",
        asn_rule="Image",
        asn_id="o1",
        asn_pool="night.tsv",
        program="007",
        target="fx1",
        constraints="Constraints:\n    program: 7\n    camera: Red\n    field: X1\n    band: G",
        degraded_status="All is well.",
        version_id="v2",
        code_version=f"asnforge {__version__}",
        products=(
            Product(
                "p007-o1_fx1_red_g",
                (Member("b_flat.f", "science", None, "[('c1', 'tile'), ('o1', 'night')]"),),
            ),
        ),
    )
    assert second.file_name == "p007-z9_v2_stack_01_asn.json"
    assert second.degraded_status == "Not all is well."
    assert second.products[0].members == (
        Member("a_flat.f", "science", "Door.", None),
        Member("b_flat.f", "science", None, "[('c1', 'tile'), ('o1', 'night')]"),
    )


SEQUENCE = """
FILE PROPOSAL CAMERA FIELD BAND CANDIDATES
a    7        red    2     g    o1/night
b    7        red    1     g    o1/night
c    7        red    1     r    o2/night
d    8        red    1     g    o1/night
e    7        red    1     r    o1/night
"""


def names(result: tuple[Association, ...]) -> list[tuple[str, str]]:
    return [(association.file_name, association.products[0].name) for association in result]


def test_sequence_counts_within_program_scope_and_type() -> None:
    other = rule(
        "Other",
        asn_type="other",
        group_by=KEYS,
        member_name="{root}-x{extension}",
        product="other-{scope}-{field}-{light}",
    )
    result = generated(re.sub(r"\n([a-e]) ", r"\n\1_raw.f ", SEQUENCE), IMAGE, other).associations
    assert [name for name, _ in names(result)] == [
        "p007-o1_other_01_asn.json",
        "p007-o1_stack_01_asn.json",
        "p007-o2_other_01_asn.json",
        "p007-o2_stack_01_asn.json",
        "p007-z9_other_01_asn.json",
        "p007-z9_other_02_asn.json",
        "p007-z9_other_03_asn.json",
        "p007-z9_stack_01_asn.json",
        "p007-z9_stack_02_asn.json",
        "p007-z9_stack_03_asn.json",
        "p008-z9_other_01_asn.json",
        "p008-z9_stack_01_asn.json",
    ]


def test_order_of_rows_changes_nothing() -> None:
    header, *rows = SEQUENCE.strip().splitlines()
    reordered = "\n".join([header, *reversed(rows)])
    assert generated(SEQUENCE, IMAGE).associations == generated(reordered, IMAGE).associations


def test_many_associations_of_one_stem_have_different_names() -> None:
    rows = [f"f{number:03} 7 red {number}" for number in range(120)]
    result = generated("\n".join(["FILE PROPOSAL CAMERA FIELD", *rows]), IMAGE).associations
    assert len({association.file_name for association in result}) == 120
    assert result[-1].file_name == "p007-z9_stack_120_asn.json"


@pytest.mark.parametrize(
    ("cell", "error", "status"),
    [
        (".", None, "All is well."),
        ("none", None, "All is well."),
        ("NONE", None, "All is well."),
        ("Star_lost", "Star_lost", "Not all is well."),
    ],
)
def test_exposure_with_an_error_degrades_the_association(cell: str, error: str | None, status: str) -> None:
    (association,) = generated(f"FILE PROPOSAL CAMERA TROUBLE\na 7 red {cell}", rule()).associations
    assert association.products[0].members[0].exposerr == error
    assert association.degraded_status == status


@pytest.mark.parametrize("version_id", [None, "20300102t030405"])
def test_version_id_is_a_keyword_and_part_of_the_file_name(version_id: str | None) -> None:
    (association,) = generated("FILE PROPOSAL CAMERA\na 7 red", rule(), version_id=version_id).associations
    assert association.version_id == version_id
    between = f"_{version_id}" if version_id else ""
    assert association.file_name == f"p007-z9{between}_stack_01_asn.json"


def test_keywords_of_keys_that_the_rule_does_not_have() -> None:
    keywords = {"program": "{frame}", "target": "{field}"}
    (association,) = generate(pool("FILE PROPOSAL CAMERA\na 7 red"), ruleset(rule(), keywords=keywords)).associations
    assert (association.program, association.target) == ("", "f00")


@pytest.mark.parametrize("unrelated", range(252, 258))
def test_exposures_of_other_programs_do_not_change_the_sequence(unrelated: int) -> None:
    """Associations of one name are ordered by the names of their members, not by the position of files in the pool."""
    others = [f"a{number} 5 red 1 g o1/night" for number in range(unrelated)]
    same_name = [f"{name} 7 red {field} g o1/night" for name, field in (("x", 1), ("y", 2), ("z", 3))]
    generation = generated(
        "\n".join(["FILE PROPOSAL CAMERA FIELD BAND CANDIDATES", *others, *same_name]),
        rule(group_by=KEYS, product="{program}-{camera}"),
    ).associations
    result = [
        (association.file_name, association.products[0].members[0].expname)
        for association in generation
        if association.program == "007"
    ]
    assert result == [(f"p007-z9_stack_0{place}_asn.json", name) for place, name in enumerate("xyz", 1)]


TABLE = """
FILE PROPOSAL CAMERA BAND GRID FIELD
a    7        red    g    fine 1
b    7        red    r    .    1
c    7        red    R    .    1
"""


def text(**blocks: Any) -> str:
    (association,) = generated(TABLE, rule(**blocks)).associations
    return association.constraints


def test_layout_of_constraints() -> None:
    keys = {"field": {"column": "FIELD"}, "slit": {"column": "SLIT", "optional": "yes"}}
    assert text(group_by=keys) == ("Constraints:\n    program: 7\n    camera: red\n    field: 1\n    slit: undefined")


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
def test_constraints_have_the_values_that_bound_the_group(constraint: Content, line: str) -> None:
    assert text(select={"mine": constraint}) == f"Constraints:\n    program: 7\n    camera: red\n    mine: {line}"


def test_key_and_constraint_of_the_same_name_are_one_line() -> None:
    keys, select = {"field": {"column": "FIELD"}}, {"field": {"column": "FIELD", "is": "1"}}
    assert text(group_by=keys, select=select) == "Constraints:\n    program: 7\n    camera: red\n    field: 1"


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
    result = generate(pool(table), ruleset(rule(**blocks)), merge=merge).associations
    return {
        f"{association.asn_id} {association.program}": value
        for association in result
        for name, _, value in (text.strip().partition(": ") for text in association.constraints.splitlines()[1:])
        if name == line
    }


def test_key_is_spelled_as_by_the_exposures_of_its_group() -> None:
    assert lines("camera") == {
        "c5 007": "Red",
        "o1 007": "RED",
        "o2 007": "red",
        "o3 008": "red",
        "z9 007": "RED",
        "z9 008": "ReD",
    }


def test_values_of_a_constraint_are_spelled_as_by_the_exposures_of_its_group() -> None:
    select = {"band": {"column": "BAND", "in": ["f090w", "f200w"]}}
    assert lines("band", select=select) == {
        "c5 007": "F090W",
        "o1 007": "F090W",
        "o2 007": "F090w",
        "o3 008": "F090w",
        "z9 007": "F090W",
        "z9 008": "F090w|F200W",
    }


def test_order_of_rows_does_not_change_the_spelling() -> None:
    first, header, *rows = SPELLED.splitlines()
    reordered = "\n".join([first, header, *reversed(rows)])
    assert lines("camera", reordered) == lines("camera")


def test_other_programs_do_not_change_the_spelling() -> None:
    first, header, *rows = SPELLED.splitlines()
    alone = "\n".join([first, header, *(row for row in rows if "8   " in row)])
    expected = {place: value for place, value in lines("camera").items() if place.endswith("8")}
    assert lines("camera", alone) == expected


def test_value_of_the_first_defined_column_keeps_its_spelling() -> None:
    keys = {"light": {"columns": ["GRID", "BAND"]}}
    result = generate(pool(SPELLED), ruleset(rule(group_by=keys))).associations
    assert {association.constraints.partition("light: ")[2] for association in result} == {
        "F090W",
        "F090w",
        "Fine",
        "F200W",
    }


def test_wildcard_is_undefined() -> None:
    keys = {"slit": {"column": "SLIT", "optional": "yes"}}
    assert set(lines("slit", group_by=keys).values()) == {"undefined"}


def test_value_set_by_the_rule_is_not_respelled() -> None:
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
def test_derived_column_is_spelled_as_by_the_rule_set_or_the_pool(case: list[Content], value: str) -> None:
    derived = {**SHARED["derived"], "mixed": {"cases": case}}
    generation = generate(pool(SPELLED), ruleset(rule(group_by={"mixed": {"column": "mixed"}}), derived=derived))
    association = next(item for item in generation.associations if item.asn_id == "o1")
    assert association.constraints.splitlines()[-1] == f"    mixed: {value}"


def test_merged_values_that_differ_in_case_are_written_once() -> None:
    table = """
    FILE PROPOSAL CAMERA BAND
    a    7        Red    g
    b    7        RED    r
    c    7        red    R
    """
    keys = {"band": {"column": "BAND"}}
    assert lines("camera", table, merge=True, group_by=keys) == {"z9 007": "RED"}
    assert lines("band", table, merge=True, group_by=keys) == {"z9 007": "g|R"}


SPELLINGS = st.sampled_from(["red", "Red", "RED", "blue", "Blue"])


@given(st.lists(st.tuples(st.sampled_from("78"), SPELLINGS), min_size=1, max_size=8))
def test_key_has_the_first_spelling_of_its_group(rows: list[tuple[str, str]]) -> None:
    table = "FILE PROPOSAL CAMERA\n" + "\n".join(f"f{i} {program} {camera}" for i, (program, camera) in enumerate(rows))
    expected = sorted(
        min(spelling for row_program, spelling in rows if row_program == program and spelling.lower() == camera)
        for program, camera in {(program, camera.lower()) for program, camera in rows}
    )
    result = generate(pool(table), ruleset(rule())).associations
    assert sorted(association.constraints.partition("camera: ")[2] for association in result) == expected
