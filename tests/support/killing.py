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


def check(out: Path, expected: Sequence[dict[str, bytes]]) -> None:
    """Every file is whole, as one of several inputs gives it, except those in the staging folder and temporary ones."""
    for name, data in (files(out) if out.exists() else {}).items():
        is_hidden = name.startswith(STAGING) or name.endswith(TEMPORARY_SUFFIX)
        assert is_hidden or any(each.get(name) == data for each in expected), name


def of_other_program(text: str) -> str:
    """A pool of another program, whose files have other names."""
    header, *rows = (line.split("\t") for line in text.splitlines())
    others = ([name, f"{program}9", *more] for name, program, *more in rows)
    return "".join("\t".join(cells) + "\n" for cells in (header, *others))


def write(pools: Sequence[str], texts: Sequence[str]) -> None:
    """Give pools other contents."""
    for pool, text in zip(pools, texts, strict=True):
        Path(pool).write_text(text)


def main() -> None:
    """Kill batches of pools that change in between."""
    folder, processes, kills = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    pools = write_pools(folder / "pools", POOLS, ROWS)
    whole_run(pools, folder / "expected", processes)
    seconds = whole_run(pools, folder / "measured", processes)
    texts = [Path(pool).read_text() for pool in pools]
    others = list(map(of_other_program, texts))
    write(pools, others)
    whole_run(pools, folder / "others", processes)
    expected = files(folder / "expected")
    either = (expected, files(folder / "others"))
    assert len(expected) == FILES
    assert len(either[1]) == FILES
    assert either[0].keys().isdisjoint(either[1])
    moments = random.Random(processes)
    done = number = 0
    while done < kills:
        number += 1
        out = folder / f"out{number}"
        for _ in range(KILLS_A_FOLDER):
            write(pools, moments.choice((texts, others)))
            done += kill(pools, out, processes, moments.uniform(0, seconds))
            check(out, either)
        write(pools, texts)
        whole_run(pools, out, processes)
        assert files(out) == expected
    print(f"{done} kills in {number} folders")


if __name__ == "__main__":
    main()
