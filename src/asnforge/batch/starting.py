"""Workers of this machine are begun early: their imports take as long as all that there is to do before them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import BaseContext, ForkServerContext

LARGE = 16 << 20
"""From how many bytes on a pool is cut into pieces."""


def is_small(pools: Sequence[str]) -> bool:
    """Whether there is too little to do for several processes to share it."""
    try:
        return len(pools) == 1 and os.stat(pools[0]).st_size < LARGE  # noqa: PTH116
    except (OSError, ValueError):
        return True


def begin() -> None:
    """Begin to import what workers need, beside whatever else there is to do first.

    The process that workers come from never hears of Ctrl-C, and neither do they: who began them ends them. An
    interruption that comes meanwhile is heard here when that process is there.
    """
    if not isinstance(context(), ForkServerContext):
        return
    resource_tracker.ensure_running()  # begun by the fork server itself it would let the signal through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def context() -> BaseContext:
    """How workers are begun: from a clean process that has everything imported, where the system can do that."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["asnforge.batch.warm"])
    return found
