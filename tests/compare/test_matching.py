"""Expected associations are matched with actual ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from asnforge.compare import Options, ReadAssociation, ReadProduct, compare

DEGRADED = "One or more members have an error associated with them."
NOT_DEGRADED = "No known degraded exposures in association."


def association(
    name: str,
    exposures: str,
    *,
    suffix: str = "cal",
    program: str | None = "1",
    pool: str | None = "p",
    asn_id: str = "o1",
    kind: str = "image",
    rule: str = "Image",
    **keywords: str | None,
) -> ReadAssociation:
    """An association of the exposures named by the characters of a string."""
    members = tuple(sorted((f"{exposure}_{suffix}.fits", "science") for exposure in exposures))
    known = {"asn_type": kind, "asn_rule": rule, "asn_id": asn_id, "asn_pool": pool, "program": program, **keywords}
    present = {key: value for key, value in known.items() if value is not None}
    file = f"{name} of {program}{pool}"
    return ReadAssociation(file, ".", "run_00001_asn.json", present, (ReadProduct(name, members),))


def differences(
    expected: Iterable[ReadAssociation], actual: Iterable[ReadAssociation], ignore: Iterable[str] = ()
) -> list[tuple[str, ...]]:
    """The differences, sorted: kind, both sides' files, and what changed."""
    comparison = compare(expected, actual, Options(ignore=frozenset(ignore)))
    return sorted(
        (
            difference.kind,
            *[" + ".join(item.file for item in side) for side in (difference.expected, difference.actual)],
            *sorted({change.what for change in difference.changes}),
        )
        for difference in comparison.differences
    )


@pytest.mark.parametrize(
    ("expected", "actual", "result"),
    [
        pytest.param(
            [association("star", "ab", pool="p"), association("star", "abc", pool="q")],
            [association("star", "abc", pool="p"), association("star", "ab", pool="q")],
            [
                ("changed", "star of 1p", "star of 1p", "member"),
                ("changed", "star of 1q", "star of 1q", "member"),
            ],
            id="the same identity in each of two pools",
        ),
        pytest.param(
            [association("star", "ab", program="1"), association("moon", "abcd", program="2")],
            [
                association("star", "ab", program="1", suffix="crf"),
                association("moon", "ab", program="2"),
                association("new", "cd", program="2"),
            ],
            [
                ("unexpected", "", "new of 2p"),
                ("changed", "moon of 2p", "moon of 2p", "member"),
                ("changed", "star of 1p", "star of 1p", "suffix"),
            ],
            id="another program has exactly its members",
        ),
        pytest.param(
            [association("star", "ab")],
            [association("new", "ab", rule="Other", suffix="crf"), association("far", "ab", program="2")],
            [
                ("unexpected", "", "far of 2p"),
                ("changed", "star of 1p", "new of 1p", "asn_rule", "product_name", "suffix"),
            ],
            id="renamed, of another rule and suffix, while another program has exactly its members",
        ),
        pytest.param(
            [association("star", "abc")],
            [association("new", "ab", rule="Other", suffix="crf")],
            [("changed", "star of 1p", "new of 1p", "asn_rule", "member", "product_name", "suffix")],
            id="renamed, of another rule and suffix, and without a member",
        ),
        pytest.param(
            [association("star", "ab"), association("moon", "cd")],
            [association("moon", "ab"), association("star", "cd")],
            [
                ("changed", "moon of 1p", "moon of 1p", "member"),
                ("changed", "star of 1p", "star of 1p", "member"),
            ],
            id="members exchanged between two names",
        ),
        pytest.param(
            [association("star", "ab"), association("star", "cd")],
            [association("star", "cde"), association("star", "abf")],
            [
                ("changed", "star of 1p", "star of 1p", "member"),
                ("changed", "star of 1p", "star of 1p", "member"),
            ],
            id="one name twice: those that share most",
        ),
        pytest.param(
            [association("star", "ab", kind="image"), association("star", "ab", kind="cube", rule="Cube")],
            [association("star", "ab", kind="stack"), association("star", "a", kind="cube", rule="Cube")],
            [
                ("changed", "star of 1p", "star of 1p", "asn_type"),
                ("changed", "star of 1p", "star of 1p", "member"),
            ],
            id="one name of two types: by rule",
        ),
        pytest.param(
            [association("star", "ab", program="1")],
            [association("star", "ab", program="2")],
            [("changed", "star of 1p", "star of 2p", "program")],
            id="no association of its program is left",
        ),
        pytest.param(
            [association("star", "abc", program="1")],
            [association("star", "abd", program="2")],
            [("changed", "star of 1p", "star of 2p", "member", "program")],
            id="another program, the same name, and exposures in common",
        ),
        pytest.param(
            [association("star", "ab", program="1")],
            [association("star", "cd", program="2")],
            [("missing", "star of 1p", ""), ("unexpected", "", "star of 2p")],
            id="another program with nothing but the name in common",
        ),
        pytest.param(
            [association("star", "ab"), association("moon", "cd")],
            [association("star", "ab", pool="q"), association("moon", "cd", pool="q")],
            [
                ("changed", "moon of 1p", "moon of 1q", "asn_pool"),
                ("changed", "star of 1p", "star of 1q", "asn_pool"),
            ],
            id="a pool under another name",
        ),
        pytest.param(
            [association("star", "ab", program=None, pool=None)],
            [association("new", "ab", program="2"), association("star", "ab", program="1", rule="Other")],
            [
                ("unexpected", "", "new of 2p"),
                ("changed", "star of NoneNone", "star of 1p", "asn_rule"),
            ],
            id="program and pool absent on one side",
        ),
        pytest.param(
            [association("star", "abcd")],
            [association("one", "ab", program="2"), association("two", "cd", program="2")],
            [("missing", "star of 1p", ""), ("unexpected", "", "one of 2p"), ("unexpected", "", "two of 2p")],
            id="not split into another program",
        ),
    ],
)
def test_association_is_matched_within_its_program_and_pool_first(
    expected: list[ReadAssociation], actual: list[ReadAssociation], result: list[tuple[str, ...]]
) -> None:
    assert differences(expected, actual) == sorted(result)
    swapped = {"missing": "unexpected", "unexpected": "missing"}
    back = differences(actual, expected)
    assert sorted((swapped.get(kind, kind), after, before, *what) for kind, before, after, *what in back) == sorted(
        result
    )


@pytest.mark.parametrize(
    ("copy", "kind"),
    [
        (association("star", "ab"), "duplicate"),
        (association("other", "ab"), "duplicate"),
        (association("star", "ab", pool="q"), "unexpected"),
        (association("star", "ab", program="2"), "unexpected"),
        (association("star", "ab", rule="Other"), "unexpected"),
    ],
    ids=["the same", "another name", "another pool", "another program", "another rule"],
)
def test_duplicate_has_the_same_program_pool_and_rule(copy: ReadAssociation, kind: str) -> None:
    once, twice = [association("star", "ab")], [copy, association("star", "ab")]
    assert [difference[0] for difference in differences(once, twice)] == [kind]
    back = {"unexpected": "missing"}.get(kind, kind)
    assert [difference[0] for difference in differences(twice, once)] == [back]


STAR, SUN = association("star", "ab"), association("sun", "ab")
OTHER_STAR, OTHER_SUN = (
    association("star", "c", kind="cube", rule="Cube"),
    association("sun", "c", kind="cube", rule="Cube"),
)


@pytest.mark.parametrize(
    ("expected", "actual", "kind"),
    [
        ([STAR], [SUN], "renamed"),
        ([STAR, OTHER_SUN], [SUN, OTHER_SUN], "changed"),
        ([STAR, OTHER_STAR], [SUN, OTHER_STAR], "changed"),
    ],
    ids=["a new name", "the new name existed before", "the old name still exists"],
)
def test_renamed_association_has_a_name_that_the_other_side_does_not_have(
    expected: list[ReadAssociation], actual: list[ReadAssociation], kind: str
) -> None:
    assert [(what, *changes) for what, _, _, *changes in differences(expected, actual)] == [(kind, "product_name")]


@pytest.mark.parametrize("keyword", ["asn_id", "asn_pool", "program", "asn_type", "asn_rule", "target"])
def test_ignored_keyword_is_not_compared_and_does_not_affect_matching(keyword: str) -> None:
    expected = [association("star", "ab", target="t1"), association("moon", "cd", target="t2")]
    actual = [
        replace(item, keywords={**item.keywords, keyword: "another"})
        for item in (association("star", "ab", target="t1"), association("moon", "cde", target="t2"))
    ]
    assert [what for _, _, _, *what in differences(expected, actual)] == [sorted([keyword, "member"]), [keyword]]
    assert [what for _, _, _, *what in differences(expected, actual, [keyword])] == [["member"]]


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        (DEGRADED, f"{DEGRADED}\nDetails can be found in the member.exposerr attribute.", True),
        (DEGRADED, f"{DEGRADED} Details can be found in the member.exposerr attribute.", True),
        (f"{DEGRADED}\nDetails can be found in the member.exposerr attribute.", DEGRADED, True),
        (DEGRADED, NOT_DEGRADED, False),
        (NOT_DEGRADED, f"{DEGRADED}\nDetails can be found in the member.exposerr attribute.", False),
        (DEGRADED, f"{DEGRADED}\nAnother remark.", False),
        (NOT_DEGRADED, None, True),
    ],
)
def test_degraded_status_is_compared_without_its_pointer_to_members(
    expected: str, actual: str | None, same: bool
) -> None:
    result = differences(
        [association("star", "ab", degraded_status=expected)], [association("star", "ab", degraded_status=actual)]
    )
    assert result == ([] if same else [("changed", "star of 1p", "star of 1p", "degraded_status")])
