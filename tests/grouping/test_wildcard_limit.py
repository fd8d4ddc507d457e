"""The limit of groups that undefined values make: what is counted, what is made, and the finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.observatory import Content, generated, groups, members, pool, rule, ruleset

from asnforge.explain import explain_pool
from asnforge.generation.engine import generate
from asnforge.grouping.wildcard_limit import too_many_groups
from asnforge.grouping.wildcards import resolve_wildcards

Keys = tuple[int, ...]
OPTIONAL: Content = {
    "band": {"column": "BAND", "optional": "yes"},
    "slit": {"column": "SLIT", "optional": "yes"},
    "grid": {"column": "GRID", "optional": "yes"},
}
IMAGE = ruleset(rule(group_by=OPTIONAL)).rules[0]
ONLY_OPTIONAL = replace(IMAGE, group_by=tuple(key for key in IMAGE.group_by if key.name in OPTIONAL))


def counted(combinations: Iterable[Keys], limit: int) -> list[float]:
    """The number of groups that are too many, by scope: the first number of a combination."""
    keys = np.array(sorted(combinations), np.int32).reshape(-1, 4)
    _, number = too_many_groups(ONLY_OPTIONAL, keys, np.ones(len(keys), np.int64), limit)
    return [*map(float, number)]


@pytest.mark.parametrize(
    ("combinations", "limit", "number"),
    [
        ({(1, 1, 0, 0), (1, 2, 0, 0), (1, 0, 1, 0), (1, 0, 2, 0)}, 3, [4]),
        ({(1, 1, 0, 0), (1, 2, 0, 0), (1, 0, 1, 0), (1, 0, 2, 0)}, 4, [0]),
        ({(1, band, 0, 0) for band in range(1, 11)} | {(1, 0, slit, 0) for slit in range(1, 11)}, 99, [100]),
        ({(1, band, 0, 0) for band in range(1, 11)} | {(1, 0, slit, 0) for slit in range(1, 11)}, 100, [0]),
        ({(1, *([0] * key), value, *([0] * (2 - key))) for key in range(3) for value in range(1, 8)}, 300, [343]),
        ({(1, band, band, 0) for band in range(1, 11)} | {(1, 0, slit, slit) for slit in range(1, 11)}, 5, [10]),
        ({(1, band, 1, 0) for band in range(1, 11)} | {(1, 0, 2, grid) for grid in range(1, 11)}, 5, [0]),
        ({(2, band, 0, 0) for band in range(1, 11)} | {(1, 0, slit, 0) for slit in range(1, 11)}, 5, [0, 0]),
        ({(1, 0, 0, 0)} | {(1, band, 0, 0) for band in range(1, 100)}, 5, [0]),
        ({(1, 0, 0, grid) for grid in range(1, 31)} | {(1, band, 0, 1) for band in range(1, 31)}, 5, [0]),
    ],
    ids=[
        "every pair of two values",
        "as many as the limit",
        "every pair of ten values",
        "as many as the limit of ten values",
        "one of three keys",
        "pairs that agree in a third key",
        "pairs that contradict each other",
        "two scopes",
        "one exposure without values joins all groups",
        "contained in others",
    ],
)
def test_groups_that_are_counted(combinations: Iterable[Keys], limit: int, number: list[float]) -> None:
    assert counted(combinations, limit) == number


def test_exposures_that_join_too_many_groups_on_average() -> None:
    """20 exposures without BAND are in 20 groups each: 400 memberships of 40 exposures."""
    combinations = {(1, 0, 1, 1)} | {(1, band, 1, 1) for band in range(1, 21)}
    keys = np.array(sorted(combinations), np.int32)
    sizes = np.where(keys[:, 1] == 0, 20, 1)
    assert too_many_groups(ONLY_OPTIONAL, keys, sizes, 9)[1].tolist() == [20]
    assert too_many_groups(ONLY_OPTIONAL, keys, sizes, 10)[1].tolist() == [0]


@given(st.sets(st.tuples(st.integers(1, 2), *[st.integers(0, 2)] * 3), max_size=24), st.integers(1, 6))
def test_no_more_groups_are_counted_than_there_are(combinations: set[Keys], limit: int) -> None:
    keys = np.array(sorted(combinations), np.int32).reshape(-1, 4)
    real = np.unique(resolve_wildcards(keys)[0][:, 0], return_counts=True)[1].tolist()
    number = counted(combinations, limit)
    assert all(most <= there for most, there in zip(number, real, strict=True))
    assert all(most == 0 or most > limit for most in number)


@given(st.sets(st.integers(1, 9)), st.sets(st.integers(1, 9)), st.integers(1, 5))
def test_pairs_of_values_are_counted_exactly(bands: set[int], slits: set[int], limit: int) -> None:
    combinations = {(1, band, 0, 0) for band in bands} | {(1, 0, slit, 0) for slit in slits}
    number = len(bands) * len(slits)
    expected = [number if number > limit and len(combinations) > 3 * np.log(limit) / np.log(3) else 0]
    assert counted(combinations, limit) == (expected if combinations else [])


HALF = """
FILE PROPOSAL CAMERA BAND SLIT CANDIDATES
a    7        red    g    .    o1/night
b    7        red    r    .    o1/night
c    7        red    .    s1   o1/night
d    7        red    .    s2   o1/night
e    7        blue   g    .    o1/night
f    7        blue   .    s1   o1/night
g    8        red    g    .    o2/night
"""
TWO: Content = {name: OPTIONAL[name] for name in ("band", "slit")}


def test_none_of_the_groups_is_made_and_all_others_are() -> None:
    image = rule(group_by=TWO)
    others = [("o1", "g s1", "e f", ""), ("o2", "g .", "g", ""), ("z9", "g .", "g", ""), ("z9", "g s1", "e f", "")]
    assert groups(HALF, image, most_wildcard_groups="3") == others
    assert groups(HALF, image, most_wildcard_groups="4") == sorted(
        others
        + [
            (scope, f"{band} {slit}", f"{one} {two}", "")
            for scope in ("o1", "z9")
            for band, one in (("g", "a"), ("r", "b"))
            for slit, two in (("s1", "c"), ("s2", "d"))
        ]
    )


def test_finding_names_the_keys_and_numbers() -> None:
    result = generate(pool(HALF), ruleset(rule(group_by=TWO), rule("Other"), most_wildcard_groups="3"))
    (finding,) = [finding for finding in result.findings if finding.code == "G180"]
    assert str(finding) == (
        "nights/night.tsv: G180 Image makes no groups of 4 exposures in o1: undefined values (BAND in 2 exposures, SLIT in "
        "2 exposures) would make at least 4 groups, more than 3; the same in 1 other case; define these values in the pool, "
        "leave the exposures out with --where, or set most_wildcard_groups in ruleset.yaml"
    )
    assert finding.severity == "error"
    assert finding.details == {
        "rule": "Image",
        "exposures": 4,
        "scope": "o1",
        "keys": ("BAND", "SLIT"),
        "undefined": (2, 2),
        "groups": 4,
        "limit": 3,
        "more": 1,
    }


def test_explain_gives_the_reason() -> None:
    explained = explain_pool(pool(HALF), ruleset(rule(group_by=TWO), most_wildcard_groups="3"))
    why = "defined in every exposure, as undefined values would make more than 3 groups, found undefined"
    assert [(entry.reason, [each.file_name for each in entry.exposures]) for entry in explained.orphans()] == [
        (f"rejected by Image: key band requires BAND to be {why}", ["c", "d"]),
        (f"rejected by Image: key slit requires SLIT to be {why}", ["a", "b"]),
    ]


def test_one_place_is_refused_whatever_the_rest_of_the_pool_has() -> None:
    """The result for a program is the same alone and in a larger pool."""
    image = rule(group_by=TWO)
    lines = HALF.strip().splitlines()
    alone = "\n".join(line for line in lines if line.split()[1] != "8")
    found = groups(alone, image, most_wildcard_groups="3")
    assert found == [group for group in groups(HALF, image, most_wildcard_groups="3") if group[2] != "g"]


def test_keys_that_do_not_bind_count_as_undefined() -> None:
    key = {"column": "SLIT", "when": {"column": "BAND", "defined": "no"}}
    image = rule(group_by={"band": OPTIONAL["band"], "slit": key})
    result = generated(HALF, image)
    assert len(result.associations) == 6
    limited = generate(pool(HALF), ruleset(image, most_wildcard_groups="3"))
    assert [members(association) for association in limited.associations] == [
        ["e science", "f science"],
        ["g science"],
    ]
