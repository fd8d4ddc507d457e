"""Tables in astropy's other formats are read with every cell as a string."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from astropy.table import Column, MaskedColumn, Table
from support.reading import columns, refusal

import asnforge.pool
from asnforge.pool import read_pool

DETECTED = ["fits", "ascii.ecsv", "votable"]


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
    "flag": ["T", "F"],
    "masked": ["x", ""],
    "number": ["", "8"],
}


def encoded(table: Table, format_name: str) -> bytes:
    if format_name == "ascii.ecsv":
        text = io.StringIO()
        table.write(text, format=format_name)
        return text.getvalue().encode()
    data = io.BytesIO()
    table.write(data, format=format_name)
    return data.getvalue()


@pytest.mark.parametrize("format_name", DETECTED)
@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_a_format_is_given_or_detected(
    tmp_path: Path, format_name: str, named: bool, compress: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "pool"
    path.write_bytes(compress(encoded(sample(), format_name)))
    pool = read_pool(path, format=format_name if named else None)
    assert columns(pool) == CELLS
    assert pool.header == ("FILENAME", "Program", "count", "angle", "small", "flag", "masked", "number")
    assert (pool.format, pool.lines.tolist(), pool.header_line) == (format_name, [1, 2], 0)


def test_only_the_requested_columns_are_read(tmp_path: Path) -> None:
    sample().write(tmp_path / "pool.fits")
    pool = read_pool(tmp_path / "pool.fits", columns=["program", "other"])
    assert columns(pool) == {"program": ["01", "1e5"]}
    assert len(pool.header) == 8


def test_a_table_on_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(sample(), "fits")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    pool = read_pool("-")
    assert (columns(pool), pool.raw) == (CELLS, data)


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
def test_cells_of_text_without_types_stay_strings(tmp_path: Path, format_name: str, text: str) -> None:
    path = tmp_path / "pool"
    path.write_text(text)
    assert columns(read_pool(path, format=format_name)) == {"a": ["01", "1e5"], "b": ["x", ""]}


def test_bytes_lists_and_objects_become_strings(tmp_path: Path) -> None:
    table = Table({"A": Column([b"\xc3\xa9 ", b"b"]), "B": [[1, 2], [3, 4]]})
    table.write(tmp_path / "pool.fits")
    assert columns(read_pool(tmp_path / "pool.fits")) == {"a": ["é", "b"], "b": ["[1, 2]", "[3, 4]"]}
    table = Table({"A": ["a", "b"], "B": np.array([{"x": 1}, None], object)})
    (tmp_path / "pool.ecsv").write_bytes(encoded(table, "ascii.ecsv"))
    assert columns(read_pool(tmp_path / "pool.ecsv")) == {"a": ["a", "b"], "b": ["{'x': 1}", ""]}


def test_the_first_of_duplicate_columns_is_read(tmp_path: Path) -> None:
    Table({"A": ["1"], "a": ["2"]}).write(tmp_path / "pool.ecsv")
    pool = read_pool(tmp_path / "pool.ecsv")
    assert columns(pool) == {"a": ["1"]}
    assert [finding.message for finding in pool.findings] == ["columns 1 and 2 are both named a"]


@pytest.mark.parametrize(
    ("data", "format_name", "message", "hint"),
    [
        (b"A\tB\n", "fitz", "P111 astropy cannot read a format named 'fitz'", "did you mean fits?"),
        (b"A\tB\n", "votabel", "P111 astropy cannot read a format named 'votabel'", "did you mean votable?"),
        (
            b"A\tB\n",
            "",
            "P111 astropy cannot read a format named ''",
            "formats are fits, votable, ascii.ecsv and others; a text pool needs no --format",
        ),
        (encoded(sample()[:0], "ascii.ecsv"), None, "P105 the table has no rows", "a pool has one row per exposure"),
    ],
)
def test_a_pool_that_cannot_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, format_name: str | None, message: str, hint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pool").write_bytes(data)
    assert refusal(read_pool, "pool", format=format_name) == f"pool: {message}; {hint}"


@pytest.mark.parametrize(
    ("data", "format_name", "named"),
    [
        pytest.param(b"A\tB\n1\t2\n", "fits", "fits", id="text as fits"),
        pytest.param(b"A\tB\n1\t2\n", "votable", "votable", id="text as votable"),
        pytest.param(b"A B\n1 2 3\n", "ascii.basic", "ascii.basic", id="ragged"),
        pytest.param(b"A B\n\xff 2\n", "ascii.basic", "ascii.basic", id="not UTF-8"),
        pytest.param(b"SIMPLE  =", None, "fits", id="only a signature"),
        *(
            pytest.param(encoded(sample(), name)[:length], None, name, id=f"{name} truncated")
            for name, length in (("fits", 3000), ("ascii.ecsv", 200), ("votable", 200))
        ),
    ],
)
def test_an_error_of_astropy_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, format_name: str | None, named: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pool").write_bytes(data)
    text = refusal(read_pool, "pool", format=format_name)
    assert text.startswith(f"pool: P112 astropy cannot read it as {named}: ")
    assert text.endswith("; check that the file is complete and the format right")
    assert "\n" not in text
    assert len(text) < 300


WITHOUT_PERMISSION = """
import os, sys

stat = os.stat

def denied(path, *arguments, **options):
    if str(path).startswith(sys.argv[1]):
        raise PermissionError(13, "Permission denied", path)
    return stat(path, *arguments, **options)

os.stat = denied
from asnforge.pool import read_pool
before = dict(os.environ)
print(len(read_pool(sys.argv[2]).lines), dict(os.environ) == before)
"""
"""A script that is denied access to a folder, even if the user who runs the tests may read everything."""


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HOME", "{denied}"),
        ("XDG_CONFIG_HOME", "{denied}"),
        ("ASTROPY_CONFIG_DIR", "{denied}/deep"),
        ("HOME", "{free}"),
    ],
)
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pool.tsv", "a\tb\n1\t2\n"),
        (
            "pool.ecsv",
            "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: a, datatype: string}\n# schema: astropy-2.0\na\n1\n",
        ),
    ],
)
def test_astropy_is_imported_without_permission_to_read_its_settings(
    tmp_path: Path, variable: str, value: str, name: str, text: str
) -> None:
    denied, free = tmp_path / "denied", tmp_path / "free"
    denied.mkdir()
    free.mkdir()
    (tmp_path / name).write_text(text)
    environment = {**os.environ, "HOME": str(free), variable: value.format(denied=denied, free=free)}
    command = [sys.executable, "-c", WITHOUT_PERMISSION, str(denied), str(tmp_path / name)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (ran.stdout, ran.stderr) == ("1 True\n", "")
    assert not Path(asnforge.pool.__file__).with_name("astropy").is_symlink()
