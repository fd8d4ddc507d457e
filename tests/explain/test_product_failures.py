"""Why there is no product that an attachment could take, through the chain of rules."""

from __future__ import annotations

import pytest
from support.observatory import Content, pool, rule, ruleset

from asnforge.explain.explain_report import explanation_text, orphans_text
from asnforge.explain.exposure import explain_exposure
from asnforge.explain.orphans import find_orphans
from asnforge.explain.trace import Trace, trace_rules
from asnforge.rules.ruleset import Ruleset

FRAMES: Content = {"frames": {"members": "science", "at_least": 2}}


def calibration(name: str, intent: str, **blocks: object) -> Content:
    content: Content = {
        "select": {intent: {"column": "INTENT", "is": intent}},
        "take_as": {"exptype": "science"},
        "group_by": {"gain": {"column": "GAIN"}, "night": {"column": "NIGHT"}},
        "require": FRAMES,
        "product": f"{intent}_{{gain}}_{{night}}",
        "product_file": "{product}.f",
        **blocks,
    }
    return rule(name, **content)


def rules(match: object = ("GAIN",), exptype: str = "bias", **require: Content) -> Ruleset:
    bias = {"bias": {"product_of": "Bias", "match": ["GAIN"]}}
    needs_bias = {**FRAMES, "bias": {"attached": "bias"}}
    attached = {"product_of": "Flat" if exptype == "flat" else "Bias", "match": match, "as": exptype}
    light = rule(
        "Light",
        select={"light": {"column": "INTENT", "defined": "no"}},
        group_by={"gain": {"column": "GAIN", "optional": "yes"}},
        attach={exptype: attached},
        require=require or {"need": {"attached": exptype}},
        product="{camera}",
    )
    return ruleset(
        calibration("Bias", "bias"),
        calibration("Flat", "flat", attach=bias, require=needs_bias),
        light,
        names={"gain": {"key": "gain"}, "night": {"key": "night"}},
        columns={"TIME": {"type": "number"}},
    )


def traced(rows: str, rules: Ruleset) -> Trace:
    header = "FILE PROPOSAL CAMERA INTENT GAIN NIGHT TIME"
    lines = [f"x{number} 7 red {row}" for number, row in enumerate(rows.split("; "))]
    return trace_rules(pool("\n".join([header, *lines])), rules)


LESS = "fewer than 2 science members"


@pytest.mark.parametrize(
    ("rows", "rules", "reason"),
    [
        (". 0 1 5", rules(), "has no bias: there is no group of Bias"),
        (". 0 1 5; bias 1 1 5", rules(), "has no bias: the only group of Bias does not have GAIN 0"),
        (
            ". 0 1 5; bias 1 1 5; bias 2 1 5",
            rules(),
            "has no bias: none of the 2 groups of Bias has GAIN 0",
        ),
        (". 0 1 5; bias 0 1 5; bias 1 1 5", rules(), f"has no bias: the group of Bias with GAIN 0 has {LESS}"),
        (
            ". 0 1 5; bias 0 1 5; bias 0 2 5",
            rules(),
            f"has no bias: of 2 groups of Bias with GAIN 0, both have {LESS}",
        ),
        (
            ". 0 1 5; bias 0 1 5; bias 0 2 5; bias 0 3 5",
            rules(need={"members": "bias"}),
            f"has no bias: of 3 groups of Bias with GAIN 0, all 3 have {LESS}",
        ),
        (
            ". 0 1 5; flat 0 1 5; flat 0 1 5; bias 0 1 5",
            rules(exptype="flat"),
            f"has no flat: the group of Flat with GAIN 0 has no bias: the group of Bias with GAIN 0 has {LESS}",
        ),
        (
            ". 0 1 5; bias 0 1 9; bias 0 1 9; bias 0 2 5",
            rules({"gain": {"column": "GAIN"}, "time": {"column": "TIME", "within": "1"}}),
            "has no bias: of 2 groups of Bias with GAIN 0, 1 is complete, but its product does not match (TIME within 1) "
            f"and 1 has {LESS}",
        ),
        (
            ". 0 1 5; bias 0 1 9; bias 0 1 9; bias 0 2 8; bias 0 2 8",
            rules({"gain": {"column": "GAIN"}, "time": {"column": "TIME", "within": "1"}}),
            "has no bias: of 2 groups of Bias with GAIN 0, both are complete, but their products do not match (TIME within 1)",
        ),
        (
            ". 0 1 5; flat 0 1 5; flat 0 2 5; flat 0 2 5; bias 0 1 5",
            rules(exptype="flat"),
            f"has no flat: of 2 groups of Flat with GAIN 0, 1 has {LESS} and has no bias (the group of Bias with GAIN 0 has "
            f"{LESS}) and 1 has no bias (the group of Bias with GAIN 0 has {LESS})",
        ),
        (
            ". . 1 5; bias 0 1 5",
            rules({"gain": {"column": "GAIN"}}),
            "has no bias: the only group of Bias does not have GAIN undefined",
        ),
    ],
)
def test_the_reason_names_the_groups_that_could_have_made_the_product(rows: str, rules: Ruleset, reason: str) -> None:
    trace = traced(rows, rules)
    text = explanation_text(explain_exposure(trace, 0)).splitlines()
    assert f"    why: selected by Light, but the group {reason}" in text
    assert f"        z9  science in a group that {reason}" in text


def test_orphans_whose_products_are_missing_for_different_reasons_are_listed_apart() -> None:
    trace = traced(". 0 1 5; . 1 1 5; . 0 2 5; bias 1 1 5", rules())
    assert orphans_text(find_orphans(trace)).splitlines() == [
        "2 exposures: selected by Light, but the group has no bias: the only group of Bias does not have GAIN 0",
        "    2  x0",
        "    4  x2",
        f"1 exposure: selected by Bias, but the group has {LESS}",
        "    5  x3",
        f"1 exposure: selected by Light, but the group has no bias: the group of Bias with GAIN 1 has {LESS}",
        "    3  x1",
    ]
