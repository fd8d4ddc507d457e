"""A process without threads that starts batches in forks of itself, with everything imported, and kills them: this is fast.

``python -m support.killing FOLDER PROCESSES KILLS`` prints the numbers of kills and folders; an assertion fails if a file has
the wrong bytes.
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

import asnforge.batch.preload  # noqa: F401
from asnforge.atomic import TEMPORARY_SUFFIX
from asnforge.batch.output import STAGING

POOLS, ROWS, FILES = 6, 40, 36
KILLS_A_FOLDER = 5


def start(pools: Sequence[str], out: Path, processes: int) -> int:
    """Start a batch in a fork; the id of its process."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        run([*pools], out, processes=processes)
        status = 0
    finally:
        os._exit(status)


def whole_run(pools: Sequence[str], out: Path, processes: int) -> float:
    """Run a batch to its end: the seconds it takes."""
    started = time.perf_counter()
    _, status = os.waitpid(start(pools, out, processes), 0)
    assert status == 0
    return time.perf_counter() - started


def kill(pools: Sequence[str], out: Path, processes: int, seconds: float) -> bool:
    """Start a batch and kill it after some seconds; False if it ended before."""
    child = start(pools, out, processes)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def check(out: Path, expected: dict[str, bytes]) -> None:
    """Every file is whole, except those in the staging folder and temporary ones."""
    for name, data in (files(out) if out.exists() else {}).items():
        assert name.startswith(STAGING) or name.endswith(TEMPORARY_SUFFIX) or data == expected[name], name


def main() -> None:
    """Kill batches."""
    folder, processes, kills = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    pools = write_pools(folder / "pools", POOLS, ROWS)
    whole_run(pools, folder / "expected", processes)
    seconds = whole_run(pools, folder / "measured", processes)
    expected = files(folder / "expected")
    assert len(expected) == FILES
    moments = random.Random(processes)
    done = number = 0
    while done < kills:
        number += 1
        out = folder / f"out{number}"
        for _ in range(KILLS_A_FOLDER):
            done += kill(pools, out, processes, moments.uniform(0, seconds))
            check(out, expected)
        whole_run(pools, out, processes)
        assert files(out) == expected
    print(f"{done} kills in {number} folders")


if __name__ == "__main__":
    main()
