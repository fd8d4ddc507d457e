"""Associations: every keyword of the format, file names and their sequence."""

from __future__ import annotations

import pytest
from support.observatory import generated, pool, rule, ruleset

from asnforge import __version__
from asnforge.associations.model import Association, Member, Product
from asnforge.generation.engine import generate

KEYS = {"field": {"column": "FIELD"}, "band": {"column": "BAND", "optional": "yes"}}
IMAGE = rule(group_by=KEYS)


def test_an_association_whole() -> None:
    table = """
    FILE    PROPOSAL CAMERA FIELD BAND TROUBLE CANDIDATES
    b_raw.f 7        Red    X1    G    .       O1/NIGHT+c1/tile
    a_raw.f 7        red    x1    g    Door.   .
    """
    first, second = generated(table, IMAGE, version_id="v2").associations
    assert (
        first
        == Association(
            file_name="p007-c1_v2_stack_01_asn.json",
            asn_type="stack",
            asn_rule="Image",
            asn_id="c1",
            asn_pool="night.tsv",
            program="007",
            target="fx1",
            constraints="Constraints:\n    programme: 7\n    camera: red\n    field: x1\n    band: g",
            degraded_status="All is well.",
            version_id="v2",
            code_version=f"asnforge {__version__}",
            products=(
                Product(
                    "p007-c1_fx1_red_g",
                    (Member("b_flat.f", "science", None, "[('c1', 'tile'), ('o1', 'night')]"),),
                ),
            ),
        )
        or first.asn_id != "c1"
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


def names(found: tuple[Association, ...]) -> list[tuple[str, str]]:
    return [(association.file_name, association.products[0].name) for association in found]


def test_the_sequence_counts_within_programme_scope_and_type() -> None:
    other = rule(
        "Other", asn_type="other", group_by=KEYS, member_name="{root}-x{end}", product="other-{scope}-{field}-{light}"
    )
    names_found = [name for name, _ in names(generated(SEQUENCE.replace("\na ", "\na_raw.f "), IMAGE).associations)]
    assert (
        names_found
        == [
            "p007-o1_stack_01_asn.json",
            "p007-o1_stack_02_asn.json",
            "p007-o1_stack_03_asn.json",
            "p007-o2_stack_01_asn.json",
            "p007-z9_stack_01_asn.json",
            "p008-z9_stack_01_asn.json",
        ]
        or names_found
    )
    assert other["rule"] == "Other"


def test_the_order_of_rows_does_not_show() -> None:
    header, *rows = SEQUENCE.strip().splitlines()
    turned = "\n".join([header, *reversed(rows)])
    assert generated(SEQUENCE, IMAGE).associations == generated(turned, IMAGE).associations


def test_many_of_one_stem_are_told_apart() -> None:
    rows = [f"f{number:03} 7 red {number}" for number in range(120)]
    found = generated("\n".join(["FILE PROPOSAL CAMERA FIELD", *rows]), IMAGE).associations
    assert len({association.file_name for association in found}) == 120
    assert found[-1].file_name == "p007-z9_stack_120_asn.json"


@pytest.mark.parametrize(
    ("cell", "error", "status"),
    [
        (".", None, "All is well."),
        ("none", None, "All is well."),
        ("NONE", None, "All is well."),
        ("Star_lost", "Star_lost", "Not all is well."),
    ],
)
def test_a_note_of_an_error(cell: str, error: str | None, status: str) -> None:
    (association,) = generated(f"FILE PROPOSAL CAMERA TROUBLE\na 7 red {cell}", rule()).associations
    assert association.products[0].members[0].exposerr == error
    assert association.degraded_status == status


@pytest.mark.parametrize("version_id", [None, "20300102t030405"])
def test_the_version(version_id: str | None) -> None:
    (association,) = generated("FILE PROPOSAL CAMERA\na 7 red", rule(), version_id=version_id).associations
    assert association.version_id == version_id
    between = f"_{version_id}" if version_id else ""
    assert association.file_name == f"p007-z9{between}_stack_01_asn.json"


def test_keywords_of_a_rule_without_their_keys() -> None:
    keywords = {"program": "{frame}", "target": "{field}"}
    (association,) = generate(pool("FILE PROPOSAL CAMERA\na 7 red"), ruleset(rule(), keywords=keywords)).associations
    assert (association.program, association.target) == ("", "f00")


@pytest.mark.parametrize("unrelated", range(252, 258))
def test_exposures_of_other_programmes_do_not_renumber(unrelated: int) -> None:
    """Associations of one name are told apart by what their members are called, not by where files are in the pool."""
    others = [f"a{number} 5 red 1 g o1/night" for number in range(unrelated)]
    same_name = [f"{name} 7 red {field} g o1/night" for name, field in (("x", 1), ("y", 2), ("z", 3))]
    made = generated(
        "\n".join(["FILE PROPOSAL CAMERA FIELD BAND CANDIDATES", *others, *same_name]),
        rule(group_by=KEYS, product="{programme}-{camera}"),
    ).associations
    found = [
        (association.file_name, association.products[0].members[0].expname)
        for association in made
        if association.program == "007"
    ]
    assert found == [(f"p007-z9_stack_0{place}_asn.json", name) for place, name in enumerate("xyz", 1)]
