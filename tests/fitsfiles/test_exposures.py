"""From files to exposures, and from exposures to rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fits_files import lynx_mapping

from asnforge.fitsfiles.cards import HeaderCards
from asnforge.fitsfiles.exposure_rows import make_rows
from asnforge.fitsfiles.exposures import find_exposures
from asnforge.rules.header_mapping import HeaderWarning

MAPPING = lynx_mapping()


def header(**cards: str) -> HeaderCards:
    return HeaderCards({"MODE": "slit", **cards})


def products(headers: Mapping[str, HeaderCards]) -> dict[str, dict[str, str]]:
    """For each exposure the paths of its products by suffix."""
    found = find_exposures(headers, MAPPING)
    return {
        exposure.root: {suffix: file.path for suffix, file in exposure.products.items()} for exposure in found.exposures
    }


def test_products_of_an_exposure_are_one_exposure_the_least_processed_first() -> None:
    names = ["ly001_1_red_spec.fits", "ly001_1_red_flat.fits.gz", "ly001_1_red_raw.fits", "ly001_2_red_flat.fits"]
    assert products({f"x/{name}": header() for name in names}) == {
        "ly001_1_red": {
            "raw": "x/ly001_1_red_raw.fits",
            "flat": "x/ly001_1_red_flat.fits.gz",
            "spec": "x/ly001_1_red_spec.fits",
        },
        "ly001_2_red": {"flat": "x/ly001_2_red_flat.fits"},
    }


@pytest.mark.parametrize(
    ("path", "original", "expected"),
    [
        ("ly001_1_red_flat.fits", "", ("ly001_1_red", "flat")),
        ("ly001_1_red_c12_flat.fits", "", ("ly001_1_red", "flat")),
        ("ly001_1_red.fits", "", ("ly001_1_red", "")),
        ("ly001_1_red_my_own.fits", "", ("ly001_1_red", "my_own")),
        ("mine_flat.fits", "ly001_1_red_raw.fits", ("ly001_1_red", "raw")),
        ("ly009_9_red_flat.fits", "ly001_1_red_raw.fits", ("ly001_1_red", "flat")),
        ("LY001_1_RED_FLAT.fits", "", ("LY001_1_RED", "FLAT")),
    ],
)
def test_root_and_suffix_of_a_file(path: str, original: str, expected: tuple[str, str]) -> None:
    root, suffix = expected
    assert products({path: header(ORIGNAME=original)}) == {root: {suffix: path}}


def test_a_renamed_file_has_the_root_that_its_keywords_make() -> None:
    cards = header(PROG="7", EXPNO="21", CAM="RED")
    assert products({"mine_flat.fits": cards}) == {"ly007_21_red": {"flat": "mine_flat.fits"}}


def test_files_that_are_not_exposures_are_counted_by_kind() -> None:
    headers = {
        "a.fits": HeaderCards({}, "it is empty"),
        "ly001_1_red_raw.fits": HeaderCards({}),
        "flat.fits": header(REFTYPE="FLAT"),
        "ly001_1_red_mask.fits": header(),
        "something.fits": header(),
    }
    found = find_exposures(headers, MAPPING)
    assert found.exposures == ()
    assert dict(found.not_used) == {
        "files whose names are not those of an exposure's product": 1,
        "files without MODE": 1,
        "masks": 1,
        "reference files": 1,
        "unreadable files": 1,
    }
    assert [str(finding) for finding in found.findings] == [
        "a.fits: P122 warning: the file cannot be used: it is empty"
    ]


def test_of_copies_the_newest_by_its_header_is_used() -> None:
    headers = {
        "a/ly001_1_red_flat.fits": header(DATE="2026-01-01"),
        "b/ly001_1_red_flat.fits": header(DATE="2026-01-03"),
        "c/ly001_1_red_flat.fits": header(DATE="2026-01-02"),
    }
    found = find_exposures(headers, MAPPING)
    assert found.exposures[0].products["flat"].path == "b/ly001_1_red_flat.fits"
    assert [str(finding) for finding in found.findings] == [
        "b/ly001_1_red_flat.fits: P123 warning: b/ly001_1_red_flat.fits is used, as it is the newest of 3 files with the same "
        "exposure and suffix; not used: a/ly001_1_red_flat.fits, c/ly001_1_red_flat.fits"
    ]


def test_of_copies_of_the_same_time_the_first_path_is_used() -> None:
    headers = {f"{folder}/ly001_1_red_flat.fits": header(DATE="2026-01-01") for folder in "ba"}
    assert products(headers) == {"ly001_1_red": {"flat": "a/ly001_1_red_flat.fits"}}


def test_products_that_disagree_in_a_column_that_rules_read_are_reported() -> None:
    headers = {
        "ly001_1_red_raw.fits": header(COLOR="BLUE", SKY="T", OBJECT="A"),
        "ly001_1_red_flat.fits": header(COLOR="NONE", SKY="T", OBJECT="B"),
    }
    found = find_exposures(headers, MAPPING, ["color", "sky"])
    assert [str(finding) for finding in found.findings] == [
        "ly001_1_red_flat.fits: P124 warning: the header is not that of ly001_1_red_raw.fits, which is used: COLOR is NULL, "
        "not BLUE"
    ]


def test_copies_that_disagree_in_a_column_are_reported_with_the_one_that_is_used() -> None:
    headers = {
        "a/ly001_1_red_flat.fits": header(DATE="2026-01-01", COLOR="BLUE"),
        "b/ly001_1_red_flat.fits": header(DATE="2026-01-02", COLOR="GREEN"),
    }
    found = find_exposures(headers, MAPPING, ["color"])
    assert [str(finding) for finding in found.findings[1:]] == [
        "a/ly001_1_red_flat.fits: P124 warning: the header is not that of b/ly001_1_red_flat.fits, which is used: COLOR is "
        "BLUE, not GREEN"
    ]


@pytest.mark.parametrize(
    ("values", "messages"),
    [
        (["OK", "OK"], []),
        (["", "suspect"], ["ly001_2_red_raw.fits: P134 warning: QUALITY is suspect in 1 exposure: the star was lost"]),
        (
            ["BAD", "SUSPECT", "OK", "BAD", "BAD"],
            [
                "ly001_1_red_raw.fits: P134 warning: QUALITY is BAD, SUSPECT in 4 exposures, such as ly001_1_red_raw.fits, "
                "ly001_2_red_raw.fits, ly001_4_red_raw.fits: the star was lost"
            ],
        ),
    ],
)
def test_values_that_the_rule_set_warns_of_are_one_finding_for_each_keyword(
    values: list[str], messages: list[str]
) -> None:
    warning = HeaderWarning("QUALITY", frozenset({"bad", "suspect"}), "the star was lost")
    mapping = replace(MAPPING, warnings=(warning,))
    assert "QUALITY" in mapping.keywords()
    headers = {
        f"ly001_{number}_red_{suffix}.fits": header(QUALITY=value)
        for number, value in enumerate(values, 1)
        for suffix in ("raw", "flat")
    }
    assert [str(finding) for finding in find_exposures(headers, mapping).findings] == messages


def rows(*headers: HeaderCards) -> list[dict[str, str]]:
    files = {f"ly001_{number}_red_raw.fits": cards for number, cards in enumerate(headers, 1)}
    return make_rows(find_exposures(files, MAPPING).exposures, MAPPING, "FILE")


def test_a_row_has_a_cell_for_each_column() -> None:
    cards = header(PROG="001", OBSNO="012", CAM="RED", COLOR="NONE", SKY="T", OBJECT="NGC 1")
    assert rows(cards) == [
        {
            "FILE": "ly001_1_red_raw.fits",
            "PROGRAM": "1",
            "OBSERVATION": "12",
            "CAMERA": "RED",
            "MODE": "slit",
            "COLOR": "NULL",
            "SKY": "T",
            "OBJECT": "NGC 1",
            "PURPOSE": "SCIENCE",
            "TROUBLE": "NULL",
            "TARGET": "1",
            "STEP": "1",
        }
    ]


@pytest.mark.parametrize(
    ("cards", "column", "cell"),
    [
        ({"PROG": "000"}, "PROGRAM", "0"),
        ({"OBSNAME": "042-7"}, "PROGRAM", "42"),
        ({"PROG": "5", "OBSNAME": "042-7"}, "PROGRAM", "5"),
        ({"OBSNAME": "42-7"}, "PROGRAM", "NULL"),
        ({"COLOR": "none"}, "COLOR", "NULL"),
        ({"MODE": "POINT"}, "PURPOSE", "POINTING"),
        ({}, "SKY", "NULL"),
        ({"SKY": "F"}, "SKY", "F"),
    ],
)
def test_each_way_to_a_cell(cards: dict[str, str], column: str, cell: str) -> None:
    assert rows(header(**cards))[0][column] == cell


def test_targets_are_numbered_within_programs_by_name_or_else_by_position() -> None:
    headers = [
        header(PROG="1", OBJECT="A"),
        header(PROG="1", OBJECT="B"),
        header(PROG="1", OBJECT="A"),
        header(PROG="1", OBJECT="unknown", RA="10.0001", DEC="5.0"),
        header(PROG="1", RA="10.0004", DEC="5.00001"),
        header(PROG="1", RA="10.001", DEC="5.0"),
        header(PROG="1"),
        header(PROG="2", OBJECT="B"),
    ]
    assert [row["TARGET"] for row in rows(*headers)] == ["1", "2", "1", "3", "3", "4", "NULL", "1"]


def test_ranks_are_those_of_distinct_values_within_an_observation() -> None:
    colors = [("1", "B"), ("1", "A"), ("1", "B"), ("2", "B")]
    headers = [header(PROG="1", OBSNO=number, CAM="RED", COLOR=color) for number, color in colors]
    assert [row["STEP"] for row in rows(*headers)] == ["2", "1", "2", "1"]


@given(st.permutations(range(6)))
def test_the_order_of_files_changes_nothing(order: list[int]) -> None:
    files = [(f"ly001_{number}_red_raw.fits", header(PROG="1", OBJECT="ABABCC"[number])) for number in range(6)]
    expected = make_rows(find_exposures(dict(files), MAPPING).exposures, MAPPING, "FILE")
    shuffled = {files[index][0]: files[index][1] for index in order}
    assert make_rows(find_exposures(shuffled, MAPPING).exposures, MAPPING, "FILE") == expected
