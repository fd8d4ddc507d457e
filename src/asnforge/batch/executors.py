"""One interface for executors, which run tasks in this process, in other processes of this machine, or on a cluster."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from asnforge.batch.fork_server import is_small
from asnforge.batch.tasks import BatchOptions, Outcome, Task
from asnforge.batch.worker import run_task


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
    if options.timeout is None and (options.processes == 1 or is_small(pools)):
        return SerialExecutor(options, staging)
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
