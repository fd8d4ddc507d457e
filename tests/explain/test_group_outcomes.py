"""The requirements that a group does not meet, in words."""

from __future__ import annotations

import pytest
from support.night import FIELDS, NIGHT, A
from support.observatory import pool, rule, ruleset

from asnforge.explain import explain_exposure, trace_rules


def test_distinct_requirement_applies_to_scopes_of_its_types() -> None:
    night = NIGHT.replace("2   .      yes", "1   .      yes")
    groups = explain_exposure(trace_rules(pool(night), ruleset(FIELDS)), A).rules[0].groups
    assert [group.lacks for group in groups if group.scope_id == "c5"] == [
        ("has 1 distinct value of OBS (1), needs 2 or more in a scope of type tile",)
    ]


REQUIRED = {
    "has 1 member, needs 3 or more": {"members": "any", "at_least": 3},
    "has 0 psf members, needs 2 or more": {"members": "psf", "at_least": 2},
    "has 0 distinct values of GRID, needs 2 or more": {"distinct": "GRID", "at_least": 2},
    "is in a scope of type everything, needs a scope of type night or tile": {"scope_in": ["night", "tile"]},
    "is in a scope of type everything, needs a scope of a type other than everything": {"scope_not_in": ["everything"]},
}


@pytest.mark.parametrize(("text", "need"), REQUIRED.items())
def test_unmet_requirements_in_words(text: str, need: dict[str, object]) -> None:
    trace = trace_rules(pool("FILE PROPOSAL CAMERA\na 7 red"), ruleset(rule(require={"need": need})))
    (outcome,) = explain_exposure(trace, 0).rules
    assert (outcome.verdict, outcome.groups[0].lacks) == ("incomplete", (text,))
