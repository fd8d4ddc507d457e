"""Damaged and hostile pools are refused with little memory and time: long lines, many malformed rows, gzip bombs."""

from __future__ import annotations

import gzip
import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from astropy.table import Table
from support.reading import refusal

from asnforge.pool import limits, read_pool

HEADER = b"FILE\tPROPOSAL\n"
ROW = b"a_raw.f\t7\n"
LINE = "P116 the line is longer than 16 MiB; check for missing line breaks"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["text", "gzip"])
@pytest.mark.parametrize("rows", [0, 3, 500_000])
def test_a_line_that_is_too_long_for_memory_is_refused(compress: Callable[[bytes], bytes], rows: int) -> None:
    Path("pool").write_bytes(compress(HEADER + ROW * rows + b"x" * (limits.LONGEST_LINE + 2) + b"\n" + ROW))
    assert refusal(read_pool, "pool") == f"pool:{rows + 2}: {LINE}"


@pytest.mark.parametrize(("length", "read"), [(limits.LONGEST_CELL, True), (limits.LONGEST_CELL + 1, False)])
@pytest.mark.parametrize("quote", [b"", b'"'])
def test_a_row_with_a_cell_that_is_too_long_is_rejected(length: int, read: bool, quote: bytes) -> None:
    long = quote + b"x" * (length - 2 * len(quote)) + quote + b"\t" + quote + b"x\t7" * bool(quote) + quote + b"\n"
    Path("pool").write_bytes(HEADER + ROW + long + ROW)
    pool = read_pool("pool")
    assert pool.lines.tolist() == ([2, 3, 4] if read else [2, 4])
    assert [str(finding) for finding in pool.findings] == [
        "pool:3: P158 warning: the row has a cell longer than 524288 bytes, so the exposure is rejected; "
        "check for a missing delimiter or line break"
    ] * (not read)


def test_a_table_of_another_format_with_a_long_cell_is_refused() -> None:
    Table({"FILE": ["a", "b" * (limits.LONGEST_CELL + 1)], "PROPOSAL": ["7", "7"]}).write("pool.fits")
    hint = "check that the format is right"
    assert (
        refusal(read_pool, "pool.fits")
        == f"pool.fits: P158 a cell of column FILE is longer than 524288 characters; {hint}"
    )


@pytest.mark.parametrize("format_name", ["ascii.ecsv", "ascii.basic"])
def test_one_long_row_among_many_short_ones_is_refused(format_name: str) -> None:
    head = b"# %ECSV 1.0\n# ---\n# datatype:\n# - {name: A, datatype: string}\n# - {name: B, datatype: string}\n"
    Path("pool").write_bytes(
        head * (format_name == "ascii.ecsv") + b"A B\n" + b"1 2\n" * 100_000 + b"1 " + b"x" * 10_000
    )
    assert refusal(read_pool, "pool", format=format_name) == (
        "pool: P116 one row is far longer than the others, and astropy would use that much memory for every row; "
        "check for missing line breaks"
    )


@pytest.mark.parametrize("row", [b"x\n", b"\xff\t7\n", b"a\0\t7\n"], ids=["ragged", "not UTF-8", "NUL"])
def test_a_pool_with_too_many_malformed_rows_is_refused(monkeypatch: pytest.MonkeyPatch, row: bytes) -> None:
    monkeypatch.setattr(limits, "MOST_REJECTED_ROWS", 1000)
    Path("pool").write_bytes(HEADER + ROW + row * 1000)
    assert len(read_pool("pool").findings) == 1000
    Path("pool").write_bytes(HEADER + ROW + row * 1001)
    assert re.match(
        r"pool:3: P116 more than 1000 rows are rejected: the row .*, so the exposure is rejected; ",
        refusal(read_pool, "pool"),
    )


@pytest.mark.parametrize(
    "head", [HEADER, b"SIMPLE  =", b"# %ECSV 1.0\n", b"<VOTABLE>"], ids=["text", "fits", "ecsv", "votable"]
)
def test_a_gzip_file_that_expands_too_much_is_refused(monkeypatch: pytest.MonkeyPatch, head: bytes) -> None:
    monkeypatch.setattr(limits, "ALWAYS_ALLOWED", 1 << 20)
    Path("pool").write_bytes(gzip.compress(head + b"\n" * (8 << 20)))
    assert refusal(read_pool, "pool") == (
        "pool: P116 the gzip file expands to more than 200 times its size; if the pool is genuine, decompress it first"
    )


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LARGEST", 1 << 30)
    with Path("pool").open("wb") as file:
        file.truncate((1 << 30) + 1)
    assert refusal(read_pool, "pool") == "pool: P116 the pool is larger than 1 GiB; split it by program"


def test_standard_input_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = SimpleNamespace(read=lambda count: b"x\ty\n" * (count // 4) if count > 0 else b"")
    monkeypatch.setattr(limits, "LARGEST_IN_MEMORY", 4 << 20)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=endless))
    assert refusal(read_pool, "-").startswith(
        "stdin: P116 the pool is larger than 0 GiB and would have to be held in memory"
    )


def test_a_long_line_on_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.BytesIO(HEADER + ROW + b"x" * (limits.LONGEST_LINE + (2 << 20)))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=data))
    assert refusal(read_pool, "-") == f"stdin:3: {LINE}"


def bomb() -> None:
    with gzip.open("pool.gz", "wb", 9) as file:
        file.write(HEADER)
        for _ in range(400):
            file.write(b"a" * (1 << 20))


def rows_without_cells() -> None:
    Path("pool.gz").write_bytes(gzip.compress(HEADER + b"a\n" * (10 << 20)))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux reports the peak memory of a process")
@pytest.mark.parametrize("make", [bomb, rows_without_cells])
def test_refusing_uses_little_memory(make: Callable[[], None]) -> None:
    make()
    code = (
        "from pathlib import Path\nfrom asnforge.cli.main import main\n"
        "try:\n    main(['generate', 'pool.gz', '--dry-run'])\nexcept SystemExit as stop:\n"
        "    print(stop.code, Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    status, peak = map(int, ran.stdout.split())
    assert (status, "pool.gz:2: P116" in ran.stderr) == (2, True)
    assert peak < 450 * 1024  # astropy 6 alone takes 150 MiB more than later versions


@pytest.mark.parametrize("call", ["read", "peek"])
def test_a_lack_of_memory_is_a_finding_with_the_file(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    Path("pool").write_bytes(HEADER + ROW)

    class Full(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return self.take("read", super().read(size))

        def peek(self, size: int = 0) -> bytes:
            return self.take("peek", self.getvalue()[self.tell() :][: size or None])

        def take(self, name: str, data: bytes) -> bytes:
            if name == call:
                raise MemoryError
            return data

    monkeypatch.setattr("asnforge.pool.open._open", lambda *_: Full(HEADER + ROW))
    assert (
        refusal(read_pool, "pool") == "pool: A192 not enough memory; use a machine with more memory, or split the file"
    )


@pytest.mark.parametrize("line", [b"\n", b"#\n", b"  \n", b"\t\t\n", b"\r\n"])
def test_a_million_empty_lines_and_comments_are_read(line: bytes) -> None:
    Path("pool").write_bytes(HEADER + ROW + line * 1_000_000 + ROW)
    assert read_pool("pool").lines.tolist() == [2, 1_000_003]
