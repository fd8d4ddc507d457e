"""Text pools: what is a row, what is a cell, which columns are read."""

import gzip
import io
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from asnforge.pool import read_pool
from asnforge.pool.model import Pool

HEADER = b"FILENAME\tPROGRAM\tASN_CANDIDATE\n"
ROW = b"a.fits\t01\t[('o001', 'observation')]\n"
CELLS = ["a.fits", "01", "[('o001', 'observation')]"]


def rows(pool: Pool) -> list[list[str]]:
    """The pool as lists of text, columns in the order of the file."""
    return [[column[row] for column in pool.columns.values()] for row in range(len(pool))]


@pytest.fixture
def read(tmp_path):
    def read_bytes(data, **options):
        path = tmp_path / "pool.tsv"
        path.write_bytes(data)
        return read_pool(path, **options)

    return read_bytes


@pytest.mark.parametrize(
    ("data", "cells", "lines"),
    [
        pytest.param(HEADER + ROW, [CELLS], [2], id="plain"),
        pytest.param(HEADER + ROW[:-1], [CELLS], [2], id="no newline at the end"),
        pytest.param(b"\xef\xbb\xbf" + HEADER + ROW, [CELLS], [2], id="byte order mark"),
        pytest.param((HEADER + ROW).replace(b"\n", b"\r\n"), [CELLS], [2], id="CRLF"),
        pytest.param((HEADER + ROW).replace(b"\n", b"\r\r\n"), [CELLS], [3], id="CRLF made twice"),
        pytest.param((HEADER + ROW + ROW).replace(b"\n", b"\r"), [CELLS, CELLS], [2, 3], id="CR"),
        pytest.param((HEADER + ROW).replace(b"\n", b"\r")[:-1], [CELLS], [2], id="CR but for the last line"),
        pytest.param(b"# made by hand\r\r" + HEADER + ROW, [CELLS], [4], id="CR after a comment"),
        pytest.param(HEADER + ROW[:-1] + b"\r" + ROW + ROW[:-1] + b"\r\n" + ROW, [CELLS] * 4, [2, 3, 4, 5], id="mixed"),
        pytest.param(HEADER + ROW + b"\n  \n\n", [CELLS], [2], id="trailing blank lines"),
        pytest.param(
            b"# made by hand\n\n" + HEADER + b"  # one\n" + ROW + b"#two\n" + ROW, [CELLS, CELLS], [5, 7], id="comments"
        ),
        pytest.param(HEADER + ROW + b"\t\n \t \t \t\n", [CELLS], [2], id="blanks and tabs, not as many as in a row"),
        pytest.param(HEADER + b"\t\t\n", [["", "", ""]], [2], id="all cells empty"),
        pytest.param(HEADER + b"\tx\t\n", [["", "x", ""]], [2], id="first and last cell empty"),
        pytest.param(HEADER + b" a \t b\tc \n", [["a", "b", "c"]], [2], id="blanks around cells"),
        pytest.param(HEADER + b"a b\t \t#c\n", [["a b", "", "#c"]], [2], id="blanks and # inside"),
        pytest.param(
            HEADER + b"01\t1e5\t0x1F\n002\tnan\tinf\n",
            [["01", "1e5", "0x1F"], ["002", "nan", "inf"]],
            [2, 3],
            id="numbers stay text",
        ),
        pytest.param(
            HEADER + b"1\t2\t3\n4\t5\t6\n", [["1", "2", "3"], ["4", "5", "6"]], [2, 3], id="nothing but numbers"
        ),
        pytest.param(HEADER + b"--\tN/A\tNULL\n", [["--", "N/A", "NULL"]], [2], id="what others take for nothing"),
        pytest.param(
            HEADER + b"'a'\tit's\t5\" tall\n", [["'a'", "it's", '5" tall']], [2], id="quotes that are no quotes"
        ),
        pytest.param(HEADER + b'"a\tb"\t"c""d"\t""\n', [["a\tb", 'c"d', ""]], [2], id="quoted cells"),
        pytest.param(HEADER + b'"#a"\tb\tc\n', [["#a", "b", "c"]], [2], id="a quoted # is no comment"),
        pytest.param(
            HEADER + "é☃😀\t\\n\\x41\tc\n".encode() + ROW, [["é☃😀", "\\n\\x41", "c"], CELLS], [2, 3], id="not ASCII"
        ),
        pytest.param(HEADER + b"\1\ta\1\t\\\n", [["\1", "a\1", "\\"]], [2], id="control characters"),
        pytest.param(
            HEADER + "a\u2028b\tc\x0bd\te\x1cf\n".encode(),
            [["a\u2028b", "c\x0bd", "e\x1cf"]],
            [2],
            id="line ends to others",
        ),
        pytest.param(b"A|B\n 1|\n", [["1", ""]], [2], id="bars"),
        pytest.param(b"A,B\na,\"[('o001', 'observation')]\"\n", [["a", "[('o001', 'observation')]"]], [2], id="commas"),
        pytest.param(b"A|B,C\nx|y,z\n", [["x", "y,z"]], [2], id="bars before commas"),
        pytest.param(b"A\tB|C\nx\ty|z\n", [["x", "y|z"]], [2], id="tabs before bars"),
    ],
)
def test_cells(read, data, cells, lines):
    pool = read(data)
    assert rows(pool) == cells
    assert pool.lines.tolist() == lines
    assert (pool.findings, pool.faulty_lines) == ((), ())


@pytest.mark.parametrize(
    ("data", "options", "cells"),
    [
        pytest.param(b"A;B\n1;2,3\n", {"delimiter": ";"}, [["1", "2,3"]], id="semicolon"),
        pytest.param(b"A B\n1 \n 2\n", {"delimiter": " "}, [["1", ""], ["", "2"]], id="blank"),
        pytest.param(b"A\tB|C\n1\t2|3\n", {"delimiter": "|"}, [["1\t2", "3"]], id="bar although there are tabs"),
        pytest.param(b"A\tB\n1\t2\n", {"delimiter": "\\t"}, [["1", "2"]], id="tab as typed in a shell"),
        pytest.param(b"A,B\n01,2\n", {"format": "csv"}, [["01", "2"]], id="csv"),
        pytest.param(b"A,B\n01,2\n", {"format": "ascii.fast_csv"}, [["01", "2"]], id="ascii.fast_csv"),
        pytest.param(b"A,B\tC\n01,2\t3\n", {"format": "ascii.tab"}, [["01,2", "3"]], id="ascii.tab"),
    ],
)
def test_delimiter(read, data, options, cells):
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
def test_columns(read, columns, names):
    pool = read(HEADER + ROW + b"ragged\n" + ROW, columns=columns)
    assert list(pool.columns) == names
    assert pool.header == ("FILENAME", "PROGRAM", "ASN_CANDIDATE")
    assert [column.name.lower() for column in pool.columns.values()] == names
    assert pool.lines.tolist() == [2, 4]
    assert pool.faulty_lines == (3,)


def test_header_names_are_stripped_and_keep_their_spelling(read):
    pool = read(b' FileName \t"Pro\tgram"\n1\t2\n')
    assert pool.header == ("FileName", "Pro\tgram")
    assert {key: column.name for key, column in pool.columns.items()} == {
        "filename": "FileName",
        "pro\tgram": "Pro\tgram",
    }


def test_a_column_is_codes_and_sorted_values(read):
    column = read(b"A\tB\nb\t1\na\t2\nb \t3\n\t4\n").columns["a"]
    assert column.values == ("", "a", "b")
    assert column.codes.tolist() == [2, 1, 2, 0]
    assert str(column.codes.dtype) == "int32"


def test_gzip_is_told_by_its_bytes(tmp_path):
    path = tmp_path / "pool.tsv"
    path.write_bytes(gzip.compress(HEADER) + gzip.compress(ROW))
    assert rows(read_pool(str(path))) == [CELLS]
    path.write_bytes(HEADER + ROW)
    assert rows(read_pool(path.rename(tmp_path / "pool.tsv.gz"))) == [CELLS]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_standard_input(monkeypatch, pack):
    data = pack(HEADER + ROW)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    pool = read_pool("-")
    assert (pool.path, pool.name, pool.raw) == ("stdin", "stdin", data)
    assert rows(pool) == [CELLS]


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="the system has no names for what is open")
def test_a_pipe_that_the_shell_opened_is_read_once():
    reading, writing = os.pipe()
    os.write(writing, HEADER + ROW)
    os.close(writing)
    pool = read_pool(f"/dev/fd/{reading}")
    os.close(reading)
    assert rows(pool) == [CELLS]
    assert pool.raw == HEADER + ROW


def test_names_of_the_file(read, tmp_path):
    pool = read(HEADER + ROW)
    assert (pool.path, pool.name) == (str(tmp_path / "pool.tsv"), "pool.tsv")
    assert (pool.header_line, pool.format, pool.raw) == (1, None, None)


def test_import_is_light():
    code = (
        "import asnforge.pool, sys; print([name for name in ('astropy', 'jsonschema', 'rich') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_astropy_registers_its_readers_once():
    """`astropy.table` has to be the first to import them, or each of them has the help of `Table.read` written anew."""
    code = (
        "import sys; from asnforge.pool.astropy_tables import import_astropy; import_astropy(); order = list(sys.modules);"
        "print(order.index('astropy.io.ascii') < order.index('astropy.table'))"  # the order in which they were done
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "True\n"
