"""Compact files: what is compared, in a fixed order."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.compare import ReadAssociation, ReadProduct, compare
from asnforge.compare.compact import COMPACT_FILE, read_compact, write_compact
from asnforge.findings import InputError

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8) | st.sampled_from(
    ["no", "007", "1e3", "null", "- a", "a: b", "{suffix}", "#", "'", "[1]", "~"]
)
members = st.lists(st.tuples(words, words), max_size=4).map(lambda some: tuple(sorted(some)))
associations = st.builds(
    lambda file_name, keywords, products: ReadAssociation(
        "", ".", file_name, keywords, tuple(sorted(products, key=lambda p: (p.name or "", p.members)))
    ),
    st.sampled_from(["", "x_image_00001_asn.json", "mine.json"]),
    st.dictionaries(
        st.sampled_from(["asn_type", "asn_rule", "asn_id", "asn_pool", "program", "target", "degraded_status"]), words
    ),
    st.lists(st.builds(ReadProduct, st.none() | words, members), min_size=1, max_size=3),
)


@given(st.lists(associations, max_size=4))
def test_written_associations_are_read_back_unchanged(run: list[ReadAssociation]) -> None:
    again = read_compact(write_compact(run), "expected.yaml")
    assert compare(run, again).differences == ()
    assert compare(run, again).status == 0
    assert sorted(repr(item.products) for item in again) == sorted(repr(item.products) for item in run)


@given(st.lists(associations, max_size=4), st.randoms())
def test_the_bytes_do_not_depend_on_the_order_of_associations(run: list[ReadAssociation], random: Random) -> None:
    assert write_compact(random.sample(run, len(run))) == write_compact(run)


def test_each_keyword_and_member_has_its_own_line() -> None:
    members = (("a_1_cal.fits", "psf"), ("a_2_cal.fits", "science"), ("a_3_cal.fits", "science"))
    keywords = {
        "asn_type": "image",
        "asn_rule": "candidate_Rule",
        "asn_pool": "p.tsv",
        "program": "00007",
        "version_id": "x",
    }
    item = ReadAssociation("", ".", "run_image_00003_asn.json", keywords, (ReadProduct("product_{suffix}", members),))
    assert write_compact([item]).decode().splitlines()[1:] == [
        "- asn_rule: Rule",
        "  asn_type: image",
        "  asn_pool: p.tsv",
        "  program: '00007'",
        "  file_name: run_image_*",
        "  products:",
        "  - name: product_{suffix}",
        "    members:",
        "      science:",
        "      - a_2_cal.fits",
        "      - a_3_cal.fits",
        "      psf:",
        "      - a_1_cal.fits",
    ]


def test_no_associations_are_an_empty_list() -> None:
    assert read_compact(write_compact([]), "x") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1", ["x:1:1: C103 expected a list, got a mapping; The associations expected of a pool, "]),
        ("- a", ["x:1:3: C103 expected a mapping for item 1, got the string 'a'"]),
        ("- asn_type: image", ["x:1:3: C103 required key 'products' is missing in item 1"]),
        ("- {colour: red, products: []}", ["x:1:4: C103 unknown key 'colour'; keys are asn_rule, "]),
        ("- products:\n  - membres: {}", ["x:2:5: C103 unknown key 'membres'; did you mean members?"]),
        ("- products:\n  - members:\n    - a", ["x:3:5: C103 expected a mapping for 'members' of item 1, got a list"]),
        (
            "- products:\n  - members: {science: [[1]]}",
            ["x:2:25: C103 expected a string for item 1 of 'science', got a list"],
        ),
        ("- 1\n- 2", ["x:1:3: C103 expected a mapping for item 1", "x:2:3: C103 expected a mapping for item 2"]),
        ("- [", ["x:2:1: C103 invalid YAML: "]),
        ("- \x00", ["x:1:3: A102 contains a NUL byte"]),
        ("", ["x: A102 is empty"]),
        ("- \x01", ["x:1:3: C103 invalid YAML: control character"]),
        ("[" * 200_000 + "]" * 200_000, ["x:1:25: C103 nested more than 24 levels deep"]),
        ("- &a [*a]", ["x:1:3: C103 anchor &a"]),
    ],
)
def test_problems_of_a_compact_file_are_reported_with_line_and_column(text: str, expected: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        read_compact(text.encode(), "x")
    findings = list(map(str, caught.value.findings))
    assert len(findings) == len(expected), findings
    assert all(finding.startswith(start) for finding, start in zip(findings, expected, strict=True)), findings


def test_the_examples_of_the_code_have_and_fix_the_problem() -> None:
    with pytest.raises(InputError, match=COMPACT_FILE.code):
        read_compact(COMPACT_FILE.wrong.encode(), "x")
    assert len(read_compact(COMPACT_FILE.right.encode(), "x")) == 1
