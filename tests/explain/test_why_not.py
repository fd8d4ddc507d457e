"""Why two exposures are in no association together."""

from __future__ import annotations

import pytest
from support.night import DUPLICATE, FAULTY, FIELDS, NIGHT, A, B, C, D, S, T
from support.observatory import SHARED, Content, pool, rule, ruleset

from asnforge.explain import Trace, explain_exposure, find_orphans, trace_rules, why_not
from asnforge.explain.explain_report import why_not_text
from asnforge.grouping.scopes import ScopeChoice


@pytest.fixture(scope="module")
def trace() -> Trace:
    return trace_rules(pool(NIGHT), ruleset(FIELDS))


PAIRS = {
    (A, B): "are together in p007-c5_stack_01_asn.json, p007-z9_stack_01_asn.json",
    (A, S): "are together in p007-z9_stack_01_asn.json",
    (A, C): "    Fields  key field separates them: FIELD is 1 and 2",
    (A, T): "    Fields  line 8 would be attached by setup, but OBS is 8, not 1 or 2",
    (A, DUPLICATE): "    Fields  both have the same file, which a group contains only once",
    (B, DUPLICATE): "    Fields  line 9 is not in the group: line 2 has the same file and is used instead",
    (C, D): "    Fields  line 5 is rejected: key field requires FIELD to be defined, found undefined",
    (A, FAULTY): "    Fields  line 10: FILE 'y/' is a directory, not a file name",
}


@pytest.mark.parametrize(("pair", "text"), PAIRS.items())
def test_why_not_for_a_pair(trace: Trace, pair: tuple[int, int], text: str) -> None:
    left, right = pair
    lines = why_not_text(why_not(trace, left, right)).splitlines()
    head = [] if text.startswith("are") else ["are together in no association:"]
    assert lines == [str(trace.exposure(left)), str(trace.exposure(right)), *head, text]


def test_exposures_without_a_common_scope_are_separated() -> None:
    result = why_not(trace_rules(pool(NIGHT), ruleset(FIELDS), ScopeChoice(discovered=False)), A, C)
    assert [(separation.how, separation.reasons) for separation in result.rules] == [
        ("scope", ("they share no scope: line 2 is in c5 and o1, line 4 is in o2",))
    ]


PREFERRING = """
FILE   PROPOSAL CAMERA
a_best 7        red
a_raw  7        red
"""


def test_an_exposure_that_is_not_preferred_is_explained_from_every_side() -> None:
    traced = trace_rules(pool(PREFERRING), ruleset(rule(prefer=[{"column": "FILE", "matches": ".*_best"}])))
    words = "only exposures where FILE matches .*_best are used"
    (separation,) = why_not(traced, 0, 1).rules
    assert (separation.how, separation.reasons) == (
        "preference",
        (f"line 3 is not used: of this group, {words}",),
    )
    explained = explain_exposure(traced, 1)
    assert explained.orphan == f"selected by Image, but of its group {words}"
    (outcome,) = explained.rules
    assert (outcome.verdict, [(group.outcome, group.why) for group in outcome.groups]) == (
        "not preferred",
        [("not preferred", f"of this group, {words}")],
    )
    assert [entry.reason for entry in find_orphans(traced)] == [explained.orphan]


def test_a_key_with_a_value_of_its_own_separates_defined_from_undefined() -> None:
    table = "FILE PROPOSAL CAMERA GRID\na 7 red .\nb 7 red fine"
    traced = trace_rules(pool(table), ruleset(rule(group_by={"grid": {"column": "GRID", "optional": "own"}})))
    (separation,) = why_not(traced, 0, 1).rules
    assert separation.reasons == ("key grid separates them: GRID is undefined and fine",)


TYPES = {
    "TEXP": {"type": "number", "unit": "s"},
    "TILES": {"type": "list"},
    "RA": {"type": "angle"},
    "DEC": {"type": "angle"},
}


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (
            {"column": "TEXP", "gap": "2 s"},
            "key key separates them: TEXP from 10 to 12 and at 20, with a gap of more than 2 s",
        ),
        ({"each": "TILES"}, "key key separates them: TILES is t1 or t2 and t3"),
        (
            {"position": ["RA", "DEC"], "gap": "1 deg"},
            "key key separates them: RA and DEC from 10 5 to 10.5 5 and at 20 5, with a gap of more than 1 deg",
        ),
    ],
)
def test_values_that_divide_groups_are_named(key: Content, reason: str) -> None:
    table = """
    FILE PROPOSAL CAMERA TEXP TILES RA   DEC
    a    7        red    10   t1,t2 10   5
    b    7        red    12   t2    10.5 5
    c    7        red    20   t3    20   5
    """
    traced = trace_rules(pool(table), ruleset(rule(group_by={"key": key}), columns=TYPES))
    (separation,) = why_not(traced, 0, 2).rules
    assert separation.reasons == (reason,)


def test_the_range_of_values_of_a_group_is_named() -> None:
    table = "FILE PROPOSAL CAMERA TEXP\na 7 red 10\nb 7 red 12\nc 7 red 20"
    traced = trace_rules(pool(table), ruleset(rule(group_by={"time": {"column": "TEXP", "gap": "2 s"}}), columns=TYPES))
    (outcome,) = explain_exposure(traced, 0).rules
    assert [group.ranges for group in outcome.groups] == [("time from 10 to 12",)]


def test_a_column_that_cannot_be_in_a_name_is_the_reason() -> None:
    names = {**SHARED["names"], "both": {"columns": ["BAND"]}}
    traced = trace_rules(
        pool("FILE PROPOSAL CAMERA BAND\na 7 red x/y\nb 7 red z"), ruleset(rule(product="{both}"), names=names)
    )
    assert find_orphans(traced)[0].reason == (
        "rejected by Image: key band in names requires BAND to be a value that can be part of a name, found x/y"
    )
