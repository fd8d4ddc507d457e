"""Jobs that nobody waits for any more. Workers of a cluster outlive a batch and cannot be killed from afar: jobs look."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

_INTERVAL = 0.02


class Unwanted(Exception):
    """Nobody waits for the job any more, or its worker is about to end."""


@dataclass(frozen=True, slots=True)
class _Errand:
    batch: str
    is_alive: Callable[[], bool]


_errands: dict[int, _Errand] = {}
_writing: dict[int, str] = {}
_stopped: set[str] = set()


@contextmanager
def part_of(batch: str, is_alive: Callable[[], bool]) -> Iterator[None]:
    """Let what this thread does be part of a batch that may be stopped.

    Parameters
    ----------
    batch : str
        A name that no other batch has.
    is_alive : callable
        Whether the worker still takes part in the cluster.
    """
    thread = threading.get_ident()
    _errands[thread] = _Errand(batch, is_alive)
    try:
        yield
    finally:
        _writing.pop(thread, None)
        del _errands[thread]


def check_wanted() -> None:
    """Go on to write, if that is still wanted; a job that is no part of a batch that may be stopped always does.

    Raises
    ------
    Unwanted
        It is not.
    """
    thread = threading.get_ident()
    errand = _errands.get(thread)
    if errand is None:
        return
    # First this, then the look: so either the job sees that it is stopped, or `stop` sees that it writes.
    _writing[thread] = errand.batch
    if errand.batch in _stopped or not errand.is_alive():
        raise Unwanted


async def stop(batch: str, patience: float) -> None:
    """Have the jobs of a batch in this process write nothing more, and wait for the files that they are at.

    Parameters
    ----------
    batch : str
        The batch.
    patience : float
        How many seconds to wait at most.
    """
    _stopped.add(batch)
    until = monotonic() + patience
    while batch in tuple(_writing.values()) and monotonic() < until:
        await asyncio.sleep(_INTERVAL)
