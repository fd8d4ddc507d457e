"""Which exposures a user means."""

from __future__ import annotations

import pytest
from support.observatory import pool

from asnforge.explain import find_exposure, find_exposures
from asnforge.findings import InputError

NIGHT = pool(
    """
FILE
A_raw.fits
b_raw.fits
a_raw.fits
3
b[1].fits
"""
)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("b_raw.fits", (1,)),
        (" B_RAW.FITS ", (1,)),
        ("a_raw.fits", (0, 2)),
        ("2", (0,)),
        ("3", (3,)),
        ("4", (2,)),
        ("*_raw.fits", (0, 1, 2)),
        ("?_RAW*", (0, 1, 2)),
        ("[ab]_raw.fits", (0, 1, 2)),
        ("b[1].fits", (4,)),
        ("*", (0, 1, 2, 3, 4)),
    ],
)
def test_exposures_are_found_by_name_pattern_or_line(text: str, rows: tuple[int, ...]) -> None:
    assert find_exposures(NIGHT, "file", text) == rows


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("7", "nights/night.tsv: G201 no exposure 7; the pool's exposures are on lines 2 to 6"),
        ("9" * 30, f"nights/night.tsv: G201 no exposure {'9' * 30}; the pool's exposures are on lines 2 to 6"),
        ("b_raw.fit", "nights/night.tsv: G201 no exposure b_raw.fit; did you mean b_raw.fits?"),
        (
            "*.tsv",
            "nights/night.tsv: G201 no exposure *.tsv; give a file name, a pattern such as '*_00002_*', or a line",
        ),
    ],
)
def test_what_is_not_there_is_told(text: str, finding: str) -> None:
    with pytest.raises(InputError) as stop:
        find_exposures(NIGHT, "file", text)
    assert str(stop.value) == finding


def test_one_exposure_is_wanted() -> None:
    assert find_exposure(NIGHT, "file", "b_raw.fits") == 1
    with pytest.raises(InputError) as stop:
        find_exposure(NIGHT, "file", "a_raw.fits")
    message = "G202 a_raw.fits stands for 2 exposures, wanted is one; give one of the lines 2, 4"
    assert str(stop.value) == f"nights/night.tsv: {message}"
