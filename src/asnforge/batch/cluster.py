"""Jobs done by the workers of a Dask cluster. One that dies costs only the jobs it has."""

from __future__ import annotations

import logging
import pickle
import zlib
from collections import deque
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from asnforge.batch import codes
from asnforge.batch.executors import Failed, Outcome, attempt
from asnforge.batch.naming import Naming
from asnforge.batch.stopping import Unwanted, part_of, stop
from asnforge.batch.tasks import Job, Order
from asnforge.findings import Finding, InputError
from asnforge.version import __version__

if TYPE_CHECKING:
    from distributed import Client, KilledWorker
    from distributed.client import Future

_PATIENCE = 10
_SILENCE = 5
"""After how many seconds without an outcome to ask whether there still are workers."""
_WITHOUT_WORKERS = 60
"""How many seconds to wait for a worker where all have died: what started them may start others."""


class Cluster:
    """The workers of a Dask cluster. They see pools and output folder under the same absolute names as this machine.

    Parameters
    ----------
    order : Order
        What holds for all jobs.
    address : str
        The scheduler's address, ``tcp://host:port``; or ``tls://host:port``, with the certificates that Dask's own
        configuration names.

    Raises
    ------
    InputError
        Dask Distributed is not installed, the scheduler does not answer, it has no workers, or a worker has another version
        of asnforge.
    """

    def __init__(self, order: Order, address: str) -> None:
        self._address = address
        self._client = _connect(address)
        try:
            self.width = _width(self._client, address)
        except BaseException:
            self._client.close()  # type: ignore[no-untyped-call]
            raise
        self._naming = Naming(order.output)
        # It goes with each job: what is kept by workers would be lost with them.
        self._order = zlib.compress(pickle.dumps(replace(order, output=self._naming.output)))
        self._batch = uuid4().hex
        self._jobs: dict[int, Job] = {}
        self._tickets: dict[Future[Outcome], int] = {}
        self._done: SimpleQueue[Future[Outcome]] = SimpleQueue()
        self._suspects: deque[int] = deque()
        self._alone: int | None = None
        self._lost: Finding | None = None
        self._had_workers = monotonic()

    def submit(self, ticket: int, job: Job) -> None:
        """Send a job to the scheduler."""
        self._jobs[ticket] = job
        self._send(ticket)

    def wait(self) -> list[tuple[int, Outcome]]:
        """Wait for outcomes. Where there is no cluster any more, all that is left to do has failed."""
        found: list[tuple[int, Outcome]] = []
        while self._jobs and not found:
            if self._lost is not None:
                found = [(ticket, Failed((self._lost,))) for ticket in self._jobs]
            elif not self._tickets:
                self._alone = self._suspects.popleft()
                self._send(self._alone)
            else:
                found = [outcome for future in self._next() for outcome in self._outcome(future)]
            for ticket, _ in found:
                del self._jobs[ticket]
        return found

    def close(self) -> None:
        """Have workers give up what is not done, wait until they write no more, and let go of the cluster."""
        if self._tickets and self._lost is None:
            with suppress(OSError, TimeoutError):
                self._client.sync(self._stop, callback_timeout=_PATIENCE)  # type: ignore[no-untyped-call]
        self._tickets.clear()
        self._client.close()  # type: ignore[no-untyped-call]

    async def _stop(self) -> None:
        await self._client.cancel(list(self._tickets), force=True)  # type: ignore[no-untyped-call]
        await self._client.run(stop, self._batch, _PATIENCE, on_error="ignore")

    def _send(self, ticket: int) -> None:
        if self._lost is not None:
            return
        job = self._naming.absolute(self._jobs[ticket])
        try:
            self._expect(self._client.submit(_attempt, job, self._order, self._batch, pure=False), ticket)
        except Exception:  # a client that is closed has an exception of its own
            if self._client.status == "running":
                raise
            self._lose()

    def _expect(self, future: Future[Outcome], ticket: int) -> None:
        self._tickets[future] = ticket
        future.add_done_callback(self._done.put)  # type: ignore[no-untyped-call]

    def _next(self) -> list[Future[Outcome]]:
        """The jobs that have ended since, one way or the other; none where nothing was heard for a while."""
        try:
            found = [self._done.get(timeout=_SILENCE)]
        except Empty:
            self._look_for_workers()
            return []
        while not self._done.empty():
            found.append(self._done.get())
        self._had_workers = monotonic()
        return found

    def _look_for_workers(self) -> None:
        try:
            if self._client.nthreads():  # type: ignore[no-untyped-call]
                self._had_workers = monotonic()
        except Exception:
            self._lose()
        if monotonic() - self._had_workers > _WITHOUT_WORKERS:
            self._lose(f"the scheduler has had no workers for {_WITHOUT_WORKERS} s")

    def _lose(self, message: str = "the scheduler does not answer any more") -> None:
        """Know that nothing more will be done."""
        hint = "what is done stays: run the batch again with --resume"
        self._lost = self._lost or Finding(codes.NO_CLUSTER.code, message, self._address, hint=hint)

    def _outcome(self, future: Future[Outcome]) -> list[tuple[int, Outcome]]:
        """What came of a job, under its ticket; nothing where it is to be done again."""
        from distributed import CancelledError, KilledWorker

        ticket = self._tickets.pop(future)
        job = self._jobs[ticket]
        try:
            outcome = future.result(timeout=_WITHOUT_WORKERS)
        except TimeoutError:
            # Its worker died before it could hand over what it had done: the scheduler has it done again.
            self._expect(future, ticket)
            self._look_for_workers()
            return []
        except Unwanted:
            self._send(ticket)
            return []
        except KilledWorker as error:
            return self._suspect(ticket, error)
        except CancelledError as error:
            if self._client.status == "running":
                self._lose(f"the scheduler gave the work up: {getattr(error, 'reason', 'unknown')}")
            self._lose()
            return []
        except Exception as error:
            self._look_for_workers()  # the client may not know yet that the scheduler is gone
            if self._lost is not None or self._client.status != "running":
                self._lose()
                return []
            said = " ".join(str(error).split())
            return [(ticket, Failed((Finding(codes.UNEXPECTED.code, f"{type(error).__name__}: {said}", job.path),)))]
        return [(ticket, self._naming.as_given(outcome))]

    def _suspect(self, ticket: int, error: KilledWorker) -> list[tuple[int, Outcome]]:
        """Workers died that had this job. It may only have stood in line behind the one that kills: it is tried alone."""
        if ticket != self._alone:
            self._suspects.append(ticket)
            return []
        message = f"the worker died, {error.allowed_failures + 1} times in a row"
        finding = Finding(codes.WORKER_DIED.code, message, self._jobs[ticket].path, hint="give the workers more memory")
        return [(ticket, Failed((finding,)))]


def _attempt(job: Job, order: bytes, batch: str) -> Outcome:
    """Do a job in a worker."""
    from distributed import Status, get_worker

    worker = get_worker()
    ending = (Status.closing, Status.closed, Status.failed)
    with part_of(batch, lambda: worker.status not in ending):
        return attempt(job, _unpacked(order))


@lru_cache(maxsize=4)
def _unpacked(order: bytes) -> Order:
    unpacked: Order = pickle.loads(zlib.decompress(order))  # noqa: S301
    return unpacked


def _connect(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        hint = "install asnforge[distributed]"
        finding = Finding(codes.NO_DISTRIBUTED.code, "--scheduler needs Dask Distributed, which is missing", hint=hint)
        raise InputError(finding) from error
    _silence()
    try:
        return Client(address, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError, TypeError, ImportError) as error:
        message, hint = f"no scheduler answers there: {' '.join(str(error).split())}", ""
        if isinstance(error, TypeError) and address.startswith("tls:"):  # so Dask says that it has no certificates
            message = "the scheduler asks for certificates, and there are none"
            hint = "name them in Dask's configuration, distributed.comm.tls"
        raise InputError(Finding(codes.NO_CLUSTER.code, message, address, hint=hint)) from error


def _silence() -> None:
    """Have Dask write nothing to standard error: what matters of it is a finding."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in ("asyncio", "distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _width(client: Client, address: str) -> int:
    """How many jobs the workers do at a time; each must have this version of asnforge."""
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as error:
        raise InputError(Finding(codes.NO_CLUSTER.code, "the scheduler has no workers", address)) from error
    versions: dict[str, Any] = client.run(_version, on_error="return")
    for worker, version in sorted(versions.items()):
        if version != __version__:
            found = f"asnforge {version}" if isinstance(version, str) else "no asnforge"
            message = f"the worker {worker} has {found}, and this is asnforge {__version__}"
            raise InputError(Finding(codes.NO_CLUSTER.code, message, address, hint="give all the same version"))
    return max(1, sum(client.nthreads().values()))  # type: ignore[no-untyped-call]


def _version() -> str:
    return __version__
