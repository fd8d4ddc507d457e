"""What pipelines need and read: numbers of members, misspelled exptypes, suffixes of files."""

from __future__ import annotations

import pytest

from asnforge.rules.pipelines import ExptypeSpelling, MemberCount, file_suffix

SPELLING = ExptypeSpelling({"science": ("sci",), "target_check": ("tc", "aim"), "target": (), "psf": ("ref_psf",)})


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("sci", "science"),
        ("SCI", "science"),
        (" sci ", "science"),
        ("sciense", "science"),
        ("scie", "science"),
        ("sc", "science"),
        ("s", None),
        ("target_c", "target_check"),
        ("target check", "target_check"),
        ("targe", "target"),
        ("tar", None),
        ("Ref-PSF", "psf"),
        ("refpsf", "psf"),
        ("dome", None),
        ("", None),
        ("x" * 10_000, None),
    ],
)
def test_exptype_of_a_misspelled_word(word: str, meant: str | None) -> None:
    assert SPELLING.likely_exptype(word) == meant


def test_number_of_examined_words_is_limited() -> None:
    spelling = ExptypeSpelling({"background": ()})
    assert [spelling.likely_exptype(f"background{number}") for number in range(10, 300)].count("background") == 200
    assert spelling.likely_exptype("background10") == "background"


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a_cal.fits", "cal"),
        ("a_b_CAL.fits.gz", "cal"),
        ("../x_y/a_rate.fits", "rate"),
        ("x_y/a.fits", ""),
        ("a.fits", ""),
        ("a_", ""),
        ("a_ami-oi.fits", "ami-oi"),
        ("", ""),
    ],
)
def test_file_suffix(name: str, suffix: str) -> None:
    assert file_suffix(name) == suffix


@pytest.mark.parametrize(
    ("need", "count", "allowed", "text"),
    [
        (MemberCount("psf", 1), 0, False, "no psf member"),
        (MemberCount("psf", 1), 1, True, None),
        (MemberCount("psf", 2), 0, False, "no psf member, where 2 is the minimum"),
        (MemberCount("psf", 2), 1, False, "1 psf member, where 2 is the minimum"),
        (MemberCount("psf", at_most=1), 0, True, None),
        (MemberCount("psf", at_most=1), 2, False, "2 psf members, where 1 is the maximum"),
    ],
)
def test_member_count_allows_and_describes_a_number(
    need: MemberCount, count: int, allowed: bool, text: str | None
) -> None:
    assert need.allows(count) == allowed
    if text is not None:
        assert need.describe(count) == text
