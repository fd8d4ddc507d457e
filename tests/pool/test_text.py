"""Text pools: rows, cells, and which columns are read."""

from __future__ import annotations

import csv
import io
import random
import re
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Literal, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reading import Read, refusal, rows

from asnforge.pool import read_pool
from asnforge.pool.blocks import cut_blocks, read_line
from asnforge.pool.header import Header, parse_header
from asnforge.pool.text import Body, read_body

HEADER = b"FILENAME\tPROGRAM\tASN_CANDIDATE\n"
ROW = b"a.fits\t01\t[('o001', 'observation')]\n"
CELLS = ["a.fits", "01", "[('o001', 'observation')]"]


@pytest.mark.parametrize(
    ("data", "cells", "lines"),
    [
        pytest.param(HEADER + ROW, [CELLS], [2], id="plain"),
        pytest.param(HEADER + ROW[:-1], [CELLS], [2], id="no newline at the end"),
        pytest.param(b"\xef\xbb\xbf" + HEADER + ROW, [CELLS], [2], id="byte order mark"),
        pytest.param((HEADER + ROW).replace(b"\n", b"\r\n"), [CELLS], [2], id="CRLF"),
        pytest.param((HEADER + ROW).replace(b"\n", b"\r\r\n"), [CELLS], [3], id="CRLF converted twice"),
        pytest.param((HEADER + ROW + ROW).replace(b"\n", b"\r"), [CELLS, CELLS], [2, 3], id="CR"),
        pytest.param((HEADER + ROW).replace(b"\n", b"\r")[:-1], [CELLS], [2], id="CR except after the last line"),
        pytest.param(b"# made by hand\r\r" + HEADER + ROW, [CELLS], [4], id="CR after a comment"),
        pytest.param(HEADER + ROW[:-1] + b"\r" + ROW + ROW[:-1] + b"\r\n" + ROW, [CELLS] * 4, [2, 3, 4, 5], id="mixed"),
        pytest.param(HEADER + ROW + b"\n  \n\n", [CELLS], [2], id="trailing empty lines"),
        pytest.param(
            b"# made by hand\n\n" + HEADER + b"  # one\n" + ROW + b"#two\n" + ROW, [CELLS, CELLS], [5, 7], id="comments"
        ),
        pytest.param(HEADER + ROW + b"\t\n \t \t \t\n", [CELLS], [2], id="spaces and tabs, but fewer than in a row"),
        pytest.param(HEADER + b"\t\t\n", [["", "", ""]], [2], id="all cells empty"),
        pytest.param(HEADER + b"\tx\t\n", [["", "x", ""]], [2], id="first and last cell empty"),
        pytest.param(HEADER + b" a \t b\tc \n", [["a", "b", "c"]], [2], id="spaces around cells"),
        pytest.param(HEADER + b"a b\t \t#c\n", [["a b", "", "#c"]], [2], id="spaces and # inside"),
        pytest.param(
            HEADER + b"01\t1e5\t0x1F\n002\tnan\tinf\n",
            [["01", "1e5", "0x1F"], ["002", "nan", "inf"]],
            [2, 3],
            id="numbers stay strings",
        ),
        pytest.param(HEADER + b"1\t2\t3\n4\t5\t6\n", [["1", "2", "3"], ["4", "5", "6"]], [2, 3], id="only numbers"),
        pytest.param(HEADER + b"--\tN/A\tNULL\n", [["--", "N/A", "NULL"]], [2], id="missing values of other tools"),
        pytest.param(HEADER + b"'a'\tit's\t5\" tall\n", [["'a'", "it's", '5" tall']], [2], id="quotes inside cells"),
        pytest.param(HEADER + b'"a\tb"\t"c""d"\t""\n', [["a\tb", 'c"d', ""]], [2], id="quoted cells"),
        pytest.param(HEADER + b'"#a"\tb\tc\n', [["#a", "b", "c"]], [2], id="a quoted # is not a comment"),
        pytest.param(
            HEADER + "é☃😀\t\\n\\x41\tc\n".encode() + ROW, [["é☃😀", "\\n\\x41", "c"], CELLS], [2, 3], id="not ASCII"
        ),
        pytest.param(HEADER + b"\1\ta\1\t\\\n", [["\1", "a\1", "\\"]], [2], id="control characters"),
        pytest.param(
            HEADER + "a\u2028b\tc\x0bd\te\x1cf\n".encode(),
            [["a\u2028b", "c\x0bd", "e\x1cf"]],
            [2],
            id="line ends of Unicode",
        ),
        pytest.param(b"A|B\n 1|\n", [["1", ""]], [2], id="bars"),
        pytest.param(b"A,B\na,\"[('o001', 'observation')]\"\n", [["a", "[('o001', 'observation')]"]], [2], id="commas"),
        pytest.param(b"A|B,C\nx|y,z\n", [["x", "y,z"]], [2], id="bars before commas"),
        pytest.param(b"A\tB|C\nx\ty|z\n", [["x", "y|z"]], [2], id="tabs before bars"),
    ],
)
def test_cells_are_read_as_strings(read: Read, data: bytes, cells: list[list[str]], lines: list[int]) -> None:
    pool = read(data)
    assert rows(pool) == cells
    assert pool.lines.tolist() == lines
    assert (pool.findings, pool.faulty_lines) == ((), ())


@pytest.mark.parametrize(
    ("data", "options", "cells"),
    [
        pytest.param(b"A;B\n1;2,3\n", {"delimiter": ";"}, [["1", "2,3"]], id="semicolon"),
        pytest.param(b"A B\n1 \n 2\n", {"delimiter": " "}, [["1", ""], ["", "2"]], id="space"),
        pytest.param(b"A\tB|C\n1\t2|3\n", {"delimiter": "|"}, [["1\t2", "3"]], id="bar in spite of tabs"),
        pytest.param(b"A\tB\n1\t2\n", {"delimiter": "\\t"}, [["1", "2"]], id="tab as typed in a shell"),
        pytest.param(b"A,B\n01,2\n", {"format": "csv"}, [["01", "2"]], id="csv"),
        pytest.param(b"A,B\n01,2\n", {"format": "ascii.fast_csv"}, [["01", "2"]], id="ascii.fast_csv"),
        pytest.param(b"A,B\tC\n01,2\t3\n", {"format": "ascii.tab"}, [["01,2", "3"]], id="ascii.tab"),
    ],
)
def test_a_delimiter_or_a_text_format_can_be_given(
    read: Read, data: bytes, options: dict[str, str], cells: list[list[str]]
) -> None:
    pool = read(data, **options)
    assert rows(pool) == cells
    assert pool.format is None


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        (None, ["filename", "program", "asn_candidate"]),
        (["PROGRAM", "Filename"], ["filename", "program"]),
        (["program", "filter"], ["program"]),
        (["filter"], []),
        ([], []),
    ],
)
def test_only_the_requested_columns_are_read(read: Read, columns: Collection[str] | None, names: list[str]) -> None:
    pool = read(HEADER + ROW + b"ragged\n" + ROW, columns=columns)
    assert list(pool.columns) == names
    assert pool.header == ("FILENAME", "PROGRAM", "ASN_CANDIDATE")
    assert [column.name.lower() for column in pool.columns.values()] == names
    assert pool.lines.tolist() == [2, 4]
    assert pool.faulty_lines == (3,)


def test_a_column_has_codes_and_sorted_values(read: Read) -> None:
    column = read(b"A\tB\nb\t1\na\t2\nb \t3\n\t4\n").columns["a"]
    assert column.values == ("", "a", "b")
    assert column.codes.tolist() == [2, 1, 2, 0]
    assert str(column.codes.dtype) == "int32"


def test_a_pool_has_the_name_of_its_file(tmp_path: Path, read: Read) -> None:
    read(HEADER + ROW)
    pool = read_pool(tmp_path / "pool")
    assert (pool.path, pool.name) == (str(tmp_path / "pool"), "pool")
    assert (pool.header_line, pool.format, pool.raw) == (1, None, None)


def test_importing_the_package_does_not_import_astropy() -> None:
    code = (
        "import asnforge.pool, sys; print([name for name in ('astropy', 'jsonschema', 'rich') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_astropy_table_is_imported_before_the_readers() -> None:
    """If the readers were imported first, each would rewrite the help of `Table.read`, which is slow."""
    code = (
        "import sys; from asnforge.pool.astropy_tables import import_astropy; import_astropy(); order = list(sys.modules);"
        "print(order.index('astropy.io.ascii') < order.index('astropy.table'))"  # the order in which their imports ended
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "True\n"


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        (
            HEADER,
            "pool:1: P105 the pool has a header line but no rows; a pool has one line per exposure",
        ),
        (
            b"#\n" + HEADER + b"\n#\n",
            "pool:2: P105 the pool has a header line but no rows; a pool has one line per exposure",
        ),
        (
            HEADER + b"1\n2\n",
            "pool:2: P114 none of the 2 rows can be read: the row has 1 cell, so the exposure is rejected; "
            "the header line has 3 columns",
        ),
        (
            HEADER + b"1",
            "pool:2: P114 the only row cannot be read: the row has 1 cell, so the exposure is rejected; "
            "the header line has 3 columns",
        ),
    ],
    ids=["only a header line", "only a header line and comments", "two ragged rows", "one ragged row"],
)
def test_a_pool_without_exposures_is_refused(read: Read, data: bytes, finding: str) -> None:
    assert refusal(read, data) == finding


Table = tuple[list[str], list[list[str]]]
DELIMITERS = st.sampled_from("\t|,;")
# Cs: not valid in UTF-8. Cc: NUL and line ends make rows malformed.
CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)
COMMON = st.sampled_from(
    ["", "01", "1e5", '"', '""', "'", "#", "\\", "\\n", "a\tb", "x|y", "x,y", "é", "--", "nan", "0"]
)
PIECES = st.sampled_from([b"1", b"\t", b"\t", b"\n", b"\n", b'"', b"\r", b"\0", b"\xff", b"#", b" ", b"\xc3\xa9"])


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Names of columns, and rows that are not all empty."""
    width = draw(st.integers(2, 5))
    names = draw(st.lists(CELL.filter(bool), min_size=width, max_size=width, unique_by=str.lower))
    row = st.lists(CELL | COMMON, min_size=width, max_size=width).filter(any)
    return names, draw(st.lists(row, min_size=1, max_size=12))


def written(
    names: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str, quoting: Literal[0, 1] = csv.QUOTE_ALL
) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue().encode()


def parts(data: bytes, delimiter: str, *, block_size: int = 1 << 20) -> tuple[Header, Body]:
    stream = cast("io.BufferedReader", io.BufferedReader(io.BytesIO(data)))
    line = read_line(stream)
    header = parse_header(line, file="pool", line=1, end=len(line), delimiter=delimiter)
    return header, read_body(cut_blocks(stream, 2, file="pool", size=block_size), header, None)


def cells(body: Body) -> list[list[str]]:
    return [[column[row] for column in body.columns.values()] for row in range(len(body.lines))]


@given(tables(), DELIMITERS)
def test_a_table_reads_back(table: Table, delimiter: str) -> None:
    names, rows = table
    header, body = parts(written(names, rows, delimiter), delimiter)
    assert list(header.names) == names
    assert cells(body) == rows
    assert body.findings == ()


@given(tables(), DELIMITERS, st.integers(1, 60), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_the_size_of_blocks_does_not_matter(table: Table, delimiter: str, size: int, line_end: bytes) -> None:
    names, rows = table
    data = written(names, rows, delimiter) + b"one cell\n# comment\n\n" + written(*table, delimiter).split(b"\n", 1)[1]
    data = line_end.join(data.split(b"\n"))
    _, whole = parts(data, delimiter)
    _, blocks = parts(data, delimiter, block_size=size)
    assert cells(blocks) == cells(whole) == rows + rows
    assert blocks.lines.tolist() == whole.lines.tolist()
    assert [str(finding) for finding in blocks.findings] == [str(finding) for finding in whole.findings]
    assert [finding.line for finding in whole.findings] == [len(rows) + 2]


@given(tables(), st.randoms())
def test_the_order_of_rows_does_not_affect_the_values(table: Table, order: random.Random) -> None:
    names, rows = table
    shuffled = list(enumerate(rows))
    order.shuffle(shuffled)
    _, straight = parts(written(names, rows, "\t"), "\t")
    _, mixed = parts(written(names, [row for _, row in shuffled], "\t"), "\t", block_size=16)
    for name, column in straight.columns.items():
        assert mixed.columns[name].values == column.values
        assert mixed.columns[name].codes.tolist() == [column.codes[row] for row, _ in shuffled]


@given(st.lists(PIECES, max_size=40).map(b"".join))
def test_every_line_is_a_row_a_finding_empty_or_a_comment(data: bytes) -> None:
    lines = b"1\t2\n" + data
    _, body = parts(b"A\tB\n" + lines, "\t")
    rejected = [finding.line for finding in body.findings if finding.line is not None]
    assert sorted(rejected) == rejected
    assert not set(rejected) & set(body.lines.tolist())
    split = [b"A\tB", *re.split(rb"\r\n|\r|\n", lines)]
    silent = set(range(2, len(split) + 1)) - set(rejected) - set(body.lines.tolist())
    assert all(
        not split[line - 1].decode(errors="replace").strip() or split[line - 1].lstrip(b" ").startswith(b"#")
        for line in silent
    )


def test_a_file_of_many_blocks_is_read(tmp_path: Path) -> None:
    numbers = random.Random(1)
    rows = [[str(numbers.randrange(50)), f"{row:06d}", "é" * (row % 700 == 0)] for row in range(3000)]
    (tmp_path / "pool").write_bytes(written(["A", "B", "C"], rows, "|", csv.QUOTE_MINIMAL))
    pool = read_pool(tmp_path / "pool", block_size=1000)
    assert [[pool.columns[name][row] for name in "abc"] for row in range(len(pool))] == rows
    assert pool.columns["b"].values == tuple(row[1] for row in rows)
