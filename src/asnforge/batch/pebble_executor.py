"""Tasks in worker processes of this machine. A worker that crashes or takes too long costs only its own task."""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections import Counter
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from pathlib import Path
from queue import Empty, SimpleQueue

from pebble import CONSTS, ProcessExpired, ProcessFuture, ProcessPool

from asnforge.batch.fork_server import process_context, start_fork_server
from asnforge.batch.tasks import BatchOptions, Failed, Outcome, SmallPoolsTask, Task
from asnforge.batch.worker import run_task, timed_out, unexpected, worker_died

TRIES = 3
"""The number of times that a task is started if its worker crashes."""

_POLL = 1.0
"""Seconds without an outcome after which the state of the workers is checked."""

CONSTS.sleep_unit = 0.02  # seconds between checks for timeouts and crashed workers: closing takes as long
CONSTS.term_timeout = 0  # workers have nothing to clean up: they are killed at once


class PebbleExecutor:
    """Runs tasks in worker processes."""

    def __init__(self, options: BatchOptions, staging: Path | None) -> None:
        self.slots = options.processes
        self._timeout = options.timeout
        self._settings = options, staging
        self._tasks: dict[int, Task] = {}
        self._tries = Counter[int]()
        self._ids: dict[ProcessFuture[Outcome], int] = {}
        self._done: SimpleQueue[ProcessFuture[Outcome]] = SimpleQueue()
        self._restarts = 0
        self._pool = self._start()

    def submit(self, task_id: int, task: Task) -> None:
        """Give a task to the worker processes."""
        self._tasks[task_id] = task
        self._schedule(task_id)

    def wait(self) -> list[tuple[int, Outcome]]:
        """Wait for an outcome."""
        while self._tasks:
            if self._restarts > TRIES:
                return [(task_id, _died(task)) for task_id, task in self._take_all()]
            try:
                future = self._done.get(timeout=_POLL)
            except Empty:
                if not self._pool.active:
                    self._restart()
                continue
            task_id = self._ids.pop(future, None)
            if task_id is not None and (outcome := self._outcome(task_id, future)) is not None:
                del self._tasks[task_id], self._tries[task_id]
                return [(task_id, outcome)]
        return []

    def close(self) -> None:
        """Kill the workers."""
        self._ids.clear()
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def _start(self) -> ProcessPool:
        start_fork_server()
        return ProcessPool(self.slots, initializer=_initialize, initargs=self._settings, context=process_context())

    def _schedule(self, task_id: int) -> None:
        self._tries[task_id] += 1
        try:
            future = self._pool.schedule(_run, (self._tasks[task_id],), timeout=self._timeout)
        except RuntimeError:  # the pool of processes is broken
            self._restart()
            return
        self._ids[future] = task_id
        future.add_done_callback(lambda _: self._done.put(future))

    def _restart(self) -> None:
        """Replace a broken pool of processes, as after crashes between tasks, and run all of its tasks again."""
        self.close()
        self._restarts += 1
        self._tries.clear()
        if self._restarts <= TRIES:
            self._pool = self._start()
            for task_id in self._tasks:
                self._schedule(task_id)

    def _take_all(self) -> list[tuple[int, Task]]:
        tasks = [*self._tasks.items()]
        self._tasks.clear()
        return tasks

    def _outcome(self, task_id: int, future: ProcessFuture[Outcome]) -> Outcome | None:
        """The outcome of a task; None if it is run again."""
        task = self._tasks[task_id]
        try:
            outcome = future.result()
        except BrokenProcessPool:
            self._restart()
            return None
        except (ProcessExpired, CancelledError):
            # Small pools are run one by one, to find the one that is the cause.
            if self._tries[task_id] >= TRIES or isinstance(task, SmallPoolsTask):
                return _died(task)
            self._schedule(task_id)
            return None
        except TimeoutError:
            return Failed((timed_out(task.path, self._timeout or 0),))
        except Exception as error:
            return Failed((unexpected(error, task.path),))
        self._restarts = 0
        return outcome


def _died(task: Task) -> Failed:
    return Failed((worker_died(task.path, TRIES, "use fewer processes: -j"),))


_settings: tuple[BatchOptions, Path | None]


def _initialize(options: BatchOptions, staging: Path | None) -> None:
    """Prepare a worker process."""
    global _settings
    _settings = options, staging
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_with, args=(parent.sentinel,), daemon=True).start()
    gc.freeze()


def _run(task: Task) -> Outcome:
    """Run a task in a worker process."""
    try:
        return run_task(task, *_settings)
    finally:
        gc.collect()


def _exit_with(sentinel: int) -> None:
    """End this process when its parent ends, as its result is no longer needed."""
    wait([sentinel])
    os._exit(1)
