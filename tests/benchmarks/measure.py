"""Measure commands: the seconds, the processor seconds of all processes that a command starts, and the peak memory of one."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import threading
import time
from dataclasses import dataclass
from statistics import median

_PR_SET_CHILD_SUBREAPER = 36
_MOST_MEMORY = 8 << 30
"""The address space in bytes that a command may use: a version that needs more must not stop the machine."""


@dataclass(frozen=True)
class Usage:
    """What a command used; `status` is its exit status, negative if it was stopped.

    `processor` has the seconds of all processes, also of those that outlive the command for a moment, and `peak` the memory of
    the largest process in bytes.
    """

    seconds: float
    processor: float
    peak: int
    status: int


def adopt_orphans() -> None:
    """Become the parent of processes whose parent has ended, such as fork servers, so that their use is counted as well."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def measure(arguments: list[str], limit: float) -> Usage:
    """Run a command and everything that it starts to the end, or for `limit` seconds."""
    started, used = time.perf_counter(), _processor()
    process = subprocess.Popen(
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_limit_memory,
    )
    timer = threading.Timer(limit, os.killpg, (process.pid, 9))
    timer.start()
    _, status, own = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    timer.cancel()
    seconds = time.perf_counter() - started
    peak = own.ru_maxrss
    try:
        while True:
            peak = max(peak, os.wait4(-1, 0)[2].ru_maxrss)
    except ChildProcessError:
        pass
    return Usage(seconds, _processor() - used, peak << 10, process.returncode)


def typical(usages: list[Usage]) -> Usage:
    """The medians of several runs, and the worst exit status."""
    return Usage(
        median(usage.seconds for usage in usages),
        median(usage.processor for usage in usages),
        int(median(usage.peak for usage in usages)),
        min(usages, key=lambda usage: (usage.status >= 0, -usage.status)).status,
    )


def compile_package(python: str) -> None:
    """Compile asnforge to bytecode, as an installation does."""
    code = "import asnforge, compileall; compileall.compile_dir(asnforge.__path__[0], quiet=2)"
    subprocess.run([python, "-c", code], check=True)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
