"""One interface for executors, which run tasks in this process, in other processes of this machine, or on a cluster."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Protocol

from asnforge.batch.fork_server import is_small
from asnforge.batch.tasks import (
    BatchOptions,
    HashTask,
    Outcome,
    PoolTask,
    SmallPoolsOutput,
    SmallPoolsTask,
    Task,
)
from asnforge.batch.worker import run_task

MOST_JOINED = 500
"""The largest number of small pools in one task."""


class Executor(Protocol):
    """Runs tasks, several at a time."""

    @property
    def slots(self) -> int:
        """The number of tasks that run at a time."""

    def submit(self, task_id: int, task: Task) -> None:
        """Accept a task; `wait` returns its outcome with this id."""

    def wait(self) -> Sequence[tuple[int, Outcome]]:
        """Wait for at least one outcome; returns none if there are no tasks."""

    def close(self) -> None:
        """Stop all tasks and release the workers."""


def choose_executor(pools: Sequence[str], options: BatchOptions, staging: Path | None) -> Executor:
    """The executor for the options of a batch; `InputError` if the cluster cannot be used."""
    if options.scheduler is not None:
        from asnforge.batch.dask_executor import DaskExecutor

        return DaskExecutor(options, staging, options.scheduler)
    if options.timeout is not None:
        return _worker_processes(options, staging)
    if options.processes == 1 or is_small(pools):
        return SerialExecutor(options, staging)
    return OnDemandExecutor(options, staging)


def _worker_processes(options: BatchOptions, staging: Path | None) -> Executor:
    from asnforge.batch.pebble_executor import PebbleExecutor

    return PebbleExecutor(options, staging)


class SerialExecutor:
    """Runs tasks in this process, one at each call of `wait`."""

    slots = 1

    def __init__(self, options: BatchOptions, staging: Path | None) -> None:
        self._options, self._staging = options, staging
        self._queue: deque[tuple[int, Task]] = deque()

    def submit(self, task_id: int, task: Task) -> None:
        """Append a task to the queue."""
        self._queue.append((task_id, task))

    def wait(self) -> list[tuple[int, Outcome]]:
        """Run the first task of the queue."""
        if not self._queue:
            return []
        task_id, task = self._queue.popleft()
        return [(task_id, run_task(task, self._options, self._staging))]

    def close(self) -> None:
        """Drop the rest of the queue."""
        self._queue.clear()


class OnDemandExecutor:
    """Runs tasks in worker processes, which start with the first task that is more than the hash of a file.

    Until then, threads of this process compute hashes: a batch that finds nothing to do starts no process.
    """

    def __init__(self, options: BatchOptions, staging: Path | None) -> None:
        self.slots = options.processes
        self._options, self._staging = options, staging
        self._threads = ThreadPoolExecutor(self.slots)
        self._hashes: dict[Future[Outcome], int] = {}
        self._workers: Executor | None = None

    def submit(self, task_id: int, task: Task) -> None:
        """Give a task to a thread or to the worker processes."""
        is_file = isinstance(task, HashTask) and not self._options.generate.is_from_fits(task.path)
        if is_file and self._workers is None:
            self._hashes[self._threads.submit(run_task, task, self._options, self._staging)] = task_id
            return
        if self._workers is None:
            self._workers = _worker_processes(self._options, self._staging)
        self._workers.submit(task_id, task)

    def wait(self) -> Sequence[tuple[int, Outcome]]:
        """Wait for hashes of threads, if there are any, else for an outcome of a worker process."""
        if self._hashes:
            done, _ = wait(self._hashes, return_when=FIRST_COMPLETED)
            return [(self._hashes.pop(future), future.result()) for future in done]
        return [] if self._workers is None else self._workers.wait()

    def close(self) -> None:
        """Kill the worker processes; a thread ends with its file."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._workers is not None:
            self._workers.close()


class JoiningExecutor:
    """Gives tasks to another executor, those of small pools together: as few tasks as keep all of its workers busy.

    If the task of several pools has no result, as after a crash of its worker, each pool is run by itself.
    """

    def __init__(self, executor: Executor) -> None:
        self.slots = executor.slots
        self._executor = executor
        self._waiting: list[tuple[int, PoolTask]] = []
        self._joined: dict[int, list[tuple[int, PoolTask]]] = {}
        self._next = -1  # the ids of tasks are not negative

    def submit(self, task_id: int, task: Task) -> None:
        """Accept a task; those of small pools wait for others."""
        if not isinstance(task, PoolTask) or not task.is_small:
            self._executor.submit(task_id, task)
            return
        self._waiting.append((task_id, task))
        if len(self._waiting) >= MOST_JOINED * self.slots:
            self._submit_waiting()

    def wait(self) -> Sequence[tuple[int, Outcome]]:
        """Wait for at least one outcome; returns none if there are no tasks."""
        self._submit_waiting()
        outcomes: list[tuple[int, Outcome]] = []
        while not outcomes and (found := self._executor.wait()):
            for task_id, outcome in found:
                joined = self._joined.pop(task_id, None)
                if joined is None:
                    outcomes.append((task_id, outcome))
                elif isinstance(outcome, SmallPoolsOutput):
                    outcomes += [(each, result) for (each, _), result in zip(joined, outcome.outcomes, strict=True)]
                else:
                    for each, task in joined:
                        self._executor.submit(each, task)
        return outcomes

    def close(self) -> None:
        """Stop all tasks."""
        self._waiting.clear()
        self._executor.close()

    def _submit_waiting(self) -> None:
        """Submit the tasks that wait, divided among the workers."""
        size = min(MOST_JOINED, -(-len(self._waiting) // self.slots))
        while self._waiting:
            joined, self._waiting = self._waiting[:size], self._waiting[size:]
            if len(joined) == 1:
                self._executor.submit(*joined[0])
                continue
            self._joined[self._next] = joined
            self._executor.submit(self._next, SmallPoolsTask(tuple(task for _, task in joined)))
            self._next -= 1
