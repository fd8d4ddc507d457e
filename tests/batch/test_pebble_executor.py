"""Worker processes: one that crashes or takes too long costs only its own task."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing import active_children
from pathlib import Path

import pytest
from support.batches import batch_options, write_pools

from asnforge.batch.executors import Executor, JoiningExecutor
from asnforge.batch.pebble_executor import PebbleExecutor
from asnforge.batch.tasks import Failed, Outcome, PoolOutput, PoolTask


@pytest.fixture
def endless() -> Iterator[str]:
    """A pipe that is open in this process and never ends: whoever reads it waits."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("the system has no names for open files of another process")
    reading, writing = os.pipe()
    yield f"/proc/{os.getpid()}/fd/{reading}"
    os.close(writing)
    os.close(reading)


def outcomes(executor: Executor, tasks: list[PoolTask]) -> list[Outcome]:
    """The outcomes of tasks that were submitted with their indexes as ids."""
    results: dict[int, Outcome] = {}
    while done := executor.wait():
        results |= dict(done)
    executor.close()
    return [results[index] for index in range(len(tasks))]


def submit(executor: PebbleExecutor, pools: list[str]) -> list[PoolTask]:
    tasks = [PoolTask(pool, f"p{index}") for index, pool in enumerate(pools)]
    for index, task in enumerate(tasks):
        executor.submit(index, task)
    return tasks


def test_a_task_that_takes_too_long_is_stopped_and_the_others_are_done(tmp_path: Path, endless: str) -> None:
    executor = PebbleExecutor(batch_options(tmp_path / "out", timeout=3, processes=1), tmp_path)
    tasks = submit(executor, [endless, *write_pools(tmp_path, 1)])
    stopped, done = outcomes(executor, tasks)
    assert isinstance(stopped, Failed)
    assert [str(finding) for finding in stopped.findings] == [
        f"{endless}: G303 stopped by --timeout after 3 s; increase it, or leave --timeout out"
    ]
    assert isinstance(done, PoolOutput)


def workers(executor: PebbleExecutor) -> list[int]:
    """The process ids of the workers."""
    return [child.pid for child in active_children() if child.pid is not None and "pebble" in child.name]


def test_tasks_of_crashed_workers_are_run_again(tmp_path: Path) -> None:
    executor = PebbleExecutor(batch_options(tmp_path / "out", processes=2), tmp_path)
    tasks = submit(executor, write_pools(tmp_path / "pools", 6))
    for pid in workers(executor):
        os.kill(pid, signal.SIGKILL)
    assert [type(outcome) for outcome in outcomes(executor, tasks)] == [PoolOutput] * 6


def kill_readers(executor: PebbleExecutor, path: str, stop: threading.Event) -> None:
    """Kill each worker that reads a pipe."""
    pipe = Path(path).readlink()
    while not stop.wait(0.05):
        for pid in workers(executor):
            with suppress(OSError):
                folder = Path(f"/proc/{pid}/fd")
                if any(descriptor.readlink() == pipe for descriptor in folder.iterdir()):
                    os.kill(pid, signal.SIGKILL)


def test_a_task_whose_workers_crash_each_time_fails_alone(tmp_path: Path, endless: str) -> None:
    executor = PebbleExecutor(batch_options(tmp_path / "out", processes=1), tmp_path)
    tasks = submit(executor, [endless, *write_pools(tmp_path / "pools", 2)])
    stop = threading.Event()
    killer = threading.Thread(target=kill_readers, args=(executor, endless, stop))
    killer.start()
    failed, *others = outcomes(executor, tasks)
    stop.set()
    killer.join()
    assert isinstance(failed, Failed)
    assert [str(finding) for finding in failed.findings] == [
        f"{endless}: G304 the worker process crashed 3 times in a row; use fewer processes: -j"
    ]
    assert [type(outcome) for outcome in others] == [PoolOutput] * 2


def test_a_small_pool_whose_workers_crash_each_time_fails_alone(tmp_path: Path, endless: str) -> None:
    workers = PebbleExecutor(batch_options(tmp_path / "out", processes=1), tmp_path)
    executor = JoiningExecutor(workers)
    pools = [*write_pools(tmp_path / "pools", 2), endless]
    tasks = [PoolTask(pool, f"p{index}", is_small=True) for index, pool in enumerate(pools)]
    for index, task in enumerate(tasks):
        executor.submit(index, task)
    stop = threading.Event()
    killer = threading.Thread(target=kill_readers, args=(workers, endless, stop))
    killer.start()
    *others, failed = outcomes(executor, tasks)
    stop.set()
    killer.join()
    assert isinstance(failed, Failed)
    assert [finding.code for finding in failed.findings] == ["G304"]
    assert [type(outcome) for outcome in others] == [PoolOutput] * 2


def test_workers_end_when_the_executor_is_closed(tmp_path: Path, endless: str) -> None:
    before = set(active_children())
    executor = PebbleExecutor(batch_options(tmp_path / "out", processes=2), tmp_path)
    submit(executor, [endless])
    executor.close()
    assert set(active_children()) <= before
