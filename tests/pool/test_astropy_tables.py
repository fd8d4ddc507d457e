"""Tables in astropy's other formats come through the same door, every cell as text."""

import gzip
import io
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from astropy.table import Column, MaskedColumn, Table

from asnforge.findings import InputError
from asnforge.pool import read_pool

BY_ITSELF = ["fits", "ascii.ecsv", "votable"]


def sample() -> Table:
    """A table with a column of each kind that files have."""
    table = Table()
    table["FILENAME"] = ["a.fits", "b.fits"]
    table["Program"] = ["01", "1e5"]
    table["count"] = np.array([1, 20], np.int32)
    table["angle"] = [0.1, 1e20]
    table["small"] = np.array([0.1, 2.5], np.float32)
    table["flag"] = [True, False]
    table["masked"] = MaskedColumn(["x", "y"], mask=[False, True])
    table["number"] = MaskedColumn([7, 8], mask=[True, False])
    return table


CELLS = {
    "filename": ["a.fits", "b.fits"],
    "program": ["01", "1e5"],
    "count": ["1", "20"],
    "angle": ["0.1", "1e+20"],
    "small": ["0.1", "2.5"],
    "flag": ["True", "False"],
    "masked": ["x", ""],
    "number": ["", "8"],
}


def packed(table: Table, format_name: str) -> bytes:
    if format_name == "ascii.ecsv":
        text = io.StringIO()
        table.write(text, format=format_name)
        return text.getvalue().encode()
    data = io.BytesIO()
    table.write(data, format=format_name)
    return data.getvalue()


def cells(pool):
    return {key: [column[row] for row in range(len(pool))] for key, column in pool.columns.items()}


@pytest.mark.parametrize("format_name", BY_ITSELF)
@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_table_is_known_by_its_first_bytes(tmp_path, format_name, named, pack):
    path = tmp_path / "pool"
    path.write_bytes(pack(packed(sample(), format_name)))
    pool = read_pool(path, format=format_name if named else None)
    assert cells(pool) == CELLS
    assert pool.header == ("FILENAME", "Program", "count", "angle", "small", "flag", "masked", "number")
    assert (pool.format, pool.lines.tolist(), pool.header_line) == (format_name, [1, 2], 0)


def test_only_the_columns_asked_for(tmp_path):
    sample().write(tmp_path / "pool.fits")
    pool = read_pool(tmp_path / "pool.fits", columns=["program", "other"])
    assert cells(pool) == {"program": ["01", "1e5"]}
    assert len(pool.header) == 8


def test_standard_input(monkeypatch):
    data = packed(sample(), "fits")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    pool = read_pool("-")
    assert (cells(pool), pool.raw) == (CELLS, data)


@pytest.mark.parametrize(
    ("format_name", "text"),
    [
        ("ascii.basic", 'A B\n01 x\n1e5 ""\n'),
        ("ascii.fast_basic", 'A B\n01 x\n1e5 ""\n'),
        ("ascii.commented_header", '# A B\n01 x\n1e5 ""\n'),
        ("ascii.fixed_width", "|  A|B|\n| 01|x|\n|1e5| |\n"),
        ("ascii", 'A B\n01 x\n1e5 ""\n'),
        ("ascii.rdb", "A\tB\n3S\t1S\n01\tx\n1e5\t\n"),
    ],
)
def test_text_without_types_stays_as_it_is(tmp_path, format_name, text):
    path = tmp_path / "pool"
    path.write_text(text)
    assert cells(read_pool(path, format=format_name)) == {"a": ["01", "1e5"], "b": ["x", ""]}


def test_bytes_lists_and_nothing(tmp_path):
    table = Table({"A": Column([b"\xc3\xa9 ", b"b"]), "B": [[1, 2], [3, 4]]})
    table.write(tmp_path / "pool.fits")
    assert cells(read_pool(tmp_path / "pool.fits")) == {"a": ["é", "b"], "b": ["[1, 2]", "[3, 4]"]}
    table = Table({"A": ["a", "b"], "B": np.array([{"x": 1}, None], object)})
    (tmp_path / "pool.ecsv").write_bytes(packed(table, "ascii.ecsv"))
    assert cells(read_pool(tmp_path / "pool.ecsv")) == {"a": ["a", "b"], "b": ["{'x': 1}", ""]}


def test_columns_named_twice(tmp_path):
    Table({"A": ["1"], "a": ["2"]}).write(tmp_path / "pool.ecsv")
    pool = read_pool(tmp_path / "pool.ecsv")
    assert cells(pool) == {"a": ["1"]}
    assert [found.message for found in pool.findings] == ["columns 1 and 2 are both named a"]


@pytest.mark.parametrize(
    ("data", "format_name", "message", "hint"),
    [
        (b"A\tB\n", "fitz", "P111 astropy cannot read a format named 'fitz'", "did you mean fits?"),
        (b"A\tB\n", "votabel", "P111 astropy cannot read a format named 'votabel'", "did you mean votable?"),
        (
            b"A\tB\n",
            "",
            "P111 astropy cannot read a format named ''",
            "such as fits, votable, ascii.ecsv; a text pool needs no --format",
        ),
        (packed(sample()[:0], "ascii.ecsv"), None, "P105 the table has no rows", "a pool has one row per exposure"),
    ],
)
def test_no_pool(tmp_path, monkeypatch, data, format_name, message, hint):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pool").write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_pool("pool", format=format_name)
    assert str(caught.value) == f"pool: {message}; {hint}"


@pytest.mark.parametrize(
    ("data", "format_name", "named"),
    [
        pytest.param(b"A\tB\n1\t2\n", "fits", "fits", id="text as fits"),
        pytest.param(b"A\tB\n1\t2\n", "votable", "votable", id="text as votable"),
        pytest.param(b"A B\n1 2 3\n", "ascii.basic", "ascii.basic", id="ragged"),
        pytest.param(b"A B\n\xff 2\n", "ascii.basic", "ascii.basic", id="not utf-8"),
        pytest.param(b"SIMPLE  =", None, "fits", id="nothing after the signature"),
        *(
            pytest.param(packed(sample(), name)[:length], None, name, id=f"{name} cut short")
            for name, length in (("fits", 3000), ("ascii.ecsv", 200), ("votable", 200))
        ),
    ],
)
def test_what_astropy_says_is_one_sentence(tmp_path, monkeypatch, data, format_name, named):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pool").write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_pool("pool", format=format_name)
    text = str(caught.value)
    assert text.startswith(f"pool: P112 astropy cannot read it as {named}: ")
    assert text.endswith("; check that the file is complete and the format right")
    assert "\n" not in text
    assert len(text) < 300
