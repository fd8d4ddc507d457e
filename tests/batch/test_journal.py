"""Files that a batch published before it was killed or interrupted are known to the next one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from support.batches import batch_options, files, run, table, write_pools
from support.observatory import pool_text

from asnforge.asnfiles.portable import MANIFEST
from asnforge.asnfiles.staging import OutputFile
from asnforge.batch.batch_log import BatchLog
from asnforge.batch.journal import JOURNAL, Journal, read_journals
from asnforge.batch.manifest import FAILED, Manifest, Record
from asnforge.batch.output import STAGING
from asnforge.batch.run_batch import run_batch
from asnforge.findings import InputError

OUT = Path("out")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def kill_at(method: str, pools: list[str]) -> None:
    """Run a batch in a fork that is killed when it calls a method of its log."""
    child = os.fork()
    if not child:
        try:
            setattr(BatchLog, method, lambda *_: os._exit(9))
            run(pools, OUT)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def change(pool: str, program: int) -> None:
    """Give a pool the exposures of another program."""
    Path(pool).write_text(pool_text(table(range(program, program + 1), 6)))


def published() -> dict[str, bytes]:
    """The files in the output folder, except staged ones."""
    return {name: data for name, data in files(OUT).items() if not name.startswith(STAGING)}


def programs() -> set[str]:
    return {name.partition("/")[2][:4] for name in published()}


@pytest.mark.parametrize("existed", [True, False], ids=["after an earlier batch", "in the first batch"])
def test_files_of_a_killed_batch_are_removed_if_the_pool_no_longer_gives_them(existed: bool) -> None:
    pools = write_pools(Path("pools"), 1)
    if existed:
        run(pools, OUT)
    expected = files(OUT)
    change(pools[0], 7)
    kill_at("report", pools)
    assert programs() == ({"p001", "p007"} if existed else {"p007"})
    change(pools[0], 1)
    (report,) = run(pools, OUT).values()
    assert (report.skipped, report.findings, programs()) == (False, (), {"p001"})
    assert files(OUT) == expected or not existed
    (again,) = run(pools, OUT).values()
    assert again.skipped


def test_files_that_a_killed_batch_did_not_publish_are_not_missed() -> None:
    pools = write_pools(Path("pools"), 1)
    run(pools, OUT)
    change(pools[0], 7)
    kill_at("publishing", pools)
    change(pools[0], 1)
    (report,) = run(pools, OUT).values()
    assert (report.skipped, report.findings, programs()) == (True, (), {"p001"})


def test_pools_that_were_done_before_the_batch_was_killed_are_skipped() -> None:
    pools = write_pools(Path("pools"), 2)
    run(pools[:1], OUT)
    kill_at("report", pools)
    assert [report.skipped for report in run(pools, OUT).values()] == [True, False]
    assert [report.skipped for report in run(pools, OUT).values()] == [True, True]


def test_a_file_that_was_changed_after_the_batch_was_killed_is_kept() -> None:
    pools = write_pools(Path("pools"), 1)
    change(pools[0], 7)
    kill_at("report", pools)
    changed = OUT / min(published())
    changed.write_text(changed.read_text().replace("science", "psf"))
    change(pools[0], 1)
    (report,) = run(pools, OUT).values()
    assert [finding.code for finding in report.findings if finding.code == "G313"] == ["G313"]
    assert programs() == {"p001", "p007"}
    assert [name for name in published() if "p007" in name] == [str(changed.relative_to(OUT))]


def test_an_interrupted_batch_marks_the_pool_that_it_was_publishing() -> None:
    (pool,) = write_pools(Path("pools"), 1)
    Path(pool).write_text(pool_text(table(range(1, 40), 6)))  # several pieces

    def interrupt(*_: object) -> None:
        if programs():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(run_batch([pool], batch_options(OUT), on_progress=interrupt))
    assert len(programs()) < 39
    (record,) = map(json.loads, (OUT / MANIFEST).read_text().splitlines())
    assert (record["status"], record["errors"]) == (
        FAILED,
        ["the batch ended while the files of the pool were being published"],
    )
    assert set(record["files"]) == published().keys()
    change(pool, 99)
    run([pool], OUT)
    assert programs() == {"p099"}


def journal(*records: tuple[str, Sequence[str]]) -> Path:
    """The journal of a killed batch, in its staging folder; the digest of a file is its name."""
    folder = OUT / STAGING / "killed"
    folder.mkdir(parents=True)
    written = Journal(folder)
    for pool, names in records:
        written.add(pool, [OutputFile(name, 1, 1, name, "task/0") for name in names])
    written.close()
    return folder / JOURNAL


def read() -> list[tuple[str, tuple[str, ...]]]:
    return [(record.pool, record.files) for record in read_journals(OUT / STAGING, OUT)]


def test_a_journal_lists_what_is_published_by_pool() -> None:
    journal(("a.tsv", ["a/1.json", "a/2.json"]), ("b\udcff.tsv", ["b/1.json"]), ("a.tsv", ["a/3.json"]))
    assert read() == [("a.tsv", ("a/1.json", "a/2.json")), ("b\udcff.tsv", ("b/1.json",)), ("a.tsv", ("a/3.json",))]


def test_unchanged_files_are_not_listed() -> None:
    Journal(Path()).add("a.tsv", [OutputFile("a/1.json", 1, 1, "1")])
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: os.truncate(path, path.stat().st_size - 5), id="a line that was not completed"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes() + b"\xff\n"), id="bytes that are not text"),
        pytest.param(
            lambda path: path.write_bytes(path.read_bytes().replace(b"a/2", b"../2")), id="a name outside of the folder"
        ),
    ],
)
def test_lines_that_are_not_records_are_ignored(damage: Callable[[Path], object]) -> None:
    path = journal(("a.tsv", ["a/1.json"]), ("a.tsv", ["a/2.json"]))
    damage(path)
    assert read()[:1] == [("a.tsv", ("a/1.json",))]
    assert all(not name.startswith("..") for _, names in read() for name in names)


def test_a_link_in_place_of_a_journal_is_not_followed() -> None:
    path = journal(("a.tsv", ["a/1.json"]))
    path.rename("elsewhere")
    path.symlink_to(Path("elsewhere").absolute())
    assert read() == []
    path.unlink()
    os.mkfifo(path)
    assert read() == []


def test_a_link_in_place_of_the_staging_folder_is_refused() -> None:
    journal(("a.tsv", ["a/1.json"])).parent.parent.rename("elsewhere")
    (OUT / STAGING).symlink_to("../elsewhere")
    with pytest.raises(InputError, match=r"A193 the folder is a symbolic link"):
        read()


@pytest.mark.parametrize(
    ("before", "unfinished", "status", "names", "digests"),
    [
        ({"a": "1", "b": "2"}, {"b": "2"}, "done", ("a", "b"), ("1", "2")),
        ({"a": "1", "b": "2"}, {"b": "3", "c": "4"}, FAILED, ("a", "b", "c"), ("1", "3", "4")),
        ({}, {"c": "4", "b": "3"}, FAILED, ("b", "c"), ("3", "4")),
    ],
    ids=["done before", "other files", "no files before"],
)
def test_the_record_of_an_unfinished_pool_has_its_files_before_and_now(
    before: dict[str, str], unfinished: dict[str, str], status: str, names: tuple[str, ...], digests: tuple[str, ...]
) -> None:
    OUT.mkdir()
    manifest = Manifest(OUT)
    manifest.add(Record("a.tsv", sha256="0", files=(*before,), digests=(*before.values(),)))
    manifest.mark_unfinished([Record("a.tsv", files=(*unfinished,), digests=(*unfinished.values(),))])
    for record in (manifest.records["a.tsv"], Manifest(OUT).records["a.tsv"]):
        assert (record.sha256, record.status, record.files, record.digests) == ("0", status, names, digests)
