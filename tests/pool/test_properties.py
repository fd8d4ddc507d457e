"""Whatever table is written out, with whatever delimiter, reads back the same."""

import csv
import io
import random
import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from asnforge.pool import read_pool
from asnforge.pool.blocks import cut_blocks, read_line
from asnforge.pool.header import parse_header
from asnforge.pool.rows import CellCounter
from asnforge.pool.text import read_body

untimed = settings(deadline=None)
DELIMITERS = st.sampled_from("\t|,;")
# Cs: no text in UTF-8. Cc: NUL and line ends are faults, and have tests of their own.
CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)
COMMON = st.sampled_from(
    ["", "01", "1e5", '"', '""', "'", "#", "\\", "\\n", "a\tb", "x|y", "x,y", "é", "--", "nan", "0"]
)
PIECES = st.sampled_from([b"1", b"\t", b"\t", b"\n", b"\n", b'"', b"\r", b"\0", b"\xff", b"#", b" ", b"\xc3\xa9"])


@st.composite
def tables(draw):
    """Names of columns and rows of cells, none of them all empty."""
    width = draw(st.integers(2, 5))
    names = draw(st.lists(CELL.filter(bool), min_size=width, max_size=width, unique_by=str.lower))
    row = st.lists(CELL | COMMON, min_size=width, max_size=width).filter(any)
    return names, draw(st.lists(row, min_size=1, max_size=12))


def written(names, rows, delimiter, quoting=csv.QUOTE_ALL):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue().encode()


def read(data, delimiter, *, block_size=1 << 20):
    stream = io.BufferedReader(io.BytesIO(data))
    line = read_line(stream)
    header = parse_header(line, file="pool", line=1, end=len(line), delimiter=delimiter)
    return header, read_body(cut_blocks(stream, 2, file="pool", size=block_size), header, None)


def cells(body):
    return [[column[row] for column in body.columns.values()] for row in range(len(body.lines))]


@untimed
@given(tables(), DELIMITERS)
def test_a_table_reads_back(table, delimiter):
    names, rows = table
    header, body = read(written(names, rows, delimiter), delimiter)
    assert list(header.names) == names
    assert cells(body) == rows
    assert body.findings == ()


@untimed
@given(tables(), DELIMITERS, st.integers(1, 60), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_the_size_of_blocks_does_not_matter(table, delimiter, size, line_end):
    names, rows = table
    data = written(names, rows, delimiter) + b"one cell\n# comment\n\n" + written(*table, delimiter).split(b"\n", 1)[1]
    data = line_end.join(data.split(b"\n"))
    _, whole = read(data, delimiter)
    _, blocks = read(data, delimiter, block_size=size)
    assert cells(blocks) == cells(whole) == rows + rows
    assert blocks.lines.tolist() == whole.lines.tolist()
    assert [str(found) for found in blocks.findings] == [str(found) for found in whole.findings]
    assert [found.line for found in whole.findings] == [len(rows) + 2]


@untimed
@given(tables(), st.randoms())
def test_shuffled_rows_have_the_same_dictionary(table, order):
    names, rows = table
    shuffled = list(enumerate(rows))
    order.shuffle(shuffled)
    _, straight = read(written(names, rows, "\t"), "\t")
    _, other = read(written(names, [row for _, row in shuffled], "\t"), "\t", block_size=16)
    for name, column in straight.columns.items():
        assert other.columns[name].values == column.values
        assert other.columns[name].codes.tolist() == [column.codes[place] for place, _ in shuffled]


@untimed
@example('"\t""')
@given(st.text(st.sampled_from('"\t a'), max_size=12))
def test_cells_are_counted_as_csv_does(text):
    parsed = list(csv.reader([text, "next line"], delimiter="\t"))
    wanted = None if len(parsed) == 1 else max(1, len(parsed[0]))
    assert CellCounter("\t")(text) == wanted


@untimed
@given(st.lists(PIECES, max_size=40).map(b"".join))
def test_whatever_follows_the_header_nothing_is_lost(data):
    lines = b"1\t2\n" + data
    _, body = read(b"A\tB\n" + lines, "\t")
    found = [found.line for found in body.findings]
    assert sorted(found) == found
    assert not set(found) & set(body.lines.tolist())
    split = [b"A\tB", *re.split(rb"\r\n|\r|\n", lines)]
    silent = set(range(2, len(split) + 1)) - set(found) - set(body.lines.tolist())
    assert all(
        not split[line - 1].decode(errors="replace").strip() or split[line - 1].lstrip(b" ").startswith(b"#")
        for line in silent
    )


def test_blocks_of_a_long_file(tmp_path):
    numbers = random.Random(1)
    rows = [[str(numbers.randrange(50)), f"{row:06d}", "é" * (row % 700 == 0)] for row in range(3000)]
    (tmp_path / "pool").write_bytes(written(["A", "B", "C"], rows, "|", csv.QUOTE_MINIMAL))
    pool = read_pool(tmp_path / "pool", block_size=1000)
    assert [[pool.columns[name][row] for name in "abc"] for row in range(len(pool))] == rows
    assert pool.columns["b"].values == tuple(row[1] for row in rows)
