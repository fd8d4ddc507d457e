"""A process without threads that begins batches in forks of itself, everything imported, and kills them: fast enough for many.

``python -m support.killing FOLDER PROCESSES KILLS`` prints the count of kills and of folders; an assertion fails where a file
is not what it should be.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from support.batches import files, run, write_pools

import asnforge.batch.warm  # noqa: F401
from asnforge.atomic import TEMPORARY_SUFFIX
from asnforge.batch.run_batch import Plan

POOLS, ROWS, FILES = 6, 40, 36
KILLS_A_FOLDER = 5


def begun(pools: Sequence[str], out: Path, processes: int) -> int:
    """Begin a batch in a fork; the number of its process."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        run([*pools], out, plan=Plan(processes, resume=True))
        status = 0
    finally:
        os._exit(status)


def whole_run(pools: Sequence[str], out: Path, processes: int) -> float:
    """Run a batch to its end: the seconds it takes."""
    started = time.perf_counter()
    _, status = os.waitpid(begun(pools, out, processes), 0)
    assert status == 0
    return time.perf_counter() - started


def killed(pools: Sequence[str], out: Path, processes: int, seconds: float) -> bool:
    """Begin a batch and kill it after some seconds; False where it came to its end before."""
    child = begun(pools, out, processes)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def check(out: Path, wanted: dict[str, bytes]) -> None:
    """Whatever is there is whole, but for files that are being written and named so."""
    for name, data in (files(out) if out.exists() else {}).items():
        assert name.endswith(TEMPORARY_SUFFIX) or data == wanted[name], name


def main() -> None:
    """Kill until it is enough."""
    folder, processes, kills = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    pools = write_pools(folder / "pools", POOLS, ROWS)
    whole_run(pools, folder / "wanted", processes)
    seconds = whole_run(pools, folder / "measured", processes)
    wanted = files(folder / "wanted")
    assert len(wanted) == FILES
    moments = random.Random(processes)
    done = number = 0
    while done < kills:
        number += 1
        out = folder / f"out{number}"
        for _ in range(KILLS_A_FOLDER):
            done += killed(pools, out, processes, moments.uniform(0, seconds))
            check(out, wanted)
        whole_run(pools, out, processes)
        assert files(out) == wanted
    print(f"{done} kills in {number} folders")


if __name__ == "__main__":
    main()
