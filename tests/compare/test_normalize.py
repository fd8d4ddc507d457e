"""The parts of names and keywords that carry meaning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.compare.normalize import keywords_agree, rule_name, split_suffix, stable_file_name


@pytest.mark.parametrize(
    ("file_name", "version_id", "stable"),
    [
        ("jw7-o001_image3_00001_asn.json", None, "jw7-o001_image3_*"),
        ("jw7-o001_image3_00042_asn.json", None, "jw7-o001_image3_*"),
        ("jw7-o001_20300101t000000_image3_00001_asn.json", None, "jw7-o001_image3_*"),
        ("jw7-o001_mine_image3_00001_asn.json", "mine", "jw7-o001_image3_*"),
        ("jw7-o001_mine_image3_00001_asn.json", None, "jw7-o001_mine_image3_*"),
        ("by_hand.json", None, "by_hand"),
        ("by_hand_asn.json", None, "by_hand"),
        ("", None, ""),
    ],
)
def test_stable_file_name_has_no_counter_and_version(file_name: str, version_id: str | None, stable: str) -> None:
    assert stable_file_name(file_name, version_id) == stable


@given(st.text(st.sampled_from("ab_019T*"), max_size=30))
def test_stable_file_name_is_idempotent(name: str) -> None:
    once = stable_file_name(f"{name}_00001_asn.json", None)
    assert stable_file_name(once, None) == once


@pytest.mark.parametrize(
    ("asn_rule", "name"),
    [
        ("candidate_Asn_Image", "Asn_Image"),
        ("discover_Asn_Image", "Asn_Image"),
        ("Asn_Image", "Asn_Image"),
        ("candidate_", "candidate_"),
        ("my_candidate_rule", "my_candidate_rule"),
    ],
)
def test_rule_name_has_no_scope_prefix(asn_rule: str, name: str) -> None:
    assert rule_name(asn_rule) == name


@pytest.mark.parametrize(
    ("expname", "root", "suffix"),
    [
        ("a_00001_nrca1_cal.fits", "a_00001_nrca1_*.fits", "cal"),
        ("a_x1d.fits.gz", "a_*.fits.gz", "x1d"),
        ("a_00001.fits", "a_00001.fits", ""),
        ("plain.fits", "plain.fits", ""),
        ("folder_cal/a.fits", "folder_cal/a.fits", ""),
        ("", "", ""),
    ],
)
def test_suffix_begins_with_a_letter_after_the_last_underscore(expname: str, root: str, suffix: str) -> None:
    assert split_suffix(expname) == (root, suffix)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ({"target": "t1"}, {"target": "t1"}, True),
        ({"target": "t1"}, {"target": "t2"}, False),
        ({"target": "t1"}, {}, True),
        ({}, {"target": "t1"}, True),
        ({"asn_rule": "candidate_A"}, {"asn_rule": "discover_A"}, True),
        ({"asn_rule": "A"}, {"asn_rule": "B"}, False),
        ({"target": "candidate_A"}, {"target": "A"}, False),
    ],
)
def test_keywords_agree_unless_both_are_present_and_differ(
    left: dict[str, str], right: dict[str, str], same: bool
) -> None:
    assert keywords_agree(left, right, ("target", "asn_rule")) is same
