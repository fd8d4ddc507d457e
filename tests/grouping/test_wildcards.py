"""Undefined keys: which groups an exposure joins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.observatory import groups, rule

from asnforge.grouping import wildcards
from asnforge.grouping.wildcards import resolve_wildcards

Keys = tuple[int, ...]


def joined(*combinations: Keys) -> dict[Keys, list[Keys]]:
    """Each group by its key, with the combinations that join it."""
    keys = np.array(combinations, np.int32).reshape(len(combinations), len(combinations[0]) if combinations else 3)
    groups, combination, group = resolve_wildcards(keys)
    names = [tuple(key) for key in groups.tolist()]
    result: dict[Keys, list[Keys]] = {name: [] for name in names}
    assert len(result) == len(names)
    for own, number in zip(combination.tolist(), group.tolist(), strict=True):
        result[names[number]].append(combinations[own])
    return {key: sorted(joining) for key, joining in result.items()}


@pytest.mark.parametrize(
    ("combinations", "result"),
    [
        ([(1,)], {(1,): [(1,)]}),
        ([(0,)], {(0,): [(0,)]}),
        ([(1,), (2,)], {(1,): [(1,)], (2,): [(2,)]}),
        ([(0,), (1,), (2,)], {(1,): [(0,), (1,)], (2,): [(0,), (2,)]}),
        ([(1, 0), (2, 1)], {(1, 0): [(1, 0)], (2, 1): [(2, 1)]}),
        ([(1, 0), (1, 1), (1, 2)], {(1, 1): [(1, 0), (1, 1)], (1, 2): [(1, 0), (1, 2)]}),
        ([(1, 0), (0, 1)], {(1, 1): [(0, 1), (1, 0)]}),
        ([(1, 0), (0, 1), (0, 2)], {(1, 1): [(0, 1), (1, 0)], (1, 2): [(0, 2), (1, 0)]}),
        ([(1, 0), (2, 0), (0, 1)], {(1, 1): [(0, 1), (1, 0)], (2, 1): [(0, 1), (2, 0)]}),
        ([(1, 1, 0), (0, 1, 1), (1, 0, 2)], {(1, 1, 1): [(0, 1, 1), (1, 1, 0)], (1, 1, 2): [(1, 0, 2), (1, 1, 0)]}),
        ([(1, 0), (0, 1), (1, 1)], {(1, 1): [(0, 1), (1, 0), (1, 1)]}),
        ([(0, 0), (1, 0)], {(1, 0): [(0, 0), (1, 0)]}),
        ([(0, 0), (1, 0), (0, 1)], {(1, 1): [(0, 0), (0, 1), (1, 0)]}),
        ([(1, 1, 0), (0, 1, 2)], {(1, 1, 2): [(0, 1, 2), (1, 1, 0)]}),
        ([(1, 1, 0), (0, 2, 2)], {(1, 1, 0): [(1, 1, 0)], (0, 2, 2): [(0, 2, 2)]}),
    ],
)
def test_groups_of_combinations_with_wildcards(combinations: list[Keys], result: dict[Keys, list[Keys]]) -> None:
    assert joined(*combinations) == result


@given(st.sets(st.tuples(*[st.integers(0, 2)] * 3), max_size=14))
def test_groups_are_the_largest_unions_of_agreeing_combinations(combinations: set[Keys]) -> None:
    """Compared with a plain definition: unions are built one subset at a time."""

    def agree(left: Keys, right: Keys) -> bool:
        return all(not a or not b or a == b for a, b in zip(left, right, strict=True))

    def is_inside(left: Keys, right: Keys) -> bool:
        return left != right and all(a in (0, b) for a, b in zip(left, right, strict=True))

    unions = set(combinations)
    while (
        more := {
            tuple(a or b for a, b in zip(left, right, strict=True))
            for left in unions
            for right in unions
            if agree(left, right)
        }
        - unions
    ):
        unions |= more

    groups = [union for union in unions if not any(is_inside(union, other) for other in unions)]
    expected = {group: sorted(keys for keys in combinations if agree(keys, group)) for group in groups}
    assert joined(*sorted(combinations)) == expected
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(wildcards, "_PAIRS_OF_A_PART", 3)
        assert joined(*sorted(combinations)) == expected
        changed.setattr(wildcards, "_FEW_PAIRS", 0)
        changed.setattr(wildcards, "_PAIRS_OF_PATTERNS", 0)  # patterns are joined instead of pairs
        assert joined(*sorted(combinations)) == expected


OPTIONAL = rule(group_by={"band": {"column": "BAND", "optional": "yes"}})


def test_undefined_optional_key_joins_every_group() -> None:
    table = """
    FILE PROPOSAL CAMERA BAND
    a    7        red    g
    b    7        red    r
    c    7        red    .
    d    7        blue   .
    e    7        blue   none
    f    8        red    g
    """
    assert groups(table, OPTIONAL) == [
        ("z9", ".", "d e", ""),
        ("z9", "g", "a c", ""),
        ("z9", "g", "f", ""),
        ("z9", "r", "b c", ""),
    ]


def test_value_that_a_key_does_not_bind_is_a_wildcard() -> None:
    key = {"column": "SLIT", "optional": "yes", "when": {"not": {"column": "SLIT", "in": ["w1", "w2"]}}}
    table = """
    FILE PROPOSAL CAMERA SLIT
    a    7        red    s1
    b    7        red    w1
    c    7        red    w2
    d    7        red    s2
    e    8        red    w1
    f    8        red    w2
    g    8        red    .
    """
    assert groups(table, rule(group_by={"slit": key})) == [
        ("z9", ".", "e f g", ""),
        ("z9", "s1", "a b c", ""),
        ("z9", "s2", "b c d", ""),
    ]


def test_exposures_that_a_key_does_not_bind_join_every_group() -> None:
    """A star of another field joins the groups of every field, and so does one without a field."""
    key = {"column": "FIELD", "when": {"use": "science"}}
    table = """
    FILE PROPOSAL CAMERA FIELD STAR
    a    7        red    1     .
    b    7        red    2     .
    c    7        red    9     yes
    d    7        red    .     yes
    e    7        red    .     .
    """
    assert groups(table, rule(group_by={"field": key})) == [("z9", "1", "a c d", ""), ("z9", "2", "b c d", "")]


def test_wildcards_stay_within_their_scope() -> None:
    table = """
    FILE PROPOSAL CAMERA BAND CANDIDATES
    a    7        red    g    o1/night
    b    7        red    .    o2/night
    c    7        red    .    o1/night+o2/night
    """
    assert groups(table, OPTIONAL) == [
        ("o1", "g", "a c", ""),
        ("o2", ".", "b c", ""),
        ("z9", "g", "a b c", ""),
    ]
