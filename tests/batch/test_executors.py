"""Executors have one interface: in this process and in worker processes, tasks have the same outcomes."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from support.batches import batch_options, write_pools

from asnforge.asnfiles.staging import content_digest
from asnforge.batch.executors import Executor, OnDemandExecutor, SerialExecutor, choose_executor
from asnforge.batch.pebble_executor import PebbleExecutor
from asnforge.batch.tasks import Failed, HashTask, Outcome, PoolHash, PoolOutput, PoolTask, Task
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
    assert all((staging / file.staged).stat().st_size == file.size for file in output.files)
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
