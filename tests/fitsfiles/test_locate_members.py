"""Members that are files, and products that other associations make."""

from __future__ import annotations

import pytest
from support.fits_files import lynx_mapping
from support.observatory import pool, rule, ruleset

from asnforge.associations.model import Association
from asnforge.fitsfiles.locate_members import MemberFiles, MemberLocator, locate_members
from asnforge.generation.engine import generate
from asnforge.rules.pipelines import Pipelines

NIGHT = """
FILE                PROPOSAL CAMERA FIELD
ly007_1_red_raw.fits 7       red    1
ly007_2_red_raw.fits 7       red    2
"""
FIELDS = rule(
    "Fields", group_by={"field": {"column": "FIELD"}}, product="{program}_{field}", product_file="{product}.f"
)
STACK = rule("Stack", product_of="Fields", product="{program}")


def located(present_only: bool) -> tuple[dict[str, list[str]], list[tuple[str | None, object]]]:
    """The members of each product, and the findings about missing files, if only the first exposure has a file."""
    files = {"ly007_1_red": {"flat": "/data/ly007_1_red_flat.fits"}}
    locator = MemberLocator(files, lynx_mapping().names, MemberFiles(present_only=present_only))
    associations = generate(pool(NIGHT), ruleset(FIELDS, STACK)).associations
    found, missing = locate_members(associations, locator, Pipelines())
    return {item.products[0].name: names(item) for item in found}, [
        (item.code, dict(item.details)["expname"]) for item in missing
    ]


def names(association: Association) -> list[str]:
    return [member.expname for member in association.products[0].members]


@pytest.mark.parametrize(
    ("present_only", "members", "missing"),
    [
        (
            False,
            {
                "p007_f01": ["/data/ly007_1_red_flat.fits"],
                "p007_f02": ["ly007_2_red_flat.fits"],
                "p007": ["p007_f01.f", "p007_f02.f"],
            },
            [("G123", "ly007_2_red_flat.fits")],
        ),
        (
            True,
            {"p007_f01": ["/data/ly007_1_red_flat.fits"], "p007": ["p007_f01.f"]},
            [("G123", "ly007_2_red_flat.fits"), ("G123", "p007_f02.f")],
        ),
    ],
)
def test_a_product_that_another_association_makes_is_not_missing(
    present_only: bool, members: dict[str, list[str]], missing: list[tuple[str, str]]
) -> None:
    assert located(present_only) == (members, missing)
