"""Coverage: how often everything in a rule passed, failed, and was decisive."""

from __future__ import annotations

import pytest
from support.observatory import Content, pool, rule, ruleset

from asnforge.cases.coverage import Item, find_coverage
from asnforge.explain import trace_rules

NIGHT = """
FILE PROPOSAL CAMERA FIELD BAND GRID OBS INTENT STAR CANDIDATES
a    7        red    1     g    .    1   .      .    o1/night
b    7        red    1     r    x    1   .      .    o1/night+c5/tile
c    7        red    1     z    y    2   .      .    c5/tile
d    7        red    2     g    x    2   .      yes  o2/night
e    7        red    .     g    .    2   .      .    o2/night
s    7        red    1     z    y    1   setup  .    o1/night
"""


def items(*rules: Content, **blocks: Content) -> dict[tuple[str, str], list[tuple[int, int, int]]]:
    """The counts of everything of these rules in one pool, by kind and name."""
    loaded = ruleset(*rules, **blocks)
    result: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    for item in find_coverage(loaded, [trace_rules(pool(NIGHT), loaded)]).items:
        result.setdefault((item.kind, item.name), []).append((item.passed, item.failed, item.decided))
    return result


G = {"column": "BAND", "is": "g"}
FIELD = {"field": {"column": "FIELD"}}


@pytest.mark.parametrize(
    ("select", "kind", "name", "counts"),
    [
        ({"c": G}, "constraint", "c", [(3, 3, 3)]),
        ({"c": G, "one": {"column": "FIELD", "is": "1"}}, "constraint", "c", [(3, 3, 3)]),
        ({"c": G, "one": {"column": "FIELD", "is": "1"}}, "constraint", "one", [(4, 2, 2)]),
        ({"c": {"not": G}}, "constraint", "c", [(3, 3, 3)]),
        ({"c": {"not": G}}, "part", "c", None),
        ({"c": {"any": [G, {"column": "GRID", "is": "x"}]}}, "part", "c", [(3, 3, 2), (2, 4, 1)]),
        ({"c": {"all": [G, {"column": "GRID", "is": "x"}]}}, "part", "c", [(3, 3, 1), (2, 4, 2)]),
        ({"c": {"not": {"all": [G, {"column": "GRID", "is": "x"}]}}}, "part", "c", [(3, 3, 1), (2, 4, 2)]),
        ({"c": {"use": "setup"}}, "condition", "setup", [(1, 5, 5)]),
    ],
)
def test_constraints_and_their_parts(
    select: Content, kind: str, name: str, counts: list[tuple[int, int, int]] | None
) -> None:
    assert items(rule(select=select)).get((kind, name)) == counts


@pytest.mark.parametrize(
    ("key", "counts"),
    [
        ({"column": "GRID", "optional": "yes"}, (4, 0, 2)),
        ({"column": "GRID", "optional": "own"}, (4, 0, 2)),
        ({"column": "BAND", "optional": "yes"}, (6, 0, 0)),
        ({"column": "GRID", "optional": "yes", "when": {"column": "OBS", "is": "1"}}, (2, 0, 1)),
        ({"column": "GRID", "optional": "no"}, None),
    ],
)
def test_optional_key_is_decisive_for_selected_exposures_without_a_value(
    key: Content, counts: tuple[int, int, int] | None
) -> None:
    assert items(rule(group_by={"grid": key})).get(("key optional", "grid")) == (None if counts is None else [counts])


def test_exptype_of_all_exposures_is_decisive_for_those_of_another() -> None:
    result = items(rule(take_as={"exptype": "science", "except": ["setup", "background"]}))
    assert result["take_as", "science"] == [(1, 1, 1)]
    assert result["take_as except", "setup"] == [(1, 0, 1)]
    assert result["take_as except", "background"] == [(0, 0, 0)]


def test_keys_are_not_decisive_for_exposures_that_fail_a_constraint() -> None:
    result = items(
        rule(
            select={"c": {"column": "BAND", "in": ["g", "r"]}, "on": {"column": "FIELD", "defined": "yes"}},
            group_by=FIELD,
        )
    )
    assert result["constraint", "on"] == [(5, 1, 1)]
    assert result["key", "field"] == [(7, 1, 1)]


@pytest.mark.parametrize(
    ("key", "kind", "counts"),
    [
        ({"column": "FIELD"}, "key", (11, 1, 2)),
        ({"column": "FIELD", "optional": "yes"}, "key", (14, 0, 1)),
        ({"column": "CAMERA"}, "key", (13, 0, 0)),
        ({"column": "FIELD", "when": {"column": "STAR", "defined": "no"}}, "key when", (4, 1, 1)),
        (
            {"column": "FIELD", "instead": {"candidate_id": "o2", "candidate_type": "night", "value": "0"}},
            "key instead",
            (4, 0, 4),
        ),
    ],
)
def test_keys(key: Content, kind: str, counts: tuple[int, int, int]) -> None:
    assert items(rule(group_by={"field": key}))[kind, "field"] == [counts]


def test_requirement_is_decisive_if_the_group_meets_all_others() -> None:
    needs = {"psf": {"members": "psf"}, "tile": {"scope_not_in": ["tile"]}}
    result = items(rule(group_by=FIELD, require=needs))
    assert result["requirement", "psf"] == [(2, 3, 2)]
    assert result["requirement", "tile"] == [(4, 1, 0)]
    assert result["requirement", "science"] == [(3, 2, 2)]


def test_attachments_and_repeats() -> None:
    attach = {"setup": {"when": {"all": [{"use": "setup"}, {"column": "FIELD", "is": "1"}]}, "match": ["OBS"]}}
    repeat = [{"members": "science", "as": "background", "at_least": 2}]
    result = items(rule(select={"no": {"not": {"use": "setup"}}}, attach=attach, repeat=repeat))
    assert result["attachment", "setup"] == [(1, 5, 2), (4, 2, 0)]
    assert result["repeat", "science"] == [(8, 0, 8)]


def test_a_preference_is_decisive_for_the_exposures_that_are_not_used() -> None:
    result = items(rule(prefer=[{"column": "FIELD", "is": "1"}, G]))
    assert result["prefer", "1"] == [(9, 2, 2)]
    assert result["prefer", "2"] == [(2, 0, 0)]


def test_first_case_of_a_derived_column_that_passes_is_decisive() -> None:
    assert items(rule())["derived", "role"] == [(1, 5, 1), (1, 5, 1), (0, 6, 0), (6, 0, 4)]
    rules = ruleset(rule())
    assert [item for item in find_coverage(rules, [], whole=False).items if item.kind == "derived"] == []


def test_shared_constraints_are_counted_once() -> None:
    rules = ruleset(rule("One", select={"c": G}), rule("Two", select={"c": G, "d": {"column": "OBS", "is": "2"}}))
    result = {
        item.name: item
        for item in find_coverage(rules, [trace_rules(pool(NIGHT), rules)]).items
        if item.kind == "constraint"
    }
    assert result == {
        "c": Item("constraint", "c", "BAND is g", ("One", "Two"), 6, 6, 4),
        "d": Item("constraint", "d", "OBS is 2", ("Two",), 3, 3, 1),
    }


def test_never_decisive_lists_everything_without_a_pool() -> None:
    rules = ruleset(rule(select={"c": G}))
    undecided = find_coverage(rules, []).never_decisive()
    assert [item.name for item in undecided if item.kind != "derived"] == ["c", "program", "camera", "science"]


def test_counts_of_pools_are_added() -> None:
    rules = ruleset(rule(select={"c": G}))
    traces = [trace_rules(pool(NIGHT), rules)] * 3
    (item,) = (item for item in find_coverage(rules, traces).items if item.name == "c")
    assert (item.passed, item.failed, item.decided) == (9, 9, 9)
