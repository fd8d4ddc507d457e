"""Blocks without quoted cells are read as astropy reads them as a whole, although it reads few of their cells."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import cast
from unittest import mock

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from asnforge.pool import encode, plain_blocks, text
from asnforge.pool.blocks import cut_blocks, make_block
from asnforge.pool.header import Header
from asnforge.pool.plain_blocks import PlainBlock, split_plain
from asnforge.pool.text import Body, read_body

WIDTH = 4
DELIMITERS = st.sampled_from("\t|,; !~'")
# Values that repeat, begin alike, or differ only in their length, and characters that have a meaning elsewhere.
USUAL = [
    "",
    "a",
    "b",
    "ab",
    "x ",
    "\x0bx",
    "abcdefgh",
    "abcdefghi",
    "abcdefgh ",
    "x#",
    "01",
    "nan",
    "x" * 255,
    "x" * 257,
]
UNUSUAL = ["'", "\\", "\\n", "#", " a", "\ta", '"', '"a"', 'a"', "\N{SNOWMAN}", "\x1f", "|", ",", "\0", "\1"]
CELLS = (st.sampled_from(USUAL), st.sampled_from(USUAL + UNUSUAL))
ROWS = st.one_of(*(st.lists(st.lists(cell, min_size=WIDTH, max_size=WIDTH), max_size=12) for cell in CELLS))
OTHER_LINES = st.sampled_from(["", " ", "# comment", " # comment", "one cell", "\t\t\t", "|||", "|||||", "\t\t\t\t"])


def header(delimiter: str) -> Header:
    return Header("pool", 1, 0, delimiter, tuple("ABCD"))


def body(data: bytes, delimiter: str, columns: Sequence[str], size: int) -> Body:
    stream = cast("io.BufferedReader", io.BufferedReader(io.BytesIO(data)))
    return read_body(cut_blocks(stream, 2, file="pool", size=size), header(delimiter), columns)


def content(read: Body) -> object:
    columns = {name: (column.values, column.codes.tolist()) for name, column in read.columns.items()}
    return columns, read.lines.tolist(), [str(finding) for finding in read.findings]


def plain(data: bytes, delimiter: str = "\t") -> PlainBlock:
    block = split_plain(make_block(data, 2), header(delimiter))
    assert block is not None
    return block


@given(
    rows=ROWS,
    others=st.lists(st.tuples(st.integers(0, 12), OTHER_LINES), max_size=2),
    repeats=st.integers(1, 9),
    delimiter=DELIMITERS,
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    is_complete=st.booleans(),
    columns=st.sampled_from([["A"], ["D"], ["B", "C"], ["A", "B", "C", "D"], []]),
    size=st.sampled_from([40, 1 << 20]),
)
@example([["a"] * WIDTH] * 2, [], 9, "\t", "\n", False, ["A", "D"], 1 << 20)
@example([["", "", "", ""]], [], 2, "\t", "\n", True, ["A"], 1 << 20)
def test_the_result_is_that_of_reading_every_cell(
    rows: list[list[str]],
    others: list[tuple[int, str]],
    repeats: int,
    delimiter: str,
    line_end: str,
    is_complete: bool,
    columns: list[str],
    size: int,
) -> None:
    lines = [delimiter.join(row) for row in rows for _ in range(repeats)]
    for position, line in others:
        lines.insert(position, line)
    data = (line_end.join(lines) + (line_end if is_complete else "")).encode()
    read = content(body(data, delimiter, columns, size))
    with mock.patch.object(text, "split_plain", return_value=None):
        assert read == content(body(data, delimiter, columns, size))


@given(st.lists(st.text("ab cé", max_size=20), min_size=1, max_size=30).map(lambda cells: [c.strip() for c in cells]))
def test_a_plain_block_has_the_cells_of_its_lines(cells: list[str]) -> None:
    data = "".join(f"x\t{cell}\t\ty\n" for cell in cells).encode()
    block = split_plain(make_block(data, 7), header("\t"))
    assert (block is None) == ("é" in data.decode())
    if block is not None:
        found, codes = block.distinct(*block.cells([1]))
        assert [block.strings(found)[code] for code in codes.tolist()] == cells
        assert [block.strings(column) for column in block.cells([3, 2])] == [["y"] * len(cells), [""] * len(cells)]
        assert block.lines.tolist() == [*range(7, 7 + len(cells))]


@pytest.mark.parametrize(
    ("cells", "distinct"),
    [
        (["a", "a", "a"], ["a"]),
        (["a", "a", "b", "b"], ["a", "b"]),
        (["a", "b", "a", "b"], ["a", "b"]),
        (["", "", "a", ""], ["", "a"]),
        (["abcdefgh1", "abcdefgh2", "abcdefgh1"], ["abcdefgh1", "abcdefgh2"]),
        (["abcdefgh", "abcdefgh1", "abcdefgh"], ["abcdefgh", "abcdefgh1"]),
        (["x" * 257, "x" * 257], ["x" * 257, "x" * 257]),
        (["a"] * 20 + ["b"] + ["a"] * 20, ["a", "b", "a"]),
    ],
    ids=["one", "runs", "alternating", "empty", "two words", "different words", "too long to compare", "few runs"],
)
def test_equal_cells_are_found(cells: list[str], distinct: list[str]) -> None:
    block = plain("".join(f"{cell}\t1\t2\t3\n" for cell in cells).encode())
    found, codes = block.distinct(*block.cells([0]))
    assert block.strings(found) == distinct
    assert [distinct[code] for code in codes.tolist()] == cells


def test_cells_with_the_same_hash_stay_distinct(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encode, "hash_words", lambda words: words[0] * np.uint64(0))
    block = plain(b"a\t1\t2\t3\nb\t1\t2\t3\na\t1\t2\t3\n")
    found, codes = block.distinct(*block.cells([0]))
    assert [block.strings(found)[code] for code in codes.tolist()] == ["a", "b", "a"]


@pytest.mark.parametrize(
    "data",
    [
        b'a\tb\t"c"\td\n',
        b"a\tb\tc\n",
        b"a\tb\tc\td\te\n",
        b"a\tb\tc\na\tb\tc\td\te\n",
        b"a\tb\tc\td\te\na\tb\tc\n",
        b"\na\tb\tc\td\n",
        b"#a\tb\tc\td\n",
        b" a\tb\tc\td\n",
        b"a\tb\tc\t\xc3\xa9\n",
        b"a\tb\tc\t\0\n",
    ],
    ids=["quote", "few", "many", "few and many", "many and few", "empty line", "comment", "space", "accent", "NUL"],
)
def test_a_block_with_another_line_is_not_plain(data: bytes) -> None:
    assert split_plain(make_block(data, 2), header("\t")) is None


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["a", "b"], False),
        (["", ""], False),
        (["a b"], False),
        (["a", "\x1fb"], True),
        (["a ", "b"], True),
        (["a", "\x0bb"], True),
    ],
    ids=["none", "empty", "inside", "control character", "after", "vertical tab"],
)
@pytest.mark.parametrize("column", [0, 3])
def test_spaces_around_cells_are_found(cells: list[str], column: int, expected: bool) -> None:
    rows = [[*"x" * column, cell, *"x" * (WIDTH - 1 - column)] for cell in cells]
    data = "".join("\t".join(row) + "\n" for row in [["x"] * WIDTH, *rows])
    block = plain(data.encode())
    assert block.have_spaces(*block.cells([column])) == expected


def test_the_limit_of_compared_cells_is_a_number_of_words() -> None:
    assert plain_blocks._WIDEST % 8 == 0
