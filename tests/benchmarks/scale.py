"""How the work grows with the pool: ``python tests/benchmarks/scale.py [--sizes 1000 10000] [-j 2] [--runs 3]``.

For each size: a pool of ``pools.py``, the whole command as a user runs it, the same again into the same folder, the stages in
one process, and two yardsticks, in turns: medians. Peak memory is that of a further run into a new folder: to look at it
takes a quarter of a processor, which would count as the command's time. The floor reads the same bytes with pyarrow and writes
the same files with plain Python. The peer, ``asn_generate`` of jwst, is run up to 800 exposures where the environment variable
ASNFORGE_PEER_PYTHON names a Python that has it. Folders are removed at the end, as new files are slow for minutes after many
have been removed.
"""

from __future__ import annotations

import argparse
import gc
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import peer
from pools import write_pool

SIZES = (1_000, 10_000, 100_000, 1_000_000)
INTERVAL = 0.05
"""Seconds between two looks at what a command uses."""
PEER_SIZES = (100, 400, 800)
COMMAND = [str(Path(sys.executable).with_name("asnforge"))]


def descendants(root: int) -> Iterator[int]:
    """A process and all that it started."""
    yield root
    try:
        children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from descendants(int(child))


@dataclass
class Use:
    """What a command took: seconds from start to end, processor seconds and peak memory of all its processes."""

    seconds: float = 0.0
    processor: float = 0.0
    peak: int = 0


def memory(process: int) -> int:
    """The bytes that a process has; what it shares with others counts in equal parts."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))


def processor_seconds(process: int) -> float:
    """The processor seconds that a process has used so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def whole(arguments: list[str], *, look_at_memory: bool = False) -> Use:
    """Run a command; its peak memory is found where it is asked for, as it takes time from the command."""
    use, done = Use(), threading.Event()
    used: dict[int, float] = {}
    started = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def watch() -> None:
        while not done.wait(INTERVAL):
            total = 0
            for each in descendants(process.pid):
                with suppress(OSError, IndexError):
                    total += memory(each) if look_at_memory else 0
                    used[each] = processor_seconds(each)
            use.peak = max(use.peak, total)

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, said = process.communicate()
    use.seconds = time.perf_counter() - started
    done.set()
    watcher.join()
    use.processor = sum(used.values())
    if process.returncode:
        sys.exit(said.decode())
    return use


class Stopwatch:
    """Processor seconds spent on each stage."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(("reading", "grouping", "building", "checking", "writing"), 0.0)

    @contextmanager
    def on(self, stage: str) -> Iterator[None]:
        """Count what is done inside for a stage."""
        started = time.process_time()
        yield
        self.seconds[stage] += time.process_time() - started


def stages(pool: Path, output: Path) -> dict[str, float]:
    """The stages of the work in one process, piece by piece, in processor seconds."""
    from asnforge.asnfiles.schema import check_generated
    from asnforge.asnfiles.write import encode
    from asnforge.associations.keywords import build_associations
    from asnforge.atomic import write_atomically
    from asnforge.batch.cutting import cut
    from asnforge.batch.dividing import find_division
    from asnforge.batch.pieces import read_piece
    from asnforge.batch.scanning import scan_range
    from asnforge.generation.engine import group
    from asnforge.pool import cut_ranges
    from asnforge.rulefiles.load import read_ruleset
    from asnforge.rulefiles.shipped import default_ruleset

    ruleset = read_ruleset(default_ruleset())
    division = find_division(ruleset)
    assert division is not None
    watch = Stopwatch()
    gc.disable()
    with watch.on("reading"):
        ranges = cut_ranges(pool, 1)
        scans = [scan_range(pool, *each, division, ruleset.members.file_name, None) for each in ranges]
        cutting = cut(scans, division, header_line=1)
    assert cutting is not None
    for piece in cutting.pieces:
        with watch.on("reading"):
            part = read_piece(pool, piece, ruleset, None)
        with watch.on("grouping"):
            grouping = group(part, ruleset)
        with watch.on("building"):
            built = build_associations(grouping.kept, grouping.prepared, grouping.namer, ruleset, None)
            files = [(output / each.program / each.file_name, encode(each)) for each in built]
        with watch.on("checking"):
            assert all(check_generated(data) for _, data in files)
        with watch.on("writing"):
            for path, data in files:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(path, data)
    gc.enable()
    return watch.seconds


def floor(pool: Path, made: Path, output: Path) -> tuple[Use, int]:
    """What it takes to read the bytes with pyarrow and to write the same files with plain Python; the count of files."""
    import pyarrow.csv

    started, used = time.perf_counter(), time.process_time()
    pyarrow.csv.read_csv(pool, parse_options=pyarrow.csv.ParseOptions(delimiter="\t"))
    reading = Use(time.perf_counter() - started, time.process_time() - used)
    files = [(path.relative_to(made), path.read_bytes()) for path in sorted(made.rglob("*_asn.json"))]
    started, used = time.perf_counter(), time.process_time()
    for folder in {name.parent for name, _ in files}:
        (output / folder).mkdir(parents=True)
    for name, data in files:
        with (output / name).open("wb") as file:
            file.write(data)
    seconds = reading.seconds + time.perf_counter() - started
    return Use(seconds, reading.processor + time.process_time() - used), len(files)


def row(cells: list[object]) -> None:
    """Print a line of the table."""
    print("".join(f"{cell:>10.2f}" if isinstance(cell, float) else f"{cell!s:>10}" for cell in cells), flush=True)


def measure(size: int, work: Path, processes: int, runs: int, seed: int) -> float:
    """One size: the seconds of the whole command."""
    pool = work / f"pool_{size}.tsv"
    write_pool(pool, size, seed)
    arguments = [*COMMAND, "batch", str(pool), "-j", str(processes), "--layout", "program", "-o"]
    made = [work / f"ours_{size}_{run}" for run in range(runs)]
    uses, agains, floors, files = [], [], [], 0
    for run, output in enumerate(made):
        uses.append(whole([*arguments, str(output)]))
        agains.append(whole([*arguments, str(output)]))
        least, files = floor(pool, output, work / f"floor_{size}_{run}")
        floors.append(least)
    watched = whole([*arguments, str(work / f"watched_{size}")], look_at_memory=True)
    spent = stages(pool, work / f"stages_{size}")
    seconds = [median(use.seconds for use in found) for found in (uses, agains, floors)]
    times = median(use.seconds / least.seconds for use, least in zip(uses, floors, strict=True))
    processor = [median(use.processor for use in found) for found in (uses, agains, floors)]
    row([f"{size:,}", files, *seconds, times, *processor, watched.peak >> 20, *spent.values()])
    return seconds[0]


def beside_peer(work: Path, seed: int) -> None:
    """The peer and ours, whole processes, one after the other."""
    python = peer.python()
    if python is None:
        return
    print()
    row(["exposures", "peer s", "ours s", "times"])
    for size in PEER_SIZES:
        pool = work / f"peer_{size}.tsv"
        write_pool(pool, size, seed)
        theirs = whole(peer.command(python, pool, work / f"peer_out_{size}"))
        own = whole([*COMMAND, "generate", str(pool), "-o", str(work / f"peer_ours_{size}")])
        row([size, theirs.seconds, own.seconds, theirs.seconds / own.seconds])


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="exposures of the pools")
    parser.add_argument("-j", "--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--runs", type=int, default=3, help="how often each is run, in turns (default: 3)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--folder", type=Path, help="where pools and files go for the time (default: a temporary folder)"
    )
    parser.add_argument("--no-peer", action="store_true", help="leave the peer out")
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="asnforge-scale-", dir=options.folder))
    try:
        print(
            f"Medians of {options.runs}: the whole command with -j {options.jobs}, again into the same folder, the floor:"
        )
        print(
            "seconds, processor seconds of all processes; their peak memory; the stages in one process: processor seconds.\n"
        )
        head = [
            "exposures",
            "files",
            "whole",
            "again",
            "floor",
            "times",
            "cpu whole",
            "cpu again",
            "cpu floor",
            "peak MiB",
        ]
        row([*head, "reading", "grouping", "building", "checking", "writing"])
        seconds = {size: measure(size, work, options.jobs, options.runs, options.seed) for size in options.sizes}
        large = [size for size in seconds if size >= min(10_000, max(seconds))]
        if len(large) > 1:
            first, last = large[0], large[-1]
            growth = math.log(seconds[last] / seconds[first]) / math.log(last / first)
            print(f"\ngrowth from {first:,} to {last:,}: exponent {growth:.2f}")
        if not options.no_peer:
            beside_peer(work, options.seed)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
