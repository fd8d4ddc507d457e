"""Scopes: which scopes a pool has, which are processed, and which exposures are in each."""

from __future__ import annotations

import pytest
from support.observatory import groups, pool, rule, ruleset

from asnforge.findings import InputError
from asnforge.generation.engine import group
from asnforge.grouping.scopes import ScopeChoice

NIGHT = """
FILE PROPOSAL CAMERA CANDIDATES
a    7        red    o1/night+c5/tile
b    7        red    O1/NIGHT
c    7        red    c5/tile
d    7        red    .
e    7        red    c5/pair
"""

CANDIDATES = [("c5", "a c"), ("c5", "e"), ("o1", "a b")]
EVERYTHING = ("z9", "a b c d e")


def scopes(table: str, choice: ScopeChoice) -> list[tuple[str, str]]:
    grouping = group(pool(table), ruleset(), choice)
    names = grouping.prepared.pool.columns["file"]
    result = grouping.results[0].members.groups
    return sorted(
        (
            grouping.scopes.scopes[scope][0],
            " ".join(sorted(names[row] for row in result.selected.row[result.selected.group == number].tolist())),
        )
        for number, scope in enumerate(result.scope.tolist())
    )


@pytest.mark.parametrize(
    ("choice", "result"),
    [
        (ScopeChoice(), [*CANDIDATES, EVERYTHING]),
        (ScopeChoice(discovered=False), CANDIDATES),
        (ScopeChoice(candidates=False), [EVERYTHING]),
        (ScopeChoice(ids=("o1",)), [("o1", "a b")]),
        (ScopeChoice(ids=("C5",)), [("c5", "a c"), ("c5", "e")]),
        (ScopeChoice(ids=("z9",)), [EVERYTHING]),
        (ScopeChoice(ids=("z9", "o1", "o1")), [("o1", "a b"), EVERYTHING]),
    ],
    ids=["all", "candidates", "discovered", "one id", "an id of two types", "the discovered id", "several ids"],
)
def test_chosen_scopes_are_processed(choice: ScopeChoice, result: list[tuple[str, str]]) -> None:
    assert scopes(NIGHT, choice) == result


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (("o2",), "nights/night.tsv: G104 no candidate o2 in the pool; available: c5, o1, z9"),
        (("o2", "o1", "X"), "nights/night.tsv: G104 no candidate o2 or x in the pool; available: c5, o1, z9"),
        (("",), "nights/night.tsv: G104 no candidate '' in the pool; available: c5, o1, z9"),
    ],
)
def test_unknown_id_is_an_error(ids: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError) as stop:
        scopes(NIGHT, ScopeChoice(ids=ids))
    assert str(stop.value) == message


def test_a_pool_without_candidates_is_one_scope() -> None:
    table = "FILE PROPOSAL CAMERA\na 7 red\nb 7 red"
    assert scopes(table, ScopeChoice()) == [("z9", "a b")]
    assert scopes(table, ScopeChoice(discovered=False)) == []


def test_unusable_exposures_are_in_no_scope() -> None:
    table = NIGHT.replace("b    7", "b/ 7").replace("e    7        red    c5/pair", "../ 7 red c5/pair")
    result = scopes(table, ScopeChoice())
    assert result == [("c5", "a c"), ("o1", "a"), ("z9", "a c d")]


DIRECT = rule(
    group_by={"field": {"column": "FIELD", "instead": {"candidate_id": r"c\d", "candidate_type": "pair", "value": "0"}}}
)


def test_instead_sets_the_value_of_a_key_in_scopes_of_some_candidates() -> None:
    """In the discovered scope it applies to an exposure whose only candidate is one of these."""
    table = """
    FILE PROPOSAL CAMERA FIELD CANDIDATES
    a    7        red    1     c5/pair
    b    7        red    2     c5/pair
    c    7        red    1     c5/pair+o1/night
    d    7        red    1     d5/pair
    e    7        red    .     c5/pair
    f    7        red    .     o1/night
    """
    assert groups(table, DIRECT) == [
        ("c5", "0", "a b c e", ""),
        ("d5", "1", "d", ""),
        ("o1", "1", "c", ""),
        ("z9", "0", "a b e", ""),
        ("z9", "1", "c d", ""),
    ]


def test_instead_also_applies_to_exposures_that_the_key_does_not_bind() -> None:
    key = DIRECT["group_by"]["field"] | {"when": {"use": "science"}}
    table = """
    FILE PROPOSAL CAMERA FIELD SKY CANDIDATES
    a    7        red    1     .   c5/pair
    b    7        red    2     yes c5/pair
    c    7        red    1     .   o1/night
    d    7        red    2     yes o1/night
    """
    assert groups(table, rule(group_by={"field": key})) == [
        ("c5", "0", "a b", ""),
        ("o1", "1", "c d", ""),
        ("z9", "0", "a b d", ""),
        ("z9", "1", "c d", ""),
    ]
