"""Jobs done by the workers of a Dask cluster. One that dies costs only the jobs it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asnforge.batch import codes
from asnforge.batch.crews import Failed, Outcome, attempt, worker_died
from asnforge.batch.jobs import Job, Order
from asnforge.findings import CannotContinue, Finding
from asnforge.version import __version__

if TYPE_CHECKING:
    from distributed import Client
    from distributed.client import Future

_PATIENCE = 10


class Cluster:
    """The workers of a Dask cluster. They see pools and output folder under the same names as this machine.

    Parameters
    ----------
    order : Order
        What holds for all jobs.
    address : str
        The scheduler's address, ``tcp://host:port``.

    Raises
    ------
    CannotContinue
        Dask Distributed is not installed, the scheduler does not answer, it has no workers, or a worker has another version
        of asnforge.
    """

    def __init__(self, order: Order, address: str) -> None:
        self._client = _connect(address)
        self.width = _width(self._client, address)
        from distributed import as_completed

        self._order = self._client.scatter(order, broadcast=True, hash=False)  # type: ignore[no-untyped-call]
        self._jobs: dict[Future[Outcome], tuple[int, Job]] = {}
        self._completed = as_completed(loop=self._client.loop)  # type: ignore[no-untyped-call]

    def submit(self, ticket: int, job: Job) -> None:
        """Send a job to the scheduler."""
        future = self._client.submit(attempt, job, self._order, pure=False)
        self._jobs[future] = ticket, job
        self._completed.add(future)  # type: ignore[no-untyped-call]

    def wait(self) -> list[tuple[int, Outcome]]:
        """Wait for outcomes."""
        if not self._jobs:
            return []
        found = []
        for future in self._completed.next_batch(block=True):  # type: ignore[no-untyped-call]
            ticket, job = self._jobs.pop(future)
            found.append((ticket, _outcome(future, job)))
            future.release()
        return found

    def close(self) -> None:
        """Give up what is not done, and let go of the cluster."""
        if self._jobs:
            self._client.cancel(list(self._jobs), force=True)  # type: ignore[no-untyped-call]
        self._jobs.clear()
        self._client.close()  # type: ignore[no-untyped-call]


def _outcome(future: Future[Outcome], job: Job) -> Outcome:
    from distributed import KilledWorker

    error = future.exception()  # type: ignore[no-untyped-call]
    if error is None:
        outcome: Outcome = future.result()
        return outcome
    if isinstance(error, KilledWorker):
        return worker_died(job.path)
    said = " ".join(str(error).split())
    return Failed((Finding(codes.UNEXPECTED.code, f"{type(error).__name__}: {said}", job.path),))


def _connect(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        hint = "install asnforge[distributed]"
        finding = Finding(codes.NO_DISTRIBUTED.code, "--scheduler needs Dask Distributed, which is missing", hint=hint)
        raise CannotContinue(finding) from error
    try:
        return Client(address, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        said = " ".join(str(error).split())
        raise CannotContinue(Finding(codes.NO_CLUSTER.code, f"no scheduler answers there: {said}", address)) from error


def _width(client: Client, address: str) -> int:
    """How many jobs the workers do at a time; each must have this version of asnforge."""
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as error:
        raise CannotContinue(Finding(codes.NO_CLUSTER.code, "the scheduler has no workers", address)) from error
    versions: dict[str, Any] = client.run(_version, on_error="return")
    for worker, version in sorted(versions.items()):
        if version != __version__:
            found = f"asnforge {version}" if isinstance(version, str) else "no asnforge"
            message = f"the worker {worker} has {found}, and this is asnforge {__version__}"
            raise CannotContinue(Finding(codes.NO_CLUSTER.code, message, address, hint="give all the same version"))
    return max(1, sum(client.nthreads().values()))  # type: ignore[no-untyped-call]


def _version() -> str:
    return __version__
