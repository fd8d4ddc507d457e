"""Text pools are cut into ranges of bytes."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from asnforge.findings import InputError
from asnforge.pieces.partition import PartColumns
from asnforge.pieces.scan import cut_ranges, scan_range
from asnforge.pool import limits
from asnforge.rules.file_names import NameEnding

HEAD = b"# comment\nA\tB\ta\n"
ROW = b"1\t2\t3\n"
COLUMNS = PartColumns(("proposal",), ("file",), NameEnding("_raw"))


def test_ranges_cover_everything_after_the_header(tmp_path: Path) -> None:
    path = tmp_path / "pool"
    path.write_bytes(HEAD + ROW * 10)
    assert cut_ranges(path, 3) == ((16, 36), (36, 56), (56, 76))


def test_there_are_at_most_as_many_ranges_as_bytes(tmp_path: Path) -> None:
    path = tmp_path / "pool"
    path.write_bytes(HEAD + ROW)
    assert cut_ranges(path, 100)[0] == (16, 17)
    assert len(cut_ranges(path, 100)) == len(ROW)


def test_a_pool_without_rows_has_one_empty_range(tmp_path: Path) -> None:
    path = tmp_path / "pool"
    path.write_bytes(HEAD)
    assert cut_ranges(path, 2) == ((16, 16),)


@pytest.mark.parametrize("data", [gzip.compress(HEAD + ROW), b"SIMPLE  =" + b" " * 4000], ids=["compressed", "fits"])
def test_pools_of_other_formats_are_not_cut(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "pool"
    path.write_bytes(data)
    assert cut_ranges(path, 2) == ()


@pytest.mark.parametrize(("data", "code"), [(b"", "P104"), (b"A B\n", "P109"), (b"{}", "P106")])
def test_files_that_are_not_pools_are_rejected(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "pool"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        cut_ranges(path, 2)
    assert [finding.code for finding in caught.value.findings] == [code]


def test_a_long_line_in_a_range_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "pool"
    path.write_bytes(b"FILE\tPROPOSAL\n" + b"a\t7\n" * 3 + b"x" * (limits.LONGEST_LINE + 2) + b"\na\t7\n")
    ((start, stop), _) = cut_ranges(path, 2)
    with pytest.raises(InputError, match=r"P116 the line is longer than 16 MiB"):
        scan_range(path, start, stop, (COLUMNS,), None)
