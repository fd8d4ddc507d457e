"""Some rows of a pool are written as a pool."""

from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from astropy.table import MaskedColumn, Table

from asnforge.findings import InputError
from asnforge.pool import read_pool, write_rows

TEXT = b'\xef\xbb\xbf# a comment\nA\tB\r\n1 \t"2"\nragged\n\n# no row\n\xff\t2\n3\t4\r\nlast\t'


@pytest.mark.parametrize(
    ("lines", "written"),
    [
        ([], b"A\tB\r\n"),
        ([3], b'A\tB\r\n1 \t"2"\n'),
        ([8, 3], b'A\tB\r\n1 \t"2"\n3\t4\r\n'),
        ([4, 7], b"A\tB\r\nragged\n\xff\t2\n"),
        ([9], b"A\tB\r\nlast\t\n"),
        ([2, 999], b"A\tB\r\n"),
    ],
)
@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_rows_of_a_text_pool_are_copied_byte_for_byte(
    tmp_path: Path, compress: Callable[[bytes], bytes], lines: list[int], written: bytes
) -> None:
    (tmp_path / "pool").write_bytes(compress(TEXT))
    assert write_rows(read_pool(tmp_path / "pool"), lines, tmp_path / "orphans")
    assert (tmp_path / "orphans").read_bytes() == written


def test_the_header_need_not_be_the_first_line(tmp_path: Path) -> None:
    (tmp_path / "pool").write_bytes(b"#\n\nA|B\n1|2\n3|4\n")
    pool = read_pool(tmp_path / "pool", columns=["b"])
    write_rows(pool, pool.lines[1:].tolist(), tmp_path / "orphans")
    assert (tmp_path / "orphans").read_bytes() == b"A|B\n3|4\n"


def test_rows_that_end_with_a_carriage_return(tmp_path: Path) -> None:
    (tmp_path / "pool").write_bytes(b"#\rA|B\r1|2\rragged\r3|4\r\n5|6")
    pool = read_pool(tmp_path / "pool")
    write_rows(pool, [3, 4, 6], tmp_path / "orphans")
    assert (tmp_path / "orphans").read_bytes() == b"A|B\r1|2\rragged\r5|6\n"


def test_written_rows_read_back(tmp_path: Path) -> None:
    (tmp_path / "pool").write_bytes(TEXT)
    pool = read_pool(tmp_path / "pool")
    write_rows(pool, [*pool.lines.tolist(), *pool.faulty_lines], tmp_path / "orphans")
    again = read_pool(tmp_path / "orphans")
    assert [finding.message for finding in again.findings] == [finding.message for finding in pool.findings]
    assert {key: column.values for key, column in again.columns.items()} == {
        key: column.values for key, column in pool.columns.items()
    }


def test_rows_of_standard_input_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(gzip.compress(b"A,B\n1,2\n3,4\n"))))
    write_rows(read_pool("-"), [3], tmp_path / "orphans")
    assert (tmp_path / "orphans").read_bytes() == b"A,B\n3,4\n"


def test_a_target_whose_name_ends_in_gz_is_compressed(tmp_path: Path) -> None:
    (tmp_path / "pool").write_bytes(b"A,B\n1,2\n")
    pool = read_pool(tmp_path / "pool")
    assert write_rows(pool, [2], tmp_path / "orphans.gz")
    assert gzip.decompress((tmp_path / "orphans.gz").read_bytes()) == b"A,B\n1,2\n"
    assert not write_rows(pool, [2], tmp_path / "orphans.gz")


@pytest.mark.parametrize("name", ["pool.fits", "pool.ecsv"])
def test_rows_of_another_format_are_tab_delimited(tmp_path: Path, name: str) -> None:
    table = Table({"A": ["01", "x\ty", "z"], "B": MaskedColumn([1, 2, 3], mask=[True, False, False])})
    table.write(tmp_path / name)
    pool = read_pool(tmp_path / name, columns=["b"])
    write_rows(pool, [2, 1], tmp_path / "orphans.tsv")
    assert (tmp_path / "orphans.tsv").read_bytes() == b'A\tB\n01\t\n"x\ty"\t2\n'
    again = read_pool(tmp_path / "orphans.tsv")
    assert again.columns["a"].values == ("01", "x\ty")


def test_a_line_end_in_a_cell_does_not_split_the_row(tmp_path: Path) -> None:
    Table({"A": ["a\nb"], "B": ["c"]}).write(tmp_path / "pool.fits")
    write_rows(read_pool(tmp_path / "pool.fits"), [1], tmp_path / "orphans")
    assert (tmp_path / "orphans").read_bytes() == b"A\tB\na b\tc\n"


def test_a_removed_pool_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pool").write_bytes(b"A,B\n1,2\n")
    pool = read_pool("pool")
    (tmp_path / "pool").unlink()
    with pytest.raises(InputError, match=r"^pool: P101 no such file$"):
        write_rows(pool, [2], "orphans")
    assert not (tmp_path / "orphans").exists()
