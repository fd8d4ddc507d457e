"""The header line: its delimiter, and the names of the columns."""

from __future__ import annotations

import pytest
from support.reading import Read, refusal

from asnforge.pool import limits

HEADER = b"A\tB\tC\n"
ROW = b"1\t2\t3\n"
EMPTY = "pool: P104 the pool is empty; a pool has a header line and one line per exposure"
LATE = "pool: P116 the first 1 MiB have only empty lines and comments; remove them: the header line comes first"


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        pytest.param(b"", EMPTY, id="no bytes"),
        pytest.param(b"\n \n# only\n", EMPTY, id="empty lines and comments"),
        pytest.param(
            b"A\xe9\tB\n",
            "pool:1:2: P106 the header line is not valid UTF-8; a pool is a text table in UTF-8",
            id="Latin-1",
        ),
        pytest.param(
            b"x" * 200000,
            "pool:1: P106 the line is longer than 131072 bytes; a pool's first line has the names of its columns",
            id="long line",
        ),
        pytest.param(
            b"A B C\n",
            "pool:1: P109 the header line has no tab, `|` or comma; a pool's first line has the names of its columns, "
            "separated by tabs; for another character give --delimiter",
            id="spaces",
        ),
        pytest.param(
            b"A;B\n",
            "pool:1: P109 the header line has no tab, `|` or comma; it has semicolons: give --delimiter ';'",
            id="semicolons",
        ),
        pytest.param(
            b'"A,B"\n',
            "pool:1: P109 the header line has the delimiter (comma) only inside quotes; remove the quotes",
            id="quoted delimiter",
        ),
        pytest.param(
            b"A\t\tC\n", "pool:1: P110 column 2 of 3 has no name; name it, or remove the extra tab", id="no name"
        ),
        pytest.param(
            b"A|B| \n", "pool:1: P110 column 3 of 3 has no name; name it, or remove the extra `|`", id="no last name"
        ),
        pytest.param(
            b'#\nA\t"B\n',
            "pool:2: P115 the header line has an unterminated quote; close or remove it",
            id="unterminated quote",
        ),
    ],
)
def test_a_pool_without_a_valid_header_line_is_refused(read: Read, data: bytes, finding: str) -> None:
    assert refusal(read, data) == finding


@pytest.mark.parametrize(
    ("data", "delimiter", "finding"),
    [
        (
            HEADER,
            "|",
            "pool:1: P113 the header line does not have the delimiter `|`; its delimiter seems to be tab: omit --delimiter",
        ),
        (
            b"A;B\n",
            "\t",
            "pool:1: P113 the header line does not have the delimiter tab; give a character that it contains",
        ),
        (
            b"A;B\n",
            " ",
            "pool:1: P113 the header line does not have the delimiter space; give a character that it contains",
        ),
    ],
)
def test_a_delimiter_that_the_header_line_does_not_have_is_refused(
    read: Read, data: bytes, delimiter: str, finding: str
) -> None:
    assert refusal(read, data, delimiter=delimiter) == finding


@pytest.mark.parametrize("delimiter", ["", "||", "\n", "\0", '"', "#", "\\", "A", "z", "1", "_", "é", "·"])
def test_a_character_that_cannot_be_a_delimiter_is_refused(read: Read, delimiter: str) -> None:
    shown = delimiter.replace("\n", "\\n").replace("\0", "\\x00")
    assert refusal(read, HEADER, delimiter=delimiter) == (
        f"pool: P113 '{shown}' cannot be a delimiter; "
        "give one ASCII character (\\t for a tab), but not a letter, digit, quote, backslash or #"
    )


@pytest.mark.parametrize(
    ("header", "pairs"),
    [(b"A\tB\ta\n", [(1, 3, "a")]), (b"A\tA\tA\n", [(1, 2, "A"), (1, 3, "A")])],
    ids=["twice", "three times"],
)
def test_the_first_of_duplicate_columns_is_read(read: Read, header: bytes, pairs: list[tuple[int, int, str]]) -> None:
    pool = read(header + ROW)
    assert [str(finding) for finding in pool.findings] == [
        f"pool:1: P156 warning: columns {first} and {second} are both named {name}; only column {first} is read; rename one"
        for first, second, name in pairs
    ]
    assert pool.columns["a"][0] == "1"


def test_names_are_stripped_and_keep_their_spelling(read: Read) -> None:
    pool = read(b' FileName \t"Pro\tgram"\n1\t2\n')
    assert pool.header == ("FileName", "Pro\tgram")
    assert {key: column.name for key, column in pool.columns.items()} == {
        "filename": "FileName",
        "pro\tgram": "Pro\tgram",
    }


@pytest.mark.parametrize("line", [b"\n", b"# comment\n", b" \r"], ids=["empty", "comment", "spaces"])
def test_a_header_line_after_more_than_the_limit_is_refused(read: Read, line: bytes) -> None:
    count = limits.LONGEST_BEFORE_HEADER // len(line)
    assert read(line * (count - 20) + HEADER + ROW).lines.tolist() == [count - 18]
    assert refusal(read, line * (count + 1) + HEADER + ROW) == LATE
