"""Coverage of attachments: what would be attached without one of their parts."""

from __future__ import annotations

import pytest
from support.observatory import Content, pool, rule, ruleset

from asnforge.cases import attachment_coverage
from asnforge.cases.coverage import Coverage, find_coverage
from asnforge.explain import trace_rules

TYPES = {"DAY": {"type": "number", "unit": "d"}}
TABLE = """
FILE PROPOSAL CAMERA INTENT FIELD BAND DAY NIGHT
a    7        red    .      1     g    10  n3
b    7        red    .      2     r    20  n4
c    7        red    setup  1     g    9   n1
d    7        red    setup  1     r    8   n1
e    7        red    setup  2     g    18  n2
f    7        red    setup  2     r    10  n5
"""
Counts = list[tuple[str, str, str, int, int, int]]


PLAIN = {"match": ["FIELD"]}


def coverage(*attachments: Content, require: Content | None = None, table: str = TABLE) -> Coverage:
    attach = {f"flat{number}": {"when": {"use": "setup"}, **content} for number, content in enumerate(attachments, 1)}
    image = rule(
        select={"science": {"use": "science"}},
        group_by={"field": {"column": "FIELD"}},
        attach=attach,
        **({} if require is None else {"require": require}),
    )
    rules = ruleset(image, columns=TYPES)
    return find_coverage(rules, [trace_rules(pool(table), rules)])


def parts(*attachments: Content, require: Content | None = None, table: str = TABLE) -> Counts:
    """The parts of attachments: kind, attachment, words, and the counts."""
    kinds = {"from", "except", "match", "to", "sets_by", "at_least", "at_most", "each_own", "prefer", "nearest"}
    return [
        (item.kind, item.name, item.words, item.passed, item.failed, item.decided)
        for item in coverage(*attachments, require=require, table=table).items
        if item.kind.partition(" ")[0] in kinds
    ]


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        (["FIELD"], [("the same FIELD", 4, 4, 4)]),
        (["FIELD", "BAND"], [("the same FIELD", 2, 2, 2), ("the same BAND", 2, 2, 2)]),
        (["CAMERA", "FIELD"], [("the same CAMERA", 4, 0, 0), ("the same FIELD", 4, 4, 4)]),
        (
            {"field": {"column": "FIELD"}, "day": {"column": "DAY", "within": "2 d"}},
            [("the same FIELD", 3, 1, 1), ("DAY within 2 d", 3, 1, 1)],
        ),
        (
            {"day": {"column": "DAY", "before": "2 d"}, "band": {"column": "BAND", "differs": "yes"}},
            [("DAY at most 2 d before", 3, 1, 1), ("a different BAND", 3, 1, 1)],
        ),
    ],
)
def test_relation_is_decisive_if_more_would_be_attached_without_it(
    match: Content, expected: list[tuple[str, int, int, int]]
) -> None:
    assert parts({"match": match}) == [("match", "flat1", *item) for item in expected]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"prefer": [{"column": "BAND"}]}, [("prefer", "the same BAND", 2, 2, 2)]),
        ({"prefer": [{"column": "BAND", "is": "z"}]}, [("prefer", "BAND is z", 4, 0, 0)]),
        (
            {"prefer": [{"column": "BAND"}, {"column": "DAY", "within": "2 d"}]},
            [("prefer", "the same BAND", 2, 2, 3), ("prefer", "DAY within 2 d", 2, 0, 0)],
        ),
        (
            {"nearest": ["DAY"], "at_most": "1"},
            [("at_most", "at most 1 file", 2, 2, 2), ("nearest", "nearest DAY", 2, 0, 0)],
        ),
        (
            {"nearest": [{"column": "FILE", "side": "after"}], "at_most": "3"},
            [("at_most", "at most 3 files", 4, 0, 0), ("nearest", "nearest FILE after", 4, 0, 0)],
        ),
        (
            {"sets_by": ["NIGHT"], "at_least": "2"},
            [("sets_by", "sets with the same night", 2, 0, 2), ("at_least", "sets of 2 files or more", 2, 2, 2)],
        ),
    ],
)
def test_part_of_the_choice_is_decisive_if_something_else_would_be_attached_without_it(
    choice: Content, expected: list[tuple[str, str, int, int, int]]
) -> None:
    found = [(kind, *rest) for kind, _, *rest in parts({"match": ["FIELD"], **choice}) if kind != "match"]
    assert found == expected


@pytest.mark.parametrize(("within", "not_met"), [("1 d", 1), ("2 d", 0), ("0.5 d", 2)])
def test_preference_that_the_nearest_set_meets_is_decisive_where_it_is_not_met(within: str, not_met: int) -> None:
    choice = {"prefer": [{"column": "DAY", "within": within}], "nearest": ["DAY"], "at_most": "1"}
    assert ("prefer", "flat1", f"DAY within {within}", 2, 0, not_met) in parts({**PLAIN, **choice})


@pytest.mark.parametrize(
    "choice",
    [
        {"prefer": [{"column": "DAY", "within": "1 d"}], "nearest": ["DAY"], "at_most": "2"},
        {
            "prefer": [{"column": "DAY", "within": "1 d"}],
            "nearest": [{"column": "FILE", "side": "after"}],
            "at_most": "2",
        },
        {"prefer": [{"column": "DAY", "within": "1 d"}]},
    ],
)
def test_preference_of_near_sets_can_change_what_is_attached(choice: Content) -> None:
    assert ("prefer", "flat1", "DAY within 1 d", 3, 1, 1) in parts({**PLAIN, **choice})


SPARSE = """
FILE PROPOSAL CAMERA INTENT FIELD BAND GRID DAY
a    7        red    .      1     g    .    10
b    7        red    .      2     r    x    20
c    7        red    setup  1     g    .    9
d    7        red    setup  1     .    .    8
e    7        red    setup  2     g    y    30
f    7        red    setup  2     r    x    14
"""
WHERE_X = {"column": "GRID", "is": "x"}


@pytest.mark.parametrize(
    ("relation", "kind", "words", "counts"),
    [
        ({"column": "BAND", "optional": "yes"}, "optional", "an undefined value agrees with every value", (3, 0, 1)),
        (
            {"column": "GRID", "optional": "own"},
            "optional",
            "an undefined value agrees with another undefined value",
            (3, 0, 2),
        ),
        (
            {"column": "BAND", "optional": "own"},
            "optional",
            "an undefined value agrees with another undefined value",
            (2, 0, 0),
        ),
        ({"column": "BAND", "when": WHERE_X}, "when", "only where GRID is x", (4, 0, 2)),
        ({"column": "DAY", "before": "2 d", "after": "10 d"}, "before", "at most 2 d before", (3, 1, 1)),
        ({"column": "DAY", "before": "2 d", "after": "10 d"}, "after", "at most 10 d after", (3, 0, 0)),
    ],
)
def test_option_of_a_relation_is_decisive_if_something_else_would_be_attached_without_it(
    relation: Content, kind: str, words: str, counts: tuple[int, int, int]
) -> None:
    found = parts({"match": {"field": {"column": "FIELD"}, "other": relation}}, table=SPARSE)
    assert [(item[2].rpartition(": ")[2], *item[3:]) for item in found if item[0] == f"match {kind}"] == [
        (words, *counts)
    ]


@pytest.mark.parametrize(
    ("preference", "kind", "counts"),
    [
        ({"column": "BAND", "when_more_than": "1"}, "when_more_than", (2, 0, 0)),
        ({"column": "BAND", "when_more_than": "2"}, "when_more_than", (4, 0, 2)),
        ({"column": "GRID", "optional": "own"}, "optional", (3, 0, 0)),
        ({"column": "BAND", "optional": "yes"}, "optional", (3, 0, 1)),
    ],
)
def test_option_of_a_preference_is_decisive_if_something_else_would_be_attached_without_it(
    preference: Content, kind: str, counts: tuple[int, int, int]
) -> None:
    found = parts({"match": ["FIELD"], "prefer": [preference]}, table=SPARSE)
    assert [item[3:] for item in found if item[0] == f"prefer {kind}"] == [counts]


def test_who_can_be_attached_is_decisive_if_more_would_be() -> None:
    choice = {"from": "select", "except": ["science"], "match": ["FIELD"]}
    image = rule(
        select={"science": {"use": "science"}, "early": {"column": "DAY", "below": "20.5"}},
        group_by={"field": {"column": "FIELD"}},
        attach={"flat": {"when": {"use": "setup"}, **choice}},
    )
    rules = ruleset(image, columns=TYPES)
    items = find_coverage(rules, [trace_rules(pool(SPARSE), rules)]).items
    assert [
        (item.kind, item.passed, item.failed, item.decided) for item in items if item.kind in ("from", "except")
    ] == [
        ("from", 3, 1, 1),
        ("except", 3, 0, 3),
    ]


@pytest.mark.parametrize(
    ("becomes", "expected"),
    [
        ({}, []),
        ({"as": "setup"}, [("as", 4, 0, 0)]),
        ({"as": "Sky"}, [("as", 4, 0, 4)]),
        (
            {"members": [{"name": "{root}.txt", "exptype": "list"}, {"name": "{root}.cat", "exptype": "table"}]},
            [("members", 4, 0, 4), ("members", 4, 0, 4)],
        ),
    ],
)
def test_exptypes_and_members_of_attached_exposures_are_decisive(
    becomes: Content, expected: list[tuple[str, int, int, int]]
) -> None:
    found = coverage({"match": ["CAMERA"], **becomes}, table=SPARSE.replace("setup  2", ".      2")).items
    assert [
        (item.kind, item.passed, item.failed, item.decided) for item in found if item.kind in ("as", "members")
    ] == expected


def test_choice_for_each_own_exposure() -> None:
    table = """
    FILE PROPOSAL CAMERA INTENT FIELD DAY
    a    7        red    .      1     10
    b    7        red    .      1     20
    c    7        red    setup  1     9
    d    7        red    setup  1     19
    """
    choice = {"nearest": ["DAY"], "at_most": "1", "each_own": "yes"}
    assert parts({**PLAIN, **choice}, table=table)[-2:] == [
        ("each_own", "flat1", "chosen for each selected exposure", 2, 0, 1),
        ("nearest", "flat1", "nearest DAY", 2, 0, 1),
    ]


def test_comparison_with_what_another_attachment_took() -> None:
    nights = {"match": ["NIGHT"], "to": ["own", "flat1"]}
    assert parts({"match": ["FIELD", "BAND"]}, nights)[2:] == [
        ("match", "flat2", "the same NIGHT", 3, 5, 5),
        ("to", "flat2", "compared with own exposures", 3, 0, 0),
        ("to", "flat2", "compared with exposures attached by flat1", 3, 0, 1),
    ]


def test_what_another_attachment_takes_too_is_not_decisive_unless_a_requirement_counts_it() -> None:
    first, second = {"match": ["CAMERA"]}, {"match": ["CAMERA", "FIELD"]}
    field = "match", "flat2", "the same FIELD"
    assert (*field, 4, 4, 0) in parts(first, second)
    assert (*field, 4, 4, 4) in parts(first, second, require={"flats": {"attached": "flat2"}})


def test_exposure_that_another_attachment_would_take_instead_is_decisive() -> None:
    first, second = {"match": ["FIELD"], "as": "flat"}, {"match": ["CAMERA"], "as": "dark"}
    assert ("match", "flat1", "the same FIELD", 4, 4, 4) in parts(first, second)


def test_groups_are_compared_in_blocks_until_a_part_is_decisive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachment_coverage, "_PAIRS", 4)
    assert parts({"match": ["CAMERA", "FIELD"]}) == [
        ("match", "flat1", "the same CAMERA", 4, 0, 0),
        ("match", "flat1", "the same FIELD", 4, 2, 2),
    ]


def test_parts_are_listed_without_groups() -> None:
    assert parts(PLAIN, table=TABLE.replace(" . ", " setup ")) == [("match", "flat1", "the same FIELD", 0, 0, 0)]


def test_relation_of_several_rules_is_counted_once() -> None:
    blocks: Content = {
        "select": {"science": {"use": "science"}},
        "attach": {"flat": {"when": {"use": "setup"}, **PLAIN}},
    }
    rules = ruleset(rule("One", **blocks), rule("Two", **blocks), columns=TYPES)
    (item,) = (item for item in find_coverage(rules, [trace_rules(pool(TABLE), rules)]).items if item.kind == "match")
    assert (item.rules, item.decided) == (("One", "Two"), 0)
