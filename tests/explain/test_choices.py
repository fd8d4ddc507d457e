"""What attachments had to choose from, from the side of a group and from that of a supporting exposure."""

from __future__ import annotations

from dataclasses import asdict
from random import Random
from typing import Any

import pytest
from support.observatory import pool, rule, ruleset

from asnforge.explain import Trace, explain_all, explain_exposure, find_orphans, in_blocks, trace_rules
from asnforge.explain.explain_report import explanation_text

TYPES = {"DAY": {"type": "time"}, "TEXP": {"type": "number", "unit": "s"}, "RA": {"type": "angle"}}
TABLE = """
FILE PROPOSAL CAMERA INTENT DAY        TEXP NIGHT RA
own  7        red    .      2026-03-10 60   n1    10
a    7        red    setup  2026-03-12 60.5 n2    10.5
b    7        red    setup  2026-03-07 .    n3    11
c    7        red    setup  2026-03-08 62   n2    .
"""


def traced(table: str = TABLE, **attachment: Any) -> Trace:
    image = rule(select={"science": {"use": "science"}}, attach={"flat": {"when": {"use": "setup"}, **attachment}})
    return trace_rules(pool(table), ruleset(image, columns=TYPES))


def choice_lines(trace: Trace, row: int = 0, *, every: bool = False) -> list[str]:
    lines = explanation_text(explain_exposure(trace, row, every)).splitlines()
    return [line.strip() for line in lines if "taken" in line or "passed over" in line or "nothing" in line]


ALL: dict[str, Any] = {"match": ["CAMERA"]}


@pytest.mark.parametrize(
    ("attachment", "lines"),
    [
        (
            {"nearest": ["DAY"], "at_most": 1},
            [
                "flat  c, taken: DAY 2 d before",
                "a, passed over: as near as the last that is taken, but comes after it; DAY 2 d after",
                "b, passed over: farther; DAY 3 d before",
            ],
        ),
        (
            {"nearest": ["TEXP"], "at_most": 2},
            [
                "flat  a, taken: TEXP 0.5 s away",
                "c, taken: TEXP 2 s away",
                "b, passed over: farther; TEXP undefined",
            ],
        ),
        (
            {"nearest": [{"column": "DAY", "side": "after"}], "at_most": 1},
            [
                "flat  a, taken: DAY 2 d after",
                "b, passed over: farther; DAY not after",
                "c, passed over: farther; DAY not after",
            ],
        ),
        (
            {"nearest": ["RA"], "at_most": 1},
            [
                "flat  a, taken: RA 30 arcmin away",
                "b, passed over: farther; RA 1 deg away",
                "c, passed over: farther; RA undefined",
            ],
        ),
        (
            {"sets_by": ["NIGHT"], "at_least": 2, "nearest": ["DAY"], "at_most": 1},
            [
                "flat  NIGHT n2, 2 files, taken: DAY 2 d away",
                "NIGHT n3, 1 file, passed over: fewer than 2; DAY 3 d before",
            ],
        ),
        (
            {"prefer": [{"column": "DAY", "within": "2 d"}], "nearest": ["DAY"]},
            [
                "flat  c, taken: DAY 2 d before; preferred: DAY within 2 d",
                "a, taken: DAY 2 d after; preferred: DAY within 2 d",
                "b, passed over: others are preferred: DAY within 2 d; DAY 3 d before",
            ],
        ),
        (
            {"prefer": [{"column": "DAY", "within": "1 d"}], "at_most": 1},
            [
                "flat  a, taken: although not: DAY within 1 d",
                "b, passed over: at most 1 by file name",
                "c, passed over: at most 1 by file name",
            ],
        ),
        ({"when": {"column": "INTENT", "is": "other"}, "at_most": 1}, ["flat  nothing matches"]),
        ({}, []),
    ],
)
def test_the_sets_of_a_choice_in_order(attachment: dict[str, Any], lines: list[str]) -> None:
    assert choice_lines(traced(**{**ALL, **attachment})) == lines


def test_a_few_sets_are_shown_unless_all_are_requested() -> None:
    more = "".join(f"d{number} 7 red setup 2026-03-01 60 n4 1\n" for number in range(5))
    trace = traced(TABLE + more, **ALL, nearest=["DAY"], at_most=7)
    text = explanation_text(explain_exposure(trace, 0))
    assert "and 3 more sets, 2 of them taken; --all shows them" in text
    assert (len(choice_lines(trace)), len(choice_lines(trace, every=True))) == (5 + 1, 8)


def test_each_own_exposure_has_a_choice_of_its_own() -> None:
    table = TABLE + "late 7 red . 2026-03-13 60 n1 10\n"
    (outcome,) = explain_exposure(traced(table, **ALL, nearest=["DAY"], at_most=1, each_own="yes"), 0).rules[0].groups
    chosen = [(choice.chosen_for, choice.sets[0].name, choice.sets[0].distances) for choice in outcome.choices]
    assert chosen == [("line 2, own", "c", ("DAY 2 d before",)), ("line 6, late", "a", ("DAY 1 d before",))]


@pytest.mark.parametrize(
    ("attachment", "reason"),
    [
        ({"nearest": ["DAY"], "at_most": 1}, "it matches, but a nearer one is attached"),
        ({"at_most": 1}, "it matches, but another is attached"),
        ({"sets_by": ["NIGHT"], "at_least": 2}, "it matches, but its set has fewer than 2 files"),
        (
            {"sets_by": ["NIGHT"], "nearest": ["DAY"], "at_most": 1},
            "it matches, but a nearer set is attached",
        ),
        (
            {"prefer": [{"column": "DAY", "within": "2 d"}]},
            "it matches, but others are preferred: DAY within 2 d",
        ),
    ],
)
def test_an_exposure_that_matches_but_is_not_attached(attachment: dict[str, Any], reason: str) -> None:
    trace = traced(**ALL, **attachment)
    explained = explain_exposure(trace, 2)
    assert explained.orphan == f"supporting exposure (flat): {reason}"
    assert explained.orphan in [entry.reason for entry in find_orphans(trace)]
    (outcome,) = explained.rules
    assert (outcome.verdict, [group.outcome for group in outcome.groups]) == ("not attached", ["not attached"])
    (choice,) = outcome.groups[0].choices
    assert [entry.outcome for entry in choice.sets if entry.name in ("b", "NIGHT n3")] != ["taken"]


def test_an_exposure_that_matches_nothing_is_not_passed_over() -> None:
    trace = traced(match=["NIGHT"], nearest=["DAY"], at_most=1)
    assert [entry.reason for entry in find_orphans(trace)] == [
        "supporting exposure (flat), but no group in its scopes has the same NIGHT"
    ]


@pytest.mark.parametrize(
    "attachment",
    [
        {"match": ["CAMERA"], "nearest": ["DAY"], "at_most": 1},
        {"match": ["NIGHT"], "nearest": ["DAY"], "at_most": 1, "each_own": "yes"},
        {"match": {"day": {"column": "DAY", "within": "3 d"}}, "sets_by": ["NIGHT"], "at_least": 2},
    ],
)
def test_explanations_of_a_whole_pool_are_those_of_its_exposures(
    monkeypatch: pytest.MonkeyPatch, attachment: dict[str, Any]
) -> None:
    draw = Random(5)
    rows = [
        f"f{number} 7 {draw.choice(['red', 'blue', 'green'])} {draw.choice(['.', 'setup'])} "
        f"2026-03-{draw.randint(1, 20):02} {draw.randint(58, 62)} {draw.choice(['n1', 'n2', 'n3'])} 10"
        for number in range(60)
    ]
    table = "\n".join([TABLE.split("\n")[1], *rows])
    single = traced(table, **attachment)
    expected = [explain_exposure(single, row, every=True) for row in range(60)]
    monkeypatch.setattr(in_blocks, "_SINGLE", 0)
    assert list(explain_all(traced(table, **attachment), every=True)) == expected


def test_a_choice_is_data() -> None:
    (outcome,) = explain_exposure(traced(**ALL, nearest=["DAY"], at_most=1), 3).rules[0].groups
    (choice,) = outcome.choices
    assert (choice.attachment, choice.more, choice.more_taken) == ("flat", 0, 0)
    assert asdict(choice.sets[0]) == {
        "name": "c",
        "files": 1,
        "outcome": "taken",
        "reason": "",
        "distances": ("DAY 2 d before",),
        "measured": ({"column": "DAY", "distance": 172800.0, "side": "before", "unit": "s"},),
    }
