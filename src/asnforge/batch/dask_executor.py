"""Tasks on the workers of a Dask cluster. A worker that dies costs only its own tasks."""

from __future__ import annotations

import logging
import os
import pickle
import zlib
from collections import deque
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any

from asnforge.batch.tasks import BatchOptions, Failed, Outcome, PoolOutput, SmallPoolsOutput, SmallPoolsTask, Task
from asnforge.batch.worker import run_task, unexpected, worker_died
from asnforge.findings import Finding, FindingCode, InputError
from asnforge.version import __version__

if TYPE_CHECKING:
    from distributed import Client, KilledWorker
    from distributed.client import Future

NO_CLUSTER = FindingCode(
    "G309",
    "the scheduler cannot be used",
    "The scheduler does not answer, has no workers, requires certificates that Dask's configuration does not name, or has "
    "workers with another version of asnforge, whose files could differ. If it is lost during a batch, the remaining pools are "
    "not run.",
    wrong="asnforge batch nights -o out --scheduler tcp://localhost:9",
    right="asnforge batch nights -o out --scheduler tcp://localhost:8786",
)
NO_DISTRIBUTED = FindingCode(
    "G310",
    "Dask Distributed is not installed",
    "The option --scheduler needs it: install asnforge[distributed], on this machine and on those of the workers.",
    wrong="pip install asnforge",
    right="pip install 'asnforge[distributed]'",
)

_CONNECT_TIMEOUT = 10
_QUIET = 5
"""Seconds without an outcome after which the number of workers is checked."""
_WITHOUT_WORKERS = 60
"""Seconds to wait for a new worker after all have died, as they may be restarted."""


class DaskExecutor:
    """Runs tasks on a Dask cluster, whose workers see pools and output folder under the same absolute names.

    The address is ``tcp://host:port``; or ``tls://host:port``, with the certificates that Dask's own configuration names.

    Raises
    ------
    InputError
        Dask Distributed is not installed, the scheduler does not answer, it has no workers, or a worker has another version
        of asnforge.
    """

    def __init__(self, options: BatchOptions, staging: Path | None, address: str) -> None:
        self._address = address
        self._client = _connect(address)
        try:
            self.slots = _count_slots(self._client, address)
        except BaseException:
            self._client.close()  # type: ignore[no-untyped-call]
            raise
        self._paths = Paths(options.output)
        settings = replace(options, output=self._paths.output), None if staging is None else staging.absolute()
        # The settings are sent with each task: if workers stored them, they would be lost when a worker dies.
        self._settings = zlib.compress(pickle.dumps(settings))
        self._tasks: dict[int, Task] = {}
        self._ids: dict[Future[Outcome], int] = {}
        self._done: SimpleQueue[Future[Outcome]] = SimpleQueue()
        self._suspects: deque[int] = deque()
        self._alone: int | None = None
        self._lost: Finding | None = None
        self._last_worker = monotonic()

    def submit(self, task_id: int, task: Task) -> None:
        """Send a task to the scheduler."""
        self._tasks[task_id] = task
        self._send(task_id)

    def wait(self) -> list[tuple[int, Outcome]]:
        """Wait for outcomes. If the connection to the cluster is lost, all remaining tasks fail."""
        outcomes: list[tuple[int, Outcome]] = []
        while self._tasks and not outcomes:
            if self._lost is not None:
                outcomes = [(task_id, Failed((self._lost,))) for task_id in self._tasks]
            elif not self._ids:
                self._alone = self._suspects.popleft()
                self._send(self._alone)
            else:
                outcomes = [outcome for future in self._next() for outcome in self._outcome(future)]
            for task_id, _ in outcomes:
                del self._tasks[task_id]
        return outcomes

    def close(self) -> None:
        """Cancel all tasks and disconnect. A task that still runs can only write to the staging folder."""
        if self._ids and self._lost is None:
            with suppress(OSError, TimeoutError):
                self._client.sync(self._cancel, callback_timeout=_CONNECT_TIMEOUT)  # type: ignore[no-untyped-call]
        self._ids.clear()
        self._client.close()  # type: ignore[no-untyped-call]

    async def _cancel(self) -> None:
        await self._client.cancel(list(self._ids), force=True)  # type: ignore[no-untyped-call]

    def _send(self, task_id: int) -> None:
        if self._lost is not None:
            return
        task = self._paths.absolute(self._tasks[task_id])
        try:
            self._expect(self._client.submit(_run, task, self._settings, pure=False), task_id)
        except Exception:
            self._lose()

    def _expect(self, future: Future[Outcome], task_id: int) -> None:
        self._ids[future] = task_id
        future.add_done_callback(self._done.put)  # type: ignore[no-untyped-call]

    def _next(self) -> list[Future[Outcome]]:
        """The tasks that have ended, successfully or not; none if no task ends for `_QUIET` seconds."""
        try:
            futures = [self._done.get(timeout=_QUIET)]
        except Empty:
            self._check_workers()
            return []
        while not self._done.empty():
            futures.append(self._done.get())
        self._last_worker = monotonic()
        return futures

    def _check_workers(self) -> None:
        try:
            if self._client.nthreads():  # type: ignore[no-untyped-call]
                self._last_worker = monotonic()
        except Exception:
            self._lose()
        if monotonic() - self._last_worker > _WITHOUT_WORKERS:
            self._lose("the scheduler has had no workers for {seconds} s", seconds=_WITHOUT_WORKERS)

    def _lose(self, message: str = "the scheduler does not answer any more", **facts: object) -> None:
        """Store the finding that the cluster is lost, so that no further task is run."""
        hint = "completed pools are kept: run the batch again"
        self._lost = self._lost or NO_CLUSTER.finding(message, self._address, hint=hint, **facts)  # type: ignore[arg-type]

    def _outcome(self, future: Future[Outcome]) -> list[tuple[int, Outcome]]:
        """The outcome of a task with its id; nothing if it is run again."""
        from distributed import CancelledError, KilledWorker

        task_id = self._ids.pop(future)
        path = self._tasks[task_id].path
        try:
            outcome = future.result(timeout=_WITHOUT_WORKERS)
        except TimeoutError:
            # Its worker died before it could send the result: the scheduler runs it again.
            self._expect(future, task_id)
            self._check_workers()
            return []
        except KilledWorker as error:
            return self._suspect(task_id, error)
        except CancelledError as error:
            if self._client.status == "running":
                self._lose("the scheduler cancelled the work: {reason}", reason=getattr(error, "reason", "unknown"))
            self._lose()
            return []
        except Exception as error:
            self._check_workers()  # the client may not know yet that the scheduler is gone
            if self._lost is not None or self._client.status != "running":
                self._lose()
                return []
            return [(task_id, Failed((unexpected(error, path),)))]
        return [(task_id, self._paths.as_given(outcome))]

    def _suspect(self, task_id: int, error: KilledWorker) -> list[tuple[int, Outcome]]:
        """Workers that had this task died. Another task of these workers may be the cause, so this one is tried alone."""
        if task_id != self._alone:
            self._suspects.append(task_id)
            return []
        tries, hint = error.allowed_failures + 1, "give the workers more memory"
        return [(task_id, Failed((worker_died(self._tasks[task_id].path, tries, hint),)))]


class Paths:
    """Makes the paths of tasks and the `output` folder absolute, and restores the user's paths in outcomes."""

    def __init__(self, output: Path) -> None:
        self.output = output.absolute()
        self._given = output
        # Ends in "/./", which no other path contains, so that this prefix can be removed again.
        self._here = os.path.join(os.getcwd(), ".", "")  # noqa: PTH109, PTH118

    def absolute(self, task: Task) -> Task:
        """The task with an absolute path, which is valid in every process and on every machine."""
        if isinstance(task, SmallPoolsTask):
            return SmallPoolsTask(tuple(replace(part, path=self._absolute(part.path)) for part in task.tasks))
        return replace(task, path=self._absolute(task.path))

    def _absolute(self, path: str) -> str:
        return os.path.join(self._here, path)  # noqa: PTH118

    def as_given(self, outcome: Outcome) -> Outcome:
        """The outcome of an absolute task, with the paths in its findings as the user gave them."""
        if isinstance(outcome, SmallPoolsOutput):
            return SmallPoolsOutput(tuple(map(self._with_given, outcome.outcomes)))
        return self._with_given(outcome) if isinstance(outcome, PoolOutput | Failed) else outcome

    def _with_given(self, outcome: PoolOutput | Failed) -> PoolOutput | Failed:
        if not outcome.findings:
            return outcome
        findings = tuple(map(self._finding, outcome.findings))
        return Failed(findings) if isinstance(outcome, Failed) else replace(outcome, findings=findings)

    def _finding(self, finding: Finding) -> Finding:
        message, hint = (text.replace(self._here, "") for text in (finding.message, finding.hint))
        details = {
            name: value.replace(self._here, "") if isinstance(value, str) else value
            for name, value in finding.details.items()
        }
        return replace(finding, file=self._file(finding.file), message=message, hint=hint, details=details)

    def _file(self, file: str) -> str:
        if file.startswith(self._here):
            return file.removeprefix(self._here)
        if file == str(self.output):
            return str(self._given)
        below = os.path.join(self.output, "")  # noqa: PTH118
        return os.path.join(self._given, file.removeprefix(below)) if file.startswith(below) else file  # noqa: PTH118


def _run(task: Task, settings: bytes) -> Outcome:
    """Run a task in a worker."""
    return run_task(task, *_unpickled(settings))


@lru_cache(maxsize=4)
def _unpickled(settings: bytes) -> tuple[BatchOptions, Path | None]:
    unpickled: tuple[BatchOptions, Path | None] = pickle.loads(zlib.decompress(settings))  # noqa: S301
    return unpickled


def _connect(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        hint = "install asnforge[distributed]"
        finding = NO_DISTRIBUTED.finding("--scheduler needs Dask Distributed, which is missing", hint=hint)
        raise InputError(finding) from error
    _silence()
    try:
        return Client(address, timeout=_CONNECT_TIMEOUT, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError, TypeError, ImportError) as error:
        message, hint = "no scheduler answers at this address: {error}", ""
        if isinstance(error, TypeError) and address.startswith("tls:"):  # how Dask reports missing certificates
            message = "the scheduler requires certificates, and there are none"
            hint = "name them in Dask's configuration, distributed.comm.tls"
        facts = " ".join(str(error).split())
        raise InputError(NO_CLUSTER.finding(message, address, hint=hint, error=facts)) from error


def _silence() -> None:
    """Keep Dask from writing to standard error: its important messages are findings."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in ("asyncio", "distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _count_slots(client: Client, address: str) -> int:
    """The number of tasks that the workers run at a time; each worker must have this version of asnforge."""
    try:
        client.wait_for_workers(1, timeout=_CONNECT_TIMEOUT)
    except TimeoutError as error:
        raise InputError(NO_CLUSTER.finding("the scheduler has no workers", address)) from error
    versions: dict[str, Any] = client.run(_version, on_error="return")
    for worker, version in sorted(versions.items()):
        if version != __version__:
            installed = f"asnforge {version}" if isinstance(version, str) else "no asnforge"
            message, hint = (
                "the worker {worker} has {installed}, but this machine has asnforge {version}",
                "install the same version",
            )
            facts = {"worker": worker, "installed": installed, "version": __version__}
            raise InputError(NO_CLUSTER.finding(message, address, hint=hint, **facts))  # type: ignore[arg-type]
    return max(1, sum(client.nthreads().values()))  # type: ignore[no-untyped-call]


def _version() -> str:
    return __version__
