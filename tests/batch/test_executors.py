"""Executors have one interface: in this process and in worker processes, tasks have the same outcomes."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from itertools import count
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest
from support.batches import batch_options, write_pools

from asnforge.asnfiles.staging import content_digest
from asnforge.batch import executors
from asnforge.batch.executors import Executor, JoiningExecutor, OnDemandExecutor, SerialExecutor, choose_executor
from asnforge.batch.pebble_executor import PebbleExecutor
from asnforge.batch.tasks import (
    BatchOptions,
    Failed,
    HashTask,
    Outcome,
    PoolHash,
    PoolOutput,
    PoolTask,
    SmallPoolsTask,
    Task,
)
from asnforge.batch.worker import run_task


def run_tasks(executor: Executor, tasks: list[Task]) -> dict[int, Outcome]:
    """The outcomes of tasks by their index."""
    for index, task in enumerate(tasks):
        executor.submit(index, task)
    outcomes: dict[int, Outcome] = {}
    while done := executor.wait():
        outcomes |= dict(done)
    return outcomes


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    folder = tmp_path / "staging"
    folder.mkdir()
    return folder


@pytest.fixture(params=["serial", "pebble"])
def executor(request: pytest.FixtureRequest, tmp_path: Path, staging: Path) -> Iterator[Executor]:
    options = batch_options(tmp_path / "out", processes=2)
    executor = SerialExecutor(options, staging) if request.param == "serial" else PebbleExecutor(options, staging)
    yield executor
    executor.close()


def test_outcomes_have_the_ids_of_their_tasks(executor: Executor, tmp_path: Path, staging: Path) -> None:
    first, second = write_pools(tmp_path, 2)
    outcomes = run_tasks(executor, [HashTask(first), HashTask("no.tsv"), PoolTask(second, "two", with_hash=True)])
    hashed, failed, output = (outcomes[index] for index in range(3))
    assert isinstance(hashed, PoolHash)
    assert isinstance(failed, Failed)
    assert [str(finding) for finding in failed.findings] == ["no.tsv: P101 no such file"]
    assert isinstance(output, PoolOutput)
    assert (output.exposures, output.associations, len(output.sha256)) == (6, 6, 64)
    assert output.sha256 != hashed.sha256
    assert all((staging / file.staged / Path(file.name).name).stat().st_size == file.size for file in output.files)
    assert not (tmp_path / "out").exists()


def test_without_tasks_there_are_no_outcomes(executor: Executor) -> None:
    assert list(executor.wait()) == []


@pytest.mark.parametrize(
    ("pools", "more", "kind"),
    [
        (2, {}, SerialExecutor),
        (1, {"processes": 2}, SerialExecutor),
        (2, {"processes": 2}, OnDemandExecutor),
        (1, {"timeout": 60.0}, PebbleExecutor),
    ],
)
def test_worker_processes_are_used_if_there_is_enough_work_or_a_time_limit(
    tmp_path: Path, pools: int, more: dict[str, Any], kind: type
) -> None:
    executor = choose_executor(write_pools(tmp_path, pools), batch_options(tmp_path / "out", **more), None)
    executor.close()
    assert type(executor) is kind


def test_a_task_that_fails_leaves_no_staged_files(
    tmp_path: Path, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pool,) = write_pools(tmp_path, 1)
    calls = count()

    def digest_until_full(data: bytes) -> str:
        if next(calls) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return content_digest(data)

    monkeypatch.setattr("asnforge.asnfiles.staging.content_digest", digest_until_full)
    outcome = run_task(PoolTask(pool, "one"), batch_options(tmp_path / "out"), staging)
    assert isinstance(outcome, Failed)
    assert list(staging.iterdir()) == []


class RecordingExecutor(SerialExecutor):
    """Records the pools of each task."""

    def __init__(self, options: BatchOptions, staging: Path | None) -> None:
        super().__init__(options, staging)
        self.slots = options.processes
        self.pools: list[list[str]] = []

    def submit(self, task_id: int, task: Task) -> None:
        tasks = task.tasks if isinstance(task, SmallPoolsTask) else (task,)
        self.pools.append([Path(each.path).stem for each in tasks])
        super().submit(task_id, task)


@pytest.mark.parametrize(
    ("processes", "small", "expected"),
    [
        (1, 5, [["large"], ["night00", "night01", "night02"], ["night03", "night04"]]),
        (2, 5, [["large"], ["night00", "night01", "night02"], ["night03", "night04"]]),
        (3, 5, [["large"], ["night00", "night01"], ["night02", "night03"], ["night04"]]),
        (8, 2, [["large"], ["night00"], ["night01"]]),
    ],
)
def test_small_pools_are_divided_among_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: int, small: int, expected: list[list[str]]
) -> None:
    monkeypatch.setattr(executors, "MOST_JOINED", 3)
    inner = RecordingExecutor(batch_options(tmp_path / "out", processes=processes), None)
    paths = write_pools(tmp_path, small)
    (large,) = write_pools(tmp_path / "large", 1)
    large = str(Path(large).rename(tmp_path / "large.tsv"))
    tasks = [PoolTask(large, "large"), *(PoolTask(path, Path(path).stem, is_small=True) for path in paths)]
    outcomes = run_tasks(JoiningExecutor(inner), list(tasks))
    assert inner.pools == expected
    assert [len(outcome.files) for outcome in outcomes.values() if isinstance(outcome, PoolOutput)] == [6] * (small + 1)


def test_worker_processes_start_with_the_first_task_that_is_more_than_a_hash(tmp_path: Path) -> None:
    pools = write_pools(tmp_path / "pools", 3)
    staging = tmp_path / "staging"
    staging.mkdir()
    before = set(active_children())
    executor = OnDemandExecutor(batch_options(tmp_path / "out", processes=2), staging)
    hashes = run_tasks(executor, [HashTask(pool) for pool in [*pools, "no.tsv"]])
    assert [type(outcome) for _, outcome in sorted(hashes.items())] == [PoolHash, PoolHash, PoolHash, Failed]
    assert set(active_children()) == before
    done = run_tasks(executor, [PoolTask(pools[0], "one", with_hash=True), HashTask(pools[0])])
    executor.close()
    output, again = done[0], done[1]
    assert isinstance(output, PoolOutput)
    assert isinstance(again, PoolHash)
    assert again == hashes[0] == PoolHash(output.sha256)
