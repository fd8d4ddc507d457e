"""Jobs done by processes of this machine. One that dies or takes too long costs only the job it is at."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import threading
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from time import monotonic

from asnforge.batch.executors import TRIES, Failed, Outcome, attempt, worker_died
from asnforge.batch.starting import begin, context
from asnforge.batch.tasks import Job, Order
from asnforge.batch.worker import took_too_long


@dataclass(slots=True)
class _Task:
    ticket: int
    job: Job
    tries: int = 0


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    task: _Task | None = None
    began: float = field(default_factory=monotonic)


class Processes:
    """Processes that do jobs.

    Parameters
    ----------
    order : Order
        What holds for all jobs.
    width : int
        How many processes.
    """

    def __init__(self, order: Order, width: int) -> None:
        self.width = width
        self._order = pickle.dumps(order, pickle.HIGHEST_PROTOCOL)
        self._timeout = order.timeout
        self._tasks: deque[_Task] = deque()
        self._context = context()
        self._workers: list[_Worker] = []

    def submit(self, ticket: int, job: Job) -> None:
        """Give the job to a worker, or put it at the end of the queue."""
        self._tasks.append(_Task(ticket, job))
        self._hand_out()

    def wait(self) -> list[tuple[int, Outcome]]:
        """Wait for outcomes."""
        found: list[tuple[int, Outcome]] = []
        while not found and any(worker.task for worker in self._workers):
            ready = wait([worker.pipe for worker in self._workers if worker.task], self._patience())
            for worker in [each for each in self._workers if each.pipe in ready]:
                found += self._hear(worker)
            found += self._stop_slow()
            self._hand_out()
        return found

    def close(self) -> None:
        """Stop the workers, whatever they are at."""
        self._tasks.clear()
        for worker in self._workers:
            self._end(worker)
        self._workers.clear()

    def _hand_out(self) -> None:
        while self._tasks:
            worker = next((each for each in self._workers if each.task is None), None)
            if worker is None:
                if len(self._workers) >= self.width:
                    return
                worker = self._begin()
            worker.task = self._tasks.popleft()
            worker.task.tries += 1
            worker.began = monotonic()
            try:
                worker.pipe.send(worker.task.job)
            except OSError:
                self._lose(worker)

    def _begin(self) -> _Worker:
        begin()
        pipe, far = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(far, self._order), daemon=True)  # type: ignore[attr-defined]
        process.start()
        far.close()
        worker = _Worker(process, pipe)
        self._workers.append(worker)
        return worker

    def _hear(self, worker: _Worker) -> list[tuple[int, Outcome]]:
        task = worker.task
        if task is None:
            return []
        try:
            outcome = worker.pipe.recv()
        except (EOFError, OSError):
            return self._lose(worker)
        worker.task = None
        return [(task.ticket, outcome)]

    def _lose(self, worker: _Worker) -> list[tuple[int, Outcome]]:
        """A worker is dead: its job is begun anew, if not too often already."""
        self._end(worker)
        self._workers.remove(worker)
        task = worker.task
        if task is None:
            return []
        if task.tries >= TRIES:
            return [(task.ticket, worker_died(task.job.path))]
        self._tasks.appendleft(task)
        return []

    def _stop_slow(self) -> list[tuple[int, Outcome]]:
        if self._timeout is None:
            return []
        found: list[tuple[int, Outcome]] = []
        for worker in [each for each in self._workers if each.task and monotonic() - each.began > self._timeout]:
            task = worker.task
            self._end(worker)
            self._workers.remove(worker)
            if task is not None:
                found.append((task.ticket, Failed((took_too_long(task.job.path, self._timeout),))))
        return found

    def _patience(self) -> float | None:
        if self._timeout is None:
            return None
        first = min(worker.began for worker in self._workers if worker.task)
        return max(0.01, first + self._timeout - monotonic())

    @staticmethod
    def _end(worker: _Worker) -> None:
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()


def _serve(pipe: Connection, order_bytes: bytes) -> None:
    """Do jobs until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    order: Order = pickle.loads(order_bytes)  # noqa: S301
    gc.freeze()
    while True:
        try:
            job: Job = pipe.recv()
            pipe.send(attempt(job, order))
        except (EOFError, OSError):
            return
        del job
        gc.collect()


def _end_with(sentinel: int) -> None:
    """End this process when the one that started it is gone: what it would still write, nobody waits for."""
    wait([sentinel])
    os._exit(1)
