"""Pools with faults: a faulty row costs that row alone, and what is no pool is refused in one sentence."""

import errno
import gzip
import io
import random
import sys
from types import SimpleNamespace

import pytest

from asnforge.findings import InputError
from asnforge.pool import read_pool

HEADER = b"A\tB\tC\n"
GOOD = b"1\t2\t3\n"
PACKED = gzip.compress(HEADER + b"".join(b"%d\t%d\t%d\n" % (n, n * n, n * n * n) for n in range(2000)), mtime=0)


@pytest.fixture
def read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def read_bytes(data, **options):
        (tmp_path / "pool").write_bytes(data)
        return read_pool("pool", **options)

    return read_bytes


def refusal(read, *args, **options):
    with pytest.raises(InputError) as caught:
        read(*args, **options)
    (finding,) = caught.value.findings
    return str(finding)


LEFT_OUT = ", so the exposure is rejected"


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        (
            b"1\t2",
            "pool:3: P151 warning: the row has 2 cells, so the exposure is rejected; the header line has 3 columns",
        ),
        (
            b"1",
            "pool:3: P151 warning: the row has 1 cell, so the exposure is rejected; the header line has 3 columns",
        ),
        (
            b"1\t2\t3\t",
            "pool:3: P151 warning: the row has 4 cells, so the exposure is rejected; the header line has 3 columns",
        ),
        (
            b'1\t"2\t3"',
            "pool:3: P151 warning: the row has 2 cells, so the exposure is rejected; the header line has 3 columns",
        ),
        (b'1\t2"\t3"', None),
        (
            b"1\t\0002\t3",
            "pool:3:3: P152 warning: the row has a NUL byte, so the exposure is rejected; rewrite the row",
        ),
        (
            b"1\tSt\xe9phane\t3",
            f"pool:3:5: P153 warning: the row is not UTF-8: byte 0xe9{LEFT_OUT}; save the pool as UTF-8",
        ),
        (
            "é\tSt".encode() + b"\xe9\t3",
            f"pool:3:6: P153 warning: the row is not UTF-8: byte 0xe9{LEFT_OUT}; save the pool as UTF-8",
        ),
        (
            b'1\t"2\t3',
            f"pool:3: P155 warning: the row has an unterminated quote{LEFT_OUT}; close or remove it",
        ),
        (
            b'1\t"2\t""',
            f"pool:3: P155 warning: the row has an unterminated quote{LEFT_OUT}; close or remove it",
        ),
        (
            b'1\t2\t"3""',
            f"pool:3: P155 warning: the row has an unterminated quote{LEFT_OUT}; close or remove it",
        ),
        (
            b'"',
            f"pool:3: P155 warning: the row has an unterminated quote{LEFT_OUT}; close or remove it",
        ),
        (
            b"1\t2\t" + b"3" * 1048576,
            f"pool:3: P157 warning: the row is longer than 1048576 bytes{LEFT_OUT}; check for missing line breaks",
        ),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_faulty_row_costs_that_row_alone(read, line, finding, end):
    pool = read(end.join([HEADER[:-1], GOOD[:-1], line, GOOD[:-1], b""]))
    assert [str(found) for found in pool.findings] == ([finding] if finding else [])
    assert pool.faulty_lines == ((3,) if finding else ())
    assert pool.lines.tolist() == ([2, 4] if finding else [2, 3, 4])
    assert {pool.columns["b"][row] for row in range(len(pool))} == ({"2"} if finding else {"2", '2"'})


@pytest.mark.parametrize("block_size", [1, 8, 1000])
def test_a_carriage_return_inside_a_row_ends_it(read, block_size):
    pool = read(HEADER + GOOD + b"1\t2\r\t3\n" + GOOD[:-1] + b"\r" + GOOD, block_size=block_size)
    assert pool.lines.tolist() == [2, 5, 6]
    assert [str(found) for found in pool.findings] == [
        f"pool:3: P154 warning: a carriage return ends the row after 2 cells{LEFT_OUT}; the header line has 3 columns",
        f"pool:4: P151 warning: the row has 2 cells{LEFT_OUT}; the header line has 3 columns",
    ]


def test_in_a_file_with_carriage_returns_alone_a_ragged_row_is_an_ordinary_one(read):
    pool = read((HEADER + GOOD + b"1\t2\n" + GOOD).replace(b"\n", b"\r"))
    assert pool.lines.tolist() == [2, 4]
    assert [(found.code, found.line) for found in pool.findings] == [("P151", 3)]


def test_quotes_left_open_in_two_rows_do_not_swallow_what_is_between(read):
    pool = read(HEADER + b'a\t"b\tc\n' + GOOD + b'd\te\t"f\n' + GOOD)
    assert pool.faulty_lines == (2, 4)
    assert pool.lines.tolist() == [3, 5]


def test_each_faulty_row_has_its_warning_in_order(read):
    pool = read(HEADER + b"x\n" + GOOD + b"\0\t\t\n# no row\n\n" + b"\xff\t\t\n")
    assert [(found.line, found.code) for found in pool.findings] == [(2, "P151"), (4, "P152"), (7, "P153")]
    assert pool.faulty_lines == (2, 4, 7)


@pytest.mark.parametrize(
    ("header", "messages"),
    [
        (
            b"A\tB\ta\n",
            ["pool:1: P156 warning: columns 1 and 3 are both named a; only column 1 is read; rename one"],
        ),
        (
            b"A\tA\tA\n",
            [
                "pool:1: P156 warning: columns 1 and 2 are both named A; only column 1 is read; rename one",
                "pool:1: P156 warning: columns 1 and 3 are both named A; only column 1 is read; rename one",
            ],
        ),
    ],
)
def test_of_columns_named_twice_the_first_is_read(read, header, messages):
    pool = read(header + GOOD)
    assert [str(found) for found in pool.findings] == messages
    assert pool.columns["a"][0] == "1"


EMPTY = "pool: P104 the pool is empty; a pool has a header line and one line per exposure"
BINARY = (
    "pool: P106 not a table: the file is binary; "
    "a pool is a text table in UTF-8; for a format that astropy reads give --format"
)
NO_DELIMITER = (
    "pool:1: P109 the header line has no tab, `|` or comma; "
    "a pool's first line has the names of its columns, separated by tabs; for another character give --delimiter"
)
WIDE = "pool: P107 the pool is UTF-16 or UTF-32, not UTF-8; save it as UTF-8, or convert it with `iconv -f UTF-16 -t UTF-8`"
BROKEN = "pool: P108 the gzip file is truncated or damaged; copy or download it again; `gzip -t` checks it"
PAGE = "pool: P106 not a table: the file is an HTML page; save the table as tab-delimited text"
JSON = "pool: P106 not a table: the file is JSON; a pool is a text table; for associations use `validate`"


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        pytest.param(b"", EMPTY, id="no bytes"),
        pytest.param(b"\n \n# only\n", EMPTY, id="blank lines and comments"),
        pytest.param(gzip.compress(b""), EMPTY, id="packed nothing"),
        pytest.param(
            HEADER,
            "pool:1: P105 the pool has a header line but no rows; a pool has one line per exposure",
            id="header",
        ),
        pytest.param(
            b"#\n" + HEADER + b"\n#\n",
            "pool:2: P105 the pool has a header line but no rows; a pool has one line per exposure",
            id="header and comments",
        ),
        pytest.param(
            HEADER + b"1\n2\n",
            f"pool:2: P114 none of the 2 rows can be read: the row has 1 cell{LEFT_OUT}; the header line has 3 columns",
            id="all ragged",
        ),
        pytest.param(
            HEADER + b"1",
            f"pool:2: P114 the only row cannot be read: the row has 1 cell{LEFT_OUT}; the header line has 3 columns",
            id="one ragged",
        ),
        pytest.param(random.Random(0).randbytes(5000), BINARY, id="binary"),
        pytest.param(b"\x7fELF\2\1\1\0", BINARY, id="program"),
        pytest.param(
            b"\x89PNG\r\n\x1a\n", "pool: P106 not a table: the file is an image file; a pool is a table", id="picture"
        ),
        pytest.param(
            b"PK\3\4",
            "pool: P106 not a table: the file is a zip archive or a spreadsheet; save the table as tab-delimited text",
            id="spreadsheet",
        ),
        pytest.param(
            b"BZh91AY",
            "pool: P106 not a table: the file is compressed with bzip2; decompress it first; gzip files are read as they are",
            id="bzip2",
        ),
        pytest.param(b'\n{"asn_pool":\t1}\n', JSON, id="object"),
        pytest.param(b"[1, 2]", JSON, id="list"),
        pytest.param(b"<!DOCTYPE html>\n", PAGE, id="doctype"),
        pytest.param(b"\n<HTML>", PAGE, id="html"),
        pytest.param(
            b"<?xml version='1.0'?><a/>",
            "pool: P106 not a table: the file is XML, but not a VOTable; save the table as tab-delimited text or as a VOTable",
            id="xml",
        ),
        pytest.param(
            b"---\na: b\n",
            "pool: P106 not a table: the file is YAML; a pool is a text table; for rule files use `--rules`",
            id="yaml",
        ),
        pytest.param(HEADER.decode().encode("utf-16"), WIDE, id="utf-16"),
        pytest.param((HEADER * 9).decode().encode("utf-16-le"), WIDE, id="utf-16-le"),
        pytest.param((HEADER * 9).decode().encode("utf-16-be"), WIDE, id="utf-16-be"),
        pytest.param(HEADER.decode().encode("utf-32"), WIDE, id="utf-32"),
        pytest.param(PACKED[:1000], BROKEN, id="gzip cut short"),
        pytest.param(PACKED[:-8] + b"\0" * 8, BROKEN, id="gzip of another sum"),
        pytest.param(b"\x1f\x8b", BROKEN, id="gzip of two bytes"),
        pytest.param(
            b"A\xe9\tB\n",
            "pool:1:2: P106 the header line is not valid UTF-8; a pool is a text table in UTF-8",
            id="header in Latin-1",
        ),
        pytest.param(
            b"x" * 200000,
            "pool:1: P106 the line is longer than 131072 bytes; a pool's first line has the names of its columns",
            id="one long line",
        ),
        pytest.param(
            b"A B C\n",
            NO_DELIMITER,
            id="no delimiter",
        ),
        pytest.param(
            b"A;B\n",
            "pool:1: P109 the header line has no tab, `|` or comma; it has semicolons: give --delimiter ';'",
            id="semicolons",
        ),
        pytest.param(
            b'"A,B"\n',
            "pool:1: P109 the header line has the delimiter (comma) only inside quotes; remove the quotes",
            id="delimiter in quotes",
        ),
        pytest.param(
            b"A\t\tC\n", "pool:1: P110 column 2 of 3 has no name; name it, or remove the extra tab", id="no name"
        ),
        pytest.param(
            b"A|B| \n",
            "pool:1: P110 column 3 of 3 has no name; name it, or remove the extra `|`",
            id="no last name",
        ),
        pytest.param(
            b'#\nA\t"B\n',
            "pool:2: P115 the header line has an unterminated quote; close or remove it",
            id="open quote",
        ),
    ],
)
def test_no_pool(read, data, finding):
    assert refusal(read, data) == finding


@pytest.mark.parametrize(
    ("data", "delimiter", "finding"),
    [
        (HEADER, "|", "pool:1: P113 the header line does not have the delimiter `|`; it has tab: omit --delimiter"),
        (
            b"A;B\n",
            "\t",
            "pool:1: P113 the header line does not have the delimiter tab; give a delimiter that it has",
        ),
        *(
            (
                HEADER,
                wrong,
                f"pool: P113 {wrong!r} cannot be a delimiter; "
                "give one ASCII character (\\t for a tab), but not a letter, digit, quote or #",
            )
            for wrong in ("", "||", "\n", "\0", '"', "#", "A", "z", "1", "_", "é", "·")
        ),
        (
            b"SIMPLE  =",
            "|",
            "pool: P106 not a text pool: the file has the signature of fits; omit --delimiter, or give --format fits",
        ),
    ],
)
def test_wrong_delimiter(read, data, delimiter, finding):
    assert refusal(read, data, delimiter=delimiter) == finding


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("nosuch", "nosuch: P101 no such file"),
        ("pool_002.tvs", "pool_002.tvs: P101 no such file; did you mean pool_002.tsv?"),
        ("sub/poll.tsv", "sub/poll.tsv: P101 no such file; did you mean sub/pool.tsv?"),
        ("no/pool.tsv", "no/pool.tsv: P101 no such file; the folder no does not exist either"),
        ("pool_002.tsv/a", "pool_002.tsv/a: P101 no such file; pool_002.tsv is not a folder"),
        ("", "P101 no such file; the name is empty"),
        ("a\0b", "a\\x00b: P101 a file name cannot have a NUL character"),
        ("sub", "sub: P102 it is a folder, not a pool; give a file inside it"),
        ("/dev/null", "/dev/null: P104 the pool is empty; a pool has a header line and one line per exposure"),
    ],
)
def test_no_such_file(tmp_path, monkeypatch, name, finding):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    for made in ("pool_002.tsv", "sub/pool.tsv"):
        (tmp_path / made).write_bytes(HEADER)
    assert refusal(read_pool, name) == finding


@pytest.mark.parametrize(
    ("error", "finding"),
    [
        (
            PermissionError(errno.EACCES, "Permission denied"),
            "pool: P103 the file cannot be read: no permission to read it; check its permissions",
        ),
        (
            OSError(errno.EIO, "Input/output error"),
            "pool: P103 the file cannot be read: input/output error on the device; check the device, or use a copy on "
            "another one",
        ),
    ],
)
def test_the_system_refuses(read, monkeypatch, error, finding):
    read(HEADER + GOOD)

    def refuse(*args):
        raise error

    monkeypatch.setattr("builtins.open", refuse)
    assert refusal(read_pool, "pool") == finding


def test_nothing_on_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO()))
    assert (
        refusal(read_pool, "-") == "stdin: P104 the pool is empty; a pool has a header line and one line per exposure"
    )


def test_standard_input_is_closed(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert (
        refusal(read_pool, "-")
        == "stdin: P103 the file cannot be read: it is closed; redirect a file to it, or give a file"
    )
