"""Explanations as lines of text."""

from __future__ import annotations

from support.night import FIELDS, NIGHT, T
from support.observatory import pool, rule, ruleset

from asnforge.explain import explain_exposure, find_orphans, trace_rules
from asnforge.explain.explain_report import explanation_text, orphans_text


def test_orphans_text_shortens_long_lists_unless_all_are_requested() -> None:
    rows = "\n".join(f"f{number} 7 red" for number in range(12))
    orphans = find_orphans(
        trace_rules(pool(f"FILE PROPOSAL CAMERA\n{rows}"), ruleset(rule(require={"psf": {"members": "psf"}})))
    )
    short, full = orphans_text(orphans).splitlines(), orphans_text(orphans, every=True).splitlines()
    assert short[0] == full[0] == "12 exposures: selected by Image, but the group has no psf member"
    assert (short[1], short[-1], full[-1]) == ("     2  f0", "    and 2 more; --all shows them", "    13  f11")
    assert orphans_text(()) == "no orphans: every exposure is in an association"


def test_text_is_wrapped_to_a_width() -> None:
    lines = explanation_text(
        explain_exposure(trace_rules(pool(NIGHT), ruleset(FIELDS)), T, every=True), width=60
    ).splitlines()
    assert lines[1:3] == [
        "    why: supporting exposure (setup), but no group in its",
        "         scopes has the same OBS",
    ]
    assert max(map(len, lines)) <= 60
