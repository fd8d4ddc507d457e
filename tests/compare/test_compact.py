"""Compact files hold what a comparison looks at, in a fixed order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.compare import ReadAssociation, ReadProduct, compare
from asnforge.compare.compact import read_compact, write_compact
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
def test_what_is_written_is_read_as_the_same(run):
    again = read_compact(write_compact(run), "expected.yaml")
    assert compare(run, again).differences == ()
    assert compare(run, again).status == 0
    assert sorted(repr(found.products) for found in again) == sorted(repr(found.products) for found in run)


@given(st.lists(associations, max_size=4), st.randoms())
def test_the_order_of_associations_changes_no_byte(run, random):
    assert write_compact(random.sample(run, len(run))) == write_compact(run)


def test_a_file_has_a_keyword_and_a_member_a_line():
    members = (("a_1_cal.fits", "psf"), ("a_2_cal.fits", "science"), ("a_3_cal.fits", "science"))
    keywords = {
        "asn_type": "image",
        "asn_rule": "candidate_Rule",
        "asn_pool": "p.tsv",
        "program": "00007",
        "version_id": "x",
    }
    found = ReadAssociation("", ".", "run_image_00003_asn.json", keywords, (ReadProduct("product_{suffix}", members),))
    assert write_compact([found]).decode().splitlines()[1:] == [
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


def test_no_association_is_an_empty_list():
    assert read_compact(write_compact([]), "x") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1", "x:1:1: C103 a list must stand here"),
        ("- a", "x:1:3: C103 keywords with values must stand here"),
        ("- asn_type: image", "x:1:3: C103 an association with 'products' must stand here"),
        ("- colour: red", "x:1:11: C103 'colour' is no keyword of a compact file"),
        ("- products:\n  - membres: {}", "x:2:14: C103 'membres' is no keyword of a compact file"),
        ("- products:\n  - members:\n    - a", "x:3:5: C103 keywords with values must stand here"),
        ("- products:\n  - members: {science: [[1]]}", "x:2:25: C103 a text must stand here"),
        ("- [", "x:2:1: C103 is no YAML: "),
        ("- \x00", "x:1:3: A102 contains a NUL byte"),
        ("", "x: A102 is empty"),
        ("- \x01", "x: C103 is no YAML: "),
        ("[" * 200_000 + "]" * 200_000, "x:1:25: C103 is nested more than 24 deep"),
        ("- &a [*a]", "x:1:3: C103 sets the anchor &a"),
    ],
)
def test_a_faulty_file_has_one_line_that_says_why(text, said):
    with pytest.raises(InputError) as caught:
        read_compact(text.encode(), "x")
    assert len(caught.value.findings) == 1
    assert str(caught.value).startswith(said)
