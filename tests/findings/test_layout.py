"""Text in columns: wide characters, wrapped lines, and tables that fit a terminal of any width."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.findings import fitted, hanging, padded, printable, table_lines, text_width, wrapped

TABLE = [("rule", "exposures"), ("Deep_Field_Mosaic", "12"), ("Sky", "7")]


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("", 0), ("é", 1), ("e\u0301", 1), ("星", 2), ("ｍ31", 4), ("한글", 4), ("M 31 銀河", 9)],
)
def test_the_width_of_text(text: str, width: int) -> None:
    assert text_width(text) == width
    assert padded(text, 10) == text + " " * (10 - width)
    assert padded(text, 10, right=True) == " " * (10 - width) + text


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("two words", 9, ["two words"]),
        ("two words", 8, ["two", "words"]),
        ("a  b", 4, ["a  b"]),
        ("a_b_night.fits", 8, ["a_b_", "night.", "fits"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("see abcdefghij now", 6, ["see", "abcdef", "ghij", "now"]),
        ("銀河銀河", 5, ["銀河", "銀河"]),
        ("銀河 星", 5, ["銀河", "星"]),
        ("銀", 1, ["銀"]),
        ("", 5, [""]),
    ],
)
def test_wrapped_lines(text: str, width: int, lines: list[str]) -> None:
    assert wrapped(text, width) == lines


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (None, ["    o1  science member of a long association name"]),
        (45, ["    o1  science member of a long association", "        name"]),
        (32, ["    o1  science member of a long", "        association name"]),
        (30, ["    o1", "        science member of a", "        long association name"]),
    ],
)
def test_text_is_aligned_behind_its_head_or_below_it(width: int | None, lines: list[str]) -> None:
    assert hanging("    o1  ", "science member of a long association name", width) == lines


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (None, ["  3 orphans, 2 warnings\\n"]),
        (30, ["  3 orphans, 2 warnings\\n"]),
        (20, ["  3 orphans, 2", "      warnings\\n"]),
    ],
)
def test_a_line_is_escaped_and_fitted(width: int | None, lines: list[str]) -> None:
    assert fitted("  3 orphans, 2 warnings\n", width) == lines


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (
            None,
            [
                "rule               exposures",
                "-----------------  ---------",
                "Deep_Field_Mosaic         12",
                "Sky                        7",
            ],
        ),
        (
            24,
            [
                "rule           exposures",
                "-------------  ---------",
                "Deep_Field_           12",
                "Mosaic",
                "Sky                    7",
            ],
        ),
        (20, ["Deep_Field_Mosaic", "    exposures 12", "Sky", "    exposures 7"]),
        (12, ["Deep_Field_", "    Mosaic", "    exposure", "    s 12", "Sky", "    exposure", "    s 7"]),
    ],
)
def test_a_table_is_narrowed_and_then_becomes_paragraphs(width: int | None, lines: list[str]) -> None:
    assert table_lines(TABLE, numbers=[1], underlined=True, width=width) == lines


def test_a_table_without_a_heading_has_no_titles_in_paragraphs() -> None:
    rows = [("Deep_Field", "image3", "Deep images"), ("Sky", "", "Background")]
    assert table_lines(rows, heading=False, width=20) == [
        "Deep_Field",
        "    image3, Deep",
        "    images",
        "Sky",
        "    Background",
    ]
    assert table_lines([], width=20) == []


def test_wide_characters_are_aligned() -> None:
    assert table_lines([("target", "filter"), ("銀河", "red"), ("M31", "\x1b[31m")], indent=" ") == [
        " target  filter",
        " 銀河    red",
        " M31     \\x1b[31m",
    ]


@given(
    st.lists(
        st.tuples(st.text(max_size=60), st.text(max_size=60), st.integers(0, 10**6).map(str)), min_size=1, max_size=5
    ),
    st.sampled_from([40, 80]),
    st.booleans(),
)
def test_no_line_of_a_table_is_wider_than_the_terminal(
    rows: list[tuple[str, str, str]], width: int, heading: bool
) -> None:
    lines = table_lines(rows, numbers=[2], heading=heading, width=width)
    assert all(text_width(line) <= width for line in lines)
    cells = "".join(printable(cell) for row in rows[heading:] for cell in row)
    assert not Counter(cells.replace(" ", "")) - Counter("".join(lines))
