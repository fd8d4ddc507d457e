"""Malformed rows are rejected, and the other rows are read."""

from __future__ import annotations

import csv

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.reading import Read, columns

from asnforge.pool import limits
from asnforge.pool.rows import CellCounter

HEADER = b"A\tB\tC\n"
GOOD = b"1\t2\t3\n"
COLUMNS = "the header line has 3 columns"


@pytest.mark.parametrize(
    ("line", "location", "code", "reason", "hint"),
    [
        pytest.param(b"1\t2", "3", "P151", "the row has 2 cells", COLUMNS, id="two cells"),
        pytest.param(b"1", "3", "P151", "the row has 1 cell", COLUMNS, id="one cell"),
        pytest.param(b"1\t2\t3\t", "3", "P151", "the row has 4 cells", COLUMNS, id="extra empty cell"),
        pytest.param(b'1\t"2\t3"', "3", "P151", "the row has 2 cells", COLUMNS, id="quoted delimiter"),
        pytest.param(b"1\t\0002\t3", "3:3", "P152", "the row has a NUL byte", "rewrite the row", id="NUL"),
        pytest.param(
            b"1\tSt\xe9phane\t3",
            "3:5",
            "P153",
            "the row is not UTF-8: byte 0xe9",
            "save the pool as UTF-8",
            id="Latin-1",
        ),
        pytest.param(
            "é\tSt".encode() + b"\xe9\t3",
            "3:6",
            "P153",
            "the row is not UTF-8: byte 0xe9",
            "save the pool as UTF-8",
            id="UTF-8 and Latin-1",
        ),
        *(
            pytest.param(line, "3", "P155", "the row has an unterminated quote", "close or remove it", id=line.decode())
            for line in (b'1\t"2\t3', b'1\t"2\t""', b'1\t2\t"3""', b'"')
        ),
        pytest.param(
            b"1\t2\t" + b"3" * limits.LONGEST_ROW,
            "3",
            "P157",
            "the row is longer than 1048576 bytes",
            "check for missing line breaks",
            id="long",
        ),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_malformed_row_is_rejected_with_a_warning(
    read: Read, line: bytes, location: str, code: str, reason: str, hint: str, end: bytes
) -> None:
    pool = read(end.join([HEADER[:-1], GOOD[:-1], line, GOOD[:-1], b""]))
    assert [str(finding) for finding in pool.findings] == [
        f"pool:{location}: {code} warning: {reason}, so the exposure is rejected; {hint}"
    ]
    assert (pool.faulty_lines, pool.lines.tolist(), columns(pool)["b"]) == ((3,), [2, 4], ["2", "2"])


def test_a_quote_inside_a_cell_is_an_ordinary_character(read: Read) -> None:
    pool = read(HEADER + b'1\t2"\t3"\n')
    assert (pool.findings, columns(pool)) == ((), {"a": ["1"], "b": ['2"'], "c": ['3"']})


def test_a_rejected_row_carries_its_facts(read: Read) -> None:
    pool = read(HEADER + GOOD + b"1\t2\n" + b"1\tSt\xe9phane\t3\n")
    assert [finding.details for finding in pool.findings] == [{"cells": 2, "expected": 3}, {"byte": "0xe9"}]


@pytest.mark.parametrize("block_size", [1, 8, 1000])
def test_a_carriage_return_inside_a_row_ends_it(read: Read, block_size: int) -> None:
    pool = read(HEADER + GOOD + b"1\t2\r\t3\n" + GOOD[:-1] + b"\r" + GOOD, block_size=block_size)
    assert pool.lines.tolist() == [2, 5, 6]
    assert [str(finding) for finding in pool.findings] == [
        f"pool:3: P154 warning: a carriage return ends the row after 2 cells, so the exposure is rejected; {COLUMNS}",
        f"pool:4: P151 warning: the row has 2 cells, so the exposure is rejected; {COLUMNS}",
    ]


def test_in_a_file_whose_lines_end_with_carriage_returns_a_short_row_is_ragged(read: Read) -> None:
    pool = read((HEADER + GOOD + b"1\t2\n" + GOOD).replace(b"\n", b"\r"))
    assert pool.lines.tolist() == [2, 4]
    assert [(finding.code, finding.line) for finding in pool.findings] == [("P151", 3)]


def test_rows_between_two_unterminated_quotes_are_read(read: Read) -> None:
    pool = read(HEADER + b'a\t"b\tc\n' + GOOD + b'd\te\t"f\n' + GOOD)
    assert (pool.faulty_lines, pool.lines.tolist()) == ((2, 4), [3, 5])


def test_each_rejected_row_has_a_warning_in_order(read: Read) -> None:
    pool = read(HEADER + b"x\n" + GOOD + b"\0\t\t\n# no row\n\n" + b"\xff\t\t\n")
    assert [(finding.line, finding.code) for finding in pool.findings] == [(2, "P151"), (4, "P152"), (7, "P153")]
    assert pool.faulty_lines == (2, 4, 7)


@example('"\t""')
@given(st.text(st.sampled_from('"\t a'), max_size=12))
def test_cells_are_counted_as_csv_does(text: str) -> None:
    parsed = list(csv.reader([text, "next line"], delimiter="\t"))
    assert CellCounter("\t")(text) == (None if len(parsed) == 1 else max(1, len(parsed[0])))
