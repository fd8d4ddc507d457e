"""A pool whose file changes while it is read is rejected by every command, and nothing is written for it."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Callable
from io import BufferedReader
from pathlib import Path

import pytest
from support.command import LYNX, Ran, Run, run_main
from support.observatory import pool_text, rule, ruleset, write_ruleset

from asnforge.findings import InputError
from asnforge.generation.files import run_pools
from asnforge.generation.inputs import GenerateOptions
from asnforge.pool import read_pool, write_rows
from asnforge.pool.header import Header, read_header

NIGHT = """
FILE    PROPOSAL CAMERA FIELD CANDIDATES
a_raw.f 7        red    1     o1/night
b_raw.f 7        red    2     o1/night
c_raw.f 7        red    2     .
"""
FIELDS = rule("Fields", group_by={"field": {"column": "FIELD"}})
TEXT = pool_text(NIGHT)
CHANGED = (
    "pool.tsv: P119 the pool changed while it was being read; "
    "run the command again when no other program is writing to it"
)
POOL = Path("pool.tsv")


def later(path: Path) -> None:
    """Set a later time for a file, as the clocks of file systems are coarse."""
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))


def append() -> None:
    with POOL.open("a") as file:
        file.write("d_raw.f\t7\tred\t2\t[]\n")


def overwrite(data: bytes) -> None:
    POOL.write_bytes(data)


def truncate() -> None:
    os.truncate(POOL, len(TEXT) // 2)


def edit_in_place() -> None:
    with POOL.open("r+") as file:
        file.write(TEXT.replace("a_raw", "x_raw"))
    later(POOL)


def replace_by_another_file() -> None:
    Path("new").write_text(TEXT.replace("red", "blue"))
    Path("new").replace(POOL)


def replace_by_a_copy() -> None:
    status = POOL.stat()
    Path("new").write_text(TEXT)
    os.utime("new", ns=(status.st_atime_ns, status.st_mtime_ns))
    Path("new").replace(POOL)


CHANGES = [append, truncate, edit_in_place, replace_by_another_file, replace_by_a_copy]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_ruleset(Path("lynx"), FIELDS)
    POOL.write_text(TEXT)
    Path("other.tsv").write_text(TEXT)


@pytest.fixture
def during_reading(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Change the pool after its header line and before its rows are read."""

    def arrange(change: Callable[[], None]) -> None:
        left = [change]

        def read_then_change(stream: BufferedReader, *, file: str, delimiter: str | None) -> Header:
            header = read_header(stream, file=file, delimiter=delimiter)
            if file == str(POOL) and left:
                left.pop()()
            return header

        monkeypatch.setattr("asnforge.pool.read.read_header", read_then_change)

    return arrange


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return lambda *arguments: run_main(capsys, *arguments)


@pytest.mark.parametrize("change", CHANGES)
def test_generate_rejects_the_pool_and_continues_with_the_next(
    run: Run, during_reading: Callable[[Callable[[], None]], None], change: Callable[[], None]
) -> None:
    during_reading(change)
    ran: Ran = run("generate", *LYNX, "pool.tsv", "other.tsv", "-o", "out")
    assert (ran.status, ran.stderr) == (2, f"{CHANGED}\n")
    assert {name.split("/")[0] for name in ran.files} == {"other"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("explain", *LYNX, "pool.tsv"),
        ("explain", *LYNX, "pool.tsv", "--orphans", "--json"),
        ("rules", "coverage", "lynx", "-p", "pool.tsv"),
        ("rules", "diff", "lynx", "lynx", "-p", "pool.tsv"),
        ("batch", *LYNX, "pool.tsv", "-o", "out"),
    ],
    ids=lambda arguments: " ".join(argument for argument in arguments if argument not in LYNX),
)
def test_every_command_that_reads_pools_rejects_it(
    run: Run, during_reading: Callable[[Callable[[], None]], None], arguments: tuple[str, ...]
) -> None:
    during_reading(append)
    ran = run(*arguments)
    assert (ran.status, ran.stderr.splitlines()[0]) == (2, CHANGED)


def test_a_change_replaces_the_findings_of_a_partly_written_pool(
    during_reading: Callable[[Callable[[], None]], None],
) -> None:
    during_reading(lambda: overwrite(TEXT[: TEXT.index("\n") + 1].encode()))
    with pytest.raises(InputError) as caught:
        read_pool("pool.tsv")
    assert str(caught.value) == CHANGED


def test_a_compressed_pool_that_is_still_being_written(during_reading: Callable[[Callable[[], None]], None]) -> None:
    rows = "".join(
        f"{hashlib.sha256(bytes([row % 256, row // 256])).hexdigest()}\t7\tred\t1\t[]\n"
        for row in range(40000)  # more than is read of a file at once
    )
    data = gzip.compress(f"{TEXT}{rows}".encode())
    POOL.write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match="P108 the gzip file is truncated or damaged"):
        read_pool("pool.tsv")
    during_reading(lambda: overwrite(data[: -len(data) // 4]))
    with pytest.raises(InputError) as caught:
        read_pool("pool.tsv")
    assert str(caught.value) == CHANGED


def test_a_pool_that_is_removed_while_it_is_read(during_reading: Callable[[Callable[[], None]], None]) -> None:
    during_reading(POOL.unlink)
    with pytest.raises(InputError) as caught:
        read_pool("pool.tsv")
    assert str(caught.value) == CHANGED


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("orphans", [None, Path("orphans.tsv")])
def test_a_change_after_reading_and_before_writing(change: Callable[[], None], orphans: Path | None) -> None:
    def step(what: str, _done: float) -> None:
        if what == "grouping pool.tsv":
            change()

    (done,) = run_pools(["pool.tsv"], Path("out"), GenerateOptions(ruleset(FIELDS), orphans=orphans), step)
    assert [str(finding) for finding in done.findings if finding.severity == "error"] == [CHANGED]
    assert (done.failed, done.written, Path("out").exists(), Path("orphans.tsv").exists()) == (True, None, False, False)


def test_orphans_are_not_taken_from_another_version_of_the_pool() -> None:
    pool = read_pool("pool.tsv")
    edit_in_place()
    with pytest.raises(InputError) as caught:
        write_rows(pool, [4], "orphans.tsv")
    assert str(caught.value) == CHANGED
    assert not Path("orphans.tsv").exists()


HARMLESS: dict[str, Callable[[], object]] = {
    "mode": lambda: POOL.chmod(0o600),
    "hard link": lambda: os.link(POOL, "hard link"),
    "read by another": POOL.read_bytes,
    "new file in the folder": lambda: Path("new.tsv").write_text(""),
}


@pytest.mark.parametrize("harmless", HARMLESS.values(), ids=HARMLESS)
def test_a_pool_with_unchanged_content_is_read(
    during_reading: Callable[[Callable[[], None]], None], harmless: Callable[[], None]
) -> None:
    during_reading(harmless)
    assert len(read_pool("pool.tsv")) == 3


def test_a_pipe_has_no_state(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.write(writing, TEXT.encode())
    os.close(writing)
    pool = read_pool(f"/dev/fd/{reading}")
    os.close(reading)
    assert (len(pool), pool.state) == (3, None)
