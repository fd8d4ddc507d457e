"""Workers of this machine are begun early: their imports take as long as all that there is to do before them."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from multiprocessing import forkserver
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
    """Begin to import what workers need, beside whatever else there is to do first; of use, but not needed."""
    if isinstance(context(), ForkServerContext):
        forkserver.ensure_running()


def context() -> BaseContext:
    """How workers are begun: from a clean process that has everything imported, where the system can do that."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["asnforge.batch.warm"])
    return found
