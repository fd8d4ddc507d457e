"""One interface for executors, which run tasks in this process, in other processes of this machine, or on a cluster."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Protocol

from asnforge.batch.fork_server import is_small
from asnforge.batch.tasks import BatchOptions, HashTask, Outcome, Task
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
