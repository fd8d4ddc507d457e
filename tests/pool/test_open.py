"""Opening pools: files, compressed or not, standard input, and what the operating system refuses."""

from __future__ import annotations

import errno
import gzip
import io
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.reading import Read, refusal, rows

from asnforge.pool import read_pool
from asnforge.pool.open import refuse_special_file

HEADER = b"A\tB\tC\n"
ROW = b"1\t2\t3\n"
EMPTY = "P104 the pool is empty; a pool has a header line and one line per exposure"
COMPRESSED = gzip.compress(HEADER + b"".join(b"%d\t%d\t%d\n" % (n, n * n, n * n * n) for n in range(2000)), mtime=0)


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("nosuch", "nosuch: P101 no such file"),
        ("pool_002.tvs", "pool_002.tvs: P101 no such file; did you mean pool_002.tsv?"),
        ("POOL_002.TSV", "POOL_002.TSV: P101 no such file; did you mean pool_002.tsv?"),
        ("sub/poll.tsv", "sub/poll.tsv: P101 no such file; did you mean sub/pool.tsv?"),
        ("no/pool.tsv", "no/pool.tsv: P101 no such file; the folder no does not exist either"),
        ("pool_002.tsv/a", "pool_002.tsv/a: P101 no such file; pool_002.tsv is not a folder"),
        ("", "P101 no such file; the name is empty"),
        ("a\0b", "a\\x00b: P101 a file name cannot have a NUL character"),
        ("sub", "sub: P102 it is a folder, not a pool; give a file inside it"),
        ("/dev/null", f"/dev/null: {EMPTY}"),
    ],
)
def test_a_path_that_is_not_a_pool_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, finding: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sub").mkdir()
    for file in ("pool_002.tsv", "sub/pool.tsv"):
        Path(file).write_bytes(HEADER)
    assert refusal(read_pool, name) == finding


@pytest.mark.parametrize(
    ("number", "finding"),
    [
        (errno.EACCES, "pool: P103 the file cannot be read: no permission to read it; check its permissions"),
        (
            errno.EIO,
            "pool: P103 the file cannot be read: input/output error on the device; check the device, or use a copy on "
            "another one",
        ),
    ],
)
def test_an_error_of_the_system_is_a_finding(
    read: Read, monkeypatch: pytest.MonkeyPatch, number: int, finding: str
) -> None:
    read(HEADER + ROW)

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("builtins.open", refuse)
    assert refusal(read_pool, "pool") == finding


def test_gzip_is_detected_by_its_signature(tmp_path: Path) -> None:
    path = tmp_path / "pool.tsv"
    path.write_bytes(gzip.compress(HEADER) + gzip.compress(ROW))
    assert rows(read_pool(str(path))) == [["1", "2", "3"]]
    path.write_bytes(HEADER + ROW)
    assert rows(read_pool(path.rename(tmp_path / "pool.tsv.gz"))) == [["1", "2", "3"]]


def test_a_compressed_file_without_content_is_empty(read: Read) -> None:
    assert refusal(read, gzip.compress(b"")) == f"pool: {EMPTY}"


@pytest.mark.parametrize(
    "data",
    [COMPRESSED[:1000], COMPRESSED[:-8] + b"\0" * 8, b"\x1f\x8b"],
    ids=["truncated", "wrong checksum", "two bytes"],
)
def test_a_damaged_gzip_file_is_refused(read: Read, data: bytes) -> None:
    assert refusal(read, data) == (
        "pool: P108 the gzip file is truncated or damaged; copy or download it again; `gzip -t` checks it"
    )


@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, compress: Callable[[bytes], bytes]) -> None:
    data = compress(HEADER + ROW)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    pool = read_pool("-")
    assert (pool.path, pool.name, pool.raw, rows(pool)) == ("stdin", "stdin", data, [["1", "2", "3"]])


def test_empty_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO()))
    assert refusal(read_pool, "-") == f"stdin: {EMPTY}"


def test_closed_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert refusal(read_pool, "-") == (
        "stdin: P103 the file cannot be read: it is closed; redirect a file to it, or give a file"
    )


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="the system has no names for open files")
def test_a_pipe_that_the_shell_has_opened_is_read() -> None:
    reading, writing = os.pipe()
    os.write(writing, HEADER + ROW)
    os.close(writing)
    pool = read_pool(f"/dev/fd/{reading}")
    os.close(reading)
    assert (rows(pool), pool.raw) == ([["1", "2", "3"]], HEADER + ROW)


def test_a_socket_and_a_device_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("sock")
        assert refusal(read_pool, "sock") == "sock: P118 it is a socket, not a file; save the table to a file"
    assert refusal(read_pool, "/dev/zero") == "/dev/zero: P118 it is a device, not a file; save the table to a file"


def test_a_pipe_is_refused_with_the_redirection_to_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    assert refusal(read_pool, "pipe") == "pipe: P118 it is a pipe, not a file; redirect it to standard input: - < pipe"


def test_a_pipe_that_another_file_names_is_refused_unopened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    Path("pool").touch()
    assert refusal(refuse_special_file, "pipe") == "pipe: P118 not a regular file; save the table to a file"
    for name in ("pool", ".", "absent", "a\0b"):
        refuse_special_file(name)
