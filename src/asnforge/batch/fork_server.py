"""Start worker processes early: their imports take as long as everything that happens before the first task."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Sequence
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import BaseContext, ForkServerContext

from asnforge.pieces import is_large

_NO_LEAK_WARNING = "ignore:resource_tracker"
"""The tracker removes the semaphores of a killed batch; its warning about this is not useful."""


def is_small(pools: Sequence[str]) -> bool:
    """Whether there is too little work for several processes."""
    return len(pools) == 1 and not is_large(pools[0])


def start_fork_server() -> None:
    """Start to import the modules that workers need, while this process continues.

    The process that workers are forked from blocks Ctrl-C, and so do the workers: the process that started them stops them.
    An interruption during the start is delivered to this process afterwards.
    """
    if not isinstance(process_context(), ForkServerContext):
        return
    # If the fork server started the tracker, the tracker would unblock the signal.
    sys.warnoptions.append(_NO_LEAK_WARNING)
    try:
        resource_tracker.ensure_running()
    finally:
        sys.warnoptions.remove(_NO_LEAK_WARNING)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def process_context() -> BaseContext:
    """How workers are started: forked from a clean process with everything imported, if the system supports that."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["asnforge.batch.preload"])
    return context
