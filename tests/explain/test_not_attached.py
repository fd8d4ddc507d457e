"""Why an exposure, or a product that is made from it, is not attached to the group of another one."""

from __future__ import annotations

from typing import Any

import pytest
from support.observatory import Content, pool, rule, ruleset

from asnforge.explain import Traces, trace_rules, why_not
from asnforge.explain.explain_report import why_not_text
from asnforge.findings import InputError

TYPES = {"DAY": {"type": "number", "unit": "d"}}
HEADER = "FILE PROPOSAL CAMERA INTENT BAND DAY"


@pytest.mark.parametrize(
    ("attachment", "rows", "reason"),
    [
        (
            {"match": ["BAND"], "nearest": ["DAY"], "at_most": 1},
            "setup g 5; setup g 2",
            "line 3 matches for flat, but is passed over: farther, DAY 4 d away; taken: x2, DAY 1 d away",
        ),
        (
            {"match": ["BAND"], "sets_by": ["BAND"], "at_least": 3},
            "setup g 5; setup g 2",
            "line 3 matches for flat, but is passed over: fewer than 3",
        ),
        (
            {"match": ["BAND"], "prefer": [{"column": "DAY", "within": "1"}]},
            "setup g 5; setup g 2",
            "line 3 matches for flat, but is passed over: others are preferred: DAY within 1; taken: x2",
        ),
        (
            {"match": {"band": {"column": "BAND"}, "day": {"column": "DAY", "within": "1"}}},
            "setup g 5; . h 5",
            "line 3 would be attached by flat, but no exposure of the group alone matches in the same BAND and DAY within 1",
        ),
        (
            {"match": {"band": {"column": "BAND"}, "day": {"column": "DAY", "within": "1"}}},
            "setup h 5",
            "line 3 would be attached by flat, but BAND is h, not g and DAY differs by 4 d, at most 1",
        ),
    ],
)
def test_a_supporting_exposure_that_is_not_taken(attachment: Content, rows: str, reason: str) -> None:
    lines = [f"x{number} 7 red {row}" for number, row in enumerate([". g 1", *rows.split("; ")])]
    image = rule(select={"science": {"use": "science"}}, attach={"flat": {"when": {"use": "setup"}, **attachment}})
    traced = trace_rules(pool("\n".join([HEADER, *lines])), ruleset(image, columns=TYPES))
    (separation,) = why_not(traced, 0, 1).rules
    assert (separation.how, separation.reasons) == ("attachment", (reason,))


def test_an_attachment_that_compares_with_what_another_one_took() -> None:
    attach: dict[str, Any] = {
        "flat": {"when": {"column": "BAND", "is": "h"}, "match": ["DAY"]},
        "dark": {"when": {"use": "setup"}, "match": ["BAND"], "to": "flat"},
    }
    image = rule(select={"science": {"use": "science"}}, attach=attach)
    traced = trace_rules(pool(f"{HEADER}\nx 7 red . g 1\ny 7 red setup g 1"), ruleset(image))
    (separation,) = why_not(traced, 0, 1).rules
    assert separation.reasons == (
        "line 3 would be attached by dark, which compares it with flat, but the group has none",
    )


def calibrated(*rows: str, with_blue: bool = False) -> Traces:
    """Exposures of the sky, without an intent, with flats of two exposures or more, and with blue products."""
    blue = rule(
        "Blue", select={"blue": {"column": "CAMERA", "is": "blue"}}, product="{camera}", product_file="{product}.f"
    )
    flat = rule(
        "Flat",
        select={"flat": {"column": "INTENT", "is": "setup"}},
        take_as={"exptype": "science"},
        group_by={"band": {"column": "BAND"}},
        require={"enough": {"members": "science", "at_least": 2}},
        product="flat_{band}",
        product_file="{product}.f",
    )
    light = rule(
        "Light",
        select={"light": {"column": "INTENT", "defined": "no"}},
        group_by={"band": {"column": "BAND"}},
        attach={
            "flat": {
                "product_of": "Flat",
                "match": {"band": {"column": "BAND"}, "day": {"column": "DAY", "within": "2"}},
            },
            **({"blue": {"product_of": "Blue", "match": ["CAMERA"]}} if with_blue else {}),
        },
        require={"flat": {"attached": "flat"}},
        product="light_{band}",
    )
    lines = [f"x{number} 7 red {row}" for number, row in enumerate(rows)]
    rules = ruleset(flat, light, *[blue] * with_blue, columns=TYPES, names={"band": {"key": "band"}})
    return Traces([trace_rules(pool("\n".join([HEADER, *lines])), rules)])


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (
            (". g 1", "setup g 5", "setup g 6"),
            "    Light  line 3 is in flat_g.f, which would be attached by flat, but DAY differs by 4.5 d, at most 2",
        ),
        (
            (". g 1", "setup g 1"),
            "    Light  line 3 is in a group of Flat that has 1 science member, needs 2 or more, so it is in no product that "
            "flat could take",
        ),
        (
            (". g 1", "setup . 1"),
            "    Light  flat takes products of Flat, which rejects line 3: key band requires BAND to be defined, found "
            "undefined",
        ),
        (
            (". g 1", "setup g 1", "setup g 2"),
            "    Light  line 3 is in the product flat_g.f, which is a member of p007-z9_stack_02_asn.json",
        ),
    ],
)
def test_an_exposure_is_compared_through_the_product_that_is_made_from_it(rows: tuple[str, ...], line: str) -> None:
    lines = why_not_text(calibrated(*rows).why_not(["x0"], ["x1"])).splitlines()
    assert line in lines


def test_products_of_a_rule_are_not_expected_of_exposures_that_another_selects() -> None:
    lines = why_not_text(calibrated(". g 1", "setup g 1", with_blue=True).why_not(["x0"], ["x1"])).splitlines()
    reason = "that has 1 science member, needs 2 or more, so it is in no product that flat could take"
    assert f"    Light  line 3 is in a group of Flat {reason}" in lines


def test_exposures_that_a_rule_rejects_are_named_where_its_product_is_missing() -> None:
    orphans = calibrated(". g 1", "setup . 1", "setup . 2", "setup h 2").orphans()
    reasons = [entry.reason for entry in orphans]
    assert (
        "selected by Light, but the group has no flat: the only group of Flat does not have BAND g; Flat rejects 2 exposures: "
        "key band requires BAND to be defined, found undefined"
    ) in reasons


@pytest.mark.parametrize(
    ("name", "product", "line"),
    [
        ("light_g", "light_g", 2),
        ("LIGHT_H", "light_h", 5),
        ("p007-z9_stack_01_asn.json", "flat_g", 3),
        ("out/p007-z9_stack_04_asn.json", "light_h", 5),
    ],
)
def test_a_product_or_association_file_is_named_instead_of_an_exposure(name: str, product: str, line: int) -> None:
    traces = calibrated(". g 1", "setup g 1", "setup g 2", ". h 1", "setup h 1", "setup h 2")
    result = traces.why_not(["x5"], [name])
    assert (result.one.line, result.product, result.other.line, result.other_product) == (7, "", line, product)
    assert why_not_text(result).splitlines()[1] == f"{result.other}, of product {product}"


def test_a_name_of_neither_an_exposure_nor_a_product_is_an_error() -> None:
    with pytest.raises(InputError, match="G201 no exposure light_z"):
        calibrated(". g 1").why_not(["x0"], ["light_z"])
