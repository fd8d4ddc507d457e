"""Who does the jobs: this process, other processes of this machine, or the workers of a cluster."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from asnforge.batch import codes
from asnforge.batch.stopping import Unwanted
from asnforge.batch.tasks import Job, Order, Result
from asnforge.batch.worker import do
from asnforge.findings import Finding, InputError
from asnforge.system_errors import no_memory, system_error

TRIES = 3
"""How often a job is begun whose worker dies."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A job that could not be done, and why."""

    findings: tuple[Finding, ...]


Outcome = Result | Failed


class Crew(Protocol):
    """Does jobs, several at a time."""

    @property
    def width(self) -> int:
        """How many jobs are done at a time."""

    def submit(self, ticket: int, job: Job) -> None:
        """Take a job on; its outcome comes under the number of its ticket."""

    def wait(self) -> Sequence[tuple[int, Outcome]]:
        """The outcomes of jobs that are done, at least one; none where there are no jobs."""

    def close(self) -> None:
        """Stop all that is being done, and let go of workers."""


def attempt(job: Job, order: Order) -> Outcome:
    """Do a job; whatever goes wrong is an outcome, too, unless nobody wants one."""
    try:
        return do(job, order)
    except Unwanted:
        raise
    except InputError as stop:
        return Failed(stop.findings)
    except MemoryError:
        return Failed((no_memory(job.path),))
    except OSError as error:
        return Failed((replace(system_error(error), file=error.filename or job.path),))
    except Exception as error:
        said = " ".join(str(error).split())
        return Failed((Finding(codes.UNEXPECTED.code, f"{type(error).__name__}: {said}", job.path),))


class Alone:
    """The process itself does the jobs, one after another, when their outcomes are asked for."""

    width = 1

    def __init__(self, order: Order) -> None:
        self._order = order
        self._jobs: deque[tuple[int, Job]] = deque()

    def submit(self, ticket: int, job: Job) -> None:
        """Put a job at the end of the queue."""
        self._jobs.append((ticket, job))

    def wait(self) -> list[tuple[int, Outcome]]:
        """Do the first job of the queue."""
        if not self._jobs:
            return []
        ticket, job = self._jobs.popleft()
        return [(ticket, attempt(job, self._order))]

    def close(self) -> None:
        """Forget what is left."""
        self._jobs.clear()


def worker_died(path: str) -> Failed:
    """The outcome of a job whose worker died each time."""
    message = f"the worker died, {TRIES} times in a row"
    return Failed((Finding(codes.WORKER_DIED.code, message, path, hint="use fewer processes: -j"),))
