"""Batches as a whole: they give the same files with every executor, and repeat no work without need."""

from __future__ import annotations

import json
import os
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.batches import GENERATE, batch_options, files, run, table, write_pools
from support.observatory import pool_text, rule, ruleset

from asnforge.asnfiles.portable import MANIFEST
from asnforge.batch import worker
from asnforge.batch.journal import JOURNAL
from asnforge.batch.manifest import Manifest
from asnforge.batch.output import STAGING
from asnforge.batch.run_batch import run_batch
from asnforge.batch.tasks import Layout
from asnforge.findings import Finding, InputError
from asnforge.generation.files import run_pools
from asnforge.generation.inputs import GenerateOptions
from asnforge.pieces.cut_pool import Piece, read_piece
from asnforge.pool import Pool

PROCESSES = pytest.mark.parametrize("processes", [1, 2])


@pytest.fixture
def pools(tmp_path: Path) -> list[str]:
    return write_pools(tmp_path / "pools")


@pytest.fixture
def large(tmp_path: Path) -> str:
    """A pool that is large with `SMALL_PIECES`."""
    path = tmp_path / "large.tsv"
    lines = pool_text(table(range(1, 30), 6)).splitlines(keepends=True)
    path.write_text("".join([*lines[:50], "ragged\n", *lines[50:]]))
    return str(path)


def test_batch_and_generate_write_the_same_files(pools: list[str], tmp_path: Path) -> None:
    run(pools, tmp_path / "batch", processes=2)
    list(run_pools(pools, tmp_path / "generate", GENERATE))
    assert len(files(tmp_path / "batch")) == 3 * 6
    assert files(tmp_path / "batch") == files(tmp_path / "generate")


@PROCESSES
def test_files_do_not_depend_on_order_and_processes(
    pools: list[str], large: str, tmp_path: Path, processes: int
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    run([*pools, large], first)
    run([large, *reversed(pools)], second, processes=processes)
    assert files(first) == files(second)


def test_a_large_pool_gives_the_same_files_in_pieces(large: str, tmp_path: Path) -> None:
    report = run([large], tmp_path / "batch")["large.tsv"]
    (whole,) = run_pools([large], tmp_path / "generate" / "large", GENERATE)
    assert files(tmp_path / "batch") == files(tmp_path / "generate")
    assert whole.generation is not None
    assert report.findings == whole.findings
    assert (report.record.exposures, report.record.orphans) == (29 * 6 + 1, len(whole.generation.orphans))
    assert report.record.rules == {count.rule: count.associations for count in whole.generation.counts}
    assert report.record.associations == len(whole.generation.associations) == 29 * 6


def test_a_large_pool_has_the_same_findings_in_pieces(large: str, tmp_path: Path) -> None:
    path = Path(large)
    lines = path.read_text().replace("FIELD", "Area").splitlines()
    for place, (column, value) in {
        20: (0, "../"), 40: (0, ""), 60: (0, "x/"), 80: (4, "x"), 100: (4, "y"), 120: (4, "o1"),
        130: (4, "[('o1', 'night'), ('o"),
        30: (3, "a/b"), 70: (3, "c/d"), 110: (2, "re/d"), 140: (3, "1.0"), 150: (0, "x/e1-0_raw.f"),
    }.items():  # fmt: skip
        cells = lines[place].split("\t")
        cells[column] = value
        lines[place] = "\t".join(cells)
    path.write_text("\n".join(lines) + "\n")
    rules = ruleset(
        rule(
            "Fields",
            group_by={"field": {"column": "FIELD"}},
            require={"one": {"distinct": "OBS", "in_scopes": ["tile"]}},
        ),
        columns={"FIELD": {"also": ["AREA"]}},
    )
    settings = GenerateOptions(rules)
    (report,) = run_batch([large], batch_options(tmp_path / "batch", generate=settings))
    (whole,) = run_pools([large], tmp_path / "generate" / "large", settings)
    assert files(tmp_path / "batch") == files(tmp_path / "generate")
    assert set(report.findings) == set(whole.findings)
    assert [(finding.code, finding.line) for finding in whole.findings] == [
        ("G112", 1), ("G118", 1), ("G102", 21), ("G102", 31), ("G102", 41), ("P151", 51), ("G117", 81), ("G102", 111),
        ("G117", 121), ("G117", 131), ("G103", 151),
    ]  # fmt: skip


def named(name: str) -> dict[str, Any]:
    """The name of a rule set, which is also that of its files."""
    return {
        "ruleset": name,
        "keywords": {"file_name": f"{{program}}-{name}-{{scope}}_{{asn_type}}_{{sequence}}_asn.json"},
    }


RED = rule("Red", select={"red": {"column": "CAMERA", "is": "red"}})
SEVERAL = replace(
    GENERATE,
    more_rulesets=(
        ruleset(RED, rule(), duplicates=None, undefined=["3"], **named("bobcat")),
        ruleset(RED, duplicates="keep", **named("caracal")),
    ),
)


@pytest.mark.parametrize(("layout", "archive"), [("pool", None), ("flat", None), ("pool", "all.tar")])
@PROCESSES
def test_a_large_pool_of_several_rule_sets_has_the_result_of_the_whole_pool(
    large: str, tmp_path: Path, layout: Layout, archive: str | None, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Piece] = []

    def read_one(path: str, piece: Piece, columns: frozenset[str], delimiter: str | None) -> Pool:
        read.append(piece)
        return read_piece(path, piece, columns, delimiter)

    monkeypatch.setattr(worker, "read_piece", read_one)
    target = tmp_path / archive if archive else None
    options = batch_options(tmp_path / "batch", layout, generate=SEVERAL, archive=target, processes=processes)
    (report,) = run_batch([large], options)
    assert len(read) > 10 or processes > 1
    (whole,) = run_pools([large], tmp_path / "generate" / ("large" if layout == "pool" else ""), SEVERAL)
    if target is not None:
        with tarfile.open(target) as file:
            file.extractall(tmp_path / "batch")
    assert files(tmp_path / "batch") == files(tmp_path / "generate")
    assert whole.summary is not None
    assert report.record.orphans == len(whole.summary.orphans)
    assert report.record.associations == len(whole.summary.associations)
    assert report.record.warnings == len(whole.findings)
    assert report.record.rules == {
        f"{count.rule} of {count.ruleset}": count.associations for count in whole.summary.counts
    }
    if target is None:
        (again,) = run_batch([large], options)
        assert again.skipped


@pytest.mark.parametrize(
    ("layout", "name"),
    [
        ("flat", "p001-z9_stack_01_asn.json"),
        ("program", "001/p001-z9_stack_01_asn.json"),
        ("pool", "night00/p001-z9_stack_01_asn.json"),
    ],
)
def test_layout_determines_folders_of_files(pools: list[str], tmp_path: Path, layout: Layout, name: str) -> None:
    reports = run(pools, tmp_path / "out", layout)
    written = files(tmp_path / "out")
    assert name in written
    assert len(written) == 3 * 6
    assert set(written) == {file for report in reports.values() for file in report.record.files}


@pytest.mark.parametrize("layout", ["flat", "program"])
def test_first_of_two_pools_with_the_same_file_names_is_processed(tmp_path: Path, layout: Layout) -> None:
    pools = write_pools(tmp_path / "pools", 2)
    Path(pools[1]).write_text(Path(pools[0]).read_text())
    for processes in (1, 2):
        reports = run(pools, tmp_path / "out", layout, processes=processes)
        assert [report.record.status for _, report in sorted(reports.items())] == ["done", "failed"]
        assert [str(finding) for finding in reports["night01.tsv"].findings] == [
            f"{pools[1]}: G305 its files would have the same names as those of {pools[0]}; "
            "--layout pool gives each pool a folder"
        ]
    assert all(json.loads(data)["asn_pool"] == "night00.tsv" for data in files(tmp_path / "out").values())


@PROCESSES
def test_staged_files_of_a_rejected_pool_are_removed_during_the_batch(tmp_path: Path, processes: int) -> None:
    pools = write_pools(tmp_path / "pools", 3)
    for pool in pools[1:]:
        Path(pool).write_text(Path(pools[0]).read_text())
    staged = []
    for report in run_batch(pools, batch_options(tmp_path / "out", "flat", processes=processes)):
        assert report.record.files == () or report.record.pool == pools[0]
        paths = (tmp_path / "out" / STAGING).rglob("*")
        staged.append([path for path in paths if path.is_file() and path.name != JOURNAL])
    assert staged[-1] == []


def test_first_of_two_pools_with_the_same_name_is_processed(tmp_path: Path) -> None:
    pools = [*write_pools(tmp_path / "a", 1), *write_pools(tmp_path / "b", 1)]
    records = {report.record.pool: report.record for report in run_batch(pools, batch_options(tmp_path / "out"))}
    assert [records[pool].status for pool in pools] == ["done", "failed"]
    assert records[pools[1]].errors == (
        f"{pools[1]}: G305 its files would have the same names as those of {pools[0]}; rename one of them",
    )


COLLISION = "{}: G305 its files would have the same names as those of {}; --layout pool gives each pool a folder"


@PROCESSES
@pytest.mark.parametrize("layout", ["flat", "program"])
def test_a_pool_with_one_file_name_of_an_earlier_pool_publishes_nothing(
    tmp_path: Path, layout: Layout, processes: int
) -> None:
    pools = write_pools(tmp_path / "pools", 3)
    for place, pool in enumerate(pools[:2]):
        Path(pool).write_text(pool_text(table(range(1, 2), 6).replace(" 1 ", " a-1 ").replace("e1-", f"{place}-")))
    reports = run(pools, tmp_path / "out", layout, processes=processes)
    assert [report.record.status for _, report in sorted(reports.items())] == ["done", "failed", "done"]
    assert reports["night01.tsv"].record.errors == (COLLISION.format(pools[1], pools[0]),)
    assert {json.loads(data)["asn_pool"] for data in files(tmp_path / "out").values()} == {"night00.tsv", "night02.tsv"}


def test_a_large_pool_that_cannot_be_cut_keeps_its_file_names(large: str, tmp_path: Path) -> None:
    Path(large).write_text(
        Path(large).read_text() + pool_text(table(range(1, 2), 1)).splitlines()[1].replace("\t1\t", "\t7-7\t")
    )
    pools = [large, *write_pools(tmp_path / "pools", 1)]
    reports = run(pools, tmp_path / "out", "flat")
    assert [report.record.status for _, report in sorted(reports.items())] == ["done", "failed"]
    assert reports["night00.tsv"].record.errors == (COLLISION.format(pools[1], large),)


def test_a_skipped_pool_keeps_its_file_names(tmp_path: Path) -> None:
    pools = write_pools(tmp_path / "pools", 2)
    run(pools[:1], tmp_path / "out", "flat")
    Path(pools[1]).write_text(Path(pools[0]).read_text())
    reports = run(pools, tmp_path / "out", "flat")
    assert reports["night00.tsv"].skipped
    assert reports["night01.tsv"].record.errors == (COLLISION.format(pools[1], pools[0]),)


def test_a_pool_of_an_earlier_batch_keeps_its_file_names_while_it_exists(tmp_path: Path) -> None:
    first, second = [write_pools(tmp_path / name, 1)[0] for name in "ab"]
    run([first], tmp_path / "out")
    (error,) = run([second], tmp_path / "out")["night00.tsv"].record.errors
    assert error == (
        f"{second}: G305 its files would have the same names as those of {first}; "
        f"choose another folder, or remove the line of {first} from manifest.jsonl"
    )
    Path(first).unlink()
    assert run([second], tmp_path / "out")["night00.tsv"].record.status == "done"


def test_a_pool_named_like_the_manifest_fails(tmp_path: Path) -> None:
    (pool,) = write_pools(tmp_path, 1)
    named = Path(pool).rename(tmp_path / f"{MANIFEST}.tsv")
    (error,) = run([str(named)], tmp_path / "out")[named.name].record.errors
    assert error == f"{named}: G305 its files would have the same names as those of the manifest; rename one of them"


def test_a_pool_that_changes_while_it_is_read_fails(tmp_path: Path) -> None:
    pools = write_pools(tmp_path / "pools", 2)

    def edit_pool(pool: str, exposures: int, size: int) -> None:
        if exposures and pool == pools[0]:
            Path(pool).write_text(Path(pools[1]).read_text())

    found = {
        report.record.pool: report.record for report in run_batch(pools, batch_options(tmp_path / "out"), edit_pool)
    }
    assert [found[pool].status for pool in pools] == ["failed", "done"]
    hint = "run the command again when no other program is writing to it"
    assert found[pools[0]].errors == (f"{pools[0]}: P119 the pool changed while it was being read; {hint}",)


def test_unexpected_association_files_are_a_warning(tmp_path: Path) -> None:
    (pool,) = write_pools(tmp_path / "pools", 1)
    run([pool], tmp_path / "out")
    (tmp_path / "out" / "night00" / "old_asn.json").write_text("{}")
    (finding,) = run([pool], tmp_path / "out", force=True)["night00.tsv"].findings
    assert finding.code == "G107"
    assert finding.message == "the folder holds 1 other association file that this run did not write, old_asn.json"


def test_a_pool_whose_name_is_not_utf8_is_skipped(tmp_path: Path) -> None:
    (pool,) = write_pools(tmp_path, 1)
    named = Path(pool).rename(tmp_path / os.fsdecode(b"night\xff.tsv"))
    assert run([str(named)], tmp_path / "out")[named.name].record.status == "done"
    assert run([str(named)], tmp_path / "out")[named.name].skipped


def test_unreadable_lines_of_the_manifest_are_warnings(tmp_path: Path) -> None:
    (pool,) = write_pools(tmp_path, 1)
    run([pool], tmp_path / "out")
    with (tmp_path / "out" / MANIFEST).open("a") as manifest:
        manifest.write("nonsense\n")
    warnings: list[Finding] = []
    list(run_batch([pool], batch_options(tmp_path / "out"), on_warning=warnings.append))
    assert [str(finding) for finding in warnings] == [
        f"{tmp_path / 'out' / MANIFEST}:2: G307 warning: the line is not a record of a batch; its pool is processed again"
    ]


def test_a_pipe_is_rejected(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.tsv")
    (error,) = run([str(tmp_path / "pipe.tsv")], tmp_path / "out")["pipe.tsv"].record.errors
    assert error.endswith("P118 not a regular file; save the table to a file")


def test_a_failed_pool_does_not_end_the_batch(pools: list[str], tmp_path: Path) -> None:
    Path(pools[1]).write_text("nonsense\n")
    reports = run([*pools, "no.tsv"], tmp_path / "out", processes=2)
    statuses = {name: report.record.status for name, report in reports.items()}
    assert statuses == {"night00.tsv": "done", "night01.tsv": "failed", "night02.tsv": "done", "no.tsv": "failed"}
    records = Manifest(tmp_path / "out").records
    assert {name: records[name].status for name in records} == {
        pools[0]: "done",
        pools[1]: "failed",
        pools[2]: "done",
        "no.tsv": "failed",
    }
    assert records["no.tsv"].errors == ("no.tsv: P101 no such file",)


def test_fail_fast_stops_at_the_first_failure(pools: list[str], tmp_path: Path) -> None:
    reports = run(["no.tsv", *pools], tmp_path / "out", fail_fast=True)
    assert [report.record.status for report in reports.values()] == ["failed", *["not run"] * 3]
    assert [report.findings for report in reports.values()][1:] == [()] * 3
    assert set(Manifest(tmp_path / "out").records) == {"no.tsv"}


def test_unchanged_pools_are_skipped(pools: list[str], large: str, tmp_path: Path) -> None:
    run([*pools, large], tmp_path / "out")
    again = run([*pools, large], tmp_path / "out")
    assert [report.skipped for report in again.values()] == [True] * 4
    assert run([*pools, large], tmp_path / "out", force=True)["large.tsv"].record.unchanged == 29 * 6


@PROCESSES
def test_a_changed_large_pool_is_run_again(pools: list[str], large: str, tmp_path: Path, processes: int) -> None:
    run([*pools, large], tmp_path / "out")
    path = Path(large)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-3]))
    again = run([*pools, large], tmp_path / "out", processes=processes)
    assert {name for name, report in again.items() if not report.skipped} == {"large.tsv"}
    run([*pools, large], tmp_path / "fresh")
    assert files(tmp_path / "out") == files(tmp_path / "fresh")
    assert len(files(tmp_path / "out")) < 3 * 6 + 29 * 6


def touch_pool(pools: list[str], out: Path) -> None:
    path = Path(pools[1])
    path.write_text(path.read_text().replace("blue", "green"))


def remove_file(pools: list[str], out: Path) -> None:
    (out / "night01" / "p011-z9_stack_01_asn.json").unlink()


def edit_file(pools: list[str], out: Path) -> None:
    path = out / "night01" / "p011-z9_stack_01_asn.json"
    path.write_text(path.read_text().replace("stack", "stuck"))


def forget(pools: list[str], out: Path) -> None:
    path = out / MANIFEST
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if "night01" not in line))


@pytest.mark.parametrize("change", [touch_pool, remove_file, edit_file, forget])
def test_only_a_changed_pool_is_run_again(pools: list[str], tmp_path: Path, change: object) -> None:
    run(pools, tmp_path / "out")
    change(pools, tmp_path / "out")  # type: ignore[operator]
    again = run(pools, tmp_path / "out")
    assert {name: report.skipped for name, report in again.items()} == {
        "night00.tsv": True,
        "night01.tsv": False,
        "night02.tsv": True,
    }
    run(pools, tmp_path / "fresh")
    assert files(tmp_path / "out") == files(tmp_path / "fresh")


def test_another_layout_removes_stale_files(pools: list[str], tmp_path: Path) -> None:
    run(pools, tmp_path / "out")
    run(pools, tmp_path / "out", "program")
    run(pools, tmp_path / "fresh", "program")
    assert files(tmp_path / "out") == files(tmp_path / "fresh")


def test_stale_files_are_removed_also_after_a_failure(pools: list[str], tmp_path: Path) -> None:
    out, text = tmp_path / "out", Path(pools[1]).read_text()
    run(pools, out)
    before = files(out)
    Path(pools[1]).write_text("nonsense\n")
    run(pools, out)
    assert files(out) == before
    Path(pools[1]).write_text("\n".join(text.splitlines()[:3]) + "\n")
    run(pools, out)
    run(pools, tmp_path / "fresh")
    assert files(out) == files(tmp_path / "fresh")
    assert len(files(out)) < len(before)


def test_a_file_that_another_pool_gives_as_well_is_not_stale(tmp_path: Path) -> None:
    first, second = write_pools(tmp_path / "pools", 2)
    run([first], tmp_path / "out", "flat")
    Path(first).rename(tmp_path / "gone.tsv")
    Path(second).write_text((tmp_path / "gone.tsv").read_text())
    run([second], tmp_path / "out", "flat")
    before = files(tmp_path / "out")
    Path(second).write_text(pool_text(table(range(90, 91), 6)))
    run([second], tmp_path / "out", "flat")
    assert before.items() <= files(tmp_path / "out").items()


def test_a_run_without_changes_writes_nothing(pools: list[str], tmp_path: Path) -> None:
    run(pools, tmp_path / "out", processes=2)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    assert [report.skipped for report in run(pools, tmp_path / "out", processes=2).values()] == [True] * 3
    again = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    assert again == before


def test_other_files_are_kept(pools: list[str], tmp_path: Path) -> None:
    (tmp_path / "out" / "night00").mkdir(parents=True)
    (tmp_path / "out" / "night00" / "mine.txt").write_text("mine")
    run(pools, tmp_path / "out")
    assert files(tmp_path / "out")["night00/mine.txt"] == b"mine"


def test_a_second_batch_in_the_same_folder_is_rejected(pools: list[str], tmp_path: Path) -> None:
    first = run_batch(pools, batch_options(tmp_path / "out"))
    next(first)
    with pytest.raises(InputError, match="G306 another batch writes to the folder"):
        next(run_batch(pools, batch_options(tmp_path / "out")))
    assert len(list(first)) == 2
    assert len(list(run_batch(pools, batch_options(tmp_path / "out")))) == 3


@PROCESSES
def test_an_archive_has_the_files_of_a_folder(pools: list[str], large: str, tmp_path: Path, processes: int) -> None:
    named = [*pools[:1], large, *pools[1:]]
    run(named, tmp_path / "out")
    archive = tmp_path / "all.tar"
    options = batch_options(tmp_path / "unused", processes=processes, archive=archive)
    reports = list(run_batch(named, options))
    assert sum(report.record.associations for report in reports) == 3 * 6 + 29 * 6
    with tarfile.open(archive) as tar:
        held = {each.name: tar.extractfile(each).read() for each in tar}  # type: ignore[union-attr]
    assert held == files(tmp_path / "out")
    assert not (tmp_path / "unused").exists()


def test_archives_are_identical_with_any_number_of_processes(pools: list[str], large: str, tmp_path: Path) -> None:
    archives = set()
    for number, processes in enumerate((1, 2, 2)):
        archive = tmp_path / f"{number}.zip"
        list(run_batch([*pools, large], batch_options(tmp_path, processes=processes, archive=archive)))
        archives.add(archive.read_bytes())
    assert len(archives) == 1


def test_progress_is_complete(pools: list[str], large: str, tmp_path: Path) -> None:
    named = [*pools, large, "no.tsv"]
    calls: list[tuple[str, int, int]] = []
    for _ in run_batch(named, batch_options(tmp_path / "out"), lambda *each: calls.append(each)):
        pass
    assert sum(exposures for _, exposures, _ in calls) == 3 * 6 + 29 * 6
    assert {pool for pool, _, _ in calls} == set(named)
