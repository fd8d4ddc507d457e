"""The order in which tasks end changes neither files nor archives nor statuses."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from support.batches import batch_options, files, table, write_pools
from support.observatory import pool_text

from asnforge.batch import run_batch as module
from asnforge.batch.batch_log import PoolReport
from asnforge.batch.executors import SerialExecutor
from asnforge.batch.run_batch import run_batch
from asnforge.batch.tasks import BatchOptions, Failed, Layout, Outcome, PoolTask, Task
from asnforge.batch.worker import run_task, unexpected

SEEDS = pytest.mark.parametrize("seed", range(5))


class ShuffledExecutor(SerialExecutor):
    """Runs tasks of its queue in a random order, like many workers of different speed."""

    slots = 4

    def __init__(self, options: BatchOptions, staging: Path | None, seed: int) -> None:
        super().__init__(options, staging)
        self._random = random.Random(seed)

    def wait(self) -> list[tuple[int, Outcome]]:
        self._queue.rotate(self._random.randrange(len(self._queue)) if self._queue else 0)
        return super().wait()


@pytest.fixture
def pools(tmp_path: Path) -> list[str]:
    """Six pools and a large one; some have the same programs as others before them."""
    pools = write_pools(tmp_path / "pools", 4)
    Path(pools[2]).write_text(Path(pools[1]).read_text())
    large = tmp_path / "pools" / "large.tsv"
    large.write_text(pool_text(table(range(100, 130), 6)))
    again = tmp_path / "pools" / "other.tsv"
    again.write_text(pool_text(table(range(129, 132), 6)))
    return [*pools, str(large), str(again), str(tmp_path / "missing.tsv")]


def shuffled(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(module, "choose_executor", lambda _, options, staging: ShuffledExecutor(options, staging, seed))


def statuses(reports: list[PoolReport]) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {Path(report.record.pool).name: (report.record.status, report.record.errors) for report in reports}


@SEEDS
@pytest.mark.parametrize("layout", ["flat", "program", "pool"])
def test_files_and_statuses_do_not_depend_on_the_order_of_outcomes(
    pools: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: Layout, seed: int
) -> None:
    expected = statuses([*run_batch(pools, batch_options(tmp_path / "serial", layout))])
    shuffled(monkeypatch, seed)
    assert statuses([*run_batch(pools, batch_options(tmp_path / "shuffled", layout))]) == expected
    assert files(tmp_path / "shuffled") == files(tmp_path / "serial")
    failed = {name for name, (status, _) in expected.items() if status == "failed"}
    assert failed == ({"missing.tsv"} if layout == "pool" else {"night02.tsv", "other.tsv", "missing.tsv"})


@SEEDS
@pytest.mark.parametrize("layout", ["flat", "pool"])
def test_archives_do_not_depend_on_the_order_of_outcomes(
    pools: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: Layout, seed: int
) -> None:
    first, second = tmp_path / "first.tar", tmp_path / "second.tar"
    list(run_batch(pools, batch_options(tmp_path, layout, archive=first)))
    shuffled(monkeypatch, seed)
    list(run_batch(pools, batch_options(tmp_path, layout, archive=second)))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("layout", ["flat", "pool"])
@pytest.mark.parametrize("archive", [False, True])
def test_a_failed_piece_loses_only_its_own_files(
    pools: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: Layout, archive: bool
) -> None:
    failed = []

    def fail_first_piece(task: Task, options: BatchOptions, staging: Path | None) -> Outcome:
        if isinstance(task, PoolTask) and task.piece is not None and task.piece.lines[0] == 2:
            failed.append(len(task.piece.lines))
            return Failed((unexpected(ValueError("broken"), task.path),))
        return run_task(task, options, staging)

    monkeypatch.setattr("asnforge.batch.executors.run_task", fail_first_piece)
    path = tmp_path / "all.tar" if archive else None
    reports = run_batch([pools[4], pools[0]], batch_options(tmp_path / "out", layout, archive=path))
    large, other = sorted(reports, key=lambda report: report.record.pool)
    assert (large.record.status, other.record.status) == ("failed", "done")
    assert large.record.errors == (f"{pools[4]}: G308 ValueError: broken",)
    assert (large.record.associations, other.record.associations) == (30 * 6 - failed[0], 6)
    assert 0 < failed[0] < 30 * 6
    assert archive or len(files(tmp_path / "out")) == 31 * 6 - failed[0]
